"""Judges on the real engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import make

from judgecore import Judge

REAL = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


@pytest.fixture(params=REAL, scope="session")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with two slots."""
    with Judge(engine=make(request.param), slots=2) as a_judge:
        yield a_judge

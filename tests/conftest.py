"""Judges on the real engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import make

from judgecore import Judge
from judgecore.config import Config

REAL = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("local-user", marks=pytest.mark.local),
    pytest.param("process", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


@pytest.fixture(params=REAL, scope="session")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with two slots."""
    with Judge(Config(min_tier="process"), engine=make(request.param), slots=2) as a_judge:
        yield a_judge

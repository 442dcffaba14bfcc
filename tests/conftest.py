"""Judges on the real engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import REAL, make

from judgecore import Judge
from judgecore.config import Config


@pytest.fixture(params=REAL, scope="session")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with two slots."""
    with Judge(Config(min_tier="process"), engine=make(request.param), slots=2) as a_judge:
        yield a_judge

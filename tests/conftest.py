"""Judges on the real engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import REAL, SLOWNESS, SPEED, make

from judgecore import Judge
from judgecore.config import Config


@pytest.fixture(params=REAL, scope="session")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with two slots."""
    with Judge(
        Config(min_tier="process", speed=SPEED), engine=make(request.param), slots=2
    ) as a_judge:
        yield a_judge


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a test with a time limit of its own more of it where the processor is slow."""
    for item in items:
        mark = item.get_closest_marker("timeout")
        if mark is not None and SLOWNESS > 1:
            item.add_marker(pytest.mark.timeout(mark.args[0] * SLOWNESS), append=False)

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


# What got through once got through: these are not run again when they fail.
NEVER_REPEATED = {
    "test_attacks",
    "test_checker_isolation",
    "test_permissions",
    "test_sanitizers",
    "test_system_calls",
    "test_tiers",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of security count at once; limits of time grow where the processor is slow."""
    for item in items:
        if item.path.stem in NEVER_REPEATED:
            item.add_marker(pytest.mark.flaky(reruns=0))
        mark = item.get_closest_marker("timeout")
        if mark is not None and SLOWNESS > 1:
            item.add_marker(pytest.mark.timeout(mark.args[0] * SLOWNESS), append=False)

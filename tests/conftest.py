"""Judges on the real engines."""

from __future__ import annotations

import os
from collections.abc import Iterator

import hypothesis
import pytest
from engines import REAL, SLOWNESS, make, settings

from judgecore import Judge

# Other tests, and other people's programs, may have the cores.
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")


@pytest.fixture(params=REAL, scope="session")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with two slots."""
    with Judge(settings(), engine=make(request.param), slots=2) as a_judge:
        yield a_judge


# What got through once got through: these are not run again when they fail.
NEVER_REPEATED = {
    "test_attacks",
    "test_checker_isolation",
    "test_function_attacks",
    "test_permissions",
    "test_sanitizers",
    "test_system_calls",
    "test_tiers",
    "test_warm",
    "test_warm_others",
}


# Tests that measure time, memory or cores, or look at everything that runs on the machine: they
# have it to themselves. All others with an engine or services run two at a time.
ALONE = {
    "test_accounting",
    "test_accuracy",
    "test_activity",
    "test_bench",
    "test_builds",
    "test_cancelling",
    "test_clients",
    "test_cores",
    "test_docs",
    "test_dyno",
    "test_end_to_end",
    "test_engines",
    "test_execution",
    "test_faults",
    "test_images",
    "test_interactive",
    "test_interruption",
    "test_kinds",
    "test_leaks",
    "test_limits",
    "test_long_runs",
    "test_memory",
    "test_pipeline",
    "test_prebuilt",
    "test_slot",
    "test_spread",
    "test_spread_problems",
    "test_switches",
    "test_wheel",
} | NEVER_REPEATED


def pytest_xdist_auto_num_workers() -> int:
    """How many processes `-n auto` means: one more than there are cores, since many tests wait."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs alone and what counts at once; limits of time grow on a slow processor."""
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker("alone")
        if item.path.stem in NEVER_REPEATED:
            item.add_marker(pytest.mark.flaky(reruns=0))
        mark = item.get_closest_marker("timeout")
        if mark is not None and SLOWNESS > 1:
            item.add_marker(pytest.mark.timeout(mark.args[0] * SLOWNESS), append=False)

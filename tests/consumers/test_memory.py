"""A short run of bench.memory: its full length is a command of its own."""

from __future__ import annotations

import pytest

from bench.memory import MOST_MIB, measure


@pytest.mark.services
@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_worker_stays_small() -> None:
    """Large messages, invalid ones, problems and results, all at once, take less than 400 MiB."""
    found = measure(6, 1, 200, 2)

    assert 9 == found["judged"]
    assert found["peak_mib"] < MOST_MIB

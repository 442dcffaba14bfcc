"""A short run of bench.accuracy: its full length is a command of its own."""

from __future__ import annotations

import pytest
from engines import IMAGE, make

from bench import accuracy
from judgecore.config import Config


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("local", marks=pytest.mark.local),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def test_figures_and_verdicts_are_exact(name: str) -> None:
    """Every line of the accuracy bench passes."""
    make(name).close()  # or skip
    _, lines = accuracy.measure(Config(engine=name, image=IMAGE), runs=1, judged=10)
    if any(line.source == "maxrss" for line in lines):
        pytest.skip("no control group for slots on this host")

    assert [] == [line for line in lines if not line.passed]

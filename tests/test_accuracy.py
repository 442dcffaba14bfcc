"""A short run of bench.accuracy: its full length is a command of its own."""

from __future__ import annotations

import pytest
from engines import IMAGE, make

from bench import accuracy
from judgecore import Judge
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


@pytest.mark.local
def test_a_busy_machine_changes_no_verdict() -> None:
    """Twenty correct programs are accepted while forty processes want the cores."""
    make("local").close()  # or skip
    with Judge(Config(engine="local"), slots=1) as judge:
        line = accuracy.under_load(judge, 20, lambda: None)

    assert line.passed, line

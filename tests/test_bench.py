"""The benches in a checkout in which nothing is prepared yet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.measure import Measure, NotMeasured, taken

ROOT = Path(__file__).parent.parent
WITH_DOCKER = ("chaos", "pipeline", "rows")


def said(*command: str, **environ: str) -> str:
    """What a bench that cannot start says."""
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | environ,
        timeout=120,
        check=False,
    )
    assert ("", 1) == (done.stdout, done.returncode)
    return done.stderr


@pytest.mark.parametrize("bench", WITH_DOCKER)
def test_without_a_daemon(bench: str) -> None:
    """Without a Docker daemon a bench ends with one sentence, which names the command to run."""
    line = said("-m", f"bench.{bench}", DOCKER_HOST="unix:///nowhere/docker.sock")

    assert line.startswith("bench: no Docker daemon answers")
    assert "`make images`" in line
    assert 1 == line.count("\n")


@pytest.mark.docker
def test_without_images() -> None:
    """Without the images of the services likewise."""
    line = said("-m", "bench.chaos", JUDGECORE_TEST_RABBITMQ_IMAGE="judgecore/nothing:here")

    assert "judgecore/nothing:here" in line
    assert "`make images`" in line
    assert 1 == line.count("\n")


def test_a_measure_is_a_ratio_of_medians() -> None:
    """The first pair is not counted, one slow pair changes nothing, and the aim may be a least."""
    pairs = [(900.0, 1.0), (1.0, 2.0), (1.5, 2.0), (90.0, 2.0)]
    most = taken(Measure("most", 0.7, lambda _: iter(pairs)), None)
    least = taken(Measure("least", 0.7, lambda _: iter(pairs), least=True), None)

    assert (0.75, False, True) == (most.ratio, most.met, least.met)


def test_a_measure_that_cannot_be_taken_says_why() -> None:
    """It has no figures, and is neither met nor missed."""

    def pairs(_: object) -> Iterator[tuple[float, float]]:
        raise NotMeasured("no such program")

    row = taken(Measure("none", 1.0, pairs), None)

    assert (None, None, "no such program") == (row.ratio, row.met, row.as_json()["why"])


def test_benches_are_found_by_name() -> None:
    """`python -m bench` lists them."""
    assert "NAME one of accuracy, all," in said("-m", "bench")


def test_without_the_libraries() -> None:
    """With a Python that has none of the libraries, it says how to get one that has."""
    line = said("-S", "-m", "bench.chaos")

    assert "`make venv`" in line
    assert 1 == line.count("\n")


def test_ends_in_order_by_a_signal() -> None:
    """A bench that gets SIGTERM removes its services before it ends."""
    program = """
import time
from bench.starting import run
def main():
    try:
        print("began", flush=True)
        time.sleep(60)
    finally:
        print("removed")
run(main)
"""
    bench = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert bench.stdout is not None
    assert "began\n" == bench.stdout.readline()
    bench.send_signal(signal.SIGTERM)

    assert "removed\n" == bench.communicate(timeout=60)[0]
    assert 128 + signal.SIGTERM == bench.returncode

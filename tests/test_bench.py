"""The benches in a checkout in which nothing is prepared yet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.measure import Failed, Measure, NotMeasured, Row, taken
from bench.picture import svg
from bench.scale import arrivals_of, needed, p95, waits_of

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


def test_a_measure_that_goes_wrong_is_no_figure() -> None:
    """It is told apart from one that cannot be taken here."""

    def pairs(_: object) -> Iterator[tuple[float, float]]:
        yield 1.0, 1.0
        raise Failed("WA")

    row = taken(Measure("wrong", 1.0, pairs), None)

    assert (None, "Failed: WA", True) == (row.ratio, row.why, row.failed)


def test_a_measure_ends_with_its_budget() -> None:
    """Two pairs are taken whatever they cost: one that is not counted, and one that is."""
    heard: list[int] = []
    row = taken(Measure("slow", 1.0, lambda _: iter([(1.0, 1.0)] * 9)), None, -1.0, heard.append)

    assert (1.0, [1, 2]) == (row.ratio, heard)


def test_the_picture_has_every_row() -> None:
    """It is well-formed, and names what was not measured, too."""
    rows = [
        Row("a < b", 0.5, 1.0, True, (0.4, 0.6)),
        Row("least", 0.5, 1.0, False, (0.4, 0.6), least=True),
        Row("peer", 0.1, None, None, (0.1, 0.1)),
        Row("none", None, 1.0, None, None, why="not installed"),
    ]
    said = " ".join(ET.fromstring(svg(rows, "title")).itertext())

    assert all(row.name in said for row in rows)
    assert "not installed" in said


def test_a_submission_waits_for_the_first_free_slot() -> None:
    """First come, first served."""
    together = waits_of([0.0] * 4, [1.0, 3.0, 1.0, 1.0], 2)

    assert [0.0, 0.0, 1.0, 2.0] == together
    assert [0.0, 0.5] == waits_of([0.0, 0.5], [1.0, 1.0], 1)


def test_the_model_agrees_with_the_theory() -> None:
    """One slot, half of its time busy, a second each: Pollaczek and Khinchine say 0.5 s."""
    arrivals = arrivals_of([1800] * 24, 7)
    waits = waits_of(arrivals, [1.0] * len(arrivals), 1)

    assert pytest.approx(0.5, rel=0.1) == sum(waits) / len(waits)
    assert 2 == needed([1800] * 24, [1.0], 7)["slots"]
    assert 0.0 == p95([])


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

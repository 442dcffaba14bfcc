"""The benches in a checkout in which nothing is prepared yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_without_the_libraries() -> None:
    """With a Python that has none of the libraries, it says how to get one that has."""
    line = said("-S", "-m", "bench.chaos")

    assert "`make venv`" in line
    assert 1 == line.count("\n")

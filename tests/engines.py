"""Making engines for the tests. A missing service skips at home and fails in CI."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from judgecore import EngineUnavailable
from judgecore.config import Config
from judgecore.engine import Engine
from judgecore.engine.fake import FakeEngine
from judgecore.engine.kinds import make_engine
from judgecore.engine.local import LocalEngine

IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE", "judgecore/polyglot:latest")
FULL_IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE_FULL", "judgecore/polyglot:full")
# How much slower than a usual one the processor is: an emulated one says so.
SLOWNESS = int(os.environ.get("JUDGECORE_TEST_SLOWNESS", "1"))
SPEED = 1 / SLOWNESS  # for `Config`: a judge with it multiplies its limits on time

# Settings that a whole run of tests is to have: `bench.switches` switches fast paths off by them.
GIVEN = {
    name: text
    for name, text in os.environ.items()
    if name.startswith("JUDGECORE_") and not name.startswith("JUDGECORE_TEST_")
}

REAL = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("local-user", marks=pytest.mark.local),
    pytest.param("process", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


def missing(what: str) -> None:
    """Skip at home, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {what}")
    pytest.skip(what)


def settings(**changed: str) -> Config:
    """The environment's, with some variables changed, for tests of every engine."""
    return replace(Config.from_env(GIVEN | changed), min_tier="process", speed=SPEED)


def make(name: str, image: str = IMAGE) -> Engine:
    """A real engine or its twin.

    `docker-stream` is Docker over the attached stream; `local-user` makes its namespaces as an
    ordinary user does.
    """
    if name == "fake":
        return FakeEngine()
    if name == "local-user":
        return _by_user_namespace()
    kind, _, transport = name.partition("-")
    try:
        return make_engine(
            Config(engine=kind, min_tier="process", image=image, transport=transport or "auto")
        )
    except EngineUnavailable as exc:
        missing(str(exc))
        raise


def _by_user_namespace() -> Engine:
    try:
        return LocalEngine(user=54_321 if os.geteuid() == 0 else None)
    except EngineUnavailable as exc:
        missing(str(exc))
        raise

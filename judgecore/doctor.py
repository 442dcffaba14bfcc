"""What this host can do: each finding with its remedy."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from judgecore.config import Config
from judgecore.engine import Engine, SlotSpec, cgroups
from judgecore.engine.choice import make_engine
from judgecore.errors import JudgecoreError
from judgecore.runner import build
from judgecore.sandbox import Slot


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about the host, and what to do about it where something is to be done."""

    subject: str
    level: Level
    says: str
    remedy: str = ""


def examine(config: Config) -> Iterator[Finding]:
    """Look at kernel, control groups, compiler, engines, and start one slot for real."""
    yield Finding("kernel", Level.OK, f"{platform.system()} {platform.release()}")
    yield _cgroups()
    yield _runner()
    for name in ("docker", "local"):
        yield _engine(name, config)
    yield from _slot(config)


def _cgroups() -> Finding:
    group = cgroups.make("doctor")
    if group is None:
        return Finding(
            "control groups",
            Level.WARNING,
            f"version {cgroups.version()}, not writable: memory is bounded by the container and"
            " read from ru_maxrss",
            "run the worker as root on the machine of the Docker daemon",
        )
    group.remove()
    return Finding("control groups", Level.OK, f"version {cgroups.version()}, exact memory figures")


def _runner() -> Finding:
    try:
        path = build.binary()
    except JudgecoreError as exc:
        return Finding("runner", Level.ERROR, str(exc), "apt-get install gcc libc6-dev")
    return Finding("runner", Level.OK, str(path))


def _made(name: str, config: Config) -> Engine:
    return make_engine(Config(engine=name, image=config.image, transport=config.transport))


def _engine(name: str, config: Config) -> Finding:
    try:
        engine = _made(name, config)
    except JudgecoreError as exc:
        level = Level.ERROR if config.engine == name else Level.WARNING
        return Finding(f"{name} engine", level, str(exc).splitlines()[0], _remedy(name))
    engine.close()
    return Finding(f"{name} engine", Level.OK, repr(engine))


def _remedy(name: str) -> str:
    if name == "local":
        return "run as root"
    if shutil.which("docker") is None:
        return "install Docker, pip install 'judgecore[docker]', then `make images`"
    return "start the Docker daemon, then `make images`"


def _slot(config: Config) -> Iterator[Finding]:
    slot: Slot | None = None
    engine: Engine | None = None
    try:
        engine = make_engine(config)
        slot = Slot(engine.start(SlotSpec(scratch_bytes=config.scratch_bytes), "doctor"))
        yield Finding("tier in force", Level.OK, str(engine.tier))
        for key, word in (("memory_source", "memory figures"), ("cpu_source", "cpu figures")):
            yield Finding(word, Level.OK, f"from {slot.abilities.get(key, 'unknown')}")
    except JudgecoreError as exc:
        yield Finding("slot", Level.ERROR, str(exc), "see the engines above")
    finally:
        closers: list[Callable[[], None]] = [x.destroy for x in (slot,) if x]
        closers += [x.close for x in (engine,) if x]
        for close in closers:
            close()

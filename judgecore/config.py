"""One frozen configuration, read from the environment once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from judgecore.engine.kinds import ENGINES, TIERS
from judgecore.errors import InvalidConfig
from judgecore.limits import MIB
from judgecore.sizing import sizes

TRANSPORTS = ("auto", "socket", "stream")
DEFAULT_IMAGE = "judgecore/polyglot:latest"
# Contest problems ask for 2 GiB as a rule; on top comes what a runtime is allowed.
DEFAULT_SLOT_MEMORY_BYTES = 2560 * MIB
DEFAULT_SCRATCH_BYTES = 256 * MIB
DEFAULT_SCRATCH_FILES = 65_536
DEFAULT_REPLACE_AFTER = 100


class Reuse(StrEnum):
    """How long a slot serves; in every setting it is wiped between submissions.

    `BALANCED`: replaced after `replace_after` submissions, or after anything odd. `FAST`: used as
    long as it can be wiped. `STRICT`: a fresh one for each submission.
    """

    BALANCED = "balanced"
    FAST = "fast"
    STRICT = "strict"


_CHOICES: dict[str, tuple[str, ...]] = {
    "engine": ENGINES,
    "min_tier": TIERS,
    "transport": TRANSPORTS,
    "reuse": tuple(Reuse),
}
_COUNTS = ("slot_memory_bytes", "scratch_bytes", "scratch_files", "replace_after")


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a `Judge`. Raises `InvalidConfig` that names the field.

    `engine`: `auto` takes Docker when its daemon answers and has the image, else the local one;
    never `process`, which has to be named, and allowed by `min_tier`.
    `runtime`: the OCI runtime of containers, as the daemon calls it; empty: its default.
    `min_tier`: an engine that separates programs from the host less strongly is refused.
    `slots`: programs run at one time; None: one per core.
    `slot_memory_bytes`: what one slot may use at most; no run's limit can be larger, and compilers
    get no more. From the environment, the process engine's are as many and as large as fit.
    """

    engine: str = "auto"
    min_tier: str = TIERS[0]
    image: str = DEFAULT_IMAGE
    transport: str = "auto"
    runtime: str = ""
    slots: int | None = None
    slot_memory_bytes: int = DEFAULT_SLOT_MEMORY_BYTES
    scratch_bytes: int = DEFAULT_SCRATCH_BYTES
    scratch_files: int = DEFAULT_SCRATCH_FILES
    reuse: Reuse = Reuse.BALANCED
    replace_after: int = DEFAULT_REPLACE_AFTER
    languages: tuple[Path, ...] = ()
    calibration: Path | None = None
    shared: Path | None = None

    def __post_init__(self) -> None:
        for field, allowed in _CHOICES.items():
            if getattr(self, field) not in allowed:
                raise InvalidConfig(
                    f"{field}: {getattr(self, field)!r} is not one of {', '.join(allowed)}"
                )
        object.__setattr__(self, "reuse", Reuse(self.reuse))  # "strict" will do
        for field in _COUNTS if self.slots is None else ("slots", *_COUNTS):
            value = getattr(self, field)
            if not isinstance(value, int) or value < 1:
                raise InvalidConfig(f"{field}: {value!r} is not a whole number from 1 on")

    @property
    def effective_slots(self) -> int:
        """The number of slots in force."""
        return self.slots if self.slots is not None else len(os.sched_getaffinity(0))

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read `JUDGECORE_*`, or raise `InvalidConfig` that names the variable."""
        folders = environ.get("JUDGECORE_LANGUAGES", "")
        measured = environ.get("JUDGECORE_CALIBRATION", "")
        slots = _number(environ, "JUDGECORE_SLOTS", 1, 1024)
        memory = _number(environ, "JUDGECORE_SLOT_MEMORY_MB", 64, 1 << 20)
        scratch = _number(environ, "JUDGECORE_SCRATCH_MB", 1, 1 << 20)
        files = _number(environ, "JUDGECORE_SCRATCH_FILES", 64, 1 << 24)
        after = _number(environ, "JUDGECORE_REPLACE_AFTER", 1, 1 << 30)
        engine = _choice(environ, "JUDGECORE_ENGINE", ENGINES)
        if engine == "process":  # bounded by the machine alone, which is a small one
            slots, room = sizes(environ, slots)
            memory = memory or room // MIB
        return cls(
            engine=engine,
            min_tier=_choice(environ, "JUDGECORE_MIN_TIER", TIERS),
            image=environ.get("JUDGECORE_IMAGE") or DEFAULT_IMAGE,
            transport=_choice(environ, "JUDGECORE_TRANSPORT", TRANSPORTS),
            runtime=environ.get("JUDGECORE_RUNTIME", ""),
            slots=slots,
            slot_memory_bytes=DEFAULT_SLOT_MEMORY_BYTES if memory is None else memory * MIB,
            scratch_bytes=DEFAULT_SCRATCH_BYTES if scratch is None else scratch * MIB,
            scratch_files=DEFAULT_SCRATCH_FILES if files is None else files,
            reuse=Reuse(_choice(environ, "JUDGECORE_REUSE", tuple(Reuse))),
            replace_after=DEFAULT_REPLACE_AFTER if after is None else after,
            shared=Path(shared) if (shared := environ.get("JUDGECORE_SHARED_DIR")) else None,
            languages=tuple(Path(p) for p in folders.split(os.pathsep) if p),
            calibration=Path(measured) if measured else None,
        )


def _choice(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name) or allowed[0]
    if value not in allowed:
        raise InvalidConfig(f"{name}: {value!r} is not one of {', '.join(allowed)}")
    return value


def _number(environ: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    text = environ.get(name)
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
        raise InvalidConfig(f"{name}: {text!r} is not a whole number from {low} to {high}")
    return int(text)

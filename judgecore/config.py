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
from judgecore.settings import Setting, choice, meaning, number, read, refuse_names, whole
from judgecore.sizing import sizes

TRANSPORTS = ("auto", "socket", "stream")
DEFAULT_IMAGE = "judgecore/polyglot:latest"
# Contest problems ask for 2 GiB as a rule; on top comes what a runtime is allowed.
DEFAULT_SLOT_MEMORY_BYTES = 2560 * MIB
DEFAULT_SCRATCH_BYTES = 256 * MIB
DEFAULT_SCRATCH_FILES = 65_536
DEFAULT_REPLACE_AFTER = 100
DEFAULT_COMPILE_CACHE_BYTES = 256 * MIB
DEFAULT_COMPILE_CACHE_DIR_BYTES = 1024 * MIB


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


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(folder) for folder in text.split(os.pathsep) if folder)


def _speed(text: str) -> float | None:
    return None if text.lower() == "auto" else number(0.1, 10, "auto, or a number")(text)


SETTINGS = (
    Setting("JUDGECORE_ENGINE", "engine", choice(*ENGINES)),
    Setting("JUDGECORE_MIN_TIER", "min_tier", choice(*TIERS)),
    Setting("JUDGECORE_IMAGE", "image", str),
    Setting("JUDGECORE_TRANSPORT", "transport", choice(*TRANSPORTS)),
    Setting("JUDGECORE_RUNTIME", "runtime", str),
    Setting("JUDGECORE_SLOTS", "slots", whole(1, 1024)),
    Setting("JUDGECORE_SLOT_MEMORY_MB", "slot_memory_bytes", whole(64, 1 << 20, MIB)),
    Setting("JUDGECORE_SCRATCH_MB", "scratch_bytes", whole(1, 1 << 20, MIB)),
    Setting("JUDGECORE_SCRATCH_FILES", "scratch_files", whole(64, 1 << 24)),
    Setting("JUDGECORE_REUSE", "reuse", choice(*Reuse)),
    Setting("JUDGECORE_REPLACE_AFTER", "replace_after", whole(1, 999_999_999)),
    Setting("JUDGECORE_COMPILE_CACHE_MB", "compile_cache_bytes", whole(0, 1 << 20, MIB)),
    Setting("JUDGECORE_COMPILE_CACHE_DIR", "compile_cache_dir", Path),
    Setting("JUDGECORE_COMPILE_CACHE_DIR_MB", "compile_cache_dir_bytes", whole(1, 1 << 24, MIB)),
    Setting("JUDGECORE_PREBUILT", "prebuilt", meaning({"yes": True, "no": False})),
    Setting("JUDGECORE_SPREAD", "spread", meaning({"yes": True, "no": False})),
    Setting("JUDGECORE_WARM_STARTS", "warm_starts", meaning({"yes": True, "no": False})),
    Setting("JUDGECORE_SPEED", "speed", _speed),
    Setting("JUDGECORE_LANGUAGES", "languages", _folders),
    Setting("JUDGECORE_CALIBRATION", "calibration", Path),
    Setting("JUDGECORE_SHARED_DIR", "shared", Path),
)
# What `consumers` reads, which this package doesn't import: settings that are no misspelt ones.
WORKER_SETTINGS = frozenset(
    {
        "JUDGECORE_AHEAD",
        "JUDGECORE_JUDGING_TIMEOUT_S",
        "JUDGECORE_GRACE_S",
        "JUDGECORE_HEALTH_HOST",
        "JUDGECORE_HEALTH_PORT",
        "JUDGECORE_HTTP_ADMIN_TOKENS",
        "JUDGECORE_HTTP_APIS",
        "JUDGECORE_HTTP_BODY_MB",
        "JUDGECORE_HTTP_CALLBACK_PRIVATE",
        "JUDGECORE_HTTP_CALLBACK_SECRET",
        "JUDGECORE_HTTP_CLIENT_BATCH_AFTER",
        "JUDGECORE_HTTP_CLIENT_MOST_WAITING",
        "JUDGECORE_HTTP_DELETE",
        "JUDGECORE_HTTP_HOST",
        "JUDGECORE_HTTP_HOSTS",
        "JUDGECORE_HTTP_JUDGE0_IMPLICIT_BASE64",
        "JUDGECORE_HTTP_JUDGE0_MLE",
        "JUDGECORE_HTTP_JUDGE0_VERSION",
        "JUDGECORE_HTTP_LANGUAGES",
        "JUDGECORE_HTTP_MOST_AGE_S",
        "JUDGECORE_HTTP_MOST_WAITING",
        "JUDGECORE_HTTP_ORIGINS",
        "JUDGECORE_HTTP_OUTPUT_KB",
        "JUDGECORE_HTTP_PORT",
        "JUDGECORE_HTTP_RATE",
        "JUDGECORE_HTTP_TOKENS",
        "JUDGECORE_HTTP_WAIT_S",
        "JUDGECORE_LOG_FORMAT",
        "JUDGECORE_LOG_LEVEL",
        "JUDGECORE_MIGRATE",
        "JUDGECORE_PROGRESS",
        "JUDGECORE_QUEUE_ARGUMENTS",
        "JUDGECORE_RABBITMQ_API",
        "JUDGECORE_QUEUE_PREFIX",
        "JUDGECORE_RETRIES",
    }
)


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a `Judge`. Raises `InvalidConfig` that names the field.

    `engine`: `auto` takes Docker when its daemon answers and has the image, else the local one;
    never `process`, which has to be named, and allowed by `min_tier`.
    `runtime`: the OCI runtime of containers, as the daemon calls it; empty: its default.
    `min_tier`: an engine that separates programs from the host less strongly is refused.
    `slots`: programs run at one time; None: one per core.
    `speed`: of this machine, where the reference machine has 1 (docs/limits.md): limits on time
    are divided by it. None: measured when the first program is judged.
    `compile_cache_bytes`: of compiled programs kept in memory, so that the same files are compiled
    once; 0: none. `compile_cache_dir`: they are kept there, too, `compile_cache_dir_bytes` of them,
    where images tell compilers apart (docs/performance.md).
    `spread`: the tests of one submission run in idle slots, too, while nobody waits for one.
    `prebuilt`: use precompiled headers, archives of classes and a faster linker, where images
    have them.
    `warm_starts`: fork runs from an interpreter that has started, where that is possible.
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
    speed: float | None = 1.0
    prebuilt: bool = True
    spread: bool = True
    warm_starts: bool = True
    compile_cache_bytes: int = DEFAULT_COMPILE_CACHE_BYTES
    compile_cache_dir: Path | None = None
    compile_cache_dir_bytes: int = DEFAULT_COMPILE_CACHE_DIR_BYTES
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
        """Read `JUDGECORE_*`, or raise `InvalidConfig` that names each variable at fault."""
        refuse_unknown(environ)
        fields = read(SETTINGS, environ)
        if fields.get("engine") == "process":  # bounded by the machine alone, which is a small one
            fields["slots"], room = sizes(environ, fields.get("slots"))
            fields.setdefault("slot_memory_bytes", room // MIB * MIB)
        return cls(**fields)


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Raise `InvalidConfig` about every `JUDGECORE_*` that is no setting of either package."""
    refuse_names(environ, {setting.name for setting in SETTINGS} | WORKER_SETTINGS)

"""What the runner found out about one run: facts only, no judgement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Limit(StrEnum):
    """Which limit ended or marked a run; `NONE` when none fired."""

    NONE = "none"
    CPU = "cpu"
    WALL = "wall"
    IDLE = "idle"
    MEMORY = "memory"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Report:
    """Facts of one run.

    `exit_code` and `signal`: exactly one is set when the program ran to its end or was ended.
    `step` and `errno`: set when the runner could not start it (then the run says nothing about
    the program, unless the step is `exec`).
    `cpu_source` and `memory_source` name where each figure was read.
    """

    exit_code: int | None
    signal: int | None
    cpu_ms: float
    wall_ms: float
    memory_bytes: int
    limit: Limit = Limit.NONE
    oom_kills: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    step: str | None = None
    errno: int | None = None
    cpu_source: str = "unknown"
    memory_source: str = "unknown"

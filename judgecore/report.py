"""What the runner found out about one run: facts only, no judgement."""

from __future__ import annotations

import signal as signals
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


class Limit(StrEnum):
    """Which limit ended or marked a run; `NONE` when none fired.

    The runner itself tells `CPU`, `WALL`, `IDLE`, `OUTPUT` and, where it samples, `MEMORY` and
    `DISK`; the others follow from its facts. `STOPPED`: the host ended the run.
    """

    NONE = "none"
    CPU = "cpu"
    WALL = "wall"
    IDLE = "idle"
    MEMORY = "memory"
    OUTPUT = "output"
    FILE = "file"
    DISK = "disk"
    STOPPED = "stopped"


class BuiltFile(NamedTuple):
    """A regular file that a compiler left; `path` is relative to the box."""

    path: str
    data: bytes
    executable: bool


class CallAnswer(NamedTuple):
    """What a program answered to one call, its times in milliseconds.

    `stdout_bytes`, `stderr_bytes`: how much of the run's streams there was by then.
    """

    data: bytes
    cpu_ms: float
    wall_ms: float
    stdout_bytes: int
    stderr_bytes: int


class Report(NamedTuple):
    """Facts of one run; a tuple, which is made faster than a frozen dataclass.

    `exit_code` and `signal`: exactly one is set when the program ran to its end or was ended.
    `step` and `errno`: set when the runner could not start it (then the run says nothing about
    the program, unless the step is `exec`).
    `cpu_source` and `memory_source` name where each figure was read.
    `disk_bytes`, `disk_files`: what it left where it could write; `disk_full`: "bytes" or "files"
    when the place had no more of them, None otherwise.
    `image_bytes`: what its executable maps at the start, where it was killed by the kernel.
    `out_of_heap`: whether the runtime said on stderr that its own heap was full.
    `left_processes`: whether processes of it outlived the first one (they were killed).
    `stalled_ms`: how long the slot itself stood still; that time is in no figure.
    `waiting_ms`: for how long it wanted a core and had none: what its first thread waited, or more
    where samples, ten a second, found more. `starved`: a clock for sleepers (`WALL`, `IDLE`) ended
    it, though it waited for a core for more than a quarter of its time, by the samples: evidence
    that the machine was too busy, and no proof.
    `collected`: by path, the files that the command asked for and that were there;
    `collect_truncated`: whether one was cut, since together they were over the output limit.
    `built`: all files that a compiler left in the box, sources among them; None: the command did
    not ask for them, or they are more than it takes, or they include what is no regular file.
    `ended_ms`: when it ended, on the clock of the slot's machine (CLOCK_MONOTONIC); two runs of
    one machine are told apart by it. None: it was not seen to end.
    `answers`: of a run that is called, in the order of its calls; `ready`: whether it got as far
    as to take any. `call_fault`: what was wrong with what it wrote in place of the next one.
    `call_ms`, `call_wall_ms`: the times of the call that it did not answer; None where it answered
    all.
    `unread`: whether its partner in a connected run no longer read what it wrote when it ended: so
    the partner ended before, though that may have been noted later.
    `warm`: of a command that asked for a warm start: "forked" from an interpreter that waited,
    "started" with it, or, started as others are, "memory" (too little for it) or "failed".
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
    disk_bytes: int = 0
    disk_files: int = 0
    disk_full: str | None = None
    image_bytes: int = 0
    out_of_heap: bool = False
    left_processes: bool = False
    stalled_ms: float = 0.0
    waiting_ms: float = 0.0
    starved: bool = False
    collected: Mapping[str, bytes] = MappingProxyType({})
    collect_truncated: bool = False
    built: tuple[BuiltFile, ...] | None = None
    ended_ms: float | None = None
    unread: bool = False
    answers: tuple[CallAnswer, ...] = ()
    ready: bool = False
    call_fault: str | None = None
    call_ms: float | None = None
    call_wall_ms: float | None = None
    warm: str | None = None

    def changed(self, **facts: Any) -> Report:
        """The same report with some facts replaced."""
        return self._replace(**facts)

    @property
    def anomaly(self) -> str | None:
        """What a plain wrong program does not do; None when nothing was odd.

        Processes that outlive their program are not odd: everything of a run is killed in one call
        and waited for, as after a time limit, and what does not die makes the run's slot dirty.
        """
        if self.signal == signals.SIGSYS:
            return "a system call through a forbidden entry"
        if self.stalled_ms:
            return f"the slot stood still for {self.stalled_ms:.0f} ms"
        return None

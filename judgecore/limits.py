"""What a run may use. The unit is in every name; absence (`None`) means "derive it"."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from judgecore.validation import StrictModel

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

MOST_MS = 3_600_000
Milliseconds = Annotated[int, Field(ge=1, le=MOST_MS, strict=True)]


class Limits(StrictModel):
    """Limits of one run of one program (the whole process tree unless said otherwise)."""

    cpu_ms: Milliseconds = Field(
        default=2_000, description="CPU time, threads and children summed, milliseconds"
    )
    wall_ms: Milliseconds | None = Field(
        default=None,
        description="Wall time, milliseconds; None: three times cpu_ms plus two seconds",
    )
    idle_ms: Milliseconds | None = Field(
        default=None,
        description="Wall time in a row without CPU time used, milliseconds; None: cpu_ms plus"
        " one second",
    )
    memory_bytes: Annotated[int, Field(ge=4 * MIB, le=64 * GIB, strict=True)] = Field(
        default=256 * MIB, description="Memory of the whole process tree, bytes, swap off"
    )
    stack_bytes: Annotated[int, Field(ge=64 * KIB, le=64 * GIB, strict=True)] | None = Field(
        default=None,
        description="Stack of the main thread, bytes; None: the memory limit bounds it",
    )
    output_bytes: Annotated[int, Field(ge=1, le=256 * MIB, strict=True)] = Field(
        default=16 * MIB, description="Each of stdout and stderr, bytes"
    )
    file_bytes: Annotated[int, Field(ge=1, le=16 * GIB, strict=True)] = Field(
        default=64 * MIB, description="Largest single file, bytes"
    )
    processes: Annotated[int, Field(ge=1, le=4096, strict=True)] = Field(
        default=64, description="Processes and threads at one time"
    )
    open_files: Annotated[int, Field(ge=8, le=65_536, strict=True)] = Field(
        default=256, description="Open files per process"
    )

    @property
    def effective(self) -> dict[str, int]:
        """Every limit in force, by name, those derived from others too."""
        return {
            **self.model_dump(),
            "wall_ms": self.effective_wall_ms,
            "idle_ms": self.effective_idle_ms,
            "stack_bytes": self.effective_stack_bytes,
        }

    def at_speed(self, speed: float) -> Limits:
        """The limits on a machine of this speed: half as fast, twice the time."""
        if speed == 1.0:
            return self
        times = {name: getattr(self, name) for name in ("cpu_ms", "wall_ms", "idle_ms")}
        scaled = {
            name: max(1, min(MOST_MS, round(ms / speed)))
            for name, ms in times.items()
            if ms is not None
        }
        return self.model_copy(update=scaled)

    @property
    def effective_wall_ms(self) -> int:
        """The wall limit in force, milliseconds."""
        return self.wall_ms if self.wall_ms is not None else 3 * self.cpu_ms + 2_000

    @property
    def effective_idle_ms(self) -> int:
        """The idle limit in force, milliseconds.

        Longer than the CPU limit, so that whoever waits for a slow disk or a loaded machine is
        not mistaken for a sleeper; shorter than the wall limit, so that a sleeper frees its slot.
        """
        return self.idle_ms if self.idle_ms is not None else self.cpu_ms + 1_000

    @property
    def effective_stack_bytes(self) -> int:
        """The stack limit in force, bytes.

        Without one of its own, the stack may grow until the memory limit fires: a little room on
        top makes sure that it is that limit, and not the stack's, which runaway recursion meets.
        """
        return self.stack_bytes if self.stack_bytes is not None else self.memory_bytes + 64 * MIB

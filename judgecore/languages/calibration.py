"""What each language's runtime was found to take, kept in a file of its own.

`judgecore languages --calibrate` runs every proof and writes the file. The one that ships was
measured in the full image; `JUDGECORE_CALIBRATION` names another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from judgecore.errors import InvalidConfig
from judgecore.limits import MIB

SHIPPED = Path(__file__).with_name("calibration.json")
_STEP_MB = 8
_STEP_MS = 50
_NOTICED_MS = 100  # a quicker start-up is within what a time limit is rounded to anyway


class Extra(NamedTuple):
    """An allowance in numbers."""

    memory_mb: int
    cpu_ms: int
    processes: int


def _up(value: float, step: int) -> int:
    return -(-round(value) // step) * step


class Measured(BaseModel):
    """One language's proof, run: times in milliseconds, memory in bytes, peaks of the whole tree.

    `start_ms` is the shortest of several runs, since a busy machine only adds to it.
    `processes` is the smallest limit on processes and threads under which the proof still holds.
    """

    model_config = ConfigDict(frozen=True)

    version: str = ""
    start_ms: Annotated[float, Field(ge=0)] = 0.0
    cpu_ms: Annotated[float, Field(ge=0)] = 0.0
    memory_floor_bytes: Annotated[int, Field(ge=0)] = 0
    processes: Annotated[int, Field(ge=0)] = 0

    def allowance(self) -> Extra:
        """What a program is given on top, rounded up: a compiled program needs nothing.

        Twice the CPU time, because a busy machine starts a runtime more slowly; memory and
        threads as they were.
        """
        memory_mb = self.memory_floor_bytes / MIB
        return Extra(
            memory_mb=_up(memory_mb, _STEP_MB) if memory_mb > _STEP_MB else 0,
            cpu_ms=_up(2 * self.cpu_ms, _STEP_MS) if self.cpu_ms > _NOTICED_MS else 0,
            processes=max(self.processes - 1, 0),  # the first one is the program's own
        )


class Calibration(BaseModel):
    """All that was measured in one go, by language id; `image` says where."""

    model_config = ConfigDict(frozen=True)

    image: str = ""
    languages: dict[str, Measured] = {}

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read the file, or raise `InvalidConfig` that names it."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as exc:
            raise InvalidConfig(f"{path}: {exc}") from None

    def save(self, path: Path) -> None:
        """Write the file."""
        path.write_text(self.model_dump_json(indent=1) + "\n", "utf-8")

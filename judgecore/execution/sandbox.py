"""One leased slot, in which programs are compiled and run one after another."""

from __future__ import annotations

from collections.abc import Mapping

from judgecore.execution.executor import Executor
from judgecore.execution.program import Prepared
from judgecore.limits import Limits
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot
from judgecore.tally import Tally, WarmStarts


class Sandbox:
    """A slot of one's own. For one thread, and while the lease lasts.

    `most_memory_bytes`: what the slot has; compilers get no more. `speed`: the machine's, by which
    limits on time are divided. `warm`: counts warm starts; None: there are none.
    """

    def __init__(
        self,
        slot: Slot,
        most_memory_bytes: int,
        speed: float = 1.0,
        warm: Tally[WarmStarts] | None = None,
    ) -> None:
        self._slot = slot
        self._most_memory_bytes = most_memory_bytes
        self._speed = speed
        self._warm = warm

    def __repr__(self) -> str:
        return f"<Sandbox {self._slot!r}>"

    @property
    def features(self) -> Mapping[str, str]:
        """What the runner said of itself when the slot started; see docs/protocol.md."""
        return self._slot.features

    @property
    def speed(self) -> float:
        """The machine's; limits on time are divided by it."""
        return self._speed

    def start(self, prepared: Prepared) -> Executor:
        """Stage and compile a program; what was staged before stays until `reset`."""
        return Executor(
            self._slot, prepared, self._most_memory_bytes, speed=self._speed, warm=self._warm
        )

    def command(
        self,
        argv: tuple[str, ...],
        limits: Limits,
        environment: tuple[tuple[str, str], ...] = (),
        warm: str | None = None,
    ) -> Report:
        """Run a command of the image, and return the facts; `SlotLost` when the slot failed.

        `warm`: as in `Command`.
        """
        return self._slot.run(Command(argv=argv, limits=limits, env=environment, warm=warm))

    def located(self, text: str) -> str:
        """`text` with /box and /tmp written as the paths that they have in this slot."""
        return self._slot.place(text)

    def reset(self) -> bool:
        """Remove everything that programs left; False when the slot had to be destroyed."""
        return self._slot.reset()

"""What a solution and an interactor said to each other, on demand and bounded."""

from __future__ import annotations

from judgecore.texts import shown

MOST_BYTES = 16 << 10
_SOLUTION, _INTERACTOR = "solution> ", "interactor> "


class Transcript:
    """Pieces as they passed, `MOST_BYTES` in all; the rest is left out, which `text` says."""

    def __init__(self) -> None:
        self._pieces: list[tuple[bool, bytearray]] = []
        self._bytes = 0
        self._cut = False

    def record(self, of_solution: bool, data: bytes) -> None:
        """Take a piece."""
        room = MOST_BYTES - self._bytes
        self._cut |= len(data) > room
        if not (kept := data[: max(room, 0)]):
            return
        self._bytes += len(kept)
        if self._pieces and self._pieces[-1][0] == of_solution:
            self._pieces[-1][1].extend(kept)
        else:
            self._pieces.append((of_solution, bytearray(kept)))

    @property
    def text(self) -> str:
        """Line by line, each after the name of who wrote it; `…` at the end where it was cut."""
        lines = [
            (_SOLUTION if of_solution else _INTERACTOR) + line
            for of_solution, data in self._pieces
            for line in shown(bytes(data)).splitlines()
        ]
        return "\n".join([*lines, "…"] if self._cut else lines)

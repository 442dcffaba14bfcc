"""What was judged before, so that a command that is repeated goes on where it ended.

A line of JSON for each program, in a hidden file of the folder. What cannot be read is judged anew.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

NAME = ".judgecore-results.jsonl"
_MOST_BYTES = 64 << 20


class JudgedBefore:
    """Rows by the key of what was judged. `problem`: why nothing can be written, if so."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._rows: dict[str, dict[str, Any]] = {}
        self._file: IO[str] | None = None
        self.problem = ""

    def __enter__(self) -> Self:
        with suppress(OSError):
            if self._path.stat().st_size <= _MOST_BYTES:
                self._read(self._path.read_text("utf-8", "replace"))
        try:
            self._file = self._path.open("a", encoding="utf-8")
            if self._path.stat().st_size:
                self._file.write("\n")  # the last line may have been cut
        except OSError as exc:
            self.problem = f"{self._path}: {exc.strerror or exc}"
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def get(self, key: str) -> dict[str, Any] | None:
        """The row of something that was judged before."""
        return self._rows.get(key)

    def add(self, key: str, row: dict[str, Any]) -> None:
        """Keep a row, at once."""
        if self._file is not None:
            self._file.write(json.dumps({"key": key, "row": row}) + "\n")
            self._file.flush()

    def _read(self, text: str) -> None:
        for line in text.splitlines():
            with suppress(ValueError, TypeError, KeyError):
                found = json.loads(line)
                if isinstance(found["row"], dict):
                    self._rows[str(found["key"])] = found["row"]

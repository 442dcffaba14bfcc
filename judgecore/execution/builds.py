"""Compiled programs that are kept, so that a checker is compiled once for many submissions."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from judgecore.execution.program import Prepared
from judgecore.result import CompileResult

_MOST_BYTES = 256 << 20
_MOST = 256


@dataclass(frozen=True, slots=True)
class Build:
    """The one file that a compiler made, and what the compiler said."""

    path: str
    data: bytes
    compiled: CompileResult


class Builds:
    """The builds used last, by the content that they were made from. Safe from several threads."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Build] = OrderedDict()

    def __repr__(self) -> str:
        return f"<Builds kept={len(self._kept)}>"

    def get(self, prepared: Prepared) -> Build | None:
        """What was made from the same files by the same compiler, if it is kept."""
        key = _key(prepared)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, prepared: Prepared, build: Build) -> None:
        """Keep a build; those that were not used for longest make room."""
        with self._lock:
            self._kept[_key(prepared)] = build
            while len(self._kept) > _MOST or self._bytes() > self._most_bytes:
                self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(len(build.data) for build in self._kept.values())


def artefact(prepared: Prepared) -> str | None:
    """The path of the one file that compiling makes; None where it makes several, or none."""
    started = prepared.language.run[0]
    single = prepared.language.compile and started.startswith("./") and "{" not in started
    return started.removeprefix("./") if single else None


def _key(prepared: Prepared) -> bytes:
    staged = prepared.staged
    digest = hashlib.sha256()
    words = (prepared.language.id, *prepared.language.compile, *prepared.options, staged.entry)
    parts = [word.encode() for word in words]
    for path, content in sorted(staged.files.items()):
        parts += [path.encode(), content]
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.digest()

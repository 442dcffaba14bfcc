"""Counting how often each faster way of judging was taken, and how often it was not."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar


class Compilations(NamedTuple):
    """Programs to be compiled, while the compile cache is on.

    `found`: they were compiled before. `made`: they were not. `unfit`: what was made could not be
    kept.
    """

    found: int = 0
    made: int = 0
    unfit: int = 0


class Spreads(NamedTuple):
    """Submissions with tests that idle slots may run.

    `possible`: all of them. `spread`: those of which idle slots ran some. `given_back`: how often
    such a slot was given back before the end, because another submission waited.
    """

    possible: int = 0
    spread: int = 0
    given_back: int = 0


class Prebuilts(NamedTuple):
    """Programs of languages with files that images hold ready.

    `used`: the image has the files. `absent`: it lacks some. `own_options`: the compiler had
    options of the program's own, for which no file fits.
    """

    used: int = 0
    absent: int = 0
    own_options: int = 0


class SlotUses(NamedTuple):
    """Slots that were leased, a program's each time.

    `reused`: it had served before. `new`: it had not. `discarded`: it was not kept afterwards.
    """

    reused: int = 0
    new: int = 0
    discarded: int = 0


class WarmStarts(NamedTuple):
    """How many runs there were since the start.

    `forked` from an interpreter that waited; `started`: with it, as the first run of its kind in a
    slot; `fell_back`: asked for, but started as other programs are.
    """

    forked: int = 0
    started: int = 0
    fell_back: int = 0


class FastPaths(NamedTuple):
    """All of them, since the start; docs/performance.md says what they are."""

    compile_cache: Compilations = Compilations()
    spread: Spreads = Spreads()
    warm_starts: WarmStarts = WarmStarts()
    prebuilt: Prebuilts = Prebuilts()
    slots: SlotUses = SlotUses()


C = TypeVar("C")


class Tally(Generic[C]):
    """Counts one of these. Safe from several threads."""

    def __init__(self, kind: Callable[..., C]) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._by_field: Counter[str] = Counter()

    def note(self, field: str) -> None:
        """It was once more as this field says."""
        with self._lock:
            self._by_field[field] += 1

    @property
    def counts(self) -> C:
        """The figures of now."""
        with self._lock:
            return self._kind(**self._by_field)

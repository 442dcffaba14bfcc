"""One measure: two things done by turns, the ratio of their medians, and how far pairs differ."""

from __future__ import annotations

import operator
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

Pair = tuple[float, float]
_FEWEST = 2  # pairs that are taken whatever they cost, the first among them


class NotMeasured(Exception):
    """Why a measure cannot be taken here."""


class Failed(Exception):
    """What was measured went wrong."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, and the aim: at most, or with `least` at least.

    `pairs` yields our figure and the other one, in any unit, measured one after the other; the
    first pair is not counted, since its caches are cold. `unit`: of a figure that is no ratio; its
    pairs end in 1. `aim` None: for comparison only.
    """

    name: str
    aim: float | None
    pairs: Callable[[Any], Iterator[Pair]]
    least: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A measure that was taken. `spread`: the quartiles of the pairs' own ratios.

    `why`: why it was not taken; then there are no figures. `failed`: something went wrong.
    """

    name: str
    ratio: float | None
    aim: float | None
    met: bool | None
    spread: tuple[float, float] | None
    why: str = ""
    unit: str = ""
    least: bool = False
    failed: bool = False

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        optional = ("why", "unit", "least", "failed")
        return {key: value for key, value in asdict(self).items() if key not in optional or value}


def taken(
    measure: Measure,
    of: Any,
    budget_s: float = float("inf"),
    step: Callable[[int], None] = lambda _: None,
) -> Row:
    """Take a measure; `of` is what its `pairs` are given.

    After `budget_s` seconds no more pairs begin, beyond the first two. `step` is called
    with the number of pairs so far.
    """
    try:
        _, *pairs = _within(measure.pairs(of), budget_s, step)
    except NotMeasured as exc:
        return Row(measure.name, None, measure.aim, None, None, why=str(exc))
    except (SystemExit, Exception) as exc:  # whatever it is, the other rows go on
        if isinstance(exc, SystemExit) and not isinstance(exc.code, str):
            raise  # a signal ended the bench
        why = " ".join(f"{type(exc).__name__}: {exc}".split())
        return Row(measure.name, None, measure.aim, None, None, why=why, failed=True)
    ours, theirs = zip(*pairs, strict=True)
    ratio = round(statistics.median(ours) / statistics.median(theirs), 3)
    each = sorted(one / other for one, other in pairs)
    quartiles = statistics.quantiles(each, n=4) if len(each) > 1 else [each[0]] * 3
    within = operator.ge if measure.least else operator.le
    return Row(
        measure.name,
        ratio,
        measure.aim,
        None if measure.aim is None else within(ratio, measure.aim),
        (round(quartiles[0], 3), round(quartiles[2], 3)),
        unit=measure.unit,
        least=measure.least,
    )


def _within(pairs: Iterator[Pair], budget_s: float, step: Callable[[int], None]) -> Iterator[Pair]:
    until = time.monotonic() + budget_s
    for count, pair in enumerate(pairs, start=1):
        step(count)
        yield pair
        if count >= _FEWEST and time.monotonic() > until:
            return

"""One measure: two things done by turns, the ratio of their medians, and how far pairs differ."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

Pair = tuple[float, float]


class NotMeasured(Exception):
    """Why a measure cannot be taken here."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, and the aim: at most, or with `least` at least.

    `pairs` yields what we need and what the other needs, in any unit, one after the other; the
    first pair is not counted, since its caches are cold.
    """

    name: str
    aim: float
    pairs: Callable[[Any], Iterator[Pair]]
    least: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A measure that was taken. `spread`: the quartiles of the pairs' own ratios.

    `why`: why it was not taken; then there are no figures.
    """

    name: str
    ratio: float | None
    aim: float
    met: bool | None
    spread: tuple[float, float] | None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {key: value for key, value in asdict(self).items() if key != "why" or value}


def taken(measure: Measure, of: Any) -> Row:
    """Take a measure; `of` is what its `pairs` are given."""
    try:
        _, *pairs = measure.pairs(of)
    except NotMeasured as exc:
        return Row(measure.name, None, measure.aim, None, None, str(exc))
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(ours) / statistics.median(theirs)
    each = sorted(one / other for one, other in pairs)
    quartiles = statistics.quantiles(each, n=4) if len(each) > 1 else [each[0]] * 3
    within = operator.ge if measure.least else operator.le
    return Row(
        measure.name,
        round(ratio, 3),
        measure.aim,
        within(round(ratio, 3), measure.aim),
        (round(quartiles[0], 3), round(quartiles[2], 3)),
    )

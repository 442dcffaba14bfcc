"""Scores: what groups of tests are worth, and how the scores of tests make one. Values only.

One small algebra says what the formats of the ICPC, Kattis, CMS and Polygon say; numbers are exact
decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from judgecore.kinds import CheckerProgram, Kind
from judgecore.validation import StrictModel

_MOST_GROUPS = 1_000
_MOST_LEVELS = 50
MOST_DIGITS = 30  # of points, after the decimal point
MOST_POINTS = Decimal(10) ** 15


def _short(points: Decimal) -> Decimal:
    """Points are added up as exact fractions: 1e-999999 would have a million digits there."""
    exponent = points.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MOST_DIGITS:
        raise ValueError(f"at most {MOST_DIGITS} digits after the decimal point are accepted")
    return points


Points = Annotated[
    Decimal, Field(ge=0, le=MOST_POINTS, allow_inf_nan=False), AfterValidator(_short)
]


class Aggregate(StrEnum):
    """How the scores in a group make its score.

    `all`: the group's points when every test in it passes, else nothing.
    `threshold`: the group's points when each checker's share is at most `Group.threshold`.
    `custom`: what the problem's grader says.
    """

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    AVG = "avg"
    MUL = "mul"
    ALL = "all"
    THRESHOLD = "threshold"
    CUSTOM = "custom"


class Group(StrictModel):
    """A group of tests, which name it as their `group`, and of other groups.

    `points`: what it is worth. In a `sum` they are shared evenly by the tests that have no points
    of their own; in all other groups each test can have all of them. None: each test is worth its
    own points, or 1.
    `requires`: groups that come before; unless every test in them passes, this one is not run and
    is worth nothing.
    `stops`: after a test in it that fails, the others in it are not run.
    `arguments`: of the problem's grader, where that makes the group's score (`custom`).
    """

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    aggregate: Aggregate = Aggregate.SUM
    points: Points | None = None
    threshold: Points = Decimal(1)
    requires: tuple[str, ...] = ()
    stops: bool = False
    arguments: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    @model_validator(mode="after")
    def _shallow(self) -> Group:
        if self.levels > _MOST_LEVELS:
            raise ValueError(f"groups: at most {_MOST_LEVELS} inside one another are accepted")
        return self

    @property
    def levels(self) -> int:
        """How many groups are inside one another, this one counted."""
        return 1 + max((group.levels for group in self.groups), default=0)

    def all_groups(self) -> Iterator[Group]:
        """It and every group in it."""
        yield self
        for group in self.groups:
            yield from group.all_groups()


class PassFail(Kind):
    """The verdict is that of the first test that failed, else AC."""

    kind: Literal["pass-fail"] = "pass-fail"


class Scoring(Kind):
    """A score, and PS where it is neither nothing nor all.

    `aggregate`: how the scores of the groups, and of tests in none, make the submission's.
    `grader`: a program that reads the verdict and the score of each test and group in a `custom`
    group, a line each (`AC 10`), and writes those of the group. `arguments`: its own for the whole.
    """

    kind: Literal["scoring"] = "scoring"
    aggregate: Aggregate = Aggregate.SUM
    groups: tuple[Group, ...] = ()
    grader: CheckerProgram | None = None
    arguments: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _graded(self) -> Scoring:
        every = (self.aggregate, *(group.aggregate for group in self.all_groups()))
        if Aggregate.CUSTOM in every and self.grader is None:
            raise ValueError("groups: the aggregate 'custom' needs a grader")
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Scoring:
        names = [group.name for group in self.all_groups()]
        if len(names) > _MOST_GROUPS:
            raise ValueError(f"groups are {len(names)}; at most {_MOST_GROUPS} are accepted")
        seen: set[str] = set()
        for group in self.all_groups():
            if group.name in seen:
                raise ValueError(f"groups: {group.name!r} is there twice")
            for name in group.requires:
                if name not in seen:
                    raise ValueError(
                        f"groups: {group.name!r} requires {name!r}, which is no group before it"
                    )
            seen.add(group.name)
        return self

    def all_groups(self) -> Iterator[Group]:
        """Every group, in order, each before those in it."""
        for group in self.groups:
            yield from group.all_groups()


Total = Annotated[PassFail | Scoring, Field(discriminator="kind")]

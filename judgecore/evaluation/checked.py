"""What a checker said about one output, whatever kind of checker it was."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from judgecore.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """A checker's word on one output.

    `detail`: where the first difference is, or what was wrong with the checker (IE).
    `points`: what the test is worth now; `share`: the part of its points, from 0 to 1. None: the
    checker gave none, and the verdict decides.
    `message` is for the author of the submission; `staff_message` may quote tests and is not.
    `next_input`: the input of another pass; `state`: the checker's own files for it.
    """

    verdict: Verdict
    detail: str = ""
    points: Decimal | None = None
    share: Decimal | None = None
    message: str = ""
    staff_message: str = ""
    next_input: bytes | None = None
    state: bytes | None = None

    @classmethod
    def fault(cls, what: str, staff_message: str = "") -> Checked:
        """The checker failed: that says nothing about the submission."""
        return cls(Verdict.IE, what, staff_message=staff_message)

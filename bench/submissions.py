"""What the chaos test submits: small programs of known verdicts, for problems of every kind.

Each problem's tests ask for a sum. An interactive one gives the numbers one by one; a scored one
is worth half where the sum is one too large; one in two passes asks again with larger numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4

from consumers.messages import SubmissionMessage
from judgecore.groups import Scoring
from judgecore.kinds import CheckerProgram, Interactive
from judgecore.limits import Limits
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict

PATIENT = Limits(cpu_ms=10_000, wall_ms=60_000)  # a starved machine must not make an AC a TLE
HASTY = Limits(cpu_ms=100, wall_ms=10_000)
TESTS = (TestCase(input="1 2\n", expected="3\n"), TestCase(input="40 2\n", expected="42\n"))

_INTERACTOR = """
read a b < "$1"
for n in $a $b; do echo $n; done
read got && [[ $got == $((a + b)) ]] && exit 42
exit 43
"""
_HALVES = """
read want < "$2"; read got || exit 43
[[ $got == $want ]] && exit 42
[[ $got == $((want + 1)) ]] || exit 43
echo 0.5 > "$3score_multiplier.txt"
exit 42
"""
_TWICE = """
read a b < "$1"; read got || exit 43
[[ $got == $((a + b)) ]] || exit 43
[[ -e $3first ]] || echo 1000 2000 > "$3nextpass.in"
echo > "$3first"
exit 42
"""


def _problem(checker: str, **axes: Any) -> Problem:
    program = CheckerProgram(language="bash", source=checker)
    return Problem(**{"tests": TESTS, "limits": PATIENT, "checker": program, **axes})


PLAIN = Problem(tests=TESTS, limits=PATIENT)
SHORT = Problem(tests=TESTS, limits=HASTY)
INTERACTIVE = _problem(_INTERACTOR, procedure=Interactive())
SCORED = _problem(
    _HALVES,
    total=Scoring(),
    tests=[test.model_copy(update={"points": Decimal(50)}) for test in TESTS],
)
TWO_PASSES = _problem(_TWICE, passes=2)


class Kind(NamedTuple):
    """Submissions of one program, `share` in a hundred."""

    verdict: Verdict
    problem: Problem
    language: str
    source: str
    share: int


KINDS = (
    Kind(Verdict.AC, PLAIN, "bash", "read a b; echo $((a + b))", 30),
    Kind(Verdict.WA, PLAIN, "bash", "read a b; echo $((a - b))", 16),
    Kind(Verdict.RE, PLAIN, "bash", "exit 3", 12),
    Kind(Verdict.AC, PLAIN, "python", "print(sum(map(int, input().split())))", 9),
    Kind(Verdict.CE, PLAIN, "python", "print(", 9),
    Kind(Verdict.TLE, SHORT, "bash", "while :; do :; done", 4),
    Kind(Verdict.AC, INTERACTIVE, "bash", "read a; read b; echo $((a + b))", 4),
    Kind(Verdict.WA, INTERACTIVE, "bash", "read a; read b; echo $a", 2),
    Kind(Verdict.RE, INTERACTIVE, "bash", "read a; exit 3", 2),
    Kind(Verdict.AC, SCORED, "bash", "read a b; echo $((a + b))", 2),
    Kind(Verdict.PS, SCORED, "bash", "read a b; echo $((a + b + 1))", 2),
    Kind(Verdict.WA, SCORED, "bash", "echo nothing", 2),
    Kind(Verdict.AC, TWO_PASSES, "bash", "read a b; echo $((a + b))", 4),
    Kind(Verdict.WA, TWO_PASSES, "bash", "read a b; echo $(((a + b) % 1000))", 2),
)


def some(dice: random.Random, count: int) -> Iterator[tuple[SubmissionMessage, Verdict]]:
    """So many submissions, and what each must get."""
    for kind in dice.choices(KINDS, [kind.share for kind in KINDS], k=count):
        yield (
            SubmissionMessage(
                submission_id=uuid4(),
                language=kind.language,
                source=kind.source,
                problem=kind.problem,
            ),
            kind.verdict,
        )

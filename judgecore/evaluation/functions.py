"""The tests of a function problem: called, and their results compared with the expected ones.

Expected results stay in this process. A test whose name begins with `secret` is hidden: its detail
shows neither the call nor its result.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from judgecore.evaluation.answering import AnsweringProgram
from judgecore.evaluation.calling import Call, Called, Caller
from judgecore.evaluation.checked import Checked
from judgecore.evaluation.conventions import Given
from judgecore.evaluation.helpers import by_programs
from judgecore.evaluation.procedures import Opened, Tested, measured
from judgecore.execution import Ran
from judgecore.functions import Function, Kind, Mode, Order, comparing
from judgecore.functions import calls as calling
from judgecore.functions.calls import Failed, Operation, cut, shown
from judgecore.functions.queries import CallQueries, from_secret
from judgecore.functions.shapes import BadValue
from judgecore.functions.types import VOID
from judgecore.functions.values import Value, to_json
from judgecore.limits import Limits
from judgecore.problem import TestCase
from judgecore.report import Report
from judgecore.submission import Submission
from judgecore.validation import as_bytes, as_text
from judgecore.verdict import Verdict

_REPEATED = 3  # of the calls with a wrong result
_DEPENDS = (
    "; in a process of its own the call returns something else: the result depends on earlier calls"
)


@dataclass(frozen=True, slots=True)
class _Test:
    """A test as it is called. `number`: from 1, as the problem has it."""

    number: int
    case: TestCase
    operations: tuple[Operation, ...]


def order_seed(submission: Submission) -> int:
    """The seed of the order of calls: the same whenever the submission is judged again."""
    return int.from_bytes(hashlib.sha256(submission.id.bytes).digest()[:4], "big")


def called(opened: Opened) -> Iterable[Tested]:
    """Make the calls of all tests and judge what came of each, in the order of the tests."""
    assert opened.solution is not None
    problem, function = opened.problem, _function(opened)
    tests = [
        _Test(number, case, calling.operations_of(function, as_text(case.input)))
        for number, case in enumerate(problem.tests, start=1)
    ]
    caller = Caller(opened.solution, _widest(opened), function.total_cpu_ms, function.restarts)
    if function.mode is Mode.CODEC:
        return _codec(opened, caller, tests)
    if function.mode is Mode.ISOLATED:
        return _isolated(opened, caller, tests)
    found = _made(opened, caller, tests)
    judged = [_judged(opened, test, one) for test, one in zip(tests, found, strict=True)]
    return _with_repeats(opened, caller, tests, judged)


def _isolated(opened: Opened, caller: Caller, tests: Sequence[_Test]) -> Iterator[Tested]:
    """Each answer is judged before the next one is taken: of thousands that are as long as the
    output limit allows nobody keeps all."""
    calls = [_call(opened, test) for test in tests]
    with closing(caller.isolated(calls, ahead=not opened.checkers)) as found:
        for test, made in zip(tests, found, strict=True):
            yield _judged(opened, test, made)


def _function(opened: Opened) -> Function:
    harness = opened.problem.harness
    assert isinstance(harness, Function)
    return harness


def _widest(opened: Opened) -> Limits:
    """The limits of a call, with the CPU time of the test that may use most."""
    problem = opened.problem
    longest = max(problem.limits_of(test).cpu_ms for test in problem.tests)
    return problem.limits.model_copy(update={"cpu_ms": longest})


def _made(opened: Opened, caller: Caller, tests: Sequence[_Test]) -> list[Called | None]:
    """What came of the call of each test; calls are made in the problem's order, or shuffled."""
    function = _function(opened)
    order = list(range(len(tests)))
    if function.order is Order.SHUFFLED:
        random.Random(order_seed(opened.submission)).shuffle(order)
    calls = [_call(opened, tests[at]) for at in order]
    by_test = dict(zip(order, caller.batch(calls), strict=True))
    return [by_test[at] for at in range(len(tests))]


def _call(opened: Opened, test: _Test) -> Call:
    payload = calling.payload(test.operations)
    asked = _function(opened).uses is not None
    return Call(payload, partial(_queries, opened, test) if asked else None)


def _queries(opened: Opened, test: _Test) -> CallQueries:
    """What answers the queries of one call, always in the same way."""
    function = _function(opened)
    assert function.uses is not None
    secret = calling.secret_of(function, as_text(test.case.input))
    if opened.answering is not None:
        made = AnsweringProgram(opened.answering, secret, _widest(opened).effective_wall_ms)
        return CallQueries(function.uses, made, made.close)
    seed = f"{order_seed(opened.submission)}:{test.number}"
    return CallQueries(function.uses, from_secret(function.uses, secret, seed))


# ---------------------------------------------------------------- what came of one call


def _judged(opened: Opened, test: _Test, made: Called | None) -> Tested:
    if made is None:
        ran = Ran(_nothing(), Verdict.SKIPPED, "", opened.problem.limits)
        said = "not called: too many calls before it ended the process"
        return measured(ran, Checked(Verdict.SKIPPED, said))
    checked, answer = _checked(opened, test, made)
    found = measured(made.ran, checked)
    return replace(found, answer=answer)


def _nothing() -> Report:
    return Report(None, None, 0.0, 0.0, 0)


def _checked(opened: Opened, test: _Test, made: Called) -> tuple[Checked, bytes | None]:
    if made.data is None:
        assert made.ran.verdict is not None
        verdict, said = made.ran.verdict, made.ran.detail
        return _told(opened, test, verdict, said, public=made.public), None
    try:
        results = calling.answer(test.operations, made.data)
    except Failed as exc:
        return _failure(opened, test, exc), None
    except BadValue as exc:
        public = "wrong result type"
        return _told(opened, test, Verdict.RE, f"{public}: {exc}", public=public), None
    answer = _json(opened, test, results).encode()
    if (late := _late(opened, test, made.ran)) is not None:
        return late, answer
    return _compared(opened, test, results, answer), answer


def _failure(opened: Opened, test: _Test, failed: Failed) -> Checked:
    assert opened.solution is not None
    said = cut(failed.args[0], 1000)
    verdict, public = Verdict.RE, "exception" if failed.raised else "wrong result type"
    if failed.raised and opened.solution.language.out_of_heap(said.encode()):
        verdict, public = Verdict.MLE, "out of memory"
    return _told(opened, test, verdict, f"{public}: {said}", failed.operation, public=public)


def _late(opened: Opened, test: _Test, ran: Ran) -> Checked | None:
    assert opened.solution is not None
    allowed = opened.solution.in_force(opened.problem.limits_of(test.case)).cpu_ms
    if ran.report.cpu_ms <= allowed:
        return None
    return _told(opened, test, Verdict.TLE, f"cpu time over {allowed} ms")


def _json(opened: Opened, test: _Test, results: Sequence[Value]) -> str:
    kinds = [operation.method.result for operation in test.operations]
    made = [None if k == VOID else to_json(k, v) for k, v in zip(kinds, results, strict=True)]
    one = not _function(opened).parsed.is_class
    return json.dumps(made[0] if one else made, ensure_ascii=False)


def _compared(opened: Opened, test: _Test, results: Sequence[Value], answer: bytes) -> Checked:
    if opened.check is not None:
        return opened.check(test.case, answer)
    if opened.checkers:
        given = Given(test.case, as_bytes(test.case.input), output=answer)
        return _explained(opened, test, by_programs(opened.checkers, given), answer)
    if test.case.expected is None:
        return Checked(Verdict.OK)
    function = _function(opened)
    expected = calling.read_expected(function, as_text(test.case.expected), test.operations)
    for at, operation in enumerate(test.operations):
        kind = operation.method.result
        if kind == VOID or comparing.equal(kind, function.compare, expected[at], results[at]):
            continue
        wanted = shown(comparing.expected_type(function.compare, kind), expected[at])
        said = f"returned {shown(kind, results[at])}, expected {wanted}"
        if function.compare.kind is Kind.ANY_OF:
            said = said.replace(", expected ", ", expected one of ")
        return _told(opened, test, Verdict.WA, said, at, public="wrong result", glue=" ")
    return Checked(Verdict.AC)


def _explained(opened: Opened, test: _Test, checked: Checked, answer: bytes) -> Checked:
    """What the checker says; where it rejects and says nothing, the call in words."""
    said_something = checked.message or checked.staff_message
    if said_something or checked.verdict not in (Verdict.WA, Verdict.PE):
        return checked
    said = f"returned {cut(answer.decode())}, which the checker rejects"
    return _told(opened, test, checked.verdict, said, None, public="wrong result", glue=" ")


def _told(
    opened: Opened,
    test: _Test,
    verdict: Verdict,
    said: str,
    at: int | None = 0,
    *,
    public: str | None = None,
    glue: str = ": ",
) -> Checked:
    """The verdict with the call in words; of a hidden test they are for staff.

    `at`: which operation it is about; None: all of them together. `public`: what is said of a
    hidden test, where the program has a say in `said`: it could quote its arguments.
    """
    where = f"call {test.number} of {len(opened.problem.tests)}"
    whole = f"{where}: {_operation(test, at)}{glue}{said}"
    if not _hidden(test):
        return Checked(verdict, whole)
    return Checked(verdict, f"{where}: {public or said}", staff_message=whole)


def _operation(test: _Test, at: int | None) -> str:
    if at is None:
        return cut(", ".join(map(str, test.operations)))
    step = f"operation {at + 1}, " if len(test.operations) > 1 else ""
    return f"{step}{test.operations[min(at, len(test.operations) - 1)]}"


def _hidden(test: _Test) -> bool:
    return (test.case.name or "").startswith("secret")


# ---------------------------------------------------------------- calls that depend on earlier ones


def _with_repeats(
    opened: Opened, caller: Caller, tests: Sequence[_Test], judged: list[Tested]
) -> list[Tested]:
    """Make the first calls with wrong results again, each in a process of its own.

    Where the result then differs, the detail says so; the verdict stays.
    """
    wrong = [at for at, one in enumerate(judged) if one.checked.verdict is Verdict.WA][:_REPEATED]
    if len(tests) == 1 or not wrong:
        return judged
    again = caller.isolated([_call(opened, tests[at]) for at in wrong])
    for at, made in zip(wrong, again, strict=True):
        alone = _judged(opened, tests[at], made)
        if alone.answer is not None and alone.answer != judged[at].answer:
            judged[at] = replace(judged[at], checked=_depends(judged[at].checked))
    return judged


def _depends(checked: Checked) -> Checked:
    return replace(checked, detail=checked.detail + _DEPENDS)


# ---------------------------------------------------------------- codecs


def _codec(opened: Opened, caller: Caller, tests: Sequence[_Test]) -> list[Tested]:
    """Each value goes through two processes; the second one gets what the first one returned."""
    constructor = _function(opened).parsed.constructor
    back = _function(opened).parsed.methods[1]
    assert constructor is not None
    first = _made(opened, caller, tests)
    found = [_encoded(opened, test, made) for test, made in zip(tests, first, strict=True)]
    second = [
        replace(test, operations=(Operation(0, constructor, ()), Operation(2, back, (value,))))
        for test, value in zip(tests, found, strict=True)
        if not isinstance(value, Tested)
    ]
    answered = iter(zip(second, _made(opened, caller, second) if second else [], strict=True))
    return [
        value if isinstance(value, Tested) else _judged(opened, *next(answered)) for value in found
    ]


def _encoded(opened: Opened, test: _Test, made: Called | None) -> Tested | Value:
    """What the first method returned, or the result where it failed."""
    if made is None or made.data is None:
        return _judged(opened, test, made)
    try:
        return calling.answer(test.operations, made.data)[1]
    except (Failed, BadValue):
        return _judged(opened, test, made)

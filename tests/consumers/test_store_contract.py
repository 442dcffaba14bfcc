"""What every store promises, the twin in memory and PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from doubles import message, result_of

from consumers.events import VerdictEvent
from consumers.memory import MemoryStore
from consumers.postgres import PostgresStore
from consumers.problem import Problem
from judgecore.errors import InvalidSubmission
from judgecore.limits import Limits
from judgecore.submission import Checker, CheckerKind, Result, TestCase
from judgecore.verdict import Verdict

Store = MemoryStore | PostgresStore


def begun(store: Store, verdict: Verdict = Verdict.AC) -> VerdictEvent:
    """The event of a submission that has begun."""
    sent = message()
    store.begin(sent, "python")
    return VerdictEvent.of(result_of(sent.submission_id, verdict))


def test_problem_comes_back(store: Store) -> None:
    """A problem is read as it was added, with every byte of its tests, twice the same."""
    problem = Problem(
        "two-sum",
        "Two 'Sum' %s",
        Limits(cpu_ms=700, wall_ms=None),
        Checker(kind=CheckerKind.FLOATS, absolute=1e-4),
        (
            TestCase(name="nul", input="a\0b\r\n", expected="ü\n"),
            TestCase(input="", expected="2"),
        ),
    )
    store.add_problem(problem.slug, problem.title, problem.limits, problem.checker, problem.tests)

    assert [problem, problem] == [store.problem("two-sum"), store.problem("two-sum")]


def test_changed_problem_is_seen(store: Store) -> None:
    """Replacing a problem takes effect at once, however often it was read."""
    store.add_problem("p", "P", Limits(), Checker(), (TestCase(expected="1"),) * 2)
    store.problem("p")
    store.add_problem("p", "P", Limits(), Checker(), (TestCase(expected="2"),))

    assert ["2"] == [test.expected for test in store.problem("p").tests]


def test_unknown_problem(store: Store) -> None:
    """A slug that nobody added is the submission's fault and is named."""
    with pytest.raises(InvalidSubmission, match=r"problem: .*'nope'"):
        store.problem("nope")


def test_each_begin_is_counted(store: Store) -> None:
    """A submission that begins again after a lost worker says which start it is."""
    sent = message(user="O'Hara; --")

    starts = [store.begin(sent, "python") for _ in range(3)]

    assert [1, 2, 3] == starts


def test_finished_does_not_begin_again(store: Store) -> None:
    """A judged submission that is delivered again is known as judged."""
    sent = message(user="ada")
    store.begin(sent, "python")
    store.finish(VerdictEvent.of(result_of(sent.submission_id)))

    assert store.begin(sent, "python") is None


def test_result_comes_back(store: Store) -> None:
    """A verdict is stored whole: each test, each figure, the compiler's words."""
    event = begun(store, Verdict.WA)
    store.finish(event)

    assert event.result == store.result(event.submission_id)


def test_no_result_yet(store: Store) -> None:
    """A submission that only began, or never came, has no result."""
    sent = message()
    store.begin(sent, "python")

    assert [None, None] == [store.result(sent.submission_id), store.result(uuid4())]


def test_first_verdict_stays(store: Store) -> None:
    """Finishing again changes nothing: neither the verdict nor the events."""
    first = begun(store)
    second = VerdictEvent.of(result_of(first.submission_id, Verdict.WA))

    done = [store.finish(first), store.finish(second)]

    assert [True, False] == done
    assert first.result == store.result(first.submission_id)
    assert [first] == store.unsent(0, 10)


def test_never_begun_cannot_finish(store: Store) -> None:
    """A verdict on a submission that is not there is not stored."""
    done = store.finish(VerdictEvent.of(result_of(uuid4())))

    assert done is False
    assert [] == store.unsent(0, 10)


def test_one_of_many_finishes(store: Store) -> None:
    """Of workers that finish one submission at the same time, exactly one stores it."""
    event = begun(store)
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(store.finish, [event] * 8))

    assert [False] * 7 + [True] == sorted(done)


def test_many_begin_at_once(store: Store) -> None:
    """Workers that begin one submission at the same time get different starts."""
    sent = message(user="ada")
    with ThreadPoolExecutor(8) as threads:
        starts = list(threads.map(lambda _: store.begin(sent, "python"), range(8)))

    assert list(range(1, 9)) == sorted(start or 0 for start in starts)


def test_internal_error_is_stored(store: Store) -> None:
    """An internal error keeps its cause."""
    sent = message()
    store.begin(sent, "python")
    result = Result.internal_error(sent.submission_id, "python", "SlotLost: gone")
    store.finish(VerdictEvent.of(result))

    assert result == store.result(sent.submission_id)


def test_what_a_program_prints_cannot_spoil_its_verdict(store: Store) -> None:
    """NUL and broken UTF-8 on stderr are replaced, so that the verdict can be stored."""
    sent = message()
    store.begin(sent, "python")
    result = result_of(sent.submission_id)
    test = result.tests[0].model_copy(update={"stderr": "a\0b\ud800", "detail": "\0"})
    hostile = result.model_copy(update={"tests": (test,), "cause": "\0"})
    store.finish(VerdictEvent.of(hostile))

    stored = store.result(sent.submission_id)

    assert stored is not None
    assert "a\N{SYMBOL FOR NULL}b?" == stored.tests[0].stderr


def test_refused_is_final(store: Store) -> None:
    """A submission that can never be judged is cancelled: it neither begins nor finishes again."""
    sent = message()
    store.begin(sent, "python")
    store.refuse(sent.submission_id, "source: \0 \ud800 no")

    assert store.begin(sent, "python") is None
    assert store.finish(VerdictEvent.of(result_of(sent.submission_id))) is False


def test_sent_event_leaves_the_outbox(store: Store) -> None:
    """An event is unsent until it is marked, and marking it again is harmless."""
    first, second = begun(store), begun(store)
    store.finish(first)
    store.finish(second)
    store.mark_sent(first.submission_id)
    store.mark_sent(first.submission_id)

    assert [second] == store.unsent(0, 10)


def test_young_events_and_many(store: Store) -> None:
    """Events younger than asked for are left to the worker that is just sending them."""
    events = [begun(store) for _ in range(3)]
    for event in events:
        store.finish(event)

    assert [] == store.unsent(60, 10)
    assert events[:2] == store.unsent(0, 2)

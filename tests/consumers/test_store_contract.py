"""What every store promises, the twin in memory and PostgreSQL alike."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Unpack
from uuid import uuid4

import pytest
from doubles import LEASE_S, OWN_S, message, result_of

from consumers.contracts import (
    Answer,
    Attempt,
    Cancellation,
    Claimed,
    HeldElsewhere,
    Outcome,
    Purge,
    RejudgeFilter,
    RunClaim,
    Start,
)
from consumers.deliveries import DeadLetter, Delivery, RepeatedEvent
from consumers.events import VerdictEvent
from consumers.memory import MemoryStore
from consumers.messages import ForeignId, RejudgeMessage, SubmissionMessage
from consumers.postgres import PostgresStore
from judgecore.errors import InvalidSubmission
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.result import Result
from judgecore.verdict import Verdict

Store = MemoryStore | PostgresStore
Begun = RunClaim | HeldElsewhere | None


def claimed(store: Store) -> list[VerdictEvent | RejudgeMessage]:
    """Everything in the outbox, once it is due."""
    time.sleep(OWN_S)
    return store.claim(100)


def begun(store: Store, verdict: Verdict = Verdict.AC) -> VerdictEvent:
    """The event of a submission that has begun."""
    sent = message()
    store.begin(sent, "python")
    return VerdictEvent.of(result_of(sent.submission_id, verdict))


def test_problem_comes_back(store: Store) -> None:
    """A problem is read as it was added, with every byte of its tests, twice the same."""
    problem = Problem(
        slug="two-sum",
        title="Two 'Sum' %s",
        limits=Limits(cpu_ms=700, wall_ms=None),
        checker=Checker(kind=CheckerKind.FLOATS, absolute=1e-4),
        tests=(
            TestCase(name="nul", input="a\0b\r\n", expected="ü\n"),
            TestCase(input="", expected="2", checker=Checker(kind=CheckerKind.EXACT)),
        ),
    )
    store.add_problem("two-sum", problem)

    assert [problem, problem] == [store.problem("two-sum"), store.problem("two-sum")]


def test_changed_problem_is_seen(store: Store) -> None:
    """Replacing a problem takes effect at once, however often it was read."""
    store.add_problem("p", Problem(tests=(TestCase(expected="1"),) * 2))
    store.problem("p")
    store.add_problem("p", Problem(tests=(TestCase(expected="2"),)))

    assert ["2"] == [test.expected for test in store.problem("p").tests]


def test_unknown_problem(store: Store) -> None:
    """A slug that nobody added is the submission's fault and is named."""
    with pytest.raises(InvalidSubmission, match=r"problem: .*'nope'"):
        store.problem("nope")


def test_each_begin_is_counted(store: Store) -> None:
    """A submission that begins again after a lost worker says which start it is."""
    sent = message(user="O'Hara; --")

    starts = [store.begin(sent, "python") for _ in range(3)]

    assert [RunClaim(1, n, 0, None) for n in (1, 2, 3)] == starts


def begun_soon(store: Store, sent: SubmissionMessage, **start: Unpack[Start]) -> Answer[Begun]:
    """What the store answers to `begin_soon`."""
    answers: SimpleQueue[Answer[Begun]] = SimpleQueue()
    store.begin_soon(answers.put, sent, "python", **start)
    return answers.get(timeout=10)


def finished_soon(store: Store, event: VerdictEvent, starts: int) -> Answer[Outcome]:
    """What it answers to `finish_soon`."""
    answers: SimpleQueue[Answer[Outcome]] = SimpleQueue()
    store.finish_soon(answers.put, event, starts)
    return answers.get(timeout=10)


def test_begin_without_waiting(store: Store) -> None:
    """The answer is that of `begin`, in each of its cases; an ordinary one is there at once."""
    sent, first, other = message(), uuid4(), uuid4()
    for holder in (first, other):
        store.begin(message(), "python", holder=holder)
    begun = begun_soon(store, sent, holder=first)
    again = begun_soon(store, sent, holder=first)
    held = begun_soon(store, sent, holder=other)
    later = begun_soon(store, sent, holder=first, stored=True)
    found = [begun.get(), again.get(), held.get(), later.get()]
    store.finish(VerdictEvent.of(result_of(sent.submission_id)), 3)

    assert begun.at_once
    assert found == [
        RunClaim(1, 1, 0, None),
        RunClaim(1, 2, 0, None),
        HeldElsewhere(None),
        RunClaim(1, 3, 0, None),
    ]
    assert begun_soon(store, sent).get() is None


def test_begin_for_a_problem_without_waiting(store: Store) -> None:
    """The claim has the problem; one that is not there is an error of the answer."""
    problem = Problem(slug="p", tests=(TestCase(expected="1"),))
    store.add_problem("p", problem)
    begun = [begun_soon(store, message(tests=None, problem="p")).get() for _ in range(2)]
    unknown = begun_soon(store, message(tests=None, problem="nope"))

    assert begun_soon(store, message(tests=None, problem="p")).at_once
    assert [RunClaim(1, 1, 0, problem)] * 2 == begun
    with pytest.raises(InvalidSubmission, match="nope"):
        unknown.get()


def test_large_begin_without_waiting(store: Store) -> None:
    """What is large may have to wait for its turn."""
    sent = message(source="#" * 100_000)

    assert RunClaim(1, 1, 0, None) == begun_soon(store, sent).get()


def test_finish_without_waiting(store: Store) -> None:
    """The answer is that of `finish`, in each of its cases."""
    event, never_began = begun(store), VerdictEvent.of(result_of(uuid4()))
    outcomes = [finished_soon(store, one, 1).get() for one in (event, event, never_began)]

    assert [Outcome.STORED, Outcome.SUPERSEDED, Outcome.UNKNOWN] == outcomes
    assert event.result == store.result(event.submission_id)


def test_large_finish_without_waiting(store: Store) -> None:
    """What is large may have to wait for its turn."""
    event = begun(store)
    tests = tuple(test.model_copy(update={"stdout": "x" * 50_000}) for test in event.result.tests)
    event = VerdictEvent.of(event.result.model_copy(update={"tests": tests}))

    assert Outcome.STORED is finished_soon(store, event, 1).get()
    assert event.result == store.result(event.submission_id)


def test_before_a_commit(store: Store) -> None:
    """What is stored there is stored soon."""
    events = [begun(store) for _ in range(5)]
    answers: SimpleQueue[Answer[Outcome]] = SimpleQueue()
    for event in events:
        store.before_commit(partial(store.finish_soon, answers.put, event, 1), 0.2)

    assert [Outcome.STORED] * 5 == [answers.get(timeout=10).get() for _ in events]


def test_finished_does_not_begin_again(store: Store) -> None:
    """A judged submission that is delivered again is known as judged."""
    sent = message(user="ada")
    store.begin(sent, "python")
    store.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)

    assert store.begin(sent, "python") is None


def test_result_comes_back(store: Store) -> None:
    """A verdict is stored whole: each test, each figure, the compiler's words."""
    came = begun(store, Verdict.WA)
    event = VerdictEvent.of(came.result.model_copy(update={"program_hash": "5a" * 32}))
    store.finish(event, 1)

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

    done = [store.finish(first, 1), store.finish(second, 1)]

    assert [Outcome.STORED, Outcome.SUPERSEDED] == done
    assert first.result == store.result(first.submission_id)
    assert [first] == claimed(store)


def test_never_begun_cannot_finish(store: Store) -> None:
    """A verdict on a submission that is not there is not stored."""
    done = store.finish(VerdictEvent.of(result_of(uuid4())), 1)

    assert Outcome.UNKNOWN is done
    assert [] == claimed(store)


def test_one_of_many_finishes(store: Store) -> None:
    """Of workers that finish one submission at the same time, exactly one stores it."""
    event = begun(store)
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(store.finish, [event] * 8, [1] * 8))

    assert [Outcome.STORED] + [Outcome.SUPERSEDED] * 7 == sorted(done)


def test_many_begin_at_once(store: Store) -> None:
    """Workers that begin one submission at the same time get different starts."""
    sent = message(user="ada")
    with ThreadPoolExecutor(8) as threads:
        starts = list(threads.map(lambda _: store.begin(sent, "python"), range(8)))

    assert list(range(1, 9)) == sorted(start.starts for start in starts if start)


def test_internal_error_is_stored(store: Store) -> None:
    """An internal error keeps its cause."""
    sent = message()
    store.begin(sent, "python")
    result = Result.internal_error(sent.submission_id, "python", "SlotLost: gone")
    store.finish(VerdictEvent.of(result), 1)

    assert result == store.result(sent.submission_id)


def test_what_a_program_prints_cannot_spoil_its_verdict(store: Store) -> None:
    """NUL and broken UTF-8 on stderr are replaced, so that the verdict can be stored."""
    sent = message()
    store.begin(sent, "python")
    result = result_of(sent.submission_id)
    test = result.tests[0].model_copy(update={"stderr": "a\0b\ud800", "detail": "\0"})
    hostile = result.model_copy(update={"tests": (test,), "cause": "\0"})
    store.finish(VerdictEvent.of(hostile), 1)

    stored = store.result(sent.submission_id)

    assert stored is not None
    assert "a\N{SYMBOL FOR NULL}b?" == stored.tests[0].stderr


def test_refused_is_final(store: Store) -> None:
    """A submission that can never be judged is cancelled: it neither begins nor finishes again."""
    sent = message()
    store.begin(sent, "python")
    delivery = Delivery(sent.encode(), None, "batch", message_id="\0")
    letter = DeadLetter.of(delivery, "source: \0 \ud800 no")
    store.put_dead(letter, (sent.submission_id, 1))

    assert [letter] == store.claim(10, "dead")
    assert store.begin(sent, "python") is None
    assert Outcome.SUPERSEDED is store.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)


def test_sent_event_leaves_the_outbox(store: Store) -> None:
    """An event is there to be claimed until it is marked, and marking it again is harmless."""
    first, second = begun(store), begun(store)
    store.finish(first, 1)
    store.finish(second, 1)
    store.mark_sent([first, first])
    store.mark_sent([first])

    assert [second] == claimed(store)


def test_fresh_events_are_left_to_their_worker(store: Store) -> None:
    """An event that was just stored is not claimed: its own worker is about to send it."""
    event = begun(store)
    store.finish(event, 1)

    assert [] == store.claim(10)


def test_claimed_events_are_left_to_their_claimer(store: Store) -> None:
    """Of two postmen each gets some of what is due, the oldest first, and none gets it twice."""
    events = [begun(store) for _ in range(3)]
    for event in events:
        store.finish(event, 1)
    time.sleep(OWN_S)

    assert [events[:2], events[2:], []] == [store.claim(2) for _ in range(3)]


class TestFencing:
    """A late worker."""

    def test_older_start_stores_nothing(self, store: Store) -> None:
        """Who began before somebody else began cannot store a verdict, early or late."""
        sent = message()
        late, newer = store.begin(sent, "python"), store.begin(sent, "python")
        assert late is not None
        assert newer is not None
        wrong = VerdictEvent.of(result_of(sent.submission_id, Verdict.WA))
        right = VerdictEvent.of(result_of(sent.submission_id, Verdict.AC))

        early = store.finish(wrong, late.starts)
        done = store.finish(right, newer.starts)
        after = store.finish(wrong, late.starts)

        assert [Outcome.SUPERSEDED, Outcome.STORED, Outcome.SUPERSEDED] == [early, done, after]
        assert right.result == store.result(sent.submission_id)

    def test_older_attempt_stores_nothing(self, store: Store) -> None:
        """A worker that still judges what is to be judged again cannot store its verdict."""
        event = begun(store, Verdict.WA)
        store.rejudge(RejudgeFilter(submission_ids=(event.submission_id,)))

        assert Outcome.SUPERSEDED is store.finish(event, 1)
        assert store.result(event.submission_id) is None

    def test_forgotten_start_may_finish(self, store: Store) -> None:
        """A start that a crash of the database forgot is no obstacle to a newer one."""
        event = begun(store)

        assert Outcome.STORED is store.finish(event, 7)


class TestRegistering:
    """A row before a worker begins."""

    def test_exists_from_then_on(self, store: Store) -> None:
        """A registered submission is PENDING, and the request for it waits in the outbox."""
        sent = message(user="ada", entry="main.py")

        new = [store.register(sent, "batch") for _ in range(2)]
        (request,) = claimed(store)

        assert [True, False] == new
        assert [Attempt(1, Verdict.PENDING)] == store.history(sent.submission_id)
        assert sent == store.recall(sent.submission_id)
        assert request == RejudgeMessage(submission_id=sent.submission_id, attempt=1, queue="batch")

    def test_is_judged_like_any_other(self, store: Store) -> None:
        """A registered submission begins its first attempt, and has its verdict once."""
        sent = message()
        store.register(sent)
        event = VerdictEvent.of(result_of(sent.submission_id))

        start = store.begin(sent, "python")
        outcome = store.finish(event, 1)

        assert RunClaim(1, 1, 0, None) == start
        assert Outcome.STORED is outcome
        assert store.register(sent) is False
        assert event.result == store.result(sent.submission_id)

    def test_lost_request_is_made_again(self, store: Store) -> None:
        """A registered submission whose request is lost is requested again as its first attempt."""
        sent = message()
        store.register(sent)
        store.mark_sent(claimed(store))

        store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))
        (again,) = claimed(store)

        assert (sent.submission_id, 1) == (again.submission_id, again.attempt)
        assert [Attempt(1, Verdict.PENDING)] == store.history(sent.submission_id)

    def test_unknown_problem_is_refused(self, store: Store) -> None:
        """A submission for a problem that is not there is refused, and leaves no row."""
        sent = message(tests=None, problem="nope")
        with pytest.raises(InvalidSubmission, match=r"problem: .*'nope'"):
            store.register(sent)

        assert [] == store.history(sent.submission_id)

    def test_cancelled_before(self, store: Store) -> None:
        """What was cancelled before it is registered stays cancelled, and is remembered whole."""
        sent = message()
        store.cancel(sent.submission_id, "typo")

        assert store.register(sent) is False
        assert sent == store.recall(sent.submission_id)
        assert [Attempt(1, Verdict.CANCELLED, "typo")] == store.history(sent.submission_id)


class TestPurging:
    """Deleting what is old."""

    def test_old_ones_go(self, store: Store) -> None:
        """What has had its verdict for long is deleted with all that belongs to it."""
        event, running, waiting = begun(store), begun(store), message()
        store.finish(event, 1)
        store.register(waiting)
        what = Purge(older_than_s=0)

        dry = sum(store.purge(what, dry_run=True))
        young = sum(store.purge(Purge(older_than_s=3600)))
        done = sum(store.purge(what))

        assert (1, 0, 1) == (dry, young, done)
        assert store.result(event.submission_id) is None
        assert [] == store.history(event.submission_id)
        assert [waiting.submission_id] == [letter.submission_id for letter in claimed(store)]
        assert 1 == len(store.history(running.submission_id))

    def test_a_user_goes(self, store: Store) -> None:
        """Of one user all final submissions are deleted, and of nobody else."""
        ada, bob = message(user="ada"), message(user="bob")
        for sent in (ada, bob):
            store.begin(sent, "python")
            store.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        store.rejudge(RejudgeFilter(user="ada"))
        store.cancel(ada.submission_id, "gone")

        done = sum(store.purge(Purge(user="ada")))

        assert 1 == done
        assert store.recall(ada.submission_id) is None
        assert bob == store.recall(bob.submission_id)


class TestFailures:
    """A judge that failed."""

    def test_failures_are_counted(self, store: Store) -> None:
        """Failures are counted apart from starts, and the next start knows of them."""
        sent = message()
        store.begin(sent, "python")
        failures = [store.fail(sent.submission_id, 1, "SlotLost: \0") for _ in range(2)]

        assert [1, 2] == failures
        assert RunClaim(1, 2, 2, None) == store.begin(sent, "python")

    def test_start_brings_the_problem(self, store: Store) -> None:
        """A start comes with the problem that the submission names."""
        store.add_problem("p", Problem(tests=(TestCase(name="1", expected="1"),)))

        start = store.begin(message(tests=None, problem="p"), "python")

        assert start is not None
        assert store.problem("p") == start.problem

    def test_unknown_problem_does_not_begin(self, store: Store) -> None:
        """A submission for a problem that is not there is refused, and leaves no row."""
        sent = message(tests=None, problem="nope")
        with pytest.raises(InvalidSubmission, match=r"problem: .*'nope'"):
            store.begin(sent, "python")

        assert [] == store.history(sent.submission_id)


class TestCancelling:
    """Submissions that nobody wants judged any more."""

    def test_begun_is_cancelled(self, store: Store) -> None:
        """What has no verdict is cancelled: a final state, told to whoever listens."""
        event = begun(store)

        done = [store.cancel(event.submission_id, "typo") for _ in range(2)]
        (told,) = claimed(store)

        assert [Cancellation.CANCELLED, Cancellation.FINAL] == done
        assert Outcome.SUPERSEDED is store.finish(event, 1)
        assert isinstance(told, VerdictEvent)
        assert (event.submission_id, Verdict.CANCELLED, "typo") == (
            told.submission_id,
            told.verdict,
            told.result.cause,
        )
        assert told.result == store.result(event.submission_id)

    def test_cancelled_before_it_arrives(self, store: Store) -> None:
        """A submission that is still in the queue is cancelled on arrival, and remembered whole."""
        sent = message(user="ada", stop_at_first_failure=True)
        done = store.cancel(sent.submission_id, "typo")

        assert Cancellation.NOT_ARRIVED is done
        assert store.recall(sent.submission_id) is None
        assert store.begin(sent, "python") is None
        assert sent == store.recall(sent.submission_id)

    def test_judged_is_not_cancelled(self, store: Store) -> None:
        """A verdict stands."""
        event = begun(store)
        store.finish(event, 1)

        assert Cancellation.FINAL is store.cancel(event.submission_id, "late")
        assert event.result == store.result(event.submission_id)


class TestRejudging:
    """Judging again."""

    def test_whole_story(self, store: Store) -> None:
        """Each attempt is kept; the newest counts; the request for it is in the outbox."""
        first = begun(store, Verdict.WA)
        store.finish(first, 1)
        store.mark_sent([first])
        count = store.rejudge(RejudgeFilter(submission_ids=(first.submission_id,)), "default")
        (request,) = claimed(store)
        message_again = store.recall(first.submission_id)
        assert message_again is not None

        start = store.begin(message_again, "python", attempt=2)
        second = VerdictEvent.of(result_of(first.submission_id, Verdict.AC), attempt=2)
        done = store.finish(second, 1)

        assert 1 == count
        assert request == RejudgeMessage(
            submission_id=first.submission_id, attempt=2, queue="default"
        )
        assert RunClaim(2, 1, 0, None) == start
        assert Outcome.STORED is done
        assert second.result == store.result(first.submission_id)
        assert [Attempt(1, Verdict.WA), Attempt(2, Verdict.AC)] == store.history(
            first.submission_id
        )

    def test_old_message_is_over(self, store: Store) -> None:
        """The first message, delivered once more, does not start the second attempt."""
        sent = message()
        store.begin(sent, "python")
        store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))

        assert store.begin(sent, "python") is None

    def test_unknown_attempt_does_not_begin(self, store: Store) -> None:
        """A request that nobody has noted in the store is dropped."""
        event = begun(store)
        store.finish(event, 1)

        assert store.begin(message(submission_id=event.submission_id), "c", attempt=2) is None
        assert store.begin(message(), "c", attempt=2) is None

    def test_running_one_is_replaced(self, store: Store) -> None:
        """What is being judged is judged again; the history says what became of it."""
        event = begun(store)
        store.rejudge(RejudgeFilter(submission_ids=(event.submission_id,)))

        assert [
            Attempt(1, Verdict.CANCELLED, "replaced by a rejudge while it ran"),
            Attempt(2, Verdict.PENDING),
        ] == store.history(event.submission_id)

    def test_waiting_one_is_left(self, store: Store) -> None:
        """Asking twice for everything before anybody judged is asking once."""
        begun(store)

        assert [1, 0] == [store.rejudge(RejudgeFilter()), store.rejudge(RejudgeFilter())]

    @pytest.mark.parametrize("named", [True, False])
    def test_lost_request_is_made_again(self, store: Store, named: bool) -> None:
        """What waits is asked for again when it is meant: the same attempt, a new request."""
        event = begun(store)
        only = RejudgeFilter(submission_ids=(event.submission_id,))
        store.rejudge(only)
        (request,) = claimed(store)
        store.mark_sent([request])  # and the broker lost it

        asked = store.rejudge(only if named else RejudgeFilter(verdict=Verdict.PENDING), "default")
        (again,) = claimed(store)

        assert (1, event.submission_id) == (asked, again.submission_id)
        assert isinstance(again, RejudgeMessage)
        assert (2, "default") == (again.attempt, again.queue)
        assert 2 == len(store.history(event.submission_id))

    @pytest.mark.parametrize("names", [{"problem": "nope"}, {"user": "nobody"}])
    def test_unknown_names_are_refused(self, store: Store, names: dict[str, str]) -> None:
        """A problem or a user that is not there is named, not taken for one without submissions."""
        begun(store)

        with pytest.raises(
            InvalidSubmission, match=rf"{next(iter(names))}: no (user|problem) is called"
        ):
            store.rejudge(RejudgeFilter(**names))  # type: ignore[arg-type]

    def test_missing_ids(self, store: Store) -> None:
        """Ids that no program has come with are told apart: unknown, or cancelled before."""
        event, unknown, early = begun(store), uuid4(), uuid4()
        store.cancel(early, "typo")

        assert [unknown, early] == store.missing([unknown, event.submission_id, early])

    def test_selections(self, store: Store) -> None:
        """A problem, a user, a language, a verdict: what matches all that is given."""
        store.add_problem("p", Problem(tests=(TestCase(expected="1"),)))
        values: list[dict[str, object]] = [
            {"tests": None, "problem": "p", "user": "ada"},
            {"tests": None, "problem": "p", "user": "bob"},
            {"user": "ada"},
            {"user": "ada"},
        ]
        sent = [message(**one) for one in values]
        for one in sent:
            store.begin(one, "python")
        for one, verdict in zip(sent[:3], (Verdict.WA, Verdict.AC, Verdict.WA), strict=True):
            store.finish(VerdictEvent.of(result_of(one.submission_id, verdict)), 1)
        store.cancel(sent[3].submission_id, "no")

        counts = [
            store.rejudge(RejudgeFilter(problem="p", verdict=Verdict.AC)),
            store.rejudge(RejudgeFilter(user="ada", problem="p")),
            store.rejudge(RejudgeFilter(language="c")),
            store.rejudge(RejudgeFilter(user="ada")),
            store.rejudge(RejudgeFilter(verdict=Verdict.CANCELLED)),
        ]

        assert [1, 1, 0, 1, 1] == counts

    def test_inline_tests_are_remembered(self, store: Store) -> None:
        """A submission that came with its tests can be judged again with the same ones."""
        sent = message(
            tests=(TestCase(input="a\0", expected="ü"),),
            limits=Limits(cpu_ms=7),
            checker=Checker(kind=CheckerKind.EXACT),
            stop_at_first_failure=True,
            batch_id=uuid4(),
            user="ada",
        )
        store.begin(sent, "python")

        assert sent == store.recall(sent.submission_id)


def test_verdict_is_told_once_more(store: Store) -> None:
    """The event of the current verdict can be had again: with its attempt, and its batch."""
    sent = message(batch_id=uuid4())
    before = store.verdict(sent.submission_id)
    store.begin(sent, "python")
    running = store.verdict(sent.submission_id)
    first = VerdictEvent.of(result_of(sent.submission_id), batch_id=sent.batch_id)
    store.finish(first, 1)
    known = store.verdict(sent.submission_id)
    store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))
    pending = store.verdict(sent.submission_id)
    store.cancel(sent.submission_id, "typo")
    cancelled = store.verdict(sent.submission_id)

    assert [None] * 3 == [before, running, pending]
    assert first == known
    assert cancelled is not None
    assert (2, Verdict.CANCELLED, sent.batch_id, "typo") == (
        cancelled.attempt,
        cancelled.verdict,
        cancelled.batch_id,
        cancelled.result.cause,
    )


def test_held_begins_nowhere_else(store: Store) -> None:
    """While a claim holds, its holder alone may begin; another worker leaves a request behind."""
    one, other, sent = uuid4(), uuid4(), message(batch_id=uuid4())
    store.begin(sent, "python", holder=one)

    begun = [store.begin(sent, "python", holder=holder) for holder in (other, one)]

    assert [HeldElsewhere(sent.batch_id), RunClaim(1, 2, 0, None)] == begun
    assert [] == claimed(store)


def test_request_is_due_when_the_claim_has_passed(store: Store) -> None:
    """Once a holder has died, the submission is asked for again, and anybody may begin it."""
    sent = message()
    store.begin(sent, "python", holder=uuid4())
    store.begin(sent, "python", holder=uuid4(), queue="batch")
    time.sleep(LEASE_S)
    (request,) = claimed(store)
    store.mark_sent([request])
    begun = store.begin(sent, "python", holder=uuid4())

    assert RejudgeMessage(submission_id=sent.submission_id, attempt=1, queue="batch") == request
    assert RunClaim(1, 2, 0, None) == begun


def test_renewed_claim_goes_on(store: Store) -> None:
    """A renewed claim holds, and its request waits in the outbox until there is a verdict."""
    sent, holder = message(), uuid4()
    store.begin(sent, "python", holder=holder)
    claim = Claimed(sent.submission_id, 1, 1, "default")
    for _ in range(4):
        renewed = store.renew([claim, Claimed(uuid4(), 1, 1, "default")])
        time.sleep(LEASE_S / 3)
    held = store.begin(sent, "python", holder=uuid4())
    due = claimed(store)
    store.mark_sent([RejudgeMessage(submission_id=sent.submission_id, attempt=1)])
    event = VerdictEvent.of(result_of(sent.submission_id))
    stored = store.finish(event, 1)
    time.sleep(LEASE_S)

    assert ({sent.submission_id}, HeldElsewhere(None)) == (renewed, held)
    assert ([], Outcome.STORED, [event]) == (due, stored, claimed(store))


def test_superseded_claim_is_not_renewed(store: Store) -> None:
    """A start is renewed no more once there is a newer one, another attempt or a verdict."""
    holder = uuid4()
    sent = [message() for _ in range(3)]
    for one in sent:
        store.begin(one, "python", holder=holder)
    store.begin(sent[0], "python", holder=holder)
    store.rejudge(RejudgeFilter(submission_ids=(sent[1].submission_id,)))
    store.cancel(sent[2].submission_id, "typo")

    assert set() == store.renew([Claimed(one.submission_id, 1, 1, "default") for one in sent])


def test_what_is_over(store: Store) -> None:
    """A run is needed no longer once its attempt has a verdict, or there is another attempt."""
    sent = [message() for _ in range(4)]
    for one in sent:
        store.begin(one, "python")
    store.rejudge(RejudgeFilter(submission_ids=(sent[0].submission_id,)))
    store.cancel(sent[1].submission_id, "typo")
    store.finish(VerdictEvent.of(result_of(sent[2].submission_id)), 1)
    claims = [Claimed(one.submission_id, 1, 1, "default") for one in (*sent, message())]

    assert {one.submission_id for one in sent[:3]} == store.over(claims)
    assert set() == store.over([Claimed(sent[0].submission_id, 2, 1, "default")])


def test_released_start_does_not_count(store: Store) -> None:
    """A start that was given back counts for nothing, and others may begin at once."""
    sent = message()
    store.begin(sent, "python", holder=uuid4())
    claim = Claimed(sent.submission_id, 1, 1, "batch")
    store.renew([claim])
    store.release([claim], given_back=True)
    (request,) = claimed(store)
    begun = store.begin(sent, "python", holder=uuid4())

    assert ("rejudge", "batch") == (request.kind, getattr(request, "queue", None))
    assert isinstance(begun, RunClaim)
    assert (2, 0) == (begun.starts, begun.lost)


def test_refused_by_the_broker_is_tried_again_later(store: Store) -> None:
    """What the broker refuses is not claimed with the next portion, nor for ever."""
    event = begun(store)
    store.finish(event, 1)
    (first,) = claimed(store)
    store.postpone(first, "the queue may be full")

    assert [] == claimed(store)


def test_results_are_claimed_whatever_else_waits(store: Store) -> None:
    """A portion of one kind holds nothing of the others."""
    for _ in range(3):
        event = begun(store)
        store.finish(event, 1)
    store.rejudge(RejudgeFilter(submission_ids=(event.submission_id,)))
    time.sleep(OWN_S)

    kinds = [[entry.kind for entry in store.claim(10, kind)] for kind in ("rejudge", "result")]

    assert [["rejudge"], ["result"] * 3] == kinds


def test_verdict_is_published_once_more(store: Store) -> None:
    """A verdict that is wanted again waits beside the first event, and leaves like it."""
    event = begun(store)
    store.finish(event, 1)
    again = VerdictEvent.of(event.result, batch_id=uuid4())
    store.put_repeat(again)
    store.put_repeat(again)
    found = claimed(store)
    store.mark_sent(found)

    kinds = sorted(found, key=lambda entry: str(entry.kind), reverse=True)

    assert [event, RepeatedEvent(again)] == kinds
    assert [] == claimed(store)


def test_an_id_belongs_to_its_publisher(store: Store) -> None:
    """Another publisher, or an unknown one, begins nothing under it; a rejudge asks nobody."""
    sent = message()
    first = store.begin(sent, "python", publisher="ada")
    for other in ("bob", None):
        with pytest.raises(ForeignId):
            store.begin(sent, "python", publisher=other)
        with pytest.raises(ForeignId):
            store.register(sent, "default", other)
    second = store.begin(sent, "python", publisher="ada")
    third = store.begin(sent, "python", stored=True)

    assert [1, 2, 3] == [one and one.starts for one in (first, second, third)]
    assert [True, True, False] == [
        store.is_anothers(sent.submission_id, who) for who in ("bob", None, "ada")
    ]


def test_an_id_of_nobody(store: Store) -> None:
    """A row whose publisher is not known takes every publisher, as it did before."""
    sent = message()
    begun = [store.begin(sent, "python", publisher=who) for who in (None, "ada", "bob", None)]

    assert [1, 2, 3, 4] == [one and one.starts for one in begun]
    assert not store.is_anothers(sent.submission_id, "ada")


def test_what_was_cancelled_first_belongs_to_who_sends_it(store: Store) -> None:
    """It has a publisher from its arrival on."""
    sent = message()
    store.cancel(sent.submission_id, "never mind")
    before = store.is_anothers(sent.submission_id, "bob")
    store.begin(sent, "python", publisher="ada")

    assert (False, True) == (before, store.is_anothers(sent.submission_id, "bob"))

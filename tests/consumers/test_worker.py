"""The worker, with a judge that plays a script and the twins in memory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from doubles import TESTS, Running, ScriptedJudge, message, result_of, until
from test_messages import BAD, but

from consumers import logs
from consumers.cases import Case
from consumers.contracts import Attempt, Outcome, RejudgeFilter, RunClaim
from consumers.deliveries import MOST_RETURNS, DeadLetter, Delivery, RefusedByBroker
from consumers.events import MOST_SMALL_TESTS, VerdictEvent, reply_key
from consumers.handler import PASSED_ON
from consumers.judging import LOCAL_TRIES, MOST_STARTS
from consumers.memory import MemoryQueue, MemoryStore
from consumers.messages import BatchMessage, RejudgeMessage
from consumers.metrics import Metrics
from consumers.outbox import OutboxPublisher
from consumers.runs import Runs
from consumers.worker import Worker
from judgecore.errors import (
    EngineUnavailable,
    InvalidSubmission,
    LanguageUnavailable,
    PoolClosed,
    QueueUnavailable,
    SlotLost,
    StoreUnavailable,
)
from judgecore.limits import Limits
from judgecore.problem import Problem, TestCase
from judgecore.result import Result
from judgecore.submission import Submission
from judgecore.verdict import Verdict


class Bench:
    """A queue, a store, a judge, and workers to put between them."""

    def __init__(self) -> None:
        self.queue = MemoryQueue()
        self.store = MemoryStore(own_s=0.05)
        self.judge = ScriptedJudge()

    def worker(self, **settings: float) -> Running:
        claim_every_s = settings.pop("claim_every_s", 60)
        outbox = OutboxPublisher(self.queue, self.store, claim_every_s=claim_every_s)
        values = {"slots": 1, "retries": 2, "grace_s": 5, "backoff_s": 0.001, **settings}
        return Running(Worker(self.queue, self.store, self.judge, outbox, **values))  # type: ignore[arg-type]

    def verdict(self, submission_id: UUID) -> Verdict | None:
        row = self.store.rows.get(submission_id)
        return row.verdict if row else None


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestJudging:
    """The way of a submission that goes well."""

    def test_verdict_is_stored_and_published(self, bench: Bench) -> None:
        """A submission becomes a row and an event, and leaves the queue."""
        sent = message()
        bench.queue.put(sent.encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)
        assert [sent.submission_id] == [event.submission_id for event in bench.queue.events]
        assert [sent.program_hash] == [event.result.program_hash for event in bench.queue.events]
        assert "<MemoryQueue 0 waiting, 0 unsettled, 0 dead>" == repr(bench.queue)
        assert [] == bench.store.unsent()

    def test_commit_comes_before_acknowledgement(self, bench: Bench) -> None:
        """The store has the verdict before the queue hears of it, and listeners last."""
        journal: list[str] = []

        class JournalQueue(MemoryQueue):
            def ack(self, delivery: Delivery) -> None:
                journal.append("ack")
                super().ack(delivery)

            def publish_results(
                self, events: Sequence[VerdictEvent]
            ) -> list[QueueUnavailable | None]:
                journal.append("publish")
                return super().publish_results(events)

        class JournalStore(MemoryStore):
            def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
                done = super().finish(event, starts, patience_s)
                journal.append("commit")
                return done

        bench.queue, bench.store = JournalQueue(), JournalStore()
        bench.queue.put(message().encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        assert ["commit", "ack", "publish"] == journal

    def test_problem_is_looked_up(self, bench: Bench) -> None:
        """A submission for a problem is judged by the problem's tests and limits."""
        tests = (TestCase(expected="42"),)
        bench.store.add_problem("answer", Problem(tests=tests, limits=Limits(cpu_ms=77)))
        bench.queue.put(message(tests=None, problem="answer", language="py").encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        (judged,) = bench.judge.judged

        problem = judged.judged_against
        assert (tests, 77, "python") == (problem.tests, problem.limits.cpu_ms, judged.language)

    @pytest.mark.parametrize(
        ("tests", "cpu_ms", "before"), [(200, 50, "aside"), (200, None, "take"), (2, 50, "take")]
    )
    def test_long_step_is_made_aside(
        self,
        bench: Bench,
        monkeypatch: pytest.MonkeyPatch,
        tests: int,
        cpu_ms: int | None,
        before: str,
    ) -> None:
        """What makes many tests anew, and the event of a large result, hold up no others."""
        threads: dict[str, str] = {}
        replacing, of = Problem.replacing, VerdictEvent.of

        def replaced(problem: Problem, *changes: Any) -> Problem:
            threads["problem"] = threading.current_thread().name
            return replacing(problem, *changes)

        def event(result: Result, **more: Any) -> VerdictEvent:
            threads["event"] = threading.current_thread().name
            return of(result, **more)

        def judge(submission: Submission, *_: Any, **__: Any) -> Result:
            few = result_of(submission.id)
            return few.model_copy(update={"tests": few.tests * (tests // 2)})

        monkeypatch.setattr(Problem, "replacing", replaced)
        monkeypatch.setattr(VerdictEvent, "of", event)
        monkeypatch.setattr(bench.judge, "judge", judge)
        bench.store.add_problem("p", Problem(tests=(TestCase(expected="42"),) * tests))
        limits = None if cpu_ms is None else Limits(cpu_ms=cpu_ms)
        bench.queue.put(message(tests=None, problem="p", limits=limits).encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        after = "aside" if tests > MOST_SMALL_TESTS else "judge-0"
        assert {"problem": before, "event": after} == threads

    def test_slots_judge_at_once(self, bench: Bench) -> None:
        """As many submissions are under way as there are slots, and no more."""
        bench.judge.hold.clear()
        for _ in range(5):
            bench.queue.put(message().encode())
        with bench.worker(slots=3) as worker:
            until(lambda: len(bench.judge.judged) == 3)
            time.sleep(0.1)
            shown = repr(worker)
            bench.judge.hold.set()
            until(lambda: len(bench.queue.events) == 5)

        assert "<Worker taking, 3 slots, 3 submissions in hand>" == shown

    def test_one_is_begun_ahead(self, bench: Bench) -> None:
        """With `ahead` one more is begun, and waits for a slot."""
        bench.judge.hold.clear()
        for _ in range(5):
            bench.queue.put(message().encode())
        with bench.worker(slots=2, ahead=1) as worker:
            until(lambda: len(bench.store.rows) == 3)
            time.sleep(0.1)
            begun, judged, shown = len(bench.store.rows), len(bench.judge.judged), repr(worker)
            bench.judge.hold.set()
            until(lambda: len(bench.queue.events) == 5)

        assert (3, 2) == (begun, judged)
        assert "<Worker taking, 2 slots, 3 submissions in hand>" == shown

    def test_busy_slots_are_those_that_judge(self, bench: Bench) -> None:
        """A submission that waits for the database is in hand, and keeps no slot busy."""
        metrics = Metrics(slots=3)
        bench.judge.hold.clear()
        bench.queue.put(message().encode())
        with bench.worker(slots=3, metrics=metrics) as worker:
            until(lambda: bench.judge.judged)
            bench.store.outage = True
            bench.queue.put(message().encode())
            until(lambda: "2 submissions in hand" in repr(worker))
            page = metrics.page().decode()
            bench.store.outage = False
            bench.judge.hold.set()
            until(lambda: len(bench.queue.events) == 2)

        assert 'judgecore_slots{state="busy"} 1.0' in page
        assert 'judgecore_slots{state="idle"} 2.0' in page

    def test_redelivery_changes_nothing(self, bench: Bench) -> None:
        """The same submission delivered three times is judged and told once."""
        sent = message()
        for _ in range(3):
            bench.queue.put(sent.encode())
        with bench.worker():
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))

        assert 1 == len(bench.judge.judged) == len(bench.queue.events) == len(bench.store.rows)

    def test_event_of_a_dead_worker_is_sent(self, bench: Bench) -> None:
        """A verdict whose worker died before telling it is told by the next worker."""
        sent = message()
        bench.store.begin(sent, "python")
        bench.store.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)

        assert [] == bench.store.unsent()

    def test_event_waits_in_the_outbox(self, bench: Bench) -> None:
        """A broker that takes no event costs no verdict, and the event goes out later."""
        sent = message()
        bench.queue.outage = True
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.verdict(sent.submission_id) is Verdict.AC)
            time.sleep(0.1)
            before = len(bench.queue.events)
            bench.queue.outage = False
            until(lambda: bench.queue.events)

        assert 0 == before

    @pytest.mark.parametrize("call", ["begin", "finish", "verdict", "put_repeat", "put_dead"])
    def test_answer_of_the_database_is_lost(
        self, bench: Bench, call: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A connection that breaks at the commit leads to one verdict, and everybody is told."""
        carry_out, broken = getattr(bench.store, call), []

        def break_once(*args: Any, **more: Any) -> Any:
            done = carry_out(*args, **more)
            if not broken:
                broken.append(call)
                raise StoreUnavailable("the connection was lost")
            return done

        monkeypatch.setattr(bench.store, call, break_once)
        sent = message()
        bench.queue.put(b"nonsense")
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)
            bench.queue.put(sent.encode(), wants_repeat=True)
            until(lambda: len(bench.queue.events) > 1 and bench.queue.dead)
            until(lambda: not bench.store.unsent())

        assert [call] == broken
        assert 1 == len(bench.judge.judged)
        assert {Verdict.AC} == {event.verdict for event in bench.queue.events}
        assert repr(bench.queue).startswith("<MemoryQueue 0 waiting, 0 unsettled")


class TestBatches:
    """Many submissions in one message."""

    def test_batch_is_spread_and_judged(self, bench: Bench) -> None:
        """Each submission of a batch is judged once, and its event names the batch."""
        batch = BatchMessage(batch_id=uuid4(), submissions=tuple(message() for _ in range(5)))
        bench.queue.put(batch.encode(), "batch")
        bench.queue.put(batch.encode(), "batch")
        with bench.worker(slots=2):
            until(lambda: len(bench.queue.events) == 5)
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))

        assert {s.submission_id for s in batch.submissions} == set(bench.store.rows)
        assert {batch.batch_id} == {event.batch_id for event in bench.queue.events}

    def test_full_queue_gets_the_rest_later(self, bench: Bench) -> None:
        """What a full queue does not take of a batch waits in the outbox; none goes out twice."""

        class Full(MemoryQueue):
            room = 3

            def publish_request(self, message: Any, queue: str, *trace: Any) -> None:
                if self.room == 0:
                    raise RefusedByBroker("the queue may be full")
                self.room -= 1
                requested.append(message.submission_id)
                super().publish_request(message, queue, *trace)

        requested: list[UUID] = []
        queue = bench.queue = Full()
        batch = BatchMessage(batch_id=uuid4(), submissions=tuple(message() for _ in range(10)))
        queue.put(batch.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: len(bench.queue.events) == 3)
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            queue.room = 100
            until(lambda: len(bench.queue.events) == 10)

        assert sorted(one.submission_id for one in batch.submissions) == sorted(requested)
        assert {batch.batch_id} == {event.batch_id for event in bench.queue.events}

    def test_unknown_problem_in_a_batch(self, bench: Bench) -> None:
        """Of a batch that the queue does not take, what can't be stored is a dead letter alone."""
        bench.queue.outage = True
        bad, fine = message(tests=None, problem="nope"), message()
        batch = BatchMessage(batch_id=uuid4(), submissions=(bad, fine))
        bench.queue.put(batch.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: len(bench.store.unsent()) == 2)
            bench.queue.outage = False
            until(lambda: bench.queue.events and bench.queue.dead)

        (letter,) = bench.queue.dead

        assert (str(bad.submission_id), True) == (letter.message_id, "'nope'" in letter.reason)
        assert [fine.submission_id] == [event.submission_id for event in bench.queue.events]


class TestProgress:
    """Each test soon after it is known."""

    def test_short_one_has_only_its_verdict(self, bench: Bench) -> None:
        """What is judged in a tenth of a second is told by its result alone."""
        bench.queue.put(message(tests=TESTS * 2).encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        assert ([], 1) == (bench.queue.progress, len(bench.queue.events))

    def test_beginning_is_told(self, bench: Bench) -> None:
        """Listeners hear that judging began, then of the tests, together where they follow soon."""
        bench.judge.hold.clear()
        bench.queue.put(message(tests=TESTS * 2).encode())
        with bench.worker():
            until(lambda: bench.queue.progress)
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        begun, tested = bench.queue.progress

        assert (0, 2, ()) == (begun.done, begun.total, begun.tests)
        assert (2, ["1", "2"]) == (tested.done, [test.name for test in tested.tests])

    def test_progress_can_be_switched_off(self, bench: Bench) -> None:
        """Who does not want it pays nothing for it."""
        bench.queue.put(message().encode())
        with bench.worker(progress=False):
            until(lambda: bench.queue.events)

        assert [] == bench.queue.progress

    def test_trace_is_continued(self, bench: Bench) -> None:
        """Events belong to the trace of the message, in spans of the worker's."""
        bench.judge.hold.clear()
        bench.queue.put(message().encode(), traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
        with bench.worker():
            until(lambda: bench.queue.progress)
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        (event,), begun = bench.queue.events, bench.queue.progress[0]

        assert event.traceparent is not None
        assert event.traceparent == begun.traceparent
        assert event.traceparent.startswith(f"00-{'a' * 32}-")
        assert "b" * 16 not in event.traceparent

    def test_every_line_says_whose(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        """While a submission is judged, each line of the log carries its id."""
        sent = message()
        bench.judge.script = [SlotLost("gone")] * 20
        bench.queue.put(sent.encode())
        caplog.handler.addFilter(logs._remember)
        with caplog.at_level("INFO", "consumers"), bench.worker(retries=1):
            until(lambda: bench.queue.events)
        caplog.handler.removeFilter(logs._remember)

        lines = [r for r in caplog.records if r.threadName in ("take", "judge-0", "aside")]

        assert len(lines) >= 2
        assert {str(sent.submission_id)} == {logs._fields(r).get("submission_id") for r in lines}


class TestAgain:
    """Rejudging and cancelling."""

    def test_rejudged(self, bench: Bench) -> None:
        """A rejudge is taken from the outbox, published, judged, stored and told."""
        sent = message()
        bench.judge.script = [Verdict.WA]
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)
            bench.store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))
            until(lambda: len(bench.queue.events) == 2)

        first, second = bench.queue.events

        assert [(1, Verdict.WA), (2, Verdict.AC)] == [
            (first.attempt, first.verdict),
            (second.attempt, second.verdict),
        ]
        assert [Attempt(1, Verdict.WA), Attempt(2, Verdict.AC)] == bench.store.history(
            sent.submission_id
        )

    def test_rejudged_while_it_runs(self, bench: Bench) -> None:
        """What runs when a rejudge is asked for comes too late; the next attempt counts."""
        sent = message()
        bench.judge.script = [Verdict.WA]
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            assert bench.judge.started.wait(5)
            bench.store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        assert [Verdict.AC] == [event.verdict for event in bench.queue.events]

    def test_rejudge_of_nothing_is_a_dead_letter(self, bench: Bench) -> None:
        """A request for a submission that is not there says so."""
        bench.queue.put(RejudgeMessage(submission_id=uuid4(), attempt=2).encode())
        with bench.worker():
            until(lambda: bench.queue.dead)

        assert "is not in the database" in bench.queue.dead[0].reason

    def test_language_is_gone(self, bench: Bench) -> None:
        """A rejudge in a language that is no longer known is cancelled with its reason."""
        sent = message()
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)
            bench.store.rows[sent.submission_id].message = message(
                submission_id=sent.submission_id, language="brainrot"
            )
            bench.store.rejudge(RejudgeFilter(submission_ids=(sent.submission_id,)))
            until(lambda: bench.queue.dead)

        row = bench.store.rows[sent.submission_id]

        assert (Verdict.CANCELLED, 2) == (row.verdict, row.attempt)
        assert "brainrot" in str(row.cause)

    def test_published_again(self, bench: Bench) -> None:
        """Who publishes what has its verdict, and wants to hear it, is told; nothing is judged."""
        sent = message()
        bench.queue.put(sent.encode())
        with bench.worker():
            until(lambda: bench.queue.events)
            batch_id = uuid4()
            again = sent.model_copy(update={"batch_id": batch_id})
            bench.queue.put(again.encode(), wants_repeat=True)
            until(lambda: len(bench.queue.events) == 2)
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))

        first, second = bench.queue.events

        assert (None, batch_id) == (first.batch_id, second.batch_id)
        assert first.result == second.result
        assert 1 == len(bench.judge.judged)

    def test_published_again_while_it_runs(self, bench: Bench) -> None:
        """The verdict is on what came first, whoever else uses its id; each batch hears of it."""
        one, other = uuid4(), uuid4()
        sent = message(batch_id=one)
        bench.judge.hold.clear()
        bench.queue.put(sent.encode(), wants_repeat=True)
        with bench.worker(slots=2):
            assert bench.judge.started.wait(5)
            changed = sent.model_copy(update={"source": "print(4)", "batch_id": other})
            bench.queue.put(changed.encode(), wants_repeat=True)
            until(lambda: "0 waiting, 2 unsettled" in repr(bench.queue))
            bench.judge.hold.set()
            until(lambda: len(bench.queue.events) == 2)

        assert [sent.source] == [submission.source for submission in bench.judge.judged]
        assert {one, other} == {event.batch_id for event in bench.queue.events}
        assert 1 == len({event.result.model_dump_json() for event in bench.queue.events})

    def test_cancelled_before_it_came(self, bench: Bench) -> None:
        """Listeners of a batch hear of a cancelled submission when it arrives with its batch."""
        sent = message(batch_id=uuid4())
        bench.store.cancel(sent.submission_id, "typo")
        bench.queue.put(sent.encode(), wants_repeat=True)
        with bench.worker():
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            until(lambda: len(bench.queue.events) == 2)

        assert {Verdict.CANCELLED} == {event.verdict for event in bench.queue.events}
        assert {None, sent.batch_id} == {event.batch_id for event in bench.queue.events}

    def test_cancelled_in_the_queue(self, bench: Bench) -> None:
        """What was cancelled before its turn is not judged, and its message is gone."""
        sent = message()
        bench.store.cancel(sent.submission_id, "typo")
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))

        assert [] == bench.judge.judged
        assert [Verdict.CANCELLED] == [event.verdict for event in bench.queue.events]

    def test_cancelled_while_it_runs(self, bench: Bench) -> None:
        """What was cancelled meanwhile is ended within a second, and the slot judges the next."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            assert bench.judge.started.wait(5)
            bench.store.cancel(sent.submission_id, "typo")
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue) and not bench.judge.busy, 1)
            until(lambda: bench.queue.events)

        assert Verdict.CANCELLED == bench.verdict(sent.submission_id)
        assert [Verdict.CANCELLED] == [event.verdict for event in bench.queue.events]

    def test_duplicate_with_nonsense_cancels_nothing(self, bench: Bench) -> None:
        """A second message under the id of a submission that runs does it no harm."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(slots=2):
            assert bench.judge.started.wait(5)
            bench.queue.put(message(submission_id=sent.submission_id, language="brainrot").encode())
            until(lambda: bench.queue.dead)
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)


class TestPublishers:
    """An id belongs to the publisher whose submission came first."""

    def test_another_publisher_gets_a_dead_letter(self, bench: Bench) -> None:
        """Who reuses an id, with the same program or another, changes and repeats nothing."""
        sent = message()
        bench.queue.put(sent.encode(), publisher="ada")
        with bench.worker():
            until(lambda: bench.queue.events)
            changed = message(submission_id=sent.submission_id, source="print(4)")
            bench.queue.put(changed.encode(), wants_repeat=True, publisher="bob")
            bench.queue.put(sent.encode(), wants_repeat=True)  # by whom is not known
            until(lambda: len(bench.queue.dead) == 2)
            bench.queue.put(sent.encode(), wants_repeat=True, publisher="ada")
            until(lambda: len(bench.queue.events) == 2)

        assert {"submission_id: it is that of another publisher's submission"} == {
            letter.reason for letter in bench.queue.dead
        }
        assert 1 == len(bench.judge.judged)

    def test_while_it_is_judged(self, bench: Bench) -> None:
        """Another publisher's message does not wait for the verdict with its own."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode(), publisher="ada")
        with bench.worker(slots=2):
            bench.judge.started.wait(10)
            bench.queue.put(sent.encode(), wants_repeat=True, publisher="bob")
            bench.queue.put(sent.encode(), wants_repeat=True, publisher="ada")
            until(lambda: bench.queue.dead)
            bench.judge.hold.set()
            until(lambda: len(bench.queue.events) == 2)

        assert 1 == len(bench.queue.dead)

    def test_nobody_is_told_that_anothers_is_refused(self, bench: Bench) -> None:
        """A message that is called like another publisher's submission tells only its own."""
        sent, own = message(), message()
        bench.store.register(sent, "default", "ada")
        bench.judge.script = [InvalidSubmission("limits", "too much")]
        bench.queue.put(own.encode(), message_id=str(sent.submission_id), publisher="bob")
        with bench.worker():
            until(lambda: bench.queue.dead)

        assert [True] == [letter.private for letter in bench.queue.dead]

    def test_batch_is_its_publishers(self, bench: Bench) -> None:
        """The submissions of a batch belong to who published the batch."""
        batch = BatchMessage(batch_id=uuid4(), submissions=(message(), message()))
        bench.queue.put(batch.encode(), publisher="ada")
        with bench.worker():
            until(lambda: len(bench.queue.events) == 2)

        assert ["ada"] * 2 == [row.publisher for row in bench.store.rows.values()]

    def test_judged_again(self, bench: Bench) -> None:
        """Requests of workers and operators for what is stored are nobody's in particular."""
        sent = message()
        bench.store.register(sent, "default", "ada")
        request = RejudgeMessage(submission_id=sent.submission_id, attempt=1)
        bench.queue.put(request.encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        assert Verdict.AC is bench.verdict(sent.submission_id)

    @pytest.mark.parametrize("token", [None, "secret"])
    def test_nonsense_under_anothers_id(self, bench: Bench, token: str | None) -> None:
        """Only its publisher hears of a message that cannot be read; without a token nobody."""
        sent = message()
        bench.store.begin(sent, "python", publisher="ada")
        delivery = Delivery(
            b"nonsense", object(), message_id=str(sent.submission_id), reply_token=token
        )
        with bench.worker():
            bench.queue._put(delivery)
            until(lambda: bench.queue.dead)
        letter = bench.queue.dead[0]

        assert f"refusal.-.-.-.{reply_key(token) if token else '-'}" == letter.refusal_key
        assert (token is None) == (letter.refusal is None)


def test_late_worker_stores_nothing(bench: Bench) -> None:
    """Somebody began after us: our verdict is dropped, our delivery settled, nothing is told."""
    sent = message()
    bench.store = MemoryStore(lease_s=0)
    bench.judge.script = [Verdict.WA]
    bench.judge.hold.clear()
    bench.queue.put(sent.encode())
    with bench.worker():
        assert bench.judge.started.wait(5)
        bench.store.begin(sent, "python")
        bench.judge.hold.set()
        until(lambda: "0 unsettled" in repr(bench.queue))

    assert Verdict.JUDGING == bench.verdict(sent.submission_id)
    assert [] == bench.queue.events


def test_forgotten_beginning_is_begun_again(bench: Bench) -> None:
    """A database that crashed and forgot the start loses no verdict."""
    sent = message()
    bench.judge.hold.clear()
    bench.queue.put(sent.encode())
    with bench.worker():
        assert bench.judge.started.wait(5)
        bench.store.rows.clear()
        bench.judge.hold.set()
        until(lambda: bench.queue.events)

    assert Verdict.AC == bench.verdict(sent.submission_id)
    assert 1 == len(bench.judge.judged)


class TestDeadLetters:
    """What nobody can judge."""

    CASES = {  # noqa: RUF012  a table of cases, read only
        **BAD,
        "unknown language": (but(language="brainrot"), "language: 'brainrot' is unknown"),
        "unknown problem": (but(tests=..., problem="nope"), "problem: no problem is called"),
    }

    @pytest.mark.parametrize(("body", "reason"), CASES.values(), ids=CASES)
    def test_dead_lettered_with_its_reason(self, bench: Bench, body: bytes, reason: str) -> None:
        """A bad message goes to the dead letters at once, and the worker goes on."""
        bench.queue.put(body)
        bench.queue.put(message().encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        (letter,) = bench.queue.dead

        assert (body, reason) == (letter.body, letter.reason[: len(reason)])
        assert 1 == len(bench.judge.judged)

    def test_refused_by_the_judge(self, bench: Bench) -> None:
        """A submission that only the judge finds impossible is a dead letter; its row says why."""
        sent = message()
        bench.judge.script = [InvalidSubmission("limits", "more than this host has")]
        bench.queue.put(sent.encode())
        with bench.worker():
            until(lambda: bench.queue.dead)

        row = bench.store.rows[sent.submission_id]

        assert (Verdict.CANCELLED, "limits: more than this host has") == (row.verdict, row.cause)

    def test_dead_letter_comes_before_the_acknowledgement(self, bench: Bench) -> None:
        """Die in between, and there is another dead letter; never a row without one."""
        journal: list[str] = []

        class JournalQueue(MemoryQueue):
            def ack(self, delivery: Delivery) -> None:
                journal.append("ack")
                super().ack(delivery)

        class JournalStore(MemoryStore):
            def put_dead(self, letter: DeadLetter, refused: tuple[UUID, int] | None = None) -> None:
                journal.append("put_dead")
                if journal == ["put_dead"]:
                    raise StoreUnavailable("away")
                super().put_dead(letter, refused)

        bench.queue, bench.store = JournalQueue(), JournalStore()
        bench.judge.script = [InvalidSubmission("limits", "too much")] * 2
        bench.queue.put(message().encode())
        with bench.worker():
            until(lambda: bench.queue.dead)

        assert ["put_dead", "put_dead", "ack"] == journal
        assert {Verdict.CANCELLED} == {row.verdict for row in bench.store.rows.values()}

    def test_broker_that_takes_no_dead_letter(self, bench: Bench) -> None:
        """Malformed messages hold up nobody while the broker takes nothing; none is lost."""
        sent = message()
        bench.queue.outage = True
        for _ in range(10):
            bench.queue.put(b"bad")
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.verdict(sent.submission_id) is Verdict.AC)
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            bench.queue.outage = False
            until(lambda: len(bench.queue.dead) == 10)

        assert {b"bad"} == {letter.body for letter in bench.queue.dead}


class TestClaims:
    """Judging that outlives its delivery, and workers that see each other's claims."""

    def test_redelivery_waits_for_the_run(self, bench: Bench) -> None:
        """What comes back while it is being judged here is judged once, and settled at the end."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(slots=2):
            assert bench.judge.started.wait(5)
            for _ in range(3):
                bench.queue.put(sent.encode())
            until(lambda: "0 waiting, 4 unsettled" in repr(bench.queue))
            bench.judge.hold.set()
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))

        assert (1, 1) == (len(bench.judge.judged), bench.store.rows[sent.submission_id].starts)

    def test_redelivery_keeps_no_body(self) -> None:
        """What waits for a run to end takes no memory for its message."""
        runs = Runs(MemoryQueue(), MemoryStore())
        case = Case(message(), 1, Delivery(b"large", object()), None, None)
        run = runs.open(case)
        assert run is not None
        assert runs.open(case) is None

        assert [b""] == [one.delivery.body for one in runs.close(run)]

    def test_long_run_is_acknowledged_early(self, bench: Bench) -> None:
        """A long run's delivery is acknowledged once its request is in the outbox."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode(), "batch")
        with bench.worker(renew_s=0.05):
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            requests = bench.store.unsent()
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        (request,) = requests

        assert RejudgeMessage(submission_id=sent.submission_id, attempt=1) == request
        assert ([], Verdict.AC) == (bench.store.unsent(), bench.verdict(sent.submission_id))

    def test_another_worker_starts_nothing(self, bench: Bench) -> None:
        """A redelivery to another worker is acknowledged there; the first one's verdict counts."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(renew_s=0.1), bench.worker(renew_s=0.1):
            assert bench.judge.started.wait(5)
            for _ in range(6):
                bench.queue.put(sent.encode())
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            time.sleep(0.5)
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        row = bench.store.rows[sent.submission_id]

        assert (1, 1, Verdict.AC) == (len(bench.judge.judged), row.starts, row.verdict)

    def test_dead_workers_submission_is_asked_for_again(self, bench: Bench) -> None:
        """When a worker has died, another one judges once the claim has passed."""
        sent = message()
        bench.store = MemoryStore(own_s=0.05, lease_s=0.3)
        bench.store.begin(sent, "python", holder=uuid4())
        bench.queue.put(sent.encode())
        with bench.worker(claim_every_s=0.05):
            until(lambda: bench.queue.events)

        assert (1, 2) == (len(bench.judge.judged), bench.store.rows[sent.submission_id].starts)

    def test_clean_stops_are_no_failures(self, bench: Bench) -> None:
        """However often a worker is stopped without grace, the submission gets its verdict."""
        sent = message()
        bench.queue.put(sent.encode())
        for _ in range(MOST_STARTS + 5):
            bench.judge = ScriptedJudge()
            bench.judge.hold.clear()
            with bench.worker(grace_s=0):
                assert bench.judge.started.wait(5)
            (body,) = bench.queue.waiting
            bench.queue = MemoryQueue()
            bench.queue.put(body)
        bench.judge = ScriptedJudge()
        with bench.worker():
            until(lambda: bench.queue.events)

        row = bench.store.rows[sent.submission_id]

        assert (MOST_STARTS + 6, Verdict.AC) == (row.starts, row.verdict)

    def test_failure_after_the_acknowledgement_is_tried_again(self, bench: Bench) -> None:
        """A judge that fails late in a long run costs a retry, though the delivery is gone."""
        sent = message()
        bench.judge.script = [SlotLost("gone")] * LOCAL_TRIES
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(renew_s=0.05, claim_every_s=0.05):
            until(lambda: "0 waiting, 0 unsettled" in repr(bench.queue))
            bench.judge.hold.set()
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)
        assert LOCAL_TRIES + 1 == len(bench.judge.judged)


class TestEngineGone:
    """A worker whose engine is gone for a while."""

    def test_takes_nothing_meanwhile(self, bench: Bench) -> None:
        """What it holds is given back, nothing is taken, and it comes back by itself."""
        held, came = message(), message()
        bench.judge.hold.clear()
        bench.queue.put(held.encode())
        with bench.worker(check_every_s=0.05) as worker:
            assert bench.judge.started.wait(5)
            bench.judge.gone = True
            until(worker.trouble)
            until(lambda: " 0 submissions in hand" in repr(worker))
            bench.queue.put(came.encode())
            time.sleep(0.2)
            judged = len(bench.judge.judged)
            bench.judge.hold.set()
            bench.judge.gone = False
            until(lambda: len(bench.queue.events) == 2)
            trouble = worker.trouble()

        rows = [bench.store.rows[one.submission_id] for one in (held, came)]

        assert (1, "") == (judged, trouble)
        assert [(Verdict.AC, 0), (Verdict.AC, 0)] == [(row.verdict, row.failures) for row in rows]

    def test_failure_costs_no_retry(self, bench: Bench) -> None:
        """A judge that fails because its engine is gone makes no internal error."""
        sent = message()
        bench.judge.script = [EngineUnavailable("no slot could be started")] * 2
        bench.judge.gone = True
        bench.queue.put(sent.encode())
        with bench.worker(retries=0, check_every_s=0.05) as worker:
            until(worker.trouble)
            bench.judge.gone = False
            until(lambda: bench.queue.events)

        row = bench.store.rows[sent.submission_id]

        assert (Verdict.AC, 0, 1) == (row.verdict, row.failures, row.given_back)


class TestRetries:
    """A judge that fails."""

    @pytest.mark.parametrize("failure", [SlotLost("gone"), EngineUnavailable("no"), KeyError("?")])
    def test_one_failure_is_survived(self, bench: Bench, failure: Exception) -> None:
        """A judge that fails once costs the submission nothing."""
        sent = message()
        bench.judge.script = [failure]
        bench.queue.put(sent.encode())
        with bench.worker():
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)
        assert 2 == len(bench.judge.judged)

    def test_given_up_as_internal_error(self, bench: Bench) -> None:
        """A judge that always fails ends, after its retries, in an internal error."""
        sent = message()
        bench.judge.script = [SlotLost("gone")] * 100
        bench.queue.put(sent.encode())
        with bench.worker(retries=2):
            until(lambda: bench.queue.events)

        result = bench.store.result(sent.submission_id)

        assert result is not None
        assert (Verdict.IE, "SlotLost: gone") == (result.verdict, result.cause)
        assert 3 * LOCAL_TRIES == len(bench.judge.judged)
        assert [] == bench.queue.dead

    def test_operator_bounds_the_whole_of_it(self, bench: Bench) -> None:
        """What takes longer than the operator allows is an internal error at once, and says so."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(judging_timeout_s=0.2):
            until(lambda: bench.queue.events)

        result = bench.store.result(sent.submission_id)

        assert result is not None
        assert Verdict.IE == result.verdict
        assert "JUDGECORE_JUDGING_TIMEOUT_S" in str(result.cause)
        assert 1 == len(bench.judge.judged)

    def test_no_retries(self, bench: Bench) -> None:
        """With no retries allowed, the first failing delivery is the last."""
        sent = message()
        bench.judge.script = [SlotLost("gone")] * 100
        bench.queue.put(sent.encode())
        with bench.worker(retries=0):
            until(lambda: bench.queue.events)

        assert Verdict.IE == bench.verdict(sent.submission_id)
        assert LOCAL_TRIES == len(bench.judge.judged)

    def test_what_kills_workers_is_given_up(self, bench: Bench) -> None:
        """A submission that began very often and never ended is not judged once more."""
        sent = message()
        for _ in range(MOST_STARTS + 2):
            bench.store.begin(sent, "python")
        bench.queue.put(sent.encode())
        with bench.worker(retries=2):
            until(lambda: bench.queue.events)

        assert Verdict.IE == bench.verdict(sent.submission_id)
        assert [] == bench.judge.judged

    def test_unreadable_problem_ends(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        """A stored problem that cannot be read costs retries, and then is an internal error."""
        begin = bench.store.begin

        def unreadable(*args: Any, **named: Any) -> RunClaim | None:
            claim = begin(*args, **named)
            return claim and replace(claim, unreadable="limits: no idea what gpu_ms is")

        monkeypatch.setattr(bench.store, "begin", unreadable)
        sent = message()
        bench.queue.put(sent.encode())
        with bench.worker(retries=2):
            until(lambda: bench.queue.events)

        assert Verdict.IE == bench.verdict(sent.submission_id)
        assert "gpu_ms" in str(bench.store.result(sent.submission_id))
        assert [] == bench.judge.judged

    def test_another_worker_may_have_the_language(self, bench: Bench) -> None:
        """A language without tools here is given back a few times; a verdict ends that."""
        sent = message()
        bench.judge.script = [LanguageUnavailable("go: not installed")] * PASSED_ON
        bench.queue.put(sent.encode())
        with bench.worker(retries=0):
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)
        assert 1 + PASSED_ON == len(bench.judge.judged)

    def test_what_came_back_for_want_of_a_slot_is_passed_on_all_the_same(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Brokers count that among the redeliveries, too; it says nothing of languages."""
        sent = message()
        bench.judge.script = [LanguageUnavailable("go: not installed")]
        take = bench.queue.take

        def returned(timeout_s: float) -> Delivery | None:
            found = take(timeout_s)
            return found and replace(found, redeliveries=found.redeliveries + MOST_RETURNS)

        monkeypatch.setattr(bench.queue, "take", returned)
        bench.queue.put(sent.encode())
        with bench.worker(retries=0):
            until(lambda: bench.queue.events or bench.queue.dead)

        assert [] == bench.queue.dead
        assert Verdict.AC == bench.verdict(sent.submission_id)

    def test_nobody_has_the_language(self, bench: Bench) -> None:
        """After that it is a dead letter, and the row says why; never an internal error."""
        sent = message()
        bench.judge.script = [LanguageUnavailable("go: not installed")] * 100
        bench.queue.put(sent.encode())
        with bench.worker(retries=0):
            until(lambda: bench.queue.dead)

        assert "go: not installed" in bench.queue.dead[0].reason
        assert Verdict.CANCELLED == bench.verdict(sent.submission_id)

    @pytest.mark.parametrize("change", [{"colour": "red"}, {"version": 2}, {"language": "zig"}])
    def test_a_newer_worker_may_read_it(self, bench: Bench, change: dict[str, Any]) -> None:
        """What this version does not know is given back a few times before it is a dead letter."""
        body = json.dumps({**json.loads(message().encode()), **change}).encode()
        bench.queue.put(body)
        taken: list[int] = []
        take = bench.queue.take

        def counting(timeout_s: float) -> Delivery | None:
            delivery = take(timeout_s)
            taken.extend([] if delivery is None else [delivery.redeliveries])
            return delivery

        bench.queue.take = counting  # type: ignore[method-assign]
        with bench.worker():
            until(lambda: bench.queue.dead)

        assert list(range(1 + PASSED_ON)) == taken

    def test_closed_pool_is_nobodys_failure(self, bench: Bench) -> None:
        """A pool that is closed gives the submission back; it never becomes an internal error."""
        sent = message()
        bench.judge.script = [PoolClosed("closed")] * 6
        bench.queue.put(sent.encode())
        with bench.worker(retries=1):
            until(lambda: bench.queue.events)

        assert Verdict.AC == bench.verdict(sent.submission_id)


class TestOutage:
    """A store that goes away."""

    def test_nothing_is_lost_when_it_is_down_at_first(self, bench: Bench) -> None:
        """Submissions wait for the store, in the queue or in hand, and are judged later."""
        bench.store.outage = True
        for _ in range(5):
            bench.queue.put(message().encode())
        with bench.worker(slots=2):
            time.sleep(0.2)
            before = list(bench.judge.judged)
            bench.store.outage = False
            until(lambda: len(bench.queue.events) == 5)

        assert [] == before
        assert {Verdict.AC} == {row.verdict for row in bench.store.rows.values()}

    def test_verdict_is_kept_until_it_can_be_stored(self, bench: Bench) -> None:
        """A store that goes down while a submission runs gets the verdict later: judged once."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker():
            assert bench.judge.started.wait(5)
            bench.store.outage = True
            bench.judge.hold.set()
            time.sleep(0.2)
            unsettled = repr(bench.queue)
            bench.store.outage = False
            until(lambda: bench.queue.events)

        assert "<MemoryQueue 0 waiting, 1 unsettled, 0 dead>" == unsettled
        assert Verdict.AC == bench.verdict(sent.submission_id)
        assert 1 == len(bench.judge.judged)

    def test_stop_during_an_outage(self, bench: Bench) -> None:
        """A worker that is stopped in an outage gives everything back and ends in time."""
        bodies = [message().encode() for _ in range(3)]
        bench.store.outage = True
        for body in bodies:
            bench.queue.put(body)
        started = time.monotonic()
        with bench.worker(slots=2, grace_s=1):
            time.sleep(0.1)

        assert sorted(bodies) == sorted(bench.queue.waiting)
        assert time.monotonic() - started < 5

    def test_stop_with_a_verdict_in_hand(self, bench: Bench) -> None:
        """A verdict that cannot be stored within the grace period goes back to be judged again."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        with bench.worker(grace_s=0.5):
            assert bench.judge.started.wait(5)
            bench.store.outage = True
            bench.judge.hold.set()
            time.sleep(0.1)

        assert [sent.encode()] == bench.queue.waiting
        assert Verdict.JUDGING == bench.verdict(sent.submission_id)


class TestStopping:
    """A worker that is asked to stop."""

    def test_running_is_finished_and_waiting_given_back(self, bench: Bench) -> None:
        """What runs is judged and stored; what has not started is there for others."""
        bench.judge.hold.clear()
        bodies = [message().encode() for _ in range(4)]
        for body in bodies:
            bench.queue.put(body)
        with bench.worker(slots=2) as worker:
            until(lambda: len(bench.judge.judged) == 2)
            worker.stop()
            worker.stop()
            time.sleep(0.1)
            bench.judge.hold.set()

        assert 2 == len(bench.queue.events)
        assert bodies[2:] == bench.queue.waiting
        assert "0 unsettled" in repr(bench.queue)

    def test_waiting_is_given_back_before_running_ends(self, bench: Bench) -> None:
        """Other workers need not wait for our grace period to get what we never started."""
        bench.judge.hold.clear()
        for _ in range(2):
            bench.queue.put(message().encode())
        with bench.worker() as worker:
            assert bench.judge.started.wait(5)
            worker.stop()
            until(lambda: bench.queue.waiting)
            still_running = repr(worker)
            bench.judge.hold.set()

        assert "<Worker stopping, 1 slots, 1 submissions in hand>" == still_running

    def test_out_of_grace_is_given_back(self, bench: Bench) -> None:
        """What does not end in time is given back, and its late end changes nothing."""
        sent = message()
        bench.judge.hold.clear()
        bench.queue.put(sent.encode())
        running = bench.worker(grace_s=0.1)
        with running:
            assert bench.judge.started.wait(5)
        waiting = list(bench.queue.waiting)
        bench.judge.hold.set()
        until(lambda: bench.verdict(sent.submission_id) is Verdict.AC)
        until(lambda: " 0 submissions in hand" in repr(running.worker))

        assert [sent.encode()] == waiting == bench.queue.waiting

    def test_stopped_before_it_runs(self, bench: Bench) -> None:
        """A worker that was stopped before it started takes nothing."""
        bench.queue.put(message().encode())
        running = bench.worker()
        running.worker.stop()
        with running:
            pass

        assert 1 == len(bench.queue.waiting)

    def test_lost_queue_ends_the_worker(self, bench: Bench) -> None:
        """A queue that is lost for good stops the worker, which says so."""

        class LostQueue(MemoryQueue):
            def take(self, timeout_s: float) -> Delivery | None:
                raise QueueUnavailable("the broker refused the login")

        bench.queue = LostQueue()
        with pytest.raises(QueueUnavailable, match="refused the login"):
            bench.worker().worker.run()

        assert "0 unsettled" in repr(bench.queue)

    def test_store_closes_last(self, bench: Bench) -> None:
        """Closing the queue drains what the store has caused, so the store outlives it."""
        journal: list[str] = []
        queue, store = bench.queue, bench.store
        queue.close = lambda: journal.append("queue")  # type: ignore[method-assign]
        store.close = lambda: journal.append("store")  # type: ignore[method-assign]
        with bench.worker():
            pass

        assert ("queue", 1) == (journal[0], journal.count("store"))
        assert "store" == journal[-1]


def test_many_threads_many_submissions(bench: Bench) -> None:
    """Hundreds of submissions through eight slots, each exactly once, with failures strewn in."""
    others = threading.active_count()
    sent = [message() for _ in range(300)]
    bench.judge.script = [SlotLost("x") if n % 7 == 0 else Verdict.WA for n in range(300)]
    for one in sent:
        bench.queue.put(one.encode())
    with bench.worker(slots=8):
        until(lambda: len(bench.queue.events) == 300, within_s=30)

    assert {one.submission_id for one in sent} == {e.submission_id for e in bench.queue.events}
    assert all(row.verdict.final for row in bench.store.rows.values())
    assert threading.active_count() < others + 20


def test_store_failure_that_is_no_outage(bench: Bench) -> None:
    """A verdict that the database refuses for good ends among the dead letters, not in a loop."""

    class PickyStore(MemoryStore):
        def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
            raise InvalidSubmission("submission", "cannot be stored: too large")

    bench.store = PickyStore()
    sent = message(submission_id=uuid4())
    bench.queue.put(sent.encode())
    with bench.worker():
        until(lambda: bench.queue.dead)

    assert Verdict.CANCELLED == bench.verdict(sent.submission_id)

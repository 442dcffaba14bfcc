"""Taking one submission ahead: when, and for how long it waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from doubles import Running, ScriptedJudge, message, until

from consumers import ahead
from consumers.ahead import (
    IN_A_ROW,
    LINGER_S,
    MOST_WAIT_S,
    SHORT_S,
    SOON_S,
    STEADY,
    STEPS,
    Backlog,
    GivenBack,
    Places,
    _Turn,
)
from consumers.client import Client
from consumers.contracts import Outcome
from consumers.deliveries import Delivery
from consumers.events import VerdictEvent
from consumers.memory import MemoryQueue, MemoryStore
from consumers.outbox import OutboxPublisher
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.steps import follow
from consumers.worker import Worker
from judgecore.interruption import Interruption
from judgecore.result import Result
from judgecore.submission import Submission
from judgecore.verdict import Verdict


class SleepingJudge(ScriptedJudge):
    """Takes as many seconds as the source says; notes when it began."""

    def __init__(self) -> None:
        super().__init__()
        self.began: dict[object, float] = {}

    def judge(self, submission: Submission, *arguments: object, **more: object) -> Result:
        self.began[submission.id] = time.monotonic()
        time.sleep(float(submission.source))
        return super().judge(submission, *arguments, **more)  # type: ignore[arg-type]


class Clock:
    """A clock that is set by hand."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def backed_up(
    took_s: float = 0.1, waited_s: float = 0.0, clock: Callable[[], float] = time.monotonic
) -> Backlog:
    """A backlog after so many submissions that took so long, each of which was there so soon."""
    backlog = Backlog(clock=clock)
    for _ in range(IN_A_ROW):
        backlog.judged(took_s)
        backlog.found(waited_s)
    return backlog


class Slots:
    """Places, with threads for their slots; and submissions that go through them.

    A submission is given a number, and has a slot until `free` is called with that.
    """

    def __init__(self, slots: int, ahead_: int | None) -> None:
        self.places = Places(slots, ahead_)
        self.had: list[int] = []
        self.given_back: list[str] = []
        self.ended = 0
        self._free: dict[int, threading.Event] = {}
        self._over = False
        self._threads = [threading.Thread(target=self._serve) for _ in range(slots)]
        for thread in self._threads:
            thread.start()
        until(lambda: self.places._idle == slots)

    def _serve(self) -> None:
        while not self._over:
            self.places.serve(0.05)

    def enter(
        self, number: int, interruption: Interruption | None = None, *, kept: bool = False
    ) -> None:
        """Have a submission wait for a slot, behind those before it."""
        self._free[number] = threading.Event()
        waiting, is_free = len(self.places._line), self.places._idle > 0
        follow(self._judge(number, interruption or Interruption(), kept), self._end)
        if is_free:
            until(lambda: number in self.had)
        else:
            until(lambda: len(self.places._line) > waiting or self.given_back)

    def free(self, number: int) -> None:
        """The submission leaves its slot."""
        self._free[number].set()

    async def _judge(self, number: int, interruption: Interruption, kept: bool) -> None:
        try:
            await self.places.slot(interruption, kept=kept)
        except GivenBack as exc:
            self.given_back.append(str(exc))
            return
        self.had.append(number)
        self._free[number].wait(30)

    def _end(self) -> None:
        self.ended += 1

    def close(self) -> None:
        """End its threads."""
        for one in self._free.values():
            one.set()
        self._over = True
        for thread in self._threads:
            thread.join()


@pytest.fixture
def slots() -> Iterator[Callable[[int, int | None], Slots]]:
    """Makes `Slots`."""
    made: list[Slots] = []

    def make(count: int, ahead_: int | None) -> Slots:
        made.append(Slots(count, ahead_))
        return made[-1]

    yield make
    for one in made:
        one.close()


Make = Callable[[int, int | None], Slots]


class TestBacklog:
    """When one is taken ahead."""

    @pytest.mark.parametrize(("below_s", "ahead_", "patience_s"), STEPS)
    def test_short_ones_that_are_there_at_once(
        self, below_s: float, ahead_: int, patience_s: float
    ) -> None:
        """When the next one was there each time, several times in a row, and all were short.

        The shorter they were, the more; then commits wait for each other, too.
        """
        backlog = backed_up(below_s * 0.9)

        assert (ahead_, patience_s) == (backlog.ahead, backlog.patience_s)

    def test_another_number_later(self) -> None:
        """What begins slowly, as after a start, takes more ahead once submissions are short."""
        backlog = backed_up(0.9)
        numbers = [backlog.ahead]
        for _ in range(100):
            backlog.judged(0.001)
            numbers.append(backlog.ahead)
        for _ in range(100):
            backlog.judged(0.05)
            numbers.append(backlog.ahead)

        assert [2, 16, 4] == list(dict.fromkeys(numbers))
        assert STEADY < numbers.index(16)

    def test_no_patience_without_backlog(self) -> None:
        """A verdict that nothing follows is committed at once."""
        backlog = backed_up(0.001)
        backlog.end()

        assert 0 == backlog.patience_s

    def test_places(self) -> None:
        """No more are taken ahead than eight for each slot, and 16; or as many as is set."""
        assert [9, 18, 24] == [Places(slots, None).most for slots in (1, 2, 8)]
        assert [2, 5] == [Places(2, ahead_).most for ahead_ in (0, 3)]

    @pytest.mark.parametrize(
        ("took_s", "waited_s"), [(SHORT_S, 0), (0.1, 2 * SOON_S)], ids=["long", "late"]
    )
    def test_not_otherwise(self, took_s: float, waited_s: float) -> None:
        """Not when submissions are long, or when a slot had to wait for the next one."""
        assert not backed_up(took_s, waited_s).ahead

    def test_not_at_once(self) -> None:
        """A few that come together are no backlog."""
        backlog = Backlog()
        backlog.judged(0.1)
        for _ in range(IN_A_ROW - 1):
            backlog.found(0)

        assert not backlog.ahead

    @pytest.mark.parametrize(
        ("end", "after_s"),
        [
            (Backlog.drained, LINGER_S),
            (lambda b: b.found(2 * SOON_S), LINGER_S),
            (lambda b: b.judged(60), 0),
            (Backlog.end, 0),
        ],
        ids=["drained", "late", "long", "no slot"],
    )
    def test_ends(self, end: Callable[[Backlog], None], after_s: float) -> None:
        """A queue that was empty for a while ends it, and at once does a long submission; it
        begins from the start."""
        clock = Clock()
        backlog = backed_up(clock=clock)
        clock.now_s += after_s
        end(backlog)
        backlog.found(0)

        assert not backlog.ahead

    def test_lingers(self) -> None:
        """A queue that is empty for a moment ends nothing; what comes then counts anew."""
        clock = Clock()
        backlog = backed_up(clock=clock)
        for _ in range(3):
            clock.now_s += LINGER_S * 0.9
            backlog.drained()
            backlog.found(0)

        assert 2 == backlog.ahead


class TestPlaces:
    """What waits for a slot."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ahead, "MOST_WAIT_S", 0.1)

    def test_waits_and_is_given_back(self, slots: Make) -> None:
        """What gets no slot in time is given back."""
        judging = slots(1, None)
        judging.enter(1)
        judging.enter(2)
        had_place = judging.places.take_place(0.2), judging.places.take_place(0.2)
        until(lambda: judging.given_back)
        judging.free(1)
        until(lambda: judging.places._idle)
        judging.enter(3)

        assert ["no slot was free within 0.1 s"] == judging.given_back
        assert ([1, 3], (True, False)) == (judging.had, had_place)
        assert (2, 0, 1) == judging.places.takings
        assert "<Places 1 taken, 0 wait for a slot>" == repr(judging.places)

    @pytest.mark.parametrize(("ahead_", "kept"), [(1, False), (None, True)])
    def test_may_wait_for_long(self, slots: Make, ahead_: int | None, kept: bool) -> None:
        """With a fixed number, and when it came back too often, it waits however long that is."""
        judging = slots(1, ahead_)
        judging.enter(1)
        judging.enter(2, kept=kept)
        time.sleep(0.3)
        judging.places.give_back_late()
        judging.free(1)
        until(lambda: judging.had == [1, 2])

        assert (1, 1, 0) == judging.places.takings

    @pytest.mark.parametrize(("took_s", "patience_s"), [(0.05, 0.05), (0.5, 0.0)])
    def test_starts_wait_for_a_verdict(self, took_s: float, patience_s: float) -> None:
        """A start may wait while others wait for a slot, where verdicts follow each other soon."""
        places = Places(1, None)
        places._backlog = backed_up(took_s)
        at_first = places.patience_to_begin_s
        places._line.append(_Turn(0.0))

        assert (0, patience_s) == (at_first, places.patience_to_begin_s)

    def test_verdicts_wait_while_slots_are_busy(self) -> None:
        """For as long as what waits for slots keeps these busy, within bounds."""
        places = Places(2, None)
        places._backlog = backed_up(0.01)
        waits = []
        for _ in range(5):
            waits.append(places.patience_s)
            places._line.append(_Turn(0.0))

        assert [0.0, 0.005, 0.01, 0.015, 0.015] == pytest.approx(waits)

    def test_first_come_first_served(self, slots: Make) -> None:
        """Slots that become free are taken in the order in which they were asked for."""
        judging = slots(1, 3)
        for number in range(4):
            judging.enter(number)
        for number in range(4):
            judging.free(number)
        until(lambda: judging.ended == 4)

        assert [0, 1, 2, 3] == judging.had

    def test_next_in_line_when_the_first_gives_up(self, slots: Make) -> None:
        """Who leaves the line is in nobody's way."""
        judging, left = slots(1, 3), Interruption()
        judging.enter(1)
        judging.enter(2, left)
        judging.enter(3)
        left.request("not wanted")
        until(lambda: judging.given_back)
        judging.free(1)
        until(lambda: judging.had == [1, 3])

    def test_error_of_one_is_no_matter_for_the_next(self, slots: Make) -> None:
        """The thread of a slot outlives whatever happens in it."""
        judging = slots(1, 3)

        async def fail() -> None:
            await judging.places.slot(Interruption())
            raise ValueError

        follow(fail(), judging._end)
        until(lambda: judging.ended == 1)
        judging.enter(1)
        until(lambda: judging.had == [1])

    def test_no_more_places_than_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A place is for one submission; some more are there while the queue is backed up."""
        monkeypatch.setattr(ahead, "LINGER_S", 0.0)
        places = Places(1, None)
        places._backlog = backed_up(0.1)
        taken = [places.take_place(0) for _ in range(4)]
        places.ask(lambda _: None, 0)
        for _ in range(2):
            places.leave_place()
        none_left = places.take_place(0)
        places.leave_place()

        assert [True, True, True, False] == taken
        assert (False, True) == (none_left, places.take_place(0))

    def test_submissions_that_come_slowly_end_taking_ahead(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also where slots are free all the time, and no thread waits for long enough in vain."""
        places = Places(2, None)
        places._backlog = backed_up(0.001)
        before = places._backlog.ahead
        monkeypatch.setattr(ahead, "LINGER_S", 0.0)
        monkeypatch.setattr(ahead, "SOON_S", -1.0)
        assert places.take_place(0)
        places.ask(lambda _: "found", 0)

        assert (16, 0) == (before, places._backlog.ahead)

    def test_one_that_is_there_at_once_says_nothing_while_slots_are_free(self) -> None:
        """A backlog is what waits while all slots have one."""
        places = Places(2, None)
        for _ in range(2 * IN_A_ROW):
            assert places.take_place(0)
            places.ask(lambda _: "found", 0)
            places.leave_place()

        assert 0 == places._backlog.ahead

    @pytest.mark.parametrize("stop", ["close", "interrupt"])
    def test_stops_waiting_at_once(self, slots: Make, stop: str) -> None:
        """A worker that stops gives it back at once; a cancelled one doesn't wait either."""
        judging, interruption = slots(1, 1), Interruption()  # nothing else bounds the wait
        judging.enter(1)
        judging.enter(2, interruption)
        threading.Thread(
            target=judging.places.close if stop == "close" else interruption.request
        ).start()
        until(lambda: judging.given_back, 5)

        assert [1] == judging.had

    @pytest.mark.parametrize("stop", ["close", "interrupt"])
    def test_begins_no_wait_once_stopped(self, slots: Make, stop: str) -> None:
        """Nor does one that comes after that."""
        judging, interruption = slots(1, 1), Interruption()
        judging.enter(1)
        judging.places.close() if stop == "close" else interruption.request()
        judging.enter(2, interruption)
        until(lambda: judging.given_back, 5)

        assert ([1], 1) == (judging.had, judging.places.takings.given_back)


class TestWorker:
    """A worker that takes ahead by itself, with the twins in memory."""

    def test_goes_back_to_the_queue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Behind a long one it waits for a bounded time; then others can have it, uncounted.

        It comes back once: brokers count that, too, and one that came back often stays.
        """
        monkeypatch.setattr(ahead, "MOST_WAIT_S", 0.3)
        queue, store, judge = MemoryQueue(), MemoryStore(), SleepingJudge()
        switched: list[int] = []
        given_back: list[bytes] = []
        take_ahead, requeue = queue.take_ahead, queue.requeue

        def switch(count: int) -> None:
            switched.append(count)
            take_ahead(count)

        def give_back(delivery: Delivery, *, counted: bool) -> None:
            given_back.append(delivery.body)
            requeue(delivery, counted=counted)

        monkeypatch.setattr(queue, "take_ahead", switch)
        monkeypatch.setattr(queue, "requeue", give_back)
        worker = Worker(
            queue, store, judge, OutboxPublisher(queue, store), slots=1, ahead=None, backoff_s=30
        )
        last = message(source="0")
        for source in ["0.01"] * 8 + ["3"]:
            queue.put(message(source=source).encode())
        queue.put(last.encode())
        with Running(worker):
            until(lambda: last.submission_id in store.rows)
            until(lambda: "1 waiting, 1 unsettled" in repr(queue))
            others = queue.take(1)
            claim = store.begin(last, "python")
            assert others is not None
            times = len(given_back)
            queue.requeue(others, counted=False)
            until(lambda: len(queue.events) == 10)

        assert ([8, 0], 1) == (switched[:2], times)
        assert (last.encode().decode(), 0) == (others.body.decode(), others.redeliveries)
        assert claim is not None
        assert (2, 1, 0) == (claim.starts, claim.given_back, claim.lost)  # type: ignore[union-attr]

    def test_given_back_when_the_worker_stops(self) -> None:
        """A worker that stops gives it back at once, although another one may still run."""
        queue, store, judge = MemoryQueue(), MemoryStore(), ScriptedJudge()
        judge.hold.clear()
        outbox = OutboxPublisher(queue, store)
        worker = Worker(queue, store, judge, outbox, slots=1, ahead=1, backoff_s=30)
        queue.put(message().encode())
        with Running(worker):
            until(lambda: judge.judged)
            queue.put(message().encode())
            until(lambda: len(store.rows) == 2)
            worker.stop()
            until(lambda: "1 waiting, 1 unsettled" in repr(queue))
            judge.hold.set()

        assert 1 == len(judge.judged) == len(queue.events) == len(queue.waiting)

    def test_given_back_when_the_engine_is_gone(self) -> None:
        """So does one that takes nothing for a while."""
        queue, store, judge = MemoryQueue(), MemoryStore(), ScriptedJudge()
        judge.hold.clear()
        outbox = OutboxPublisher(queue, store)
        worker = Worker(
            queue, store, judge, outbox, slots=1, ahead=1, backoff_s=0.01, check_every_s=0.05
        )
        queue.put(message().encode())
        with Running(worker):
            until(lambda: judge.judged)
            queue.put(message().encode())
            until(lambda: len(store.rows) == 2)
            judge.gone = True
            until(lambda: "2 waiting, 0 unsettled" in repr(queue))
            judge.gone = False
            judge.hold.set()
            until(lambda: len(queue.events) == 2)

        assert {Verdict.AC} == {row.verdict for row in store.rows.values()}

    def test_nothing_is_judged_twice(self) -> None:
        """However the taking changes, each is judged once and acknowledged after its commit."""
        queue, judge = MemoryQueue(), SleepingJudge()
        committed, early = set(), []

        class Store(MemoryStore):
            def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
                done = super().finish(event, starts, patience_s)
                committed.add(event.submission_id)
                return done

        store = Store()
        sent = {one.submission_id: one for one in (message(source="0.005") for _ in range(60))}
        bodies = {one.encode(): id for id, one in sent.items()}
        acknowledge = queue.ack

        def ack(delivery: Delivery) -> None:
            early.extend({bodies[delivery.body]} - committed)
            acknowledge(delivery)

        queue.ack = ack  # type: ignore[method-assign]
        for body in bodies:
            queue.put(body)
        worker = Worker(queue, store, judge, OutboxPublisher(queue, store), slots=2, ahead=None)
        with Running(worker):
            until(lambda: len(queue.events) == len(sent))

        assert [] == early
        assert len(sent) == len(judge.judged)
        assert {Verdict.AC} == {row.verdict for row in store.rows.values()}


@pytest.mark.services
class TestTwoWorkers:
    """Workers that share a queue of RabbitMQ."""

    @pytest.mark.parametrize("slots", [1, 2])
    def test_nothing_waits_beside_an_idle_worker(
        self, broker_url: str, prefix: str, slots: int
    ) -> None:
        """While the queue drains, no short one waits behind a long one for more than the bound."""
        store = MemoryStore()
        judges = [SleepingJudge(), SleepingJudge()]
        workers = [self._worker(broker_url, prefix, store, judge, slots) for judge in judges]
        short, long = ["0.02"] * 40 * slots, ["6"] * slots
        messages = [message(source=source) for source in short + long + short[:3]]
        with Client(broker_url, prefix=prefix) as client, Running(workers[0]), Running(workers[1]):
            client.submit_many(messages, watch=False)
            until(lambda: len(store.rows) == len(messages))
            until(lambda: sum(len(judge.judged) for judge in judges) == len(messages) - slots, 20)
        began = {id: at for judge in judges for id, at in judge.began.items()}
        behind = [one.submission_id for one in messages[len(short) + slots :]]
        waited_s = max(began[id] for id in behind) - began[messages[len(short)].submission_id]

        # Given to the same worker again, it waits until that one gives back all that waits.
        assert waited_s < MOST_WAIT_S + 3 + 1
        assert len(messages) == sum(len(judge.judged) for judge in judges)

    def _worker(
        self, url: str, prefix: str, store: MemoryStore, judge: ScriptedJudge, slots: int
    ) -> Worker:
        queue = RabbitQueue.open(url, prefetch=slots, prefix=prefix)
        outbox = OutboxPublisher(RabbitEventPublisher(url, prefix=prefix), store)
        return Worker(queue, store, judge, outbox, slots=slots, ahead=None)

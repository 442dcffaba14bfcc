"""Statements of several threads in one transaction."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from queue import SimpleQueue
from uuid import UUID, uuid4

import psycopg2
import pytest
from doubles import message, result_of, until

from consumers.contracts import Answer, HeldElsewhere, Outcome, RunClaim
from consumers.events import VerdictEvent
from consumers.messages import SubmissionMessage
from consumers.postgres import PostgresStore, migrate
from consumers.postgres.driver import Connections
from consumers.postgres.statements import Values, queries
from consumers.postgres.together import ALONE_BYTES, MOST, Asked, Row, Together
from judgecore.errors import InvalidSubmission, StoreUnavailable
from judgecore.problem import Problem, TestCase

pytestmark = pytest.mark.services

# What a transaction is: its number, and whether its commit waits for the disk.
PROBE = """
SELECT set_config(%(slot)s, json_build_array(
           %(said)s::integer, txid_current(), %(hasty)s::boolean)::text, false),
       CASE WHEN %(hasty)s THEN set_config('synchronous_commit', 'off', true) END
"""
SOON_S = 0.3


@pytest.fixture
def connections(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connections]:
    """Connections to a database, and the statement `probe`."""
    monkeypatch.setitem(queries(), "probe", PROBE)
    lent = Connections(database_url)
    yield lent
    lent.close()


@pytest.fixture
def together(connections: Connections) -> Iterator[Together]:
    """What runs them."""
    made = Together(connections)
    yield made
    made.close()


@pytest.fixture
def store(database_url: str) -> Iterator[PostgresStore]:
    """A store with its tables."""
    migrate(database_url)
    opened = PostgresStore(database_url)
    yield opened
    opened.close()


def row(
    together: Together, name: str, values: Values, *, durable: bool = True, patience_s: float = 0.0
) -> Row:
    """The row of one statement, or its error."""
    answers: SimpleQueue[Asked] = SimpleQueue()
    together.ask(name, values, durable=durable, patience_s=patience_s, done=answers.put)
    return together.row_of(answers.get())


def probe(
    together: Together, said: object, *, durable: bool = True, patience_s: float = SOON_S
) -> Row:
    values = {"id": str(uuid4()), "said": said}
    return row(together, "probe", values, durable=durable, patience_s=patience_s)


def all_of(
    together: Together, said: Sequence[object], *, durable: bool = True
) -> list[Future[Row]]:
    with ThreadPoolExecutor(len(said)) as threads:
        return [threads.submit(probe, together, one, durable=durable) for one in said]


def test_share_a_transaction(together: Together) -> None:
    """Those that come while one is patient are committed with it, and each has its own row."""
    rows = [one.result() for one in all_of(together, range(8))]

    assert list(range(8)) == [said for said, _, _ in rows]
    assert 1 == len({transaction for _, transaction, _ in rows})


def test_alone_without_patience(together: Together) -> None:
    """One that is not patient is committed at once, and takes along who waits."""
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(probe, together, 1, patience_s=60)
        time.sleep(0.1)
        began = time.monotonic()
        mine = probe(together, 2, patience_s=0)

        assert waiting.result()[1] == mine[1]
        assert time.monotonic() - began < 5


def test_patience_ends(together: Together) -> None:
    """Nobody waits for longer when nobody comes."""
    began = time.monotonic()
    probe(together, 1)

    assert SOON_S <= time.monotonic() - began < SOON_S + 5


def test_many(together: Together) -> None:
    """No transaction is larger than allowed, and nothing is left behind."""
    rows = [one.result() for one in all_of(together, range(3 * MOST))]

    assert list(range(3 * MOST)) == [said for said, _, _ in rows]
    assert 3 <= len({transaction for _, transaction, _ in rows})


@pytest.mark.parametrize(("durable", "hasty"), [((True, False), False), ((False, False), True)])
def test_one_durable_makes_all_so(
    together: Together, durable: tuple[bool, bool], hasty: bool
) -> None:
    """A commit waits for the disk if only one of those in it has to."""
    with ThreadPoolExecutor(2) as threads:
        rows = [threads.submit(probe, together, 1, durable=one) for one in durable]

        assert [hasty, hasty] == [row.result()[2] for row in rows]


def test_fault_of_one(together: Together) -> None:
    """A value that the database refuses is the error of who sent it, and of nobody else."""
    rows = all_of(together, [1, "no number", 3])

    assert [1, 3] == [rows[n].result()[0] for n in (0, 2)]
    with pytest.raises(InvalidSubmission, match="no number"):
        rows[1].result()
    assert 4 == probe(together, 4, patience_s=0)[0]


def test_lock_of_one(
    together: Together, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a lock for long holds up nobody else."""
    monkeypatch.setitem(
        queries(), "locking", f"{PROBE} FROM (SELECT pg_advisory_xact_lock(7)) AS l"
    )
    values = {"id": str(uuid4()), "said": 1}
    with psycopg2.connect(database_url) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7)")
        with ThreadPoolExecutor(1) as threads:
            locked = threads.submit(
                row, together, "locking", values, durable=True, patience_s=SOON_S
            )
            others = [probe(together, 2)[0], probe(together, 3)[0]]
            waits = not locked.done()
            cursor.execute("SELECT pg_advisory_unlock(7)")

    assert ([2, 3], True, 1) == (others, waits, locked.result()[0])


def test_before_a_commit(together: Together) -> None:
    """What is asked for there is committed with what waits already; an error there is no matter."""
    answers: SimpleQueue[Asked] = SimpleQueue()

    def ask(said: object) -> None:
        values = {"id": str(uuid4()), "said": said}
        together.ask("probe", values, durable=True, patience_s=0, done=answers.put)

    def fail() -> None:
        raise ValueError

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(probe, together, 1, patience_s=60)
        time.sleep(0.1)
        for act in (partial(ask, 2), fail, partial(ask, 3)):
            together.before_commit(act, SOON_S)
        rows = [together.row_of(answers.get(timeout=10)) for _ in range(2)]

        assert [2, 3] == [said for said, _, _ in rows]
        assert {waiting.result()[1]} == {transaction for _, transaction, _ in rows}


def test_before_a_commit_once_closed(together: Together) -> None:
    """What waits is told by what it asks for; nothing more may wait."""
    errors: SimpleQueue[Exception] = SimpleQueue()

    def ask() -> None:
        try:
            together.ask("probe", {"id": "1"}, durable=True, patience_s=0, done=lambda _: None)
        except StoreUnavailable as exc:
            errors.put(exc)

    together.before_commit(ask, 60)
    together.close()

    assert "closed" in str(errors.get(timeout=10))
    with pytest.raises(StoreUnavailable):
        together.before_commit(ask, 0)


@pytest.mark.parametrize("large_text", ["x" * (ALONE_BYTES + 1), "é" * (ALONE_BYTES // 2)])
def test_large_one_is_alone(together: Together, large_text: str) -> None:
    """Large statements are not put together."""
    with ThreadPoolExecutor(1) as threads:
        small = threads.submit(probe, together, 1)
        values = {"id": str(uuid4()), "said": 2, "padding": large_text}
        large = row(together, "probe", values, durable=True, patience_s=60)

        assert small.result()[1] != large[1]


def test_lost_database(together: Together, database_url: str) -> None:
    """All that were in a transaction which was cut off are told; the next has a new connection."""
    probe(together, 1, patience_s=0)
    with psycopg2.connect(database_url) as admin, admin.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    until(lambda: _is_cut_off(together))

    assert 3 == probe(together, 3, patience_s=0)[0]


def _is_cut_off(together: Together) -> bool:
    rows = all_of(together, [1, 2])
    return any(isinstance(row.exception(), StoreUnavailable) for row in rows)


def test_forgotten_statements(together: Together, connections: Connections) -> None:
    """A pooler may have given us another session, which knows no statement of ours."""
    probe(together, 1, patience_s=0)
    with connections.statement() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert [2, 3] == [row.result()[0] for row in all_of(together, [2, 3])]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_ever(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the thread, each of those that wait runs its own statement."""

    def ends(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(together, "_commit", ends)
        rows = [row.result(10) for row in all_of(together, [1, 2])]
    before = together._thread
    until(lambda: before is not None and not before.is_alive())

    assert [1, 2, 3] == [row[0] for row in (*rows, probe(together, 3, patience_s=0))]


def test_error_frees_what_was_asked(together: Together, connections: Connections) -> None:
    """Without a search for cycles, which is rare: an outage has many such errors."""

    class Done:
        """What is called."""

        def __init__(self) -> None:
            self.answers: SimpleQueue[Asked] = SimpleQueue()

        def __call__(self, asked: Asked) -> None:
            self.answers.put(asked)

    def fail(done: Done) -> None:
        values = {"id": str(uuid4()), "said": 1}
        together.ask("probe", values, durable=True, patience_s=0, done=done)
        with suppress(StoreUnavailable):
            together.row_of(done.answers.get(timeout=10))

    connections.close()
    gc.disable()
    try:
        done = Done()
        kept = weakref.ref(done)
        fail(done)
        del done
        until(lambda: kept() is None)
    finally:
        gc.enable()

    assert kept() is None


def test_no_thread_can_be_started(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as an outage: that makes no verdict, and passes."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(StoreUnavailable, match="no thread"):
            probe(together, 1)

    assert 2 == probe(together, 2)[0]


def test_closed(together: Together) -> None:
    """Who waits is told, and so is who comes later."""
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(probe, together, 1, patience_s=60)
        time.sleep(0.1)
        together.close()
        with pytest.raises(StoreUnavailable):
            waiting.result(10)
    with pytest.raises(StoreUnavailable):
        probe(together, 2)


NOTED = """
CREATE TABLE noted (final boolean, waits text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO noted VALUES (
        NEW.verdict NOT IN ('PENDING', 'JUDGING'), current_setting('synchronous_commit')
    );
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER noted AFTER INSERT OR UPDATE ON submissions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
"""


@pytest.mark.parametrize("isolation", ["read committed", "serializable"])
def test_verdicts_wait_for_the_disk(
    store: PostgresStore, database_url: str, isolation: str
) -> None:
    """As their commit finds it: whatever else is in a transaction, or was in the one before."""
    sent = [message(submission_id=uuid4(), user=f"user {n}") for n in range(24)]
    with psycopg2.connect(database_url) as admin, admin.cursor() as cursor:
        cursor.execute(NOTED)
        cursor.execute(
            f"ALTER DATABASE {admin.info.dbname} SET default_transaction_isolation = %s",
            [isolation],
        )

    def judge(one: SubmissionMessage) -> None:
        with suppress(StoreUnavailable):  # what cannot be serialized is tried again
            claim = store.begin(one, "python", patience_s=0.01)
            if isinstance(claim, RunClaim):
                store.finish(VerdictEvent.of(result_of(one.submission_id)), claim.starts, 0.01)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(judge, sent * 2))
    with psycopg2.connect(database_url) as admin, admin.cursor() as cursor:
        cursor.execute("SELECT DISTINCT waits FROM noted WHERE final")
        waits = cursor.fetchall()

    assert [("on",)] == waits


@pytest.mark.parametrize(("failures", "notified"), [(1, 2), (100, 0)], ids=["once", "always"])
def test_notifying_fails(
    store: PostgresStore, database_url: str, failures: int, notified: int
) -> None:
    """A verdict is stored, and said to be, when only listeners could not be notified of it."""
    one, other = (message(submission_id=uuid4()) for _ in range(2))
    with psycopg2.connect(database_url) as admin, admin.cursor() as cursor:
        # Fails like a full queue: behind the commit of the verdict.
        cursor.execute(
            "CREATE SEQUENCE tries;"
            "CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS"
            f" $$ BEGIN IF nextval('tries') <= {failures} THEN"
            " RAISE program_limit_exceeded; END IF; PERFORM pg_catalog.pg_notify($1, $2); END $$"
        )
        cursor.execute(f"ALTER DATABASE {admin.info.dbname} SET search_path = public, pg_catalog")
    outcomes = []
    with closing(psycopg2.connect(database_url)) as listening, listening.cursor() as cursor:
        cursor.execute("LISTEN judgecore_verdicts")
        listening.commit()
        for sent in (one, other):
            claim = store.begin(sent, "python")
            assert isinstance(claim, RunClaim)
            event = VerdictEvent.of(result_of(sent.submission_id))
            outcomes += [store.finish(event, claim.starts) for _ in range(2)]
        cursor.execute("SELECT 1")
        heard = len(listening.notifies)

    assert [Outcome.STORED, Outcome.SUPERSEDED] * 2 == outcomes
    assert notified == heard


def test_starts_and_verdicts(store: PostgresStore) -> None:
    """Many threads begin and finish at once, some of them the same submission again."""
    sent = [message(submission_id=uuid4(), user=f"user {n % 3}") for n in range(24)]
    claims: list[RunClaim] = []
    outcomes: list[Outcome] = []
    lock = threading.Lock()

    def judge(one: SubmissionMessage) -> None:
        claim = store.begin(one, "python", patience_s=0.01)
        assert isinstance(claim, RunClaim)
        event = VerdictEvent.of(result_of(one.submission_id))
        found = [store.finish(event, claim.starts, 0.01) for _ in range(2)]
        with lock:
            claims.append(claim)
            outcomes.extend(found)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(judge, sent))

    assert {1} == {claim.starts for claim in claims}
    assert [Outcome.STORED, Outcome.SUPERSEDED] * 24 == outcomes
    assert all(store.result(one.submission_id) for one in sent)


def test_begin_does_not_wait_for_the_holders_lock(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an outage that takes seconds: the answer is one that waits, and who asks goes on."""
    silent = threading.Event()
    show = store._presence._show

    def wait(holder: UUID) -> bool:
        silent.wait(10)
        return show(holder)

    monkeypatch.setattr(store._presence, "_show", wait)
    answers: SimpleQueue[Answer[RunClaim | HeldElsewhere | None]] = SimpleQueue()
    began = time.monotonic()
    store.begin_soon(answers.put, message(), "python", holder=uuid4())
    answer = answers.get(timeout=10)
    took_s = time.monotonic() - began
    silent.set()

    assert (False, RunClaim(1, 1, 0, None)) == (answer.at_once, answer.get())
    assert took_s < 5


def test_answer_at_once_has_its_problem(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though others took its place in memory meanwhile: it waits for nothing, as it said."""
    problem = Problem(slug="p", tests=(TestCase(expected="1"),))
    store.add_problem("p", problem)
    sent = message(tests=None, problem="p")
    store.begin(sent, "python")
    answers: SimpleQueue[Answer[RunClaim | HeldElsewhere | None]] = SimpleQueue()
    store.begin_soon(answers.put, sent, "python")
    answer = answers.get(timeout=10)
    store._problems._known.clear()
    monkeypatch.setattr(store._problems, "_load", None)

    assert (True, RunClaim(1, 2, 0, problem)) == (answer.at_once, answer.get())

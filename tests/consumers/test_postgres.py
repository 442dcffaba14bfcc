"""What only PostgreSQL does: migrations, lost connections, refused logins."""

from __future__ import annotations

import inspect
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import psycopg2
import psycopg2.errors
import pytest
from brokers import Service, postgres_url
from doubles import message, result_of, until

import consumers.postgres
from consumers.contracts import (
    Claimed,
    HeldElsewhere,
    Outcome,
    Purge,
    RejudgeFilter,
    RunClaim,
)
from consumers.events import VerdictEvent
from consumers.large import LARGE_BYTES
from consumers.postgres import (
    FOREIGN,
    Migration,
    PostgresStore,
    check_rights,
    migrate,
    migrations,
    shard,
    translated,
    with_retries,
)
from consumers.postgres.driver import Connections
from consumers.postgres.outbox import CLAIM_BYTES
from consumers.postgres.presence import Presence
from consumers.postgres.problems import Problems
from consumers.postgres.statements import queries
from judgecore.errors import InvalidConfig, JudgecoreError, StoreUnavailable
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict

TABLES = {
    "users", "problems", "test_cases", "submissions", "submission_results", "attempts",
    "outbox", "schema_version", "gateway_entries",
}  # fmt: skip


def psycopg2_exceptions() -> list[type[Exception]]:
    found = [
        kind
        for place in (psycopg2, psycopg2.extensions, psycopg2.errors)
        for _, kind in inspect.getmembers(place, inspect.isclass)
    ]
    return sorted({k for k in found if issubclass(k, Exception)}, key=lambda k: k.__name__)


@pytest.mark.parametrize("kind", psycopg2_exceptions())
def test_every_exception_of_psycopg2_is_mapped(kind: type[Exception]) -> None:
    """No exception of psycopg2 gets past the driver."""
    assert issubclass(kind, tuple(mapped for mapped, _ in FOREIGN))
    assert isinstance(translated(kind("said")), JudgecoreError)


def test_migrations_are_numbered() -> None:
    """Migrations are numbered from one, without gaps, and explain themselves."""
    found = migrations()

    assert list(range(1, len(found) + 1)) == [migration.version for migration in found]
    assert all(migration.text.startswith("-- ") for migration in found)


def test_every_query_is_used() -> None:
    """The names in queries.sql are those the code asks for."""
    asked = {
        name
        for path in Path(consumers.postgres.__file__).parent.glob("*.py")
        for name in re.findall(
            r'(?:\bquery\(|\bexecute\(cursor, |together\.ask\(\s*)"(\w+)"', path.read_text()
        )
    }

    assert asked == set(queries())


def test_shard_is_in_range() -> None:
    """The shard follows from the last byte, so that ids made in one millisecond spread."""
    assert [0, 63, 0] == [shard(UUID(int=n)) for n in (0, 63, 64)]


def test_waits_for_a_database_that_is_not_up() -> None:
    """A database that is not there yet is waited for, until asked to stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"postgres://127.0.0.1:{free.getsockname()[1]}/x"
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    started = time.monotonic()

    with pytest.raises(StoreUnavailable):
        PostgresStore.open(url, stop=stop)

    assert time.monotonic() - started >= 0.4


def test_bad_url_is_refused_at_once() -> None:
    """A URL that cannot be read is refused without quoting the password in it."""
    with pytest.raises(StoreUnavailable, match="DATABASE_URL") as caught:
        PostgresStore.open("postgres://judge:hu%zzsh@host/db")

    assert "hu%" not in str(caught.value)


def test_a_port_that_speaks_another_protocol_is_an_error_at_once() -> None:
    """An answer that is none of PostgreSQL's names the setting, and is not waited out."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            accepted, _ = server.accept()
            with accepted:
                accepted.recv(1000)
                accepted.sendall(b"AMQP")

        threading.Thread(target=answer, daemon=True).start()
        url = f"postgres://u:hush@127.0.0.1:{server.getsockname()[1]}/x?sslmode=require"
        with pytest.raises(StoreUnavailable, match=r"DATABASE_URL.*SSL"):
            PostgresStore.open(url)


def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.mark.services
class TestMigrating:
    """From nothing to the schema."""

    def test_arrives_at_the_schema(self, database_url: str) -> None:
        """All migrations on an empty database make every table, and record themselves."""
        applied = migrate(database_url)

        found = rows(
            database_url,
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition",
        )

        assert {(name,) for name in TABLES} == set(found)
        assert [m.name for m in migrations()] == applied
        assert [(m.version, m.checksum) for m in migrations()] == rows(
            database_url, "SELECT version, checksum FROM schema_version ORDER BY version"
        )

    def test_verdicts_are_those_of_the_engine(self, database_url: str) -> None:
        """The enum of the database is the enum of judgecore, word for word."""
        migrate(database_url)

        found = rows(database_url, "SELECT unnest(enum_range(NULL::verdict))::text")

        assert [(verdict.value,) for verdict in Verdict] == found

    def test_states_are_explained(self, database_url: str) -> None:
        """The state machine is written down where an operator looks: in the column's comment."""
        migrate(database_url)

        found = rows(
            database_url,
            "SELECT col_description('submissions'::regclass, attnum) FROM pg_attribute"
            " WHERE attrelid = 'submissions'::regclass AND attname = 'verdict'",
        )

        assert "JUDGING -> JUDGING" in str(found)

    def test_second_time_is_nothing(self, database_url: str) -> None:
        """What is applied is not applied again."""
        migrate(database_url)

        assert [] == migrate(database_url)

    def test_only_one_migrates(self, database_url: str) -> None:
        """Of workers that start together, one migrates and the others find it done."""
        with ThreadPoolExecutor(6) as threads:
            done = list(threads.map(migrate, [database_url] * 6))

        assert 1 == sum(bool(applied) for applied in done)

    def test_edited_migration_is_refused(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A migration that was edited after it had been applied is named, not ignored."""
        migrate(database_url)
        edited = [Migration(m.version, m.name, m.text + " ") for m in migrations()]
        monkeypatch.setattr("consumers.postgres.migrating.migrations", lambda: edited)

        with pytest.raises(InvalidConfig, match=r"0001_init\.sql"):
            migrate(database_url)

    def test_failing_migration_leaves_nothing(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A migration that fails half way leaves no trace, not even of those before it."""
        broken = [*migrations(), Migration(999, "0999_broken.sql", "CREATE TABLE x (y nonsense)")]
        monkeypatch.setattr("consumers.postgres.migrating.migrations", lambda: broken)

        with pytest.raises(StoreUnavailable, match="nonsense"):
            migrate(database_url)

        assert [] == rows(database_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")

    def test_reader_blocks_nobody(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A migration that waits for a reader lets inserts pass, and goes on when he is gone."""
        migrate_only(4, database_url, monkeypatch)
        monkeypatch.setattr("consumers.postgres.migrating.LOCK_S", 0.2)
        monkeypatch.setattr("consumers.postgres.migrating.PAUSE_S", 0.2)
        reader = psycopg2.connect(database_url)
        with reader.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM submissions")
        migrating = ThreadPoolExecutor(1).submit(migrate, database_url)
        waits, until = [], time.monotonic() + 2
        while time.monotonic() < until:
            began = time.monotonic()
            rows(database_url, f"INSERT INTO users (name) VALUES ('{uuid4()}')")
            insert = (
                "INSERT INTO submissions (shard, id, language, source)"
                f" VALUES (0, '{UUID(int=64 * len(waits))}', 'c', 'x')"
            )
            rows(database_url, insert)
            waits.append(time.monotonic() - began)
        still = migrating.running()
        reader.close()
        applied = migrating.result(60)

        assert still
        assert max(waits) < 1.5
        assert [m.name for m in migrations()[4:]] == applied

    def test_stopped_while_it_waits(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker that is asked to stop does not go on waiting for a reader."""
        migrate(database_url)
        broken = [*migrations(), Migration(999, "0999_x.sql", "ALTER TABLE users ADD y int")]
        monkeypatch.setattr("consumers.postgres.migrating.migrations", lambda: broken)
        monkeypatch.setattr("consumers.postgres.migrating.LOCK_S", 0.1)
        reader, stop = psycopg2.connect(database_url), threading.Event()
        with reader.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM users")
        stop.set()

        with pytest.raises(StoreUnavailable, match="stopped"):
            migrate(database_url, stop)

        reader.close()


@pytest.mark.services
class TestWithDatabase:
    """With a real database."""

    @pytest.fixture
    def real(self, database_url: str) -> PostgresStore:
        migrate(database_url)
        return PostgresStore.open(database_url)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ("""UPDATE problems SET limits = '{"cpu_ms": 1000, "gpu_ms": 5}'""", "gpu_ms"),
            ("DELETE FROM test_cases", "the problem has none"),
        ],
    )
    def test_unreadable_problem_is_a_start(
        self, database_url: str, real: PostgresStore, change: str, why: str
    ) -> None:
        """What a newer version or somebody by hand has stored is told, and the start is counted."""
        real.add_problem("p", Problem(tests=result_tests()))
        rows(database_url, change)
        sent = message(problem="p", tests=None)
        claims = [real.begin(sent, "python") for _ in range(2)]

        assert [1, 2] == [claim.starts for claim in claims if claim]
        assert all(claim and why in str(claim.unreadable) for claim in claims)

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"database": "nowhere"}])
    def test_refusal_is_no_loop(self, postgres: Service, wrong: dict[str, str]) -> None:
        """A wrong password or database is an error at once."""
        started = time.monotonic()
        with pytest.raises(StoreUnavailable, match="DATABASE_URL"):
            PostgresStore.open(postgres_url(postgres, **{"database": "judge", **wrong}))

        assert time.monotonic() - started < 5

    def test_planned_once(self, real: PostgresStore) -> None:
        """What every verdict needs is prepared; a pooler that exchanges sessions does no harm."""
        begun, prepared = [], []
        for exchange in ("", "for one that has them", "for one that has not"):
            with real._connections.statement() as cursor:
                if exchange == "for one that has them":
                    cursor.connection.prepared.clear()  # type: ignore[attr-defined]
                elif exchange:
                    cursor.execute("DEALLOCATE ALL")
            begun.append(real.begin(message(), "python"))
            with real._connections.statement() as cursor:
                cursor.execute("SELECT name FROM pg_prepared_statements")
                prepared.append([name for (name,) in cursor.fetchall()])

        assert [1, 1, 1] == [start.starts for start in begun if start]
        assert ["begin", "begin", ""] == [
            re.sub(r"judgecore_(\w+)_[0-9a-f]{8}", r"\1", "".join(names)) for names in prepared
        ]

    def test_dead_holder_is_seen_at_once(self, database_url: str, real: PostgresStore) -> None:
        """What a worker held whose session is gone begins elsewhere, and its request is due."""
        killed, new, renewed = PostgresStore.open(database_url), message(), message()
        killed.begin(new, "python", holder=uuid4())
        claim = killed.begin(renewed, "python", holder=uuid4())
        assert isinstance(claim, RunClaim)
        killed.renew([Claimed(renewed.submission_id, 1, claim.starts, "default")])
        held = real.begin(new, "python", holder=uuid4())
        due = real.claim(10, "rejudge")
        killed._presence.close()
        ours = "SELECT count(*) FROM living_holders()"
        until(lambda: [(1,)] == rows(database_url, ours))
        begun = real.begin(new, "python", holder=uuid4())
        later = real.claim(10, "rejudge")

        assert isinstance(held, HeldElsewhere)
        assert [] == due
        assert isinstance(begun, RunClaim)
        assert 2 == begun.starts
        assert renewed.submission_id in [entry.submission_id for entry in later]

    def test_lost_session_is_shown_again(self, database_url: str, real: PostgresStore) -> None:
        """A worker whose session the database has ended shows itself with its next renewal."""
        other, sent = PostgresStore.open(database_url), message()
        claim = other.begin(sent, "python", holder=uuid4())
        assert isinstance(claim, RunClaim)
        end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'"
        rows(database_url, end)
        for _ in range(2):  # the first one finds that the session is gone
            other.renew([Claimed(sent.submission_id, 1, claim.starts, "default")])

        assert isinstance(real.begin(sent, "python", holder=uuid4()), HeldElsewhere)

    @pytest.mark.usefixtures("real")
    def test_lock_of_a_lost_session_shows_nobody(self, database_url: str) -> None:
        """A lock that another session still has would go with that session, not with the worker."""
        holder, lost, new = uuid4(), Presence(database_url), Presence(database_url)
        shown = lost.shows(holder), new.shows(holder)
        lost.close()
        until(lambda: new.shows(holder))
        new.close()

        assert (True, False) == shown

    def test_older_version_shows_nothing(self, database_url: str, real: PostgresStore) -> None:
        """The claim of a worker that has no lock, of an older version, is respected."""
        sent = message()
        real.begin(sent, "python", holder=uuid4())
        rows(database_url, f"UPDATE submissions SET holder = '{uuid4()}'")

        assert isinstance(real.begin(sent, "python", holder=uuid4()), HeldElsewhere)

    def test_clock_that_is_set_back(self, database_url: str, real: PostgresStore) -> None:
        """No claim and no entry waits for a clock to come again to where it was before."""
        held, judged = message(), message()
        real.begin(held, "python", holder=uuid4())
        real.begin(judged, "python")
        real.finish(VerdictEvent.of(result_of(judged.submission_id)), 1)
        for later in (
            "submissions SET held_until = held_until + interval '1 hour'",
            "submissions SET judged_at = judged_at + interval '1 hour'",
            "outbox SET due_at = due_at + interval '1 hour'",
        ):
            rows(database_url, f"UPDATE {later}")
        begun = real.begin(held, "python", holder=uuid4())
        asked = real.rejudge(RejudgeFilter(submission_ids=(judged.submission_id,)))

        assert isinstance(begun, RunClaim)
        assert 1 == asked
        assert ["rejudge", "result"] == [
            entry.kind for kind in ("rejudge", "result") for entry in real.claim(10, kind)
        ]

    @pytest.mark.parametrize("way", ["sent", "received", "small"])
    def test_large_buffers_are_freed(self, database_url: str, way: str) -> None:
        """What was large on a connection leaves no buffers behind: the connection is closed."""
        size = 10 if way == "small" else LARGE_BYTES + 1
        connections = Connections(database_url)
        with connections.statement() as cursor:
            if way == "sent":
                cursor.execute("SELECT length(%s)", ("x" * size,))
            else:
                cursor.execute("SELECT repeat('x', %s)", (size,))
            cursor.fetchall()
        idle = len(connections)
        connections.close()

        assert (1 if way == "small" else 0) == idle

    def test_migrated_under_its_statements(self, database_url: str, real: PostgresStore) -> None:
        """A type may change under a prepared statement."""
        sent = message()
        real.begin(sent, "python")
        rows(database_url, "ALTER TABLE submissions ALTER COLUMN failures TYPE bigint")

        again = real.begin(sent, "python")

        assert again is not None
        assert 2 == again.starts

    def test_read_only_for_a_while(self, database_url: str, real: PostgresStore) -> None:
        """A standby, or a full disk: nothing but waiting, and new connections, for the primary."""
        name = database_url.rsplit("/", 1)[1]
        rows(database_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        sent = message()
        with pytest.raises(StoreUnavailable, match="read-only"):
            real.begin(sent, "python")
        stop = threading.Event()
        waiting = ThreadPoolExecutor(1).submit(
            with_retries, lambda: migrate(database_url), stop=stop
        )
        time.sleep(0.3)
        still = waiting.running()
        rows(
            database_url,
            f"SET TRANSACTION READ WRITE;ALTER DATABASE {name} RESET default_transaction_read_only",
        )

        assert still
        assert [] == waiting.result(20)
        assert real.begin(sent, "python") is not None

    def test_letter_of_a_newer_version(self, database_url: str, real: PostgresStore) -> None:
        """What this version cannot read stays in the outbox, and holds up nothing else."""
        one, other = message(), message()
        for sent in (one, other):
            real.begin(sent, "python")
            real.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        rows(
            database_url,
            "UPDATE outbox SET due_at = now() - interval '1 s';"
            "UPDATE outbox SET payload = jsonb_set(payload, '{version}', '2')"
            f" WHERE submission_id = '{one.submission_id}'",
        )

        claimed = real.claim(10)

        assert [other.submission_id] == [letter.submission_id for letter in claimed]

    def test_claims_are_bounded_by_bytes(self, database_url: str, real: PostgresStore) -> None:
        """Of large events few are claimed at a time, and one at least, however large it is."""
        for _ in range(5):
            sent = message()
            real.begin(sent, "python")
            real.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        control = f"repeat('\\u0001', {CLAIM_BYTES // 11})"  # a byte in the table, six in JSON
        rows(
            database_url,
            "UPDATE outbox SET due_at = now() - interval '1 s', payload = jsonb_set(payload,"
            f" '{{result,cause}}', ('\"' || {control} || '\"')::jsonb)",
        )

        assert [2, 2, 1] == [len(real.claim(100)) for _ in range(3)]

    def test_role_without_rights(self, database_url: str, real: PostgresStore) -> None:
        """A role that may not write is refused at the start, by the names of what it lacks."""
        role = f"poor_{uuid4().hex[:8]}"
        rows(
            database_url,
            f"CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT SELECT ON submissions TO {role}",
        )
        check_rights(database_url)
        with pytest.raises(StoreUnavailable, match="INSERT on submissions") as caught:
            check_rights(database_url.replace("//judge:", f"//{role}:"))
        rows(database_url, f"DROP OWNED BY {role}; DROP ROLE {role}")

        assert "SELECT on submissions" not in str(caught.value)

    def test_lost_connections(self, database_url: str, real: PostgresStore) -> None:
        """After the server dropped every connection, one call fails and the next one works."""
        sent = message()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: real.begin(sent, "python"), range(4)))
        rows(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        with pytest.raises(StoreUnavailable):
            real.begin(sent, "python")

        again = real.begin(sent, "python")
        real.close()

        assert again is not None
        assert 5 == again.starts

    def test_missing_schema_is_an_outage(self, database_url: str) -> None:
        """A database that nobody has migrated yet is waited for, not blamed on a submission."""
        real = PostgresStore(database_url)
        with pytest.raises(StoreUnavailable, match="does not exist"):
            real.begin(message(), "python")

        real.close()

    def test_verdict_results_and_event_are_one_transaction(
        self, database_url: str, real: PostgresStore
    ) -> None:
        """A verdict whose event cannot be stored is not stored either."""
        sent = message()
        real.begin(sent, "python")
        rows(database_url, "ALTER TABLE outbox ADD CHECK (false) NOT VALID")
        with pytest.raises(JudgecoreError):
            real.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        real.close()

        found = rows(
            database_url,
            "SELECT verdict::text, (SELECT count(*) FROM submission_results) FROM submissions",
        )

        assert [("JUDGING", 0)] == found

    def test_one_row_per_submission(self, database_url: str, real: PostgresStore) -> None:
        """However often it is delivered, a submission is one row with one row per test."""
        sent = message(user="ada")
        for _ in range(3):
            real.begin(sent, "python")
            real.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
        real.close()

        found = rows(
            database_url,
            "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM submission_results),"
            " (SELECT count(*) FROM outbox), (SELECT count(*) FROM users)",
        )

        assert [(1, 2, 1, 1)] == found

    def test_row_says_who_and_what(self, database_url: str, real: PostgresStore) -> None:
        """The row names the user, the problem and the shard."""
        sent = message(user="ada", problem="p", tests=None)
        real.add_problem("p", Problem(tests=result_tests()))
        real.begin(sent, "python")
        real.close()

        found = rows(
            database_url,
            "SELECT u.name, p.slug, s.shard FROM submissions s"
            " JOIN users u ON u.id = user_id JOIN problems p ON p.id = problem_id",
        )

        assert [("ada", "p", shard(sent.submission_id))] == found

    def test_partitions_are_of_one_size(self, database_url: str, real: PostgresStore) -> None:
        """Of the 64 shards each of the 8 partitions has 8."""
        for n in range(64):
            real.begin(message(submission_id=UUID(int=n)), "python")
        real.close()

        found = rows(database_url, "SELECT count(*) FROM submissions GROUP BY tableoid")

        assert [(8,)] * 8 == found

    def test_partition_moves_to_another_tablespace(
        self, postgres: Service, database_url: str, real: PostgresStore
    ) -> None:
        """A partition and its indexes can be put on another disk; everything goes on as before."""
        folder, space = f"/var/tmp/{uuid4().hex}", f"disk_{uuid4().hex[:8]}"
        postgres.run(["mkdir", folder])
        admin = psycopg2.connect(database_url)
        admin.autocommit = True
        sent = message(submission_id=UUID(int=0))
        real.begin(sent, "python")
        with admin.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE {space} LOCATION '{folder}'")
            cursor.execute(
                f"ALTER TABLE submissions_0 SET TABLESPACE {space};"
                f"ALTER INDEX submissions_0_pkey SET TABLESPACE {space}"
            )
            outcome = real.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)
            cursor.execute(
                "SELECT relname FROM pg_class c JOIN pg_tablespace t ON t.oid = reltablespace"
                f" WHERE spcname = '{space}' AND relname LIKE 'sub%' ORDER BY 1"
            )
            moved = cursor.fetchall()
            cursor.execute(
                "ALTER TABLE submissions_0 SET TABLESPACE pg_default;"
                "ALTER INDEX submissions_0_pkey SET TABLESPACE pg_default"
            )
            cursor.execute(f"DROP TABLESPACE {space}")
        admin.close()
        real.close()

        assert [("submissions_0",), ("submissions_0_pkey",)] == moved
        assert Outcome.STORED is outcome


def administer(postgres: Service, sql: str) -> None:
    admin = psycopg2.connect(postgres_url(postgres, "judge"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(sql)
    admin.close()


def shell(service: Service, script: str) -> None:
    code, said = service.run(["bash", "-c", script])
    assert code == 0, said


def result_tests() -> tuple[TestCase, ...]:
    return (TestCase(expected="1"),)


@pytest.mark.services
class TestForPeople:
    """Views, notifications, plans."""

    @pytest.fixture
    def real(self, database_url: str) -> Iterator[PostgresStore]:
        migrate(database_url)
        opened = PostgresStore(database_url)
        yield opened
        opened.close()

    def judged(self, real: PostgresStore, verdict: Verdict, **values: object) -> UUID:
        sent = message(**values)
        real.begin(sent, "python")
        real.finish(VerdictEvent.of(result_of(sent.submission_id, verdict)), 1)
        return sent.submission_id

    def test_older_schema_arrives(self, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A database of the first schema, with submissions in it, is brought up to date."""
        migrate_only(1, database_url, monkeypatch)
        done, running = UUID(int=1), UUID(int=2)
        payload = VerdictEvent.of(result_of(done)).model_dump_json(exclude={"kind", "attempt"})
        rows(
            database_url,
            f"""
            INSERT INTO submissions (shard, id, language, source, verdict, attempt) VALUES
                (1, '{done}', 'c', 'x', 'AC', 3), (2, '{running}', 'c', 'x', 'JUDGING', 2);
            INSERT INTO outbox (shard, submission_id, payload, sent_at) VALUES
                (1, '{done}', '{payload}', NULL), (2, '{running}', '{payload}', now());
            """,
        )
        migrate(database_url)
        store = PostgresStore(database_url)
        (unsent,) = store.claim(10)
        start = store.begin(message(submission_id=running), "c")
        store.close()

        assert (done, 1) == (unsent.submission_id, unsent.attempt)
        assert start is not None
        assert (1, 3) == (start.attempt, start.starts)

    def test_layouts_differ_in_the_partitions_alone(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A database with submissions keeps its partitions, and arrives at the same tables."""
        migrate(database_url)
        new = [rows(database_url, sql) for sql in (*SCHEMA, KEYS_OF_RESULTS)]
        rows(database_url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        migrate_only(4, database_url, monkeypatch)
        rows(
            database_url,
            "INSERT INTO submissions (shard, id, language, source)"
            f" VALUES (1, '{UUID(int=1)}', 'c', 'x')",
        )
        migrate(database_url)
        kept = [rows(database_url, sql) for sql in (*SCHEMA, KEYS_OF_RESULTS)]
        bounds = rows(
            database_url,
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'submissions_0'",
        )

        assert new == kept
        assert [("FOR VALUES WITH (modulus 8, remainder 0)",)] == bounds

    def test_results_refer_to_the_partition_of_their_shard(
        self, database_url: str, real: PostgresStore
    ) -> None:
        """A check of a row of a test reads one partition."""
        found = rows(database_url, KEYS_OF_RESULTS)
        with pytest.raises(psycopg2.errors.ForeignKeyViolation):
            rows(database_url, A_RESULT)

        assert [(f"submission_results_{n}", f"submissions_{n}") for n in range(8)] == found

    def test_keys_of_results_are_changed_without_reading_them(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many there are: even a row that refers to nothing is left alone."""
        migrate_only(13, database_url, monkeypatch)
        rows(database_url, f"SET session_replication_role = replica; {A_RESULT}")
        migrate(database_url)

        assert [(1,)] == rows(database_url, "SELECT count(*) FROM submission_results")

    def test_other_partitions_keep_the_key_of_the_table(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Results in partitions of an operator's own still refer to submissions."""
        migrate_only(13, database_url, monkeypatch)
        rows(
            database_url,
            "DROP TABLE submission_results_0, submission_results_7;"
            "CREATE TABLE others PARTITION OF submission_results DEFAULT",
        )
        migrate(database_url)
        with pytest.raises(psycopg2.errors.ForeignKeyViolation):
            rows(database_url, A_RESULT)

        assert [("submission_results", "submissions")] == rows(database_url, KEYS_OF_RESULTS)

    @pytest.mark.parametrize("was_full", [False, True])
    def test_verdict_reads_no_whole_outbox(self, database_url: str, was_full: bool) -> None:
        """Not even where the outbox was empty when the statement was planned."""
        migrate(database_url)
        admin = psycopg2.connect(database_url)
        admin.autocommit = True
        with admin.cursor() as cursor:
            if was_full:
                cursor.execute(
                    "INSERT INTO outbox (shard, submission_id, attempt, kind, payload)"
                    " SELECT 0, gen_random_uuid(), 1, 'dead', '{}'"
                    " FROM generate_series(1, 1500); DELETE FROM outbox"
                )
                cursor.execute("VACUUM ANALYZE outbox")
            cursor.execute("SELECT pg_stat_force_next_flush()")
        admin.close()
        scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'outbox'"
        before = rows(database_url, scans)
        store = PostgresStore(database_url)
        for _ in range(3):
            self.judged(store, Verdict.AC)
        store.close()  # the session's figures are in the view once it has ended
        until(lambda: rows(database_url, INSERTED) == [(3,)])

        assert before == rows(database_url, scans)

    def test_solved_and_progress(self, database_url: str, real: PostgresStore) -> None:
        """The views say who has solved what, and how far each user has come."""
        for slug in ("p", "q"):
            real.add_problem(slug, Problem(tests=result_tests()))
        for slug, verdict in (("p", "WA"), ("p", "AC"), ("p", "AC"), ("q", "TLE")):
            self.judged(real, Verdict(verdict), tests=None, problem=slug, user="ada")
        self.judged(real, Verdict.AC, user="bob")

        solved = rows(
            database_url,
            "SELECT u.name, p.slug, times FROM solved JOIN users u ON u.id = user_id"
            " JOIN problems p ON p.id = problem_id",
        )
        progress = rows(
            database_url,
            "SELECT u.name, submissions, accepted, problems_tried, problems_solved"
            " FROM user_progress JOIN users u ON u.id = user_id ORDER BY 1",
        )

        assert [("ada", "p", 2)] == solved
        assert [("ada", 4, 2, 2, 1), ("bob", 1, 1, 0, 0)] == progress

    def test_batch_progress(self, database_url: str, real: PostgresStore) -> None:
        """A batch says how much of it has arrived, and is finished."""
        batch_id = uuid4()
        real.begin(message(batch_id=batch_id), "python")
        self.judged(real, Verdict.WA, batch_id=batch_id)

        found = rows(database_url, "SELECT arrived, finished, accepted FROM batch_progress")

        assert [(2, 1, 0)] == found

    def test_history_keeps_the_tests(self, database_url: str, real: PostgresStore) -> None:
        """An attempt that was replaced keeps its tests; the current one has its own."""
        one = self.judged(real, Verdict.WA)
        real.rejudge(RejudgeFilter(submission_ids=(one,)))

        found = rows(
            database_url,
            "SELECT verdict::text, jsonb_array_length(tests), tests->0->>'verdict',"
            " (SELECT count(*) FROM submission_results) FROM attempts",
        )

        assert [("WA", 2, "WA", 0)] == found

    def test_large_selection_is_rejudged_in_chunks(
        self, database_url: str, real: PostgresStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many match, each is rejudged exactly once."""
        monkeypatch.setattr("consumers.postgres.attempts.CHUNK", 4)
        for _ in range(10):
            self.judged(real, Verdict.WA)

        assert 10 == real.rejudge(RejudgeFilter(verdict=Verdict.WA))
        assert [(2, 10)] == rows(
            database_url, "SELECT attempt, count(*) FROM submissions GROUP BY 1"
        )

    def test_purge_leaves_nothing_behind(
        self, database_url: str, real: PostgresStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Rows, tests, attempts, outbox and the user's name go; in steps of their own."""
        monkeypatch.setattr("consumers.postgres.retention.CHUNK", 2)
        for _ in range(5):
            self.judged(real, Verdict.WA, user="ada")
        real.rejudge(RejudgeFilter(user="ada"))
        for one, _ in rows(database_url, "SELECT id::text, shard FROM submissions"):
            real.cancel(UUID(str(one)), "gone")

        steps = list(real.purge(Purge(user="ada")))

        assert [2, 2, 1] == steps
        assert [(0, 0, 0, 0, 0)] == rows(
            database_url,
            "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM submission_results),"
            " (SELECT count(*) FROM attempts), (SELECT count(*) FROM outbox),"
            " (SELECT count(*) FROM users)",
        )

    def test_unfinished(self, real: PostgresStore) -> None:
        """What has no verdict is listed, the oldest first, with who and what, by its age."""
        first, second = message(user="ada"), message()
        real.register(first)
        real.begin(second, "python")
        self.judged(real, Verdict.AC)

        found, old = real.unfinished(), real.unfinished(older_than_s=60)

        assert [
            (first.submission_id, Verdict.PENDING, 0, "ada"),
            (second.submission_id, Verdict.JUDGING, 1, None),
        ] == [(one.submission_id, one.verdict, one.starts, one.user) for one in found]
        assert [] == old
        assert (1, 2) == (real.count_unfinished("ada"), real.count_unfinished())

    def test_backup_comes_back(
        self, postgres: Service, database_url: str, real: PostgresStore
    ) -> None:
        """A dump is restored into a database of its own, and into one that `migrate` made."""
        one = self.judged(real, Verdict.WA, user="ada")
        real.rejudge(RejudgeFilter(submission_ids=(one,)))
        name = database_url.rsplit("/", 1)[1]
        dump = f"pg_dump -Fc -h 127.0.0.1 -U judge --load-via-partition-root {name} >/tmp/{name}"
        whole, data = f"{name}_whole", f"{name}_data"
        restore = "pg_restore -h 127.0.0.1 -U judge --exit-on-error"
        login = "export PGPASSWORD=secret"
        for made in (whole, data):
            administer(postgres, f"CREATE DATABASE {made}")
        shell(postgres, f"{login}; {dump} && {restore} -d {whole} /tmp/{name}")
        migrate(database_url.replace(name, data))
        shell(
            postgres,
            f"{login}; {restore} --data-only --disable-triggers -d {data} /tmp/{name}"
            f" -L <(pg_restore -l /tmp/{name} | grep -v schema_version)",
        )

        found = []
        for made in (whole, data):
            restored = PostgresStore(database_url.replace(name, made))
            found.append((restored.history(one), len(restored.claim(10)), migrate(restored._url)))
            restored.close()
            administer(postgres, f"DROP DATABASE {made} WITH (FORCE)")

        assert [(real.history(one), 1, [])] * 2 == found

    def test_notified_of_each_verdict(self, database_url: str, real: PostgresStore) -> None:
        """Whoever listens hears of each verdict once it is committed, and of what is cancelled.

        A verdict that is not stored is none.
        """
        listener = psycopg2.connect(database_url)
        listener.autocommit = True
        with listener.cursor() as cursor:
            cursor.execute("LISTEN judgecore_verdicts")
            one, other = self.judged(real, Verdict.WA), uuid4()
            told = real.verdict(one)
            assert told is not None
            real.finish(told, 1)
            real.cancel(other, "no")
            cursor.execute("SELECT 1")
        heard = [json.loads(notice.payload) for notice in listener.notifies]
        listener.close()

        assert heard == [
            {"submission_id": str(one), "attempt": 1, "verdict": "WA"},
            {"submission_id": str(other), "attempt": 1, "verdict": "CANCELLED"},
        ]

    def test_statements_for_one_row_read_few_pages(
        self, database_url: str, real: PostgresStore
    ) -> None:
        """With many rows, most of them PENDING since the last ANALYZE, no hot statement reads many.

        It is counted in pages, so a busy machine is no matter.
        """
        rows(database_url, MANY_ROWS)
        rows(database_url, "UPDATE submissions SET verdict = 'PENDING', attempt = 2")
        (key,) = rows(database_url, "SELECT shard, id::text FROM submissions LIMIT 1")
        here = {"shard": key[0], "id": key[1], "ids": [key[1]], "shards": [key[0]]}
        hot = [real_sql(name, {**values, **here}) for name, values in PLANS.items()]
        by_id = [sql.format(id=key[1]) for sql in BY_ID]

        pages = {sql: pages_read(database_url, sql) for sql in (*hot, *by_id)}

        progress = rows(database_url, "EXPLAIN SELECT * FROM user_progress WHERE user_id = 7")

        assert {} == {sql: count for sql, count in pages.items() if count > 60}
        assert "Seq Scan on submissions" not in str(progress)

    def test_problems_in_memory_are_bounded(
        self, database_url: str, real: PostgresStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker forgets the problems it used longest ago, by number and by size."""
        bounded = Problems(Connections(database_url))
        for n in range(5):
            real.add_problem(f"p{n}", Problem(tests=(TestCase(expected="x" * 10_000),)))
        monkeypatch.setattr("consumers.postgres.problems.CACHED_PROBLEMS", 3)
        for n in (0, 1, 2, 0, 3):
            bounded.get(f"p{n}")
        by_number = list(bounded._known)
        monkeypatch.setattr("consumers.postgres.problems.PROBLEM_BYTES", 25_000)
        bounded.get("p4")
        by_size = list(bounded._known)
        monkeypatch.setattr("consumers.postgres.problems.PROBLEM_BYTES", 1)
        bounded.get("p1")
        too_large = list(bounded._known)
        bounded._connections.close()

        assert [["p2", "p0", "p3"], ["p3", "p4"], ["p1"]] == [by_number, by_size, too_large]


def migrate_only(count: int, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply so many migrations, as an older version did."""
    older = migrations()[:count]
    with monkeypatch.context() as then:
        then.setattr("consumers.postgres.migrating.migrations", lambda: older)
        migrate(database_url)


INSERTED = "SELECT sum(n_tup_ins)::int FROM pg_stat_user_tables WHERE relname ~ '^submissions_'"
A_RESULT = (
    "INSERT INTO submission_results (shard, submission_id, ordinal, name, verdict, detail, stderr,"
    " cpu_ms, wall_ms, memory_bytes, cpu_source, memory_source)"
    f" VALUES (7, '{UUID(int=7)}', 0, '1', 'AC', '', '', 1, 1, 1, '', '')"
)
KEYS_OF_RESULTS = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
    " WHERE contype = 'f' AND conparentid = 0 AND conrelid IN"
    " (SELECT relid FROM pg_partition_tree('submission_results')) ORDER BY 1"
)
SCHEMA = (
    "SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull,"
    " col_description(attrelid, attnum), pg_get_expr(adbin, adrelid)"
    " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
    " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('p', 'r', 'v') AND attnum > 0"
    " AND NOT relispartition ORDER BY 1, 2",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conparentid = 0"
    " AND conrelid NOT IN (SELECT oid FROM pg_class WHERE relispartition) ORDER BY 1",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " AND tablename NOT IN (SELECT relname FROM pg_class WHERE relispartition) ORDER BY 1",
    "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND NOT relispartition AND relkind <> 'i'"
    " AND relkind <> 'I' ORDER BY 1",
)
MANY_ROWS = """
    INSERT INTO users (name) SELECT 'user' || n FROM generate_series(1, 200) AS n;
    INSERT INTO submissions (shard, id, user_id, language, source, verdict, judged_at)
    SELECT get_byte(uuid_send(id), 15) % 64, id, 1 + n % 200, 'c', 'x',
           CASE WHEN n % 3 = 0 THEN 'AC' ELSE 'WA' END::verdict, now()
    FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n) AS made;
    INSERT INTO submission_results (shard, submission_id, ordinal, name, verdict, detail, stderr,
                                    cpu_ms, wall_ms, memory_bytes, cpu_source, memory_source)
    SELECT shard, id, 0, '1', verdict, '', '', 1, 1, 1, '', '' FROM submissions;
    INSERT INTO attempts (shard, submission_id, attempt, verdict, starts, tests)
    SELECT shard, id, 1, 'WA', 1, '[]' FROM submissions;
    INSERT INTO outbox (shard, submission_id, payload, due_at)
    SELECT shard, id, '{}', now() + interval '1 hour' FROM submissions;
    ANALYZE;
"""
BY_ID = (
    "SELECT * FROM submissions WHERE id = '{id}'",
    "SELECT * FROM submission_results WHERE submission_id = '{id}'",
    "SELECT * FROM submission_history WHERE submission_id = '{id}'",
    "SELECT * FROM submissions s JOIN submission_results r ON r.submission_id = s.id"
    " WHERE s.id = '{id}'",
    "SELECT * FROM solved WHERE user_id = 7",
)
NO_FILTER: dict[str, object] = {
    "problem": None, "user": None, "language": None, "verdict": None, "since": None,
    "cancelled": True, "pending": True, "before": "2999-01-01",
}  # fmt: skip
PLANS: dict[str, dict[str, object]] = {
    "begin_again": {"attempt": 2, "holder": None, "lease_s": None, "shown_holder": None},
    "leave": {"attempt": 2, "queue": "batch"},
    "renew": {"attempts": [2], "starts": [1], "queues": ["batch"], "lease_s": 5},
    "release": {"attempts": [2], "starts": [1], "given_back": True},
    "mark_sent": {"attempts": [2], "kinds": ["rejudge"]},
    "recall": {},
    "fail": {"attempt": 2, "cause": "x"},
    "over": {"attempts": [2]},
    "claim": {"limit": 10, "most_bytes": 1_000, "own_s": 5, "kind": "result"},
    "verdict": {},
    "result_tests": {},
    "history": {},
    "choose": NO_FILTER,
    "lock": NO_FILTER,
    "missing": {},
    "refuse": {"attempt": 3, "reason": "x"},
    "finish": {
        "attempt": 2, "starts": 9, "verdict": "AC", "language": "c", "cpu_ms": 1,
        "wall_ms": 1, "memory_bytes": 1, "tier": "x", "compile": None, "cause": None, "more": None,
        "tests": "[]", "event": "{}", "own_s": 5, "slot": "judgecore.row_0", "hasty": False,
    },
}  # fmt: skip


def real_sql(name: str, values: dict[str, object]) -> str:
    return queries()[name] % {key: quoted(value) for key, value in values.items()}


def quoted(value: object) -> str:
    return "NULL" if value is None else str(psycopg2.extensions.adapt(value))


def pages_read(url: str, sql: str) -> int:
    """How many pages a statement touches when it is really done."""
    ((plan,),) = rows(url, f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
    top = plan[0]["Plan"]  # type: ignore[index]
    return int(top["Shared Hit Blocks"]) + int(top["Shared Read Blocks"])

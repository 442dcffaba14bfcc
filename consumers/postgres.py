"""The database. The only module that imports psycopg2; the SQL is in `sql/`."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from consumers.config import masked
from consumers.events import VerdictEvent
from consumers.messages import SubmissionMessage
from consumers.problem import Problem, content_hash
from judgecore.errors import (
    InvalidConfig,
    InvalidSubmission,
    JudgecoreError,
    StoreUnavailable,
)
from judgecore.limits import MIB, Limits
from judgecore.submission import Checker, Result, TestCase

log = logging.getLogger(__name__)

SHARDS = 64
_LOCK_KEY = 7_236_201_450_991_117
_CACHED_PROBLEMS = 64
_CACHED_BYTES = 64 * MIB

# First match wins. Data that PostgreSQL refuses will be refused again: that is the submission's
# fault. Everything else may pass, even a missing table (somebody has yet to migrate).
FOREIGN: tuple[tuple[type[Exception], Callable[[str], JudgecoreError]], ...] = (
    (psycopg2.DataError, lambda said: InvalidSubmission("submission", f"cannot be stored: {said}")),
    (
        psycopg2.IntegrityError,
        lambda said: InvalidSubmission("submission", f"cannot be stored: {said}"),
    ),
    (psycopg2.Error, StoreUnavailable),
    (psycopg2.Warning, StoreUnavailable),
)
_FOREIGN_TYPES: tuple[type[Exception], ...] = tuple(kind for kind, _ in FOREIGN)

# psycopg2 gives no SQLSTATE for a refused connection, so only the sentence tells.
_PERMANENT = re.compile(
    r"password authentication failed|no password supplied|no pg_hba\.conf entry|"
    r'(role|database|user) ".*" (does not exist|is not permitted)|invalid (dsn|connection|URI)'
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file of `sql/`."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Every migration that ships, in order."""
    named = ((re.fullmatch(r"(\d{4})_\w+\.sql", f.name), f) for f in _sql().iterdir())
    found = [Migration(int(m[1]), f.name, f.read_text("utf-8")) for m, f in named if m]
    return sorted(found, key=lambda migration: migration.version)


def migrate(url: str) -> list[str]:
    """Bring the schema up to date; returns the names of the migrations that were applied.

    All of them or none, in one transaction, and one migrator at a time. Raises `InvalidConfig`
    when a migration that was applied has been edited since.
    """
    connection = _connect(url)
    applied: list[str] = []
    try:
        with _mapped(), connection, connection.cursor() as cursor:
            cursor.execute(_query("lock_schema"), {"key": _LOCK_KEY})
            cursor.execute(_query("create_schema_version"))
            cursor.execute(_query("applied_migrations"))
            known: dict[int, str] = dict(cursor.fetchall())
            for migration in migrations():
                if _is_new(migration, known.get(migration.version)):
                    _apply(cursor, migration)
                    applied.append(migration.name)
    finally:
        connection.close()
    return applied


class PostgresStore:
    """Verdicts in PostgreSQL. Thread-safe: each call borrows a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._idle: list[psycopg2.extensions.connection] = []
        self._closed = False
        self._problems: OrderedDict[str, tuple[str, Problem]] = OrderedDict()

    @classmethod
    def open(cls, url: str, *, stop: threading.Event | None = None) -> PostgresStore:
        """A store whose database answers. Waits for one that is not up yet, until `stop` is set.

        Raises `StoreUnavailable` at once when waiting is useless: a wrong password, no such
        database, an unreadable URL.
        """
        wait_for_database(url, stop or threading.Event())
        return cls(url)

    def __repr__(self) -> str:
        return f"<PostgresStore {masked(self._url)}, {len(self._idle)} idle connections>"

    # Problems ----------------------------------------------------------------------------

    def add_problem(
        self,
        slug: str,
        title: str,
        limits: Limits,
        checker: Checker,
        tests: Sequence[TestCase],
    ) -> None:
        """Add a problem, or replace the one of that slug with all its tests."""
        tests = tuple(tests)
        if not tests:
            raise InvalidSubmission("tests", "a problem needs at least one")
        values = {
            "slug": slug,
            "title": title,
            "limits": limits.model_dump_json(),
            "checker": checker.model_dump_json(),
            "content_hash": content_hash(limits, checker, tests),
        }
        with self._transaction() as cursor:
            cursor.execute(_query("put_problem"), values)
            problem_id = _one(cursor)[0]
            cursor.execute(_query("clear_test_cases"), {"problem_id": problem_id})
            rows = [
                (problem_id, n, test.name, test.input.encode(), test.expected.encode())
                for n, test in enumerate(tests)
            ]
            psycopg2.extras.execute_values(cursor, _query("put_test_cases"), rows)

    def problem(self, slug: str) -> Problem:
        with self._transaction() as cursor:
            cursor.execute(_query("problem_hash"), {"slug": slug})
            found = cursor.fetchone()
            if found is None:
                raise InvalidSubmission("problem", f"there is none called {slug!r}")
            if cached := self._cached(slug, found[0]):
                return cached
            cursor.execute(_query("load_problem"), {"slug": slug})
            rows = cursor.fetchall()
        if not rows:
            raise StoreUnavailable(f"problem {slug!r} went away while it was read")
        return self._cache(rows[0][0], _problem(slug, rows))

    def _cached(self, slug: str, wanted: str) -> Problem | None:
        with self._lock:
            known, problem = self._problems.get(slug, (None, None))
            return problem if known == wanted else None

    def _cache(self, key: str, problem: Problem) -> Problem:
        with self._lock:
            self._problems.pop(problem.slug, None)
            self._problems[problem.slug] = (key, problem)
            while len(self._problems) > 1 and self._too_much():
                self._problems.popitem(last=False)
        return problem

    def _too_much(self) -> bool:
        size_bytes = sum(problem.size_bytes for _, problem in self._problems.values())
        return len(self._problems) > _CACHED_PROBLEMS or size_bytes > _CACHED_BYTES

    # Submissions -------------------------------------------------------------------------

    def begin(self, message: SubmissionMessage, language: str) -> int | None:
        values = {
            **_key(message.submission_id),
            "user": message.user,
            "problem": message.problem,
            "language": language,
            "source": message.source,
        }
        with self._transaction() as cursor:
            if message.user is not None:
                cursor.execute(_query("put_user"), values)
            cursor.execute(_query("begin"), values)
            row = cursor.fetchone()
        return None if row is None else int(row[0])

    def finish(self, event: VerdictEvent) -> bool:
        result, key = event.result, _key(event.submission_id)
        values = {
            **key,
            **result.model_dump(
                include={"language", "cpu_ms", "wall_ms", "memory_bytes", "tier", "cause"}
            ),
            "verdict": result.verdict.value,
            "compile": result.compile and result.compile.model_dump_json(),
        }
        with self._transaction() as cursor:
            cursor.execute(_query("finish"), values)
            if cursor.rowcount == 0:
                return False
            if result.tests:
                rows = _result_rows(key, result)
                psycopg2.extras.execute_values(cursor, _query("put_results"), rows)
            cursor.execute(_query("put_event"), {**key, "payload": event.model_dump_json()})
        return True

    def refuse(self, submission_id: UUID, reason: str) -> None:
        reason = reason.replace("\0", "").encode(errors="replace").decode()
        with self._transaction() as cursor:
            cursor.execute(_query("refuse"), {**_key(submission_id), "reason": reason})

    def result(self, submission_id: UUID) -> Result | None:
        """The stored verdict, or None while there is none."""
        with self._transaction() as cursor:
            cursor.execute(_query("result"), _key(submission_id))
            row = cursor.fetchone()
            if row is None:
                return None
            values = dict(zip(_columns(cursor), row, strict=True))
            cursor.execute(_query("result_tests"), _key(submission_id))
            names = _columns(cursor)
            tests = [dict(zip(names, test, strict=True)) for test in cursor.fetchall()]
        present = {name: value for name, value in values.items() if value is not None}
        return Result.model_validate({**present, "submission_id": submission_id, "tests": tests})

    # Events ------------------------------------------------------------------------------

    def unsent(self, older_than_s: float, limit: int) -> list[VerdictEvent]:
        with self._transaction() as cursor:
            cursor.execute(_query("forget_sent"))
            cursor.execute(_query("unsent"), {"age_s": older_than_s, "limit": limit})
            return [VerdictEvent.model_validate(row[0]) for row in cursor.fetchall()]

    def mark_sent(self, submission_id: UUID) -> None:
        with self._transaction() as cursor:
            cursor.execute(_query("mark_sent"), _key(submission_id))

    # Connections -------------------------------------------------------------------------

    def close(self) -> None:
        """Let go of every connection; calls still under way end on their own."""
        self._closed = True
        self._drop_idle()

    @contextmanager
    def _transaction(self) -> Iterator[psycopg2.extensions.cursor]:
        connection = self._borrow()
        try:
            with _mapped(), connection, connection.cursor() as cursor:
                yield cursor
        except StoreUnavailable:
            _close(connection)
            self._drop_idle()  # they were made before the outage, so they are as dead
            raise
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _borrow(self) -> psycopg2.extensions.connection:
        if self._closed:
            raise StoreUnavailable("the store was closed")
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _connect(self._url)

    def _give_back(self, connection: psycopg2.extensions.connection) -> None:
        with self._lock:
            if not self._closed and not connection.closed:
                self._idle.append(connection)
                return
        _close(connection)

    def _drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            _close(connection)


def wait_for_database(url: str, stop: threading.Event) -> None:
    """Return when the database accepts a connection; see `PostgresStore.open`."""

    def warn(state: RetryCallState) -> None:
        log.warning("waits for the database: %s", state.outcome and state.outcome.exception())

    def nap(seconds: float) -> None:
        stop.wait(seconds)

    retrying = Retrying(
        retry=retry_if_exception(_may_come_up),
        stop=lambda _: stop.is_set(),
        wait=wait_random_exponential(multiplier=0.5, max=10),
        sleep=nap,
        before_sleep=warn,
        reraise=True,
    )
    _close(retrying(_connect, url))


def shard(submission_id: UUID) -> int:
    """Where a submission lives: its last byte, since the first ones of a UUIDv7 are the time."""
    return submission_id.bytes[15] % SHARDS


def _may_come_up(exc: BaseException) -> bool:
    return isinstance(exc, StoreUnavailable) and not _PERMANENT.search(str(exc))


def _connect(url: str) -> psycopg2.extensions.connection:
    try:
        with _mapped():
            return psycopg2.connect(
                url,
                connect_timeout=10,
                application_name="judgecore",
                # A database whose machine vanished must be noticed within a minute.
                keepalives_idle=20,
                keepalives_interval=10,
                keepalives_count=3,
                tcp_user_timeout=45_000,
            )
    except StoreUnavailable as exc:
        if isinstance(exc.__cause__, psycopg2.ProgrammingError):  # its text may quote the URL
            raise StoreUnavailable("DATABASE_URL: invalid connection string") from None
        raise


def _close(connection: psycopg2.extensions.connection) -> None:
    with suppress(psycopg2.Error):
        connection.close()


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except _FOREIGN_TYPES as exc:
        raise translated(exc) from exc


def translated(exc: Exception) -> JudgecoreError:
    """The exception of judgecore that stands for one of psycopg2."""
    said = " ".join(str(exc).split()) or type(exc).__name__
    return next(make(said) for kind, make in FOREIGN if isinstance(exc, kind))


def _is_new(migration: Migration, recorded: str | None) -> bool:
    if recorded is not None and recorded != migration.checksum:
        raise InvalidConfig(
            f"{migration.name}: was edited after it had been applied; write a new migration instead"
        )
    return recorded is None


def _apply(cursor: psycopg2.extensions.cursor, migration: Migration) -> None:
    cursor.execute(migration.text)
    values = {
        "version": migration.version,
        "name": migration.name,
        "checksum": migration.checksum,
    }
    cursor.execute(_query("record_migration"), values)


def _sql() -> Traversable:
    return files("consumers").joinpath("sql")


@cache
def _queries() -> dict[str, str]:
    text = _sql().joinpath("queries.sql").read_text("utf-8")
    parts = re.split(r"^-- (\w+)(?::.*)?\n(?=[^-\n])", text, flags=re.MULTILINE)[1:]
    return {
        name: body.strip().removesuffix(";")
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }


def _query(name: str) -> str:
    return _queries()[name]


def _key(submission_id: UUID) -> dict[str, Any]:
    return {"shard": shard(submission_id), "id": str(submission_id)}


def _one(cursor: psycopg2.extensions.cursor) -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None  # RETURNING of an upsert that always writes
    return row


def _columns(cursor: psycopg2.extensions.cursor) -> list[str]:
    return [column.name for column in cursor.description or ()]


def _problem(slug: str, rows: list[tuple[Any, ...]]) -> Problem:
    _, title, limits, checker, *_ = rows[0]
    tests = tuple(
        TestCase(name=name, input=bytes(fed).decode(), expected=bytes(expected).decode())
        for *_, name, fed, expected in rows
    )
    return Problem(
        slug, title, Limits.model_validate(limits), Checker.model_validate(checker), tests
    )


def _result_rows(key: dict[str, Any], result: Result) -> list[tuple[Any, ...]]:
    return [
        (
            key["shard"], key["id"], n, t.name, t.verdict.value, t.detail, t.stderr, t.cpu_ms,
            t.wall_ms, t.memory_bytes, t.exit_code, t.signal, t.cpu_source, t.memory_source,
        )
        for n, t in enumerate(result.tests)
    ]  # fmt: skip

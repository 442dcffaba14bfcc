"""Everything that calls psycopg2 goes through here: exceptions and connections."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import psycopg2
import psycopg2.errors
import psycopg2.extensions

from consumers.large import LARGE_BYTES
from consumers.waiting import wait_for
from judgecore.errors import InvalidSubmission, JudgecoreError, StoreUnavailable

log = logging.getLogger(__name__)

UNANSWERED_MS = 45_000
Cursor = psycopg2.extensions.cursor
_T = TypeVar("_T")

# First match wins. Data that PostgreSQL refuses will be refused again: that is the submission's
# fault. Everything else may pass, even a missing table (somebody has yet to migrate).
FOREIGN: tuple[tuple[type[Exception], Callable[[str], JudgecoreError]], ...] = (
    # What it refers to (a user) was deleted in this moment: the next try makes it anew.
    (psycopg2.errors.ForeignKeyViolation, StoreUnavailable),
    (psycopg2.DataError, lambda said: InvalidSubmission("submission", f"cannot be stored: {said}")),
    (
        psycopg2.IntegrityError,
        lambda said: InvalidSubmission("submission", f"cannot be stored: {said}"),
    ),
    (psycopg2.Error, StoreUnavailable),
    (psycopg2.Warning, StoreUnavailable),
)
FOREIGN_TYPES: tuple[type[Exception], ...] = tuple(kind for kind, _ in FOREIGN)

# psycopg2 gives no SQLSTATE for a refused connection, so only the sentence tells.
_PERMANENT = re.compile(
    r"password authentication failed|no password supplied|no pg_hba\.conf entry|"
    r'(role|database|user) ".*" (does not exist|is not permitted)|invalid (dsn|connection|URI)|'
    r"certificate verify failed|server certificate for|(root )?certificate file|"
    r"server does not support SSL|invalid response to SSL negotiation"
)

# The last one is of a standby that may be about to take over.
_PASSING = (
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    psycopg2.errors.ReadOnlySqlTransaction,
)


class Connection(psycopg2.extensions.connection):
    """A connection that knows which statements it has prepared.

    `bulky`: a statement or its rows were large. The C library keeps the buffers that these needed
    until the connection is closed.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.prepared: set[str] = set()
        self.bulky = False


class MeasuredCursor(Cursor):
    """A cursor that notes on its connection when a statement or its rows are large."""

    def execute(self, query: Any, vars: Any = None) -> None:
        """Run a statement."""
        try:
            super().execute(query, vars)
        finally:
            self.carried(len(self.query or b""))

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        row = super().fetchone()
        self._received(() if row is None else (row,))
        return row

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        rows = super().fetchall()
        self._received(rows)
        return rows

    def carried(self, size_bytes: int) -> None:
        """Note that so many bytes went over the connection at once."""
        if size_bytes > LARGE_BYTES:
            assert isinstance(self.connection, Connection)
            self.connection.bulky = True

    def _received(self, rows: Sequence[tuple[Any, ...]]) -> None:
        values = (value for row in rows for value in row)
        self.carried(sum(len(value) for value in values if isinstance(value, str | memoryview)))


class Connections:
    """Connections to one database, lent one at a time. Thread-safe."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False

    def __len__(self) -> int:
        return len(self._idle)

    @contextmanager
    def statement(self) -> Iterator[MeasuredCursor]:
        """A cursor whose statements commit by themselves: one round trip instead of three."""
        with self._lent() as connection, connection.cursor(cursor_factory=MeasuredCursor) as cursor:
            yield cursor

    @contextmanager
    def transaction(self) -> Iterator[MeasuredCursor]:
        """A cursor whose statements are committed together, or not at all."""
        with self._lent() as connection, connection.cursor(cursor_factory=MeasuredCursor) as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                with suppress(psycopg2.Error):
                    cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def close(self) -> None:
        """Let go of every connection; calls still under way end on their own."""
        self._closed = True
        self._drop_idle()

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        connection = self._borrow()
        try:
            with mapped():
                yield connection
        except StoreUnavailable:
            close(connection)
            self._drop_idle()  # they were made before the outage, so they are as dead
            raise
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _borrow(self) -> Connection:
        if self._closed:
            raise StoreUnavailable("the store was closed")
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return connect(self._url, autocommit=True)

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not (self._closed or connection.closed or connection.bulky):
                self._idle.append(connection)
                return
        close(connection)

    def _drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            close(connection)


def wait_for_database(url: str, stop: threading.Event) -> None:
    """Return when the database accepts a connection, however long that takes, or at `stop`.

    Raises `StoreUnavailable` at once when waiting is useless: a wrong password, no such database,
    an unreadable URL.
    """
    close(with_retries(partial(connect, url), stop=stop))


def with_retries(act: Callable[[], _T], *, stop: threading.Event) -> _T:
    """Call `act`, retrying while the database is not reachable yet (see `wait_for_database`)."""
    return wait_for("the database", act, passing=_may_come_up, stop=stop)


def _may_come_up(exc: BaseException) -> bool:
    # Anything but a lost or refused connection (a right that is missing, say) will not pass.
    return (
        isinstance(exc, StoreUnavailable)
        and isinstance(exc.__cause__, _PASSING)
        and not _PERMANENT.search(str(exc))
    )


def connect(
    url: str, *, autocommit: bool = False, unanswered_ms: int = UNANSWERED_MS
) -> Connection:
    """A new connection, or `StoreUnavailable`.

    It counts as lost when what was sent is not acknowledged for `unanswered_ms`.
    """
    try:
        with mapped():
            made = psycopg2.connect(
                url,
                connection_factory=Connection,
                connect_timeout=10,
                application_name="judgecore",
                # A database whose machine vanished must be noticed within a minute.
                keepalives_idle=20,
                keepalives_interval=10,
                keepalives_count=3,
                tcp_user_timeout=unanswered_ms,
            )
            made.autocommit = autocommit
            return made
    except StoreUnavailable as exc:
        if isinstance(exc.__cause__, psycopg2.ProgrammingError):  # its text may quote the URL
            raise StoreUnavailable("DATABASE_URL: invalid connection string") from None
        if _PERMANENT.search(str(exc)):
            raise StoreUnavailable(f"DATABASE_URL: {exc}") from exc.__cause__
        raise


def close(connection: psycopg2.extensions.connection) -> None:
    """Close, whatever state it is in."""
    with suppress(psycopg2.Error):
        connection.close()


@contextmanager
def mapped() -> Iterator[None]:
    """Turn psycopg2's exceptions into ours."""
    try:
        yield
    except FOREIGN_TYPES as exc:
        raise translated(exc) from exc


def translated(exc: Exception) -> JudgecoreError:
    """The exception of judgecore that stands for one of psycopg2."""
    said = " ".join(str(exc).split()) or type(exc).__name__
    return next(make(said) for kind, make in FOREIGN if isinstance(exc, kind))

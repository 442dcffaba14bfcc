"""Statements of several threads in one transaction and one round trip.

Beside a small submission, most of what the database does is done for each transaction, whatever is
in it: it is woken, looks up plans, writes its log to the disk and answers. So what several threads
ask for at about the same time is committed together, and each of them waits for that one commit. If
that fails, each thread runs its own statement, and so has its own error.

Listeners are notified in a second transaction of the same round trip, which does not wait for the
disk: transactions that notify wait for each other.

psycopg2 gives the rows of the last of several statements only. So each statement leaves its row in
a setting of the session (`set_config`), and the last one reads all of these.
"""

from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import psycopg2
import psycopg2.errors

from consumers.contracts import Outcome
from consumers.large import LARGE_BYTES
from consumers.postgres.driver import Connections, Cursor
from consumers.postgres.shards import CHANNEL
from consumers.postgres.statements import Utf8, Values, one, prepared, query
from judgecore.errors import StoreUnavailable

log = logging.getLogger(__name__)

STORED = Outcome.STORED.value
MOST = 32  # statements in one transaction
# What is larger is committed alone, so that a transaction is never as large as `LARGE_BYTES`.
ALONE_BYTES = LARGE_BYTES // MOST
# Milliseconds. Who waits for a lock for longer, as while a problem is replaced, is committed alone.
SHORT_LOCKS = b"SET LOCAL lock_timeout = 200"
SLOT = "judgecore.row_"  # the settings for rows, with a number each
# Set in the transaction, so a session that has it after an error has committed all of that.
COMMITTED = "judgecore.committed"

Row = list[Any]
_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class Asked:
    """A statement to run; `done` is called with it once it was tried together with others.

    `row` and `error` are None if that failed, or if it is too large for that: then it is to be run
    alone.
    """

    name: str
    values: Values
    durable: bool
    due: float
    notice: str | None
    done: Callable[[Asked], None]
    row: Row | None = None
    error: Exception | None = None

    @property
    def order(self) -> tuple[str, str]:
        """By what it locks, so that two workers never wait for each other: a new user first."""
        return str(self.values.get("user") or ""), str(self.values["id"])


class Together:
    """Runs statements that leave one row each, those of several threads together. Thread-safe.

    The statements have the parameters `slot`, the name of the setting for their row, an array in
    JSON; and `hasty`, whether the transaction may be committed before it is on the disk.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._changed = threading.Condition()
        self._calls: list[Asked] = []
        self._acts: list[tuple[float, Callable[[], None]]] = []  # and when they are due
        self._wakes_at = 0.0  # when the thread looks again by itself
        self._thread: threading.Thread | None = None
        self._closed = False

    def ask(
        self,
        name: str,
        values: Values,
        *,
        durable: bool,
        patience_s: float,
        notice: str | None = None,
        done: Callable[[Asked], None],
    ) -> None:
        """Run one statement; `done` is called once it is committed, and `row_of` gives its row.

        It may wait up to `patience_s` for others to be committed with. `durable`: it is on the
        disk then. Listeners are given the `notice` if the row is `STORED`. `done` may be called
        here, and must be quick, for others wait as well.
        """
        asked = Asked(name, values, durable, time.monotonic() + patience_s, notice, done)
        if _size_bytes(values) > ALONE_BYTES:
            done(asked)
        else:
            self._wait(self._calls, asked, asked.due)

    def row_of(self, asked: Asked) -> Row:
        """The row of what is done, or what the statement raises. Waits if it is to be run alone.

        Called once for each.
        """
        if asked.error is not None:
            error, asked.error = asked.error, None  # its traceback refers to `asked`
            try:
                raise error
            finally:
                del error
        return self._rows([asked])[0] if asked.row is None else asked.row

    def before_commit(self, act: Callable[[], None], patience_s: float) -> None:
        """Have `act` called before the next commit, in its thread: what it asks for is part of it.

        That may take up to `patience_s`. What several do is done one after another there.
        """
        due = time.monotonic() + patience_s
        self._wait(self._acts, (due, act), due)

    def close(self) -> None:
        """Run nothing more; who still waits is told that the store was closed."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _wait(self, line: list[_T], one: _T, due: float) -> None:
        with self._changed:
            if self._closed:
                raise StoreUnavailable("the store was closed")
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="commits", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError as exc:
                    raise StoreUnavailable(f"no thread for commits: {exc}") from exc
            line.append(one)
            if due < self._wakes_at or len(line) >= MOST:
                self._changed.notify()

    # In the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while self._wait_until_due():
            self._commit_due()
        with self._changed:
            acts, calls = list(self._acts), list(self._calls)
        for _, act in acts:
            _safely(act)
        for call in calls:
            call.error = StoreUnavailable("the store was closed")
        self._tell(calls)

    def _commit_due(self) -> None:
        with self._changed:
            acts, self._acts[:] = list(self._acts), []
        for _, act in acts:
            _safely(act)
        with self._changed:
            calls, self._calls[:] = self._calls[:MOST], self._calls[MOST:]
        try:
            if calls:
                self._commit(sorted(calls, key=lambda call: call.order))
        finally:  # whatever happens here, nobody waits for ever
            self._tell(calls)

    def _wait_until_due(self) -> bool:
        """Wait until something is to be done; false: the store was closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                dues = [*(call.due for call in self._calls), *(due for due, _ in self._acts)]
                due = min(dues, default=math.inf)
                if due <= now or max(len(self._calls), len(self._acts)) >= MOST:
                    return True
                self._wakes_at = min(due, now + 60.0)
                self._changed.wait(self._wakes_at - now)
                self._wakes_at = 0.0
            return False

    def _tell(self, calls: Sequence[Asked]) -> None:
        for call in calls:
            _safely(partial(call.done, call))

    def _commit(self, calls: Sequence[Asked]) -> None:
        """Give each its row, or its error where the database is lost."""
        try:
            rows = self._rows(calls, SHORT_LOCKS)
        except Exception as exc:
            if isinstance(exc, StoreUnavailable) and not getattr(exc.__cause__, "pgcode", None):
                for call in calls:  # one for each thread: raising an exception changes it
                    call.error = StoreUnavailable(str(exc))
                    call.error.__cause__ = exc.__cause__
        else:
            for call, row in zip(calls, rows, strict=True):
                call.row = row

    def _rows(self, calls: Sequence[Asked], *before: bytes) -> list[Row]:
        hasty = not any(call.durable for call in calls)
        values = [
            {**call.values, "slot": f"{SLOT}{n}", "hasty": hasty} for n, call in enumerate(calls)
        ]
        names = [call.name for call in calls]
        with self._connections.statement() as cursor:
            texts = [prepared(cursor, name) for name in names]
            token = str(uuid4())
            marks = cursor.mogrify(f"SELECT set_config('{COMMITTED}', %s, false)", [token])
            last = cursor.mogrify(*_last(calls))

            def run(texts: Sequence[str]) -> tuple[Any, ...]:
                parts = [cursor.mogrify(*pair) for pair in zip(texts, values, strict=True)]
                try:
                    cursor.execute(b";".join([b"BEGIN", *before, *parts, marks, b"COMMIT", last]))
                    return one(cursor)
                except psycopg2.Error:
                    found = _after_error(cursor, len(calls))
                    if found is None or found[-1] != token:
                        raise
                    _again(cursor, last)
                    return found

            try:
                row = run(texts)
            except psycopg2.errors.InvalidSqlStatementName:
                row = run([query(name) for name in names])
            return [json.loads(text) for text in row[: len(calls)]]


def _safely(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:
        log.exception("what belongs to a commit failed, continuing")


def _after_error(cursor: Cursor, count: int) -> tuple[Any, ...] | None:
    """The rows that the session has, and the token of what it committed last, if it can say."""
    with suppress(psycopg2.Error):
        cursor.execute("ROLLBACK")
        wanted = [*_settings(count), f"current_setting('{COMMITTED}', true)"]
        cursor.execute(f"SELECT {', '.join(wanted)}")
        return one(cursor)
    return None


def _again(cursor: Cursor, last: bytes) -> None:
    try:
        cursor.execute(last)  # somebody may have cancelled it
    except psycopg2.Error as exc:
        log.warning("verdicts are stored, and listeners are not notified: %s", exc)


def _settings(count: int) -> list[str]:
    return [f"current_setting('{SLOT}{n}', true)" for n in range(count)]


def _size_bytes(values: Values) -> int:
    """How large a statement with these is at most, but for what is short in any."""
    sizes = (
        len(value) * (1 if isinstance(value, Utf8) or value.isascii() else 4)
        for value in values.values()
        if isinstance(value, str | Utf8)
    )
    return sum(sizes)


def _last(calls: Sequence[Asked]) -> tuple[str, list[str]]:
    """The statement that reads the rows, and notifies listeners of what was stored."""
    rows = _settings(len(calls))
    told = [(row, call.notice) for row, call in zip(rows, calls, strict=True) if call.notice]
    if not told:
        return f"SELECT {', '.join(rows)}", []
    notify = [f"CASE {row} WHEN %s THEN pg_notify(%s, %s) END" for row, _ in told]
    hasty = "set_config('synchronous_commit', 'off', true)"
    given = [text for _, notice in told for text in (json.dumps([STORED]), CHANNEL, notice)]
    return f"SELECT {', '.join([*rows, *notify, hasty])}", given

"""The backend with a broker and a database: workers judge, and nothing is lost.

Before a client gets its answer, the submission is a row, PENDING, with a request in the outbox: it
is judged even if this process ends then. It is also published at once, and an event says when there
is a verdict. In case that event is lost, the database is asked every few seconds.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from consumers.client import Client
from consumers.events import ProgressEvent, VerdictEvent, quiet
from consumers.gateway.backends import Ended, Load, Overloaded, State, Update, ended_now
from consumers.gateway.callbacks import Due
from consumers.gateway.entries import Entry
from consumers.gateway.listeners import Listeners
from consumers.messages import MAX_KEPT_BYTES, SubmissionMessage
from consumers.postgres.gateway import EntryRow, GatewayTable
from consumers.postgres.store import PostgresStore
from judgecore.errors import InfrastructureError, JudgecoreError, QueueUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
PUBLISH_S = 5.0
_BYTES = "base64"


class PipelineBackend:
    """Submits to the broker at `broker_url`, by way of the database at `database_url`.

    It refuses submissions when `most_waiting` wait, or the first of them for more than
    `most_age_s`. Raises `QueueUnavailable` when the broker cannot be reached at first.
    """

    kept_bytes = MAX_KEPT_BYTES
    spread = 1_000  # there may be any number of workers

    def __init__(
        self,
        broker_url: str,
        database_url: str,
        *,
        prefix: str = "judgecore",
        most_waiting: int = 2_000,
        most_age_s: float = 60.0,
    ) -> None:
        self._most_waiting = most_waiting
        self._most_age_s = most_age_s
        self._store = PostgresStore(database_url)
        self.table = GatewayTable(database_url)
        self._listeners = Listeners()
        self._lock = threading.Lock()
        self._awaited: dict[UUID, Future[Ended]] = {}
        self._load = Load(0, 0, 1)
        self._batch_id = uuid4()  # in the routing keys of its events: one binding for all
        self._stopping = threading.Event()
        self._client = Client(broker_url, prefix=prefix, on_event=self._on_event)
        self._thread = threading.Thread(target=self._look, name="gateway-look", daemon=True)
        self._thread.start()

    def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
        load = self._load
        if load.waiting >= self._most_waiting or load.oldest_s > self._most_age_s:
            raise Overloaded("the queue is full")
        if message.batch_id is None:
            message = message.model_copy(update={"batch_id": self._batch_id})
        with self._lock:
            self._awaited.setdefault(message.submission_id, Future())
        try:
            self._store.register(message, queue, self._client.user)
        except JudgecoreError:
            with self._lock:
                self._awaited.pop(message.submission_id, None)
            raise
        try:
            self._client.submit(message, queue=queue, timeout_s=PUBLISH_S)
        except QueueUnavailable as exc:
            log.warning("a worker publishes %s from the outbox: %s", message.submission_id, exc)

    def awaited(self, submission_id: UUID) -> Future[Ended]:
        with self._lock:
            future = self._awaited.setdefault(submission_id, Future())
        if not future.done() and self._store_has(submission_id):
            self._end([submission_id])
        return future

    def state(self, submission_id: UUID) -> State | None:
        found = self.table.state(submission_id)
        if found is None:
            return None
        verdict, at = found
        event = self._store.verdict(submission_id) if verdict.final else None
        if event is None:
            return State(verdict)
        ended = ended_now(event.result)
        return State(verdict, ended if at is None else replace(ended, at=at))

    def follow(self, submission_id: UUID, push: Callable[[Update], None]) -> Callable[[], None]:
        return self._listeners.add(submission_id, push)

    def load(self) -> Load:
        return self._load

    def check(self) -> None:
        self._store.ping()

    def close(self) -> None:
        self._stopping.set()
        self._client.close()
        self._thread.join(2 * LOOK_EVERY_S)
        self.table.close()
        self._store.close()

    def _store_has(self, submission_id: UUID) -> bool:
        return bool(self.table.ended([submission_id]))

    def _on_event(self, event: VerdictEvent | ProgressEvent) -> None:
        if isinstance(event, VerdictEvent):
            self._on_verdict(event)
            return
        tests = [quiet(test).model_dump(mode="json") for test in event.tests]
        data = {"done": event.done, "total": event.total, "tests": tests}
        self._listeners.send(event.submission_id, Update("progress", data))

    def _on_verdict(self, event: VerdictEvent) -> None:
        """In the thread of the client's connection: must be quick."""
        with self._lock:
            future = self._awaited.pop(event.submission_id, None)
        if future is not None:
            future.set_result(ended_now(event.result))

    def _look(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                waiting, judging, oldest_s = self.table.load()
                self._load = Load(waiting, judging, max(1, judging), oldest_s)
                with self._lock:
                    pending = list(self._awaited)
                if pending:
                    self._end(self.table.ended(pending))
            except InfrastructureError as exc:
                log.warning("the database cannot be asked: %s", exc)

    def _end(self, submission_ids: Iterable[UUID]) -> None:
        for submission_id in submission_ids:
            event = self._store.verdict(submission_id)
            if event is not None:
                self._on_verdict(event)


class PipelineEntries:
    """Entries and their callbacks in the database."""

    def __init__(self, table: GatewayTable) -> None:
        self._table = table

    def add(self, entries: Sequence[Entry]) -> None:
        self._table.add([_row(entry) for entry in entries])

    def get(self, token: UUID) -> Entry | None:
        row = self._table.get(token)
        return None if row is None else _entry(row)

    def remove(self, token: UUID) -> None:
        self._table.remove(token)

    def page(self, api: str, number: int, size: int) -> tuple[list[Entry], int]:
        rows, total = self._table.page(api, number, size)
        return [_entry(row) for row in rows], total

    # Callbacks ---------------------------------------------------------------------------

    def ended(self, entries: Iterable[Entry]) -> None:
        """They are due as soon as their submissions have a verdict."""

    def claim(self, most: int) -> list[Due]:
        return [Due(*row) for row in self._table.claim(most)]

    def settle(self, due: Due, again_s: float | None) -> None:
        self._table.settle(due.token, again_s)


def _row(entry: Entry) -> EntryRow:
    return EntryRow(
        token=entry.token,
        submission_id=entry.submission_id,
        api=entry.api,
        first=entry.first,
        tests=entry.tests,
        request={name: _to_json(value) for name, value in entry.request.items()},
        created_at=entry.created_at,
        callback=bool(entry.request.get("callback_url")),
    )


def _entry(row: EntryRow) -> Entry:
    return Entry(
        token=row.token,
        submission_id=row.submission_id,
        api=row.api,
        request={name: _from_json(value) for name, value in row.request.items()},
        first=row.first,
        tests=row.tests,
        created_at=row.created_at,
    )


def _to_json(value: Any) -> Any:
    return {_BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {_BYTES}:
        return base64.b64decode(value[_BYTES])
    return value

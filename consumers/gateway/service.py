"""What every API needs: taking submissions, and finding them again."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from consumers.gateway.backends import Backend, Ended, State
from consumers.gateway.entries import Entries, Entry
from consumers.gateway.latencies import INTERACTIVE, Latencies
from consumers.gateway.live import LiveRuns
from consumers.gateway.offered import Offered
from consumers.gateway.quotas import Quotas
from consumers.messages import SubmissionMessage
from judgecore.validation import invalid


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission that was accepted, with the entries that are parts of it."""

    message: SubmissionMessage
    entries: tuple[Entry, ...] = ()


class Service:
    """Takes submissions to the backend and keeps their entries. Thread-safe.

    `quotas`: how much one client may have waiting. `live` runs programs that are fed while they
    run; None: nothing can do that here. `on_ended` is called, in any thread, with the
    entries that have a `callback_url` once their submission has ended.
    """

    def __init__(
        self,
        backend: Backend,
        entries: Entries,
        offered: Offered,
        quotas: Quotas | None = None,
        live: LiveRuns | None = None,
    ) -> None:
        self.backend = backend
        self.entries = entries
        self.offered = offered
        self.on_ended: Callable[[Sequence[Entry]], None] | None = None
        self._quotas = quotas or Quotas()
        self.live = live
        self.closing: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._verdicts: Counter[str] = Counter()
        self._seconds: deque[float] = deque(maxlen=1000)
        self.latencies = Latencies()

    def take(self, taken: Sequence[Taken], client: str = "", *, waits: bool = False) -> None:
        """Accept a client's submissions; when it raises, no entry of them is kept.

        `waits`: the client's request waits for the result. Raises `UsageError`, `Overloaded` or
        `InfrastructureError`.
        """
        for one in taken:
            self.offered.check(one.message)
        queue = self._quotas.begin(client, len(taken))
        done = 0
        try:
            for one in taken:
                self.backend.submit(one.message, queue)
                self._watch(one, client, INTERACTIVE if waits else queue)
                done += 1
            # After their submissions, and before anybody is told a token.
            if entries := [entry for one in taken for entry in one.entries]:
                self.entries.add(entries)
        finally:
            self._quotas.end(client, len(taken) - done)
        for one in taken:
            self._call_back(one)

    def judge(self, message: SubmissionMessage, client: str = "") -> Future[Ended]:
        """Accept a submission without an entry; the future is done with its result."""
        self.take([Taken(message)], client, waits=True)
        return self.backend.awaited(message.submission_id)

    @contextmanager
    def counted(self, message: SubmissionMessage, client: str) -> Iterator[None]:
        """Count a program that does not go through the backend among what its client has there.

        Raises as `take`.
        """
        self.offered.check(message)
        self._quotas.begin(client, 1)
        try:
            yield
        finally:
            self._quotas.end(client)

    def find(self, token: UUID) -> tuple[Entry, State] | None:
        """An entry with how far it is; None: there is none, or not any more."""
        entry = self.entries.get(token)
        state = None if entry is None else self.backend.state(entry.submission_id)
        return None if entry is None or state is None else (entry, state)

    def verdicts(self) -> list[tuple[str, int]]:
        """How many submissions ended with which verdict."""
        with self._lock:
            return sorted(self._verdicts.items())

    def durations(self, quantiles: Sequence[float]) -> list[tuple[float, float]]:
        """Seconds from acceptance to the verdict, of the last ones, by quantile."""
        with self._lock:
            found = sorted(self._seconds)
        return [(q, found[min(int(q * len(found)), len(found) - 1)]) for q in quantiles if found]

    def close(self) -> None:
        """Take nothing more, and close everything."""
        for close in (*self.closing, self.backend.close):
            close()

    def _watch(self, taken: Taken, client: str, group: str) -> None:
        begun = time.monotonic()

        def ended(future: Future[Ended]) -> None:
            self._quotas.end(client)
            with self._lock:
                self._verdicts[str(future.result().result.verdict)] += 1
                self._seconds.append(time.monotonic() - begun)
            self.latencies.add(group, time.monotonic() - begun)

        self.backend.awaited(taken.message.submission_id).add_done_callback(ended)

    def _call_back(self, taken: Taken) -> None:
        notify = self.on_ended
        waiting = [entry for entry in taken.entries if entry.request.get("callback_url")]
        if notify is not None and waiting:
            future = self.backend.awaited(taken.message.submission_id)
            future.add_done_callback(lambda _: notify(waiting))


def made_message(**fields: Any) -> SubmissionMessage:
    """A submission with these fields, or `InvalidSubmission` that names those at fault."""
    try:
        return SubmissionMessage.model_validate(fields)
    except ValidationError as exc:
        raise invalid(exc) from None


def new_id() -> UUID:
    """An id, or token, that nobody can guess."""
    return uuid.uuid4()


def token_for_key(api: str, key: str, tokens: Sequence[str]) -> UUID:
    """The token of an idempotency key: the same for the same client, on every gateway."""
    said = "\0".join((api, key, *tokens)).encode(errors="replace")
    return UUID(bytes=hashlib.sha256(said).digest()[:16], version=4)


def token_of(text: str) -> UUID | None:
    """The token that a text is; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

"""Callbacks: results sent to addresses that clients named, until the receiver accepts them.

A callback is kept where its entry is, and as long. After `MOST_TRIES` it is given up.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from consumers.gateway import addresses
from consumers.gateway.entries import Entry
from judgecore.errors import InfrastructureError

log = logging.getLogger(__name__)

MOST_TRIES = 8
TIMEOUT_S = 5.0
LOOK_EVERY_S = 1.0
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 600.0
SIGNATURE = "X-Judgecore-Signature"
_AT_ONCE = 20
_MOST_URL = 2_000  # characters
_THREADS = 8  # so that all that are claimed are tried within the minute that they are claimed for


@dataclass(frozen=True, slots=True)
class Due:
    """A callback to send now. `tries`: how often it was tried before."""

    token: UUID
    url: str
    tries: int = 0


class CallbackQueue(Protocol):
    """Which callbacks are to be sent. Thread-safe. Raises `StoreUnavailable` in an outage."""

    def ended(self, entries: Iterable[Entry]) -> None:
        """The submissions of these have ended: their callbacks are due."""

    def claim(self, most: int) -> list[Due]:
        """Callbacks that are due; for a minute nobody else is given them."""

    def settle(self, due: Due, again_s: float | None) -> None:
        """Note a try. `again_s`: the pause until the next one; None: there is none."""


class MemoryCallbacks:
    """Callbacks in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: dict[UUID, tuple[float, Due]] = {}

    def ended(self, entries: Iterable[Entry]) -> None:
        with self._lock:
            for entry in entries:
                due = Due(entry.token, str(entry.request["callback_url"]))
                self._due[entry.token] = time.monotonic(), due

    def claim(self, most: int) -> list[Due]:
        now = time.monotonic()
        with self._lock:
            found = [due for at, due in self._due.values() if at <= now][:most]
            for due in found:
                self._due[due.token] = now + 60, due
        return found

    def settle(self, due: Due, again_s: float | None) -> None:
        with self._lock:
            if again_s is None:
                self._due.pop(due.token, None)
            else:
                later = Due(due.token, due.url, due.tries + 1)
                self._due[due.token] = time.monotonic() + again_s, later


class CallbackSender:
    """Sends callbacks, in threads of its own: a slow server keeps those of others little.

    `body_of` makes the body of a token's callback; None: its entry is gone. `secret` signs it:
    the header `X-Judgecore-Signature` is `sha256=` and the HMAC of the body, in hexadecimal.
    `private`: addresses that are not on the public internet are allowed.
    """

    def __init__(
        self,
        callbacks: CallbackQueue,
        body_of: Callable[[UUID], Any],
        *,
        secret: str = "",
        private: bool = False,
    ) -> None:
        self._callbacks = callbacks
        self._body_of = body_of
        self._secret = secret
        self._private = private
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="callbacks", daemon=True)
        self._thread.start()

    def ended(self, entries: Iterable[Entry]) -> None:
        """Send the callbacks of these entries, whose submissions have ended."""
        self._callbacks.ended(entries)
        self._wake.set()

    def close(self) -> None:
        """Send no more; wait for what is being sent."""
        self._stopping = True
        self._wake.set()
        self._thread.join(2 * TIMEOUT_S)

    def _run(self) -> None:
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="callback") as threads:
            while not self._stopping:
                found = self._claimed()
                list(threads.map(self._send, found))
                if not found:
                    self._wake.wait(LOOK_EVERY_S)
                    self._wake.clear()

    def _claimed(self) -> list[Due]:
        try:
            return self._callbacks.claim(_AT_ONCE)
        except InfrastructureError as exc:
            log.warning("callbacks wait: %s", exc)
            return []

    def _send(self, due: Due) -> None:
        if self._stopping:
            return
        try:
            taken = self._put(due)
            again_s = None if taken or due.tries + 1 >= MOST_TRIES else pause_s(due.tries)
            self._callbacks.settle(due, again_s)
        except InfrastructureError as exc:
            log.warning("the callback of %s is sent again later: %s", due.token, exc)
        except Exception:
            log.exception("the callback of %s failed", due.token)
            with suppress(InfrastructureError):  # it is tried again, then; this thread has to live
                self._callbacks.settle(due, None)

    def _put(self, due: Due) -> bool:
        """Send it; whether no other try is needed."""
        said = self._body_of(due.token)
        if said is None:
            return True
        body = json.dumps(said).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "judgecore"}
        if self._secret:
            headers[SIGNATURE] = f"sha256={signature(self._secret, body)}"
        try:
            status = addresses.put(due.url, body, headers, TIMEOUT_S, private=self._private)
        except addresses.Forbidden as exc:
            log.warning("the callback of %s is not sent: %s", due.token, exc)
            return True
        except (OSError, ValueError, http.client.HTTPException) as exc:
            log.info("the callback of %s failed, try %d: %s", due.token, due.tries + 1, exc)
            return False
        return status != 429 and status < 500


def is_callback(url: str) -> bool:
    """Whether it looks like an address for callbacks; where it leads is seen when it is used."""
    return url.startswith(("http://", "https://")) and len(url) <= _MOST_URL


def pause_s(tries: int) -> float:
    """How long to wait after so many failed tries before this one."""
    return min(FIRST_PAUSE_S * 4.0**tries, LONGEST_PAUSE_S)


def signature(secret: str, body: bytes) -> str:
    """The HMAC-SHA256 of a body, in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

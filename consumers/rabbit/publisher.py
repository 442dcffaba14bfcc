"""A publisher's connection to the broker: publishes with confirms, and receives what comes back.

A thread of its own serves the connection (`async_connection.py`); other threads hand it actions,
which it does in order. After an outage unconfirmed messages are sent again on the next connection
(their ids make that harmless). The reply queue outlives the connection: it is durable, and the
broker deletes it only when nobody has consumed for `REPLY_QUEUE_EXPIRES_S`. Should it be gone all
the same, `on_gap` is called: events have been missed, or may have been.

It subscribes by binding patterns, one binding each. Beyond `MOST_BINDINGS` of them, one binding for
everything is cheaper for the broker, and stays until the connection is closed; unless this user
may not bind so. It binds all of them again every few seconds: an exchange that was deleted takes
the bindings along, and the broker tells nobody.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from consumers.events import reply_key
from consumers.rabbit.async_connection import AsyncConnection, Incoming, Publication
from consumers.rabbit.driver import Nodes, may_come_up, refuses_tls, user_of
from consumers.rabbit.topology import (
    Topology,
    declare_all,
    declare_replies,
    delete_replies,
    is_declared,
)
from judgecore.errors import QueueUnavailable

log = logging.getLogger(__name__)

REPLY_QUEUE_EXPIRES_S = 600
MOST_BINDINGS = 100
# Much shorter than workers keep what they could not publish to an exchange that was gone.
BIND_AGAIN_S = 2.0
_CLOSE_S = 5.0
_PAUSE_S = 0.2


class PublisherConnection:
    """Publishes and receives, from any thread, across reconnections.

    `on_incoming` is called in the thread of the connection and must be quick; without it there is
    no reply queue. So is `on_gap`, after a connection was lost: with True when what came meanwhile
    is lost, with False when nearly everything of it will still come. `on_sent` is called with the
    id of each message that is sent, or sent again after an outage, once what it causes is received.

    Raises `QueueUnavailable` when the broker cannot be reached at first. `user` is whose the
    submissions are; None: the broker knows this user by another name than the URL.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        on_incoming: Callable[[Incoming], None] | None = None,
        on_gap: Callable[[bool], None] = lambda _: None,
        on_sent: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._nodes = Nodes(url)
        self._topology = topology
        self._on_incoming = on_incoming or (lambda _: None)
        self._on_gap = on_gap
        self._on_sent = on_sent
        self._replies = None if on_incoming is None else self._new_name()
        self._token = uuid.uuid4().hex
        self.user: str | None = user_of(self._nodes.first)
        self._lock = threading.Lock()
        self._actions: deque[Callable[[AsyncConnection], None] | Publication] = deque()
        self._current: AsyncConnection | None = None
        self._fatal: QueueUnavailable | None = None
        self._closing = threading.Event()
        # Only the thread touches these.
        self._again: list[Publication] = []
        self._followed: dict[str, None] = {}
        self._bound: set[str] = set()
        self._binds_all = False
        self._may_bind_all = True
        self._connections = 0
        declare_all(url, topology)
        self._declare_replies()
        self._thread = threading.Thread(target=self._own, name="publisher", daemon=True)
        self._thread.start()

    def publish(
        self, body: bytes, message_id: str, queue: str, traceparent: str | None = None
    ) -> Publication:
        """Publish a submission; see what is returned for when it is out."""
        publication = Publication(body, message_id, queue, traceparent)
        self._do(publication)
        return publication

    @property
    def reply_key(self) -> str:
        """The last word of the routing keys of refusals of what was published here."""
        return reply_key(self._token)

    def follow(self, pattern: str) -> None:
        """Receive what matches; nothing that a later `publish` causes is missed."""
        self._do(lambda connection: self._follow(connection, pattern))

    def unfollow(self, pattern: str) -> None:
        """Receive it no longer."""
        with suppress(QueueUnavailable):
            self._do(lambda connection: self._unfollow(connection, pattern))

    def check(self) -> None:
        """Raise `QueueUnavailable` when nothing will ever be received again."""
        with self._lock:
            self._check()

    def close(self) -> None:
        """Disconnect, and delete the reply queue."""
        if not self._closing.is_set():
            self._closing.set()
            with self._lock:
                if self._current is not None:
                    self._current.wake(self._current.hang_up)
        self._thread.join(_CLOSE_S)

    def _check(self) -> None:
        if self._fatal is not None:
            raise self._fatal
        if not self._thread.is_alive():
            raise QueueUnavailable(
                "this client was made before the process forked: make one in each process"
            )

    def _do(self, action: Callable[[AsyncConnection], None] | Publication) -> None:
        with self._lock:
            self._check()
            if self._closing.is_set():
                raise QueueUnavailable("the client was closed")
            self._actions.append(action)
            if self._current is not None:
                self._current.wake(self._drain)

    # The thread: connecting ------------------------------------------------------------------

    def _own(self) -> None:
        why = QueueUnavailable("the client was closed")
        try:
            self._serve()
        except QueueUnavailable as exc:
            why = exc
        except Exception as exc:
            log.exception("the thread of the publisher connection failed")
            why = QueueUnavailable(f"the thread of the publisher connection failed: {exc}")
        finally:
            self._give_up(why)
            if self._replies is not None:  # closed during an outage; if that lasts, it expires
                with suppress(QueueUnavailable):
                    delete_replies(self._nodes.url, self._replies)

    def _serve(self) -> None:
        while not self._closing.is_set():
            connection = AsyncConnection(
                self._nodes.first,
                self._topology,
                self._replies,
                self._token,
                self.user,
                self._on_ready,
                self._on_incoming,
            )
            reason = connection.serve()
            if connection.refused_user:
                self.user = None
            if connection.refused and self._binds_all:
                self._binds_all = self._may_bind_all = False
            with self._lock:
                self._current = None
            self._again = [*connection.unconfirmed(), *self._again]
            if not self._closing.is_set():
                log.warning("lost the connection to the broker, connecting again: %s", reason)
                self._nodes.skip()
                self._sleep(_PAUSE_S)
                self._prepare_again(connection.recent(), was_away=connection.missed_exchange)
            elif connection.left_no_replies:
                self._replies = None

    def _prepare_again(self, recent: list[Publication], *, was_away: bool) -> None:
        """Connect, and publish again what was confirmed last, where the broker was away.

        A broker that was killed, or whose exchange was deleted, may have lost a binding: verdicts
        on these submissions may have been sent without it. Submitted again, their verdicts are
        published again.
        """
        retrying = Retrying(
            retry=retry_if_exception(_may_come_up),
            stop=lambda _: self._closing.is_set(),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            sleep=self._sleep,
            before_sleep=_warn,
            reraise=True,
        )
        retrying(self._make_sure)
        if was_away or retrying.statistics["attempt_number"] > 1:  # not just the connection
            self._again += [publication.copy() for publication in recent]

    def _make_sure(self) -> None:
        """Declare what is missing; a reply queue that is may have held something.

        One that went with its node cannot be declared again under its name until that is back.
        """
        declare_all(self._nodes.url, self._topology)
        if self._replies is not None and not is_declared(self._nodes.url, self._replies):
            self._replies = self._new_name()
            self._declare_replies()
            self._on_gap(True)

    def _new_name(self) -> str:
        return self._topology.replies(user_of(self._nodes.first), uuid.uuid4().hex)

    def _declare_replies(self) -> None:
        if self._replies is not None:
            declare_replies(
                self._nodes.url,
                self._replies,
                REPLY_QUEUE_EXPIRES_S,
                replicated=self._nodes.are_several,
            )

    def _sleep(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _on_ready(self, connection: AsyncConnection) -> None:
        # Anew each time: a broker that is killed may never have got, or kept, the last of them.
        self._bound.clear()
        if self._binds_all:
            connection.bind("#")
        for pattern in self._followed:
            self._bind(connection, pattern)
        if self._connections > 0:
            self._on_gap(False)
        self._connections += 1
        connection.repeat(BIND_AGAIN_S, partial(self._bind_again, connection))
        again, self._again = self._again, []
        for publication in again:
            self._publish(connection, publication)
        with self._lock:
            self._current = connection
            if self._closing.is_set():
                connection.hang_up()
        self._drain()

    def _give_up(self, why: QueueUnavailable) -> None:
        with self._lock:
            self._fatal = why
            left = [action for action in self._actions if isinstance(action, Publication)]
            self._actions.clear()
        for publication in (*self._again, *left):
            publication.done.set_exception(why)
        self._on_gap(True)

    # The thread: doing -----------------------------------------------------------------------

    def _drain(self) -> None:
        while (connection := self._current) is not None and not connection.busy:
            with self._lock:
                if not self._actions:
                    return
                action = self._actions.popleft()
            if isinstance(action, Publication):
                self._publish(connection, action)
            else:
                action(connection)

    def _publish(self, connection: AsyncConnection, publication: Publication) -> None:
        if publication.given_up:
            return
        if not connection.publish(publication):
            self._again.append(publication)
        elif not publication.is_copy:  # nobody would learn that a copy was refused
            self._on_sent(publication.message_id)

    def _follow(self, connection: AsyncConnection, pattern: str) -> None:
        self._followed[pattern] = None
        self._bind(connection, pattern)

    def _bind(self, connection: AsyncConnection, pattern: str) -> None:
        if self._binds_all or pattern in self._bound:
            return
        self._binds_all = self._may_bind_all and len(self._bound) >= MOST_BINDINGS
        self._bound.add(pattern)
        connection.bind("#" if self._binds_all else pattern)

    def _bind_again(self, connection: AsyncConnection) -> None:
        if not connection.busy:
            for pattern in ("#",) if self._binds_all else tuple(self._bound):
                connection.bind(pattern)

    def _unfollow(self, connection: AsyncConnection, pattern: str) -> None:
        self._followed.pop(pattern, None)
        if pattern in self._bound and not self._binds_all:
            self._bound.discard(pattern)
            connection.unbind(pattern, self._drain)


def _may_come_up(exc: BaseException) -> bool:
    cause = exc.__cause__  # a certificate that has expired since is renewed, sooner or later
    return cause is not None and (may_come_up(cause) or refuses_tls(cause))


def _warn(state: RetryCallState) -> None:
    log.warning("waiting for the broker: %s", state.outcome and state.outcome.exception())

"""A publisher's end of the broker: sends with confirms, and hears what comes back.

A thread of its own serves the connection (`link.py`); everybody else asks it for things, which it
does in order. What an outage does to it: unconfirmed messages are sent again on the next
connection (their ids make that harmless). The reply queue outlives the connection: it is durable,
and the broker drops it only when nobody has listened for `REPLY_QUEUE_EXPIRES_S`. Should it be
gone all the same, `on_missed` is called: events have been missed, or may have been.

What it hears of is said by patterns, each a binding of its own; beyond `MOST_BINDINGS` of them,
one for everything is cheaper for the broker, and stays for the rest of the mailbox's life.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from tenacity import Retrying, retry_if_exception, wait_random_exponential

from consumers.rabbit.link import Heard, Link, Publication
from consumers.rabbit.seam import may_come_up
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
_CLOSE_S = 5.0
_PAUSE_S = 0.2


class Mailbox:
    """Publishes and hears, from any thread, across reconnections.

    `on_heard` is called in the mailbox's own thread and must be quick; without it there is no
    reply queue. `on_missed` likewise, after a connection was lost: with True when what came
    meanwhile is gone, with False when nearly everything of it will still come.

    Raises `QueueUnavailable` when the broker cannot be reached at first.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        on_heard: Callable[[Heard], None] | None = None,
        on_missed: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._url = url
        self._topology = topology
        self._on_heard = on_heard or (lambda _: None)
        self._on_missed = on_missed
        self._replies = None if on_heard is None else topology.queue(f"replies.{uuid.uuid4().hex}")
        self._lock = threading.Lock()
        self._actions: deque[Callable[[Link], None] | Publication] = deque()
        self._link: Link | None = None
        self._fatal: QueueUnavailable | None = None
        self._closing = threading.Event()
        # Only the thread touches these.
        self._again: list[Publication] = []
        self._followed: dict[str, None] = {}
        self._bound: set[str] = set()
        self._hears_all = False
        self._connections = 0
        declare_all(url, topology)
        self._declare_replies()
        self._thread = threading.Thread(target=self._own, name="mailbox", daemon=True)
        self._thread.start()

    def publish(
        self, body: bytes, message_id: str, queue: str, traceparent: str | None = None
    ) -> Publication:
        """Publish a submission; see what is returned for when it is out."""
        publication = Publication(body, message_id, queue, traceparent)
        self._do(publication)
        return publication

    def follow(self, pattern: str) -> None:
        """Hear of what fits; nothing that comes of a later `publication` is missed."""
        self._do(lambda link: self._follow(link, pattern))

    def unfollow(self, pattern: str) -> None:
        """Hear no more of it."""
        with suppress(QueueUnavailable):
            self._do(lambda link: self._unfollow(link, pattern))

    def check(self) -> None:
        """Raise `QueueUnavailable` when nothing will ever be heard again."""
        with self._lock:
            self._check()

    def close(self) -> None:
        """Disconnect, and take the reply queue away."""
        if not self._closing.is_set():
            self._closing.set()
            with self._lock:
                if self._link is not None:
                    self._link.wake(self._link.hang_up)
        self._thread.join(_CLOSE_S)

    def _check(self) -> None:
        if self._fatal is not None:
            raise self._fatal
        if not self._thread.is_alive():
            raise QueueUnavailable("the client has no thread: make it after a fork, not before")

    def _do(self, action: Callable[[Link], None] | Publication) -> None:
        with self._lock:
            self._check()
            if self._closing.is_set():
                raise QueueUnavailable("the client was closed")
            self._actions.append(action)
            if self._link is not None:
                self._link.wake(self._drain)

    # The thread: connecting ------------------------------------------------------------------

    def _own(self) -> None:
        why = QueueUnavailable("the client was closed")
        try:
            self._serve()
        except QueueUnavailable as exc:
            why = exc
        except Exception as exc:
            log.exception("the thread of the mailbox died")
            why = QueueUnavailable(f"the thread of the mailbox died: {exc}")
        finally:
            self._give_up(why)
            if self._replies is not None:  # closed during an outage; if that lasts, it expires
                with suppress(QueueUnavailable):
                    delete_replies(self._url, self._replies)

    def _serve(self) -> None:
        while not self._closing.is_set():
            link = Link(self._url, self._topology, self._replies, self._on_ready, self._on_heard)
            reason = link.serve()
            with self._lock:
                self._link = None
            self._again = [*link.unconfirmed(), *self._again]
            if not self._closing.is_set():
                log.warning("lost the broker: %s", reason)
                self._nap(_PAUSE_S)
                self._prepare_again(link.recent())
            elif link.left_no_replies:
                self._replies = None

    def _prepare_again(self, recent: list[Publication]) -> None:
        """Connect, and publish again what was confirmed last, where the broker was away.

        A broker that was killed may have lost a binding: verdicts on these submissions may have
        been sent without it. Submitted again, their verdicts are published again.
        """
        retrying = Retrying(
            retry=retry_if_exception(_may_come_up),
            stop=lambda _: self._closing.is_set(),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            sleep=self._nap,
            reraise=True,
        )
        retrying(self._make_sure)
        if retrying.statistics["attempt_number"] > 1:  # it was away, and not just the connection
            self._again += [publication.copy() for publication in recent]

    def _make_sure(self) -> None:
        """Declare what is missing; a reply queue that is may have held something."""
        declare_all(self._url, self._topology)
        if self._replies is not None and not is_declared(self._url, self._replies):
            self._declare_replies()
            self._on_missed(True)

    def _declare_replies(self) -> None:
        if self._replies is not None:
            declare_replies(self._url, self._topology, self._replies, REPLY_QUEUE_EXPIRES_S)

    def _nap(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _on_ready(self, link: Link) -> None:
        # Anew each time: a broker that is killed may never have got, or kept, the last of them.
        self._bound.clear()
        if self._hears_all:
            link.bind("#")
        for pattern in self._followed:
            self._bind(link, pattern)
        if self._connections > 0:
            self._on_missed(False)
        self._connections += 1
        again, self._again = self._again, []
        for publication in again:
            self._publish(link, publication)
        with self._lock:
            self._link = link
            if self._closing.is_set():
                link.hang_up()
        self._drain()

    def _give_up(self, why: QueueUnavailable) -> None:
        with self._lock:
            self._fatal = why
            left = [action for action in self._actions if isinstance(action, Publication)]
            self._actions.clear()
        for publication in (*self._again, *left):
            publication.done.set_exception(why)
        self._on_missed(True)

    # The thread: doing -----------------------------------------------------------------------

    def _drain(self) -> None:
        while (link := self._link) is not None and not link.busy:
            with self._lock:
                if not self._actions:
                    return
                action = self._actions.popleft()
            if isinstance(action, Publication):
                self._publish(link, action)
            else:
                action(link)

    def _publish(self, link: Link, publication: Publication) -> None:
        if not publication.given_up and not link.publish(publication):
            self._again.append(publication)

    def _follow(self, link: Link, pattern: str) -> None:
        self._followed[pattern] = None
        self._bind(link, pattern)

    def _bind(self, link: Link, pattern: str) -> None:
        if self._hears_all or pattern in self._bound:
            return
        self._hears_all = len(self._bound) >= MOST_BINDINGS
        self._bound.add(pattern)
        link.bind("#" if self._hears_all else pattern)

    def _unfollow(self, link: Link, pattern: str) -> None:
        self._followed.pop(pattern, None)
        if pattern in self._bound and not self._hears_all:
            self._bound.discard(pattern)
            link.unbind(pattern, self._drain)


def _may_come_up(exc: BaseException) -> bool:
    return exc.__cause__ is not None and may_come_up(exc.__cause__)

"""Websockets: each is a conversation with an API, in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.websockets import WebSocket

from consumers.gateway.exchange import Left, Request, SocketRoute

log = logging.getLogger(__name__)

MOST_SOCKETS = 64
MOST_OF_ONE = 32  # of one client
SEND_S = 10.0  # for a client that reads slowly
_FAILED = 1011


class Sockets:
    """Runs conversations: `MOST_SOCKETS` at most, `MOST_OF_ONE` of them of one client."""

    def __init__(self) -> None:
        self._threads = CapacityLimiter(MOST_SOCKETS)
        self._of: Counter[str] = Counter()

    def are_full_for(self, client: str) -> bool:
        """Whether there is room for none more of this client."""
        return self._of.total() >= MOST_SOCKETS or self._of[client] >= MOST_OF_ONE

    async def converse(self, web: WebSocket, route: SocketRoute, request: Request) -> None:
        """Accept a connection and talk until either side ends it."""
        self._of[request.client] += 1
        try:
            await web.accept()
            talk = _Talk(web, asyncio.get_running_loop())
            await talk.first(route.first_s)
            await to_thread.run_sync(_talked, route, request, talk, limiter=self._threads)
            if not talk.closed:
                with suppress(Exception):  # the client may be gone by now
                    await web.close(_FAILED)
        finally:
            self._of[request.client] -= 1
            self._of += Counter()  # forgets those that have none


def _talked(route: SocketRoute, request: Request, talk: _Talk) -> None:
    try:
        route.handle(request, talk)
    except Left:
        talk.closed = True
    except Exception:
        log.exception("a websocket of %s failed", request.path)
    finally:
        talk.end()


class _Talk:
    """One websocket, for a thread: the loop does what it asks for.

    One message is read ahead, so that it is known when the client leaves; the next one stays where
    it is until that one is taken.
    """

    def __init__(self, web: WebSocket, loop: asyncio.AbstractEventLoop) -> None:
        self._web = web
        self._loop = loop
        self._on_left: Callable[[], None] | None = None
        self.closed = False
        self._next = self._ahead()

    async def first(self, timeout_s: float) -> None:
        """Wait for the first message."""
        await asyncio.wait({asyncio.wrap_future(self._next)}, timeout=timeout_s)

    def receive(self, timeout_s: float) -> str | bytes | None:
        try:
            message = self._next.result(timeout_s)
        except TimeoutError:
            return None
        if message["type"] == "websocket.disconnect":
            raise Left
        self._next = self._ahead()
        said: str | bytes = message.get("text") or message.get("bytes") or ""
        return said

    def send(self, message: Mapping[str, Any]) -> None:
        self._done(self._web.send_text(json.dumps(message)))

    def close(self, code: int) -> None:
        self.closed = True
        self._done(self._web.close(code))

    def when_left(self, act: Callable[[], None]) -> None:
        self._on_left = act
        self._next.add_done_callback(self._look)

    def end(self) -> None:
        """Read nothing more."""
        self._on_left = None
        self._next.cancel()

    def _ahead(self) -> Future[Any]:
        future = asyncio.run_coroutine_threadsafe(self._web.receive(), self._loop)
        future.add_done_callback(self._look)
        return future

    def _look(self, future: Future[Any]) -> None:
        act = self._on_left
        if act is None or future.cancelled():
            return
        if future.exception() is not None or future.result()["type"] == "websocket.disconnect":
            act()

    def _done(self, work: Coroutine[Any, Any, None]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            future.result(SEND_S)
        except Exception as exc:  # it is gone, in one of the framework's ways, or reads nothing
            future.cancel()
            raise Left from exc

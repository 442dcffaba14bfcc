"""The server: what listens, how many connections there may be, and how long a slow one is kept.

Only this module imports uvicorn.
"""

from __future__ import annotations

import asyncio
import resource
import signal
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from consumers.gateway.config import GatewayConfig
from judgecore import __version__

HEAD_S = 30.0  # for the head of a request
READER_S = 60.0  # for a client that reads nothing
PAUSE_S = 5  # between two requests on a connection
MOST_CONNECTIONS = 8_000
MOST_HEAD_BYTES = 64 << 10
_STOP_S = 5
_OTHER_FILES = 100  # that are open beside connections: those of a pipeline, of slots, of callbacks
_QUEUED_MESSAGES = 4  # of a websocket


def serve(app: Any, config: GatewayConfig) -> None:
    """Serve until SIGTERM or SIGINT."""
    # The server raises the signal once more when it has ended, and this process ends by itself.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server(app, config).run()


def server(app: Any, config: GatewayConfig) -> uvicorn.Server:
    """The server of an application, not yet running."""
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[("Server", f"judgecore/{__version__}")],
        timeout_keep_alive=PAUSE_S,
        timeout_graceful_shutdown=_STOP_S,
        backlog=2048,
        limit_concurrency=most_connections(),
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        ws_max_size=config.body_bytes,
        ws_max_queue=_QUEUED_MESSAGES,
        ws_per_message_deflate=False,  # a few bytes would become the largest message
    )
    return uvicorn.Server(settings)


def most_connections() -> int:
    """How many connections there may be: beyond them requests get the status 503.

    A process without a file descriptor left could not even say that, so as many are allowed as the
    system allows at all, and some are left for the rest.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_CONNECTIONS + _OTHER_FILES
    wanted = most if hard == resource.RLIM_INFINITY else min(hard, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, soft - _OTHER_FILES)


class PatientProtocol(H11Protocol):
    """Closes connections whose clients send no whole head of a request, or read no answer.

    The pauses between requests, and bodies, have limits of their own.
    """

    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_S, self._close)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_request:
            self._forget_late()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_S, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_late()
        self._forget_stuck()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(READER_S, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_stuck()

    @property
    def _in_request(self) -> bool:
        is_ours = self.transport.get_protocol() is self  # else a websocket has taken over
        return not is_ours or (self.cycle is not None and not self.cycle.response_complete)

    def _close(self) -> None:
        self._late = None
        if not self._in_request:
            self.transport.close()

    def _forget_late(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _forget_stuck(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None


__all__ = ["most_connections", "serve", "server"]

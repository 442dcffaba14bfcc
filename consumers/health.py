"""A tiny HTTP port: `/live`, `/ready` and `/metrics`.

Live: the worker's threads run; restart it when they don't. Ready: it is connected, its database
answered lately, and it is not stopping. Both say why not.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from judgecore.errors import StoreUnavailable

log = logging.getLogger(__name__)


class _Store(Protocol):
    def ping(self) -> None: ...


class _Broker(Protocol):
    @property
    def connected(self) -> bool: ...


class _Worker(Protocol):
    def dead_threads(self) -> list[str]: ...

    def stopping(self) -> bool: ...

    def trouble(self) -> str: ...


class Readiness:
    """What is wrong with a worker; its parts are set as they come up."""

    def __init__(self) -> None:
        self.worker: _Worker | None = None
        self.broker: _Broker | None = None
        self.store: _Store | None = None

    def live(self) -> list[str]:
        """Threads that died. Waiting for the broker or the database is life, too."""
        dead = [] if self.worker is None else self.worker.dead_threads()
        return [f"thread {name} has died" for name in dead]

    def ready(self) -> list[str]:
        """Why it takes no submissions."""
        if self.worker is None or self.broker is None or self.store is None:
            return ["still starting: waiting for the database, the engine or the broker"]
        wrong = self.live()
        if self.worker.stopping():
            wrong.append("stopping")
        if trouble := self.worker.trouble():
            wrong.append(trouble)
        if not self.broker.connected:
            wrong.append("not connected to the broker")
        try:
            self.store.ping()
        except StoreUnavailable as exc:
            wrong.append(str(exc))
        return wrong


Check = Callable[[], list[str]]
FRESH_S = 1.0
_STOP_WITHIN_S = 0.1


class Remembered:
    """A check that is made once a second at most, by one thread: the others take its answer.

    However many ask at once, the database is asked on one connection.
    """

    def __init__(self, check: Check, fresh_s: float = FRESH_S) -> None:
        self._check = check
        self._fresh_s = fresh_s
        self._lock = threading.Lock()
        self._answer: list[str] = []
        self._until = -math.inf

    def __call__(self) -> list[str]:
        """What is wrong, or was a moment ago."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._answer = self._check()
                self._until = time.monotonic() + self._fresh_s
            return self._answer


_TEXT = "text/plain; charset=utf-8"
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # five would refuse a burst of probes


def _handler(
    live: Check, ready: Check, metrics: Callable[[], bytes]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # a connection that says nothing must not hold a thread for ever

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, metrics(), _PROMETHEUS)
            elif self.path in ("/live", "/ready"):
                wrong = (live if self.path == "/live" else ready)()
                body = "\n".join(wrong) or "ok"
                self._answer(503 if wrong else 200, f"{body}\n".encode(), _TEXT)
            else:
                self._answer(404, b"/live, /ready or /metrics\n", _TEXT)

        do_HEAD = do_GET

        def _answer(self, code: int, body: bytes, kind: str) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            log.debug(format, *args)

    return Handler


class HealthPort:
    """Serves from its making until `close`. A check returns what is wrong: nothing when empty.

    `host` is the address to listen on: by default only this machine can ask. Raises `OSError` when
    the port is taken. Port 0 takes any; `port` says which.
    """

    def __init__(
        self,
        port: int,
        *,
        live: Check,
        ready: Check,
        metrics: Callable[[], bytes],
        host: str = "127.0.0.1",
    ) -> None:
        self._server = _Server((host, port), _handler(live, Remembered(ready), metrics))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_WITHIN_S,), name="health", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

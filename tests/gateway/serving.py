"""A gateway that listens, and a client that says no more than HTTP needs."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from consumers.gateway.api import Api
from consumers.gateway.backends import Backend, FakeBackend
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import MemoryEntries
from consumers.gateway.offered import Offered
from consumers.gateway.service import Service
from consumers.gateway.starting import apis
from consumers.gateway.web.app import make_app
from consumers.gateway.web.server import server
from judgecore.languages import Registry

SLOT_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; `data`: the body as JSON, None where it is none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Http:
    """Asks one server; a connection for each request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def ask(
        self,
        method: str,
        path: str,
        data: object = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; `data` as JSON."""
        sent = json.dumps(data).encode() if data is not None else body
        kind = {"Content-Type": "application/json"} if data is not None else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, sent, {**kind, **(headers or {})})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())
        finally:
            connection.close()


def service_of(backend: Backend) -> Service:
    """A service before a backend, in all languages."""
    return Service(backend, MemoryEntries(), Offered(Registry(), SLOT_BYTES))


@contextmanager
def serving(
    service: Service, config: GatewayConfig, speaking: Sequence[Api] | None = None
) -> Iterator[Http]:
    """A gateway on a port of its own, in a thread."""
    made = server(make_app(service, speaking or apis(service, config), config), config)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 120  # a busy machine takes long to import
    while not made.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield Http(made.servers[0].sockets[0].getsockname()[1])
    finally:
        made.should_exit = True
        thread.join(30)


@contextmanager
def faked(
    backend: FakeBackend | None = None, **settings: Any
) -> Iterator[tuple[Http, FakeBackend]]:
    """A gateway whose backend judges nothing."""
    backend = backend or FakeBackend()
    with serving(service_of(backend), GatewayConfig(port=0, **settings)) as http:
        yield http, backend

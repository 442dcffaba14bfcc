"""Where callbacks may go, how they are signed, and how often they are tried."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest

from consumers.gateway import addresses
from consumers.gateway.callbacks import (
    LONGEST_PAUSE_S,
    MOST_TRIES,
    SIGNATURE,
    CallbackSender,
    MemoryCallbacks,
    pause_s,
)
from consumers.gateway.entries import Entry


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.1.2.3/",
     "http://169.254.169.254/latest", "http://192.168.0.1/", "http://[::ffff:127.0.0.1]/",
     "http://0.0.0.0/", "http://100.64.0.1/", "http://2130706433/", "http://[fd00::1]/",
     "http://[64:ff9b::7f00:1]/", "http://[::127.0.0.1]/", "http://[fec0::1]/",
     "http://[2002:7f00:1::]/", "http://a@127.0.0.1/", "http://127.1/",
     "http://224.0.0.1/", "ftp://example.org/", "file:///etc/passwd", "http://", "http://[x/"],
)  # fmt: skip
def test_inside_addresses_are_refused(url: str) -> None:
    """Nothing is sent to an address that is not on the public internet."""
    with pytest.raises(addresses.Forbidden):
        addresses.put(url, b"", {}, 1.0)


def test_the_address_that_was_looked_at_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time changes nothing."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    connected: list[Any] = []

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: Any, timeout: float) -> Any:
        connected.append(address)
        raise OSError("not today")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(OSError, match="not today"):
        addresses.put("http://example.org/x", b"", {}, 1.0)
    assert [("93.184.216.34", 80)] == connected


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_trickles_is_left(scheme: str) -> None:
    """An answer that never ends keeps nobody, however often a byte comes."""
    over = threading.Event()

    def trickle(listening: socket.socket) -> None:
        connected, _ = listening.accept()
        with connected, suppress(OSError):
            connected.sendall(
                b"HTTP/1.1 200 OK\r\nX: " if scheme == "http" else b"\x16\x03\x03\x3f\xff"
            )
            while not over.wait(0.02):
                connected.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle, args=(listening,), daemon=True)
        thread.start()
        url = f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/"
        begun = time.monotonic()
        with suppress(OSError, http.client.HTTPException):
            addresses.put(url, b"", {}, 0.3, private=True)
        took_s = time.monotonic() - begun
        over.set()
        thread.join(60)

    assert 20 > took_s


def test_a_callback_is_signed_and_redirects_are_not_followed() -> None:
    """Its header has the HMAC of its body; a redirect is an answer like any other."""
    got: list[tuple[bytes, str]] = []
    done = threading.Event()

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers[SIGNATURE]))
            self.send_response(302)
            self.send_header("Location", "/again")
            self.end_headers()
            done.set()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Listener) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        callbacks = MemoryCallbacks()
        sender = CallbackSender(callbacks, lambda _: {"x": 1}, secret="secret", private=True)
        url = f"http://127.0.0.1:{listener.server_address[1]}/"
        sender.ended([Entry(uuid4(), uuid4(), "judge0", {"callback_url": url})])
        assert done.wait(60)
        sender.close()
        listener.shutdown()

    expected = hmac.new(b"secret", b'{"x": 1}', hashlib.sha256).hexdigest()
    assert [(b'{"x": 1}', f"sha256={expected}")] == got
    assert [] == callbacks.claim(1)


def test_a_slow_callback_delays_no_other() -> None:
    """While one is being sent, so are others."""
    both = threading.Barrier(2, timeout=60)
    met = threading.Event()

    def body_of(_: UUID) -> None:
        both.wait()
        met.set()

    sender = CallbackSender(MemoryCallbacks(), body_of)
    request = {"callback_url": "http://127.0.0.1/"}
    sender.ended([Entry(uuid4(), uuid4(), "judge0", request) for _ in range(2)])

    assert met.wait(60)
    sender.close()


def test_pauses_between_tries_grow() -> None:
    """They are seconds at first and minutes in the end."""
    pauses = [pause_s(tries) for tries in range(MOST_TRIES)]

    assert sorted(pauses) == pauses
    assert LONGEST_PAUSE_S == pauses[-1]

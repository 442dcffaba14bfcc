"""Requests to addresses that a client named: only to the public internet, unless that is allowed.

A name is resolved once and the request goes to the address that was looked at, so that a name
server cannot answer differently the second time. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_UNICAST = ipaddress.IPv6Network("2000::/3")  # elsewhere are those that stand for IPv4 ones, too


class Forbidden(Exception):
    """An address that no request may go to; trying again is useless."""


@dataclass(frozen=True, slots=True)
class _Target:
    parts: SplitResult
    host: str
    port: int
    address: str

    @property
    def path(self) -> str:
        query = f"?{self.parts.query}" if self.parts.query else ""
        return f"{self.parts.path or '/'}{query}"


def put(
    url: str, body: bytes, headers: Mapping[str, str], timeout_s: float, *, private: bool = False
) -> int:
    """Send a PUT request; returns the status of the answer.

    Beside looking up the name it takes `timeout_s` twice at most, to connect and for all the rest.
    Raises `Forbidden` about an address that is not on the public internet, unless `private`, and
    `OSError` or `http.client.HTTPException` when there is no answer.
    """
    target = _target(url, private=private)
    with (
        socket.create_connection((target.address, target.port), timeout_s) as connected,
        _ended_after(timeout_s, connected),
    ):
        connection = _connection(target, connected)
        try:
            connection.request("PUT", target.path, body, dict(headers))
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def _ended_after(timeout_s: float, connected: socket.socket) -> Iterator[None]:
    """The connection ends then: a byte now and then must not keep its reader for ever."""
    same = connected.dup()  # TLS takes the socket over

    def end() -> None:
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        same.close()


def _target(url: str, *, private: bool) -> _Target:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise Forbidden(f"not a URL: {exc}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Forbidden("not an address of http or https")
    port = port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not private and not all(map(_is_public, addresses)):
        raise Forbidden(f"{host} is not on the public internet")
    return _Target(parts, host, port, addresses[0])


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner:
            return inner.is_global and not inner.is_multicast
        return found.is_global and found in _UNICAST
    return found.is_global and not found.is_multicast


def _connection(target: _Target, connected: socket.socket) -> http.client.HTTPConnection:
    """A connection to the address that was looked at, under the name that the client gave."""
    if target.parts.scheme == "https":
        context = ssl.create_default_context()
        connected = context.wrap_socket(connected, server_hostname=target.host)
    made = http.client.HTTPConnection(target.host, target.port)
    made.sock = connected
    return made

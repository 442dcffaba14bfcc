"""A connected socket as the byte stream to a runner.

The socket blocks: a timeout of Python's would cost system calls in each run, and the thread that
stops a run would share it. The kernel bounds how long it takes to send, `poll` how long to
receive.
"""

from __future__ import annotations

import contextlib
import select
import socket
import struct

from judgecore.errors import SlotLost

_CHUNK = 1 << 18
_SEND_S = 60
_TIME = struct.Struct("@ll")  # timeval: seconds, microseconds
_MULTIPLEX = struct.Struct(">BxxxI")


def prepared(sock: socket.socket) -> socket.socket:
    """The socket, ready for the functions below."""
    sock.settimeout(None)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME.pack(_SEND_S, 0))
    return sock


def send(sock: socket.socket, data: bytes, name: str) -> None:
    """Send all of `data`, or raise `SlotLost`."""
    try:
        sock.sendall(data)
    except OSError as exc:
        raise SlotLost(f"slot {name}: its stream broke while sending ({exc})") from exc


def send_fds(sock: socket.socket, data: bytes, fds: tuple[int, ...], name: str) -> None:
    """Send a short frame that carries descriptors, or raise `SlotLost`."""
    try:
        sent = socket.send_fds(sock, [data], fds)
        sock.sendall(data[sent:])
    except OSError as exc:
        raise SlotLost(f"slot {name}: its stream broke while sending ({exc})") from exc


def ready(sock: socket.socket, timeout_s: float) -> bool:
    """Whether there is something to receive, or will be within `timeout_s`."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(max(timeout_s, 0) * 1000))


def receive(sock: socket.socket, timeout_s: float, name: str) -> bytes:
    """Return some bytes, or raise `SlotLost`."""
    try:
        if not ready(sock, timeout_s):
            raise SlotLost(f"slot {name}: no answer in time")
        data = sock.recv(_CHUNK)
    except OSError as exc:
        raise SlotLost(f"slot {name}: its stream broke ({exc})") from exc
    if not data:
        raise SlotLost(f"slot {name}: its stream ended")
    return data


def interrupt(sock: socket.socket) -> None:
    """End the stream for both sides, from any thread; the descriptor stays open."""
    with contextlib.suppress(OSError):  # the other side was faster
        sock.shutdown(socket.SHUT_RDWR)


class Attached:
    """The attached stream of a container without a tty: 8-byte headers around its stdout."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._raw = bytearray()

    def ready(self, timeout_s: float) -> bool:
        """Whether bytes of its stdout have begun to arrive."""
        return bool(self._raw) or ready(self._socket, timeout_s)

    def receive(self, timeout_s: float, name: str) -> bytes:
        """Return some bytes of its stdout, or raise `SlotLost`."""
        while True:
            if len(self._raw) >= _MULTIPLEX.size:
                kind, length = _MULTIPLEX.unpack(self._raw[: _MULTIPLEX.size])
                if len(self._raw) >= _MULTIPLEX.size + length:
                    data = bytes(self._raw[_MULTIPLEX.size : _MULTIPLEX.size + length])
                    del self._raw[: _MULTIPLEX.size + length]
                    if kind != 1:
                        raise SlotLost(f"slot {name}: the runner wrote {data[:200]!r} to stderr")
                    if data:
                        return data
                    continue
            self._raw += receive(self._socket, timeout_s, name)

"""A connected socket as the byte stream to a runner."""

from __future__ import annotations

import socket

from judgecore.errors import SlotLost

_CHUNK = 1 << 18
_SEND_S = 60.0


def send(sock: socket.socket, data: bytes, name: str) -> None:
    """Send all of `data`, or raise `SlotLost`."""
    try:
        sock.settimeout(_SEND_S)
        sock.sendall(data)
    except OSError as exc:
        raise SlotLost(f"slot {name}: its stream broke while sending ({exc})") from exc


def receive(sock: socket.socket, timeout_s: float, name: str) -> bytes:
    """Return some bytes, or raise `SlotLost`."""
    try:
        sock.settimeout(timeout_s)
        data = sock.recv(_CHUNK)
    except TimeoutError as exc:
        raise SlotLost(f"slot {name}: no answer in time") from exc
    except OSError as exc:
        raise SlotLost(f"slot {name}: its stream broke ({exc})") from exc
    if not data:
        raise SlotLost(f"slot {name}: its stream ended")
    return data

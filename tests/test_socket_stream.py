"""The host's end of the stream to a runner: nobody waits longer than they may."""

from __future__ import annotations

import socket
import time

import pytest

from judgecore import SlotLost
from judgecore.engine import stream


def test_a_receiver_waits_no_longer_than_it_may() -> None:
    """Nor does one that has no time left; what is there is taken in no time."""
    ours, theirs = map(stream.prepared, socket.socketpair())
    with ours, theirs:
        for timeout_s in (0.2, 0.0, -1.0):
            began = time.monotonic()
            with pytest.raises(SlotLost, match="no answer in time"):
                stream.receive(ours, timeout_s, "x")
            assert 0 <= time.monotonic() - began - max(timeout_s, 0) < 1.0
        stream.send(theirs, b"there", "x")

        assert b"there" == stream.receive(ours, 0.0, "x")


def test_a_sender_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runner that takes nothing costs its slot."""
    monkeypatch.setattr(stream, "_SEND_S", 1)
    ours, theirs = socket.socketpair()
    with stream.prepared(ours), theirs, pytest.raises(SlotLost, match="broke while sending"):
        stream.send(ours, bytes(16 << 20), "x")


def test_a_stream_ends_for_who_waits() -> None:
    """Closed by the other side, or interrupted."""
    ours, theirs = map(stream.prepared, socket.socketpair())
    with ours:
        theirs.close()
        with pytest.raises(SlotLost, match="ended"):
            stream.receive(ours, 5.0, "x")
        with pytest.raises(SlotLost, match="broke while sending"):
            stream.send(ours, b"x", "x")

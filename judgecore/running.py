"""A program that runs while the host feeds it and reads what it writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from judgecore.report import Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Command, Frame
from judgecore.wire import Answer, Wire

_CHUNK = 32 << 10
_TURN_S = 0.002


class Running:
    """A live run, made by `Slot.start`. For one thread; `finish` must be called.

    Every method raises `SlotLost` when the slot is lost, which is destroyed then.
    """

    def __init__(self, wire: Wire, command: Command, ended: Callable[[Answer], Report]) -> None:
        self._wire = wire
        self._answer = Answer(command)
        self._deadline = self._answer.deadline()
        self._ended = ended
        self._output: deque[tuple[int, bytes]] = deque()

    @property
    def ended(self) -> bool:
        """Whether the report is there and all output has been read."""
        return self._answer.report is not None and not self._output

    @property
    def over(self) -> bool:
        """Whether the report is there; there may be output to read."""
        return self._answer.report is not None

    def feed(self, data: bytes) -> None:
        """Send bytes to its stdin; what a program no longer reads is dropped, as in a pipe.

        The runner takes all of it and keeps what the program has not read yet: at most 80 MiB.
        """
        for at in range(0, len(data), _CHUNK):
            self._tell(protocol.frame(Frame.FEED, data[at : at + _CHUNK]))

    def close_stdin(self) -> None:
        """Let it read the end of its input, after what was fed before."""
        self._tell(protocol.frame(Frame.CLOSE_STDIN, b""))

    def stop(self) -> None:
        """End it; its report has the limit `stopped`, unless it ended before."""
        self._tell(protocol.frame(Frame.STOP, b""))

    def read(self, timeout_s: float) -> tuple[int, bytes] | None:
        """What it wrote next: 1 (stdout) or 2 (stderr), and bytes.

        None when nothing came within `timeout_s` or nothing will come any more (`ended`).
        """
        self._receive(0.0 if self._output else timeout_s)
        return self._output.popleft() if self._output else None

    def finish(self) -> Report:
        """Wait for its end; the report holds all that it wrote. Does not close its stdin."""
        with self._wire.guard():
            self._answer.wait(self._wire)
        self._output.clear()
        return self._ended(self._answer)

    def _tell(self, data: bytes) -> None:
        self._receive(0.0)  # what it sends must not wait for us to have sent
        if self._answer.report is None:
            with self._wire.guard():
                self._wire.send(data)

    def _receive(self, timeout_s: float) -> None:
        with self._wire.guard():
            while self._answer.report is None and self._wire.ready(timeout_s):
                kind, payload = self._wire.frame(self._deadline)
                if not self._answer.take(kind, payload):
                    raise self._wire.out_of_order(kind, payload)
                if kind is Frame.OUTPUT:
                    self._output.append((payload[0], payload[1:]))
                timeout_s = 0.0


Record = Callable[[bool, bytes], None]


def relay(first: Running, second: Running, record: Record | None = None) -> None:
    """Pass stdout of each to stdin of the other, until both have ended.

    `record` gets what passes, and whether it is from the first.
    """
    closed: set[int] = set()
    while not (first.ended and second.ended):
        for source, target in ((first, second), (second, first)):
            said = _pass_on(source, target)
            if said and record is not None:
                record(source is first, said)
            if source.ended and id(source) not in closed:
                closed.add(id(source))
                target.close_stdin()


def _pass_on(source: Running, target: Running) -> bytes:
    got = source.read(_TURN_S)
    if not got or got[0] != 1:
        return b""
    target.feed(got[1])
    return got[1]

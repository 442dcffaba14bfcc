"""The engine's twin without a sandbox: answers every run from a script of reports.

It ships, so that whoever builds on judgecore can test without root and without Docker. It obeys
the same contract tests as the real engines and never runs anything.
"""

from __future__ import annotations

from collections.abc import Callable

from judgecore.engine import SlotSpec, Tier, Transport
from judgecore.errors import SlotLost
from judgecore.report import Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Frame

Answer = Callable[[tuple[str, ...], bytes], Report]


def echo(argv: tuple[str, ...], stdin: bytes) -> Report:
    """The default answer: a program that prints its input."""
    return Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=1.0, memory_bytes=0, stdout=stdin)


def _fields(payload: bytes) -> list[tuple[int, bytes]]:
    fields, at = [], 0
    while at < len(payload):
        tag, size = payload[at], int.from_bytes(payload[at + 1 : at + 5], "little")
        fields.append((tag, payload[at + 5 : at + 5 + size]))
        at += 6 + size
    return fields


def _lines(report: Report) -> bytes:
    facts: dict[str, object] = {
        "cpu_us": round(report.cpu_ms * 1000),
        "wall_us": round(report.wall_ms * 1000),
        "memory": report.memory_bytes,
        "limit": report.limit,
        "oom_kills": report.oom_kills,
        "stdout_truncated": int(report.stdout_truncated),
        "stderr_truncated": int(report.stderr_truncated),
        "cpu_source": "fake",
        "memory_source": "fake",
    }
    optional: dict[str, object | None] = {
        "exit": report.exit_code,
        "signal": report.signal,
        "step": report.step,
        "errno": report.errno,
        "left": 1 if report.left_processes else None,
    }
    if report.disk_full is not None:
        optional |= {"disk_full": report.disk_full, "disk_bytes": report.disk_bytes}
    facts |= {key: value for key, value in optional.items() if value is not None}
    return "".join(f"{key}:{value}\n" for key, value in facts.items()).encode()


class FakeSlot:
    """Speaks the runner's side of the protocol from memory."""

    def __init__(self, name: str, answer: Answer) -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self.destroyed = False
        self._answer = answer
        self._in = bytearray()
        self._out = bytearray()

    def send(self, data: bytes) -> None:
        """Take frames and queue the answers."""
        if self.destroyed:
            raise SlotLost(f"slot {self.name}: destroyed")
        self._in += data
        while len(self._in) >= protocol.HEADER.size:
            length, kind = protocol.HEADER.unpack(self._in[: protocol.HEADER.size])
            end = protocol.HEADER.size + length
            if len(self._in) < end:
                return
            payload = bytes(self._in[protocol.HEADER.size : end])
            del self._in[:end]
            self._handle(Frame(kind), payload)

    def _handle(self, kind: Frame, payload: bytes) -> None:
        if kind is Frame.HELLO:
            text = f"protocol:{protocol.PROTOCOL}\npid:1\nmemory_source:fake\n"
            self._out += protocol.frame(Frame.READY, text.encode())
        elif kind is Frame.PUT:
            fields = dict(_fields(payload))
            self.files[fields[protocol.Tag.PATH].decode()] = fields[protocol.Tag.DATA]
        elif kind is Frame.RESET:
            self.files.clear()
            self._out += protocol.frame(Frame.DONE, b"")
        elif kind is Frame.RUN:
            self._run(_fields(payload))

    def _run(self, fields: list[tuple[int, bytes]]) -> None:
        argv = tuple(value.decode() for tag, value in fields if tag == protocol.Tag.ARG)
        stdin = b"".join(value for tag, value in fields if tag == protocol.Tag.STDIN)
        report = self._answer(argv, stdin)
        for number, data in ((1, report.stdout), (2, report.stderr)):
            if data:
                self._out += protocol.frame(Frame.OUTPUT, bytes([number]) + data)
        self._out += protocol.frame(Frame.REPORT, _lines(report))

    def receive(self, timeout_s: float) -> bytes:
        """Return what is queued."""
        if self.destroyed or not self._out:
            raise SlotLost(f"slot {self.name}: no answer in time")
        data = bytes(self._out)
        self._out.clear()
        return data

    def limit_memory(self, memory_bytes: int) -> None:
        """Nothing to bound."""

    def destroy(self) -> None:
        """End the slot."""
        self.destroyed = True


class FakeEngine:
    """Makes slots that run nothing. `answer` gets argv and stdin and returns the facts."""

    tier = Tier.FAKE
    most_slots = None

    def __init__(self, answer: Answer = echo) -> None:
        self._answer = answer
        self.slots: list[FakeSlot] = []

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a slot."""
        slot = FakeSlot(slot_id, self._answer)
        self.slots.append(slot)
        return slot

    def protect(self) -> None:
        """Nothing to do: no program runs."""

    def sweep(self) -> int:
        """Nothing is ever left behind."""
        return 0

    def close(self) -> None:
        """Nothing is held."""

"""The engine's twin without a sandbox: answers every run from a script of reports.

It ships, so that whoever builds on judgecore can test without root and without Docker. It obeys
the same contract tests as the real engines and never runs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from judgecore.engine import SlotSpec, Tier, Transport
from judgecore.errors import SlotLost
from judgecore.report import BuiltFile, CallAnswer, Limit, Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Frame, Tag

Answer = Callable[[tuple[str, ...], bytes], Report]


def echo(argv: tuple[str, ...], stdin: bytes) -> Report:
    """The default answer: a program that prints its input."""
    return Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=1.0, memory_bytes=0, stdout=stdin)


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
        "unread": 1 if report.unread else None,
        "waiting_us": round(report.waiting_ms * 1000) or None,
        "starved": 1 if report.starved else None,
        "ready": 1 if report.ready else None,
        "collect_truncated": 1 if report.collect_truncated else None,
        "built": None if report.built is None else 1,
        "ended_us": None if report.ended_ms is None else round(report.ended_ms * 1000),
    }
    if report.disk_full is not None:
        optional |= {"disk_full": report.disk_full, "disk_bytes": report.disk_bytes}
    facts |= {key: value for key, value in optional.items() if value is not None}
    return "".join(f"{key}:{value}\n" for key, value in facts.items()).encode()


class FakeSlot:
    """Speaks the runner's side of the protocol from memory.

    `answer` gets argv and stdin and returns the facts. A live run is answered piece by piece: what
    is fed is the stdin of an answer whose stdout comes at once; the answer to no input, at its end,
    is the report. A connected run is answered at once, without an input. What a compiler built is
    what was put, unless the answer has something else. Of a run that is called, the stdout of each
    answer is the answer to a call.
    """

    image = image_digest = ""

    def __init__(self, name: str, answer: Answer) -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self.run_files: dict[str, bytes] = {}  # of the latest run
        self.destroyed = False
        self._answer = answer
        self._stored: dict[bytes, bytes] = {}
        self._live: tuple[str, ...] | None = None  # the arguments of the live run
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
        elif kind is Frame.RESET:
            self.files.clear()
            self._stored.clear()
            self._out += protocol.frame(Frame.DONE, b"")
        elif kind is Frame.RUN:
            self._run(list(protocol.fields(payload)))
        elif kind in (Frame.FEED, Frame.CLOSE_STDIN, Frame.STOP):
            self._go_on(kind, payload)
        elif kind is not Frame.PIPES:
            self._keep(kind, dict(protocol.fields(payload)))

    def _keep(self, kind: Frame, fields: dict[int, bytes]) -> None:
        if kind is Frame.PUT:
            self.files[fields[Tag.PATH].decode()] = fields[Tag.DATA]
        elif kind is Frame.STORE:
            self._stored[fields[Tag.INPUT]] = fields[Tag.DATA]

    def _run(self, fields: list[tuple[int, bytes]]) -> None:
        argv = tuple(value.decode() for tag, value in fields if tag == Tag.ARG)
        found = dict(fields)
        stdin = self._stored[found[Tag.INPUT]] if Tag.INPUT in found else found.get(Tag.STDIN, b"")
        parts = (value.partition(b"\0") for tag, value in fields if tag == Tag.RUN_FILE)
        self.run_files = {path.decode(): data for path, _, data in parts}
        if Tag.LIVE in found:
            self._live = argv
            return
        asked = [value.decode() for tag, value in fields if tag == Tag.COLLECT]
        if Tag.CALLS in found:
            self._tell_calls(argv, found[Tag.CALLS])
            return
        report = self._answer(argv, stdin)
        if Tag.BUILT in found and report.built is None:
            files = (BuiltFile(path, data, False) for path, data in self.files.items())
            report = report.changed(built=tuple(files))
        self._tell(report, asked)

    def _tell_calls(self, argv: tuple[str, ...], calls: bytes) -> None:
        while calls:
            size = int.from_bytes(calls[:4], "little")
            report = self._answer(argv, calls[4 : 4 + size])
            answer = CallAnswer(report.stdout, report.cpu_ms, report.wall_ms, 0, 0)
            self._out += protocol.result_frame(answer)
            calls = calls[4 + size :]
        self._tell(Report(0, None, 1.0, 1.0, 0, ready=True))

    def _go_on(self, kind: Frame, payload: bytes) -> None:
        if self._live is None:
            return
        report = self._answer(self._live, payload)
        if kind is Frame.FEED:
            self._out += protocol.frame(Frame.OUTPUT, b"\1" + report.stdout)
            return
        self._live = None
        self._tell(report.changed(limit=Limit.STOPPED) if kind is Frame.STOP else report)

    def _tell(self, report: Report, asked: Iterable[str] = ()) -> None:
        for number, data in ((1, report.stdout), (2, report.stderr)):
            if data:
                self._out += protocol.frame(Frame.OUTPUT, bytes([number]) + data)
        for path in asked:
            if path in report.collected:
                self._out += protocol.collected_frame(path, report.collected[path])
        for file in report.built or ():
            self._out += protocol.built_frame(file)
        self._out += protocol.frame(Frame.REPORT, _lines(report))

    def receive(self, timeout_s: float) -> bytes:
        """Return what is queued."""
        if self.destroyed or not self._out:
            raise SlotLost(f"slot {self.name}: no answer in time")
        data = bytes(self._out)
        self._out.clear()
        return data

    def ready(self, timeout_s: float) -> bool:
        """Whether something is queued."""
        return bool(self._out)

    @property
    def can_pass_fds(self) -> bool:
        """It takes them, and has no use for them."""
        return True

    def send_fds(self, data: bytes, fds: tuple[int, ...]) -> None:
        """Take a frame; no program of ours reads or writes."""
        self.send(data)

    def limit_memory(self, memory_bytes: int) -> None:
        """Nothing to bound."""

    def interrupt(self) -> None:
        """End the slot."""
        self.destroyed = True

    def destroy(self) -> None:
        """End the slot."""
        self.destroyed = True


class FakeEngine:
    """Makes slots that run nothing. `answer` gets argv and stdin and returns the facts."""

    tier = Tier.FAKE
    most_slots = None
    cores: tuple[int, ...] = ()

    def __init__(self, answer: Answer = echo) -> None:
        self._answer = answer
        self.slots: list[FakeSlot] = []

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a slot."""
        slot = FakeSlot(slot_id, self._answer)
        self.slots.append(slot)
        return slot

    def check(self) -> None:
        """Nothing that could go away."""

    def protect(self) -> None:
        """Nothing to do: no program runs."""

    def sweep(self) -> int:
        """Nothing is ever left behind."""
        return 0

    def close(self) -> None:
        """Nothing is held."""

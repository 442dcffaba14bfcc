"""The frames to and from the runner of one slot, and what the frames of one run add up to."""

from __future__ import annotations

import threading
import time

from judgecore.engine import Transport
from judgecore.errors import EngineUnavailable, SlotLost
from judgecore.report import BuiltFile, CallAnswer, Report
from judgecore.runner import protocol, reports
from judgecore.runner.protocol import Command, Frame

_KINDS = {int(kind): kind for kind in Frame}
_COMPILING_S = 60.0  # the runner's patience with a compiler that gets no core: watch.c
_GRACE_S = 15.0  # beyond a run's wall limit: the runner itself ends the program long before


class Wire:
    """Sends and receives whole frames. Once destroyed it stays so."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.alive = True
        self._buffer = bytearray()
        self._sending = threading.Lock()  # another thread may stop a run
        self._ending = threading.RLock()  # a signal handler may interrupt
        self._guard = _Guard(self)

    @property
    def empty(self) -> bool:
        """Whether nothing was received that has not been taken."""
        return not self._buffer

    def send(self, data: bytes) -> None:
        """Send frames."""
        if not self.alive:
            raise SlotLost(f"slot {self.transport.name} was destroyed")
        with self._sending:
            self.transport.send(data)

    def send_fds(self, data: bytes, fds: tuple[int, ...]) -> None:
        """Send a frame that carries descriptors."""
        if not self.alive:
            raise SlotLost(f"slot {self.transport.name} was destroyed")
        with self._sending:
            self.transport.send_fds(data, fds)

    def ready(self, timeout_s: float) -> bool:
        """Whether a frame has begun to arrive, at the latest after `timeout_s`."""
        return bool(self._buffer) or self.transport.ready(timeout_s)

    def interrupt(self) -> None:
        """End what runs, from any thread: whoever waits for a frame gets `SlotLost`."""
        with self._ending:
            if self.alive:
                self.transport.interrupt()

    def destroy(self) -> None:
        """End the slot for good."""
        with self._ending:  # afterwards the stream is closed, and its number may be another's
            self.alive = False
        self.transport.destroy()

    def guard(self) -> _Guard:
        """End the slot when anything goes wrong: the stream may stand in the middle of a frame."""
        return self._guard

    def expect(self, kind: Frame, timeout_s: float) -> dict[str, str]:
        """The lines of a frame that must come next."""
        got, payload = self.frame(time.monotonic() + timeout_s)
        if got is not kind:
            raise self.out_of_order(got, payload)
        return reports.lines(payload)

    def frame(self, deadline: float) -> tuple[Frame, bytes]:
        """The next frame; `SlotLost` when it is not there by the deadline (monotonic seconds)."""
        buffer = self._buffer
        start = protocol.HEADER.size
        if len(buffer) < start:
            self._fill(start, deadline)
        length, number = protocol.HEADER.unpack_from(buffer)
        kind = _KINDS.get(number)
        if kind is None:
            raise SlotLost(f"the runner sent a frame of unknown type {number}")
        if length > protocol.MAX_FRAME_BYTES:
            raise SlotLost(f"the runner announced a frame of {length} bytes")
        end = start + length
        if len(buffer) < end:
            self._fill(end, deadline)
        payload = bytes(buffer[start:end])
        del buffer[:end]
        return kind, payload

    def _fill(self, size: int, deadline: float) -> None:
        while len(self._buffer) < size:
            left_s = deadline - time.monotonic()
            if left_s <= 0:  # a trickle of bytes must not keep us waiting
                raise SlotLost(f"slot {self.transport.name}: no whole answer in time")
            self._buffer += self.transport.receive(left_s)

    def out_of_order(self, kind: Frame, payload: bytes) -> Exception:
        """What a frame means that does not belong here."""
        if kind is not Frame.FATAL:
            return SlotLost(f"the runner sent {kind.name} out of order")
        facts = reports.lines(payload)
        step = facts.get("step", "?")
        message = f"the runner failed at step {step}, errno {facts.get('errno', '?')}"
        if step == "protocol-version":
            return EngineUnavailable(
                f"{message}: it is of another version of judgecore, which does not speak protocol"
                f" {protocol.PROTOCOL}; remove it, or install judgecore anew"
            )
        if step.startswith("ns-"):  # they are made before the first frame
            return EngineUnavailable(
                f"{message}: this process may not make namespaces;"
                " run as root, or start a Docker daemon and use the docker engine"
            )
        return SlotLost(message)


class _Guard:
    """Of one wire; a class, because a generator is slower, and each run needs one."""

    __slots__ = ("_wire",)

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._wire.destroy()


class Answer:
    """What the runner sends about one run, until its report is there."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._streams: dict[int, list[bytes]] = {1: [], 2: []}
        self._files: dict[str, bytes] = {}
        self._built: list[BuiltFile | None] = []
        self._answers: list[CallAnswer] = []
        self._most_answers = len(command.calls.payloads) if command.calls else 0
        kinds = len(self._streams) + bool(command.collect) + bool(command.calls)
        self._room = kinds * command.limits.output_bytes + command.most_built
        self.report: Report | None = None
        self.dirty = False

    def deadline(self) -> float:
        """Until when the report must be there, if the run begins now."""
        patience = _COMPILING_S if self.command.writable_box else 0.0
        return time.monotonic() + self.command.limits.effective_wall_ms / 1000 + patience + _GRACE_S

    def wait(self, wire: Wire) -> Report:
        """Take frames until the report."""
        deadline = self.deadline()
        while self.report is None:
            kind, payload = wire.frame(deadline)
            if kind is Frame.QUERY:
                deadline += self._reply(wire, payload)
            elif not self.take(kind, payload):
                raise wire.out_of_order(kind, payload)
        return self.report

    def _reply(self, wire: Wire, query: bytes) -> float:
        """Answer what the program asks; how many seconds that took."""
        began, calls = time.monotonic(), self.command.calls
        if calls is None or calls.replies is None:
            raise wire.out_of_order(Frame.QUERY, query)
        wire.send(protocol.reply(calls.replies(len(self._answers), query)))
        return time.monotonic() - began

    def take(self, kind: Frame, payload: bytes) -> bool:
        """Add a frame; false when it does not belong to a run."""
        if kind is Frame.OUTPUT and payload and payload[0] in self._streams:
            self._streams[payload[0]].append(payload[1:])
            self._use(len(payload) - 1)
        elif kind is Frame.COLLECTED:
            self._collect(*protocol.collected(payload))
        elif kind is Frame.BUILT:
            self._build(payload)
        elif kind is Frame.RESULT:
            self._take_answer(protocol.result(payload))
        elif kind is Frame.REPORT:
            self._end(payload)
        else:
            return False
        return True

    def _use(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise SlotLost("the runner sent more output than it was allowed to keep")

    def _collect(self, path: str, data: bytes) -> None:
        if path not in self.command.collect:
            raise SlotLost(f"the runner sent a file {path!r} that was not asked for")
        self._files[path] = data
        self._use(len(data))

    def _build(self, payload: bytes) -> None:
        if not self.command.most_built or len(self._built) == protocol.MAX_BUILT:
            raise SlotLost("the runner sent a built file that was not asked for")
        file = protocol.built(payload)
        self._built.append(file)
        self._use(0 if file is None else len(file.data))

    def _take_answer(self, answer: CallAnswer) -> None:
        if len(self._answers) == self._most_answers:
            raise SlotLost("the runner sent more answers than there were calls")
        self._answers.append(answer)
        self._use(len(answer.data))

    def _end(self, payload: bytes) -> None:
        stdout, stderr = self._streams[1], self._streams[2]
        if not (self._files or self._built or self._answers):
            self.report = reports.usual(payload, stdout, stderr)
        if self.report is None:
            facts = reports.lines(payload)
            self.report = reports.report(
                facts, stdout, stderr, self._files, self._built, self._answers
            )
            self.dirty = "dirty" in facts

"""The host's side of one sandbox: stage files, run a program, reset, destroy.

A slot is the warm place in which programs run one after another; a run is one program from start
to end; a submission is compiled and tested by several runs in one slot.
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, replace

from judgecore.config import DEFAULT_REPLACE_AFTER, Isolation
from judgecore.engine import Transport
from judgecore.errors import EngineUnavailable, SlotLost
from judgecore.report import Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Command, Frame

# Of a slot's uids one half is for tests, the other for compilers; each is used once, in order.
_UIDS_PER_SLOT = 65_536
_UID_STEP = 1024
_RUNS_PER_SUBMISSION = 10_240  # 10,000 tests and some compiling
_HANDSHAKE_S = 30.0
_RESET_S = 30.0
_PLACE = re.compile(r"(?<![\w./-])/(?:box|tmp)(?![\w.-])")
_RUNNER_BYTES = 16 << 20
_GRACE_S = 15.0  # beyond a run's wall limit: the runner itself ends the program long before


class Slot:
    """A slot that has answered its handshake. Not thread-safe: it is leased to one user."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._buffer = bytearray()
        self._alive = True
        self.runs = 0
        self.leases = 0  # counted by the pool
        self.anomaly: str | None = None  # of any run so far
        # By chance: process limits count per uid over all slots of the host, so that what must
        # differ is the uid in use at a time.
        uid_base = 100_000 + secrets.randbelow((1 << 20) - _UIDS_PER_SLOT // _UID_STEP) * _UID_STEP
        try:
            self._send(protocol.hello(uid_base, _UIDS_PER_SLOT))
            self.features = self._expect(Frame.READY, time.monotonic() + _HANDSHAKE_S)
            if self.features.get("protocol") != str(protocol.PROTOCOL):
                raise SlotLost(f"the runner speaks protocol {self.features.get('protocol')}")
        except BaseException:
            self.destroy()
            raise

    def __repr__(self) -> str:
        state = "alive" if self._alive else "destroyed"
        return f"<Slot {self._transport.name} {state} runs={self.runs}>"

    @property
    def alive(self) -> bool:
        """Whether the slot may still be used."""
        return self._alive

    @property
    def used_up(self) -> bool:
        """Whether another submission of 10,000 tests might get a uid that was used here before."""
        return (
            self.features.get("uids") != "shared"
            and self.runs > _UIDS_PER_SLOT // 2 - _RUNS_PER_SUBMISSION
        )

    @property
    def exact_memory(self) -> bool:
        """Whether the kernel counts and bounds each run's memory by a control group."""
        return self.features.get("memory_source", "maxrss").startswith("cgroup")

    def put(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Stage a file beneath the box; a failure shows in the next answer."""
        self._send(protocol.put(path, data, mode))

    def run(self, command: Command) -> Report:
        """Run one program to its end and return the facts, or raise `SlotLost`."""
        try:
            if not self.exact_memory:
                self._transport.limit_memory(_whole_slot(command))
            return self._run(command)
        except BaseException:  # the stream may stand in the middle of a frame
            self.destroy()
            raise

    def place(self, text: str) -> str:
        """`text` with /box and /tmp written as the paths they have in this slot.

        They differ only where a slot has no file tree of its own.
        """
        places = {f"/{key}": self.features[key] for key in ("box", "tmp") if key in self.features}
        return _PLACE.sub(lambda match: places[match[0]], text) if places else text

    def _placed(self, command: Command) -> Command:
        return replace(
            command,
            argv=tuple(map(self.place, command.argv)),
            env=tuple((key, self.place(value)) for key, value in command.env),
        )

    def _run(self, command: Command) -> Report:
        self._send(protocol.run(self._placed(command)))
        self.runs += 1
        deadline = time.monotonic() + command.limits.effective_wall_ms / 1000 + _GRACE_S
        streams: dict[int, list[bytes]] = {1: [], 2: []}
        room = len(streams) * command.limits.output_bytes
        while True:
            kind, payload = self._frame(deadline)
            if kind is Frame.OUTPUT and payload and payload[0] in streams:
                streams[payload[0]].append(payload[1:])
                room -= len(payload) - 1
                if room < 0:
                    raise SlotLost("the runner sent more output than it was allowed to keep")
            elif kind is Frame.REPORT:
                facts = protocol.lines(payload)
                report = protocol.report(facts, streams[1], streams[2])
                self.anomaly = self.anomaly or report.anomaly
                if "dirty" in facts:
                    self.destroy()
                return report
            else:
                raise self._out_of_order(kind, payload)

    def reset(self) -> bool:
        """Empty everything a program could write; false when the slot had to be destroyed."""
        if not self._alive:
            return False
        try:
            self._send(protocol.reset())
            facts = self._expect(Frame.DONE, time.monotonic() + _RESET_S)
        except SlotLost:
            self.destroy()
            return False
        if facts or self._buffer:
            self.destroy()
        return self._alive

    def destroy(self) -> None:
        """End the slot for good."""
        self._alive = False
        self._transport.destroy()

    # -------------------------------------------------------------- frames

    def _send(self, data: bytes) -> None:
        if not self._alive:
            raise SlotLost(f"slot {self._transport.name} was destroyed")
        self._transport.send(data)

    def _expect(self, kind: Frame, deadline: float) -> dict[str, str]:
        got, payload = self._frame(deadline)
        if got is not kind:
            raise self._out_of_order(got, payload)
        return protocol.lines(payload)

    def _frame(self, deadline: float) -> tuple[Frame, bytes]:
        header = self._take(protocol.HEADER.size, deadline)
        length, number = protocol.HEADER.unpack(header)
        try:
            kind = Frame(number)
        except ValueError:
            raise SlotLost(f"the runner sent a frame of unknown type {number}") from None
        if length > protocol.MAX_FRAME_BYTES:
            raise SlotLost(f"the runner announced a frame of {length} bytes")
        return kind, self._take(length, deadline)

    def _take(self, size: int, deadline: float) -> bytes:
        buffer = self._buffer
        while len(buffer) < size:
            left_s = deadline - time.monotonic()
            if left_s <= 0:  # a trickle of bytes must not keep us waiting
                raise SlotLost(f"slot {self._transport.name}: no whole answer in time")
            buffer += self._transport.receive(left_s)
        data = bytes(buffer[:size])
        del buffer[:size]
        return data

    def _out_of_order(self, kind: Frame, payload: bytes) -> Exception:
        if kind is not Frame.FATAL:
            return SlotLost(f"the runner sent {kind.name} out of order")
        facts = protocol.lines(payload)
        step = facts.get("step", "?")
        message = f"the runner failed at step {step}, errno {facts.get('errno', '?')}"
        if step.startswith("ns-") and self.runs == 0:
            return EngineUnavailable(
                f"{message}: this process may not make namespaces;"
                " run as root, or start a Docker daemon and use the docker engine"
            )
        return SlotLost(message)


def _whole_slot(command: Command) -> int:
    """Memory for a run and for the runner beside it, which holds the input: bytes.

    In steps, since every change is a call to the daemon. That the program itself used more than its
    own limit is told by the figure.
    """
    inputs = -(-2 * len(command.stdin) // _RUNNER_BYTES)
    return command.limits.memory_bytes + (1 + inputs) * _RUNNER_BYTES


@dataclass(frozen=True, slots=True)
class Policy:
    """When a slot has served long enough.

    `fast`: never, as long as it resets. `balanced`: after `replace_after` leases (as soon as its
    replacement is ready) or after anything odd (at once). `strict`: after every lease.
    Whatever the policy, a slot whose uids are used up is not leased again.
    """

    isolation: Isolation = Isolation.BALANCED
    replace_after: int = DEFAULT_REPLACE_AFTER

    def due(self, slot: Slot) -> bool:
        """Whether the slot should have a replacement by now."""
        if self.isolation is Isolation.BALANCED:
            return slot.leases >= self.replace_after
        return self.isolation is Isolation.STRICT

    def spent(self, slot: Slot) -> bool:
        """Whether the slot may not be leased again, replacement or not."""
        if slot.used_up:
            return True
        if self.isolation is Isolation.BALANCED:
            return slot.anomaly is not None
        return self.isolation is Isolation.STRICT

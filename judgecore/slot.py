"""The host's side of one sandbox: stage files, run programs, reset, destroy.

A slot is the warm place in which programs run one after another; a run is one program from start
to end; a submission is compiled and tested by several runs in one slot.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import replace
from operator import is_

from judgecore.cores import Waiting
from judgecore.engine import Transport
from judgecore.errors import SlotLost
from judgecore.report import Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Command, Digest, Frame
from judgecore.running import Running
from judgecore.wire import Answer, Wire

# Of a slot's uids one half is for tests, the other for compilers; each is used once, in order.
_UIDS_PER_SLOT = 65_536
_UID_STEP = 1024
_RUNS_PER_SUBMISSION = 10_240  # 10,000 tests and some compiling
_HANDSHAKE_S = 30.0
_RESET_S = 30.0
_PLACE = re.compile(r"(?<![\w./-])/(?:box|tmp)(?![\w.-])")
_RUNNER_BYTES = 16 << 20
_AHEAD_BYTES = 32 << 10  # fits any stream's buffer while the runner is busy


class Slot:
    """A slot that has answered its handshake. Not thread-safe: it is leased to one user."""

    def __init__(self, transport: Transport, core: int | None = None) -> None:
        self.wire = Wire(transport)
        self.core = core  # the one that it is pinned to
        self.runs = 0
        self.leases = 0  # counted by the pool
        self.anomaly: str | None = None  # of any run so far
        self.waiting = Waiting()
        self._stored: dict[Digest, int] = {}
        self._shared: tuple[object, ...] = (None,) * 4  # by the tests of a submission
        self._head = b""
        self._whole_bytes: int | None = None
        # By chance: process limits count per uid over all slots of the host, so that what must
        # differ is the uid in use at a time.
        uid_base = 100_000 + secrets.randbelow((1 << 20) - _UIDS_PER_SLOT // _UID_STEP) * _UID_STEP
        try:
            self.wire.send(protocol.hello(uid_base, _UIDS_PER_SLOT))
            self.features = self.wire.expect(Frame.READY, _HANDSHAKE_S)
            if self.features.get("protocol") != str(protocol.PROTOCOL):
                raise SlotLost(f"the runner speaks protocol {self.features.get('protocol')}")
        except BaseException:
            self.destroy()
            raise
        # Whether the kernel counts and bounds each run's memory by a control group.
        self.exact_memory = self.features.get("memory_source", "maxrss").startswith("cgroup")
        self._places = {
            f"/{key}": self.features[key] for key in ("box", "tmp") if key in self.features
        }

    def __repr__(self) -> str:
        state = "alive" if self.alive else "destroyed"
        return f"<Slot {self.wire.transport.name} {state} runs={self.runs}>"

    @property
    def alive(self) -> bool:
        """Whether the slot may still be used."""
        return self.wire.alive

    @property
    def used_up(self) -> bool:
        """Whether another submission of 10,000 tests might get a uid that was used here before."""
        return (
            self.features.get("uids") != "shared"
            and self.runs > _UIDS_PER_SLOT // 2 - _RUNS_PER_SUBMISSION
        )

    @property
    def passes_pipes(self) -> bool:
        """Whether the runner can be given pipes, so that nothing is relayed by the host."""
        return self.wire.transport.can_pass_fds

    @property
    def image(self) -> tuple[str, str]:
        """Name and digest of the image that the slot was made from; empty where there is none."""
        return self.wire.transport.image, self.wire.transport.image_digest

    def put(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Stage a file beneath the box; a failure shows in the next answer."""
        self.wire.send(protocol.put(path, data, mode))

    def stores(self, digest: Digest) -> bool:
        """Whether an input is stored, so that a run may name it."""
        return digest in self._stored

    def store(self, digest: Digest, data: bytes) -> bool:
        """Keep an input until the slot is reset; false when there is no room for it."""
        if digest in self._stored:
            return True
        if len(self._stored) == protocol.MAX_STORED:
            return False
        if sum(self._stored.values()) + len(data) > protocol.MAX_STORED_BYTES:
            return False
        self.wire.send(protocol.store(digest, data))
        self._stored[digest] = len(data)
        return True

    def run(self, command: Command) -> Report:
        """Run one program to its end and return the facts, or raise `SlotLost`."""
        with self.wire.guard():
            return self._answered(self._begin(command, self._encoded(command)))

    def begin(self, command: Command) -> Answer:
        """Begin a run; nothing else may run until `end` is called with what this returns."""
        with self.wire.guard():
            return self._begin(command, self._encoded(command))

    def end(self, answer: Answer) -> Report:
        """Wait for the end of a run that `begin` began."""
        with self.wire.guard():
            return self._answered(answer)

    def run_all(self, commands: Iterable[Command]) -> Generator[Report]:
        """Run programs one after another; while one report is looked at, the next one runs.

        Ended early by closing the iterator: a run that is under way is stopped.
        """
        sent: deque[Answer] = deque()
        try:
            for command in commands:
                encoded = self._encoded(command)
                if sent and not self._fits_ahead(command, encoded):
                    yield self._next(sent)
                with self.wire.guard():
                    sent.append(self._begin(command, encoded))
                if len(sent) > 1:
                    yield self._next(sent)
            while sent:
                yield self._next(sent)
        finally:
            if sent and self.alive:
                with self.wire.guard():
                    self._stop(sent)

    def stop(self) -> None:
        """End the run under way, from any thread; between two runs it does nothing."""
        self.wire.send(protocol.frame(Frame.STOP, b""))

    def start(self, command: Command) -> Running:
        """Run a program that is fed while it runs; nothing else may run until it is finished."""
        command = replace(command, live=True)
        with self.wire.guard():
            self._begin(command, self._encoded(command))
        return Running(self.wire, command, self._ended)

    def pass_pipes(self, *ends: int) -> None:
        """Give the runner the streams of the next connected run: stdin and stdout, and more such
        pairs for its further partners."""
        with self.wire.guard():
            self.wire.send_fds(protocol.frame(Frame.PIPES, b"\0"), ends)

    def place(self, text: str) -> str:
        """`text` with /box and /tmp written as the paths they have in this slot.

        They differ only where a slot has no file tree of its own.
        """
        places = self._places
        return _PLACE.sub(lambda match: places[match[0]], text) if places else text

    def reset(self) -> bool:
        """Empty everything a program could write; false when the slot had to be destroyed."""
        if not self.alive:
            return False
        self._stored.clear()
        try:
            self.wire.send(protocol.reset())
            facts = self.wire.expect(Frame.DONE, _RESET_S)
        except SlotLost:
            self.destroy()
            return False
        if facts or not self.wire.empty:
            self.destroy()
        return self.alive

    def interrupt(self) -> None:
        """End what runs here, from any thread: its user gets `SlotLost`."""
        self.wire.interrupt()

    def destroy(self) -> None:
        """End the slot for good."""
        self.wire.destroy()

    # -------------------------------------------------------------- one run

    def _encoded(self, command: Command) -> bytes:
        shared = (command.limits, command.writable_box, command.argv, command.env)
        if not all(map(is_, shared, self._shared)):  # comparing what they hold takes longer
            self._head, self._shared = protocol.run_head(self._placed(command)), shared
        return protocol.run(command, self._head)

    def _placed(self, command: Command) -> Command:
        if not self._places:
            return command
        return replace(
            command,
            argv=tuple(map(self.place, command.argv)),
            env=tuple((key, self.place(value)) for key, value in command.env),
        )

    def _begin(self, command: Command, encoded: bytes) -> Answer:
        if not self.exact_memory:
            self._whole_bytes = self._needed(command)
            self.wire.transport.limit_memory(self._whole_bytes)
        self.wire.send(encoded)
        self.runs += 1
        return Answer(command)

    def _answered(self, answer: Answer) -> Report:
        answer.wait(self.wire)
        return self._ended(answer)

    def _next(self, sent: deque[Answer]) -> Report:
        with self.wire.guard():
            return self._answered(sent.popleft())

    def _ended(self, answer: Answer) -> Report:
        report = answer.report
        assert report is not None
        self.anomaly = self.anomaly or report.anomaly
        if not (answer.command.connected or answer.command.live):  # they may wait for a partner
            self.waiting.note(report)
        if answer.dirty:
            self.destroy()
        return report

    def _fits_ahead(self, command: Command, encoded: bytes) -> bool:
        same_limit = self.exact_memory or self._needed(command) == self._whole_bytes
        return same_limit and len(encoded) <= _AHEAD_BYTES

    def _stop(self, sent: deque[Answer]) -> None:
        self.wire.send(protocol.frame(Frame.STOP, b""))
        while sent and self.alive:
            self._answered(sent.popleft())

    def _needed(self, command: Command) -> int:
        """Memory for a run and for the runner beside it, which holds what it was sent: bytes.

        In steps, since every change is a call to the daemon. That the program itself used more than
        its own limit is told by the figure.
        """
        held = 2 * len(command.stdin) + sum(map(len, command.files.values()))
        if isinstance(command.stdin, Digest):
            held = self._stored.get(command.stdin, 0)
        held += sum(self._stored.values())
        return command.limits.memory_bytes + (1 + -(-held // _RUNNER_BYTES)) * _RUNNER_BYTES

"""Piston's websocket: a program whose input and output pass while it runs."""

from __future__ import annotations

import codecs
import logging
import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from consumers.gateway import running
from consumers.gateway.backends import Overloaded
from consumers.gateway.config import GatewayConfig
from consumers.gateway.exchange import Conversation, Left, Request, read_json
from consumers.gateway.piston.shown import compiled_stage, name_of, stage, version_of
from consumers.gateway.piston.wanted import wanted_of
from consumers.gateway.service import Service
from consumers.messages import SubmissionMessage
from judgecore.errors import InfrastructureError, Interrupted, UsageError
from judgecore.interruption import Interruption
from judgecore.limits import MIB
from judgecore.result import CompileResult, TestResult
from judgecore.validation import as_bytes

log = logging.getLogger(__name__)

BEGUN_TWICE, NO_BEGIN_IN_TIME, FAILED, NOT_BEGUN, NOT_STDIN, BAD_SIGNAL, DONE = (
    4000, 4001, 4002, 4003, 4004, 4005, 4999
)  # fmt: skip
FIRST_S = 3.0  # in which a client has to say what it wants; Piston gives it one
STREAMS = {1: "stdout", 2: "stderr"}
# Signals that end no program which does nothing about them.
_HARMLESS = frozenset(
    (signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGSTOP,
     signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
)  # fmt: skip
MOST_TYPED_BYTES = 64 * MIB  # what a program does not read is kept for it, with its slot's runner
_LOOK_S = 0.05
_OUTAGE = "the judge failed; try again later"


class Closed(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(said)
        self.code = code


class Session:
    """One connection. `begin` answers the client's first message, and everything after it."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk
        self._input: deque[bytes] = deque()
        self._typed_bytes = 0
        self._signal: int | None = None
        self._stage = "run"
        self._decoders: dict[int, codecs.IncrementalDecoder] = {}
        self.interruption = Interruption()
        talk.when_left(self._left)

    def begin(self) -> Mapping[str, Any]:
        """The client's request to run a program; raises `Closed` about anything else."""
        message = self._received(0.0)
        if message is None:
            raise Closed(NO_BEGIN_IN_TIME)
        if message.get("type") != "init":
            raise Closed(NOT_BEGUN)
        return message

    def say(self, kind: str, **fields: Any) -> None:
        """Send a message of this type."""
        self._talk.send({"type": kind, **fields})

    # A terminal --------------------------------------------------------------------------

    def compiled(self, found: CompileResult) -> None:
        """Send how compiling ended."""
        self._begin_stage("compile")
        if found.output:
            self.say("data", stream="stderr", data=found.output)
        self._end_stage(compiled_stage(found))

    def started(self) -> None:
        """Send that the program runs."""
        self.interruption = Interruption()  # what runs is ended by `killed_by`
        self._begin_stage("run")

    def wrote(self, stream: int, data: bytes) -> None:
        """Send output, in whole characters."""
        if text := self._decoders[stream].decode(data):
            self.say("data", stream=STREAMS[stream], data=text)

    def typed(self) -> Iterator[bytes]:
        """Read what the client has sent, and yield input for the program."""
        while (message := self._received(0.0)) is not None:
            self._take(message)
        while self._input:
            yield self._input.popleft()

    def killed_by(self) -> int | None:
        """The signal that the client has sent."""
        return self._signal

    def ended(self, test: TestResult) -> None:
        """Send how the program ended."""
        for stream in STREAMS:
            if text := self._decoders[stream].decode(b"", True):
                self.say("data", stream=STREAMS[stream], data=text)
        self._end_stage(stage(test))

    def add_input(self, data: bytes) -> None:
        """Keep input for the program."""
        self._typed_bytes += len(data)
        if self._typed_bytes > MOST_TYPED_BYTES:
            raise Closed(FAILED, f"more than {MOST_TYPED_BYTES} bytes of input")
        if data:
            self._input.append(data)

    def wait(self, timeout_s: float) -> None:
        """Wait a while, in which a client may do nothing but leave."""
        if (message := self._received(timeout_s)) is not None:
            self._take(message)
            raise Closed(FAILED, "this gateway gives programs no input while they run")

    def _take(self, message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == "init":
            raise Closed(BEGUN_TWICE)
        if kind == "data":
            if message.get("stream") != "stdin":
                raise Closed(NOT_STDIN)
            self.add_input(_text(message.get("data")).encode(errors="replace"))
        elif kind == "signal":
            number = getattr(signal, _text(message.get("signal")), None)
            if not isinstance(number, signal.Signals):
                raise Closed(BAD_SIGNAL)
            if number not in _HARMLESS:
                self._signal = int(number)

    def _received(self, timeout_s: float) -> Mapping[str, Any] | None:
        said = self._talk.receive(timeout_s)
        if said is None:
            return None
        try:
            found = read_json(said.encode(errors="replace") if isinstance(said, str) else said)
        except ValueError:
            raise Closed(FAILED, "messages must be JSON") from None
        if not isinstance(found, dict):
            raise Closed(FAILED, "messages must be JSON objects")
        return found

    def _begin_stage(self, name: str) -> None:
        self._stage = name
        made = codecs.getincrementaldecoder("utf-8")
        self._decoders = {stream: made(errors="replace") for stream in STREAMS}
        self.say("stage", stage=name)

    def _end_stage(self, facts: Mapping[str, Any]) -> None:
        self.say("exit", stage=self._stage, code=facts["code"], signal=facts["signal"])

    def _left(self) -> None:
        self.interruption.request("the client has left")


class PistonConnections:
    """Answers connections, each in a thread of its own."""

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config

    def connect(self, request: Request, talk: Conversation) -> None:
        """Talk with one client until the end; raises `Left`."""
        session = Session(talk)
        try:
            self._talk(request, session)
            code = DONE
        except Closed as exc:
            code = exc.code
            if str(exc):
                session.say("error", message=str(exc))
        except (UsageError, InfrastructureError, ValueError) as exc:
            log.warning("a program is not run live: %s", exc)
            is_ours = isinstance(exc, InfrastructureError) and not isinstance(exc, Overloaded)
            session.say("error", message=_OUTAGE if is_ours else str(exc))
            code = FAILED
        except Interrupted:
            raise Left from None
        talk.close(code)

    def _talk(self, request: Request, session: Session) -> None:
        offered = self._service.offered
        language, wanted = wanted_of(session.begin(), offered, self._config.output_bytes)
        message = wanted.message(offered)
        session.say("runtime", language=name_of(language), version=version_of(language))
        live = self._service.live
        if live is None:
            self._whole(message, request, session)
            return
        (test,) = wanted.tests
        session.add_input(as_bytes(test.input))
        with self._service.counted(message, request.client):
            result = live.run(message, session, session.interruption)
        if result is not None:
            session.ended(result)

    def _whole(self, message: SubmissionMessage, request: Request, session: Session) -> None:
        """Where programs cannot be fed while they run: all that one wrote is sent at its end."""
        future = self._service.judge(message, request.client)
        deadline = time.monotonic() + self._config.wait_s
        while not future.done() and time.monotonic() < deadline:
            session.wait(_LOOK_S)
        found = running.did(self._service.backend, message, done=future.done())
        if found.failure is not None:
            raise InfrastructureError(found.failure)
        if found.compiled is not None:
            session.compiled(found.compiled)
        if found.is_compiled:
            (test,) = found.tests
            session.started()
            session.wrote(1, running.stdout_of(test))
            session.wrote(2, running.stderr_of(test))
            session.ended(test)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

"""What is told over the broker: results and progress, on the topic exchange `<prefix>.verdicts`.

The routing key of every event has five words:

    <kind>.<language>.<verdict>.<submission id>.<batch id, or ->

    result.python.AC.4bb0….-        the verdict on a submission, a cancelled one included
    progress.python.JUDGING.4bb0….- judging began, and no test is known yet
    progress.python.WA.4bb0….-      more tests are known; the first verdict of them that is not AC
    refusal.-.-.4bb0….9c1f…         it can't be judged; the last word is its publisher's

`binding` makes patterns: `result.#` is every result, `*.*.*.<id>.*` everything about one
submission, `*.*.*.*.<batch id>` everything about a batch, `result.*.IE.*.*` what failed.

Results are delivered at least once: they go through an outbox that is written with the verdict.
Progress is best effort: it may be missing, and may arrive after the result. It is told at most ten
times a second for each submission, so an event may bring several tests.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from consumers.messages import InvalidMessage, check_version, json_object
from judgecore.limits import MIB
from judgecore.result import Result, TestResult
from judgecore.validation import invalid
from judgecore.verdict import Verdict

MAX_EVENT_BYTES = 4 * MIB  # RabbitMQ 4 closes the channel on a message of more than 16 MiB
# A result is small that has no more tests than these, and no more output.
MOST_SMALL_TESTS, MOST_SMALL_CHARACTERS = 50, 16_384
_NOBODY = "-"


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    submission_id: UUID
    batch_id: UUID | None = None
    attempt: Annotated[int, Field(ge=1)] = 1
    traceparent: str | None = None

    def _key(self, kind: str, language: str, verdict: Verdict) -> str:
        word = re.sub(r"[^A-Za-z0-9_+-]", "_", language) or _NOBODY
        return f"{kind}.{word}.{verdict}.{self.submission_id}.{self.batch_id or _NOBODY}"


class VerdictEvent(_Event):
    """The verdict on a submission, told to whoever listens.

    `attempt` counts judgements: 1, and one more with each rejudge. `traceparent` is the W3C
    trace context that came with the submission, continued.
    """

    kind: Literal["result"] = "result"
    verdict: Verdict
    result: Result

    @classmethod
    def of(
        cls,
        result: Result,
        *,
        attempt: int = 1,
        batch_id: UUID | None = None,
        traceparent: str | None = None,
    ) -> VerdictEvent:
        """The event of a result, with every text in it made fit for JSON and PostgreSQL."""

        def tells(said: Result) -> VerdictEvent:
            return cls(
                submission_id=said.submission_id,
                batch_id=batch_id,
                attempt=attempt,
                traceparent=traceparent,
                verdict=said.verdict,
                result=said,
            )

        event = tells(result)
        if event._is_fit():
            return event
        return tells(Result.model_validate(_clean(result.model_dump())))

    @cached_property
    def json_text(self) -> str:
        """All of it as JSON, made once: the outbox and the broker are given the same.

        `model_copy` would copy it, too: make a new event instead.
        """
        return self.model_dump_json()

    @property
    def routing_key(self) -> str:
        """`result.<language>.<verdict>.<submission id>.<batch id>`."""
        return self._key(self.kind, self.result.language, self.verdict)

    def encode(self) -> bytes:
        """The wire form; a very large one sheds outputs, then tests (the database has them)."""
        body = self.json_text.encode()
        if len(body) > MAX_EVENT_BYTES:
            body = self._with_tests(tuple(quiet(test) for test in self.result.tests))
        if len(body) > MAX_EVENT_BYTES:
            body = self._with_tests(())
        return body

    def _with_tests(self, tests: tuple[TestResult, ...]) -> bytes:
        result = self.result.model_copy(update={"tests": tests})
        return self.model_copy(update={"result": result}).model_dump_json().encode()

    def _is_fit(self) -> bool:
        try:
            return "\\u0000" not in self.json_text
        except ValueError:  # a lone surrogate
            return False


class ProgressEvent(_Event):
    """How far judging has come: `done` of `total` tests.

    `tests` are those known since the event before, `quiet`; none when judging has only begun.
    """

    kind: Literal["progress"] = "progress"
    language: str
    done: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0)]
    tests: tuple[TestResult, ...] = ()

    @property
    def routing_key(self) -> str:
        """`progress.<language>.<a verdict>.<submission id>.<batch id>`.

        The verdict is the first of the tests' that is not AC; JUDGING when there are no tests.
        """
        known = [test.verdict for test in self.tests]
        verdict = next((one for one in known if one is not Verdict.AC), Verdict.AC)
        return self._key(self.kind, self.language, verdict if known else Verdict.JUDGING)

    def then(self, done: int, tests: Iterable[TestResult]) -> ProgressEvent:
        """What follows it: so many are done, these among them."""
        return self.model_copy(update={"done": done, "tests": tuple(tests)})

    def encode(self) -> bytes:
        """The wire form; a very large one sheds its tests (the result has them)."""
        body = self.model_dump_json().encode()
        if len(body) > MAX_EVENT_BYTES:
            body = self.model_copy(update={"tests": ()}).model_dump_json().encode()
        return body


class RefusalEvent(_Event):
    """A message that can never be judged became a dead letter. It holds nothing of the program.

    Its routing key ends with the `reply_key` of the token in the message's headers, which only its
    publisher and the workers know: so a publisher is not misled by who reuses an id of theirs.
    """

    kind: Literal["refusal"] = "refusal"
    reason: str

    def encode(self) -> bytes:
        """The wire form."""
        return self.model_dump_json().encode()


def is_small(result: Result) -> bool:
    """Whether it has few tests and little output, so that its event is made quickly."""
    if len(result.tests) > MOST_SMALL_TESTS:
        return False
    characters = 0
    for test in result.tests:
        if test.output or test.error_output or test.files:
            return False
        characters += len(test.stdout) + len(test.stderr) + len(test.transcript)
    return characters <= MOST_SMALL_CHARACTERS


def reply_key(reply_token: str) -> str:
    """By which word of their routing keys a publisher knows its refusals: SHA-256, 32 digits."""
    return hashlib.sha256(reply_token.encode()).hexdigest()[:32]


def quiet(test: TestResult) -> TestResult:
    """A test without what the program printed and wrote."""
    nothing: dict[str, object] = {"stdout": "", "stderr": "", "files": {}, "transcript": ""}
    return test.model_copy(update={**nothing, "output": None, "error_output": None})


Event = VerdictEvent | ProgressEvent | RefusalEvent
EVENTS: dict[str, type[VerdictEvent] | type[ProgressEvent] | type[RefusalEvent]] = {
    "result": VerdictEvent,
    "progress": ProgressEvent,
    "refusal": RefusalEvent,
}


def binding(
    kind: Literal["result", "progress", "refusal", "*"] = "*",
    *,
    language: str = "*",
    verdict: Verdict | None = None,
    submission_id: UUID | None = None,
    batch_id: UUID | None = None,
) -> str:
    """The pattern to bind a queue with; what is left out matches everything."""
    words = (kind, language, verdict or "*", submission_id or "*", batch_id or "*")
    return ".".join(str(word) for word in words)


def decode_event(body: bytes) -> Event:
    """Read an event, or raise `InvalidMessage`."""
    data = json_object(body)
    check_version(data, "listener")
    kind = data.get("kind")
    model = EVENTS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise InvalidMessage("kind", f"{kind!r:.40} is unknown; known: {', '.join(EVENTS)}")
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        first = invalid(exc)
        raise InvalidMessage(first.field, first.problem) from None


def _clean(value: Any) -> Any:
    # A program may print NUL or broken UTF-8 to stderr: no such byte may make its own verdict
    # unstorable, or it would be judged for ever.
    if isinstance(value, str):
        return value.replace("\0", "\N{SYMBOL FOR NULL}").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value

"""What is told over the broker: results and progress, on the topic exchange `<prefix>.verdicts`.

The routing key of every event has five words:

    <kind>.<language>.<verdict>.<submission id>.<batch id, or ->

    result.python.AC.4bb0….-        the verdict on a submission, a cancelled one included
    progress.python.JUDGING.4bb0….- judging began
    progress.python.WA.4bb0….-      one more test is known, and its verdict

`binding` makes patterns: `result.#` is every result, `*.*.*.<id>.*` everything about one
submission, `*.*.*.*.<batch id>` everything about a batch, `result.*.IE.*.*` what failed.

Results are delivered at least once: they go through an outbox that is written with the verdict.
Progress is best effort: it may be missing, and may arrive after the result.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from consumers.messages import InvalidMessage, check_version, json_object
from judgecore.limits import MIB
from judgecore.submission import Result, TestResult, invalid
from judgecore.verdict import Verdict

MAX_EVENT_BYTES = 4 * MIB  # RabbitMQ 4 closes the channel on a message of more than 16 MiB
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
        clean = Result.model_validate(_clean(result.model_dump()))
        return cls(
            submission_id=clean.submission_id,
            batch_id=batch_id,
            attempt=attempt,
            traceparent=traceparent,
            verdict=clean.verdict,
            result=clean,
        )

    @property
    def routing_key(self) -> str:
        """`result.<language>.<verdict>.<submission id>.<batch id>`."""
        return self._key(self.kind, self.result.language, self.verdict)

    def encode(self) -> bytes:
        """The wire form; a very large one sheds outputs, then tests (the database has them)."""
        body = self.model_dump_json().encode()
        if len(body) > MAX_EVENT_BYTES:
            body = self._with_tests(tuple(quiet(test) for test in self.result.tests))
        if len(body) > MAX_EVENT_BYTES:
            body = self._with_tests(())
        return body

    def _with_tests(self, tests: tuple[TestResult, ...]) -> bytes:
        result = self.result.model_copy(update={"tests": tests})
        return self.model_copy(update={"result": result}).model_dump_json().encode()


class ProgressEvent(_Event):
    """How far judging has come: `done` of `total` tests.

    `test` is the result just known, without what it printed; None when judging has only begun.
    """

    kind: Literal["progress"] = "progress"
    language: str
    done: Annotated[int, Field(ge=0)]
    total: Annotated[int, Field(ge=0)]
    test: TestResult | None = None

    @property
    def routing_key(self) -> str:
        """`progress.<language>.<the test's verdict, or JUDGING>.<submission id>.<batch id>`."""
        verdict = Verdict.JUDGING if self.test is None else self.test.verdict
        return self._key(self.kind, self.language, verdict)

    def encode(self) -> bytes:
        """The wire form; what a program printed stays out of it."""
        event = self
        if self.test is not None:
            event = self.model_copy(update={"test": quiet(self.test)})
        return event.model_dump_json().encode()


def quiet(test: TestResult) -> TestResult:
    """A test without what the program printed."""
    return test.model_copy(update={"stdout": "", "stderr": ""})


Event = VerdictEvent | ProgressEvent
EVENTS: dict[str, type[VerdictEvent] | type[ProgressEvent]] = {
    "result": VerdictEvent,
    "progress": ProgressEvent,
}


def binding(
    kind: Literal["result", "progress", "*"] = "*",
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

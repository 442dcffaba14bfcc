"""What travels over the broker: versioned models, and how bytes become them.

A submission is published to the exchange `<prefix>.submissions` with the routing key `default`
or `batch`. Its verdict arrives on the topic exchange `<prefix>.verdicts` with the routing key
`<language>.<verdict>.<submission id>` (`python.AC.4bb0…`), so that a listener binds `#`,
`python.#`, `*.IE.*` or `*.*.<id>` as it likes. Events are delivered at least once.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, NoReturn
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from consumers.problem import Problem
from judgecore.errors import InvalidSubmission
from judgecore.limits import MIB, Limits
from judgecore.submission import (
    Checker,
    Result,
    Submission,
    TestCase,
    check_source,
    invalid,
)
from judgecore.verdict import Verdict

VERSION = 1
MAX_EVENT_BYTES = 4 * MIB  # RabbitMQ 4 closes the channel on a message of more than 16 MiB

# No control characters: PostgreSQL cannot store NUL, and nobody is called "\r".
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class InvalidMessage(InvalidSubmission):
    """A delivery that no consumer can ever judge; `field` names what is wrong with it."""


class SubmissionMessage(BaseModel):
    """A submission on its way to a consumer: a program for a stored problem, or with its tests.

    `submission_id` is chosen by the publisher: publishing twice judges once. `limits` and
    `checker`, when given, take the place of the problem's own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    submission_id: UUID
    language: Annotated[_Name, Field(max_length=64)]
    source: str
    user: _Name | None = None
    problem: _Name | None = None
    tests: Annotated[tuple[TestCase, ...], Field(min_length=1, max_length=10_000)] | None = None
    limits: Limits | None = None
    checker: Checker | None = None
    stop_at_first_failure: bool = False

    @model_validator(mode="after")
    def _whole(self) -> SubmissionMessage:
        check_source(self.source)
        if self.problem is None and self.tests is None:
            raise ValueError("problem and tests are both absent; give one of them")
        if self.problem is not None and self.tests is not None:
            raise ValueError("problem and tests are both given; give one of them")
        return self

    def encode(self) -> bytes:
        """The wire form."""
        return self.model_dump_json(exclude_none=True).encode()

    def submission(self, language: str, problem: Problem | None) -> Submission:
        """What the judge is given; `problem` is the stored one that `self.problem` names."""
        limits, checker, tests = self.limits, self.checker, self.tests
        if problem is not None:
            limits, checker = limits or problem.limits, checker or problem.checker
            tests = problem.tests
        try:
            return Submission(
                id=self.submission_id,
                language=language,
                source=self.source,
                tests=tests or (),
                limits=limits or Limits(),
                checker=checker or Checker(),
                stop_at_first_failure=self.stop_at_first_failure,
            )
        except ValidationError as exc:
            raise invalid(exc) from None


class VerdictEvent(BaseModel):
    """The verdict on a submission, told to whoever listens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    submission_id: UUID
    verdict: Verdict
    result: Result

    @classmethod
    def of(cls, result: Result) -> VerdictEvent:
        """The event of a result, with every text in it made fit for JSON and PostgreSQL."""
        clean = Result.model_validate(_clean(result.model_dump()))
        return cls(submission_id=clean.submission_id, verdict=clean.verdict, result=clean)

    @property
    def routing_key(self) -> str:
        """`<language>.<verdict>.<submission id>`; a language's dots become underscores."""
        language = re.sub(r"[^A-Za-z0-9_+-]", "_", self.result.language)
        return f"{language}.{self.verdict}.{self.submission_id}"

    def encode(self) -> bytes:
        """The wire form; a very large one sheds stderr, then the tests (the database has them)."""
        body = self.model_dump_json().encode()
        if len(body) > MAX_EVENT_BYTES:
            quiet = tuple(t.model_copy(update={"stderr": ""}) for t in self.result.tests)
            body = self._with_tests(quiet)
        if len(body) > MAX_EVENT_BYTES:
            body = self._with_tests(())
        return body

    def _with_tests(self, tests: tuple[Any, ...]) -> bytes:
        result = self.result.model_copy(update={"tests": tests})
        return self.model_copy(update={"result": result}).model_dump_json().encode()


def decode(body: bytes) -> SubmissionMessage:
    """Read a delivery, or raise `InvalidMessage` whose reason names the field at fault."""
    data = _object(body)
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        said = "is missing" if version is None else f"{version!r:.40} is unknown"
        raise InvalidMessage("version", f"{said}; this consumer reads version {VERSION}")
    try:
        return SubmissionMessage.model_validate(data)
    except ValidationError as exc:
        first = invalid(exc)
        raise InvalidMessage(first.field, first.problem) from None


def decode_event(body: bytes) -> VerdictEvent:
    """Read a verdict event, or raise `InvalidMessage`."""
    try:
        return VerdictEvent.model_validate(_object(body))
    except ValidationError as exc:
        first = invalid(exc)
        raise InvalidMessage(first.field, first.problem) from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode(), parse_constant=_no_constant)
    except UnicodeDecodeError as exc:
        raise InvalidMessage("body", f"not valid UTF-8 at byte {exc.start}") from None
    except (ValueError, RecursionError) as exc:  # also integers of thousands of digits
        raise InvalidMessage("body", f"not JSON: {exc}") from None
    if not isinstance(data, dict):
        raise InvalidMessage("body", f"must be a JSON object, not {type(data).__name__}")
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


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

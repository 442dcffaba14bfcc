"""What is asked over the broker: versioned models, and how bytes become them.

A request is published to the exchange `<prefix>.submissions` with the routing key `default` or
`batch`. What comes of it is in `consumers.events`. Both are documented, with their JSON Schema,
in docs/messages.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from functools import cached_property
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import from_json

from consumers.large import in_turn
from judgecore.errors import InvalidSubmission
from judgecore.limits import MIB, Limits
from judgecore.paths import check_paths
from judgecore.problem import Checker, Problem, TestCase
from judgecore.submission import (
    MAX_FILES_COLLECTED,
    CompilerOptions,
    Submission,
    check_files,
)
from judgecore.validation import Content, as_bytes, invalid, oversized

VERSION = 1
MAX_BATCH = 1_000
# RabbitMQ 4 closes the channel on a message of more than 16 MiB, and JSON may double a text.
MAX_INLINE_BYTES = 6 * MIB
MAX_KEPT_BYTES = 6 * MIB
MAX_BODY_BYTES = 16 * MIB
# Strings, objects, lists and commas outside strings: 10,000 tests have 10 each, or a few more.
# Reading a million of them takes hundreds of MB, whatever they say.
MAX_ITEMS = 400_000
_ITEM = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)

# No control characters: PostgreSQL cannot store NUL, and nobody is called "\r".
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _kind_of_problem(value: Any) -> str:
    return "(slug)" if isinstance(value, str) else "(problem)"


SlugOrProblem = Annotated[
    Annotated[Name, Tag("(slug)")] | Annotated[Problem, Tag("(problem)")],
    Discriminator(_kind_of_problem),
]


class InvalidMessage(InvalidSubmission):
    """A delivery that this consumer cannot judge; `field` names what is wrong with it.

    `newer`: a consumer of a newer version may be able to read it. `submission_id`: the one that it
    gives, if it is one.
    """

    newer = False
    submission_id: UUID | None = None


class ForeignId(InvalidMessage):
    """The id is that of another publisher's submission."""

    def __init__(self) -> None:
        super().__init__("submission_id", "it is that of another publisher's submission")


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1

    def encode(self) -> bytes:
        """The wire form: what says nothing is left out, so that older workers can read the rest."""
        said = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps({**self._head, **said}, ensure_ascii=False).encode()

    @property
    def _head(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("version", "kind") if hasattr(self, name)}


class SubmissionMessage(_Message):
    """A submission on its way to a consumer: a program for a problem, or with its tests.

    `submission_id` is chosen by the publisher: publishing twice judges once. `problem` is the slug
    of a stored problem, or a whole problem; `tests`, `limits` and `checker` are the short form of
    one. `limits` and `checker`, when given, take the place of the problem's own. `batch_id` groups
    submissions: it is in the routing key of their events. Tests of more than 6 MiB don't travel in
    a message: store the problem (`judgecore problem put`) and name it.
    `options` and `merge_stderr` are those of `Submission`.
    `keep_output`: results hold all that the program printed, up to the output limit. `transcript`:
    they say what an interactive problem's two programs wrote to each other. `collect`:
    paths of files that the program writes and results hold, where the problem is `writable`. A
    result keeps 6 MiB of both in all; an event larger than 4 MiB has neither, the database has.
    """

    kind: Literal["submission"] = "submission"
    submission_id: UUID
    batch_id: UUID | None = None
    language: Annotated[Name, Field(max_length=64)]
    source: Content
    files: dict[str, Content] = {}
    entry: str | None = None
    user: Name | None = None
    problem: SlugOrProblem | None = None
    tests: Annotated[tuple[TestCase, ...], Field(min_length=1, max_length=10_000)] | None = None
    limits: Limits | None = None
    checker: Checker | None = None
    stop_at_first_failure: bool = False
    keep_output: bool = False
    transcript: bool = False
    collect: Annotated[tuple[str, ...], Field(max_length=MAX_FILES_COLLECTED)] = ()
    options: CompilerOptions = ()
    merge_stderr: bool = False

    @property
    def slug(self) -> str | None:
        """The stored problem that it names; None when it brings one, or tests."""
        return self.problem if isinstance(self.problem, str) else None

    @model_validator(mode="after")
    def _whole(self) -> SubmissionMessage:
        check_files(self.source, self.files, self.entry)
        check_paths(self.collect, "collect has")
        if self.problem is None and self.tests is None:
            raise ValueError("problem and tests are both absent; give one of them")
        if self.problem is not None and self.tests is not None:
            raise ValueError("problem and tests are both given; give one of them")
        if problem := oversized(self.source, MAX_INLINE_BYTES):
            raise ValueError(f"source is {problem}")
        sources = sum(len(as_bytes(data)) for data in (self.source, *self.files.values()))
        if sources > MAX_INLINE_BYTES:
            raise ValueError(f"files are {sources} bytes; at most {MAX_INLINE_BYTES} are accepted")
        if self.slug is None:
            try:
                brought = self.brought
            except InvalidSubmission as exc:
                raise ValueError(str(exc)) from None
            self._check_tests(brought)
        return self

    def _check_tests(self, brought: Problem) -> None:
        size_bytes = brought.transfer_bytes
        if size_bytes > MAX_INLINE_BYTES:
            raise ValueError(
                f"tests of {size_bytes} bytes do not travel in a message (at most"
                f" {MAX_INLINE_BYTES}); store the problem and name it"
            )
        if self.collect and not (brought.writable or brought.outputs):
            raise ValueError("collect needs a problem with writable: no other writes files")

    @property
    def program_hash(self) -> str:
        """By which its publisher knows a verdict on this program: SHA-256, of its sources alone."""
        digest = hashlib.sha256()
        for name, data in (("", self.source), *sorted(self.files.items())):
            content = as_bytes(data)
            digest.update(f"{len(name)} {len(content)} {name}".encode())
            digest.update(content)
        return digest.hexdigest()

    @property
    def characters(self) -> int:
        """How large it is, roughly; quick to tell."""
        contents = (self.source, *self.files.values())
        inputs = (text for test in self.tests or () for text in (test.input, test.expected or ""))
        return sum(map(len, (*contents, *inputs)))

    def submission(self, language: str, problem: Problem | None) -> Submission:
        """What the judge is given; `problem` is the stored one that `slug` names."""
        return Submission(
            id=self.submission_id,
            language=language,
            source=self.source,
            files=self.files,
            entry=self.entry,
            problem=self.brought if problem is None else self._replacing(problem),
            stop_at_first_failure=self.stop_at_first_failure,
            keep_output=self.keep_output,
            transcript=self.transcript,
            keep_bytes=MAX_KEPT_BYTES,
            collect=self.collect,
            options=self.options,
            merge_stderr=self.merge_stderr,
        )

    @cached_property
    def brought(self) -> Problem:
        """The problem that it brings, or that its tests are; made once. Not where it has a slug."""
        if isinstance(self.problem, Problem):
            return self._replacing(self.problem)
        return Problem(
            tests=self.tests, limits=self.limits or Limits(), checker=self.checker or Checker()
        )

    def _replacing(self, problem: Problem) -> Problem:
        return problem.replacing(self.limits, self.checker)


class BatchMessage(_Message):
    """Many submissions in one message, for publishers that want one confirmation.

    The consumer that gets it publishes each as a message of its own, with this `batch_id`, so
    that all consumers share the work; delivered twice, it changes nothing.
    """

    kind: Literal["batch"] = "batch"
    batch_id: UUID
    submissions: Annotated[tuple[SubmissionMessage, ...], Field(min_length=1, max_length=MAX_BATCH)]

    def split(self) -> tuple[SubmissionMessage, ...]:
        """The submissions, each marked with the batch."""
        return tuple(s.model_copy(update={"batch_id": self.batch_id}) for s in self.submissions)


class RejudgeMessage(_Message):
    """Judge a stored submission once more, as its attempt number `attempt`.

    Made by `judgecore rejudge`, which notes the attempt in the database first; a message for an
    attempt that the database doesn't know (or has left behind) is dropped. Attempt 1 is that of a
    submission that was registered in the database before it was published.
    """

    kind: Literal["rejudge"] = "rejudge"
    submission_id: UUID
    attempt: Annotated[int, Field(ge=1)]
    queue: Literal["default", "batch"] = "batch"


Message = SubmissionMessage | BatchMessage | RejudgeMessage
MESSAGES: dict[str, type[SubmissionMessage] | type[BatchMessage] | type[RejudgeMessage]] = {
    "submission": SubmissionMessage,
    "batch": BatchMessage,
    "rejudge": RejudgeMessage,
}


def decode(body: bytes) -> Message:
    """Read a delivery, or raise `InvalidMessage` whose reason names the field at fault.

    A message without a `kind` is a submission.
    """
    with in_turn(len(body)):
        return _decoded(body)


def _decoded(body: bytes) -> Message:
    data = json_object(body, MAX_ITEMS)
    try:
        return _read(data)
    except InvalidMessage as exc:
        with suppress(ValueError):
            exc.submission_id = UUID(str(data.get("submission_id"))[:64])
        raise


def _read(data: dict[str, Any]) -> Message:
    check_version(data, "consumer")
    kind = data.get("kind", "submission")
    model = MESSAGES.get(kind) if isinstance(kind, str) else None
    if model is None:
        found = InvalidMessage("kind", f"{kind!r:.40} is unknown; known: {', '.join(MESSAGES)}")
        found.newer = isinstance(kind, str)
        raise found
    try:
        return model.model_validate(data)
    except ValidationError as exc:
        first = invalid(exc)
        found = InvalidMessage(first.field, first.problem, first.others)
        errors = exc.errors(include_url=False, include_context=False, include_input=False)
        found.newer = any(error["type"] == "extra_forbidden" for error in errors)
        raise found from None


def check_version(data: dict[str, Any], reader: str) -> None:
    """Refuse what this version cannot read, naming both versions."""
    version = data.get("version")
    if type(version) is not int or version != VERSION:
        said = "is missing" if version is None else f"{version!r:.40} is unknown"
        found = InvalidMessage("version", f"{said}; this {reader} reads version {VERSION}")
        found.newer = type(version) is int and version > VERSION
        raise found


def json_object(body: bytes, most_items: int | None = None) -> dict[str, Any]:
    """The JSON object that a body is, or `InvalidMessage` about the field `body`.

    What is too large, or has too many items, is refused before any of it is read.
    """
    if len(body) > MAX_BODY_BYTES:
        raise InvalidMessage("body", f"{len(body)} bytes; at most {MAX_BODY_BYTES} are read")
    if most_items is not None and has_more_items(body, most_items):
        raise InvalidMessage("body", f"more than {most_items} values and names, which are not read")
    try:
        # Not the standard library's, which makes one text of it all first: four bytes a character.
        data = from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError as exc:
        raise InvalidMessage("body", _why_not_json(body, exc)) from None
    if not isinstance(data, dict):
        raise InvalidMessage("body", f"must be a JSON object, not {type(data).__name__}")
    return data


def has_more_items(body: bytes, most: int) -> bool:
    """Whether JSON has more values and names than these."""
    # A comma takes a byte, a string two: shorter bodies cannot have so many.
    return len(body) > most and any(n == most for n, _ in enumerate(_ITEM.finditer(body)))


def _why_not_json(body: bytes, exc: ValueError) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as found:
        return f"not valid UTF-8 at byte {found.start}"
    return f"not JSON: {exc}"

"""What goes in and what comes out: the public models, whose JSON form is the wire form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from judgecore.errors import InvalidSubmission
from judgecore.limits import MIB, Limits
from judgecore.model import Given, invalid
from judgecore.report import Limit
from judgecore.verdict import Verdict

MAX_SOURCE_BYTES = 1 * MIB
MAX_TEST_BYTES = 64 * MIB
MAX_FILES = 100
MAX_DEPTH = 8
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}"
_SAFE_PATH = re.compile(rf"{_PART}(?:/{_PART})*")


def _size_problem(text: str, limit: int) -> str | None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "not valid UTF-8 text"
    return f"{size} bytes; at most {limit} are accepted" if size > limit else None


def _checked_size(what: str, text: str, limit: int) -> None:
    if problem := _size_problem(text, limit):
        raise ValueError(f"{what} is {problem}")


class CheckerKind(StrEnum):
    """How an output is compared with the expected one."""

    EXACT = "exact"
    TOKENS = "tokens"
    FLOATS = "floats"


class Checker(Given):
    """A checker and its settings.

    `absolute` and `relative` are the tolerances of `floats`: a number within one of them is near
    enough.
    """

    kind: CheckerKind = CheckerKind.TOKENS
    case_sensitive: bool = True
    space_sensitive: bool = False
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9
    relative: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9


class TestCase(Given):
    """One test: what is fed to stdin and what is expected on stdout (UTF-8 text).

    `checker`, when given, is used for this test in place of the submission's.
    """

    __test__ = False  # not a test class, whatever its name says to pytest
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    input: str = ""
    expected: str
    checker: Checker | None = None

    @field_validator("input", "expected")
    @classmethod
    def _size(cls, text: str) -> str:
        if problem := _size_problem(text, MAX_TEST_BYTES):
            raise ValueError(problem)
        return text


class Submission(Given):
    """A program to judge, with its tests.

    `id` is chosen by whoever submits, so that submitting twice is harmless.
    `language` is an id or an alias of a known language.
    `source` is the entry file; `files` are more files, text by relative path, and `entry` is the
    path of the entry file (absent: as the language names it). All lie in the working directory.
    """

    id: UUID = Field(default_factory=uuid4)
    language: Annotated[str, Field(min_length=1, max_length=64)]
    source: Annotated[str, Field(min_length=1)]
    files: dict[str, str] = Field(default_factory=dict)
    entry: str | None = None
    tests: Annotated[tuple[TestCase, ...], Field(min_length=1, max_length=10_000)]
    limits: Limits = Limits()
    checker: Checker = Checker()
    stop_at_first_failure: bool = False

    @model_validator(mode="after")
    def _source(self) -> Submission:
        check_files(self.source, self.files, self.entry)
        return self


def check_source(source: str) -> None:
    """Raise `ValueError` unless `source` is text somebody could compile."""
    if not source.strip():
        raise ValueError("source is empty")
    if "\0" in source:
        raise ValueError("source holds a NUL character, so it is not text")
    _checked_size("source", source, MAX_SOURCE_BYTES)


def check_files(source: str, files: Mapping[str, str], entry: str | None) -> None:
    """Raise `ValueError` unless the files could lie beside the entry file, all in all small."""
    check_source(source)
    if len(files) > MAX_FILES:
        raise ValueError(f"files are {len(files)}; at most {MAX_FILES} are accepted")
    paths = [("files has", path) for path in files]
    for what, path in [*paths, *([] if entry is None else [("entry is", entry)])]:
        if not _SAFE_PATH.fullmatch(path) or path.count("/") > MAX_DEPTH:
            raise ValueError(
                f"{what} {path!r}: a path is relative, of letters, digits, '_', '-', '+' and"
                f" '.', no part of it begins with '.' or '-', and it is at most {MAX_DEPTH} deep"
            )
    _check_no_file_is_a_folder([*files, *([] if entry is None else [entry])])
    for path, text in files.items():
        if "\0" in text:
            raise ValueError(f"files has {path!r}: a NUL character, so it is not text")
    _checked_size("files", source + "".join(files.values()), MAX_SOURCE_BYTES)


def _check_no_file_is_a_folder(paths: list[str]) -> None:
    folders = {"/".join(p.split("/")[:n]) for p in paths for n in range(1, p.count("/") + 1)}
    if len(set(paths)) < len(paths):
        raise ValueError("files holds the entry file's own path")
    for path in sorted(folders.intersection(paths)):
        raise ValueError(f"files has {path!r} both as a file and as a folder")


def decode_source(data: bytes, field: str = "source") -> str:
    """Decode a source file, or raise `InvalidSubmission` that names `field`."""
    if len(data) > MAX_SOURCE_BYTES:
        raise InvalidSubmission(field, f"too large; at most {MAX_SOURCE_BYTES} bytes are accepted")
    try:
        return data.decode()
    except UnicodeDecodeError as exc:
        raise InvalidSubmission(
            field, f"not valid UTF-8 at byte {exc.start}; convert it to UTF-8 first"
        ) from None


class RunStatus(StrEnum):
    """What a plain run came to: no judgement on the output."""

    OK = "OK"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    RE = "RE"
    CE = "CE"


class Figures(BaseModel):
    """Measured facts of one run. Times in milliseconds, memory in bytes, each with its source.

    `limit`: which limit the verdict is about. `stdout_truncated`, `stderr_truncated`: the program
    wrote more than the output limit, and what is kept are the first bytes.
    """

    model_config = ConfigDict(frozen=True)

    cpu_ms: float = 0.0
    wall_ms: float = 0.0
    memory_bytes: int = 0
    exit_code: int | None = None
    signal: int | None = None
    cpu_source: str = "unknown"
    memory_source: str = "unknown"
    limit: Limit = Limit.NONE
    stdout_truncated: bool = False
    stderr_truncated: bool = False


class TestResult(Figures):
    """The verdict on one test. `detail` says why; `stdout` and `stderr` are the first few KiB."""

    __test__ = False

    name: str
    verdict: Verdict
    detail: str = ""
    stdout: str = ""
    stderr: str = ""


class CompileResult(Figures):
    """How compiling went; `output` is what the compiler said, shortened."""

    ok: bool
    output: str = ""
    detail: str = ""


class RunResult(Figures):
    """A plain run: the streams, and how it ended."""

    status: RunStatus
    detail: str = ""
    stdout: str = ""
    stderr: str = ""
    compile: CompileResult | None = None


class Result(BaseModel):
    """The verdict on a submission: that of the first test that failed, else AC.

    `cpu_ms`, `wall_ms` and `memory_bytes` are the largest of any test. `cause` is set for IE
    only and says what broke in the judge.
    """

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    submission_id: UUID
    language: str
    verdict: Verdict
    tests: tuple[TestResult, ...] = ()
    compile: CompileResult | None = None
    cpu_ms: float = 0.0
    wall_ms: float = 0.0
    memory_bytes: int = 0
    tier: str = "unknown"
    cause: str | None = None

    @classmethod
    def of_tests(
        cls,
        submission: Submission,
        language: str,
        tests: Iterable[TestResult],
        *,
        compile: CompileResult | None,
        tier: str,
    ) -> Result:
        """Sum up the tests of a submission that compiled."""
        done = tuple(tests)
        failed = [t for t in done if t.verdict not in (Verdict.AC, Verdict.SKIPPED)]
        return cls(
            submission_id=submission.id,
            language=language,
            verdict=failed[0].verdict if failed else Verdict.AC,
            tests=done,
            compile=compile,
            cpu_ms=max((t.cpu_ms for t in done), default=0.0),
            wall_ms=max((t.wall_ms for t in done), default=0.0),
            memory_bytes=max((t.memory_bytes for t in done), default=0),
            tier=tier,
        )

    @classmethod
    def internal_error(cls, submission_id: UUID, language: str, cause: str) -> Result:
        """The verdict after the judge itself failed for good."""
        return cls(submission_id=submission_id, language=language, verdict=Verdict.IE, cause=cause)


def parse_submission(data: Any) -> Submission:
    """Build a `Submission` from decoded JSON, or raise `InvalidSubmission` naming the field."""
    try:
        return Submission.model_validate(data)
    except ValidationError as exc:
        raise invalid(exc) from None

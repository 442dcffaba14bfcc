"""What is judged: the public model of a submission, whose JSON form is the wire form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from pydantic import Field, ValidationError, model_validator

from judgecore.kinds import ANSWERS, SubmitAnswer
from judgecore.limits import MIB, Limits
from judgecore.paths import check_paths
from judgecore.problem import Checker, Problem, Tests
from judgecore.validation import Content, StrictModel, as_bytes, invalid, oversized

MAX_SOURCE_BYTES = 16 * MIB
MAX_FILES = 1_000
MAX_FILES_COLLECTED = 100
CompilerOptions = Annotated[
    tuple[Annotated[str, Field(max_length=512, pattern=r"^[^\x00]*$")], ...], Field(max_length=100)
]


class Submission(StrictModel):
    """A program to judge, with what it is judged against.

    `id` is chosen by whoever submits, so that submitting twice is harmless.
    `language` is an id or an alias of a known language, or `answers` where the problem takes such.
    `source` is the entry file; `files` are more files, contents by relative path, and `entry` is
    the path of the entry file (absent: as the language names it). All lie in the working directory.
    `collect`: paths of files that the program writes and results hold, where the problem lets
    programs write to their working directory.
    `problem` is what it is judged against; `tests`, `limits` and `checker` are the short form of
    one. `keep_output`: results hold all that the program printed, up to the output limit, and the
    files that the problem judges;
    `transcript`: results say what an interactive problem's two programs wrote to each other.
    `tenant`: whose it is. Programs of different tenants share no compiled programs, so that nobody
    learns by the time of compiling what others submitted.
    `options`: further arguments of the compiler, in C, C++ and their like; others refuse them.
    `merge_stderr`: stderr is written to stdout, in the order of writing; for images with a shell.
    `keep_bytes` bounds outputs and collected files of all tests together (None: nothing does).
    """

    id: UUID = Field(default_factory=uuid4)
    language: Annotated[str, Field(min_length=1, max_length=64)]
    source: Content
    files: dict[str, Content] = Field(default_factory=dict)
    entry: str | None = None
    problem: Problem | None = None
    tests: Tests | None = None
    limits: Limits = Limits()
    checker: Checker = Checker()
    stop_at_first_failure: bool = False
    keep_output: bool = False
    transcript: bool = False
    keep_bytes: Annotated[int, Field(ge=0)] | None = None
    tenant: Annotated[str, Field(max_length=200)] = ""
    collect: Annotated[tuple[str, ...], Field(max_length=MAX_FILES_COLLECTED)] = ()
    options: CompilerOptions = ()
    merge_stderr: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Submission:
        check_files(self.source, self.files, self.entry)
        check_paths(self.collect, "collect has")
        if (self.problem is None) == (self.tests is None):
            said = "both absent" if self.problem is None else "both given"
            raise ValueError(f"tests and problem are {said}; give one of them")
        answers = self.problem and isinstance(self.problem.procedure, SubmitAnswer)
        if answers and self.language != ANSWERS:
            raise ValueError(f"language: the problem takes answers, whose language is {ANSWERS!r}")
        if self.problem is not None and {"limits", "checker"} & self.model_fields_set:
            raise ValueError("problem has limits and checker of its own; leave these out")
        problem = self.problem
        if self.collect and not (problem and (problem.writable or problem.outputs)):
            raise ValueError("collect needs a problem with writable=True: no other writes files")
        return self

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def judged_against(self) -> Problem:
        """The problem, also where the short form was given."""
        if self.problem is not None:
            return self.problem
        return Problem(tests=self.tests, limits=self.limits, checker=self.checker)


def check_files(source: str | bytes, files: Mapping[str, str | bytes], entry: str | None) -> None:
    """Raise `ValueError` unless the files could lie beside the entry file, all in all small."""
    if problem := oversized(source, MAX_SOURCE_BYTES):
        raise ValueError(f"source is {problem}")
    if len(files) > MAX_FILES:
        raise ValueError(f"files are {len(files)}; at most {MAX_FILES} are accepted")
    if entry is not None:
        check_paths((entry,), "entry is")
        if entry in files:
            raise ValueError("files holds the entry file's own path")
    check_paths((*files, *(() if entry is None else (entry,))))
    size = sum(len(as_bytes(content)) for content in (source, *files.values()))
    if size > MAX_SOURCE_BYTES:
        raise ValueError(f"files are {size} bytes; at most {MAX_SOURCE_BYTES} are accepted")


def parse_submission(data: Any) -> Submission:
    """Build a `Submission` from decoded JSON, or raise `InvalidSubmission` naming the fields."""
    try:
        return Submission.model_validate(data)
    except ValidationError as exc:
        raise invalid(exc) from None

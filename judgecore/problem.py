"""A problem: its tests, its limits, and how outputs are judged. One value for every door.

A problem has independent axes; another kind is another member of its union.

    procedure   how a test is run                `Batch`: stdin or a named file in, stdout or named
                                                 files out; `Interactive`; `TwoSteps`: two runs,
                                                 one after another; `SubmitAnswer`: nothing
                                                 runs, the answers are submitted
    passes      how often, at most               1; more: the checker gives the next pass's input
    checker     how an output is judged          `Checker`: a comparison; `CheckerProgram`, after
                                                 which each of `more_checkers` must accept, too
    static_     what judges the source itself,   None: nothing does; `CheckerProgram`
    validator   in tests of its own
    total       how tests become one verdict     `PassFail`: every test must pass; `Scoring`
    harness     what is put around the source    None: nothing; `Included`: graders, stubs, headers;
                                                 `Function`: a driver that calls a function
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from sys import getsizeof
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from judgecore.functions import Function
from judgecore.functions.calls import BadTest, problem_of
from judgecore.groups import PassFail, Points, Scoring, Total
from judgecore.kinds import (
    MAX_PASSES,
    Batch,
    CheckerProgram,
    Convention,
    Included,
    Interactive,
    Procedure,
    SubmitAnswer,
    TwoSteps,
)
from judgecore.limits import MIB, Limits, Milliseconds
from judgecore.paths import check_paths
from judgecore.validation import Content, StrictModel, as_bytes, as_text, oversized

MAX_TEST_BYTES = 64 * MIB
MAX_TESTS = 10_000
MAX_TEST_FILES = 100
MAX_MORE_CHECKERS = 7
MAX_ARGUMENTS_BYTES = 64 << 10
MAX_JUDGED_BYTES = 72 * MIB  # what one frame to a sandbox holds, with room for the rest

# Databases and terminals take no NUL.
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class CheckerKind(StrEnum):
    """How an output is compared with the expected one."""

    EXACT = "exact"
    TOKENS = "tokens"
    LINES = "lines"
    WORD_LINES = "word-lines"
    FLOATS = "floats"
    RSTRIP = "rstrip"
    UNORDERED_LINES = "unordered-lines"
    UNORDERED_TOKENS = "unordered-tokens"


class Checker(StrictModel):
    """A built-in comparison and its settings.

    `exact`: byte for byte. `tokens`: words, whatever white space is between them. `lines`: line
    by line, without blanks at the ends of lines and without empty lines at the end, as most judges
    compare. `word-lines`: line by line, whatever blanks are between the words of a line, as CMS
    compares. `floats`: `tokens`, in which numbers may differ by `absolute` or by the share
    `relative`. `rstrip`: `lines`, and NULs at the ends count as blanks, as Judge0 has it.
    `unordered-lines` and `unordered-tokens`: the same lines, or words, in any order. Letters may
    differ in case where `case_sensitive` is false, in all but `exact`.
    """

    kind: CheckerKind = CheckerKind.TOKENS
    case_sensitive: bool = True
    space_sensitive: bool = False
    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9
    relative: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9


class TestCase(StrictModel):
    """One test: what the program is given, and what it must print.

    `expected`: absent for a test that is only run, never judged. `expected_files`: what is expected
    in the `more_outputs` of the problem's procedure, by path.
    `arguments`: of the program, after those of its language.
    `cpu_ms`: a CPU time limit of this test in place of the problem's.
    `files`: contents by path, read-only, in the working directory for this test alone.
    `group`: what its result is told with, and scored with where the problem has scores. `points`:
    what it is worth there; absent: its share of the group's, or 1.
    `checker`, when given, is used for this test in place of the problem's; `checker_arguments` are
    this test's arguments of the problem's checker program, in place of the program's own.
    `static`: nothing is run in this test; the problem's static validator judges the submission's
    source, with `checker_arguments`.
    """

    __test__ = False  # not a test class, whatever its name says to pytest
    name: Label | None = None
    input: Content = ""
    expected: Content | None = None
    arguments: tuple[str, ...] = ()
    files: dict[str, Content] = Field(default_factory=dict)
    expected_files: dict[str, Content] = Field(default_factory=dict)
    cpu_ms: Milliseconds | None = None
    group: Label | None = None
    points: Points | None = None
    checker: Checker | None = None
    checker_arguments: tuple[str, ...] | None = None
    static: bool = False

    @field_validator("input", "expected")
    @classmethod
    def _size(cls, content: str | bytes | None) -> str | bytes | None:
        if content is not None and (problem := oversized(content, MAX_TEST_BYTES)):
            raise ValueError(problem)
        return content

    @field_validator("arguments")
    @classmethod
    def _arguments(cls, arguments: tuple[str, ...]) -> tuple[str, ...]:
        if any("\0" in argument for argument in arguments):
            raise ValueError("holds a NUL character, which ends an argument")
        if sum(map(len, arguments)) > MAX_ARGUMENTS_BYTES or len(arguments) > 1000:
            raise ValueError(f"at most 1000 arguments of {MAX_ARGUMENTS_BYTES} bytes are accepted")
        return arguments

    @field_validator("files", "expected_files")
    @classmethod
    def _files(cls, files: dict[str, str | bytes]) -> dict[str, str | bytes]:
        check_paths(files)
        if len(files) > MAX_TEST_FILES:
            raise ValueError(f"files are {len(files)}; at most {MAX_TEST_FILES} are accepted")
        if problem := oversized(b"".join(map(as_bytes, files.values())), MAX_TEST_BYTES):
            raise ValueError(f"files are {problem}")
        return files

    @property
    def _contents(self) -> tuple[str | bytes, ...]:
        files = (*self.files.values(), *self.expected_files.values())
        return (self.input, self.expected or "", *files)

    @property
    def transfer_bytes(self) -> int:
        """How many bytes the contents have."""
        return sum(len(as_bytes(content)) for content in (*self._contents, *self.arguments))

    @property
    def size_bytes(self) -> int:
        """About how much memory the contents take; text outside ASCII takes 4 bytes a letter."""
        return sum(map(getsizeof, self._contents))


def _kind_of(value: Any) -> object:
    return value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)


def _kind_of_checker(value: Any) -> str:
    return "(program)" if _kind_of(value) == "program" else "(comparison)"


def _kind_of_harness(value: Any) -> str:
    return "(function)" if _kind_of(value) == "function" else "(included)"


AnyChecker = Annotated[
    Annotated[Checker, Tag("(comparison)")] | Annotated[CheckerProgram, Tag("(program)")],
    Discriminator(_kind_of_checker),
]
Tests = Annotated[tuple[TestCase, ...], Field(min_length=1, max_length=MAX_TESTS)]


class Problem(StrictModel):
    """What a submission is judged against, on every door. See the module for the axes.

    `slug`: the name under which it is stored, if it is. `more_checkers`: run after the checker
    program on what it has accepted, each in a sandbox of its own; the first that does not accept
    decides. `warnings` of a package are lines that start with a path: what was ignored, or assumed;
    they are no part of the stored problem.
    """

    slug: Label | None = None
    title: Annotated[str, Field(pattern=r"^[^\x00]*$")] = ""
    tests: Tests
    limits: Limits = Limits()
    procedure: Procedure = Batch()
    passes: Annotated[int, Field(ge=1, le=MAX_PASSES)] = 1
    checker: AnyChecker = Checker()
    more_checkers: Annotated[tuple[CheckerProgram, ...], Field(max_length=MAX_MORE_CHECKERS)] = ()
    static_validator: CheckerProgram | None = None
    total: Total = PassFail()
    harness: (
        Annotated[
            Annotated[Included, Tag("(included)")] | Annotated[Function, Tag("(function)")],
            Discriminator(_kind_of_harness),
        ]
        | None
    ) = None
    writable: bool = Field(
        default=False, description="Whether programs may write to their working directory"
    )
    warnings: Annotated[tuple[str, ...], Field(exclude=True)] = ()

    @model_validator(mode="after")
    def _expected(self) -> Problem:
        run = [test for test in self.tests if not test.static]
        missing = sum(test.expected is None for test in run)
        if 0 < missing < len(run) and not self.judged_by_program:
            raise ValueError("tests: expected is absent from some of them; give all or none")
        return self

    @model_validator(mode="after")
    def _static(self) -> Problem:
        if self.static_validator is None:
            if any(test.static for test in self.tests):
                raise ValueError("tests: static needs a static_validator")
        elif self.static_validator.convention is not Convention.KATTIS:
            raise ValueError("static_validator: only the convention 'kattis' is possible")
        elif isinstance(self.procedure, SubmitAnswer) or isinstance(self.harness, Function):
            raise ValueError("static_validator: neither answers nor functions can have one")
        return self

    @model_validator(mode="after")
    def _programs(self) -> Problem:
        by_program = isinstance(self.checker, CheckerProgram)
        if isinstance(self.procedure, Interactive):
            _check_interactive(self.procedure, self.checker)
        elif isinstance(self.procedure, SubmitAnswer):
            if self.passes > 1 or self.harness is not None:
                raise ValueError("procedure: of answers neither passes nor harness is possible")
        elif isinstance(self.procedure, TwoSteps) and self.passes > 1:
            raise ValueError("procedure: two steps and several passes exclude each other")
        elif self.passes > 1 and not by_program:
            raise ValueError("passes: more than one needs a checker program")
        if self.passes > 1 and self.judge_convention is not Convention.KATTIS:
            raise ValueError("passes: more than one needs a program of the convention 'kattis'")
        if self.more_checkers:
            _check_more(self)
        if by_program and any(test.checker for test in self.tests):
            raise ValueError("tests: checker is not possible where the problem's is a program")
        streams = 2 if self.more_outputs else 1
        most = max(t.transfer_bytes + streams * self.limits.output_bytes for t in self.tests)
        if self.judged_by_program and most > MAX_JUDGED_BYTES:
            raise ValueError(
                f"tests: input, expected and the output limit are {most} bytes; a checker program"
                f" can be given at most {MAX_JUDGED_BYTES}"
            )
        return self

    @model_validator(mode="after")
    def _named_files(self) -> Problem:
        for test in self.tests:
            _check_named_files(self, test)
        return self

    @model_validator(mode="after")
    def _calls(self) -> Problem:
        if isinstance(self.harness, Function):
            _check_calls(self, self.harness)
        return self

    @model_validator(mode="after")
    def _groups(self) -> Problem:
        if isinstance(self.total, Scoring):
            known = {group.name for group in self.total.all_groups()}
            for test in self.tests:
                if test.group is not None and test.group not in known:
                    raise ValueError(f"tests: group {test.group!r} is none of the scored ones")
        return self

    @property
    def programs(self) -> tuple[CheckerProgram, ...]:
        """Its own: interactor, checkers, static validator, grader, what answers queries."""
        interactor = self.procedure.interactor if isinstance(self.procedure, Interactive) else None
        grader = self.total.grader if isinstance(self.total, Scoring) else None
        uses = self.harness.uses if isinstance(self.harness, Function) else None
        answering = None if uses is None else uses.program
        checkers = (self.checker, *self.more_checkers)
        found = (interactor, *checkers, self.static_validator, grader, answering)
        return tuple(one for one in found if isinstance(one, CheckerProgram))

    @property
    def input_file(self) -> str | None:
        """The file that holds the input; None where stdin does."""
        return self.procedure.input_file if isinstance(self.procedure, Batch) else None

    @property
    def processes(self) -> int:
        """How many of a submission's program run at the same time."""
        return self.procedure.processes if isinstance(self.procedure, Interactive) else 1

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files that a program has to write, the one in place of stdout first."""
        return self.procedure.outputs if isinstance(self.procedure, Batch) else ()

    @property
    def more_outputs(self) -> tuple[str, ...]:
        """Those beside the output that is judged in any case."""
        return self.procedure.more_outputs if isinstance(self.procedure, Batch) else ()

    @property
    def judged_by_program(self) -> bool:
        """Whether programs of the problem take part in judging."""
        interactive = isinstance(self.procedure, Interactive)
        return interactive or isinstance(self.checker, CheckerProgram)

    @property
    def judge_convention(self) -> Convention | None:
        """How the program answers that decides after each pass; None where none does."""
        own = self.procedure.interactor if isinstance(self.procedure, Interactive) else None
        if own is None and isinstance(self.checker, CheckerProgram):
            own = self.checker
        return None if own is None else own.convention

    @property
    def run_only(self) -> bool:
        """Whether its tests are only run, because nothing is expected of any."""
        judged = self.judged_by_program or any(test.static for test in self.tests)
        return self.tests[0].expected is None and not judged

    @property
    def every_limits(self) -> set[Limits]:
        """The limits of its tests, each once."""
        return {self.limits_of(test) for test in self.tests}

    def limits_of(self, test: TestCase) -> Limits:
        """The limits of one of its tests."""
        if test.cpu_ms is None:
            return self.limits
        return self.limits.model_copy(update={"cpu_ms": test.cpu_ms})

    @property
    def size_bytes(self) -> int:
        """About how much memory its tests and programs take."""
        return self._code_bytes + sum(test.size_bytes for test in self.tests)

    @property
    def transfer_bytes(self) -> int:
        """How many bytes its tests and programs have."""
        return self._code_bytes + sum(test.transfer_bytes for test in self.tests)

    @property
    def _code_bytes(self) -> int:
        included = 0 if self.harness is None else self.harness.transfer_bytes
        return included + sum(program.transfer_bytes for program in self.programs)

    @property
    def content_hash(self) -> str:
        """SHA-256 of what can change a verdict: the key under which it may be cached."""
        digest = hashlib.sha256()
        settings = self.model_dump(mode="json", exclude={"slug", "title", "tests", "warnings"})
        for part in (settings, *(test.model_dump(mode="json") for test in self.tests)):
            data = json.dumps(part, sort_keys=True).encode()
            digest.update(b"%d:" % len(data) + data)
        return digest.hexdigest()

    def replacing(self, limits: Limits | None, checker: Checker | None) -> Problem:
        """The problem with these limits and this checker, for every test, where they are given.

        Raises `InvalidSubmission` where the problem cannot be judged so.
        """
        changes: dict[str, object] = {}
        own: dict[str, object] = {}  # what tests have of their own, and loses to what is given
        if limits is not None:
            changes["limits"], own["cpu_ms"] = limits, None
        if checker is not None:
            changes["checker"], own["checker"] = checker, None
        if not changes:
            return self
        tests = tuple(test.model_copy(update=own) for test in self.tests)
        return Problem(**{**dict(self), **changes, "tests": tests})


def _check_named_files(problem: Problem, test: TestCase) -> None:
    given, wanted = problem.input_file, set(problem.more_outputs)
    if given is not None:
        if given in test.files:
            raise ValueError(f"tests: files has {given!r}, which is the input's own name")
        check_paths((*test.files, given), "tests: files has")
    if unknown := set(test.expected_files) - wanted:
        raise ValueError(f"tests: expected_files has {min(unknown)!r}, which is no output")
    missing = wanted - set(test.expected_files)
    if missing and not problem.judged_by_program and test.expected is not None:
        raise ValueError(f"tests: expected_files lacks {min(missing)!r}")


def _text_or_none(content: str | bytes | None) -> str | None:
    return None if content is None else as_text(content)


def _check_calls(problem: Problem, function: Function) -> None:
    if not isinstance(problem.procedure, Batch) or problem.passes > 1 or problem.writable:
        raise ValueError("procedure: a function problem is a batch problem of one pass")
    if problem.input_file is not None or problem.outputs:
        raise ValueError("procedure: a function is given no files, and writes none")
    for number, test in enumerate(problem.tests, start=1):
        try:
            if test.arguments or test.files or test.checker is not None:
                raise BadTest("a call has neither arguments, files nor a checker of its own")
            expected = None if problem.judged_by_program else test.expected
            problem_of(function, as_text(test.input), _text_or_none(expected))
        except BadTest as exc:
            raise ValueError(f"tests: {test.name or number}: {exc}") from None


def _check_more(problem: Problem) -> None:
    """Several checkers: each only accepts or rejects what was written, so that an order is enough
    to say which of them decides."""
    checkers = (problem.checker, *problem.more_checkers)
    kattis = Convention.KATTIS
    if not all(isinstance(one, CheckerProgram) and one.convention is kattis for one in checkers):
        raise ValueError("more_checkers: each checker must be a program of the convention 'kattis'")
    if isinstance(problem.procedure, Interactive) or problem.passes > 1:
        raise ValueError(
            "more_checkers: not where the checker takes part in the run (interactive, passes)"
        )


def _check_interactive(procedure: Interactive, checker: AnyChecker) -> None:
    program = checker if isinstance(checker, CheckerProgram) else None
    interactor = procedure.interactor or program
    if interactor is None:
        raise ValueError("procedure: interactive needs an interactor, or a checker program")
    if procedure.processes > 1 and interactor.convention is not Convention.CMS:
        raise ValueError("procedure: several processes need an interactor of the convention 'cms'")
    if interactor.convention is Convention.EXIT:
        raise ValueError(f"procedure: no interactor has the convention {interactor.convention!s}")
    if procedure.interactor is None and interactor.convention is not Convention.KATTIS:
        raise ValueError(
            "procedure: interactors of testlib and CMS are given as procedure.interactor"
        )

"""The kinds of problems: how a test is run, and which programs of the problem take part in it.

A problem's own programs, checkers and interactors, run in sandboxes that no program of a
submission shares.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from judgecore.limits import GIB, MIB, Limits
from judgecore.paths import check_paths
from judgecore.validation import Content, StrictModel, as_bytes

MAX_PROGRAM_BYTES = 16 * MIB
MAX_PASSES = 1_000
MAX_OUTPUTS = 20
MAX_PROCESSES = 16  # of one submission, side by side
ANSWERS = "answers"  # in place of a language: the submission is no program
HELPER_LIMITS = Limits(
    cpu_ms=60_000,
    wall_ms=120_000,
    idle_ms=10_000,
    memory_bytes=1 * GIB,
    output_bytes=8 * MIB,
)


class Kind(StrictModel):
    """One kind of an axis. Its `kind` is always written, also where defaults are left out."""

    kind: Any

    @model_serializer(mode="wrap")
    def _named(self, rest: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind, **rest(self)}


class Convention(StrEnum):
    """How a checker or an interactor is called, and how it answers."""

    KATTIS = "kattis"
    TESTLIB = "testlib"
    CMS = "cms"
    EXIT = "exit"


class CheckerProgram(Kind):
    """A program of the problem that judges what a solution did: a checker, or an interactor.

    `kattis`: called with `input answer feedback/` and `arguments`, the output on stdin; 42 accepts,
    43 rejects. `testlib`: `input output answer`; testlib's exit codes, which are set when it is
    compiled. `cms`: `input answer output`; a share from 0 to 1 on stdout. `exit`:
    `input answer output`; 0 accepts and 1 rejects. Anything else is a fault of the program, and
    an internal error of the judge.
    `limits`: of each of its runs, whatever the solution's are.
    """

    kind: Literal["program"] = "program"
    convention: Convention = Convention.KATTIS
    language: Annotated[str, Field(min_length=1, max_length=64)]
    source: Content
    files: dict[str, Content] = Field(default_factory=dict)
    entry: str | None = None
    arguments: tuple[str, ...] = ()
    limits: Limits = HELPER_LIMITS

    @model_validator(mode="after")
    def _fits(self) -> CheckerProgram:
        check_paths((*self.files, *(() if self.entry is None else (self.entry,))))
        if self.transfer_bytes > MAX_PROGRAM_BYTES:
            raise ValueError(
                f"{self.transfer_bytes} bytes of code; at most {MAX_PROGRAM_BYTES} are accepted"
            )
        if any("\0" in argument for argument in self.arguments):
            raise ValueError("arguments hold a NUL character, which ends an argument")
        return self

    @property
    def transfer_bytes(self) -> int:
        """How many bytes its files have."""
        return sum(len(as_bytes(content)) for content in (self.source, *self.files.values()))


class Batch(Kind):
    """The program reads its input and writes its output; nobody answers it meanwhile.

    `input_file`: the file in the working directory that holds the input; None: stdin does.
    `output_file`: the file that the program writes and that is judged; None: stdout is.
    `more_outputs`: further files that it writes. A comparison needs what is expected in them, the
    `expected_files` of each test; a checker program finds them in its folder `outputs`.
    """

    kind: Literal["batch"] = "batch"
    input_file: str | None = None
    output_file: str | None = None
    more_outputs: Annotated[tuple[str, ...], Field(max_length=MAX_OUTPUTS)] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Batch:
        given = (self.input_file, self.output_file, *self.more_outputs)
        names = [name for name in given if name is not None]
        check_paths(names, "procedure has")
        if len(names) != len(set(names)):
            raise ValueError("procedure: names one file twice")
        return self

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every file that the program has to write, the one in place of stdout first."""
        return (*filter(None, (self.output_file,)), *self.more_outputs)


class Pipes(StrEnum):
    """How the end of a solution or an interactor shows to the other one.

    `bapc`: an interactor reads end-of-file when the solution has ended; what a solution writes
    after it was accepted harms nobody. `domjudge`: the same, but an interactor reads end-of-file
    as soon as the solution closes its output. `kattis`: as `bapc`, but who writes after it was
    accepted dies of the closed pipe: RE.
    """

    BAPC = "bapc"
    DOMJUDGE = "domjudge"
    KATTIS = "kattis"


class Interactive(Kind):
    """The program and an interactor run side by side; each reads what the other writes.

    `interactor`: absent where the problem's checker is the interactor, as in the ICPC's formats.
    With an interactor of its own (`testlib`), a checker program is run afterwards on the file that
    the interactor wrote. A manager of CMS (`cms`) decides by itself.
    `processes`: how many of the program run at the same time, each of which talks to the manager
    of CMS alone. Where they are several, each has its number, from 0, as an argument, and together
    they have the CPU time limit of one.
    `streams`: `stdio`; `fifos`: the program gets the names of the streams as its first arguments,
    the one that it reads and the one that it writes, as a stub of CMS expects. `pipes`: how the end
    of the one shows to the other, as this judge does it.
    """

    kind: Literal["interactive"] = "interactive"
    interactor: CheckerProgram | None = None
    processes: Annotated[int, Field(ge=1, le=MAX_PROCESSES)] = 1
    streams: Literal["stdio", "fifos"] = "stdio"
    pipes: Pipes = Pipes.BAPC


class TwoSteps(Kind):
    """The program runs twice: the first run gets the input, the second what the first passed on.

    Arguments are the step, 0 or 1, and the name of a file, which the first run writes and the
    second one reads. What the second one prints is judged. Each run has the limits of a test.
    """

    kind: Literal["two-steps"] = "two-steps"


class SubmitAnswer(Kind):
    """No program runs: a submission holds an answer to each test, and these are judged.

    Its language is `answers`; its answers are its `files`, or a zip that is its `source`. To the
    test `secret/7` belongs the first of `secret/7`, `7` with the ending `.out`, `.ans`, `.txt` or
    none, and `output_7.txt`.
    """

    kind: Literal["submit-answer"] = "submit-answer"


Procedure = Annotated[Batch | Interactive | TwoSteps | SubmitAnswer, Field(discriminator="kind")]


class Support(StrictModel):
    """Files that are put beside submissions in one language, and compiled with them.

    A submission's file of the same path is replaced. `entry`: which of them is started in place of
    the submission's own; None: one that is called as the language calls its entry (`main.py`), else
    the submission's.
    """

    files: dict[str, Content] = Field(default_factory=dict)
    entry: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Support:
        check_paths(self.files)
        if self.entry is not None and self.entry not in self.files:
            raise ValueError(f"entry {self.entry[:200]!r} is none of the files")
        return self

    @property
    def transfer_bytes(self) -> int:
        """How many bytes its files have."""
        return sum(len(as_bytes(content)) for content in self.files.values())


class Included(Kind):
    """Code of the problem that each submission is compiled with: graders, stubs, headers.

    `by_language`: by id; languages whose files are called alike share it (`cpp17` has that of
    `cpp`); `default` is for all others. A submission in a language that has none is refused.
    `source_name`: what the submission's file is called, without its ending; None: as the submission
    or the language names it.
    """

    kind: Literal["included"] = "included"
    by_language: Annotated[dict[str, Support], Field(min_length=1)]
    source_name: Annotated[str, Field(pattern=r"^\w{1,60}$")] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Included:
        if self.transfer_bytes > MAX_PROGRAM_BYTES:
            raise ValueError(
                f"{self.transfer_bytes} bytes of code; at most {MAX_PROGRAM_BYTES} are accepted"
            )
        return self

    @property
    def transfer_bytes(self) -> int:
        """How many bytes its files have."""
        return sum(support.transfer_bytes for support in self.by_language.values())

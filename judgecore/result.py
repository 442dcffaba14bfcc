"""What comes out: verdicts with their measurements, whose JSON form is the wire form."""

from __future__ import annotations

import shlex
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from judgecore.limits import MIB
from judgecore.report import Limit
from judgecore.validation import Content, Printed
from judgecore.verdict import Verdict


class RunStatus(StrEnum):
    """How a plain run ended: no judgement on the output."""

    OK = "OK"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    RE = "RE"
    CE = "CE"


class Measurements(BaseModel):
    """Measured facts of one run. Times in milliseconds, memory in bytes, each with its source.

    `limit`: which limit the verdict is about. `stdout_truncated`, `stderr_truncated`: what
    `stdout` and `stderr` hold are the first bytes only, because the program wrote more than its
    output limit, or more than results keep.
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


class TestResult(Measurements):
    """The verdict on one test. `detail` says why; `stdout` and `stderr` are the first few KiB,
    for all tests of a result together 2 MiB.

    `output` is all of stdout, up to the output limit, where the submission asked for it, or of a
    function problem the value returned, as JSON;
    `error_output` is then all of stderr, where `stderr` is not. `files` are those that it collects
    and the program wrote. `group` is the test's.
    `message` is from the problem's checker for the author of the submission; `staff_message` may
    quote the test and is not for them. `passes`: how often the program ran. `left_first`: whether
    the solution or the interactor ended first, where the problem is interactive. `transcript`: the
    beginning of what they said, where the submission asked for it. `score`: its
    points, where the problem has scores; None where it was not run.
    """

    __test__ = False

    name: str
    verdict: Verdict
    detail: str = ""
    stdout: str = ""
    stderr: str = ""
    output: Printed | None = None
    error_output: Printed | None = None
    files: dict[str, Printed] = Field(default_factory=dict)
    group: str | None = None
    message: str = ""
    staff_message: str = ""
    passes: int = 1
    left_first: Literal["solution", "interactor"] | None = None
    transcript: str = ""
    score: Decimal | None = None


class CompileResult(Measurements):
    """How compiling went; `output` is what the compiler said, shortened.

    `cached`: the same files were compiled before, and this is what came of it then, with the
    figures of then.
    """

    ok: bool
    cached: bool = False
    output: str = ""
    detail: str = ""


class RunResult(Measurements):
    """A plain run: the streams, and how it ended.

    `stdout` and `stderr` have replacement characters where the bytes are no UTF-8; `output` is
    stdout as it is.
    """

    status: RunStatus
    detail: str = ""
    stdout: str = ""
    stderr: str = ""
    output: Content = ""
    compile: CompileResult | None = None


class Environment(BaseModel):
    """What a submission was judged in; what is empty is not known.

    `judgecore` is its version, `image_digest` the image's identity where slots are containers,
    `toolchain` what the language's version command says. `speed`: the machine's, by which limits
    on time were divided. `limits`: those in force for a test without limits of its own, with the
    runtime's allowance on top; `asked`: those that the problem names. Both by the names of
    `Limits`. `order_seed`: by what the calls of a function problem were shuffled.
    """

    model_config = ConfigDict(frozen=True)

    judgecore: str = ""
    engine: str = ""
    image: str = ""
    image_digest: str = ""
    reuse: str = ""
    toolchain: str = ""
    speed: float = 1.0
    limits: dict[str, int] = Field(default_factory=dict)
    asked: dict[str, int] = Field(default_factory=dict)
    order_seed: int | None = None


class Result(BaseModel):
    """The verdict on a submission: that of the first test that failed, else AC.

    `cpu_ms`, `wall_ms` and `memory_bytes` are the largest of any test. `cause` is set for IE
    only and says what broke in the judge. `score`, and `scores` by group: where the problem has
    scores. `environment`: what it was judged in. `program_hash`: of which program it is, where
    that came over the pipeline (`SubmissionMessage.program_hash`).
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
    environment: Environment = Environment()
    program_hash: str | None = None
    cause: str | None = None
    score: Decimal | None = None
    scores: dict[str, Decimal] = Field(default_factory=dict)

    def __str__(self) -> str:
        """A line on the whole, and one for each test."""
        passed = sum(test.verdict is Verdict.AC for test in self.tests)
        lines = [f"{self.verdict} {self.language}, {passed} of {len(self.tests)} tests passed"]
        lines += [self.cause] if self.cause else []
        lines += [
            f"{test.name}: {test.verdict} {test.cpu_ms:.1f} ms"
            f" {test.memory_bytes / MIB:.1f} MiB {test.detail}".rstrip()
            for test in self.tests
        ]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What notebooks show."""
        printer.text(str(self))

    @property
    def reproduce(self) -> str:
        """The command that judges the program again; what it doesn't know is in capitals.

        Empty where the environment is not known.
        """
        made = self.environment
        if not made.asked:
            return ""
        settings = {
            "JUDGECORE_ENGINE": made.engine,
            "JUDGECORE_IMAGE": made.image_digest,
            "JUDGECORE_REUSE": made.reuse,
            "JUDGECORE_SPEED": "" if made.speed == 1.0 else f"{made.speed:g}",
        }
        words = [f"{name}={shlex.quote(value)}" for name, value in settings.items() if value]
        words += ["judgecore", "judge", "PROGRAM", "--language", shlex.quote(self.language)]
        words += ["--time", f"{made.asked.get('cpu_ms', 0) / 1000:g}"]
        words += ["--memory", str(-(-made.asked.get("memory_bytes", 0) // MIB))]
        return " ".join([*words, "--input", "INPUT", "--expected", "EXPECTED"])

    @classmethod
    def internal_error(cls, submission_id: UUID, language: str, cause: str) -> Result:
        """The verdict after the judge itself failed for good."""
        return cls(submission_id=submission_id, language=language, verdict=Verdict.IE, cause=cause)

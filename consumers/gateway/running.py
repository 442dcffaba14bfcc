"""Running a program once, for APIs that answer with what it did and keep nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consumers.gateway.backends import Backend, Ended
from consumers.gateway.offered import Offered
from consumers.gateway.service import made_message, new_id
from consumers.messages import SubmissionMessage
from judgecore.functions import Function
from judgecore.limits import MIB, MOST_MS, Limits
from judgecore.problem import Checker, Problem, TestCase
from judgecore.result import CompileResult, Result, TestResult
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Wanted:
    """A program to run once for each test. `collect`: files to bring back.

    The working directory is writable. `memory_bytes` may be None: as much as is usual here.
    `harness`: the program is a function, and the tests are its calls; it writes no files.
    """

    language: str
    source: str | bytes
    tests: Sequence[TestCase]
    wall_ms: int
    cpu_ms: int | None = None
    memory_bytes: int | None = None
    output_bytes: int = MIB
    processes: int = 64
    files: Mapping[str, bytes] = field(default_factory=dict)
    entry: str | None = None
    collect: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    checker: Checker = field(default_factory=Checker)
    stop_at_first_failure: bool = False
    harness: Function | None = None

    def message(self, offered: Offered) -> SubmissionMessage:
        """The submission that it becomes; raises `InvalidSubmission`."""
        wall_ms = min(max(1, self.wall_ms), MOST_MS)
        limits = Limits(
            cpu_ms=min(max(1, self.cpu_ms or wall_ms), MOST_MS),
            wall_ms=wall_ms,
            idle_ms=wall_ms,
            memory_bytes=max(4 * MIB, self.memory_bytes or offered.memory_of(self.language)),
            output_bytes=self.output_bytes,
            processes=self.processes,
        )
        problem = Problem(
            tests=tuple(self.tests),
            limits=limits,
            checker=self.checker,
            harness=self.harness,
            writable=self.harness is None,
        )
        return made_message(
            submission_id=new_id(),
            language=self.language,
            source=self.source,
            files=dict(self.files),
            entry=self.entry,
            problem=problem,
            keep_output=True,
            collect=self.collect,
            options=self.options,
            stop_at_first_failure=self.stop_at_first_failure,
        )


@dataclass(frozen=True, slots=True)
class Did:
    """What came of it. `failure`: why the judge itself failed, and nothing else is known then."""

    compiled: CompileResult | None
    tests: tuple[TestResult, ...]
    failure: str | None = None

    @property
    def is_compiled(self) -> bool:
        """Whether it could be run."""
        return self.compiled is None or self.compiled.ok


def did(backend: Backend, message: SubmissionMessage, *, done: bool) -> Did:
    """What came of a submission; a failure where there is no result in time."""
    state = backend.state(message.submission_id) if done else None
    if state is None or state.ended is None:
        return Did(None, (), "there was no result in time")
    return of_result(state.ended)


def of_result(ended: Ended) -> Did:
    """What came of a submission that has ended."""
    result: Result = ended.result
    if result.verdict in (Verdict.IE, Verdict.CANCELLED):
        return Did(None, (), result.cause or "the judge failed")
    ran = tuple(test for test in result.tests if test.verdict is not Verdict.SKIPPED)
    return Did(result.compile, ran)


def stdout_of(test: TestResult) -> bytes:
    """All of stdout that there is."""
    return as_bytes(test.output if test.output is not None else test.stdout)


def stderr_of(test: TestResult) -> bytes:
    """All of stderr that there is."""
    return as_bytes(test.error_output if test.error_output is not None else test.stderr)


def text_of(data: bytes) -> str:
    """Bytes as text, with replacement characters."""
    return data.decode(errors="replace")


def as_mapping(value: Any, name: str) -> Mapping[str, Any]:
    """A JSON object; `ValueError` about anything else."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be an object")
    return value


def as_list(value: Any, name: str) -> list[Any]:
    """A JSON list; absent is empty; `ValueError` about anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{name} must be a list")
    return value


def as_number(value: Any, name: str, default: float) -> float:
    """A number from JSON; `ValueError` about anything else."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12:
        raise ValueError(f"{name} must be a number")
    return float(value)


def as_text(value: Any, name: str, default: str = "") -> str:
    """A text from JSON; `ValueError` about anything else."""
    if value is None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    return value

"""A program, a run of it, and what came of the run: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from judgecore.languages import Language, Staged
from judgecore.limits import Limits
from judgecore.report import Report
from judgecore.runner.protocol import Calls, Digest
from judgecore.submission import Submission
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict, limit_hit

_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Program:
    """Source to run, whoever wrote it: solution, checker, interactor, validator, generator.

    `language`: an id or an alias. `source` is the entry file, `entry` its path (None: as the
    language names it), `files` are the others, all in the working directory.
    `defines`: macros by name, with their values; `options`: further arguments of the compiler. Both
    in languages that have a `define`, C and C++ among them; others refuse them.
    `compile_limits`: in place of the language's own.
    `reused`: what compiling makes is kept and reused wherever the same program is opened, also
    where no compile cache is wanted; for checkers and the like, which judge many submissions.
    `tenant`: programs of different ones share no builds.
    """

    language: str
    source: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    entry: str | None = None
    options: tuple[str, ...] = ()
    defines: Mapping[str, str] = field(default_factory=dict)
    compile_limits: Limits | None = None
    reused: bool = False
    tenant: str = ""

    @classmethod
    def of(cls, submission: Submission) -> Program:
        """What was submitted."""
        return cls(
            language=submission.language,
            source=as_bytes(submission.source),
            files={path: as_bytes(content) for path, content in submission.files.items()},
            entry=submission.entry,
            tenant=submission.tenant,
            options=submission.options,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A program whose language is known and whose files have their names.

    `options`: what it adds to the compile command.
    """

    program: Program
    language: Language
    staged: Staged
    options: tuple[str, ...] = ()

    @property
    def compile_limits(self) -> Limits:
        """The limits of compiling it."""
        return self.program.compile_limits or self.language.compile_limits()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a compiled program.

    `stdin`: the input, or what `Executor.keep` has returned for it.
    `arguments` follow those of the language. `environment` comes on top of the language's.
    `writable`: the program may write to its working directory; the next run finds nothing of it.
    `files`: contents by path, read-only, in the working directory of this run alone. A path that
    ends with a slash is an empty directory, which a `writable` run may write.
    `collect`: paths of the files to bring back, in `Ran.report.collected`.
    `calls`: the program is a driver, called with these; `limits` are those of all calls together.
    `wrapper`: a command, with its arguments, that starts the program: its last arguments are the
    program's own command line.
    """

    limits: Limits = _DEFAULT_LIMITS
    stdin: bytes | Digest = b""
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()
    calls: Calls | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: the facts, and what the table of verdicts says about them.

    `verdict` is None when the program ended well, so that its output decides. `limits` are those
    in force, with the runtime's allowance on top.
    """

    report: Report
    verdict: Verdict | None
    detail: str
    limits: Limits

    @property
    def ended_well(self) -> bool:
        """Whether the program ended by itself, with success, within every limit."""
        return self.verdict is None

    @property
    def measurements(self) -> dict[str, Any]:
        """The fields of `result.Measurements`."""
        return measurements(self.report, self.limits)


def measurements(report: Report, limits: Limits) -> dict[str, Any]:
    """The fields of `result.Measurements` of one run."""
    return {
        "cpu_ms": report.cpu_ms,
        "wall_ms": report.wall_ms,
        "memory_bytes": report.memory_bytes,
        "exit_code": report.exit_code,
        "signal": report.signal,
        "cpu_source": report.cpu_source,
        "memory_source": report.memory_source,
        "limit": limit_hit(report, limits),
        "stdout_truncated": report.stdout_truncated,
        "stderr_truncated": report.stderr_truncated,
    }

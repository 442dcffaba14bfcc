"""The whole story: compile once, run every test, check, classify. The only module that knows it."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self, TypeVar

from judgecore.checkers import check
from judgecore.config import Config
from judgecore.engine import Engine, SlotSpec
from judgecore.engine.choice import make_engine, require_tier
from judgecore.errors import EngineUnavailable, InvalidSubmission, SlotLost, UsageError
from judgecore.languages import Language, Registry, Sources, Staged
from judgecore.languages.presence import Presence
from judgecore.languages.sources import readable
from judgecore.limits import Limits
from judgecore.pool import Pool
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Policy, Slot
from judgecore.submission import (
    CompileResult,
    Result,
    RunResult,
    RunStatus,
    Submission,
    TestCase,
    TestResult,
)
from judgecore.verdict import Verdict, classify, limit_hit

_ATTEMPTS = 3  # a slot that dies under a submission is not the submission's fault, twice
_log = logging.getLogger(__name__)
_SHOWN_OUTPUT = 4096
_SHOWN_VERSION = 120
_SHOWN_COMPILER = 16_384

_T = TypeVar("_T")
Progress = Callable[[TestResult], None]


def _figures(report: Report, limits: Limits) -> dict[str, Any]:
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


def _text(data: bytes, limit: int | None = None) -> str:
    return data[:limit].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


class Judge:
    """Judges submissions; safe to use from several threads, each of which takes a slot.

    A context manager: leaving it destroys the slots. Settings come from `config` (default: all
    defaults; `Judge.from_env` reads `JUDGECORE_*`), and keyword arguments override them.
    `engine` may also be an engine object.

    Raises `EngineUnavailable` when no engine can work here, and `InvalidConfig` when the one at
    hand is below the minimum tier; the message says what to do.
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        engine: str | Engine | None = None,
        slots: int | None = None,
        registry: Registry | None = None,
    ) -> None:
        config = config or Config()
        if isinstance(engine, str):
            config = replace(config, engine=engine)
        if slots is not None:
            config = replace(config, slots=slots)
        self.config = config
        self.registry = registry or Registry.of(config)
        self._presence = Presence(self.registry)
        made = engine if engine is not None and not isinstance(engine, str) else make_engine(config)
        require_tier(made.tier, config)
        self.engine: Engine = made
        self.engine.sweep()
        self.slots = min(config.effective_slots, made.most_slots or config.effective_slots)
        spec = SlotSpec(None, config.slot_memory_bytes, config.scratch_bytes, config.scratch_files)
        policy = Policy(config.isolation, config.replace_after)
        self._pool = Pool(self.engine, self.slots, spec, policy=policy)
        # For whoever forgets to close it; at the interpreter's end, too.
        weakref.finalize(self, self._pool.close)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """A judge as `JUDGECORE_*` in `environ` say."""
        return cls(Config.from_env(environ))

    def __repr__(self) -> str:
        return f"<Judge {self.engine!r} {self._pool!r}>"

    def __reduce__(self) -> str:
        raise UsageError("a Judge cannot be sent to another process; make one in each")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self, count: int | None = None) -> None:
        """Start slots now (default: all) rather than on first use."""
        self._pool.warm(count)

    def close(self) -> None:
        """Destroy every slot."""
        self._pool.close()
        self.engine.close()

    def resolve_language(self, name: str) -> str:
        """The id of a language, given that or an alias; raises `UnknownLanguage`."""
        return self.registry.resolve(name).id

    def available(self) -> dict[str, tuple[str, ...]]:
        """Every language's id, with the tools that it lacks where programs run.

        A language that names an image of its own is looked for when it is first used.
        """
        with self._pool.lease() as slot:
            return {
                language.id: () if language.image else self._presence.lacking(language, slot.run)
                for language in self.registry.values()
            }

    def version(self, language: Language) -> str:
        """What the language's version command says, in a line; empty where there is none."""
        if not language.version:
            return ""
        command = Command(
            argv=language.version, limits=language.compile_limits(), env=language.environment()
        )
        report = self._patiently(language, lambda slot: slot.run(command))
        lines = (line.strip() for line in _text(report.stdout + b"\n" + report.stderr).split("\n"))
        return next((line[:_SHOWN_VERSION] for line in lines if line), "")

    def judge(self, submission: Submission, progress: Progress | None = None) -> Result:
        """Judge a submission.

        `progress` is called with each test's result as it is known. Raises `UsageError` when the
        submission cannot be judged as it stands and `InfrastructureError` when the judge failed,
        after retries; neither is ever a verdict.
        """
        language, staged = self._prepared(submission)
        return self._patiently(
            language, lambda slot: self._judge(slot, language, staged, submission, progress)
        )

    def run(
        self,
        language: str,
        source: str,
        stdin: str = "",
        limits: Limits | None = None,
        *,
        files: Mapping[str, str] | None = None,
        entry: str | None = None,
    ) -> RunResult:
        """Compile and run a program once, without judging its output. Raises as `judge` does."""
        given = Submission(
            language=language,
            source=source,
            files=dict(files or {}),
            entry=entry,
            tests=(TestCase(input=stdin, expected=""),),
            limits=limits or Limits(),
        )
        spec, staged = self._prepared(given)
        return self._patiently(spec, lambda slot: self._run(slot, spec, staged, given))

    # -------------------------------------------------------------- inside a slot

    def _prepared(self, submission: Submission) -> tuple[Language, Staged]:
        language = self.registry.resolve(submission.language)
        needed = language.run_limits(submission.limits).memory_bytes
        if needed > self.config.slot_memory_bytes:
            raise InvalidSubmission(
                "limits.memory_bytes",
                f"{language.id} needs {needed} bytes with these limits, and a slot has"
                f" {self.config.slot_memory_bytes}; ask for less or raise JUDGECORE_SLOT_MEMORY_MB",
            )
        sources = Sources(submission.source, submission.files, submission.entry)
        return language, language.stage(sources)

    def _patiently(self, language: Language, work: Callable[[Slot], _T]) -> _T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._pool.lease(language.image) as slot:
                    self._presence.require(language, slot.run, str(self.engine))
                    return self._in(slot, work)
            except SlotLost as exc:
                _log.warning("attempt %d of %d failed: %s", attempt, _ATTEMPTS, exc)
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _in(self, slot: Slot, work: Callable[[Slot], _T]) -> _T:
        """Do the work in a slot that is never used again if it fails there."""
        try:
            return work(slot)
        except SlotLost:
            slot.destroy()
            raise

    def _compile(self, slot: Slot, language: Language, staged: Staged) -> CompileResult | None:
        for path, text in staged.files.items():
            slot.put(path, text.encode())
        if not language.compile:
            return None
        limits = language.compile_limits()
        room = min(limits.memory_bytes, self.config.slot_memory_bytes)
        limits = limits.model_copy(update={"memory_bytes": room})
        command = Command(
            argv=language.argv(language.compile, limits, staged),
            limits=limits,
            env=language.environment(),
            writable_box=True,
        )
        report = slot.run(command)
        verdict, detail = classify(report, limits)
        if verdict is Verdict.IE:
            raise SlotLost(f"compiling {language.id}: {detail}")
        if report.step == "exec":
            raise EngineUnavailable(
                f"{language.id}: {language.compile[0]} is not installed where programs run"
            )
        output = readable(_text((report.stderr + report.stdout)[:_SHOWN_COMPILER]))
        return CompileResult(
            ok=verdict is None, output=output, detail=detail, **_figures(report, limits)
        )

    def _execute(
        self, slot: Slot, language: Language, staged: Staged, stdin: bytes, limits: Limits
    ) -> tuple[Report, Verdict | None, str]:
        """One run of the compiled program; the verdict is None when its output decides."""
        allowed = language.run_limits(limits)
        command = Command(
            argv=language.argv(language.run, limits, staged),
            limits=allowed,
            stdin=stdin,
            env=language.environment(),
        )
        report = slot.run(command)
        report = replace(report, out_of_heap=language.out_of_heap(report.stderr))
        verdict, detail = classify(report, allowed, limits)
        if verdict is Verdict.IE:
            raise SlotLost(f"running {language.id}: {detail}")
        if report.step == "exec" and not language.run[0].startswith("./"):
            raise EngineUnavailable(
                f"{language.id}: {language.run[0]} is not installed where programs run"
            )
        return report, verdict, detail

    def _judge(
        self,
        slot: Slot,
        language: Language,
        staged: Staged,
        submission: Submission,
        progress: Progress | None,
    ) -> Result:
        tier = str(self.engine.tier)
        compiled = self._compile(slot, language, staged)
        if compiled is not None and not compiled.ok:
            return Result(
                submission_id=submission.id,
                language=language.id,
                verdict=Verdict.CE,
                compile=compiled,
                tier=tier,
            )
        results: list[TestResult] = []
        stopped = False
        for number, test in enumerate(submission.tests, start=1):
            name = test.name or str(number)
            if stopped:
                result = TestResult(name=name, verdict=Verdict.SKIPPED)
            else:
                result = self._test(slot, language, staged, submission, test, name)
                stopped = submission.stop_at_first_failure and result.verdict is not Verdict.AC
            results.append(result)
            if progress is not None:
                progress(result)
        return Result.of_tests(submission, language.id, results, compile=compiled, tier=tier)

    def _test(
        self,
        slot: Slot,
        language: Language,
        staged: Staged,
        submission: Submission,
        test: TestCase,
        name: str,
    ) -> TestResult:
        report, verdict, detail = self._execute(
            slot, language, staged, test.input.encode(), submission.limits
        )
        if verdict is None:
            verdict, detail = check(
                report.stdout, test.expected, test.checker or submission.checker
            )
        return TestResult(
            name=name,
            verdict=verdict,
            detail=detail,
            stdout=_text(report.stdout, _SHOWN_OUTPUT),
            stderr=_text(report.stderr, _SHOWN_OUTPUT),
            **_figures(report, language.run_limits(submission.limits)),
        )

    def _run(
        self, slot: Slot, language: Language, staged: Staged, submission: Submission
    ) -> RunResult:
        stdin, limits = submission.tests[0].input.encode(), submission.limits
        compiled = self._compile(slot, language, staged)
        if compiled is not None and not compiled.ok:
            return RunResult(status=RunStatus.CE, detail=compiled.detail, compile=compiled)
        report, verdict, detail = self._execute(slot, language, staged, stdin, limits)
        return RunResult(
            status=RunStatus.OK if verdict is None else RunStatus(verdict),
            detail=detail,
            stdout=_text(report.stdout),
            stderr=_text(report.stderr),
            compile=compiled,
            **_figures(report, language.run_limits(limits)),
        )

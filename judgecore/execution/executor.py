"""Executors: programs compiled in sandboxes of their own, ready to run.

What runs a program, a solution as much as a checker, opens an executor here. Nobody else stages
files, compiles, or reads the facts of a run.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace

from judgecore.errors import EngineUnavailable, SlotLost, UsageError
from judgecore.execution.program import Prepared, Ran, Run, measurements
from judgecore.languages import Language
from judgecore.languages.sources import readable
from judgecore.report import Report
from judgecore.result import CompileResult
from judgecore.runner.protocol import Command
from judgecore.slot import Slot
from judgecore.texts import shown
from judgecore.verdict import Verdict, classify

_SHOWN_COMPILER = 16_384


class Executor:
    """A compiled program in a sandbox of its own. For one thread, and while `open` lasts.

    `compiled`: how compiling went; None where the language has nothing to compile.
    """

    def __init__(self, slot: Slot, prepared: Prepared, most_memory_bytes: int) -> None:
        self._slot = slot
        self._prepared = prepared
        self._most_memory_bytes = most_memory_bytes
        self.compiled = self._compile()

    def __repr__(self) -> str:
        return f"<Executor {self._prepared.language.id} {self._slot!r}>"

    @property
    def language(self) -> Language:
        """The program's language."""
        return self._prepared.language

    @property
    def ready(self) -> bool:
        """Whether the program can be run: it compiled, or need not be compiled."""
        return self.compiled is None or self.compiled.ok

    def run(self, run: Run) -> Ran:
        """Run the program to its end.

        Raises `UsageError` when it did not compile, `SlotLost` when the sandbox failed and
        `EngineUnavailable` when the language's runtime is not installed there.
        """
        return self._judged(self._slot.run(self._command(run)), run)

    def run_all(self, runs: Iterable[Run]) -> Generator[Ran]:
        """Run the program several times, one after another; as `run` does each.

        Closing the iterator early ends the list.
        """
        for run in runs:
            yield self.run(run)

    def _command(self, run: Run) -> Command:
        if not self.ready:
            raise UsageError(f"{self.language.id}: the program did not compile, so it cannot run")
        language = self.language
        return Command(
            argv=language.argv(language.run, run.limits, self._prepared.staged) + run.arguments,
            limits=language.run_limits(run.limits),
            stdin=run.stdin,
            env=_environment(language, run.environment),
        )

    def _judged(self, report: Report, run: Run) -> Ran:
        language = self.language
        allowed = language.run_limits(run.limits)
        report = replace(report, out_of_heap=language.out_of_heap(report.stderr))
        verdict, detail = classify(report, allowed, run.limits)
        if verdict is Verdict.IE:
            raise self._lost(f"running {language.id}: {detail}")
        if report.step == "exec" and not language.run[0].startswith("./"):
            raise EngineUnavailable(
                f"{language.id}: {language.run[0]} is not installed where programs run"
            )
        return Ran(report, verdict, detail, allowed)

    def _compile(self) -> CompileResult | None:
        language, staged = self.language, self._prepared.staged
        for path, content in staged.files.items():
            self._slot.put(path, content)
        if not language.compile:
            return None
        limits = self._prepared.compile_limits
        room = min(limits.memory_bytes, self._most_memory_bytes)
        limits = limits.model_copy(update={"memory_bytes": room})
        report = self._slot.run(
            Command(
                argv=language.argv(language.compile, limits, staged),
                limits=limits,
                env=language.environment(),
                writable_box=True,
            )
        )
        verdict, detail = classify(report, limits)
        if verdict is Verdict.IE:
            raise self._lost(f"compiling {language.id}: {detail}")
        if report.step == "exec":
            raise EngineUnavailable(
                f"{language.id}: {language.compile[0]} is not installed where programs run"
            )
        output = readable(shown((report.stderr + report.stdout)[:_SHOWN_COMPILER]))
        return CompileResult(
            ok=verdict is None, output=output, detail=detail, **measurements(report, limits)
        )

    def _lost(self, why: str) -> SlotLost:
        self._slot.destroy()
        return SlotLost(why)


def _environment(language: Language, more: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    own = language.environment()
    return tuple({**dict(own), **more}.items()) if more else own

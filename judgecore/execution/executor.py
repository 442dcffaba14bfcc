"""Executors: programs compiled in sandboxes of their own, ready to run.

What runs a program, a solution as much as a checker, opens an executor here. Nobody else stages
files, compiles, or reads the facts of a run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from judgecore.connecting import connect, connect_each
from judgecore.errors import (
    EngineUnavailable,
    LanguageUnavailable,
    MachineBusy,
    SlotLost,
    UsageError,
)
from judgecore.execution.builds import MOST_BUILT_BYTES, Builds, build_of, key_of
from judgecore.execution.program import Prepared, Ran, Run, measurements
from judgecore.languages import Language
from judgecore.languages.sources import readable
from judgecore.limits import MOST_MS, Limits
from judgecore.report import BuiltFile, Limit, Report
from judgecore.result import CompileResult
from judgecore.runner.protocol import Command, Digest
from judgecore.running import Record, Running
from judgecore.slot import Slot
from judgecore.tally import Tally, WarmStarts
from judgecore.texts import shown
from judgecore.verdict import Verdict, classify

_SHOWN_COMPILER = 16_384
_Environment = tuple[tuple[str, str], ...]
_WARM = ("forked", "started")


class RunStopped(Exception):
    """The run was ended by `Executor.stop`."""


class Executor:
    """A compiled program in a sandbox of its own. For one thread, and while `open` lasts.

    `compiled`: how compiling went; None where the language has nothing to compile.
    `patience`: the factor by which limits on wall time are longer on a machine that was too busy.
    `speed`: by which limits on time are divided. `toolchain`: what the language's version command
    says. `built`: the files that compiling left; None: they are not known. `core`: the one on which
    connected programs run, where their slots are pinned to none.
    `builds`: where the program's build may be, and is kept; None: it is compiled in any case.
    `copied`: another executor of the same program, whose build is used. `warm`: counts warm starts;
    None: there are none.
    """

    def __init__(
        self,
        slot: Slot,
        prepared: Prepared,
        most_memory_bytes: int,
        patience: int = 1,
        core: int | None = None,
        builds: Builds | None = None,
        speed: float = 1.0,
        toolchain: str = "",
        copied: Executor | None = None,
        warm: Tally[WarmStarts] | None = None,
    ) -> None:
        self._slot = slot
        self._prepared = prepared
        self._most_memory_bytes = most_memory_bytes
        self._patience = patience
        self._core = core
        self._warm = warm
        self._module = prepared.language.warm_module(prepared.staged)
        self._environment = prepared.language.environment()
        self._known: dict[int, tuple[Limits, Limits, tuple[str, ...]]] = {}
        self.speed = speed
        self.toolchain = toolchain
        self.built: tuple[BuiltFile, ...] | None = None
        if copied is None:
            self.compiled = self._compiled(builds)
        else:
            self.compiled, self.built = copied.compiled, copied.built
            self._stage(self.built or ())

    def __repr__(self) -> str:
        return f"<Executor {self._prepared.language.id} {self._slot!r}>"

    @property
    def language(self) -> Language:
        """The program's language."""
        return self._prepared.language

    @property
    def image(self) -> tuple[str, str]:
        """Name and digest of the image that the program runs in; empty where there is none."""
        return self._slot.image

    @property
    def warm(self) -> bool:
        """Whether most of its runs start from a warm interpreter."""
        return self._warm is not None and self._module is not None

    @property
    def ready(self) -> bool:
        """Whether the program can be run: it compiled, or need not be compiled."""
        return self.compiled is None or self.compiled.ok

    @property
    def travels(self) -> bool:
        """Whether another sandbox may get what was compiled, without compiling it there.

        A build may hold the path of the box, which differs where sandboxes have no file tree of
        their own.
        """
        here = bool(self.language.compile) and "box" in self._slot.features
        return self.built is not None and not here

    def run(self, run: Run) -> Ran:
        """Run the program to its end.

        Raises `UsageError` when it did not compile, `SlotLost` when the sandbox failed and
        `LanguageUnavailable` when the language's runtime is not installed there.
        """
        report = self._slot.run(self._command(run))
        if report.limit is Limit.STOPPED:
            raise RunStopped
        return self._judged(report, run)

    def stop(self) -> None:
        """End what `run`, `run_all` or `connect` runs, from another thread: it raises `RunStopped`.
        Between two runs this does nothing."""
        self._slot.stop()

    def copy(self, slot: Slot, core: int | None = None) -> Executor:
        """The same program in another slot of the same image. `built` must be known, unless it
        does not compile."""
        return Executor(
            slot,
            self._prepared,
            self._most_memory_bytes,
            self._patience,
            core,
            speed=self.speed,
            toolchain=self.toolchain,
            copied=self,
            warm=self._warm,
        )

    def run_all(self, runs: Iterable[Run]) -> Generator[Ran]:
        """Run the program several times, one after another; as `run` does each.

        The list is sent ahead, so that the next run begins while the last one is looked at.
        Closing the iterator early ends the list; a run that is under way is thrown away.
        """
        sent: deque[Run] = deque()
        with closing(self._slot.run_all(self._commands(runs, sent))) as reports:
            for report in reports:
                if report.limit is Limit.STOPPED:
                    raise RunStopped
                yield self._judged(report, sent.popleft())

    def interrupt(self) -> None:
        """End what runs, from another thread; whoever waits for it gets `SlotLost`."""
        self._slot.interrupt()

    def start(self, run: Run) -> Running:
        """Start the program with its streams open; see `Running` for how it is fed and read.

        `judged` says what the report of `Running.finish` means. Nothing else may run until then.
        """
        return self._slot.start(self._command(run))

    def judged(self, report: Report, run: Run) -> Ran:
        """What the table of verdicts says about a run that `start` began."""
        return self._judged(report, run)

    def keep(self, data: bytes) -> bytes | Digest:
        """Hand over an input once for many runs: what to give `Run.stdin` for it.

        That is its digest, or the input itself where the sandbox has no room to keep it.
        """
        digest = Digest.of(data)
        return digest if self._slot.store(digest, data) else data

    def _commands(self, runs: Iterable[Run], sent: deque[Run]) -> Iterator[Command]:
        for run in runs:
            sent.append(run)
            yield self._command(run)

    def _command(self, run: Run) -> Command:
        if not self.ready:
            raise UsageError(f"{self.language.id}: the program did not compile, so it cannot run")
        _, limits, argv = self._of_limits(run.limits)
        return Command(
            argv=run.wrapper + argv + run.arguments,
            limits=limits,
            stdin=run.stdin,
            env=_with(self._environment, run.environment),
            files=run.files,
            collect=run.collect,
            writable_run=run.writable,
            calls=run.calls,
            warm=self._warm_module(run),
        )

    def _warm_module(self, run: Run) -> str | None:
        """An interpreter serves one command line and one environment: those of most runs."""
        special = run.wrapper or run.arguments or run.environment
        return None if special or self._warm is None else self._module

    def _judged(self, report: Report, run: Run) -> Ran:
        language = self.language
        _, allowed, _ = self._of_limits(run.limits)
        if language.output_marks:
            report = report.changed(stdout=language.output_of(report.stdout))
        if self._warm is not None and self._warm_module(run) is not None:
            self._warm.note(report.warm if report.warm in _WARM else "fell_back")
        if language.out_of_heap(report.stderr):
            report = report.changed(out_of_heap=True)
        self._require_core(report, f"running {language.id}")
        verdict, detail = classify(report, allowed, run.limits.at_speed(self.speed))
        if verdict is Verdict.IE:
            raise self._lost(f"running {language.id}: {detail}")
        if report.step == "exec" and not language.run[0].startswith("./"):
            raise LanguageUnavailable(
                f"{language.id}: {language.run[0]} is not installed where programs run"
            )
        return Ran(report, verdict, detail, allowed)

    def _compiled(self, builds: Builds | None) -> CompileResult | None:
        """Compile the program, or put what was compiled before into the sandbox."""
        language, staged = self.language, self._prepared.staged
        if refusal := language.refusal(staged):
            return CompileResult(ok=False, output=refusal)
        if not language.compile:
            self.built = tuple(BuiltFile(path, data, False) for path, data in staged.files.items())
            self._stage(self.built)
            return None
        command = self._compile_command()
        key = b"" if builds is None else key_of(self._prepared, command, self._where)
        if builds is not None and (build := builds.get(key)) is not None:
            self.built = build.files
            self._stage(build.files)
            return build.compiled.model_copy(update={"cached": True})
        report, made = self._compile(command)
        new = build_of(report, made)
        if new is not None:
            self.built = new.files
        if builds is not None:
            builds.keep(key, new)
        return made

    @property
    def _where(self) -> tuple[str, ...]:
        """What tells this compiler from others of the same name.

        Also where the box is, which differs between slots without a file tree of their own: a build
        may hold the path. Checkers do not, as a rule, and are kept for all slots.
        """
        features = {} if self._prepared.program.reused else self._slot.features
        places = [f"{name}={features[name]}" for name in ("box", "tmp") if name in features]
        return (*self.image, self.toolchain, str(self._most_memory_bytes), *places)

    def _stage(self, files: Iterable[BuiltFile]) -> None:
        for file in files:
            self._slot.put(file.path, file.data, 0o755 if file.executable else 0o644)

    def _compile_command(self) -> Command:
        language = self.language
        limits = self._prepared.compile_limits
        room = min(limits.memory_bytes, self._most_memory_bytes)
        limits = limits.model_copy(update={"memory_bytes": room}).at_speed(self.speed)
        limits = self._patiently(limits)
        staged, options = self._prepared.staged, self._prepared.options
        return Command(
            argv=language.compile_argv(limits, staged, options),
            limits=limits,
            env=language.compile_environment(options),
            writable_box=True,
            most_built=MOST_BUILT_BYTES,
            warm=language.warm_compile(staged) if self._warm else None,
        )

    def _compile(self, command: Command) -> tuple[Report, CompileResult]:
        language, limits = self.language, command.limits
        for path, content in self._prepared.staged.files.items():
            self._slot.put(path, content)
        report = self._slot.run(command)
        if report.limit in (Limit.WALL, Limit.NONE) and report.exit_code is not None:
            # Done, if late: it ended before it could be killed.
            report = report.changed(limit=Limit.NONE)
            limits = limits.model_copy(update={"wall_ms": MOST_MS})
        self._require_core(report, f"compiling {language.id}")
        verdict, detail = classify(report, limits)
        if verdict is Verdict.IE:
            raise self._lost(f"compiling {language.id}: {detail}")
        if report.step == "exec":
            raise LanguageUnavailable(
                f"{language.id}: {language.compile[0]} is not installed where programs run"
            )
        output = readable(shown((report.stderr + report.stdout)[:_SHOWN_COMPILER]))
        made = CompileResult(
            ok=verdict is None, output=output, detail=detail, **measurements(report, limits)
        )
        return report, made

    def connect(
        self,
        run: Run,
        other: Executor,
        other_run: Run,
        record: Record | None = None,
        *,
        held: bool = True,
        over: Callable[[Report], bool] = lambda report: False,
    ) -> tuple[Ran, Ran]:
        """Run two programs of which each reads what the other writes.

        Both have to come from one `Executors.open`, so that they share a core. The streams between
        them are not in the reports; `record` gets them, piece by piece, and whether a piece is from
        this program. With it the host passes them on, which takes longer. `held`: the other reads
        end-of-file when this program has ended, however early it closes its output. `over`
        says of the other's report that this program is to be ended then: TLE, if nothing else.
        """
        mine, its = self._beside(run), other._beside(other_run)
        reports = connect(self._slot, mine, other._slot, its, record, held=held, over=over)
        if reports[1].limit is Limit.STOPPED:
            raise RunStopped
        return self._ended_beside(reports[0], run), other._judged(reports[1], other_run)

    def connect_each(
        self,
        run: Run,
        others: Sequence[tuple[Executor, Run]],
        *,
        held: bool = True,
        over: Callable[[Report], bool] = lambda report: False,
    ) -> tuple[Ran, list[Ran]]:
        """Run this program and others beside it, each of which talks to this one alone.

        All have to come from one `Executors.open`; at most `MAX_PAIRS` others. Stdin and stdout of
        this program belong to the first of the others, its descriptors from `FURTHER` on, in pairs,
        to the next ones. `held`, `over`: as in `connect`, of each of the others. Raises
        `EngineUnavailable` where the engine cannot pass pipes to its sandboxes.
        """
        for one in (self, *(other for other, _ in others)):
            if not one._slot.passes_pipes:
                raise EngineUnavailable(
                    f"{1 + len(others)} programs have to talk to each other, and this engine can"
                    " connect only two; use one on this machine, with its default transport"
                )
        commands = [(other._slot, other._beside(its)) for other, its in others]
        report, reports = connect_each(
            self._slot, self._beside(run), commands, held=held, over=over
        )
        if report.limit is Limit.STOPPED:
            raise RunStopped
        ran = [
            other._ended_beside(its_report, its_run)
            for its_report, (other, its_run) in zip(reports, others, strict=True)
        ]
        return self._judged(report, run), ran

    def _beside(self, run: Run) -> Command:
        command = self._command(run)
        return replace(command, core=self._core) if self._slot.core is None else command

    def _ended_beside(self, report: Report, run: Run) -> Ran:
        if report.limit is not Limit.STOPPED:
            return self._judged(report, run)
        limits = self.in_force(run.limits)
        return Ran(report, Verdict.TLE, "it did not end after its partner", limits)

    def in_force(self, limits: Limits) -> Limits:
        """The limits of a run for which these were asked: with the runtime's allowance on top, as
        long as this machine needs for the work."""
        return self._patiently(self.language.run_limits(limits).at_speed(self.speed))

    def _of_limits(self, limits: Limits) -> tuple[Limits, Limits, tuple[str, ...]]:
        """The limits in force and the command line for limits that were asked for: thousands of
        runs ask for the same object."""
        if id(limits) not in self._known:
            argv = self.language.run_argv(limits, self._prepared.staged)
            self._known[id(limits)] = limits, self.in_force(limits), argv
        return self._known[id(limits)]

    def _patiently(self, limits: Limits) -> Limits:
        """The limits with more wall time, where the machine was found too busy before."""
        if self._patience == 1:
            return limits
        longer = {
            "wall_ms": min(self._patience * limits.effective_wall_ms, MOST_MS),
            "idle_ms": min(self._patience * limits.effective_idle_ms, MOST_MS),
        }
        return limits.model_copy(update=longer)

    def _require_core(self, report: Report, what: str) -> None:
        """Raise `MachineBusy` where a clock for sleepers ended a program that got no core."""
        if report.starved:
            raise MachineBusy(
                f"{what}: it waited for a core for {report.waiting_ms:.0f} of"
                f" {report.wall_ms:.0f} ms and used {report.cpu_ms:.0f} ms of CPU time; the machine"
                " is too busy to judge it"
            )

    def _lost(self, why: str) -> SlotLost:
        self._slot.destroy()
        return SlotLost(why)


def _with(own: _Environment, more: Mapping[str, str]) -> _Environment:
    return tuple({**dict(own), **more}.items()) if more else own

"""Opening executors: leases of sandboxes, and retries when one is lost."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from judgecore.errors import InvalidSubmission, MachineBusy, SlotLost, UsageError
from judgecore.execution.builds import Builds
from judgecore.execution.executor import Executor
from judgecore.execution.program import Prepared, Program
from judgecore.execution.sandbox import Sandbox
from judgecore.execution.sharing import Sharing
from judgecore.languages import Language, Registry, Sources
from judgecore.languages.probe import ToolchainProbe
from judgecore.limits import Limits
from judgecore.pool import Pool
from judgecore.slot import Slot
from judgecore.speed import measure
from judgecore.tally import Compilations, FastPaths, Prebuilts, Tally, WarmStarts

_ATTEMPTS = 3
_PATIENCE = 5
_REUSED_BYTES = 256 << 20
_log = logging.getLogger(__name__)

T = TypeVar("T")


class Executors:
    """Opens executors, from any thread.

    `most_memory_bytes`: what a sandbox has; no run can be allowed more, and compilers get no more.
    `speed`: the machine's, by which limits on time are divided; None: measured on first use.
    `sharing`: opens idle sandboxes, too, for runs of one program that is open; `spreading` lets it.
    `warm_starts`: languages that have them use them.
    `builds`: compiled programs that are kept. `caching`: those of all programs; else of those alone
    that are `Program.reused`.
    """

    def __init__(
        self,
        pool: Pool,
        registry: Registry,
        most_memory_bytes: int,
        speed: float | None = 1.0,
        builds: Builds | None = None,
        caching: bool = False,
        spreading: bool = False,
        warm_starts: bool = False,
    ) -> None:
        self._pool = pool
        self._registry = registry
        self._most_memory_bytes = most_memory_bytes
        self._speed = speed
        self._measuring = threading.Lock()
        self._builds = builds or Builds(_REUSED_BYTES)
        self._caching = caching
        self._warm_starts = warm_starts
        self._warm = Tally(WarmStarts)
        self._prebuilt = Tally(Prebuilts)
        self._probe = ToolchainProbe(registry)
        self._cores = itertools.cycle(pool.engine.cores or (None,))
        self.sharing = Sharing(pool, self._cores, on=spreading)
        self._patience = threading.local()  # `factor`, of the thread that is alone

    @contextmanager
    def open(self, *programs: Program) -> Iterator[tuple[Executor, ...]]:
        """Compile programs, each in a sandbox of its own; all sandboxes are granted together.

        A program that is given several times is compiled once, where its build can be copied.
        Raises `UsageError` when a program cannot be run as it stands, `EngineUnavailable` when
        there is no sandbox for it here, and `SlotLost` when one failed. A program that does not
        compile is no error: see `Executor.compiled`.
        """
        if not programs:
            raise UsageError("open: name at least one program")
        prepared = [self.prepare(program) for program in programs]
        with self._pool.lease_group(tuple(one.language.image for one in prepared)) as slots:
            core = next(self._cores) if len(slots) > 1 else None
            started: list[Executor] = []
            for place, (slot, one) in enumerate(zip(slots, prepared, strict=True)):
                same = next((n for n in range(place) if programs[n] is programs[place]), None)
                like = None if same is None else started[same]
                started.append(self._started(slot, one, core, like))
            yield tuple(started)

    @contextmanager
    def sandbox(self, language: Language | None = None) -> Iterator[Sandbox]:
        """Lease a sandbox, by default of the default image; its language is installed there.

        What usually runs programs is `open`; here several follow one another in one sandbox.
        """
        with self._pool.lease(None if language is None else language.image) as slot:
            speed = self.speed
            if language is not None:
                self._probe.require(language, slot.run, str(self._pool.engine))
                speed = self._measured(slot)
            warm = self._warm if self._warm_starts else None
            yield Sandbox(slot, self._most_memory_bytes, speed, warm)

    def with_retries(self, work: Callable[[], T]) -> T:
        """Do `work` again, with every program anew, when a sandbox was lost: not its fault.

        When the machine was too busy, once more with no other program beside it and with more
        patience; `MachineBusy` when it still is.
        """
        try:
            return self._retried(work)
        except MachineBusy as exc:
            _log.warning("running it again alone, with more wall time: %s", exc)
        with self._pool.exclusively(), self._patiently():
            return self._retried(work)

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        self._patience.factor = _PATIENCE
        try:
            yield
        finally:
            del self._patience.factor

    def _retried(self, work: Callable[[], T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return work()
            except SlotLost as exc:
                _log.warning("try %d of %d failed: %s", attempt, _ATTEMPTS, exc)
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def prepare(self, program: Program) -> Prepared:
        """Look at a program without running it, or raise `UsageError`."""
        language = self._registry.resolve(program.language)
        sources = Sources(program.source, program.files, program.entry)
        options = language.compiler_options(program.options, program.defines)
        return Prepared(program, language, language.stage(sources), options)

    def require_memory(self, language: Language, limits: Limits) -> None:
        """Raise `InvalidSubmission` when no sandbox has so much memory."""
        needed = language.run_limits(limits).memory_bytes
        if needed > self._most_memory_bytes:
            raise InvalidSubmission(
                "limits.memory_bytes",
                f"{language.id} needs {needed} bytes with these limits, and a slot has"
                f" {self._most_memory_bytes}; ask for less or raise JUDGECORE_SLOT_MEMORY_MB",
            )

    def bounded(self, limits: Limits) -> Limits:
        """The limits, with no more memory than a sandbox has."""
        if limits.memory_bytes <= self._most_memory_bytes:
            return limits
        return limits.model_copy(update={"memory_bytes": self._most_memory_bytes})

    def missing_tools(self) -> dict[str, tuple[str, ...]]:
        """Every language's id, with the tools that it lacks where programs run.

        A language that names an image of its own is looked for when it is first used.
        """
        with self._pool.lease() as slot:
            return {
                language.id: () if language.image else self._probe.missing_tools(language, slot.run)
                for language in self._registry.values()
            }

    def version(self, language: Language) -> str:
        """What the language's version command says, in a line; empty where there is none."""
        with self._pool.lease(language.image) as slot:
            self._probe.require(language, slot.run, str(self._pool.engine))
            return self._probe.version(language, slot.run, slot.image[1])

    @property
    def fast_paths(self) -> FastPaths:
        """How often each faster way was taken, since the start."""
        return FastPaths(
            self._builds.compilations if self._caching else Compilations(),
            self.sharing.tally.counts,
            self._warm.counts,
            self._prebuilt.counts,
            self._pool.uses.counts,
        )

    @property
    def speed(self) -> float:
        """The machine's speed in force; 1 while it has not been measured."""
        return self._speed or 1.0

    def _measured(self, slot: Slot) -> float:
        with self._measuring:
            if self._speed is None:
                self._speed = measure(slot)
                if not slot.reset():
                    raise SlotLost("the slot in which the machine's speed was measured failed")
            return self._speed

    def _started(
        self, slot: Slot, prepared: Prepared, core: int | None, like: Executor | None = None
    ) -> Executor:
        if like is not None and (like.travels or not like.ready):
            return like.copy(slot, core)
        self._probe.require(prepared.language, slot.run, str(self._pool.engine))
        patience = getattr(self._patience, "factor", 1)
        toolchain = self._probe.version(prepared.language, slot.run, slot.image[1])
        speed = self._measured(slot)
        if use := self._probe.prebuilt(prepared.language, slot.run, prepared.options):
            self._prebuilt.note(use)
        language = self._probe.as_there(prepared.language, slot.run)
        return Executor(
            slot,
            replace(prepared, language=language),
            self._most_memory_bytes,
            patience,
            core,
            self._builds if self._caching or prepared.program.reused else None,
            speed,
            toolchain,
            warm=self._warm if self._warm_starts else None,
        )

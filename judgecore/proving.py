"""Testing languages on an engine, and measuring what their runtimes need."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from judgecore.config import Config
from judgecore.errors import JudgecoreError
from judgecore.judge import Judge
from judgecore.languages import Allowance, Calibration, Language, Measured, Registry
from judgecore.limits import MIB, Limits
from judgecore.problem import TestCase
from judgecore.result import Result
from judgecore.submission import Submission
from judgecore.verdict import Verdict

_PLENTY = Limits(cpu_ms=20_000, memory_bytes=512 * MIB, processes=256)
_PROCESSES = (1, 2, 4, 8, 16, 32, 64, 128)
_NOTHING_ON_TOP = Allowance(memory_mb=0, cpu_ms=0, processes=0)
_RUNS = 3

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a language's proving program.

    `start_ms` (wall time) and `memory_floor_bytes` are of the whole run: the program itself takes
    next to nothing. `problem` says why it isn't proved.
    """

    id: str
    proved: bool
    version: str = ""
    start_ms: float | None = None
    memory_floor_bytes: int | None = None
    problem: str = ""


def prove(judge: Judge, language: Language) -> Proof:
    """Run one proving program."""
    try:
        result = _run(judge, language, Limits(cpu_ms=10_000), 1)
        version = judge.version(language)
    except JudgecoreError as exc:
        return Proof(language.id, proved=False, problem=str(exc))
    proved = result.verdict is Verdict.AC
    return Proof(
        id=language.id,
        proved=proved,
        version=version,
        start_ms=round(result.wall_ms, 1) if proved else None,
        memory_floor_bytes=result.memory_bytes if proved else None,
        problem="" if proved else _problem(result),
    )


def prove_all(
    judge: Judge, languages: Iterable[Language], progress: Callable[[], None] = lambda: None
) -> list[Proof]:
    """Prove many, in all slots at once."""
    return _in_all_slots(judge, languages, prove, progress)


def calibrate(
    config: Config, wanted: Callable[[Registry], Iterable[Language]], progress: Callable[[], None]
) -> Calibration:
    """Measure languages with nothing on top of a program's own limits.

    A language that can't be measured is left out, so that an allowance is never a guess.
    """
    registry = Registry(config.languages, Calibration())
    for language in list(registry.values()):
        registry.add(language.model_copy(update={"allow": _NOTHING_ON_TOP}))
    with Judge(config, registry=registry) as judge:
        lacking = judge.missing_tools()
        languages = [lang for lang in wanted(registry) if not lacking[lang.id]]
        found = _in_all_slots(judge, languages, _measure, progress)
    by_id = {lang.id: m for lang, m in zip(languages, found, strict=True) if m is not None}
    return Calibration(image=config.image, languages=by_id)


def _in_all_slots(
    judge: Judge,
    languages: Iterable[Language],
    work: Callable[[Judge, Language], T],
    progress: Callable[[], None],
) -> list[T]:
    def one(language: Language) -> T:
        done = work(judge, language)
        progress()
        return done

    with ThreadPoolExecutor(judge.slots) as threads:
        return list(threads.map(one, languages))


def _measure(judge: Judge, language: Language) -> Measured | None:
    try:
        result = _run(judge, language, _PLENTY, _RUNS)
        if result.verdict is not Verdict.AC:
            return None
        return Measured(
            version=judge.version(language),
            start_ms=round(min(t.wall_ms for t in result.tests), 1),
            cpu_ms=round(statistics.median(t.cpu_ms for t in result.tests), 1),
            memory_floor_bytes=result.memory_bytes,
            processes=_fewest_processes(judge, language, result.wall_ms),
        )
    except JudgecoreError:
        return None


def _fewest_processes(judge: Judge, language: Language, start_ms: float) -> int:
    # Some runtimes don't fail without their threads but wait for ever.
    wall_ms = 5_000 + 10 * round(start_ms)
    for count in _PROCESSES:
        limits = _PLENTY.model_copy(update={"processes": count, "wall_ms": wall_ms})
        if _run(judge, language, limits, 1).verdict is Verdict.AC:
            return count
    return _PLENTY.processes


def _run(judge: Judge, language: Language, limits: Limits, times: int) -> Result:
    source, given, expected = language.proof()
    test = TestCase(input=given, expected=expected)
    return judge.judge(
        Submission(language=language.id, source=source, tests=(test,) * times, limits=limits)
    )


def _problem(result: Result) -> str:
    said = result.compile.output if result.compile and not result.compile.ok else ""
    detail = result.tests[0].detail if result.tests else ""
    stderr = result.tests[0].stderr if result.tests else ""
    return " ".join(filter(None, (str(result.verdict), said or detail, stderr))).strip()

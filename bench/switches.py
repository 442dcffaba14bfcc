"""Whether verdicts stay the same without each fast path: `python -m bench.switches [--json]`.

Each fast path is switched off in turn, then all of them at once; every time the suites run on each
engine: the attack suite, bench.accuracy, the labelled programs of tests/programs, and the proof of
every language that is installed where programs run, judged twice with several tests, so that the
second time it may come from the compile cache. With Docker also every language of the full image
and the programs that go wrong in it (`full`), and twenty submissions through broker, worker and
database (`pipeline`). Exit code 1 when anything failed; the rows `nothing`, with no path switched
off, show what fails anyway, such as languages for which this host's compilers are too old. `taken`:
how often the fast paths were taken meanwhile, which is never where they are off.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from bench import accuracy, starting
from judgecore import Judge, JudgecoreError, Limits, Submission, TestCase, Verdict
from judgecore.attacks import Ending, load, run
from judgecore.config import Config
from judgecore.languages import Language, Registry

ROOT = Path(__file__).parent.parent
OFF = {
    "compile cache": {"JUDGECORE_COMPILE_CACHE_MB": "0"},
    "spread": {"JUDGECORE_SPREAD": "no"},
    "warm starts": {"JUDGECORE_WARM_STARTS": "no"},
    "prebuilt": {"JUDGECORE_PREBUILT": "no"},
    "reuse": {"JUDGECORE_REUSE": "strict"},
    "ahead": {"JUDGECORE_AHEAD": "0"},
}
ALL = {name: text for one in OFF.values() for name, text in one.items()}
OFF = {"nothing": {}, **OFF, "everything": ALL}
# A path that concerns languages alone is switched off for them alone; the worker's has one suite.
CONCERNS: dict[str, Callable[[Language], bool]] = {
    "compile cache": lambda language: bool(language.compile),
    "warm starts": lambda language: language.warm is not None,
    "prebuilt": lambda language: any(vars(language.prebuilt).values()),
}
TESTS = 6
PATIENT = Limits(cpu_ms=20_000, wall_ms=120_000)
ENGINES = ("docker", "local")
_HEAD = f"{'off':<15}{'engine':<8}{'suite':<10} passed failed left out seconds  taken"
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One suite with one fast path switched off. `why`: of each failure, shortened."""

    off: str
    engine: str
    suite: str
    passed: int
    left_out: int
    seconds: float = 0
    why: tuple[str, ...] = ()
    taken: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What one row is about: which path is off, and where."""

    off: str
    engine: str

    @property
    def environment(self) -> dict[str, str]:
        """Of commands, with the fast path switched off."""
        paths = {name for one in OFF.values() for name in one}
        own = {name: text for name, text in os.environ.items() if name not in paths}
        return own | OFF[self.off] | {"JUDGECORE_ENGINE": self.engine}

    @property
    def config(self) -> Config:
        """The same for a judge."""
        return Config.from_env(self.environment)

    def row(self, suite: str, passed: int, left_out: int, why: Iterable[str]) -> Row:
        """A row of it."""
        return Row(self.off, self.engine, suite, passed, left_out, why=tuple(why))


# ------------------------------------------------------------------ the suites


def attacks(setting: Setting) -> Row:
    """Every attack; known limitations of the tier are left out."""
    with Judge(setting.config) as judge:
        outcomes = run(judge, load())
        taken = _taken(judge)
    endings = [outcome.ending for outcome in outcomes]
    failed = [o for o in outcomes if o.ending in (Ending.SUCCEEDED, Ending.NOT_JUDGED)]
    why = [f"{one.name}: {one.ending}: {one.why}" for one in failed]
    blocked = endings.count(Ending.BLOCKED)
    left_out = len(endings) - blocked - len(failed)
    return replace(setting.row("attacks", blocked, left_out, why), taken=taken)


def exact(setting: Setting) -> Row:
    """bench.accuracy in its full length."""
    _, lines = accuracy.measure(setting.config, 5, 200)
    with Judge(setting.config, slots=1) as judge:
        lines.append(accuracy.under_load(judge, 200, lambda: None))
    failed = [f"{one.what}: {one.worst} {one.unit}" for one in lines if not one.passed]
    return setting.row("accuracy", len(lines) - len(failed), 0, failed)


def programs(setting: Setting) -> Row:
    """The labelled programs of tests/programs that run on every engine."""
    chosen = f"test_verdict and {setting.engine}-"
    return _tests(setting, "programs", "tests/test_judging.py", chosen)


def full(setting: Setting) -> Row:
    """Every language of the full image: its proof, and programs that go wrong."""
    return _tests(
        setting, "full", "tests/test_every_language.py::test_every_language", _chosen(setting.off)
    )


def pipeline(setting: Setting) -> Row:
    """Twenty labelled submissions through the worker."""
    return _tests(setting, "pipeline", "tests/consumers/test_end_to_end.py", "twenty or samples")


def proofs(setting: Setting) -> Row:
    """Each language's proof with several tests, twice."""
    with Judge(setting.config) as judge, ThreadPoolExecutor(judge.slots) as threads:
        lacking = judge.missing_tools()
        languages = [judge.registry[one] for one in _concerned(setting.off)]
        there = [one for one in languages if not lacking[one.id]]
        faults = [
            fault
            for _ in range(2)
            for fault in threads.map(lambda language: _fault(judge, language), there)
        ]
        row = setting.row(
            "proofs", faults.count(""), len(languages) - len(there), filter(None, faults)
        )
        return replace(row, taken=_taken(judge))


SUITES = (attacks, exact, programs, proofs, full, pipeline)
ON_DOCKER_ALONE = (full, pipeline)


def _fault(judge: Judge, language: Language) -> str:
    source, given, expected = language.proof()
    test = TestCase(input=given, expected=expected)
    submission = Submission(
        language=language.id, source=source, tests=(test,) * TESTS, limits=PATIENT
    )
    try:
        result = judge.judge(submission)
    except JudgecoreError as exc:
        return f"{language.id}: {exc}"
    if result.verdict is Verdict.AC:
        return ""
    said = result.compile.output if result.compile else ""
    details = [f"{test.verdict} {test.detail} {test.stderr}" for test in result.tests]
    return f"{language.id}: {result.verdict} {said} {details}"


def _taken(judge: Judge) -> dict[str, int]:
    paths = judge.fast_paths
    return {
        "compiled before": paths.compile_cache.found,
        "spread": paths.spread.spread,
        "forked": paths.warm_starts.forked,
        "prebuilt": paths.prebuilt.used,
        "reused slots": paths.slots.reused,
    }


def _chosen(off: str) -> str:
    """The languages that a fast path concerns, as pytest chooses tests."""
    whole = off not in CONCERNS
    return "" if whole else " or ".join(f"[{one}-" for one in _concerned(off))


def _concerned(off: str) -> list[str]:
    concerns = CONCERNS.get(off)
    return [one.id for one in Registry().values() if concerns is None or concerns(one)]


def _tests(setting: Setting, suite: str, path: str, chosen: str) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path]
        command += ["-k", chosen, f"--junitxml={report}"]
        done = subprocess.run(
            command, cwd=ROOT, env=setting.environment, capture_output=True, text=True, check=False
        )
        if not report.exists():
            return setting.row(suite, 0, 0, [(done.stdout + done.stderr)[-_SHOWN:]])
        cases = list(ET.parse(report).iter("testcase"))
    found = {case: [one.tag for one in case] for case in cases}
    failed = [case for case, tags in found.items() if {"failure", "error"} & set(tags)]
    skipped = sum("skipped" in tags for tags in found.values())
    passed = len(cases) - len(failed) - skipped
    why = [f"{one.get('name')}: {one[-1].get('message')}" for one in failed]
    return setting.row(suite, passed, skipped, why if cases else ["no test was chosen"])


# ------------------------------------------------------------------ all of it


def _row(suite: Callable[[Setting], Row], setting: Setting) -> Row:
    began = time.monotonic()
    try:
        row = suite(setting)
    except JudgecoreError as exc:
        row = setting.row(suite.__name__, 0, 0, [f"{type(exc).__name__}: {exc}"])
    why = tuple(text[:_SHOWN].replace("\n", " ") for text in row.why)
    return replace(row, seconds=round(time.monotonic() - began, 1), why=why)


def _fits(suite: Callable[[Setting], Row], off: str, engine: str) -> bool:
    docker = engine == "docker" or suite not in ON_DOCKER_ALONE
    return docker and (off != "ahead" or suite is pipeline)


def _shown(row: Row) -> str:
    counts = f"{row.passed:>7}{len(row.why):>7}{row.left_out:>9}{row.seconds:>8.0f}"
    taken = ", ".join(f"{name} {count}" for name, count in row.taken.items())
    return f"{row.off:<15}{row.engine:<8}{row.suite:<10}{counts}  {taken}"


def main() -> None:
    """Print a row for each; exit code 1 when something failed."""
    names = [suite.__name__ for suite in SUITES]
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0] if __doc__ else None)
    parser.add_argument("--off", choices=OFF, action="append", help="default: each one")
    parser.add_argument("--suite", choices=names, action="append", help="default: all")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default: both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    print(_HEAD, file=sys.stderr)
    for off in options.off or OFF:
        for engine in options.engine or ENGINES:
            for suite in SUITES:
                if suite.__name__ not in (options.suite or names) or not _fits(suite, off, engine):
                    continue
                rows.append(_row(suite, Setting(off, engine)))
                print(_shown(rows[-1]), *rows[-1].why, sep="\n    ", file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    raise SystemExit(any(row.why for row in rows))


if __name__ == "__main__":
    starting.run(main)

"""What judging by a program costs: `python -m bench.problems [--json] [--engine local]`.

Interactive round trips, against a bare pair of pipes: both sides are one C program each; the bare
pair runs outside of any sandbox, pinned to one core. Each of its programs has a session of its own,
as programs in sandboxes must: with the kernel's autogroups, switching between sessions takes longer
than within one. The pair in one session is measured as well (`one_session_ms`).

A package of a hundred tests with an output validator and six submissions, over two slots: the time
that all of it takes, by the CPU time of the submissions and of compiling them, halved. What the
validator takes counts as a cost. All slots were started before, those for the validator too, as in
a worker that has judged such a problem; with `--cold` the latter start within the measured time.

Everything is measured several times, in turns, and the best of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from operator import itemgetter
from pathlib import Path
from typing import Any

from judgecore import CheckerProgram, Config, Interactive, Judge, Limits, Problem, Submission
from judgecore import TestCase as Test
from judgecore.problems.labels import Labelled
from judgecore.problems.package import load_all
from judgecore.verifying.verified import judged

ROUNDS = 100_000
TESTS = 100
SLOTS = 2
_TALK = """
#include <unistd.h>
int main(void) {
    char c = 'x';
    for (int i = 0; i < %d; i++) if (write(1, &c, 1) != 1 || read(0, &c, 1) != 1) return 1;
    return %d;
}
"""
_ANSWER = """
#include <unistd.h>
int main(void) {
    char c;
    while (read(0, &c, 1) == 1) if (write(1, &c, 1) != 1) return 1;
    return 0;
}
"""
_LIMITS = Limits(cpu_ms=60_000)


def bare_ms(folder: Path, *, sessions: bool) -> float:
    """The round trips through two pipes between two processes on one core, milliseconds.

    `sessions`: each process has one of its own.
    """
    first_in, second_out = os.pipe()
    second_in, first_out = os.pipe()
    core = min(os.sched_getaffinity(0))
    pin = ["taskset", "-c", str(core)]
    began = time.monotonic()
    other, one = (
        subprocess.Popen(
            [*pin, str(folder / name)], stdin=stdin, stdout=stdout, start_new_session=sessions
        )
        for name, stdin, stdout in (
            ("answer", second_in, second_out),
            ("talk", first_in, first_out),
        )
    )
    for end in (first_in, second_out, second_in, first_out):
        os.close(end)
    one.wait()
    elapsed_ms = (time.monotonic() - began) * 1000
    other.wait()
    return elapsed_ms


def judged_ms(judge: Judge) -> float:
    """The same between a solution and an interactor in their sandboxes, milliseconds."""
    problem = Problem(
        procedure=Interactive(),
        checker=CheckerProgram(language="c", source=_TALK % (ROUNDS, 42), limits=_LIMITS),
        tests=(Test(input=""),),
        limits=_LIMITS,
    )
    (test,) = judge.judge(Submission(language="c", source=_ANSWER, problem=problem)).tests
    if test.verdict != "AC":
        raise SystemExit(f"bench.problems: {test.verdict} {test.detail}")
    return test.wall_ms


_STEPS = 50_000_000  # of a loop, from 13 to 60 ms
_META = """\
problem_format_version: 2025-09
name: Sums
uuid: 00000000-0000-4000-8000-000000000100
license: cc0
limits: {time_limit: 10}
"""
_VALIDATOR = """
#include <stdio.h>
int main(int argc, char **argv) {
    long wanted, got;
    FILE *answer = fopen(argv[2], "r");
    if (fscanf(answer, "%ld", &wanted) != 1) return 1;
    return scanf("%ld", &got) == 1 && got == wanted ? 42 : 43;
}
"""
_LOOP = """
#include <stdio.h>
int main(void) {
    long n;
    volatile long sum = 0;
    if (scanf("%%ld", &n) != 1) return 1;
    for (int turn = 0; turn < %d; turn++)
        for (sum = 0; sum < n; sum++) {}
    if (n == %d) return %d;
    printf("%%ld\\n", sum + (n == %d));
}
"""
_NEVER = -1


def write_package(folder: Path) -> None:
    """A hundred tests of a loop; three submissions are fast, one takes twice as long, two fail."""
    last = _STEPS + TESTS - 1
    files = {
        "problem.yaml": _META,
        "output_validator/validate.c": _VALIDATOR,
        "submissions/accepted/echo.py": "print(input())",
        "submissions/accepted/loop.c": _LOOP % (1, _NEVER, 0, _NEVER),
        "submissions/accepted/loop.cpp": _LOOP % (1, _NEVER, 0, _NEVER),
        "submissions/accepted/slow.c": _LOOP % (2, _NEVER, 0, _NEVER),
        "submissions/run_time_error/late.c": _LOOP % (1, last, 3, _NEVER),
        "submissions/wrong_answer/late.c": _LOOP % (1, _NEVER, 0, last),
    }
    for number in range(TESTS):
        for ending in ("in", "ans"):
            files[f"data/secret/{number:03}.{ending}"] = f"{_STEPS + number}\n"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def start_partners(judge: Judge) -> None:
    """Judge a program with a checker in all slots at once, so that each gets one beside it."""
    checker = CheckerProgram(language="python", source="import sys\nsys.exit(42)")
    problem = Problem(checker=checker, tests=(Test(input=""),), limits=_LIMITS)
    given = Submission(language="python", source="import time\ntime.sleep(0.5)", problem=problem)
    for result in judge.judge_many([given] * SLOTS):
        if result.verdict != "AC":
            raise SystemExit(f"bench.problems: {result}")


def package_measured(engine: str, times: int, *, cold: bool) -> dict[str, Any]:
    """All submissions of the package, judged as `judgecore verify` does; times in milliseconds.

    The best of several times, each with a judge that has compiled nothing before.
    """
    with tempfile.TemporaryDirectory() as made:
        write_package(Path(made))
        package = load_all(Path(made), strict=True)
        found = (_verified(engine, *package, cold=cold) for _ in range(times))
        return min(found, key=itemgetter("ratio"))


def _verified(
    engine: str, problem: Problem, labelled: list[Labelled], *, cold: bool
) -> dict[str, Any]:
    with Judge(Config(), engine=engine, slots=SLOTS) as judge:
        judge.warm()
        if not cold:
            start_partners(judge)
        began = time.monotonic()
        results = judged(judge, problem, labelled)
        wall_ms = (time.monotonic() - began) * 1000
    for one, result in zip(labelled, results, strict=True):
        if one.complaints(result):
            raise SystemExit(f"bench.problems: {one.name}: {result}")
    cpu_ms = sum(test.cpu_ms for result in results for test in result.tests)
    cpu_ms += sum(result.compile.cpu_ms for result in results if result.compile)
    return {
        "tests": TESTS,
        "submissions": len(results),
        "slots": SLOTS,
        "cold": cold,
        "wall_ms": wall_ms,
        "cpu_ms": cpu_ms,
        "ratio": wall_ms * SLOTS / cpu_ms,
    }


def measured(engine: str, times: int) -> dict[str, float]:
    """The best of each, and the ratio of the judged round trips to the bare ones."""
    with tempfile.TemporaryDirectory() as made, Judge(Config(), engine=engine, slots=1) as judge:
        folder = Path(made)
        for name, text in (("talk", _TALK % (ROUNDS, 0)), ("answer", _ANSWER)):
            command = ["gcc", "-O2", "-x", "c", "-", "-o", str(folder / name)]
            subprocess.run(command, input=text.encode(), check=True)
        found = [
            (bare_ms(folder, sessions=True), judged_ms(judge), bare_ms(folder, sessions=False))
            for _ in range(times)
        ]
    bare, by_judge, one_session = (min(values) for values in zip(*found, strict=True))
    return {
        "rounds": ROUNDS,
        "bare_ms": bare,
        "judged_ms": by_judge,
        "one_session_ms": one_session,
        "ratio": by_judge / bare,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Interactive round trips against bare pipes.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--cold", action="store_true")
    given = parser.parse_args()
    found = measured(given.engine, given.times)
    whole = package_measured(given.engine, given.times, cold=given.cold)
    if given.json:
        print(json.dumps({**found, "package": whole}))
    else:
        print(
            f"{ROUNDS} round trips: {found['judged_ms']:.0f} ms judged, {found['bare_ms']:.0f} ms"
            f" through bare pipes ({found['one_session_ms']:.0f} ms in one session), ratio"
            f" {found['ratio']:.2f}"
        )
        print(
            f"{whole['submissions']} submissions, {TESTS} tests: {whole['wall_ms']:.0f} ms over"
            f" {SLOTS} slots, {whole['cpu_ms']:.0f} ms of CPU time, ratio {whole['ratio']:.2f}"
        )


if __name__ == "__main__":
    main()

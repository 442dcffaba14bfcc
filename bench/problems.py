"""What judging by a program costs: interactive round trips, against a bare pair of pipes.

Run `python -m bench.problems [--json] [--engine local]`. Both sides are one C program each; the
bare pair runs outside of any sandbox, pinned to one core. The two are measured in turns, and the
best of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from judgecore import CheckerProgram, Config, Interactive, Judge, Limits, Problem, Submission
from judgecore import TestCase as Test

ROUNDS = 100_000
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


def bare_ms(folder: Path) -> float:
    """The round trips through two pipes between two processes on one core, milliseconds."""
    first_in, second_out = os.pipe()
    second_in, first_out = os.pipe()
    core = min(os.sched_getaffinity(0))
    pin = ["taskset", "-c", str(core)]
    began = time.monotonic()
    other = subprocess.Popen([*pin, str(folder / "answer")], stdin=second_in, stdout=second_out)
    one = subprocess.Popen([*pin, str(folder / "talk")], stdin=first_in, stdout=first_out)
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


def measured(engine: str, times: int) -> dict[str, float]:
    """The best of both, and their ratio."""
    with tempfile.TemporaryDirectory() as made, Judge(Config(), engine=engine, slots=1) as judge:
        folder = Path(made)
        for name, text in (("talk", _TALK % (ROUNDS, 0)), ("answer", _ANSWER)):
            command = ["gcc", "-O2", "-x", "c", "-", "-o", str(folder / name)]
            subprocess.run(command, input=text.encode(), check=True)
        pairs = [(bare_ms(folder), judged_ms(judge)) for _ in range(times)]
    bare, judged = (min(values) for values in zip(*pairs, strict=True))
    return {"rounds": ROUNDS, "bare_ms": bare, "judged_ms": judged, "ratio": judged / bare}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Interactive round trips against bare pipes.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    found = measured(given.engine, given.times)
    if given.json:
        print(json.dumps(found))
    else:
        print(
            f"{ROUNDS} round trips: {found['judged_ms']:.0f} ms judged, {found['bare_ms']:.0f} ms"
            f" through bare pipes, ratio {found['ratio']:.2f}"
        )


if __name__ == "__main__":
    main()

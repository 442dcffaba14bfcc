"""Measure calls of function problems: `python -m bench.function --json`.

Three figures. A call of a trivial function in batch against the same frames bounced between two
processes over bare pipes, in C++ and in Python; and a hundred tests in Java, in batch against one
process a test. Medians of several rounds, which take turns, so that a busy machine hits all alike;
of the calls and the round trips, each time the mean of the middle half.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from judgecore import Function, Judge, Limits, Problem, Submission, TestCase
from judgecore.config import Config

SIGNATURE = "add(a: int, b: int) -> int"
CALLS = 1000
TESTS = 100
SOURCES = {
    "cpp": "int add(int a, int b) { return a + b; }",
    "python": "def add(a, b): return a + b",
    "java": "class Solution { int add(int a, int b) { return a + b; } }",
}
# Reads a frame of 9 bytes and answers with one of 5, as the drivers do.
_BARE_PYTHON = """
import os
while True:
    if not os.read(0, 4): break
    os.read(0, 9)
    os.write(1, b"\\5\\0\\0\\0\\0\\0\\0\\0\\0")
"""
_BARE_C = """
#include <unistd.h>
int main(void) {
    char in[16], out[9] = {5};
    while (read(0, in, 4) == 4 && read(0, in, 9) == 9) if (write(1, out, 9) != 9) return 1;
}
"""

# Starts a program, and prints the microseconds of each round trip of a call's frames. In C, as the
# runner is.
_BARE_PARENT = """
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
    int there[2], back[2], calls = atoi(argv[1]);
    if (argc < 3 || pipe(there) || pipe(back)) return 1;
    if (!fork()) {
        dup2(there[0], 0), dup2(back[1], 1);
        close(there[0]), close(there[1]), close(back[0]), close(back[1]);
        execv(argv[2], argv + 2);
        _exit(127);
    }
    char frame[13] = {9, 0, 0, 0, 1, 2, 0, 0, 0, 3}, in[16];
    for (int i = 0; i < calls; i++) {
        struct timespec begun, ended;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        if (write(there[1], frame, 13) != 13 || read(back[0], in, 9) != 9) return 1;
        clock_gettime(CLOCK_MONOTONIC, &ended);
        printf("%f ", (ended.tv_sec - begun.tv_sec) * 1e6 + (ended.tv_nsec - begun.tv_nsec) / 1e3);
    }
    return 0;
}
"""


def bounced(parent: Path, command: list[str]) -> float:
    """Microseconds of one round trip of the same frames over bare pipes, both ends on one core."""
    core = min(os.sched_getaffinity(0))
    pinned = ["taskset", "-c", str(core), str(parent), str(CALLS), *command]
    printed = subprocess.run(pinned, check=True, capture_output=True).stdout
    return usual([float(figure) for figure in printed.split()])


def usual(figures: list[float]) -> float:
    """The mean of the middle half: not the first ones, nor those in which others had the core."""
    quarter = len(figures) // 4
    return statistics.mean(sorted(figures)[quarter:-quarter])


def compiled(binary: Path, source: str) -> Path:
    """The path of a C program, compiled here."""
    command = ["gcc", "-O2", "-x", "c", "-o", str(binary), "-"]
    subprocess.run(command, input=source.encode(), check=True)
    return binary


def problem(count: int, mode: str) -> Problem:
    """A problem with so many calls."""
    tests = tuple(TestCase(input=f"[{n}, 1]", expected=str(n + 1)) for n in range(count))
    function = Function(signature=SIGNATURE, mode=mode)
    return Problem(tests=tests, harness=function, limits=Limits(cpu_ms=5000))


def called(judge: Judge, language: str) -> float:
    """Microseconds of wall time of a call, as the runner measured each."""
    sent = Submission(language=language, source=SOURCES[language], problem=problem(CALLS, "batch"))
    result = judge.judge(sent)
    if result.verdict != "AC":
        raise SystemExit(f"{language}: {result}")
    return usual([test.wall_ms * 1000 for test in result.tests])


def judged(judge: Judge, language: str, count: int, mode: str) -> float:
    """Seconds of judging, without compiling, where the program was not compiled before."""
    sent = Submission(language=language, source=SOURCES[language], problem=problem(count, mode))
    began = time.perf_counter()
    result = judge.judge(sent)
    took = time.perf_counter() - began
    if result.verdict != "AC":
        raise SystemExit(f"{language}: {result}")
    compiled_s = 0.0 if result.compile is None else result.compile.wall_ms / 1000
    return took if result.compile and result.compile.cached else took - compiled_s


def medians(rounds: int, ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each way over rounds in which all take turns."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(way())
    return {name: round(statistics.median(values), 2) for name, values in found.items()}


def measured(judge: Judge, rounds: int, java: bool) -> dict[str, float]:
    """All figures: microseconds of a call, seconds of a hundred tests, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        binary = compiled(Path(folder) / "bare", _BARE_C)
        parent = compiled(Path(folder) / "parent", _BARE_PARENT)
        found = medians(
            rounds,
            {
                "bare_c_us": lambda: bounced(parent, [str(binary)]),
                "call_cpp_us": lambda: called(judge, "cpp"),
                "bare_python_us": lambda: bounced(parent, [sys.executable, "-c", _BARE_PYTHON]),
                "call_python_us": lambda: called(judge, "python"),
            },
        )
    found["cpp_ratio"] = round(found["call_cpp_us"] / found["bare_c_us"], 3)
    found["python_ratio"] = round(found["call_python_us"] / found["bare_python_us"], 3)
    if java:
        found |= medians(
            1,
            {
                "java_batch_s": lambda: judged(judge, "java", TESTS, "batch"),
                "java_isolated_s": lambda: judged(judge, "java", TESTS, "isolated"),
            },
        )
        found["java_ratio"] = round(found["java_batch_s"] / found["java_isolated_s"], 3)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.function")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--no-java", action="store_true")
    given = parser.parse_args()
    with Judge(Config(engine=given.engine), slots=1) as judge:
        found = measured(judge, given.rounds, not given.no_java)
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()

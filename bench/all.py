"""All ratios that say how fast judging is: `python -m bench all [--json] [--only WORD]`.

Each is what judgecore needs over what is needed without it, or with a fast path over without it,
the two measured by turns on one machine: a busy one changes the ratio less than the figures. The
first pair of each is left out. The method: bench/README.md.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from bench import run_overhead
from bench.bare import Bare, bare
from bench.measure import Measure, NotMeasured, Pair, Row, taken
from bench.starting import run
from judgecore import Judge, Limits, Problem, Submission, TestCase
from judgecore.config import Config
from judgecore.engine import Tier
from judgecore.result import Result

_SUM = [f"{n} {n + 1}\n" for n in range(20)]
_LIMITS = Limits(cpu_ms=20_000, wall_ms=120_000)
_CPP = """#include <bits/stdc++.h>
using namespace std;
int main() {
    int a, b; cin >> a >> b;
    map<int, int> m; vector<int> v{a, b};
    sort(v.begin(), v.end());
    for (int x : v) m[x]++;
    cout << a + b << "\\n";
}
"""
_STREAM = """#include <iostream>
int main() { int a, b; std::cin >> a >> b; std::cout << a + b << "\\n"; }
"""
_PYTHON = "a, b = map(int, input().split())\nprint(a + b)\n"
_JAVA = """import java.util.*;
public class Main {
    public static void main(String[] arguments) {
        Scanner in = new Scanner(System.in);
        System.out.println(in.nextInt() + in.nextInt());
    }
}
"""
_SPIN = """#include <stdio.h>
int main(void) {
    int a, b; if (scanf("%d %d", &a, &b) != 2) return 1;
    for (volatile long n = 0; n < LOOPS; n++);
    printf("%d\\n", a + b);
}
"""
_READ = """import sys
print(len(sys.stdin.buffer.read()))
"""
_JAVA_OPTIONS = ["-XX:+UseSerialGC", "-Xss64m", "-Xmx256m", "-cp", "."]


@dataclass
class Bench:
    """Judges by their settings, made when they are needed; how many pairs each measure takes."""

    config: Config
    pairs: int
    stack: ExitStack
    _judges: dict[str, Judge] = field(default_factory=dict)
    _bare: list[Bare] = field(default_factory=list)
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(os.getpid()))

    def judge(self, slots: int = 1, **settings: Any) -> Judge:
        """The judge with these settings, its slots started."""
        key = f"{slots} {settings}"
        if key not in self._judges:
            judge = Judge(replace(self.config, **settings), slots=slots)
            self._judges[key] = self.stack.enter_context(judge)
            judge.warm()
        return self._judges[key]

    @property
    def bare(self) -> Bare:
        """Where commands run without a sandbox."""
        if not self._bare:
            in_image = self.judge().engine.tier is Tier.CONTAINER
            image = self.config.image if in_image else None
            self._bare.append(self.stack.enter_context(bare(image)))
        return self._bare[0]

    def turns(self) -> range:
        """For so many pairs, and one that is not counted."""
        return range(self.pairs + 1)

    def fresh(self, source: str, mark: str) -> str:
        """The source, changed so that nobody has compiled it before."""
        return f"{source}{mark} {next(self._serial)}\n"


def judged(judge: Judge, language: str, source: str, inputs: list[str]) -> tuple[float, Result]:
    """How long judging takes, seconds, and the result, which must be AC or OK."""
    tests = tuple(TestCase(input=text) for text in inputs)
    problem = Problem(tests=tests, limits=_LIMITS)
    given = Submission(language=language, source=source, problem=problem)
    began = time.perf_counter()
    result = judge.judge(given)
    took = time.perf_counter() - began
    if result.verdict.failed:
        raise SystemExit(f"bench.all: {language}: {result}")
    return took, result


def _overhead(bench: Bench, cold: bool) -> Iterator[Pair]:
    """A warm run against a bare one, as bench.run_overhead has them."""
    _tier, rows = run_overhead.against_bare(bench.config.engine, 20 * bench.pairs)
    row = rows[cold]
    yield from itertools.repeat((row.ms, row.against_ms), 2)


def warm(bench: Bench) -> Iterator[Pair]:
    """One after another."""
    return _overhead(bench, cold=False)


def cold(bench: Bench) -> Iterator[Pair]:
    """With other programs in between."""
    return _overhead(bench, cold=True)


def isolate(bench: Bench) -> Iterator[Pair]:
    """Against isolate's `--run`."""
    if shutil.which("isolate") is None:
        raise NotMeasured("isolate is not installed")
    raise NotMeasured("not written")


def hundred(bench: Bench) -> Iterator[Pair]:
    """A hundred trivial tests; what compiled the program is on neither side."""
    inputs, command = _SUM * 5, ["gcc", "-O2", "-o", "sum", "sum.c"]
    source = _SPIN.replace("LOOPS", "1")
    judged(bench.judge(), "c", source, inputs[:1])
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "c", source, inputs)
        yield ours, bench.bare.seconds(["./sum"], inputs, {"sum.c": source}, before=command)


def cpp_first(bench: Bench) -> Iterator[Pair]:
    """Compiled for the first time."""
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "cpp", bench.fresh(_CPP, "//"), _SUM)
        yield ours, _bare_cpp(bench)


def cpp_again(bench: Bench) -> Iterator[Pair]:
    """Compiled before."""
    judged(bench.judge(), "cpp", _CPP, _SUM)
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "cpp", _CPP, _SUM)
        yield ours, _bare_cpp(bench)


def _bare_cpp(bench: Bench) -> float:
    compiling = ["g++", "-O2", "-std=gnu++20", "-o", "main", "main.cpp"]
    return bench.bare.seconds(["./main"], _SUM, {"main.cpp": _CPP}, compiling)


def stream_only(bench: Bench) -> Iterator[Pair]:
    """CPU time of compiling what gains nothing, with the fast paths and without."""
    settings: dict[str, Any] = {"compile_cache_bytes": 0, "spread": False}
    judges = bench.judge(**settings), bench.judge(**settings, prebuilt=False)
    for _ in range(max(bench.pairs, 40) + 1):
        times = [judged(judge, "cpp", _STREAM, _SUM[:1])[1].compile for judge in judges]
        assert times[0] is not None
        assert times[1] is not None
        yield times[0].cpu_ms, times[1].cpu_ms


def python(bench: Bench) -> Iterator[Pair]:
    """Twenty tests of a trivial program."""
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "python", bench.fresh(_PYTHON, "#"), _SUM)
        yield ours, bench.bare.seconds(["python3", "main.py"], _SUM, {"main.py": _PYTHON})


def java(bench: Bench) -> Iterator[Pair]:
    """Twenty tests, compiled for the first time."""
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "java", bench.fresh(_JAVA, "//"), _SUM)
        command = ["java", *_JAVA_OPTIONS, "Main"]
        compiling = ["javac", "Main.java"]
        yield ours, bench.bare.seconds(command, _SUM, {"Main.java": _JAVA}, compiling)


def spread(bench: Bench) -> Iterator[Pair]:
    """Twenty tests of half a second, in two slots and in one."""
    if bench.judge(slots=2).slots < 2:
        raise NotMeasured("the engine has one slot")
    source = _SPIN.replace("LOOPS", "2e8")
    for judge in (bench.judge(slots=2), bench.judge()):
        judged(judge, "c", source, _SUM[:1])
    for _ in range(min(bench.pairs, 3) + 1):
        ours, _result = judged(bench.judge(slots=2), "c", source, _SUM)
        theirs, _result = judged(bench.judge(), "c", source, _SUM)
        yield ours, theirs


def large_input(bench: Bench) -> Iterator[Pair]:
    """64 MB over ten tests, submitted before."""
    inputs = [f"{n}" * 6_400_000 for n in range(10)]
    judged(bench.judge(), "python", _READ, inputs)
    for _ in bench.turns():
        ours, _result = judged(bench.judge(), "python", _READ, inputs)
        yield ours, bench.bare.seconds(["python3", "main.py"], inputs, {"main.py": _READ})


def two_slots(bench: Bench) -> Iterator[Pair]:
    """Submissions a second, of two slots and of one."""
    if bench.judge(slots=2).slots < 2:
        raise NotMeasured("the engine has one slot")
    source = _SPIN.replace("LOOPS", "2e7")
    problem = Problem(tests=tuple(TestCase(input=text) for text in _SUM[:2]), limits=_LIMITS)
    for _ in bench.turns():
        rates = []
        for judge in (bench.judge(slots=2), bench.judge()):
            many = [Submission(language="c", source=source, problem=problem) for _ in range(20)]
            began = time.perf_counter()
            list(judge.judge_many(many))
            rates.append(len(many) / (time.perf_counter() - began))
        yield rates[0], rates[1]


def per_test(bench: Bench) -> Iterator[Pair]:
    """What a test costs among a thousand, and among ten."""
    source = _SPIN.replace("LOOPS", "1")
    judged(bench.judge(), "c", source, _SUM[:1])
    for _ in bench.turns():
        many, _result = judged(bench.judge(), "c", source, _SUM * 50)
        few = [judged(bench.judge(), "c", source, _SUM[:10])[0] for _ in range(10)]
        yield many / 1000, statistics.median(few) / 10


def elsewhere(what: str) -> Any:
    """A measure that this bench does not take."""

    def pairs(bench: Bench) -> Iterator[Pair]:
        raise NotMeasured(what)

    return pairs


MEASURES = (
    Measure("warm run of a trivial C program ÷ bare", 1.05, warm),
    Measure("the same with a cold cache", 1.3, cold),
    Measure("warm run ÷ isolate --run", 0.25, isolate),
    Measure("100 trivial C tests ÷ 100 bare runs, compiled before", 0.8, hundred),
    Measure("C++ with bits/stdc++.h and 20 tests, first time ÷ bare", 0.4, cpp_first),
    Measure("the same judged again ÷ bare", 0.03, cpp_again),
    Measure("C++ with <iostream>: CPU time of compiling, fast paths on ÷ off", 1.03, stream_only),
    Measure("trivial Python, 20 tests ÷ bare", 0.3, python),
    Measure("Python with numpy, 5 tests ÷ bare", 0.1, elsewhere("no warm start of an interpreter")),
    Measure("Java, 20 tests, first time ÷ bare", 0.7, java),
    Measure("TypeScript, first time ÷ bare", 0.6, elsewhere("needs the full image")),
    Measure("20 tests of 0.5 s in two idle slots ÷ in one", 0.55, spread),
    Measure("64 MB of input over 10 tests, second submission ÷ bare", 1.1, large_input),
    Measure("throughput of 2 slots ÷ 1 slot", 1.9, two_slots, least=True),
    Measure("cost of a test among 1,000 ÷ among 10", 1.05, per_test),
    Measure("pipeline ÷ library", 0.65, elsewhere("python -m bench.pipeline")),
    Measure("memory of a worker with 4 idle slots", 120, elsewhere("python -m bench.memory")),
)


def shown(row: Row) -> str:
    """A line of the table."""
    if row.ratio is None or row.spread is None:
        return f"| {row.name} | not measured: {row.why} | {row.aim:g} | |"
    low, high = row.spread
    met = "yes" if row.met else "no"
    return f"| {row.name} | {row.ratio:g} ({low:g} to {high:g}) | {row.aim:g} | {met} |"


def main() -> None:
    """Take the measures, and print them."""
    parser = argparse.ArgumentParser(description="All ratios that say how fast judging is.")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--image", default=os.environ.get("JUDGECORE_IMAGE", Config().image))
    parser.add_argument("--pairs", type=int, default=7, help="measured pairs of each")
    parser.add_argument("--only", default="", help="measures whose names contain this")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = Config(engine=options.engine, image=options.image)
    if not options.json:
        print("| measure | ratio (quartiles of the pairs) | aim | met |\n| --- | --- | --- | --- |")
    rows = []
    with ExitStack() as stack:
        bench = Bench(config, options.pairs, stack)
        for measure in MEASURES:
            if options.only in measure.name:
                rows.append(taken(measure, bench))
                if not options.json:
                    print(shown(rows[-1]), flush=True)
    if options.json:
        print(json.dumps({"measures": [row.as_json() for row in rows]}))


if __name__ == "__main__":
    run(main)

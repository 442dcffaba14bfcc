"""The measures of judging: what it needs against the same commands without a sandbox."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import run_overhead
from bench.bare import Bare
from bench.measure import Failed, NotMeasured, Pair
from bench.peers import Peer, bare
from bench.sides import Bench
from judgecore import Judge, Limits, Problem, Submission, TestCase
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
_JAVASCRIPT = """const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);
console.log(a + b);
"""
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
_NUMPY = """import numpy
a, b = map(int, input().split())
print(numpy.array([a, b]).sum())
"""
_RUBY = """a, b = gets.split.map(&:to_i)
puts a + b
"""
_PHP = """<?php
fscanf(STDIN, "%d %d", $a, $b);
echo $a + $b, "\\n";
"""
_NPM = "/opt/npm/node_modules"
_TYPESCRIPT = """import * as fs from "fs";
const [a, b]: number[] = fs.readFileSync(0, "utf8").split(" ").map(Number);
console.log(a + b);
"""


def judged(judge: Judge, language: str, source: str, inputs: list[str]) -> tuple[float, Result]:
    """How long judging takes, seconds, and the result, which must be AC or OK."""
    tests = tuple(TestCase(input=text) for text in inputs)
    problem = Problem(tests=tests, limits=_LIMITS)
    given = Submission(language=language, source=source, problem=problem)
    began = time.perf_counter()
    result = judge.judge(given)
    took = time.perf_counter() - began
    if result.verdict.failed:
        raise Failed(f"{language}: {result}")
    return took, result


def _overhead(
    bench: Bench, peer: Peer, portion: int = 20, before: Callable[[], None] = lambda: None
) -> Iterator[Pair]:
    """Warm runs against those of a peer; the median of a portion is one side of a pair."""
    with (
        run_overhead.compiled() as program,
        run_overhead.warm_slot(bench.config, program) as (_tier, ours),
        peer(program, bench.config.image) as theirs,
    ):
        for _ in bench.turns():
            times = run_overhead.by_turns(ours, theirs, portion, before, warm_up=0)
            yield statistics.median(times[0]), statistics.median(times[1])


def warm(bench: Bench) -> Iterator[Pair]:
    """One after another."""
    return _overhead(bench, bare)


def cold(bench: Bench) -> Iterator[Pair]:
    """With other programs in between."""
    return _overhead(bench, bare, 5, run_overhead.cool)


def against(peer: Peer) -> Callable[[Bench], Iterator[Pair]]:
    """Against what somebody else offers, with other programs in between."""
    return lambda bench: _overhead(bench, peer, 5, run_overhead.cool)


def hundred(bench: Bench, slots: int | None = None) -> Iterator[Pair]:
    """A hundred trivial tests; what compiled the program is on neither side."""
    judge = bench.judge(slots)
    inputs, command = _SUM * 5, ["gcc", "-O2", "-o", "sum", "sum.c"]
    source = _SPIN.replace("LOOPS", "1")
    judged(judge, "c", source, inputs[:1])
    for _ in bench.turns():
        ours, _result = judged(judge, "c", source, inputs)
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


def python(bench: Bench, **settings: bool) -> Iterator[Pair]:
    """Twenty tests of a trivial program."""
    here = bench.judge(**settings), bench.bare
    return _scripted(bench, here, "python", ["python3", "main.py"], _PYTHON)


def javascript(bench: Bench, **settings: bool) -> Iterator[Pair]:
    """Twenty tests of a trivial program."""
    here = bench.judge(**settings), bench.bare
    return _scripted(bench, here, "javascript", ["node", "main.js"], _JAVASCRIPT, "//")


def ruby(bench: Bench, **settings: bool) -> Iterator[Pair]:
    """Twenty tests of a trivial program, in the full image."""
    return _scripted(bench, bench.full(**settings), "ruby", ["ruby", "main.rb"], _RUBY)


def php(bench: Bench, **settings: bool) -> Iterator[Pair]:
    """Twenty tests of a trivial program, in the full image."""
    return _scripted(bench, bench.full(**settings), "php", ["php", "main.php"], _PHP)


def _scripted(
    bench: Bench,
    where: tuple[Judge, Bare],
    language: str,
    command: list[str],
    source: str,
    comment: str = "#",
) -> Iterator[Pair]:
    judge, elsewhere = where
    for _ in bench.turns():
        ours, _result = judged(judge, language, bench.fresh(source, comment), _SUM)
        yield ours, elsewhere.seconds(command, _SUM, {command[-1]: source})


def java(bench: Bench, slots: int | None = 1, **settings: bool) -> Iterator[Pair]:
    """Twenty tests, compiled for the first time."""
    judge = bench.judge(slots, **settings)
    for _ in bench.turns():
        ours, _result = judged(judge, "java", bench.fresh(_JAVA, "//"), _SUM)
        command = ["java", *_JAVA_OPTIONS, "Main"]
        compiling = ["javac", "Main.java"]
        yield ours, bench.bare.seconds(command, _SUM, {"Main.java": _JAVA}, compiling)


def numpy(bench: Bench, **settings: bool) -> Iterator[Pair]:
    """Five tests of a program that imports numpy, in the full image."""
    judge, elsewhere = bench.full(**settings)
    for _ in bench.turns():
        ours, _result = judged(judge, "python", bench.fresh(_NUMPY, "#"), _SUM[:5])
        yield ours, elsewhere.seconds(["python3", "main.py"], _SUM[:5], {"main.py": _NUMPY})


def typescript(bench: Bench) -> Iterator[Pair]:
    """One test, compiled for the first time, in the full image; bare is `tsc` and `node`."""
    judge, elsewhere = bench.full()
    options = "--ignoreConfig --skipLibCheck --strict false --strictBindCallApply"
    options += " --strictFunctionTypes --target es2023 --lib es2023 --module commonjs"
    types = ["--types", "node", "--typeRoots", f"{_NPM}/@types"]
    compiling = [f"{_NPM}/.bin/tsc", *options.split(), *types, "main.ts"]
    for _ in bench.turns():
        ours, _result = judged(judge, "typescript", bench.fresh(_TYPESCRIPT, "//"), _SUM[:1])
        files = {"main.ts": _TYPESCRIPT}
        yield ours, elsewhere.seconds(["node", "main.js"], _SUM[:1], files, compiling)


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

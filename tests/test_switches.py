"""Each faster way of judging, on and off: the same verdicts, and off it is not taken.

`python -m bench.switches` runs whole suites this way; here a few programs are judged.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from engines import make, settings

from bench.switches import OFF
from judgecore import Judge, Limits, Submission, TestCase
from judgecore.config import Config
from judgecore.tally import FastPaths

ENGINES = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]
TAKEN: dict[str, Callable[[FastPaths], int]] = {
    "compile cache": lambda paths: paths.compile_cache.found,
    "spread": lambda paths: paths.spread.spread,
    "warm starts": lambda paths: paths.warm_starts.forked,
    "prebuilt": lambda paths: paths.prebuilt.used,
    "reuse": lambda paths: paths.slots.reused,
}
OF_IMAGES = "prebuilt"
CPP = "#include <bits/stdc++.h>\nint main() { int n; std::cin >> n; "
PROGRAMS = {
    "AC": ("cpp", CPP + "std::cout << 2 * n; }"),
    "WA": ("cpp", CPP + "std::cout << (n == 3 ? 0 : 2 * n); }"),
    "RE": ("python", "n = int(input())\nprint(2 * n if n != 4 else n // 0)"),
    "TLE": ("python", "n = int(input())\nwhile n == 2: pass\nprint(2 * n)"),
    "MLE": ("python", "n = int(input())\nx = b'x' * (n == 1 and 400 << 20)\nprint(2 * n)"),
    "CE": ("cpp", CPP + "undeclared(n); }"),
    "slow": ("bash", "read n; for ((i = 0; i < 20000; i++)); do :; done; echo $((2 * n))"),
}
TESTS = tuple(TestCase(input=f"{n}\n", expected=f"{2 * n}\n") for n in range(8))
LIMITS = Limits(cpu_ms=700, wall_ms=60_000)

Facts = list[tuple[str, str, list[str], list[str]]]


def judged(config: Config, engine: str) -> tuple[Facts, FastPaths]:
    """What came of each program, judged twice, and which fast paths were taken."""
    found = []
    with Judge(config, engine=make(engine), slots=2) as judge:
        judge.warm()
        for name, (language, source) in 2 * list(PROGRAMS.items()):
            given = Submission(language=language, source=source, tests=TESTS, limits=LIMITS)
            result = judge.judge(given)
            tests = [test.verdict for test in result.tests]
            found.append((name, result.verdict, tests, [test.stdout for test in result.tests]))
        return found, judge.fast_paths


@pytest.fixture(scope="module", params=ENGINES)
def usual(request: pytest.FixtureRequest) -> tuple[str, Facts, FastPaths]:
    """An engine, and what comes of the programs there with every path switched on."""
    on = settings(**dict.fromkeys((name for one in OFF.values() for name in one), ""))
    return request.param, *judged(on, request.param)


def test_every_path_is_taken(usual: tuple[str, Facts, FastPaths]) -> None:
    """The programs are such that each path is taken, and their verdicts are right."""
    engine, facts, paths = usual
    taken = {name for name, count in TAKEN.items() if count(paths)}

    assert set(TAKEN) - ({OF_IMAGES} if engine == "local" else set()) == taken
    assert {name if name != "slow" else "AC" for name in PROGRAMS} == {fact[1] for fact in facts}
    assert all(verdict == name or name == "slow" for name, verdict, *_ in facts)


@pytest.mark.parametrize("off", [*TAKEN, "everything"])
def test_verdicts_are_the_same_without(usual: tuple[str, Facts, FastPaths], off: str) -> None:
    """Verdicts and outputs of all tests; what is switched off is not taken."""
    engine, facts, _ = usual
    found, paths = judged(settings(**OFF[off]), engine)

    assert facts == found
    assert not any(TAKEN[name](paths) for name in (TAKEN if off == "everything" else [off]))

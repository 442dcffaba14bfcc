"""What a submission gets is the same in one slot and spread over several, whatever the problem."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from engines import SPEED, make
from hypothesis import given, settings
from hypothesis import strategies as st

from judgecore import (
    Aggregate,
    Batch,
    Checker,
    CheckerProgram,
    Group,
    Interactive,
    Judge,
    Limits,
    Problem,
    Scoring,
    Submission,
    TestCase,
)
from judgecore.config import Config
from judgecore.engine.fake import FakeEngine, echo
from judgecore.execution import sharing
from judgecore.problems.package import load_all
from judgecore.report import Report
from judgecore.result import Result
from judgecore.verifying.verified import submission

# make test draws 150; JUDGECORE_TEST_EXAMPLES=1000: the long form
DRAWN = int(os.environ.get("JUDGECORE_TEST_EXAMPLES", "20"))

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(  # tests of functions are never spread
    path.name
    for path in (ROOT / "examples").iterdir()
    if path.is_dir() and path.name[0] != "_" and not (path / "function.toml").exists()
)
NAMES = "abcd"


@pytest.fixture(scope="module", autouse=True)
def always() -> Iterator[None]:
    """However short the tests are, they are spread where they may be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "_WORTH_MS", 0)
        patch.setattr(sharing, "_WORTH_WARM_MS", 0)
        patch.setattr(sharing, "_WORTH_TEAM_MS", 0)
        yield


def outcome(result: Result) -> tuple[Any, ...]:
    """What must not depend on the slots."""
    tests = [
        (test.name, test.verdict, test.detail, test.score, test.passes, test.message)
        for test in result.tests
    ]
    return result.verdict, result.score, result.scores, result.cause, tests


def groups(names: str) -> st.SearchStrategy[tuple[Group, ...]]:
    """Groups of all kinds, of which some require earlier ones, and some hold others."""

    def made(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[Group, ...]:
        found: list[Group] = []
        for name in names:
            inner: tuple[Group, ...] = ()
            if found and draw(st.integers(0, 3)) == 0:
                inner = (found.pop(),)
            before = [one.name for group in found for one in group.all_groups()]
            requires = draw(st.lists(st.sampled_from(before), max_size=1)) if before else []
            found.append(
                Group(
                    name=name,
                    aggregate=draw(st.sampled_from([a for a in Aggregate if a != "custom"])),
                    points=draw(st.sampled_from([None, Decimal(10), Decimal(0)])),
                    requires=tuple(requires),
                    stops=draw(st.booleans()),
                    groups=inner,
                )
            )
        return tuple(found)

    return st.composite(made)()


def case(kind: str, passes: bool, group: str) -> TestCase:
    """A test that passes or fails, whoever judges it."""
    if kind == "comparison":
        return TestCase(input="1", expected=str(int(passes)), group=group)
    return TestCase(input="1", checker_arguments=("42" if passes else "43",), group=group)


def judged(given: Submission, slots: int, *, spread: bool) -> tuple[tuple[Any, ...], int, int]:
    """The outcome, how many runs of the solution it took, and how often it was spread."""
    runs: list[int] = []

    def answer(argv: tuple[str, ...], stdin: bytes) -> Report:
        report = echo(argv, stdin)
        if "test.in" in argv:  # what judges
            return report.changed(exit_code=int(argv[-1]), stdout=b"")
        if argv[-1].endswith(".py"):
            runs.append(1)
            time.sleep(random.choice((0, 0, 0.001)))
        return report

    engine = FakeEngine(answer)
    with Judge(Config(spread=spread), engine=engine, slots=slots) as judge:
        judge.warm()
        found = outcome(judge.judge(given))
        return found, len(runs), judge.fast_paths.spread.spread


@given(groups(NAMES), st.data(), st.sampled_from(["comparison", "checker", "interactor"]))
@settings(max_examples=DRAWN)
def test_scores_of_any_problem(total: tuple[Group, ...], data: st.DataObject, kind: str) -> None:
    """Verdicts, scores and what is skipped are those of one slot, and little is run in vain."""
    passes = st.sampled_from([True, True, True, False])
    of = st.sampled_from(NAMES)
    tests = tuple(
        case(kind, data.draw(passes), data.draw(of)) for _ in range(data.draw(st.integers(2, 14)))
    )
    aggregate = data.draw(st.sampled_from([Aggregate.SUM, Aggregate.MIN, Aggregate.ALL]))
    program = CheckerProgram(language="python", source="pass")
    problem = Problem(
        tests=tests,
        total=Scoring(groups=total, aggregate=aggregate),
        procedure=Interactive() if kind == "interactor" else Batch(),
        checker=Checker() if kind == "comparison" else program,
    )
    stop, slots = data.draw(st.booleans()), data.draw(st.integers(2, 4))
    given = Submission(
        language="python", source="pass", problem=problem, stop_at_first_failure=stop
    )
    expected, alone, _ = judged(given, slots, spread=False)
    found, together, _ = judged(given, slots, spread=True)

    assert expected == found
    failed = sum(verdict not in ("AC", "SKIPPED") for _, verdict, *_ in found[-1])
    assert together <= alone + failed * (1 if stop else slots - 1)


@pytest.mark.parametrize("kind", ["comparison", "checker", "interactor"])
def test_the_fake_slots_take_part(kind: str) -> None:
    """What the test above compares are not two judgings in one slot."""
    tests = tuple(case(kind, True, "a") for _ in range(40))
    program = CheckerProgram(language="python", source="pass")
    problem = Problem(
        tests=tests,
        total=Scoring(groups=(Group(name="a", aggregate=Aggregate.MIN),)),
        procedure=Interactive() if kind == "interactor" else Batch(),
        checker=Checker() if kind == "comparison" else program,
    )
    given = Submission(language="python", source="pass", problem=problem)

    assert 1 == judged(given, 2, spread=True)[2]


SAYS = """#include <stdio.h>
int main(int argc, char **argv) { char c; printf("%s\\n", argv[4]); fflush(stdout);
  return scanf(" %c", &c) == 1 && c == 'y' ? 42 : 43; }"""
HEARS = """import time
said = input()
time.sleep(30 if said == "sleep" else 0.05)
print("yes" if said == "right" else "no")"""


def talking(*said: str) -> Submission:
    """A program that is spoken to in each test; on `sleep` it sleeps for half a minute."""
    problem = Problem(
        tests=tuple(TestCase(input="", checker_arguments=(word,)) for word in said),
        procedure=Interactive(),
        checker=CheckerProgram(language="c", source=SAYS),
        limits=Limits(wall_ms=40_000, idle_ms=40_000),
    )
    return Submission(language="python", source=HEARS, problem=problem, stop_at_first_failure=True)


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("local", marks=pytest.mark.local),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def test_an_interactor_travels(engine: str) -> None:
    """Solution and interactor run in both slots at once; what is in vain is ended."""
    with Judge(Config(speed=SPEED), engine=make(engine), slots=2) as judge:
        judge.warm()
        right = judge.judge(talking(*["right"] * 12))
        assert ("AC", 1) == (right.verdict, judge.fast_paths.spread.spread)
        began = time.monotonic()
        wrong = judge.judge(talking("right", "wrong", "sleep", "right"))
        took_s = time.monotonic() - began

        assert ["AC", "WA", "SKIPPED", "SKIPPED"] == [test.verdict for test in wrong.tests]
        assert (took_s < 20, judge.fast_paths.spread.spread, judge.busy) == (True, 2, 0)


@pytest.mark.local
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    """The submissions of every example, of all kinds of problems, get the same.

    Not judged are those that exceed a limit on time, and those whose language is not there.
    """
    problem, labelled = load_all(ROOT / "examples" / name, strict=True)
    found: list[list[tuple[Any, ...]]] = []
    for spread in (False, True):
        config = Config(speed=SPEED, spread=spread)
        with Judge(config, engine=make("local"), slots=2) as judge:
            missing = judge.missing_tools()
            given = [
                submission(one, problem)
                for one in labelled
                if "TLE" not in one.label
                and not missing.get(judge.resolve_language(one.code.language))
            ]
            judge.warm()
            found.append([outcome(judge.judge(one)) for one in given])
            assert spread or not judge.fast_paths.spread.spread

    assert found[0] == found[1]

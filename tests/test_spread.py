"""The tests of one submission in several slots at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from engines import SLOWNESS, SPEED, make
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Judge, Limits, Problem, Program, Run, Submission, TestCase
from judgecore.config import Config, Reuse
from judgecore.engine.fake import FakeEngine
from judgecore.errors import Interrupted, SlotLost
from judgecore.execution.executor import Executor
from judgecore.execution.spread import Left, Spread, Team
from judgecore.interruption import Interruption
from judgecore.pool import Pool
from judgecore.replacement import Policy
from judgecore.result import Result

# Marks the slot in which it runs: what another test left would be read again.
SOURCE = """
read n
[[ -e /tmp/seen ]] && echo again
echo >/tmp/seen
for ((i = 0; i < 15000; i++)); do :; done
[[ $n == 9 ]] && exit 3
echo $((2 * n))
"""
LIMITS = Limits(cpu_ms=10_000, wall_ms=60_000)


def cases(count: int, wrong: int = -1) -> tuple[TestCase, ...]:
    """So many tests, of which one expects something wrong."""
    return tuple(
        TestCase(name=str(n), input=f"{n}\n", expected=f"{2 * n + (n == wrong)}\n")
        for n in range(count)
    )


@contextmanager
def judging(**settings: Any) -> Iterator[Judge]:
    """A judge of two slots that were started."""
    config = Config(speed=SPEED, compile_cache_bytes=0, **settings)
    with Judge(config, engine=make("local"), slots=2) as judge:
        judge.warm()
        yield judge


@pytest.fixture(scope="module")
def spreading() -> Iterator[Judge]:
    """The usual one."""
    with judging() as judge:
        yield judge


def submission(count: int, wrong: int = -1, **fields: Any) -> Submission:
    """A program of some ten milliseconds for so many tests."""
    problem = Problem(tests=cases(count, wrong), limits=LIMITS)
    return Submission(language="bash", source=SOURCE, problem=problem, **fields)


def verdicts(result: Result) -> list[tuple[str, str]]:
    """What must not depend on the slots."""
    return [(test.name, test.verdict) for test in result.tests]


@pytest.mark.local
@pytest.mark.parametrize("stop", [False, True])
def test_verdicts_are_those_of_one_slot(spreading: Judge, stop: bool) -> None:
    """Order, verdicts and what is skipped are the same, and the program came to both slots."""
    given = submission(14, wrong=5, stop_at_first_failure=stop)
    before, told = spreading.fast_paths.spread.spread, []
    with judging(spread=False) as alone:
        expected = alone.judge(given)
        assert 0 == alone.fast_paths.spread.spread
    result = spreading.judge(given, lambda test: told.append(test.name))

    assert verdicts(expected) == verdicts(result)
    assert [test.name for test in result.tests][: len(told)] == told
    assert 1 == spreading.fast_paths.spread.spread - before


@pytest.mark.local
def test_a_slot_that_becomes_idle_later_helps(spreading: Judge) -> None:
    """What is left of a submission is spread when the other slot has nothing to do any more."""
    short, long = submission(2), submission(60)
    before = spreading.fast_paths.spread.spread
    results = list(spreading.judge_many([short, long]))

    assert [2, 60] == [len(result.tests) for result in results]
    assert 1 == spreading.fast_paths.spread.spread - before


@pytest.mark.local
def test_a_compiled_program_travels(spreading: Judge) -> None:
    """The second slot runs what was compiled in the first one."""
    source = """#include <stdio.h>
int main(void) { int n; scanf("%d", &n); for (volatile int i = 0; i < 100000000; i++);
  printf("%d\\n", 2 * n); }"""
    before = spreading.fast_paths.spread.spread
    given = Submission(language="c", source=source, problem=submission(8).judged_against)
    result = spreading.judge(given)

    assert ("AC", 1) == (result.verdict, spreading.fast_paths.spread.spread - before)


TRIVIAL = b"""#include <stdio.h>
int main(void) { int n; scanf("%d", &n); if (n == 150) return 3; printf("%d", n); }"""


@pytest.mark.local
def test_short_tests_are_spread_in_portions(spreading: Judge) -> None:
    """So many tests of a millisecond are worth it; their results come in order."""
    tests = tuple(TestCase(input=str(n), expected=str(n)) for n in range(200))
    before = spreading.fast_paths.spread.spread
    result = spreading.judge(Submission(language="c", source=TRIVIAL, tests=tests, limits=LIMITS))

    assert [str(n) if n != 150 else "" for n in range(200)] == [t.stdout for t in result.tests]
    assert [150] == [n for n, test in enumerate(result.tests) if test.verdict == "RE"]
    assert 1 == spreading.fast_paths.spread.spread - before


@pytest.mark.local
def test_short_tests_are_ended_early(spreading: Judge) -> None:
    """Whoever wants no more results gets the sandboxes back at once, and they work."""
    runs = (Run(stdin=str(n).encode(), limits=LIMITS) for n in range(3000))
    with spreading.executors.open(Program("c", TRIVIAL)) as (executor,):
        found = spreading.executors.sharing.run_all(executor, runs, 3000, one_by_one=False)
        some = [next(found).report.stdout for _ in range(60)]
        began = time.monotonic()
        found.close()
        took_s = time.monotonic() - began
        last = executor.run(Run(stdin=b"7", limits=LIMITS))

    assert [str(n).encode() for n in range(60)] == some
    assert (b"7", 0) == (last.report.stdout, spreading.busy)
    assert took_s < 2 * SLOWNESS


@given(st.integers(1, 300), st.floats(0.1, 50), st.integers(2, 8))
def test_portions_hold_everything_once(count: int, most_ms: float, teams: int) -> None:
    """In order, each of bounded length, and at the end one by one."""
    left = Left(iter(range(count)), count)
    left.pace_ms = 1.0
    portions = list(left.portions(most_ms, teams))

    assert list(range(count)) == [n for portion in portions for n in portion]
    assert all(1 <= len(portion) <= max(1, most_ms) for portion in portions)
    assert 1 == len(portions[-1])


def test_portions_follow_the_pace() -> None:
    """After works that take longer than the first one, no more than one is done at a time."""
    left = Left(iter(range(100)), 100)
    with left.paced(1):
        assert 0 == next(left)
    left.pace_ms = 0.1
    portions = left.portions(5, 2)
    assert 24 == len(left.portion(_slow, next(portions)))

    assert 1 == len(next(portions))


def _slow(works: list[int]) -> list[int]:
    time.sleep(0.2)
    return works


class _Idle:
    """What may be stopped."""

    def stop(self) -> None:
        """As an executor."""


@contextmanager
def _another() -> Iterator[Team]:
    """An idle team."""
    yield (cast("Executor", _Idle()),)


def test_others_begin_beside_a_long_first_one() -> None:
    """Nobody waits for the end of a first piece that takes long; what is found comes in order."""
    others = threading.Event()

    def do(_: Team, work: int) -> int:
        if work == 0:
            assert others.wait(30)
        elif work == 2:
            others.set()
        return work

    spread = Spread(Left(iter(range(9)), 9), do, (), _another, 1, 9, lambda: True, lambda: False)
    assert list(range(9)) == list(spread.results(_unused, 0.001))
    assert spread.helped


def test_a_short_first_one_is_done_alone() -> None:
    """Nobody begins beside it, nor where no sandbox is idle by then; what follows is as before."""
    for idle, after_s in ((True, 30), (False, 0.001)):
        left = Left(iter(range(3)), 3)

        def do(_: Team, work: int) -> int:
            time.sleep(0.05)
            return work

        def alone(left: Left[int] = left) -> Generator[int, None, bool]:
            yield from left
            return False

        spread = Spread(left, do, (), _another, 1, 9, lambda idle=idle: idle, lambda: False)
        assert [0, 1, 2] == list(spread.results(alone, after_s))
        assert not spread.helped


@pytest.mark.local
@pytest.mark.parametrize(("count", "after_s"), [(1, None), (2, 0.02), (3, 0.01), (100, 0.01)])
def test_others_wait_until_the_rest_is_long_enough(
    spreading: Judge, monkeypatch: pytest.MonkeyPatch, count: int, after_s: float | None
) -> None:
    """Beside the first one others begin when the rest, at its pace, would take 20 ms."""
    seen = []
    results = Spread.results

    def noting(spread: Any, alone: Any, after_s: float | None) -> Any:
        seen.append(after_s)
        return results(spread, alone, after_s)

    monkeypatch.setattr(Spread, "results", noting)
    with spreading.executors.open(Program("bash", b"echo")) as team:
        list(
            spreading.executors.sharing.do_all(
                team, iter(range(count)), count, lambda _, work: work
            )
        )

    assert seen == ([after_s] if count > 1 else [])


def _unused() -> Generator[int, None, bool]:
    raise AssertionError("alone, although others have begun")
    yield 0


def test_a_first_one_that_fails_ends_the_others() -> None:
    """What it raises is raised, when the others have ended."""

    def do(team: Team, work: int) -> int:
        if not team:
            while not others:
                time.sleep(0.001)
            raise ValueError("first")
        others.append(work)
        return work

    others: list[int] = []
    spread = Spread(Left(iter(range(9)), 9), do, (), _another, 1, 3, lambda: True, lambda: False)
    with pytest.raises(ValueError, match="first"):
        list(spread.results(_unused, 0.001))
    assert [1, 2] == others[:2]
    assert not [one for one in threading.enumerate() if one.name == "judgecore-spread"]


@pytest.mark.local
def test_a_slot_that_is_lost_at_the_end_is_noticed(
    spreading: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ends a list early hears of a sandbox that failed meanwhile."""

    def run_all(_: Executor, runs: Iterator[Run]) -> Iterator[Run]:
        try:
            yield from runs
        except GeneratorExit:
            raise SlotLost("while it was stopped") from None

    monkeypatch.setattr(Executor, "run_all", run_all)
    with spreading.executors.open(Program("bash", b"echo")) as (executor,):
        found = spreading.executors.sharing.run_all(
            executor, iter([Run()] * 5), 5, one_by_one=False
        )
        next(found), next(found)
        with pytest.raises(SlotLost, match="stopped"):
            found.close()


@pytest.mark.local
def test_one_test_in_vain_at_most(spreading: Judge) -> None:
    """With stop-at-first-failure no more than one test runs beyond the one that fails."""
    source = "read n; for ((i=0;i<30000;i++)); do :; done; echo wrong"
    runs = _runs(spreading)
    given = submission(10, stop_at_first_failure=True).model_copy(update={"source": source})
    result = spreading.judge(given)

    assert ["WA", *["SKIPPED"] * 9] == [test.verdict for test in result.tests]
    assert _runs(spreading) - runs <= 3  # compiling, the one that fails, one in vain


@pytest.mark.local
def test_whoever_waits_gets_the_slot(spreading: Judge) -> None:
    """A submission that comes later does not wait for the end of one that is spread."""
    long, ended = submission(60), []
    before = spreading.fast_paths.spread.given_back

    def judge_long() -> None:
        spreading.judge(long)
        ended.append("long")

    thread = threading.Thread(target=judge_long)
    thread.start()
    while thread.is_alive() and spreading.busy < 2:
        time.sleep(0.001)
    spreading.judge(submission(1))
    ended.append("short")
    thread.join()

    assert ["short", "long"] == ended
    assert 1 == spreading.fast_paths.spread.given_back - before


@pytest.mark.local
def test_an_interruption_ends_every_slot(spreading: Judge) -> None:
    """Interrupted work gives back all of its slots."""
    interruption = Interruption()
    told = threading.Event()
    timer = threading.Thread(target=lambda: told.wait() and interruption.request("enough"))
    timer.start()
    with pytest.raises(Interrupted, match="enough"):
        spreading.judge(submission(100), lambda _: told.set(), interruption=interruption)
    timer.join()

    assert 0 == spreading.busy
    assert "AC" == spreading.judge(submission(2)).verdict


def test_when_there_is_a_spare_slot() -> None:
    """None while all are leased, while somebody wants them alone, or when each serves once."""
    pool = Pool(FakeEngine(), 2)
    pool.warm()
    with pool.lease(), pool.spare((None,)) as spare:
        assert 1 == len(spare)
        with pool.spare((None,)) as another:
            assert () == another
    with pool.exclusively(), pool.spare((None,)) as spare:
        assert () == spare
    strict = Pool(FakeEngine(), 2, policy=Policy(Reuse.STRICT))
    strict.warm()
    with strict.lease(), strict.spare((None,)) as spare:
        assert () == spare

    assert (0, 2) == (pool.busy, pool.idle)


def _runs(judge: Judge) -> int:
    pool = judge._pool
    with pool.lease() as one, pool.lease() as other:
        return one.runs + other.runs

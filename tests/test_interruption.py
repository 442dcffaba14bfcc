"""What ends a judgement before its end: a timeout, another thread, a judge that closes, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from engines import IMAGE, REAL, SLOWNESS, make

from judgecore import (
    Interrupted,
    Interruption,
    Judge,
    JudgingTimeout,
    Limits,
    PoolClosed,
    Result,
    SlotLost,
    Submission,
    TestCase,
    Verdict,
)
from judgecore.config import Config
from judgecore.engine import SlotSpec, Transport
from judgecore.engine.fake import FakeEngine
from judgecore.pool import Pool

ROOT = Path(__file__).parent.parent
# A loaded machine may take longer for the removal of a container, though not for its programs.
SOON_S = 1.0 * SLOWNESS
MINUTES = Limits(cpu_ms=120_000, wall_ms=120_000)


def program(source: str, limits: Limits = MINUTES) -> Submission:
    """A Python program and one test."""
    return Submission(
        language="python", source=source, tests=(TestCase(expected="1"),), limits=limits
    )


FOREVER = program("while True: pass")
ONE = program("print(1)")


@pytest.fixture(params=REAL)
def small(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge with one warm slot."""
    with Judge(Config(min_tier="process"), engine=make(request.param), slots=1) as judge:
        judge.warm()
        yield judge


class Beside:
    """A judgement in another thread, which has begun."""

    def __init__(self, judge: Judge, interruption: Interruption | None = None) -> None:
        self.future: Future[Result] = Future()
        self._judge = judge
        self._interruption = interruption
        threading.Thread(target=self._run, daemon=True).start()
        until = time.monotonic() + 20
        while not judge.busy and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)  # the program runs by now

    def _run(self) -> None:
        try:
            self.future.set_result(self._judge.judge(FOREVER, interruption=self._interruption))
        except BaseException as exc:
            self.future.set_exception(exc)


def seconds_of(act: Callable[[], object]) -> float:
    """How long it takes until an exception."""
    began = time.monotonic()
    with suppress(Interrupted, PoolClosed):
        act()
    return time.monotonic() - began


def test_a_timeout_is_no_verdict(small: Judge) -> None:
    """A judgement that takes longer than its caller waits raises, within a second."""
    began = time.monotonic()
    with pytest.raises(JudgingTimeout, match=r"within 0\.5 s"):
        small.judge(FOREVER, timeout_s=0.5)
    took_s = time.monotonic() - began

    assert took_s < 0.5 + SOON_S
    assert Verdict.AC == small.judge(ONE, timeout_s=60).verdict


def test_a_run_has_a_timeout_too(small: Judge) -> None:
    """What is only run is ended likewise."""
    with pytest.raises(JudgingTimeout):
        small.run("python", "while True: pass", limits=MINUTES, timeout_s=0.5)


def test_another_thread_ends_a_judgement(small: Judge) -> None:
    """A request from outside ends what runs within a second, and the slot is replaced."""
    interruption = Interruption()
    beside = Beside(small, interruption)
    interruption.request("nobody needs it")

    assert seconds_of(lambda: beside.future.result(20)) < SOON_S
    with pytest.raises(Interrupted, match="nobody needs it"):
        beside.future.result()
    assert Verdict.AC == small.judge(ONE).verdict


def test_closing_now_ends_what_runs(small: Judge) -> None:
    """A judge that is closed at once leaves nothing running, and whoever judges is told."""
    beside = Beside(small)

    assert seconds_of(lambda: small.close(now=True)) < SOON_S
    with pytest.raises(PoolClosed):
        beside.future.result(5)


def test_closing_lets_a_program_end() -> None:
    """A judge that is closed in good order lets what runs come to its end."""
    with Judge(engine=FakeEngine(), slots=1) as judge, judge.executors.sandbox() as sandbox:
        judge.close()

        assert "alive" in repr(sandbox)


def test_a_timeout_covers_the_wait_for_a_slot() -> None:
    """Who waits for a slot waits no longer than was asked for, and the slot is not harmed."""
    with Judge(engine=FakeEngine(), slots=1) as judge, judge.executors.sandbox() as sandbox:
        waiting = ThreadPoolExecutor(1).submit(judge.judge, ONE, timeout_s=0.2)
        with pytest.raises(JudgingTimeout):
            waiting.result(5)

        assert "alive" in repr(sandbox)


def test_a_request_before_the_beginning() -> None:
    """What was interrupted before it began never gets a slot."""
    engine = FakeEngine()
    interruption = Interruption()
    interruption.request("too late")
    with Judge(engine=engine, slots=1) as judge, pytest.raises(Interrupted, match="too late"):
        judge.judge(ONE, interruption=interruption)

    assert [] == [slot for slot in engine.slots if slot.files]


def test_a_request_after_the_end() -> None:
    """A request that comes too late harms nobody who has the slot by now."""
    pool, interruption = Pool(FakeEngine(), 1), Interruption()
    with interruption.covering(), pool.lease():
        pass
    with pool.lease() as slot:
        interruption.request()

        assert slot.alive
    pool.close()


class Broken(FakeEngine):
    """Cannot start a slot at the moment."""

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        raise SlotLost("the daemon is away")


def test_a_timeout_covers_the_start_of_a_slot() -> None:
    """An engine in trouble is waited for no longer than was asked for."""
    with Judge(engine=Broken(), slots=1) as judge, pytest.raises(JudgingTimeout):
        judge.judge(ONE, timeout_s=0.3)


def test_many_are_judged_in_order(judge: Judge) -> None:
    """However many there are, results come in the order of the submissions."""
    submissions = [program(f"print({n % 2})") for n in range(10)]

    assert ["WA", "AC"] * 5 == [str(found.verdict) for found in judge.judge_many(submissions)]


def test_many_end_with_their_iterator(small: Judge) -> None:
    """Who takes no more results ends what is under way."""
    results = small.judge_many([ONE, FOREVER, FOREVER])
    next(results)
    time.sleep(0.5)

    assert seconds_of(results.close) < SOON_S
    assert Verdict.AC == small.judge(ONE).verdict


PATTERN = """
import sys
from judgecore import Judge, Limits, Submission, TestCase

forever = Submission(language="python", source="while True: pass", tests=[TestCase(expected="")],
                     limits=Limits(cpu_ms=120_000, wall_ms=120_000))
with Judge(engine=sys.argv[1], slots=2) as judge:
    judge.warm()
    print("judging", flush=True)
    for result in judge.judge_many([forever] * 8):
        print(result.verdict)
"""
OWN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from judgecore import Judge, Limits, Submission, TestCase

forever = Submission(language="python", source="while True: pass", tests=[TestCase(expected="")],
                     limits=Limits(cpu_ms=120_000, wall_ms=120_000))
with ThreadPoolExecutor(2) as threads, Judge(engine=sys.argv[1], slots=2) as judge:
    judge.warm()
    print("judging", flush=True)
    print(*threads.map(judge.judge, [forever] * 8))
"""


@pytest.mark.parametrize("pattern", [PATTERN, OWN_THREADS], ids=["judge_many", "own threads"])
@pytest.mark.parametrize("engine", [REAL[0], REAL[3]])
def test_ctrl_c(engine: str, pattern: str) -> None:
    """Ctrl-C ends many judgements at once: no verdict, no slot, and it takes a few seconds."""
    make(engine).close()
    process = subprocess.Popen(
        [sys.executable, "-c", pattern, engine],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"JUDGECORE_IMAGE": IMAGE},
        # A shell's background job ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert "judging\n" == process.stdout.readline()
    time.sleep(1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)

    assert time.monotonic() - began < 5 * SLOWNESS
    assert ("", "KeyboardInterrupt") == (out, said.strip().rpartition("\n")[2])

"""What a run's pipes and input are made of: each run has its own, though they are made ahead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from engines import REAL, make

from judgecore import Limits
from judgecore.engine import SlotSpec
from judgecore.report import Limit
from judgecore.runner import reports
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

TIERS = [*REAL[:3], pytest.param("docker-socket", marks=pytest.mark.docker)]
ENV = (("PATH", "/usr/local/bin:/usr/bin:/bin"),)
IDENTITY = "import os; print(*(os.fstat(n)[1] for n in (0, 1, 2)), os.fstat(1).st_mtime_ns)"
# A pipe that does not wait, of which the next program would see the flags.
CHANGE = """
import fcntl, os
fcntl.fcntl(1, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)
for n in range(9): os.write(1, b"%d\\n" % n)
"""
STATE = """
import fcntl
print(fcntl.fcntl(1, fcntl.F_GETFL), open(0).read(), end="")
"""


@pytest.fixture(scope="module", params=TIERS)
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """A slot of one real engine after the other, which all tests share."""
    engine = make(request.param)
    made = Slot(engine.start(SlotSpec(), "streams"))
    yield made
    made.destroy()
    engine.close()


def sh(script: str, **kind: object) -> Command:
    """A shell script as a run."""
    limits = Limits(cpu_ms=2000, wall_ms=8000)
    return replace(Command(("/bin/bash", "-c", script), limits, env=ENV), **kind)  # type: ignore[arg-type]


def python(source: str, stdin: bytes = b"") -> Command:
    """A Python program as a run."""
    return Command(("python3", "-c", source), Limits(cpu_ms=4000), stdin, ENV)


def test_each_run_has_streams_of_its_own(slot: Slot) -> None:
    """No number of a pipe or an input comes back, and nothing was written before."""
    began_ns = time.time_ns()
    seen = [[int(word) for word in slot.run(python(IDENTITY)).stdout.split()] for _ in range(4)]
    numbers = [number for *run, _ in seen for number in run]

    assert len(numbers) == len(set(numbers)) == 12
    assert all(began_ns - 10**9 < changed_ns for *_, changed_ns in seen)


def test_a_run_does_not_find_what_the_last_one_made_of_its_pipe(slot: Slot) -> None:
    """All that a program wrote in a pipe it has changed is there; the next pipe is as ever."""
    before = slot.run(python(STATE, b"a")).stdout
    changed = slot.run(python(CHANGE))
    after = slot.run(python(STATE, b"a")).stdout

    assert b"".join(b"%d\n" % n for n in range(9)) == changed.stdout
    assert before == after


def test_a_run_of_another_kind_takes_no_stream_from_the_next(slot: Slot) -> None:
    """A live run between two others: each reads its own input, and writes to its own output."""
    outputs = [slot.run(sh("cat", stdin=b"one")).stdout]
    running = slot.start(sh("cat"))
    running.feed(b"two")
    running.close_stdin()
    outputs += [running.finish().stdout, slot.run(sh("cat", stdin=b"three")).stdout]

    assert [b"one", b"two", b"three"] == outputs


def test_a_program_may_close_its_streams_and_go_on(slot: Slot) -> None:
    """Its end counts, and not that of its output."""
    report = slot.run(sh("echo x; echo y >&2; exec <&- >&- 2>&-; sleep 0.1; exit 3"))

    assert (3, b"x\n", b"y\n") == (report.exit_code, report.stdout, report.stderr)
    assert 100 <= report.wall_ms


def test_what_outlives_a_program_keeps_nobody_waiting(slot: Slot) -> None:
    """It holds the pipe, and is killed; what it wrote until then is there."""
    report = slot.run(sh("(echo child; sleep 60) & sleep 0.3; echo parent"))

    assert {b"child", b"parent"} == set(report.stdout.split())
    assert report.wall_ms < 5000


def test_too_much_output_is_not_the_next_ones(slot: Slot) -> None:
    """What was not read of a pipe goes with it."""
    limits = Limits(output_bytes=10)
    much = slot.run(replace(sh("printf '%0100d' 7; sleep 5"), limits=limits))
    next_one = slot.run(sh("echo ok"))

    assert (Limit.OUTPUT, True, 10) == (much.limit, much.stdout_truncated, len(much.stdout))
    assert (b"ok\n", False) == (next_one.stdout, next_one.stdout_truncated)


def test_what_a_run_leaves_is_gone_whether_the_directory_looks_empty_or_not(slot: Slot) -> None:
    """Files, and the time at which a directory was changed, though nothing is left in it."""
    times = "stat -c %Y $(readlink -f /tmp) /dev/shm; ls -A /tmp /dev/shm"
    if "tmp" in slot.features:
        pytest.skip("the process tier shares /dev/shm with its host")
    clean = slot.run(sh(times)).stdout
    slot.run(sh("touch /tmp/a /dev/shm/b; rm /tmp/a /dev/shm/b"))
    touched = slot.run(sh(times)).stdout
    slot.run(sh("echo x > /tmp/a; mkdir -p /dev/shm/b/c"))

    assert clean == touched == slot.run(sh(times)).stdout


def test_memory_limits_by_turns(slot: Slot) -> None:
    """Each run has its own limit, whatever the run had that used the control group before."""
    if not slot.exact_memory:
        pytest.skip("no control group bounds a run's memory here")
    large = python("b'x' * (100 << 20)")
    killed = []
    for n in range(70):
        limits = Limits(memory_bytes=(64, 256)[n % 2] << 20)
        if n % 10 in (4, 7):
            killed.append(slot.run(replace(large, limits=limits)).oom_kills > 0)
        else:
            slot.run(replace(sh(":"), limits=limits))

    assert [True, False] * 7 == killed


def test_a_run_that_ends_well_has_the_usual_report(
    slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host reads it in the short way, whatever the tier; another one it reads line by line."""
    monkeypatch.delattr(reports, "lines")
    report = slot.run(sh("echo x; exit 4"))
    monkeypatch.undo()

    assert (4, b"x\n") == (report.exit_code, report.stdout)
    assert 9 == slot.run(sh("kill -9 $$")).signal

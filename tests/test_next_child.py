"""The child that the runner makes before its run is there: it changes nothing but the time.

The first run of a slot, and any that the host sends ahead, has none.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engines import REAL, SLOWNESS, make, missing

from judgecore import Limits
from judgecore.engine import Engine, SlotSpec
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

LIMITS = Limits(cpu_ms=2000, wall_ms=8000)
ENV = (("PATH", "/usr/local/bin:/usr/bin:/bin"),)


def sh(script: str, **kind: object) -> Command:
    """A shell script as a run."""
    return replace(Command(("/bin/bash", "-c", script), LIMITS, b"", ENV), **kind)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=REAL)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One real engine after the other."""
    made = make(request.param)
    yield made
    made.close()


@pytest.fixture
def slot(engine: Engine) -> Iterator[Slot]:
    """A slot in which nothing has run yet."""
    made = Slot(engine.start(SlotSpec(), "next"))
    yield made
    made.destroy()


def _waiting(uid: int) -> list[int]:
    """The children that wait with this uid, as far as one can look."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            status = (place / "status").read_text()
        except OSError:
            continue
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        alive = not fields["State"].startswith("Z")
        if alive and fields["Name"] == "runner-slot" and int(fields["Uid"].split()[0]) == uid:
            found.append(int(place.name))
    return found


def _after_a_run(slot: Slot) -> tuple[int, list[int]]:
    """The uid of the next run, and what waits with it."""
    uid = int(slot.run(sh("id -u")).stdout) + 1
    for _ in range(100):
        if found := _waiting(uid):
            return uid, found
        time.sleep(0.01)
    return uid, []


def test_each_run_has_its_own_limits(slot: Slot) -> None:
    """Lower, higher, and the same as before: whether its child knew them or not."""
    asked = [64, 64, 200, 200, 32, 128, 128]
    limits = [LIMITS.model_copy(update={"open_files": n, "processes": n}) for n in asked]
    reports = [slot.run(sh("ulimit -n; ulimit -Hn", limits=one)) for one in limits]

    assert [b"%d\n%d\n" % (n, n) for n in asked] == [report.stdout for report in reports]


def test_no_two_runs_have_the_same_uid(slot: Slot) -> None:
    """Compilers and live runs in between, and a reset."""
    if slot.features["uids"] == "shared":
        pytest.skip("all programs have the runner's uid here")
    uids = []
    for kind in ({}, {"writable_box": True}, {}, {}, {"writable_run": True}, {}):
        uids.append(slot.run(sh("id -u", **kind)).stdout)
    running = slot.start(sh("id -u"))
    running.close_stdin()
    uids.append(running.finish().stdout)
    assert slot.reset()
    uids += [report.stdout for report in slot.run_all(sh("id -u") for _ in range(4))]
    uids += [slot.run(sh("id -u")).stdout for _ in range(2)]

    assert 13 == len(set(uids))


def test_a_run_without_a_child_of_its_own_measures_alike(slot: Slot) -> None:
    """Its memory, exactly where a control group tells; its time, roughly."""
    reports = [slot.run(sh("read x; exit 3")) for _ in range(4)]
    first, *others = (report.memory_bytes for report in reports)

    assert [3] * 4 == [report.exit_code for report in reports]
    assert all(abs(one - first) < 512 << 10 for one in others)
    assert all(0 < report.cpu_ms < 100 * SLOWNESS for report in reports)


def test_a_child_that_was_killed_is_replaced(engine: Engine, slot: Slot) -> None:
    """As by the kernel, when the machine is short of memory."""
    if slot.features["uids"] == "shared":
        pytest.skip("no child waits here: programs have the runner's uid")
    if slot.features["memory_source"] == "cgroup-v2":
        pytest.skip("no child waits with control groups v2")
    uid, found = _after_a_run(slot)
    if not found and os.geteuid() != 0:
        missing("the rights to see processes of other users")
    assert 1 == len(found)
    os.kill(found[0], signal.SIGKILL)
    while _waiting(uid):
        time.sleep(0.001)
    reports = [slot.run(sh("echo $((6 * 7))")) for _ in range(3)]

    assert [b"42\n"] * 3 == [report.stdout for report in reports]
    assert slot.alive


def _ends(report: Report) -> tuple[object, ...]:
    return report.exit_code, report.signal, report.step, report.stdout, report.limit


def test_a_program_that_cannot_start_is_told_so_each_time(slot: Slot) -> None:
    """The step and its error come from the child that waited, too."""
    absent = Command(("/bin/not-there",), LIMITS, b"", ENV)
    reports = [slot.run(absent) for _ in range(3)]

    assert [("exec", 2)] * 3 == [(report.step, report.errno) for report in reports]
    assert 1 == len({_ends(report) for report in reports})
    assert b"x\n" == slot.run(sh("echo x")).stdout


def test_signals_and_the_session_are_as_for_any_run(slot: Slot) -> None:
    """Nothing is blocked or ignored, and the program leads its session."""
    script = "grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o sid= -p $$ | grep -qw $$ && umask"
    first, second = (slot.run(sh(script)) for _ in range(2))

    assert first.stdout == second.stdout
    assert _ends(first) == _ends(second)

"""What happens to slots from outside is an infrastructure error, a retry, and the right verdict."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engines import make

from judgecore import Judge, Limits, RunResult, RunStatus, SlotLost, wire
from judgecore import slot as slot_module
from judgecore.config import Config
from judgecore.errors import EngineUnavailable
from judgecore.report import Report
from judgecore.runner.protocol import Command

docker = pytest.importorskip("docker")

TRANSPORTS = [
    pytest.param("docker-socket", marks=pytest.mark.docker),
    pytest.param("docker-stream", marks=pytest.mark.docker),
]
ASLEEP = "sleep 0.7; echo done"
LIMITS = Limits(cpu_ms=1000, wall_ms=3000)


@pytest.fixture(params=TRANSPORTS)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge of one slot, warm."""
    with Judge(engine=make(request.param), slots=1) as a_judge:
        a_judge.warm()
        yield a_judge


@pytest.fixture
def daemon() -> Iterator[Any]:
    """The daemon's own interface, to do harm with."""
    client = docker.from_env()
    yield client.api
    client.close()


def slot_of(judge: Judge) -> Any:
    """The transport of the one slot that waits in the pool."""
    (member,) = judge._pool._slots._idle[None]
    return member.slot.wire.transport


def while_it_runs(judge: Judge, harm: Callable[[], object], source: str = ASLEEP) -> RunResult:
    """Run a program, and do harm once it is under way."""
    timer = threading.Timer(0.4, harm)
    timer.start()
    try:
        return judge.run("bash", source, limits=LIMITS)
    finally:
        timer.join()


def causes(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Why attempts failed, as the judge told its log."""
    return [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]


@pytest.mark.parametrize("source", [ASLEEP, "for i in {1..20000}; do echo $i; done; " + ASLEEP])
def test_a_container_killed_under_a_run(
    judge: Judge, daemon: Any, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    """Killed from outside, even amid its output: told as such, and run again elsewhere."""
    first = slot_of(judge).container
    result = while_it_runs(judge, lambda: daemon.kill(first), source)

    assert result.stdout.endswith("done\n")
    assert "container" in causes(caplog)[0]
    assert len(causes(caplog)) == 1


def test_a_container_killed_between_runs(
    judge: Judge, daemon: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A slot that died while it waited costs one attempt, and nothing else."""
    daemon.kill(slot_of(judge).container)

    assert judge.run("bash", "echo done").stdout == "done\n"
    assert len(causes(caplog)) == 1


def test_a_paused_container(
    judge: Judge, daemon: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is paused for good is given up after the wall limit and a grace, and removed."""
    monkeypatch.setattr(wire, "_GRACE_S", 1.0)
    first = slot_of(judge).container
    result = while_it_runs(judge, lambda: daemon.pause(first))

    assert (RunStatus.OK, "done\n") == (result.status, result.stdout)
    assert "its container is paused" in causes(caplog)[0]
    until = time.monotonic() + 10
    while gone(daemon, first) is False and time.monotonic() < until:
        time.sleep(0.1)
    assert gone(daemon, first)


def gone(daemon: Any, container: str) -> bool:
    """Whether the daemon has forgotten a container."""
    return all(c["Id"] != container for c in daemon.containers(all=True))


def test_a_short_pause_counts_for_no_clock(judge: Judge, daemon: Any) -> None:
    """A slot that stands still for longer than the wall limit makes no honest program late."""
    first = slot_of(judge).container

    def pause() -> None:
        daemon.pause(first)
        time.sleep(2)
        daemon.unpause(first)

    limits = Limits(cpu_ms=500, wall_ms=1500, idle_ms=1000)
    timer = threading.Timer(0.3, pause)
    timer.start()
    result = judge.run("bash", ASLEEP, limits=limits)
    timer.join()

    assert (RunStatus.OK, "done\n") == (result.status, result.stdout), result
    assert result.wall_ms < 1500


def test_a_late_runner_forgives_no_busy_program(
    judge: Judge, daemon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the program worked on while the runner had no turn, nothing stood still."""
    stalls = []
    run = slot_module.Slot.run

    def watched(slot: slot_module.Slot, command: Command) -> Report:
        report = run(slot, command)
        stalls.append(report.stalled_ms)
        return report

    def starve() -> None:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(pid, signal.SIGCONT)

    monkeypatch.setattr(slot_module.Slot, "run", watched)
    pid = daemon.inspect_container(slot_of(judge).container)["State"]["Pid"]
    result = while_it_runs(judge, starve, "while :; do :; done")

    assert RunStatus.TLE == result.status
    assert 0 == stalls[-1]


def test_a_full_box(judge: Judge, daemon: Any, caplog: pytest.LogCaptureFixture) -> None:
    """When a source cannot even be staged, the slot is thrown away and another one judges."""
    pid = daemon.inspect_container(slot_of(judge).container)["State"]["Pid"]
    fill(Path(f"/proc/{pid}/root/box/filler"))

    assert judge.run("python", "print('done')").stdout == "done\n"
    assert "stage-" in causes(caplog)[0]
    assert f"errno {errno.ENOSPC}" in causes(caplog)[0]


def fill(path: Path) -> None:
    """Write until there is no more room."""
    with path.open("wb", 0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 20))


class Cut:
    """A stream that ends after so many bytes."""

    def __init__(self, inner: Any, left: int) -> None:
        self._inner = inner
        self._left = left
        self.name = inner.name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def receive(self, timeout_s: float) -> bytes:
        """Pass on what is left to pass on; then the peer has hung up."""
        if not self._left:
            self._inner._socket.shutdown(2)
            return bytes(self._inner.receive(timeout_s))
        data = bytes(self._inner.receive(timeout_s))[: self._left]
        self._left -= len(data)
        return data


@pytest.mark.parametrize("left", [0, 3, 5, 11, 60, 5000])
def test_a_truncated_stream(judge: Judge, caplog: pytest.LogCaptureFixture, left: int) -> None:
    """Wherever an answer is cut, in a header, the output or the report, no half of it counts."""
    (member,) = judge._pool._slots._idle[None]
    member.slot.wire.transport = Cut(member.slot.wire.transport, left)
    result = judge.run("bash", "printf '%8000s' done")

    assert (RunStatus.OK, 8000) == (result.status, len(result.stdout))
    assert "stream" in causes(caplog)[0]


@pytest.mark.docker
def test_trouble_that_stays_is_told(daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When every slot is lost, the caller gets an infrastructure error that names the cause."""
    from judgecore.execution import executors

    monkeypatch.setattr(executors, "_ATTEMPTS", 1)
    with Judge(engine=make("docker"), slots=1) as judge:
        judge.warm()
        first = slot_of(judge).container
        with pytest.raises(SlotLost, match="container"):
            while_it_runs(judge, lambda: daemon.kill(first))


@pytest.mark.parametrize(
    "kind", ["process", pytest.param("docker-socket", marks=pytest.mark.docker)]
)
def test_no_room_for_a_slot(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """While no slot's directory can be made, as on a full disk, the engine is unavailable."""
    with Judge(Config(min_tier="process"), engine=make(kind), slots=1) as judge:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
        with pytest.raises(EngineUnavailable, match="no slot can have a"):
            judge.check()
        with pytest.raises(EngineUnavailable, match="no slot can have a"):
            judge.run("bash", "true")
        monkeypatch.undo()
        judge.check()

        assert RunStatus.OK is judge.run("bash", "true").status

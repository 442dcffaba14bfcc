"""What every engine must do, on the twin and the real ones; and what Docker slots are made of."""

from __future__ import annotations

import gc
import itertools
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engines import IMAGE, SLOWNESS, make

from judgecore import EngineUnavailable, Judge, Limits, SlotLost
from judgecore.config import Config
from judgecore.engine import Engine, SlotSpec, cgroups
from judgecore.engine.kinds import make_engine
from judgecore.runner import build, protocol
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

ALL = [
    "fake",
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("local-user", marks=pytest.mark.local),
    pytest.param("process", marks=pytest.mark.local),
    pytest.param("docker-socket", marks=pytest.mark.docker),
    pytest.param("docker-stream", marks=pytest.mark.docker),
]
CAT = Command(("/bin/cat",), Limits(), b"hello")


@pytest.fixture(params=ALL)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One engine after the other."""
    made = make(request.param)
    yield made
    made.close()


@pytest.fixture
def slot(engine: Engine) -> Iterator[Slot]:
    """A slot that has answered its handshake."""
    made = Slot(engine.start(SlotSpec(), "contract"))
    yield made
    made.destroy()


def test_a_slot_runs_again_and_again(slot: Slot) -> None:
    """One slot serves many runs."""
    for _ in range(20):
        report = slot.run(CAT)

        assert (b"hello", 0) == (report.stdout, report.exit_code)


def test_reset_empties_the_box(slot: Slot) -> None:
    """After a reset what was staged is gone, and the slot lives on."""
    slot.put("deep/down/file", b"x")

    assert slot.reset()
    assert slot.run(CAT).exit_code == 0


def test_destroying_twice_is_harmless(slot: Slot) -> None:
    """A destroyed slot refuses work and may be destroyed again."""
    slot.destroy()
    slot.destroy()
    with pytest.raises(SlotLost):
        slot.run(CAT)


@pytest.mark.parametrize("path", ["../out", "/etc/x", "a/../../b", "", "a//b"])
@pytest.mark.parametrize("name", [p for p in ALL if p != "fake"])
def test_staging_stays_in_the_box(name: str, path: str) -> None:
    """A path that would leave the box is refused, and costs the slot."""
    engine = make(name)
    slot = Slot(engine.start(SlotSpec(), "staging"))
    try:
        slot.put(path, b"x")
        with pytest.raises(SlotLost, match="stage"):
            slot.run(CAT)
        assert not slot.alive
    finally:
        slot.destroy()
        engine.close()


@pytest.mark.docker
def test_no_container_is_privileged() -> None:
    """The live container's own configuration has no privilege, no network, no writable root."""
    import docker

    engine = make("docker")
    slot = Slot(engine.start(SlotSpec(core=0), "inspected"))
    client = docker.from_env()
    try:
        transport: Any = slot.wire.transport
        seen = client.api.inspect_container(transport.container)
        host = seen["HostConfig"]

        assert host["Privileged"] is False
        assert host["CapDrop"] == ["ALL"]
        added = {name.removeprefix("CAP_") for name in host["CapAdd"]}
        assert added == {"SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "FOWNER"}
        assert (host["NetworkMode"], host["ReadonlyRootfs"]) == ("none", True)
        assert "no-new-privileges" in host["SecurityOpt"]
        assert any(o.startswith("seccomp=") for o in host["SecurityOpt"])
        assert not any("docker.sock" in bind for bind in host["Binds"])
        assert (host["IpcMode"], host["PidsLimit"]) == ("private", 1024)
        assert host["LogConfig"]["Type"] == "none"
        assert {"/proc/pressure", "/proc/locks", "/proc/kcore"} <= set(host["MaskedPaths"])
    finally:
        slot.destroy()
        client.close()
        engine.close()


KILLED = """
import sys, time
sys.path.insert(0, "tests")
from engines import make
from judgecore.engine import SlotSpec, cgroups
from judgecore.slot import Slot
slot = Slot(make({name!r}).start(SlotSpec(), "orphan"))
print(cgroups.owner(), slot.wire.transport.__dict__.get("container", ""), flush=True)
time.sleep(60)
"""


def groups(token: str) -> set[str]:
    """Control groups of that process, anywhere; other judges may live on this machine too."""
    tops = (cgroups.ROOT.glob("judgecore-*"), cgroups.ROOT.glob("*/judgecore-*"))
    found = [*itertools.chain(*tops), *cgroups.ROOT.rglob("judgecore-*.slice")]
    return {str(p) for p in found if token in p.name}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("local", marks=pytest.mark.local),
        pytest.param("local-user", marks=pytest.mark.local),
        pytest.param("process", marks=pytest.mark.local),
        pytest.param("docker-socket", marks=pytest.mark.docker),
        pytest.param("docker-stream", marks=pytest.mark.docker),
    ],
)
def test_a_killed_owner_leaves_nothing(name: str) -> None:
    """Killing the owner ends its slot; the next start sweeps its control groups and directories."""
    engine = make(name)
    owner = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(name=name)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert owner.stdout is not None
    named, _, container = owner.stdout.readline().strip().partition(" ")
    token = named.partition("-")[2]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    until = time.monotonic() + 15 * SLOWNESS
    while time.monotonic() < until:
        engine.sweep()
        if not groups(token) and not (container and alive(container)):
            break
        time.sleep(0.1)

    assert set() == groups(token)
    assert not (container and alive(container))
    assert [] == [*Path(tempfile.gettempdir()).glob(f"judgecore-*-{token}-*")]
    engine.close()


def alive(container: str) -> bool:
    """Whether the daemon still knows a container."""
    import docker

    client = docker.from_env()
    try:
        return any(c["Id"] == container for c in client.api.containers(all=True))
    finally:
        client.close()


@pytest.mark.docker
def test_a_container_killed_from_outside_is_survived() -> None:
    """A slot that dies under a run is an infrastructure error; the judge tries again."""
    import docker

    client = docker.from_env()
    with Judge(engine=make("docker"), slots=1) as judge:
        judge.warm()
        (member,) = judge._pool._slots._idle[None]
        transport: Any = member.slot.wire.transport
        client.api.kill(transport.container)
        result = judge.run("bash", "echo alive")

        assert result.stdout == "alive\n"
    client.close()


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_no_engine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Docker and without root the refusal names both remedies."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    monkeypatch.setattr(build, "binary", lambda: Path("/bin/false"))  # which makes no namespaces
    with pytest.raises(EngineUnavailable, match=r"(?s)Docker daemon.*run as root"):
        make_engine(Config())
    gc.collect()  # docker-py drops the socket that could not connect without closing it


@pytest.mark.docker
def test_an_absent_image_says_what_to_do() -> None:
    """An image that the daemon lacks is named, with the way to get it."""
    with pytest.raises(EngineUnavailable, match="make images"):
        make_engine(Config(engine="docker", image="judgecore/absent:none"))


@pytest.mark.docker
def test_any_image_is_a_runtime() -> None:
    """A language that names an image of its own runs there, with nothing installed in it."""
    from judgecore.languages import Registry

    registry = Registry()
    shell = registry["bash"].model_copy(update={"id": "elsewhere", "image": IMAGE})
    registry.add(shell)
    with Judge(engine=make("docker"), slots=1, registry=registry) as judge:
        assert judge.run("elsewhere", "echo there").stdout == "there\n"
        assert judge.run("bash", "echo here").stdout == "here\n"


def made_of(runtime: str, image: str = IMAGE) -> Any:
    """An engine that has not asked any daemon, for a look at what it would make."""
    from judgecore.engine.docker import HOST_KERNEL, DockerEngine

    engine = DockerEngine.__new__(DockerEngine)
    engine.image, engine.runtime, engine._runner, engine._info = image, runtime, "/runner", {}
    engine.transport = "socket" if runtime in HOST_KERNEL else "stream"
    engine._groups = runtime in HOST_KERNEL
    return engine


def test_a_runtime_with_its_own_kernel_gets_container_limits_alone() -> None:
    """In gVisor: no control group mounted, no socket of the host, the limits of the container."""
    engine = made_of("runsc")
    container = engine._container(SlotSpec(memory_bytes=1 << 30, core=3), None, None)
    host = container.host()

    assert engine._group("any") is None
    assert engine._directory() is None
    assert ["/judgecore-runner", "--stdio"] == container.command()
    assert {"/runner"} == set(host["binds"])
    assert ("runsc", 1 << 30, 1 << 30, "3", 1024) == tuple(
        host[k] for k in ("runtime", "mem_limit", "memswap_limit", "cpuset_cpus", "pids_limit")
    )


@pytest.mark.docker
def test_a_runtime_is_the_daemons() -> None:
    """One that the daemon has is used; one that it lacks is refused by name."""
    import docker

    made = make_engine(Config(engine="docker", image=IMAGE, runtime="runc"))
    slot = Slot(made.start(SlotSpec(), "runtime"))
    client = docker.from_env()
    try:
        transport: Any = slot.wire.transport
        host = client.api.inspect_container(transport.container)["HostConfig"]

        assert "runc" == host["Runtime"]
        assert b"hello" == slot.run(CAT).stdout
        with pytest.raises(EngineUnavailable, match="JUDGECORE_RUNTIME"):
            make_engine(Config(engine="docker", image=IMAGE, runtime="absent"))
    finally:
        slot.destroy()
        client.close()
        made.close()


@pytest.mark.local
def test_a_runner_started_by_hand_touches_nothing() -> None:
    """Outside a slot, where nothing was mounted for it, the runner refuses before it wipes."""
    hello = protocol.hello(100_000, 10)
    done = subprocess.run(
        [build.binary(), "--stdio"], input=hello, capture_output=True, check=False
    )

    assert 70 == done.returncode
    assert b"step:box" in done.stdout or b"step:place" in done.stdout

"""Which tiers are taken, which are refused, and what the weakest still keeps from a program."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from judgecore import EngineUnavailable, InvalidConfig, Judge
from judgecore.config import Config
from judgecore.engine import Engine, SlotSpec, Tier
from judgecore.engine.fake import FakeEngine
from judgecore.engine.kinds import KINDS, TIERS, make_engine
from judgecore.engine.process import ProcessEngine, ProcessSlot
from judgecore.limits import Limits
from judgecore.runner import build, protocol
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

ROOT = Path(__file__).parent.parent
RUNNING = [Tier.CONTAINER, Tier.NAMESPACES, Tier.PROCESS]


def test_the_order_of_tiers() -> None:
    """A tier reaches itself and every weaker one."""
    reached = [(a, b) for a in RUNNING for b in RUNNING if a.reaches(b)]

    assert set(TIERS) == {str(t) for t in RUNNING} == {str(kind.tier) for kind in KINDS.values()}
    assert reached == [(a, b) for i, a in enumerate(RUNNING) for b in RUNNING[i:]]
    assert all(tier.guarantees for tier in Tier)


def test_the_document_names_every_kind_of_engine() -> None:
    """Tier, name and needs of each, as the table has them."""
    text = (ROOT / "docs/tiers.md").read_text()

    assert [] == [
        kind.name
        for kind in KINDS.values()
        if f"| `{kind.tier}` | `{kind.name}` | {kind.needs} |" not in text
    ]


def test_the_remedies_are_of_their_engines() -> None:
    """`judgecore doctor` has a remedy for each engine, and none tells that of another one."""
    assert len(KINDS) == len({kind.remedy for kind in KINDS.values()})


@pytest.mark.parametrize(("engine", "minimum"), [("process", "namespaces"), ("local", "container")])
def test_an_engine_below_the_minimum_is_refused(engine: str, minimum: str) -> None:
    """The refusal names the tier, what it means and the setting that would accept it."""
    tier = KINDS[engine].tier
    with pytest.raises(
        InvalidConfig, match=f"(?s){tier.guarantees[:20]}.*JUDGECORE_MIN_TIER={tier}"
    ):
        make_engine(Config(engine=engine, min_tier=minimum))


class Weak(FakeEngine):
    """An engine object of the weakest tier."""

    tier = Tier.PROCESS


def test_an_engine_object_is_held_to_it_too() -> None:
    """Whoever hands an engine to a judge is asked the same."""
    with pytest.raises(InvalidConfig, match="JUDGECORE_MIN_TIER"):
        Judge(engine=Weak())
    with Judge(Config(min_tier="process"), engine=Weak()) as judge:
        assert judge.engine.tier is Tier.PROCESS


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_auto_never_takes_the_process_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where nothing else works and the minimum would allow it; the refusal says how."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    monkeypatch.setattr(build, "binary", lambda: Path("/bin/false"))  # which makes no namespaces
    with pytest.raises(EngineUnavailable, match="JUDGECORE_ENGINE=process"):
        make_engine(Config(min_tier="process"))
    gc.collect()  # docker-py drops the socket that could not connect without closing it


PROTECTED = """
import ctypes, os
from judgecore.engine.process import ProcessEngine, readable_environments
engine = ProcessEngine()
print(ctypes.CDLL(None).prctl(3), end=' ')
engine.protect()
libc = ctypes.CDLL(None)
libc.getenv.restype = ctypes.c_char_p
block = open("/proc/self/environ", "rb").read() if os.geteuid() == 0 else b""
print(block.strip(b"\\0"), libc.getenv(b"SECRET"), os.environ["SECRET"], libc.prctl(3))
"""


@pytest.mark.local
def test_the_worker_protects_itself() -> None:
    """Not before it is asked to. Then its environment block is wiped, and nobody may look."""
    done = subprocess.run(
        [sys.executable, "-c", PROTECTED],
        env={**os.environ, "SECRET": "hush"},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )

    assert "1 b'' b'hush' hush 0\n" == done.stdout


@pytest.fixture(params=[0, 2, 5, 99], ids="landlock-{}".format)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The process engine as on kernels without Landlock, before its scopes, and on this one."""
    made = ProcessEngine(landlock_at_most=request.param)
    made.protect()
    if request.param not in (0, 99) and made.landlock < request.param:
        pytest.skip("this kernel has less of Landlock")
    yield made
    made.close()


@pytest.fixture
def slot(engine: Engine) -> Iterator[Slot]:
    """A slot of it."""
    made = Slot(engine.start(SlotSpec(), "tiers"))
    yield made
    made.destroy()


TRIES = """
import ctypes, os, resource, signal, socket
me, runner = os.getpid(), os.getppid()
def refused(what, *args):
    try:
        what(*args)
    except OSError:
        return
    print("BREACH", what, args)
for number in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    refused(os.kill, runner, number)
refused(os.kill, 1, 0)
refused(os.setsid)
refused(os.setpgid, 0, 0)
refused(resource.prlimit, runner, resource.RLIMIT_NOFILE, (3, 3))
refused(os.sched_setaffinity, runner, {0})
refused(os.setpriority, os.PRIO_USER, 0, 19)
refused(os.chmod, "main.py", 0o777)
refused(open, "main.py", "a")
refused(open, f"/proc/{runner}/mem", "rb+")
refused(os.listdir, f"/proc/{runner}/fd")
refused(open, f"/proc/{runner}/environ", "rb")
refused(socket.socket, socket.AF_UNIX)
refused(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
if LANDLOCK:
    refused(os.listdir, "/")
    refused(open, "/etc/hostname")
    refused(open, "/tmp/judgecore-planted", "w")
    refused(open, "/dev/shm/judgecore-planted", "w")
signal.signal(signal.SIGUSR1, lambda *_: print("signalled"))
os.kill(me, signal.SIGUSR1)
a, b = socket.socketpair()
a.send(b"through")
print(b.recv(9).decode(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
open(os.environ["TMPDIR"] + "/mine", "w").write("written")
"""


@pytest.mark.local
def test_what_is_refused_and_what_goes_on(slot: Slot, engine: ProcessEngine) -> None:
    """On every kernel: the runner is out of reach, and honest calls still work."""
    slot.put("main.py", f"LANDLOCK = {engine.landlock}\n{TRIES}".encode())
    environment = (("PATH", "/usr/bin:/bin"), ("TMPDIR", "/tmp"))
    report = slot.run(Command(("python3", "main.py"), Limits(), env=environment))

    assert (b"signalled\nthrough 256\n", b"", 0) == (report.stdout, report.stderr, report.exit_code)


@pytest.mark.local
def test_without_landlock_there_is_one_slot() -> None:
    """Programs of two slots could reach each other there."""
    config = Config(min_tier="process", slots=4)
    with Judge(config, engine=ProcessEngine(landlock_at_most=0)) as judge:
        assert 1 == judge.slots == judge._pool.size


@pytest.mark.local
def test_a_killed_runner_takes_its_slot_along(engine: Engine, slot: Slot) -> None:
    """Whatever a program had started ends when the slot is destroyed, and its files go."""
    transport = slot.wire.transport
    assert isinstance(transport, ProcessSlot)
    slot.put("main.sh", b"(exec -a judgecore-stray sleep 99 &); sleep 99")
    command = Command(("bash", "main.sh"), Limits(), env=(("PATH", "/usr/bin:/bin"),))
    slot.wire.send(protocol.run(command))
    until = time.monotonic() + 10
    while not stray() and time.monotonic() < until:
        time.sleep(0.01)
    assert stray()
    os.kill(transport._process.pid, signal.SIGKILL)
    slot.destroy()

    assert [] == stray()
    assert not transport._home.exists()


def stray() -> list[int]:
    """Processes of the name that the program above gives one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().startswith(b"judgecore-stray"):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found

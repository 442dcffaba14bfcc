"""Where the figures of a run come from, and that a program can neither read nor change them."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import SLOWNESS, SPEED, make

from bench import kernel_objects
from judgecore import Judge, Limits, Program, Run
from judgecore.config import Config
from judgecore.engine import SlotSpec, cgroups
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

EXACT = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


@pytest.fixture(params=EXACT, scope="module")
def exact(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each engine that counts by control groups, with one slot."""
    with Judge(Config(speed=SPEED), engine=make(request.param), slots=1) as judge:
        yield judge


def test_memory_is_the_control_groups(exact: Judge) -> None:
    """The peak is read from a control group of this host's version."""
    result = exact.run("bash", "echo")

    assert f"cgroup-v{cgroups.version()}" == result.memory_source


BURN = """
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void *burn(void *unused) {
    struct timespec t;
    do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); while (t.tv_nsec < 400000000);
    return unused;
}
static double ms(int who) {
    struct rusage u;
    getrusage(who, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3
         + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}
int main(void) {
    pthread_t thread;
    if (fork() == 0) { burn(0); _exit(0); }
    pthread_create(&thread, 0, burn, 0);
    burn(0);
    pthread_join(thread, 0);
    wait(0);
    printf("%f", ms(RUSAGE_SELF) + ms(RUSAGE_CHILDREN));
}
"""


def test_cpu_time_is_the_kernels(exact: Judge) -> None:
    """Threads and children are summed, as the kernel's own account of the program has them."""
    result = exact.run("c", BURN, limits=Limits(cpu_ms=5000))
    own = float(result.stdout)

    assert own > 1190
    # The program's last look at its own account comes before its end, which counts too.
    assert -1 <= result.cpu_ms - own <= 0.05 * own + 5 * SLOWNESS


TAKE = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
    int mib;
    if (scanf("%d", &mib) != 1) return 1;
    if (mib) puts((char *)memset(malloc((size_t)mib << 20), '1', (size_t)mib << 20) ? "took" : "");
    FILE *file = mib ? fopen("/tmp/left", "w") : NULL;
    if (file) fwrite(malloc(1 << 20), 1, 1 << 20, file);
    return 0;
}
"""


def test_no_run_is_charged_for_an_earlier_one(exact: Judge) -> None:
    """Groups are used again: what one run took and left, or a kill in it, is in no other."""
    program = Program("c", TAKE.encode())
    limits = Limits(memory_bytes=64 << 20, cpu_ms=5000)
    sizes = (0, 40, 0, 100) * 25
    with exact.executors.open(program) as (executor,):
        runs = (Run(stdin=str(mib).encode(), limits=limits) for mib in sizes)
        reports = [ran.report for ran in executor.run_all(runs)]
    figures = list(zip(sizes, (report.memory_bytes for report in reports), strict=True))

    assert [int(mib == 100) for mib in sizes] == [report.oom_kills for report in reports]
    assert all(figure < 1 << 20 for mib, figure in figures if mib == 0)
    assert all(40 << 20 < figure < 43 << 20 for mib, figure in figures if mib == 40)
    assert all(figure == limits.memory_bytes for mib, figure in figures if mib == 100)


GROUPS = """
import os
for top in ("/sys/fs/cgroup", "/run/judgecore-memory", "/run/judgecore-cpu"):
    for folder, _, files in os.walk(top):
        for name in files:
            path = os.path.join(folder, name)
            for mode in ("r", "w"):
                try:
                    open(path, mode).close()
                    print("opened", mode, path)
                except OSError:
                    pass
for line in open("/proc/mounts"):
    source, at = line.split()[:2]
    try:
        if line.split()[2] in ("cgroup", "cgroup2") and os.listdir(at):
            print("listed", at)
    except OSError:
        pass
print("held")
"""


def test_groups_are_out_of_reach(exact: Judge) -> None:
    """A program sees neither its own control group nor anybody's, let alone writes to one."""
    assert exact.run("python", GROUPS).stdout == "held\n"


@pytest.mark.parametrize("name", EXACT)
def test_a_slot_keeps_to_its_core(name: str) -> None:
    """A program of a pinned slot may use that core alone, and cannot change it."""
    engine = make(name)
    slot = Slot(engine.start(SlotSpec(core=0), "pinned"))
    source = b"import os\ntry: os.sched_setaffinity(0, range(64))\nexcept OSError: pass\n"
    try:
        slot.put("main.py", source + b"print(os.sched_getaffinity(0))")
        limits = Limits(cpu_ms=2_000 * SLOWNESS)
        report = slot.run(Command(("/usr/bin/python3", "main.py"), limits))

        assert (b"{0}\n", b"") == (report.stdout, report.stderr)
    finally:
        slot.destroy()
        engine.close()


@pytest.mark.parametrize("name", EXACT)
def test_destroyed_slots_leave_no_group(name: str) -> None:
    """With the slot go its control groups, and what systemd knows of them."""
    engine = make(name)
    slot = Slot(engine.start(SlotSpec(), "leaving"))
    during = [path for path in cgroups.owned() if "leaving" in path.name]
    slot.destroy()
    engine.close()

    assert during != []
    assert not any("leaving" in path.name for path in cgroups.owned())
    assert not any("leaving" in unit for unit in units())


def units() -> list[str]:
    """The units of ours that systemd lists, where it runs."""
    if shutil.which("systemctl") is None or not Path("/run/systemd/system").exists():
        return []
    listing = ["systemctl", "list-units", "--all", "--no-legend", "judgecore-*"]
    return subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.docker
def test_apparmor_confines_where_the_host_has_it() -> None:
    """On a daemon with AppArmor programs run under its default profile, enforced."""
    import docker

    with contextlib.closing(docker.from_env()) as client:
        if not any("apparmor" in option for option in client.info()["SecurityOptions"]):
            pytest.skip("this daemon has no AppArmor")
    with Judge(engine=make("docker"), slots=1) as judge:
        seen = judge.run("bash", "cat /proc/self/attr/current").stdout

    assert seen == "docker-default (enforce)\n"


def test_no_kind_of_kernel_object_goes_uncounted(exact: Judge) -> None:
    """What thousands of objects of a kind take in the kernel is charged to the run."""
    found = [
        one for one in kernel_objects.measure(exact) if one.uncounted > 24 * kernel_objects.MIB
    ]

    assert [] == found


@pytest.mark.docker
def test_slots_of_one_core_share_its_time_in_one_group() -> None:
    """With version 1 of control groups; the group goes with the last of them."""
    separate = (cgroups.ROOT / "cpu").resolve() != (cgroups.ROOT / "cpuacct").resolve()
    if cgroups.version() == 2 or not separate:
        pytest.skip("no group of the CPU is a core's here")
    engine = make("docker")
    slots = [Slot(engine.start(SlotSpec(core=0), name)) for name in ("one", "two")]
    command = Command(("/bin/sh", "-c", "grep -E ':(cpu|memory):' /proc/self/cgroup"), Limits())
    try:
        groups = [slot.run(command).stdout.split() for slot in slots]
    finally:
        slots[0].destroy()
        between = [path.name for path in cgroups.owned() if path.name.endswith("-core0")]
        slots[1].destroy()
        engine.close()
    shared = set(groups[0]) & set(groups[1])
    cores = [path for path in cgroups.owned() if path.name.endswith("-core0")]

    assert [True] == [line.endswith(b"-core0") for line in shared]
    assert [f"judgecore-{cgroups.owner()}-core0"] == between
    assert all((path / "cgroup.procs").read_text() for path in cores)  # another test's slot

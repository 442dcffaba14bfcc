"""Each limit in force in real slots: its verdict, which limit it names, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from engines import REAL, make

from judgecore import Judge, Limits, RunResult, RunStatus
from judgecore.config import Config
from judgecore.engine import SlotSpec, Tier
from judgecore.limits import MIB
from judgecore.report import Limit
from judgecore.runner.protocol import Command
from judgecore.slot import Slot
from judgecore.verdict import Verdict, classify

HEAD = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static void *spin(void *p) { for (volatile long i = 0;; i++) {} return p; }
static void *rest(void *p) { pause(); return p; }
static char page[1 << 20];
static int deep(int n) { volatile char room[4096]; *room = (char)n; return deep(n + 1) + *room; }
static volatile int zero;
"""


START = 'if (chdir(getenv("TMPDIR"))) return 9; '


@dataclass(frozen=True, slots=True)
class Case:
    """A program's main, its limits, and what must come of it."""

    name: str
    main: str
    status: RunStatus
    limit: Limit = Limit.NONE
    limits: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    stdout: str | None = None


CASES = [
    Case("cpu", "spin(0);", RunStatus.TLE, Limit.CPU, {"cpu_ms": 200, "wall_ms": 30_000}),
    Case(
        "cpu of threads",
        "pthread_t t; for (int i = 0; i < 3; i++) pthread_create(&t, 0, spin, 0); pause();",
        RunStatus.TLE,
        Limit.CPU,
        {"cpu_ms": 200, "wall_ms": 30_000},
    ),
    Case(
        "cpu of children",
        "for (int i = 0; i < 3; i++) if (!fork()) spin(0); while (wait(0) > 0) {}",
        RunStatus.TLE,
        Limit.CPU,
        {"cpu_ms": 200, "wall_ms": 30_000},
    ),
    Case(
        "wall",
        "for (;;) { usleep(2000); for (volatile int i = 0; i < 20000; i++) {} }",
        RunStatus.TLE,
        Limit.WALL,
        {"cpu_ms": 5000, "wall_ms": 400, "idle_ms": 5000},
    ),
    Case("idle", "pause();", RunStatus.TLE, Limit.IDLE, {"idle_ms": 300, "wall_ms": 9000}),
    Case(
        "memory",
        "for (;;) memset(malloc(1 << 20), 1, 1 << 20);",
        RunStatus.MLE,
        Limit.MEMORY,
        {"memory_bytes": 32 * MIB},
    ),
    Case(
        "memory of children",
        "for (int i = 0; i < 3; i++) if (!fork()) { memset(malloc(20 << 20), 1, 20 << 20);"
        " pause(); } while (wait(0) > 0) {}",
        RunStatus.MLE,
        Limit.MEMORY,
        {"memory_bytes": 48 * MIB, "idle_ms": 800},
    ),
    Case(
        "static array",
        "static char big[64 << 20]; memset(big, 1, sizeof big); return big[zero] != 1;",
        RunStatus.MLE,
        Limit.MEMORY,
        {"memory_bytes": 32 * MIB},
    ),
    Case(
        "runaway recursion",
        "return deep(0);",
        RunStatus.MLE,
        Limit.MEMORY,
        {"memory_bytes": 32 * MIB},
    ),
    Case(
        "stack",
        "return deep(0);",
        RunStatus.RE,
        Limit.NONE,
        {"stack_bytes": 1 * MIB},
        "more than 1048576 bytes of stack",
    ),
    Case(
        "stdout",
        "for (;;) write(1, page, sizeof page);",
        RunStatus.OLE,
        Limit.OUTPUT,
        {"output_bytes": 5000},
        stdout="\N{REPLACEMENT CHARACTER}" * 5000,
    ),
    Case("stderr", "for (;;) write(2, page, sizeof page);", RunStatus.OLE, Limit.OUTPUT),
    Case(
        "file",
        'int fd = open("big", O_CREAT | O_WRONLY, 0600);'
        "for (;;) if (write(fd, page, sizeof page) < 0) return 1;",
        RunStatus.OLE,
        Limit.FILE,
        {"file_bytes": 3 * MIB},
    ),
    Case(
        "disk bytes",
        'char name[32]; for (int i = 0;; i++) { sprintf(name, "%d", i);'
        "if (write(open(name, O_CREAT | O_WRONLY, 0600), page, sizeof page) < 1 << 20)"
        " abort(); }",
        RunStatus.OLE,
        Limit.DISK,
        says="out of disk bytes",
    ),
    Case(
        "disk files",
        'char name[32]; for (int i = 0;; i++) { sprintf(name, "%d", i);'
        "int fd = open(name, O_CREAT | O_WRONLY, 0600); if (fd < 0) return 1; close(fd); }",
        RunStatus.OLE,
        Limit.DISK,
        says="out of disk files",
    ),
    Case(
        "a full disk survived",
        'int fd = open("big", O_CREAT | O_WRONLY, 0600);'
        'while (write(fd, page, sizeof page) == sizeof page) {} puts("full");',
        RunStatus.OK,
        stdout="full\n",
    ),
    Case(
        "processes",
        "int n = 1; for (pid_t pid; (pid = fork()) >= 0; n++) if (!pid) pause();"
        ' printf("%d\\n", n);',
        RunStatus.OK,
        limits={"processes": 9},
        stdout="9\n",
    ),
    Case(
        "threads",
        'int n = 1; for (pthread_t t; !pthread_create(&t, 0, rest, 0); n++) {} printf("%d\\n", n);',
        RunStatus.OK,
        limits={"processes": 9},
        stdout="9\n",
    ),
    Case(
        "open files",
        'int n = 3; while (open("/dev/null", O_RDONLY) >= 0) n++; printf("%d\\n", n);',
        RunStatus.OK,
        limits={"open_files": 17},
        stdout="17\n",
    ),
]


@pytest.fixture(params=REAL, scope="module")
def small(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge whose slots have little disk."""
    config = Config(scratch_bytes=8 * MIB, scratch_files=100, min_tier="process")
    with Judge(config, engine=make(request.param), slots=1) as a_judge:
        yield a_judge


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_limit(small: Judge, case: Case) -> None:
    """A program that runs into one limit gets that limit's verdict, and no other."""
    if case.name.endswith("survived") and small.engine.tier is Tier.PROCESS:
        pytest.skip("the process tier ends whoever fills its disk")
    source = f"{HEAD}int main(void) {{ {START}{case.main}\nreturn 0; }}"
    limits = Limits(**{"memory_bytes": 64 * MIB, "output_bytes": 64 * 1024} | case.limits)
    result = small.run("c", source, limits=limits)

    assert (case.status, case.limit) == (result.status, result.limit), result
    assert case.says in result.detail
    assert case.stdout in (None, result.stdout)
    assert all_sources(result)


def all_sources(result: RunResult) -> bool:
    """Whether every figure says where it was read."""
    return "unknown" not in (result.cpu_source, result.memory_source)


def test_output_over_the_limit_is_marked(small: Judge) -> None:
    """Each stream has a flag of its own, and the first bytes are kept."""
    source = "import sys; print('out'); sys.stderr.write('e' * 100_000)"
    result = small.run("python", source, limits=Limits(output_bytes=1000))

    assert (False, True) == (result.stdout_truncated, result.stderr_truncated)
    assert ("e" * 1000) == result.stderr


ENORMOUS = """
    .globl _start
    .lcomm enormous, 1 << 44
    .text
_start:
    mov $60, %eax
    xor %edi, %edi
    syscall
    .section .note.GNU-stack, "", @progbits
"""


@pytest.mark.parametrize("name", REAL)
def test_an_array_no_machine_can_map_is_mle(name: str, tmp_path: Any) -> None:
    """The kernel kills such a program without counting it; still it is no crash of its own."""
    import platform
    import subprocess

    if platform.machine() != "x86_64":
        pytest.skip("the program is x86-64 assembly")
    (tmp_path / "main.s").write_text(ENORMOUS)
    subprocess.run(
        ["gcc", "-nostdlib", "-static", "-o", tmp_path / "main", tmp_path / "main.s"], check=True
    )
    engine = make(name)
    slot = Slot(engine.start(SlotSpec(), "enormous"))
    slot.put("main", (tmp_path / "main").read_bytes(), 0o755)
    report = slot.run(Command(("./main",), Limits()))
    slot.destroy()
    engine.close()

    assert report.image_bytes > 1 << 43
    assert classify(report, Limits())[0] is Verdict.MLE


RUNTIMES = {
    "java": "public class Main { public static void main(String[] a) {"
    " long[] x = new long[1 << 22]; System.out.println(x.length); } }",
    "go": 'package main\nimport "fmt"\nfunc main() { x := make([]int64, 1 << 22);'
    " for i := range x { x[i] = 1 }; fmt.Println(len(x)) }",
    "javascript": "console.log(new Float64Array(1 << 22).fill(1).length)",
}


@pytest.mark.parametrize("language", RUNTIMES)
def test_runtimes_run_under_an_ordinary_limit(judge: Judge, language: str) -> None:
    """Runtimes that reserve far more than they use hold 32 MiB under a 256 MiB limit."""
    from test_judging import installed

    installed(judge, language)
    result = judge.run(language, RUNTIMES[language], limits=Limits(memory_bytes=256 * MIB))

    assert (RunStatus.OK, "4194304\n") == (result.status, result.stdout), result

"""The table of denied system calls: complete, documented, and in force where programs run."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from judgecore import Judge
from judgecore.engine import seccomp

ROOT = Path(__file__).parent.parent
# A raw call each, with arguments that would get past the kernel's own first check.
CALLS = """
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
static const struct { const char *name; long nr, a, b, c, d; } calls[] = {
@ROWS@
};
int main(void) {
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        errno = 0;
        long rc = syscall(calls[i].nr, calls[i].a, calls[i].b, calls[i].c, calls[i].d, 0L, 0L);
        printf("%s %d\\n", calls[i].name, rc < 0 ? errno : 0);
    }
    return 0;
}
"""
# What passes beside what is denied: the narrow rows must be no wider than they say.
NARROW: dict[str, tuple[str, tuple[int | str, ...], int]] = {
    "socket unix": ("socket", (1, 1), 0),
    "socket inet": ("socket", (2, 1), 97),
    "socket alg": ("socket", (38, 5), 97),
    "socketpair inet": ("socketpair", (2, 1), 97),
    "personality asked": ("personality", (0xFFFFFFFF,), 0),
    "personality set": ("personality", (0x0040000,), 1),
    "prctl core scheduling": ("prctl", (62,), 22),
    "prctl its name": ("prctl", (15,), 14),
    "setrlimit core": ("setrlimit", (4,), 1),
    "setrlimit files": ("setrlimit", (7,), 14),
    "prlimit64 core": ("prlimit64", (0, 4), 1),
    "prlimit64 files": ("prlimit64", (0, 7), 0),
    "madvise merging": ("madvise", (0, 0, 12), 22),
    "madvise": ("madvise", (0, 0, 4), 0),
    "openat past the cache": ("openat", (-100, '"/proc/self/status"', "O_DIRECT"), 22),
    "openat": ("openat", (-100, '"/proc/self/status"', 0), 0),
    "fcntl past the cache": ("fcntl", (0, 4, "O_DIRECT"), 22),
    "fcntl another command": ("fcntl", (0, 1, "O_DIRECT"), 0),
    "ioctl file flags": ("ioctl", (0, 0x40086602), 25),
    "ioctl generation": ("ioctl", (0, 0x40087602), 25),
    "send out of band": ("sendto", (-1, 0, 0, 1), 95),
    "send": ("sendto", (-1, 0, 0, 0), 9),
    "sendmsg out of band": ("sendmsg", (-1, 0, 1), 95),
    "sendmsg": ("sendmsg", (-1, 0, 0), 9),
    "clone a user namespace": ("clone", (0x10000000 | 17,), 1),
}


def test_every_row_is_read() -> None:
    """No row of the C table is lost on its way to the profile and the docs."""
    text = (ROOT / "judgecore/runner/denied.h").read_text()
    rows = [line for line in text.splitlines() if line.startswith(("DENY", "ALLOW_ONLY"))]

    assert len(rows) == len(seccomp.table())
    assert all(row.stops and row.hurts for row in seccomp.table())


def test_the_profile_denies_every_row() -> None:
    """The container's profile is a deny-list with a rule for each row, and native entry only."""
    profile = json.loads(seccomp.profile())
    named = {name for rule in profile["syscalls"] for name in rule["names"]}

    assert {row.name for row in seccomp.table()} == named
    assert set(profile) == {"defaultAction", "syscalls"}


Row = tuple[str, tuple[int | str, ...], int]


def rows() -> dict[str, Row]:
    """Every unconditional row, and the narrow ones, with the errno that a program must see."""
    whole: dict[str, Row] = {
        r.name: (r.name, (), r.error) for r in seccomp.table() if r.argument is None
    }
    return whole | NARROW


def in_c(name: str, row: Row) -> str:
    """A row of the C program's table."""
    call, arguments, _ = row
    values = "".join(f", (long){value}" for value in arguments)
    return f'#ifdef __NR_{call}\n{{"{name}", __NR_{call}{values}}},\n#endif'


def test_programs_are_refused(judge: Judge) -> None:
    """A program gets each row's errno, and a narrow row lets the honest call pass."""
    wanted = rows()
    table = "\n".join(in_c(name, row) for name, row in wanted.items())
    result = judge.run("c", CALLS.replace("@ROWS@", table))
    seen = dict(line.rsplit(" ", 1) for line in result.stdout.splitlines())

    assert len(seen) > 60, result
    if str(judge.engine.tier) == "process":  # where a unix socket could reach the host's
        wanted["socket unix"] = ("socket", (1, 1), errno.EAFNOSUPPORT)
    assert {name: str(wanted[name][2]) for name in seen} == seen


@pytest.mark.parametrize(
    "entry",
    [
        'asm volatile("int $0x80" : "=a"(rc) : "a"(20))',  # getpid of the i386 table
        'asm volatile("syscall" : "=a"(rc) : "a"(0x40000000 + 39) : "rcx", "r11")',  # of x32's
    ],
    ids=["i386", "x32"],
)
def test_other_tables_end_the_program(judge: Judge, entry: str) -> None:
    """The i386 and x32 entry points have other numbers, so nothing at all passes there."""
    import platform

    if platform.machine() != "x86_64":
        pytest.skip("x86-64 has these entry points, this machine has not")
    result = judge.run("c", f"int main(void) {{ long rc; {entry}; return rc != 0; }}")

    assert result.signal == 31

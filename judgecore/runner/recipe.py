"""How the runner is compiled. It stands alone: a wheel is built before judgecore can import."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = (
    "runner.c",
    "mode.c",
    "reference.c",
    "frames.c",
    "files.c",
    "cgroup.c",
    "procs.c",
    "disk.c",
    "child.c",
    "confine.c",
    "input.c",
    "work.c",
    "built.c",
    "calls.c",
    "watch.c",
    "run.c",
    "setup.c",
    "seccomp.c",
    "namespaces.c",
)
HEADERS = ("runner.h", "mode.h", "denied.h", "host_paths.h")
# Hardening flags as the OpenSSF compiler guide of 2024 lists them, less those for shared objects,
# those of one processor alone, and those that gcc 11 (Ubuntu 22.04) does not know.
FLAGS = (
    "-std=gnu17",
    "-O2",
    "-static-pie",
    "-fPIE",
    "-Wall",
    "-Wextra",
    "-Wformat=2",
    "-Werror=format-security",
    "-Werror=implicit",
    "-fstack-protector-strong",
    "-fstack-clash-protection",
    "-U_FORTIFY_SOURCE",
    "-D_FORTIFY_SOURCE=3",
    "-fno-strict-aliasing",
    "-fno-strict-overflow",
    "-fno-delete-null-pointer-checks",
    "-Wl,-z,relro,-z,now,-z,noexecstack",
)


def fingerprint() -> str:
    """Names the sources and flags a binary was built from."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for name in (*SOURCES, *HEADERS):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def file_name(machine: str = "") -> str:
    """The name of a binary for `machine`, as `uname -m` calls it (default: this one)."""
    return f"runner-{machine or platform.machine()}-{fingerprint()}"


def command(compiler: str, target: Path) -> list[str]:
    """The compiler's command line for a static runner at `target`."""
    return [compiler, *FLAGS, *(str(HERE / name) for name in SOURCES), "-o", str(target)]

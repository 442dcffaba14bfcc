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
    "empty.c",
    "files.c",
    "cgroup.c",
    "procs.c",
    "disk.c",
    "settle.c",
    "warm.c",
    "warm_library.c",
    "child.c",
    "confine.c",
    "input.c",
    "work.c",
    "built.c",
    "calls.c",
    "streams.c",
    "watch.c",
    "run.c",
    "setup.c",
    "seccomp.c",
    "namespaces.c",
)
# Loaded into interpreters: see warm_wait.c.
LIBRARY_SOURCES = (
    "warm_wait.c",
    "warm_python.c",
    "warm_program.c",
    "warm_end.c",
    "warm_ruby.c",
    "warm_php.c",
    "warm_java.c",
    "warm_threads.c",
    "settle.c",
    "mode.c",
)
HEADERS = (
    "runner.h",
    "warm.h",
    "warm_wait.h",
    "warm_cpython.h",
    "warm_program.h",
    "warm_threads.h",
    "mode.h",
    "denied.h",
    "host_paths.h",
)
# Hardening flags as the OpenSSF compiler guide of 2024 lists them, less those for shared objects,
# those of one processor alone, and those that gcc 11 (Ubuntu 22.04) does not know.
FLAGS = (
    "-std=gnu17",
    "-O2",
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
RUNNER_FLAGS = ("-static-pie", "-fPIE")
# Linked to nothing, so that it asks for no version of the C library that it is loaded beside.
LIBRARY_FLAGS = ("-shared", "-fPIC", "-nostdlib", "-fvisibility=hidden")


def fingerprint() -> str:
    """Names the sources and flags a binary was built from."""
    digest = hashlib.sha256(" ".join((*FLAGS, *RUNNER_FLAGS, *LIBRARY_FLAGS)).encode())
    for name in (*SOURCES, *LIBRARY_SOURCES, *HEADERS):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def file_name(machine: str = "") -> str:
    """The name of a binary for `machine`, as `uname -m` calls it (default: this one)."""
    return f"runner-{machine or platform.machine()}-{fingerprint()}"


def commands(compiler: str, target: Path) -> tuple[list[str], list[str]]:
    """The compiler's command lines, one after the other, for a static runner at `target`.

    The first one makes the library that the runner is to hold, beside it: not needed afterwards.
    """
    library = target.with_name(f"{target.name}.so")
    holds = f'-DWARM_LIBRARY="{library}"'
    return (
        [compiler, *FLAGS, *LIBRARY_FLAGS, *_paths(LIBRARY_SOURCES), "-o", str(library)],
        [compiler, *FLAGS, *RUNNER_FLAGS, holds, *_paths(SOURCES), "-o", str(target)],
    )


def _paths(names: tuple[str, ...]) -> list[str]:
    return [str(HERE / name) for name in names]

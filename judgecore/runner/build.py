"""Find the runner's binary, or build it: a static C program needs no more than a C compiler."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from judgecore.errors import EngineUnavailable

HERE = Path(__file__).parent
SOURCES = ("runner.c", "frames.c", "files.c", "account.c", "child.c", "run.c", "setup.c")
HEADERS = ("runner.h", "denied.h")
# Hardening flags as the OpenSSF compiler guide of 2024 lists them, less those for shared objects.
FLAGS = [
    "-std=gnu17",
    "-O2",
    "-static",
    "-Wall",
    "-Wextra",
    "-Wformat=2",
    "-fstack-protector-strong",
    "-D_FORTIFY_SOURCE=2",
    "-fno-strict-aliasing",
    "-Wl,-z,relro,-z,now,-z,noexecstack",
]


def fingerprint() -> str:
    """Names the sources and flags a binary was built from."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for name in (*SOURCES, *HEADERS):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _places() -> tuple[Path, ...]:
    name = f"runner-{platform.machine()}-{fingerprint()}"
    cache = Path(os.path.expanduser("~")) / ".cache" / "judgecore"
    return HERE / "bin" / name, cache / name


def binary() -> Path:
    """The path of a static runner for this machine, built on first use.

    Raises `EngineUnavailable` when it is neither shipped nor can be built.
    """
    for place in _places():
        if place.is_file() and os.access(place, os.X_OK):
            return place
    return _build(_places()[-1])


def _build(target: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise EngineUnavailable(
            "the runner has to be built once and there is no C compiler;"
            " install one (Debian, Ubuntu: apt-get install gcc libc6-dev)"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "runner"
        sources = [str(HERE / name) for name in SOURCES]
        done = subprocess.run(
            [compiler, *FLAGS, *sources, "-o", str(made)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineUnavailable(f"building the runner failed:\n{done.stderr.strip()[-2000:]}")
        made.chmod(0o755)
        made.replace(target)
    return target

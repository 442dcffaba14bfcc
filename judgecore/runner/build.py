"""Find the runner's binary, or build it: a static C program needs no more than a C compiler."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from judgecore.errors import EngineUnavailable
from judgecore.runner import recipe

SHIPPED = recipe.HERE / "bin"


def _places() -> tuple[Path, ...]:
    cache = Path(os.path.expanduser("~")) / ".cache" / "judgecore"
    return SHIPPED / recipe.file_name(), cache / recipe.file_name()


def binary() -> Path:
    """The path of a static runner for this machine: the shipped one, else built on first use.

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
            "the runner must be built once, and there is no C compiler;"
            " install one (Debian, Ubuntu: apt-get install gcc libc6-dev)"
        )
    try:
        if not target.is_absolute():  # neither HOME nor the user database says where ~ is
            raise FileNotFoundError("no home directory")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            made = Path(scratch) / "runner"
            _compile(compiler, made)
            made.replace(target)
    except OSError as exc:
        raise EngineUnavailable(
            f"the runner has to be built once, and its place cannot be written ({exc}); set HOME to"
            " a directory of yours, or install the wheel, which has it"
        ) from None
    return target


def _compile(compiler: str, target: Path) -> None:
    for command in recipe.commands(compiler, target):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EngineUnavailable(f"building the runner failed:\n{done.stderr.strip()[-2000:]}")
    target.chmod(0o755)

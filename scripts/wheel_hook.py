"""Compiles the static runner into the wheel, so that whoever installs it needs no compiler.

Its own machine's runner is required; the other one comes along where its cross-compiler is
installed (Debian, Ubuntu: gcc-aarch64-linux-gnu libc6-dev-arm64-cross, or gcc-x86-64-linux-gnu
libc6-dev-amd64-cross). The wheel's tag names the machines whose runners are in it.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MACHINES = ("x86_64", "aarch64")
# Static: the oldest C library that pip may meet makes no difference to it.
TAG = "manylinux_2_17_{0}.manylinux2014_{0}"


def _recipe(root: str) -> Any:
    path = Path(root, "judgecore", "runner", "recipe.py")
    spec = importlib.util.spec_from_file_location("recipe", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compiler(machine: str) -> str | None:
    names = [f"{machine}-linux-gnu-gcc"]
    if machine == platform.machine():
        names = ["cc", "gcc", *names]
    return next(filter(None, map(shutil.which, names)), None)


class RunnerHook(BuildHookInterface[Any]):
    """Adds `judgecore/runner/bin/runner-MACHINE-FINGERPRINT` to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; nothing for an editable install, which builds its runner on first use."""
        if version == "editable":
            return
        recipe = _recipe(self.root)
        self._scratch = tempfile.TemporaryDirectory()
        into = Path(self._scratch.name)
        made = []
        for machine in MACHINES:
            compiler = _compiler(machine)
            if compiler is None:
                continue
            target = into / recipe.file_name(machine)
            for command in recipe.commands(compiler, target):
                subprocess.run(command, check=True)
            target.chmod(0o755)
            build_data["force_include"][str(target)] = f"judgecore/runner/bin/{target.name}"
            made.append(machine)
        if platform.machine() not in made:
            raise RuntimeError("the wheel holds a static C program: install gcc and libc6-dev")
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + ".".join(TAG.format(machine) for machine in made)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Forget the binaries, which are in the wheel by now."""
        if version != "editable":
            self._scratch.cleanup()

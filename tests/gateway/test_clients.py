"""Client libraries as they are published, against a gateway that judges."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from serving import Http

HERE = Path(__file__).parent
FETCHED = HERE.parent.parent / ".cache" / "clients"
PROGRAMS = {
    "judge0": "judge0.py",
    "judge0-client": "judge0_client.py",
    "judge0-api-wrapper": "judge0_api_wrapper.py",
    "judge0api": "judge0api.py",
    "sandbox-fusion": "sandbox_fusion.py",
    "ultra-piston": "ultra_piston.py",
    "aiopyston": "aiopyston.py",
    "piston-client": "piston_client.mjs",
}


@pytest.mark.local
@pytest.mark.parametrize("name", PROGRAMS)
def test_client_library(name: str, gateway: Http) -> None:
    """A program that uses the library gets from the gateway what it expects."""
    library, program = FETCHED / name, HERE / "clients" / PROGRAMS[name]
    if not (library / "stamp").exists():
        why = f"{name} is not in .cache/clients: run scripts/clients"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    # The program's own folder has files that are called as the libraries are: -P leaves it out.
    runner = ["node"] if program.suffix == ".mjs" else [sys.executable, "-P"]
    if shutil.which(runner[0]) is None:
        pytest.skip(f"{runner[0]} is not installed")
    done = subprocess.run(
        [*runner, str(program), gateway.url, str(library)],
        env={**os.environ, "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stderr[-3000:]

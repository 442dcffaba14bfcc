"""Cores: one slot each, across all judgecores of a machine."""

from __future__ import annotations

import subprocess
import sys

from judgecore.cores import Cores

CORES = (200_000, 200_001, 200_002)  # that no machine has
HOLD = """
from judgecore.cores import Cores
cores = Cores((200000, 200001, 200002), 2)
print(cores.take(), cores.take(), flush=True)
input()
"""


def test_another_judgecore_has_other_cores() -> None:
    """A core that another process holds is passed over, and free again when that is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = other.stdout.readline()
        cores = Cores(CORES, 2)
        ours = [cores.take(), cores.take()]
        other.kill()
        other.wait()
    later = cores.take()
    for core in (200_002, later):
        cores.give_back(core)

    assert ("200000 200001\n", [200_002, None], 200_000) == (theirs, ours, later)


def test_fewer_cores_than_slots_pin_none() -> None:
    """Some pinned and some not would share a core that others have to themselves."""
    assert Cores(CORES, 4).take() is None

"""Cores: one slot each, across all judgecores of a machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from judgecore.cores import Cores, hold
from judgecore.doctor import cores as examined
from judgecore.doctor.finding import Level
from judgecore.engine.fake import FakeEngine

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


def test_a_core_of_others_is_avoided() -> None:
    """It is taken by no slot, and the last slots are pinned to none where no core is left."""
    cores = Cores(CORES, 2)
    cores.avoid(CORES[1])
    taken = [cores.take() for _ in CORES]
    for core in taken:
        cores.give_back(core)

    assert [CORES[0], CORES[2], None] == taken


def test_fewer_cores_than_slots_pin_none() -> None:
    """Some pinned and some not would share a core that others have to themselves."""
    assert Cores(CORES, 4).take() is None


@pytest.mark.parametrize(
    ("slots", "theirs", "level", "says"),
    [
        (2, 0, Level.OK, "2 slots, one core each, out of 200000+200001+200002"),
        (3, 1, Level.WARNING, "another judgecore has 200000; slots for which no core is left"),
        (4, 0, Level.WARNING, "slots are not pinned: 4 slots, 3 cores"),
    ],
)
def test_doctor_tells_which_cores_are_held(
    slots: int, theirs: int, level: Level, says: str
) -> None:
    """The finding says whether slots are pinned, which cores another judgecore has, or why not."""
    engine = FakeEngine()
    engine.cores = CORES
    holders = [hold(core) for core in CORES[:theirs]]
    found = next(examined.pinning(engine, slots))
    for holder in holders:
        assert holder is not None
        holder.close()

    assert level is found.level
    assert says in found.says


def test_doctor_tells_hyperthreads(tmp_path: Path) -> None:
    """Cores with one list of siblings are one group; those that Linux says nothing of are none."""
    for core, told in ((0, "0-1"), (1, "0-1"), (2, "2")):
        (tmp_path / f"cpu{core}" / "topology").mkdir(parents=True)
        (tmp_path / f"cpu{core}" / "topology" / "thread_siblings_list").write_text(told + "\n")

    assert ((0, 1),) == examined.siblings((0, 1, 2, 3), tmp_path)

"""Slots and memory from the size of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgecore import sizing
from judgecore.config import Config
from judgecore.limits import MIB


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine of four cores that shows no control group."""
    monkeypatch.setattr(sizing, "_LIMITS", (tmp_path / "memory.max",))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(4)))


@pytest.mark.parametrize(
    ("environ", "slots", "expected"),
    [
        ({"DYNO_RAM": "512"}, None, (1, 384)),
        ({"DYNO_RAM": "1024"}, None, (3, 298)),
        ({"DYNO_RAM": "1024", "WEB_CONCURRENCY": "1"}, None, (1, 896)),
        ({"DYNO_RAM": "1024", "WEB_CONCURRENCY": "9"}, None, (3, 298)),
        ({"DYNO_RAM": "1024"}, 2, (2, 448)),
        ({"DYNO_RAM": "64"}, None, (1, 256)),
    ],
)
def test_slots_fit(environ: dict[str, str], slots: int | None, expected: tuple[int, int]) -> None:
    """The worker and its slots fit into memory, and there is at least one slot."""
    found, room = sizing.sizes(environ, slots)

    assert expected == (found, room // MIB)


def test_the_container_limit_counts(tmp_path: Path) -> None:
    """The least of machine, control group and DYNO_RAM is what there is."""
    (tmp_path / "memory.max").write_text("268435456\n")

    assert 256 * MIB == sizing.memory_bytes({"DYNO_RAM": "512"})


def test_only_the_process_engine_is_sized() -> None:
    """Other engines have limits of their own; what the operator sets is never changed."""
    small = {"DYNO_RAM": "512"}
    sized = Config.from_env({**small, "JUDGECORE_ENGINE": "process"})
    told = {"JUDGECORE_ENGINE": "process", "JUDGECORE_SLOT_MEMORY_MB": "300"}

    assert Config().slot_memory_bytes == Config.from_env(small).slot_memory_bytes
    assert (1, 384 * MIB) == (sized.slots, sized.slot_memory_bytes)
    assert 300 * MIB == Config.from_env({**small, **told}).slot_memory_bytes

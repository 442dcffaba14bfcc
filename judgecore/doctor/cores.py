"""Which cores slots are pinned to, who else has them, and which share one processor core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from judgecore.cores import hold
from judgecore.doctor.finding import Finding, fine, warning
from judgecore.engine import Engine

_TOPOLOGY = Path("/sys/devices/system/cpu")


def pinning(engine: Engine, slots: int) -> Iterator[Finding]:
    """Of this machine's cores, for so many slots."""
    cores = engine.cores
    yield _pinned(cores, slots, held(cores))
    if cores:
        yield _siblings(cores, slots, siblings(cores))


def held(cores: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the cores that another judgecore of this network namespace has."""
    found = []
    for core in cores:
        holder = hold(core)
        if holder is None:
            found.append(core)
        else:
            holder.close()
    return tuple(found)


def siblings(cores: tuple[int, ...], topology: Path = _TOPOLOGY) -> tuple[tuple[int, ...], ...]:
    """The groups of these cores that are hyperthreads of one processor core, as Linux tells."""
    groups: dict[str, list[int]] = {}
    for core in cores:
        path = topology / f"cpu{core}" / "topology" / "thread_siblings_list"
        try:
            groups.setdefault(path.read_text().strip(), []).append(core)
        except OSError:  # a machine that doesn't say
            continue
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _pinned(cores: tuple[int, ...], slots: int, taken: tuple[int, ...]) -> Finding:
    if not cores:
        why = "slots are not pinned: their machine is not this one"
        return fine("pinned cores", why)
    if slots > len(cores):
        return warning(
            "pinned cores",
            f"slots are not pinned: {slots} slots, {len(cores)} cores",
            "no more slots than cores (JUDGECORE_SLOTS), for steadier times",
        )
    says = f"{slots} slots, one core each, out of {_shown(cores)}"
    if taken:
        says += f"; another judgecore has {_shown(taken)}"
    if len(cores) - len(taken) < slots:
        return warning(
            "pinned cores",
            f"{says}; slots for which no core is left are not pinned",
            "no more slots on the machine than cores, those of all judgecores counted",
        )
    return fine("pinned cores", says)


def _siblings(cores: tuple[int, ...], slots: int, groups: tuple[tuple[int, ...], ...]) -> Finding:
    if not groups:
        return fine("hyperthreads", "no two of these cores share a processor core")
    says = "these share a processor core: " + ", ".join(map(_shown, groups))
    apart = len(cores) - sum(len(group) - 1 for group in groups)
    if slots <= apart:
        return fine("hyperthreads", says)
    return warning(
        "hyperthreads",
        f"{says}; a program takes up to twice as long while the core beside it is busy",
        f"JUDGECORE_SLOTS={apart}, or switch hyperthreads off",
    )


def _shown(cores: tuple[int, ...]) -> str:
    return "+".join(map(str, cores))

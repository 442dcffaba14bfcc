"""The control groups that slots get from the host, for exact memory and CPU figures.

A slot's group is `judgecore-<pid namespace>-<token>-<slot>`. The token is a keyed hash of its
owner's process number and start time: whoever comes next can tell whether a living process has it,
and so sweep what a killed one left; a program, which can read the name, learns no process number.
Where systemd manages the groups it is `judgecore-<…>_<…>_<…>.slice` inside `judgecore.slice`: to
systemd a dash is a step down the tree, and each step would be one more group to clean up.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
SLICE = "judgecore.slice"  # shared by all workers of a host, and left where it is
_NAME = re.compile(r"^judgecore-(\d+)[-_]([0-9a-f]{16})[-_][a-z0-9]+(?:\.slice)?$")
_KEY = Path("/etc/machine-id")  # not among what programs see of the host
_SYSTEMCTL_S = 10
_DELEGATE_ATTEMPTS = 3
_FOREIGN_AGE_S = 3600


def _start_time(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(text.rpartition(")")[2].split()[19])


def _pid_namespace() -> int:
    return os.stat("/proc/self/ns/pid").st_ino


def _token(pid: int) -> str:
    try:
        key = _KEY.read_bytes()[:64]
    except OSError:
        key = b""
    named = f"{pid}-{_start_time(pid)}".encode()
    return hashlib.blake2b(named, key=key, digest_size=8).hexdigest()


def owner(pid: int | None = None) -> str:
    """Names a living process, by default this one, among all of the host, but not to programs."""
    return f"{_pid_namespace()}-{_token(os.getpid() if pid is None else pid)}"


def owner_is_gone(name: str) -> bool | None:
    """Whether the process that `name` names is dead; None where that cannot be known."""
    match = re.match(r"^(\d+)-([0-9a-f]{16})$", name)
    if match is None or int(match[1]) != _pid_namespace():
        return None
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return match[2] not in map(_token, pids)


@dataclass(frozen=True, slots=True)
class SlotGroup:
    """The groups made for one slot. `cpu` is None where the host's version needs no second one."""

    name: str
    memory: Path
    cpu: Path | None

    def remove(self) -> None:
        """Remove the groups in every hierarchy, as soon as they are empty."""
        _remove(self.name, patience_s=2.0)


def version() -> int:
    """2 where the unified hierarchy is mounted at the usual place, else 1."""
    return 2 if (ROOT / "cgroup.controllers").exists() else 1


def make(slot_id: str, *, slice_name: bool = False) -> SlotGroup | None:
    """Make the groups of a slot; None when this process may not.

    `slice_name`: name it as systemd wants its slices named (Docker's systemd driver).
    """
    name = _slice(slot_id) if slice_name else f"judgecore-{owner()}-{slot_id}"
    if version() == 2:
        path = _place(name)
        group = SlotGroup(name, path, None)
        needed = [path]
    else:
        memory = ROOT / "memory" / name
        cpu = ROOT / "cpuacct" / name
        group = SlotGroup(name, memory, cpu)
        needed = [memory, cpu]
    try:
        for path in needed:
            path.mkdir(parents=True)
            path.chmod(0o700)  # so that programs cannot read each other's usage
        if version() == 2:
            _delegate(group.memory)
    except OSError:
        group.remove()
        return None
    return group


def join_core(group: SlotGroup, core: int) -> None:
    """Where CPU time is shared out, put a slot's processes into one group with others of its core.

    The kernel takes longer to switch between two programs for each level of groups between them,
    and an interactor and its solution do little else. Version 2 needs nothing: what is made in a
    slot's group has no such controller. Where it is one with `cpuacct`, whose groups count each
    run, nothing can be done.
    """
    cpu, shared = ROOT / "cpu", _of_core(core)
    if version() == 2 or cpu.resolve() == (ROOT / "cpuacct").resolve():
        return
    with contextlib.suppress(OSError):  # it is slower without
        shared.mkdir(exist_ok=True)
        for processes in (cpu / group.name).glob("*/cgroup.procs"):
            for pid in processes.read_text().split():
                (shared / "cgroup.procs").write_text(pid)


def leave_core(core: int) -> None:
    """Remove the core's group once no slot is in it any more; the last one's has ended."""
    shared = _of_core(core)
    with contextlib.suppress(OSError):
        if not (shared / "cgroup.procs").read_text():
            _remove_tree(shared, patience_s=0.5)


def _of_core(core: int) -> Path:
    return ROOT / "cpu" / f"judgecore-{owner()}-core{core}"


def _slice(slot_id: str) -> str:
    return f"judgecore-{owner().replace('-', '_')}_{slot_id}.slice"


def _place(name: str) -> Path:
    return ROOT / SLICE / name if name.endswith(".slice") else ROOT / name


def _delegate(leaf: Path) -> None:
    """Let the memory controller reach `leaf` and what is made in it.

    systemd takes it away from a slice in which nothing needs it, and may do so between two of
    these writes; once the last one is done, it can't any more.
    """
    paths = [ROOT / p for p in [*reversed(leaf.relative_to(ROOT).parents), leaf.relative_to(ROOT)]]
    for attempt in range(_DELEGATE_ATTEMPTS):
        try:
            for path in paths:
                (path / "cgroup.subtree_control").write_text("+memory")
        except OSError:
            if attempt == _DELEGATE_ATTEMPTS - 1:
                raise
        else:
            return


def _everywhere(name: str) -> Iterator[Path]:
    if version() == 2:
        yield _place(name)
        return
    for hierarchy in sorted(ROOT.iterdir()):
        path = hierarchy / name
        if path.is_dir() and not hierarchy.is_symlink():
            yield path


def _remove_tree(path: Path, patience_s: float) -> bool:
    """Remove a group and those beneath it, bottom up; false when processes still live there."""
    until = time.monotonic() + patience_s
    while True:
        with contextlib.suppress(OSError):
            for inner, _, _ in os.walk(path, topdown=False):
                os.rmdir(inner)
        if not path.exists():
            return True
        if time.monotonic() > until:
            return False
        time.sleep(0.01)


def owned() -> list[Path]:
    """The groups that slots of this process have now."""
    mine = f"judgecore-{owner()}-*"
    if version() == 2:
        return sorted([*ROOT.glob(mine), *(ROOT / SLICE).glob(_slice("*"))])
    return sorted(p for p in ROOT.glob(f"*/{mine}") if not p.parent.is_symlink())


def _remove(name: str, patience_s: float) -> bool:
    """Remove a slot's groups; whether there were any."""
    found = [_remove_tree(path, patience_s) for path in _everywhere(name) if path.exists()]
    if name.endswith(".slice"):
        # systemd made a unit of it for the container, and would list it for ever.
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                ["systemctl", "stop", "--no-block", name],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SYSTEMCTL_S,
                check=False,
            )
    return bool(found)


def sweep() -> int:
    """Remove the groups of processes that are dead; returns how many slots had one."""
    names: set[str] = set()
    if version() == 2:
        places = [ROOT, ROOT / SLICE]
    else:
        places = [p for p in ROOT.iterdir() if not p.is_symlink()]
    for inner in (path for place in places for path in place.glob("judgecore-*")):
        match = _NAME.match(inner.name)
        if match is None:
            continue
        gone = owner_is_gone("-".join(match.groups()))
        if gone is None:
            with contextlib.suppress(OSError):
                gone = time.time() - inner.stat().st_mtime > _FOREIGN_AGE_S
        if gone:
            names.add(inner.name)
    return sum(_remove(name, 0.5) for name in names)

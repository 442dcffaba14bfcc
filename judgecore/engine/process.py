"""The engine for hosts without root, namespaces or Docker, such as a Heroku dyno.

Tier `process`: a program runs under this worker's own uid. What keeps it from the worker is said in
runner/confine.c; this side does its part by protecting the worker itself (`protect_worker`). It is
never chosen by `auto`, and `Config.min_tier` must allow it.

A slot is a directory of its own and a session: the runner leads it, and no program can leave it, so
that whatever happens to the runner, the host can end what is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from judgecore.engine import SlotSpec, Tier, Transport, cgroups, local
from judgecore.errors import EngineUnavailable
from judgecore.runner import build

_PREFIX = "judgecore-slot-"
_MOST_FILES = 2_048  # removing one can take a disk a millisecond or two
_UIDS = 1 << 30  # and as many from there on: no account has them
_PR_SET_DUMPABLE = 4
_LANDLOCK_CREATE_RULESET = 444
_ENV_START, _ENV_END = 47, 48  # of /proc/self/stat, counted from the state


def landlock_version() -> int:
    """The version of the kernel's Landlock; 0 where it has none."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)))


def protect_worker() -> None:
    """Make this process unreadable to others of its uid, and wipe its initial environment.

    Not dumpable: the kernel then refuses them /proc/<pid>/mem, environ, fd and the like. The block
    of memory in which the kernel handed the environment over is overwritten as well; `os.environ`
    and getenv() keep their values, which live elsewhere.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[_ENV_START]), int(fields[_ENV_END])
    for key, value in os.environb.items():
        os.putenv(key, value)  # copies, so that getenv() no longer points into the block
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise EngineUnavailable("this process cannot be made undumpable")


def readable_environments() -> list[int]:
    """Processes of this uid whose environment a program could read where there is no Landlock."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if path.stat().st_uid == os.getuid() and path.read_bytes().strip(b"\0"):
                found.append(int(path.parent.name))
    return found


class ProcessSlot(local.LocalSlot):
    """A runner that is no namespace: its session is the slot."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        sock: socket.socket,
        home: Path,
        clean: Callable[[Path], int],
    ) -> None:
        super().__init__(name, process, sock)
        self._home = home
        self._clean = clean

    def destroy(self) -> None:
        """Let the runner clean up, end its whole session, and see that its directory is gone."""
        self._socket.close()
        if self._process.returncode is None:
            self._wait_unreaped(local.EXIT_S)
            kill_session(self._process.pid)  # until it is reaped, its number is nobody else's
            self._process.kill()
            self._process.wait()
        if os.path.lexists(self._home):
            self._clean(self._home)

    def _wait_unreaped(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return
            time.sleep(0.002)


def _members(session: int) -> Iterator[tuple[int, int]]:
    """The process and group numbers of a session's living processes."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                yield int(path.parent.name), int(fields[2])


def kill_session(session: int) -> None:
    """Kill every process group of a session but its leader's, until none is left."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        groups = {group for _, group in _members(session) if group != session}
        if not groups:
            return
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        time.sleep(0.002)


class ProcessEngine:
    """Makes slots as plain processes of this uid.

    Making one changes nothing; `protect` changes this process. Root's slots get a uid of their own,
    which neither root's rights nor its files reach. Without Landlock programs of two slots could
    reach each other, so that there is one slot at a time. `landlock_at_most`: behave as on a kernel
    that has no more of it.
    """

    tier = Tier.PROCESS

    def __init__(self, landlock_at_most: int = 99) -> None:
        self._runner = str(build.binary())
        self._root = os.geteuid() == 0
        self.landlock = min(landlock_version(), landlock_at_most)
        self.most_slots: int | None = None if self.landlock else 1
        self._try_out()

    def _try_out(self) -> None:
        """Make a directory of a slot and have the runner remove it, as the slot's uid."""
        home, user = self._make_home()
        if self._clean(home) or home.exists():
            raise EngineUnavailable(
                f"a runner (uid {user or os.getuid()}) cannot use {home.parent}; set TMPDIR to a"
                " directory that every user may enter"
            )

    def _make_home(self) -> tuple[Path, int | None]:
        try:
            home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{cgroups.owner()}-"))
        except OSError as exc:
            where = tempfile.gettempdir()
            raise EngineUnavailable(f"no slot can have a directory in {where}: {exc}") from exc
        user = _UIDS + secrets.randbelow(_UIDS) if self._root else None
        if user is not None:
            os.chown(home, user, user)
        return home, user

    @property
    def cores(self) -> tuple[int, ...]:
        """The cores of this process."""
        return tuple(sorted(os.sched_getaffinity(0)))

    def __repr__(self) -> str:
        uids = "own uids" if self._root else "the worker's uid"
        return f"<ProcessEngine {self.tier} with {uids}, landlock={self.landlock}>"

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a runner in a session and a directory of its own."""
        spec = replace(spec, scratch_files=min(spec.scratch_files, _MOST_FILES))
        home, user = self._make_home()
        try:
            arguments = ("--home", str(home), "--landlock", str(self.landlock))
            process, ours = local.spawn(self._runner, spec, *arguments, user=user)
        except BaseException as exc:
            home.rmdir()
            if isinstance(exc, OSError | subprocess.SubprocessError):
                raise EngineUnavailable(f"a runner could not be started: {exc}") from exc
            raise
        return ProcessSlot(slot_id, process, ours, home, self._clean)

    def _clean(self, home: Path) -> int:
        """Remove a slot's directory as the runner does it: by handles, following no link."""
        try:
            owner = home.lstat().st_uid
        except FileNotFoundError:
            return 0
        user = owner if self._root and owner else None
        runner = local.start(self._runner, "--home", str(home), "--clean", user=user)
        runner.communicate()
        with contextlib.suppress(OSError):  # root's temporary directory is not the slot's to empty
            home.rmdir()
        return runner.returncode

    def check(self) -> None:
        """Make a directory of a slot: the disk may be full."""
        home, _ = self._make_home()
        home.rmdir()

    def protect(self) -> None:
        """Make this process unreadable to programs of its uid: see `protect_worker`."""
        protect_worker()

    def sweep(self) -> int:
        """Remove the directories of dead owners; their processes ended with their streams."""
        gone = [
            path
            for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*-*")
            if (self._root or path.lstat().st_uid == os.getuid())
            and cgroups.owner_is_gone(path.name.removeprefix(_PREFIX).rpartition("-")[0])
        ]
        for path in gone:
            self._clean(path)
        return len(gone)

    def close(self) -> None:
        """Nothing is held."""

"""The engine without Docker: the runner makes its own namespaces.

Tier `namespaces`: pid, mount, network, IPC and UTS namespaces of its own, a read-only view of the
host's toolchains (runner/host_paths.h), the system-call filter. The kernel is shared, and so are
the host's files under /usr and /opt (read-only).

Root gets a fresh uid per run and exact figures from control groups. Anybody else gets a user
namespace with the one uid they have: the program shares it with the runner, which a second filter
makes up for (runner/confine.c), and figures come from looking at its processes.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess

from judgecore.engine import SlotSpec, Tier, Transport, cgroups, stream
from judgecore.errors import EngineUnavailable
from judgecore.runner import build

EXIT_S = 1.0


class LocalSlot:
    """A runner process of ours and the socket to it."""

    image = image_digest = ""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        sock: socket.socket,
        group: cgroups.SlotGroup | None = None,
    ) -> None:
        self.name = name
        self._process = process
        self._socket = stream.prepared(sock)
        self._group = group

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        stream.send(self._socket, data, self.name)

    def receive(self, timeout_s: float) -> bytes:
        """Return some bytes."""
        return stream.receive(self._socket, timeout_s, self.name)

    def ready(self, timeout_s: float) -> bool:
        """Whether something has begun to arrive."""
        return stream.ready(self._socket, timeout_s)

    @property
    def can_pass_fds(self) -> bool:
        """By the socket between us."""
        return True

    def send_fds(self, data: bytes, fds: tuple[int, ...]) -> None:
        """Send a frame that carries descriptors."""
        stream.send_fds(self._socket, data, fds, self.name)

    def limit_memory(self, memory_bytes: int) -> None:
        """Nothing to bound a whole slot with: without a control group the runner looks."""

    def interrupt(self) -> None:
        """End the stream: the runner ends with it, and its programs with the runner."""
        stream.interrupt(self._socket)

    def destroy(self) -> None:
        """End the runner; its namespaces, and all that lives in them, end with it."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_S)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._group is not None:
            self._group.remove()
            self._group = None


def spawn(
    runner: str, spec: SlotSpec, *arguments: str, user: int | None = None
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a runner as a process of ours (as `user`, if given); return it and our end."""
    if spec.image is not None:
        raise EngineUnavailable(
            f"image {spec.image!r} needs the docker engine; the local ones have no images"
        )
    ours, theirs = socket.socketpair()
    arguments += ("--box-bytes", str(spec.scratch_bytes), "--tmp-bytes", str(spec.scratch_bytes))
    arguments += ("--inodes", str(spec.scratch_files))
    if spec.core is not None:
        arguments += ("--core", str(spec.core))
    with theirs:
        return start(runner, "--fd", str(theirs.fileno()), *arguments, fd=theirs, user=user), ours


def start(
    runner: str, *arguments: str, fd: socket.socket | None = None, user: int | None = None
) -> subprocess.Popen[bytes]:
    """Start the runner's binary in a session of its own, with an empty environment.

    It is run through a descriptor: another user might not reach its path.
    """
    passed = [fd.fileno()] if fd is not None else []
    binary = os.open(runner, os.O_PATH)  # it may not be readable
    try:
        return subprocess.Popen(
            ["judgecore-runner", *arguments],
            executable=f"/proc/self/fd/{binary}",
            pass_fds=[*passed, binary],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if fd is None else subprocess.DEVNULL,
            env={},
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    finally:
        os.close(binary)


class LocalEngine:
    """Makes slots as process trees in namespaces of this host.

    `user`: root may have its slots run as another uid, by user namespaces. Raises
    `EngineUnavailable` where namespaces may not be made.
    """

    tier = Tier.NAMESPACES
    most_slots = None

    def __init__(self, user: int | None = None) -> None:
        self._runner = str(build.binary())
        self._user = user
        self._root = os.geteuid() == 0 and user is None
        probe = start(self._runner, "--namespaces", "--probe", user=user)
        _, why = probe.communicate()
        if probe.returncode:
            raise EngineUnavailable(
                f"this process may not make namespaces ({why.decode('utf-8', 'replace').strip()});"
                " run as root, or allow user namespaces (sysctl"
                " kernel.unprivileged_userns_clone=1,"
                " kernel.apparmor_restrict_unprivileged_userns=0), or start a Docker daemon and"
                " use the docker engine"
            )

    @property
    def cores(self) -> tuple[int, ...]:
        """The cores of this process."""
        return tuple(sorted(os.sched_getaffinity(0)))

    def __repr__(self) -> str:
        return f"<LocalEngine {self.tier} {'as root' if self._root else 'by user namespace'}>"

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a runner in namespaces of its own."""
        group = cgroups.make(slot_id) if self._root else None
        arguments = ["--namespaces", "--enter"]
        if group is not None:
            arguments += ["--cgroup-memory", str(group.memory)]
            arguments += ["--cgroup-cpu", str(group.cpu)] if group.cpu else []
        process, ours = spawn(self._runner, spec, *arguments, user=self._user)
        return LocalSlot(slot_id, process, ours, group)

    def check(self) -> None:
        """Nothing that could go away."""

    def protect(self) -> None:
        """Nothing to do: programs see no process but their own."""

    def sweep(self) -> int:
        """Remove control groups of dead owners; their processes ended with their streams."""
        return cgroups.sweep() if self._root else 0

    def close(self) -> None:
        """Nothing is held."""

"""The engine without Docker: the runner makes its own namespaces. Needs root.

Tier `namespaces`: pid, mount, network, IPC and UTS namespaces of its own, a read-only view of the
host's toolchains, a fresh uid per run, the system-call filter. The kernel is shared, and so are
the host's files under /usr and /opt (read-only).
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess

from judgecore.engine import SlotSpec, Tier, Transport, cgroups, stream
from judgecore.errors import EngineUnavailable
from judgecore.runner import build


class LocalSlot:
    """A runner process of ours and the socket to it."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        sock: socket.socket,
        group: cgroups.SlotGroup | None,
    ) -> None:
        self.name = name
        self._process = process
        self._socket = sock
        self._group = group

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        stream.send(self._socket, data, self.name)

    def receive(self, timeout_s: float) -> bytes:
        """Return some bytes."""
        return stream.receive(self._socket, timeout_s, self.name)

    def limit_memory(self, memory_bytes: int) -> None:
        """Nothing to bound a whole slot with: without a control group memory is only measured."""

    def destroy(self) -> None:
        """End the runner; its namespaces, and all that lives in them, end with it."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._group is not None:
            self._group.remove()
            self._group = None


class LocalEngine:
    """Makes slots as process trees of this host."""

    tier = Tier.NAMESPACES

    def __init__(self) -> None:
        if os.geteuid() != 0:
            raise EngineUnavailable(
                "the local engine needs root to make namespaces and to change uids;"
                " run as root, or start a Docker daemon and use the docker engine"
            )
        self._runner = str(build.binary())

    def __repr__(self) -> str:
        return "<LocalEngine namespaces>"

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a runner in namespaces of its own."""
        if spec.image is not None:
            raise EngineUnavailable(
                f"image {spec.image!r} needs the docker engine; the local one has no images"
            )
        group = cgroups.make(slot_id)
        ours, theirs = socket.socketpair()
        argv = [self._runner, "--fd", str(theirs.fileno()), "--namespaces", "--enter"]
        argv += ["--box-bytes", str(spec.scratch_bytes), "--tmp-bytes", str(spec.scratch_bytes)]
        if spec.core is not None:
            argv += ["--core", str(spec.core)]
        if group is not None:
            argv += ["--cgroup-memory", str(group.memory)]
            argv += ["--cgroup-cpu", str(group.cpu)] if group.cpu else []
        with theirs:
            process = subprocess.Popen(
                argv,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                start_new_session=True,
            )
        return LocalSlot(slot_id, process, ours, group)

    def sweep(self) -> int:
        """Remove control groups of dead owners; their processes ended with their streams."""
        return cgroups.sweep()

    def close(self) -> None:
        """Nothing is held."""

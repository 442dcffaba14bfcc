"""The Docker engine: one warm container per slot, any image, nothing privileged.

The only module that imports docker. The stream is a unix socket in a bind-mounted directory where
the daemon is local, and the container's attached stdin and stdout where it is not.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path

import docker
import docker.errors
import requests.exceptions

from judgecore.engine import SlotSpec, Tier, Transport, cgroups, stream
from judgecore.engine.container import Container
from judgecore.errors import EngineUnavailable, InfrastructureError, SlotLost
from judgecore.runner import build

OWNER_LABEL = "org.judgecore.owner"
SLOT_LABEL = "org.judgecore.slot"
_SOCKETS = "judgecore-socket-"
# Runtimes whose containers share the host's kernel. Others (gVisor's runsc, Kata) have one of their
# own: it knows nothing of a control group mounted into it, and by default reaches no socket of the
# host. There the stream is attached, and the container's limits are the ones that are enforced.
HOST_KERNEL = ("", "runc", "crun", "youki")
_DIAL_S = 30.0
_CHECK_S = 5

# Every exception docker-py may let through, by what it means for us; most specific first.
ERRORS: tuple[tuple[type[Exception], type[InfrastructureError]], ...] = (
    (docker.errors.ImageNotFound, EngineUnavailable),
    (docker.errors.DockerException, SlotLost),
    (requests.exceptions.RequestException, SlotLost),
    (OSError, SlotLost),
)


def _mapped(exc: Exception, doing: str) -> InfrastructureError:
    if isinstance(exc, docker.errors.ImageNotFound):
        return EngineUnavailable(f"docker: {exc.explanation}; pull it, or build it")
    for foreign, ours in ERRORS:
        if isinstance(exc, foreign):
            return ours(f"docker: {doing}: {exc}")
    return SlotLost(f"docker: {doing}: {exc!r}")


class DockerSlot:
    """A container of ours and the stream to its runner."""

    def __init__(
        self,
        client: docker.DockerClient,
        name: str,
        container: str,
        image: tuple[str, str],
        sock: socket.socket,
        *,
        attached: bool,
        group: cgroups.SlotGroup | None,
        core: int | None,
    ) -> None:
        self.name = name
        self.container = container
        self.image, self.image_digest = image
        self._client = client
        self._socket = stream.prepared(sock)
        self._attached = stream.Attached(sock) if attached else None
        self._group = group
        self._core = core
        self._memory_bytes: int | None = None

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        stream.send(self._socket, data, self.name)

    def receive(self, timeout_s: float) -> bytes:
        """Return some bytes; a failure also tells what became of the container."""
        try:
            if self._attached is not None:
                return self._attached.receive(timeout_s, self.name)
            return stream.receive(self._socket, timeout_s, self.name)
        except SlotLost as exc:
            raise SlotLost(f"{exc}; {self._fate()}") from exc

    def _fate(self) -> str:
        try:
            state = self._client.api.inspect_container(self.container)["State"]
        except docker.errors.NotFound:
            return "its container is gone"
        except (docker.errors.DockerException, requests.exceptions.RequestException) as exc:
            return f"the daemon does not say what became of its container ({exc})"
        if state.get("OOMKilled"):
            return "its container was killed for memory"
        if state.get("Status") == "exited":
            return f"its container exited with code {state.get('ExitCode')}"
        return f"its container is {state.get('Status', 'in an unknown state')}"

    def ready(self, timeout_s: float) -> bool:
        """Whether something has begun to arrive."""
        return (
            self._attached.ready(timeout_s)
            if self._attached
            else stream.ready(self._socket, timeout_s)
        )

    @property
    def can_pass_fds(self) -> bool:
        """Where the stream is a unix socket of ours, and the daemon not between us."""
        return self._attached is None

    def send_fds(self, data: bytes, fds: tuple[int, ...]) -> None:
        """Send a frame that carries descriptors."""
        stream.send_fds(self._socket, data, fds, self.name)

    def limit_memory(self, memory_bytes: int) -> None:
        """Change the container's own limit, when it differs (a call to the daemon, some 30 ms)."""
        if memory_bytes == self._memory_bytes:
            return
        try:
            self._client.api.update_container(
                self.container, mem_limit=memory_bytes, memswap_limit=memory_bytes
            )
        except Exception as exc:
            raise _mapped(exc, "changing the memory limit") from exc
        self._memory_bytes = memory_bytes

    def interrupt(self) -> None:
        """End the stream: the runner ends with it, and the container with the runner."""
        stream.interrupt(self._socket)

    def destroy(self) -> None:
        """Remove the container and its groups."""
        self._socket.close()
        _remove(self._client, self.container)
        if self._group is not None:
            self._group.remove()
            self._group = None
            if self._core is not None:
                cgroups.leave_core(self._core)


def _remove(client: docker.DockerClient, container: str) -> None:
    with contextlib.suppress(docker.errors.DockerException, requests.exceptions.RequestException):
        client.api.remove_container(container, force=True, v=True)


def _copied(runner: Path, shared: Path) -> Path:
    """The runner in a directory that the daemon sees; its name tells one version from another."""
    target = shared / runner.name
    try:
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=shared) as scratch:
                Path(shutil.copy(runner, scratch)).replace(target)
    except OSError as exc:
        raise EngineUnavailable(f"JUDGECORE_SHARED_DIR: {exc}") from exc
    return target


class DockerEngine:
    """Makes slots as containers.

    `image`: for slots that name none. `transport`: `socket`, `stream`, or `auto` (socket where
    the daemon is reached through a unix socket, and so shares our files). `shared`: a directory
    that this process and the daemon see under one path, where that isn't so for others: this
    process runs in a container, too.
    """

    tier = Tier.CONTAINER
    most_slots = None

    def __init__(
        self, image: str, transport: str = "auto", runtime: str = "", shared: Path | None = None
    ) -> None:
        self.image = image
        self.runtime = runtime
        self._shared = shared
        try:
            self._client = docker.from_env(max_pool_size=64, timeout=60)
            self._info = self._client.info()
        except Exception as exc:
            raise EngineUnavailable(
                f"no Docker daemon answers ({exc}); start one, or add this user to the group"
                " docker, or use the local engine"
            ) from exc
        if runtime and runtime not in self._info.get("Runtimes", {}):
            self._client.close()
            raise EngineUnavailable(
                f"the Docker daemon has no runtime {runtime!r} (JUDGECORE_RUNTIME); it has"
                f" {', '.join(sorted(self._info.get('Runtimes', {})))}"
            )
        local = self._client.api.base_url.startswith("http+docker://")
        local &= runtime in HOST_KERNEL
        self.transport = transport if transport != "auto" else ("socket" if local else "stream")
        self._groups = local and os.geteuid() == 0
        # Of another machine neither the cores are known nor who else has them.
        self.cores = tuple(sorted(os.sched_getaffinity(0))) if local else ()
        runner = build.binary()
        self._runner = str(runner if shared is None else _copied(runner, shared))

    def __repr__(self) -> str:
        runtime = f" in {self.runtime}" if self.runtime else ""
        return f"<DockerEngine {self.tier}: {self.image} over {self.transport}{runtime}>"

    @property
    def daemon(self) -> dict[str, str]:
        """What the daemon says of itself, in the words that `judgecore doctor` prints."""
        info = self._info
        security = (option.split(",")[0] for option in info.get("SecurityOptions") or ())
        return {
            "version": str(info.get("ServerVersion", "unknown")),
            "runtime": str(info.get("DefaultRuntime", "unknown")),
            "cgroup driver": str(info.get("CgroupDriver", "unknown")),
            "cgroup version": str(info.get("CgroupVersion", "1")),
            "security": " ".join(option.removeprefix("name=") for option in security),
        }

    def has_image(self, image: str | None = None) -> bool:
        """Whether the daemon has the image already."""
        try:
            self._client.images.get(image or self.image)
        except docker.errors.ImageNotFound:
            return False
        return True

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        """Start a container whose runner waits for its first frame."""
        directory = self._directory()
        group = self._group(slot_id)
        container = ""
        try:
            container = self._create(spec, slot_id, group, directory)
            digest = str(self._client.api.inspect_container(container)["Image"])
            image = (spec.image or self.image, digest)
            if directory is None:
                sock = self._attach(container)
                self._client.api.start(container)
            else:
                sock = self._accept(container, directory)
            if group is not None and spec.core is not None:
                cgroups.join_core(group, spec.core)
        except Exception as exc:
            if container:
                _remove(self._client, container)
            if directory is not None:
                shutil.rmtree(directory, ignore_errors=True)
            if group is not None:
                group.remove()
            if isinstance(exc, InfrastructureError):
                raise
            raise _mapped(exc, f"starting slot {slot_id}") from exc
        return DockerSlot(
            self._client,
            slot_id,
            container,
            image,
            sock,
            attached=directory is None,
            group=group,
            core=spec.core,
        )

    def _group(self, slot_id: str) -> cgroups.SlotGroup | None:
        if not self._groups:
            return None
        return cgroups.make(slot_id, slice_name=self._info.get("CgroupDriver") == "systemd")

    def _directory(self) -> Path | None:
        if self.transport != "socket":
            return None
        prefix = f"{_SOCKETS}{cgroups.owner()}-"
        try:
            return Path(tempfile.mkdtemp(prefix=prefix, dir=self._shared))
        except OSError as exc:
            where = self._shared or tempfile.gettempdir()
            raise EngineUnavailable(f"no slot can have a socket in {where}: {exc}") from exc

    def _create(
        self, spec: SlotSpec, slot_id: str, group: cgroups.SlotGroup | None, directory: Path | None
    ) -> str:
        container = self._container(spec, group, directory)
        host = container.host()
        cgroupns = host.pop("cgroupns", None)
        masked = host.pop("masked_paths")  # docker-py knows no word for it
        host_config = self._client.api.create_host_config(**host)
        host_config["MaskedPaths"] = list(masked)
        if cgroupns:
            host_config["CgroupnsMode"] = cgroupns
        made = self._client.api.create_container(
            spec.image or self.image,
            entrypoint=container.command(),
            command=[],
            user="0:0",
            working_dir="/box",
            environment={},
            hostname="slot",
            stdin_open=directory is None,
            host_config=host_config,
            labels={OWNER_LABEL: cgroups.owner(), SLOT_LABEL: slot_id},
            healthcheck={"test": ["NONE"]},
        )
        return str(made["Id"])

    def _container(
        self, spec: SlotSpec, group: cgroups.SlotGroup | None, directory: Path | None
    ) -> Container:
        v2 = self._info.get("CgroupVersion") == "2"
        return Container(spec, self._runner, group, directory, self.runtime, v2)

    def _accept(self, container: str, directory: Path) -> socket.socket:
        path = directory / "runner.sock"
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        with socket.socket(socket.AF_UNIX) as listener:
            try:  # by way of a handle, since the address of a socket has no room for long paths
                listener.bind(f"/proc/self/fd/{handle}/{path.name}")
            finally:
                os.close(handle)
            path.chmod(0o600)
            listener.listen(1)
            listener.settimeout(_DIAL_S)
            self._client.api.start(container)
            try:
                sock, _ = listener.accept()
            except TimeoutError as exc:
                raise SlotLost(
                    "the runner did not connect to its socket; where the daemon cannot see this"
                    " process's files, set JUDGECORE_TRANSPORT=stream"
                ) from exc
        path.unlink()
        directory.rmdir()  # mounted inside for as long as it takes; a killed worker leaves none
        return sock

    def _attach(self, container: str) -> socket.socket:
        # Before the start, and the runner speaks only after our first frame: http.client may read
        # ahead and swallow early bytes (docker-py 2466).
        wrapped = self._client.api.attach_socket(
            container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        )
        # A descriptor of our own: the wrapped one belongs to the HTTP client, which would close it.
        original: socket.socket = getattr(wrapped, "_sock", wrapped)
        sock = original.dup()
        response = getattr(wrapped, "_response", None)
        wrapped.close()
        if response is not None:
            with contextlib.suppress(ValueError):  # flushing what was closed just now
                response.close()
        original.close()
        return sock

    def check(self) -> None:
        """Ask the daemon, which may be gone or hang, and make a directory: the disk may be full."""
        try:
            client = docker.from_env(timeout=_CHECK_S)
            try:
                client.ping()
            finally:
                client.close()
        except Exception as exc:
            raise EngineUnavailable(f"the Docker daemon does not answer ({exc})") from exc
        directory = self._directory()
        if directory is not None:
            directory.rmdir()

    def protect(self) -> None:
        """Nothing to do: programs see no process but their own."""

    def sweep(self) -> int:
        """Remove containers, control groups and socket directories of dead owners."""
        found = self._client.api.containers(all=True, filters={"label": OWNER_LABEL})
        gone = [c for c in found if cgroups.owner_is_gone(c["Labels"].get(OWNER_LABEL, ""))]
        for container in gone:
            _remove(self._client, container["Id"])
        groups = cgroups.sweep() if self._groups else 0
        for path in Path(self._shared or tempfile.gettempdir()).glob(f"{_SOCKETS}*"):
            if cgroups.owner_is_gone(path.name.removeprefix(_SOCKETS).rpartition("-")[0]):
                shutil.rmtree(path, ignore_errors=True)
        return max(len(gone), groups)

    def close(self) -> None:
        """Close the connections to the daemon."""
        self._client.close()

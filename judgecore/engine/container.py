"""What a slot's container is made of: the runner's command line, and Docker's host configuration.

Each key is explained in docs/threat-model.md: what it stops, and which honest program it hurts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgecore.engine import SlotSpec, seccomp
from judgecore.engine.cgroups import SlotGroup

CAPABILITIES = ("SETUID", "SETGID", "KILL", "DAC_OVERRIDE", "FOWNER")
_RUNNER = "/judgecore-runner"
_SOCKET = "/run/judgecore"
_MEMORY = "/run/judgecore-memory"
_CPU = "/run/judgecore-cpu"
# What of the machine no program sees: Docker's own list, and files of others' locks and pressure.
MASKED = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/locks",
    "/proc/pressure",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
)


@dataclass(frozen=True, slots=True)
class Container:
    """A container to be made.

    `runner`: the binary's path on the host. `group`: the slot's control groups; None: the
    container's own limits are all there is. `directory`: where the socket is; None: the stream is
    the attached one. `v2`: the host has the unified control group hierarchy.
    """

    spec: SlotSpec
    runner: str
    group: SlotGroup | None = None
    directory: Path | None = None
    runtime: str = ""
    v2: bool = False

    def command(self) -> list[str]:
        """The runner's command line."""
        command = [_RUNNER]
        if self.directory is None:
            command.append("--stdio")
        else:
            command += ["--socket", f"{_SOCKET}/runner.sock"]
        if self.group is not None:
            command += ["--cgroup-memory", _MEMORY]
            command += ["--cgroup-cpu", _CPU] if self.group.cpu is not None else []
        if self.v2 and self.spec.core is not None:
            # A run's group is beside the container's, which alone has the set of cores.
            command += ["--core", str(self.spec.core)]
        return command

    def host(self) -> dict[str, Any]:
        """The host configuration, in docker-py's words."""
        spec = self.spec
        host: dict[str, Any] = {
            "binds": self._binds(),
            "tmpfs": self._tmpfs(),
            "network_mode": "none",
            # Otherwise the host's DNS settings would be visible.
            "dns": ["127.0.0.1"],
            "dns_search": ["."],
            "cap_drop": ["ALL"],
            "cap_add": list(CAPABILITIES),
            "security_opt": ["no-new-privileges", f"seccomp={self._profile()}"],
            "read_only": True,
            "ipc_mode": "private",
            "pids_limit": spec.processes,
            "mem_limit": spec.memory_bytes,
            "memswap_limit": spec.memory_bytes,
            "log_config": {"Type": "none"},
            "ulimits": [{"name": "core", "soft": 1, "hard": 1}],
            "auto_remove": True,
            "masked_paths": MASKED,
        }
        if self.group is not None:
            slash = "" if self.group.name.endswith(".slice") else "/"
            host["cgroup_parent"] = slash + self.group.name
            if self.v2:
                host["cgroupns"] = "host"
        if spec.core is not None:
            host["cpuset_cpus"] = str(spec.core)
        if self.runtime:
            host["runtime"] = self.runtime
        return host

    def _binds(self) -> dict[str, dict[str, str]]:
        binds = {self.runner: {"bind": _RUNNER, "mode": "ro"}}
        if self.directory is not None:
            binds[str(self.directory)] = {"bind": _SOCKET, "mode": "ro"}
        if self.group is not None:
            binds[str(self.group.memory)] = {"bind": _MEMORY, "mode": "rw"}
            if self.group.cpu is not None:
                binds[str(self.group.cpu)] = {"bind": _CPU, "mode": "ro"}
        return binds

    def _tmpfs(self) -> dict[str, str]:
        sizes = f"size={self.spec.scratch_bytes},nr_inodes={self.spec.scratch_files}"
        scratch = f"rw,exec,nosuid,nodev,noatime,{sizes}"
        tmpfs = {
            "/box": f"{scratch},mode=0755",
            "/tmp": f"{scratch},mode=1777",
            "/dev/shm": f"{scratch},mode=1777",
        }
        if self.group is not None:
            tmpfs["/sys/fs/cgroup"] = "ro,size=4k,mode=0700"
        return tmpfs

    def _profile(self) -> str:
        # The runner's own filter, which comes later, denies programs these too.
        needed = {"setrlimit", "prlimit64"} | ({"clone3"} if self.v2 else set())
        return seccomp.profile(allow=frozenset(needed))

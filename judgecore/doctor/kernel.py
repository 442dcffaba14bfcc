"""Which kernel features the sandboxes need are present."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from judgecore.doctor.finding import Finding, fine, warning
from judgecore.engine import cgroups

_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_SCOPES = 6  # its sixth version, Linux 6.12, holds signals too
_SYSCTL = Path("/proc/sys")


def findings() -> Iterator[Finding]:
    """Everything that can be seen without an engine."""
    yield _machine()
    yield fine("kernel", f"{platform.system()} {platform.release()} {platform.machine()}")
    yield _cgroups()
    yield _seccomp()
    yield _apparmor()
    yield _user_namespaces()
    yield _landlock()


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _machine() -> Finding:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    says = f"{cores} cores, load {load:.1f}, {'root' if os.geteuid() == 0 else 'not root'}"
    if load > cores:
        return warning("host", says, "give judging a machine, or cores, of its own")
    return fine("host", says)


def _cgroups() -> Finding:
    group = cgroups.make("doctor")
    if group is None:
        return warning(
            "control groups",
            f"version {cgroups.version()}, not writable: memory is limited by the container alone,"
            " or measured by sampling",
            "run the worker as root on the machine of the Docker daemon",
        )
    group.remove()
    return fine("control groups", f"version {cgroups.version()}, writable: exact memory figures")


def _seccomp() -> Finding:
    actions = _read(_SYSCTL / "kernel/seccomp/actions_avail").split()
    if {"errno", "kill_process"} <= set(actions):
        return fine("seccomp", "filters, with every action that is needed")
    return warning("seccomp", "not visible here", "use a kernel with CONFIG_SECCOMP_FILTER")


def _apparmor() -> Finding:
    if _read(Path("/sys/module/apparmor/parameters/enabled")) == "Y":
        return fine("AppArmor", "on: containers have Docker's profile besides judgecore's filters")
    return fine(
        "AppArmor", "off: two system-call filters and dropped capabilities confine containers"
    )


def _user_namespaces() -> Finding:
    """Only the local engine needs them, and only without root."""
    why = ""
    if _read(_SYSCTL / "user/max_user_namespaces") == "0":
        why = "user.max_user_namespaces=0"
    elif _read(_SYSCTL / "kernel/unprivileged_userns_clone") == "0":
        why = "kernel.unprivileged_userns_clone=0"
    elif _read(_SYSCTL / "kernel/apparmor_restrict_unprivileged_userns") == "1":
        why = "kernel.apparmor_restrict_unprivileged_userns=1"
    if not why:
        return fine("user namespaces", "open to ordinary users")
    says = f"closed to ordinary users ({why})"
    if os.geteuid() == 0:
        return fine("user namespaces", f"{says}; root needs none")
    return warning(
        "user namespaces", says, f"sysctl: change {why.partition('=')[0]}, or use Docker"
    )


def _landlock() -> Finding:
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return warning(
            "Landlock",
            "none: the process tier cannot keep programs from this user's files",
            "use a kernel from 5.13 with CONFIG_SECURITY_LANDLOCK; the other tiers do not need it",
        )
    scope = "files and signals" if version >= _LANDLOCK_SCOPES else "files"
    return fine("Landlock", f"version {version}: the process tier confines {scope}")

"""The container's seccomp profile, generated from the runner's own table (runner/denied.h)."""

from __future__ import annotations

import errno
import json
import re
from dataclasses import dataclass
from pathlib import Path

_ROW = re.compile(r'^DENY\((\w+), (\w+), "(.*)"\)$', re.MULTILINE)
_NAMESPACE_FLAGS = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
_AF_UNIX = 1


@dataclass(frozen=True, slots=True)
class Denied:
    """A system call no program gets: the errno it sees instead, and what that stops."""

    name: str
    error: int
    stops: str


def table() -> tuple[Denied, ...]:
    """The rows of runner/denied.h."""
    text = (Path(__file__).parent.parent / "runner" / "denied.h").read_text()
    return tuple(Denied(n, getattr(errno, e), why) for n, e, why in _ROW.findall(text))


def profile(*, allow: frozenset[str] = frozenset()) -> str:
    """The profile as the JSON text that Docker wants. `allow`: names the runner itself needs."""
    rules: list[dict[str, object]] = [
        {"names": [row.name], "action": "SCMP_ACT_ERRNO", "errnoRet": row.error}
        for row in table()
        if row.name not in allow
    ]
    rules.append(
        {
            "names": ["socket"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": errno.EAFNOSUPPORT,
            "args": [{"index": 0, "value": _AF_UNIX, "op": "SCMP_CMP_NE"}],
        }
    )
    rules += [
        {
            "names": ["clone"],
            "action": "SCMP_ACT_ERRNO",
            "errnoRet": errno.EPERM,
            "args": [{"index": 0, "value": flag, "valueTwo": flag, "op": "SCMP_CMP_MASKED_EQ"}],
        }
        for flag in _NAMESPACE_FLAGS
    ]
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules})

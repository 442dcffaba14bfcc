"""The lines in which the runner answers, and the report on a run that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from judgecore.errors import SlotLost
from judgecore.report import BuiltFile, CallAnswer, Limit, Report


def lines(payload: bytes) -> dict[str, str]:
    """Decode `key:value` lines; a malformed, repeated or unfinished one is a broken slot."""
    try:
        *whole, rest = payload.decode().split("\n")
    except UnicodeDecodeError as exc:
        raise SlotLost(f"the runner sent lines that are no text: {exc}") from None
    facts: dict[str, str] = {}
    for line in whole:
        key, colon, value = line.partition(":")
        if not colon or not key or key in facts:
            raise SlotLost(f"the runner sent a malformed or repeated line {line!r}")
        facts[key] = value
    if rest:
        raise SlotLost(f"the runner sent an unfinished line {rest!r}")
    return facts


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError("is not a number")
    return int(text)


def _milliseconds(text: str) -> float:
    return _whole(text) / 1000


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("is neither 0 nor 1")
    return text == "1"


# Lines of a REPORT: the field of `Report` that each is, and how it is read. Others are ignored.
_FACTS: dict[str, tuple[str, Callable[[str], object]]] = {
    "exit": ("exit_code", _whole),
    "signal": ("signal", _whole),
    "step": ("step", str),
    "errno": ("errno", _whole),
    "cpu_us": ("cpu_ms", _milliseconds),
    "cpu_source": ("cpu_source", str),
    "wall_us": ("wall_ms", _milliseconds),
    "ended_us": ("ended_ms", _milliseconds),
    "memory": ("memory_bytes", _whole),
    "memory_source": ("memory_source", str),
    "limit": ("limit", Limit),
    "oom_kills": ("oom_kills", _whole),
    "stdout_truncated": ("stdout_truncated", _flag),
    "stderr_truncated": ("stderr_truncated", _flag),
    "collect_truncated": ("collect_truncated", _flag),
    "disk_bytes": ("disk_bytes", _whole),
    "disk_files": ("disk_files", _whole),
    "disk_full": ("disk_full", str),
    "image_bytes": ("image_bytes", _whole),
    "left": ("left_processes", _flag),
    "unread": ("unread", _flag),
    "stalled_us": ("stalled_ms", _milliseconds),
    "waiting_us": ("waiting_ms", _milliseconds),
    "starved": ("starved", _flag),
    "warm": ("warm", str),
    "ready": ("ready", _flag),
    "call_fault": ("call_fault", str),
    "call_us": ("call_ms", _milliseconds),
    "call_wall_us": ("call_wall_ms", _milliseconds),
}
_REQUIRED = ("cpu_us", "wall_us", "memory", "limit", "oom_kills")


# What the runner says of a program that ended by itself, with nothing odd about it: nearly all.
_USUAL = re.compile(
    "exit:([0-9]{1,3})\n"
    "cpu_us:([0-9]{1,19})\ncpu_source:([a-z0-9-]+)\nwall_us:([0-9]{1,19})\nended_us:([0-9]{1,19})\n"
    "memory:([0-9]{1,19})\nmemory_source:([a-z0-9-]+)\nlimit:none\noom_kills:0\n"
    "(?:waiting_us:([0-9]{1,19})\n)?"
).fullmatch


def usual(payload: bytes, stdout: Iterable[bytes], stderr: Iterable[bytes]) -> Report | None:
    """The same as `report` of a payload's `lines`, in fewer steps; None: it is another one."""
    found = _USUAL(payload.decode(errors="replace"))
    if found is None:
        return None
    code, cpu_us, cpu_source, wall_us, ended_us, memory, memory_source, waiting_us = found.groups()
    return Report(
        exit_code=int(code),
        signal=None,
        cpu_ms=int(cpu_us) / 1000,
        wall_ms=int(wall_us) / 1000,
        memory_bytes=int(memory),
        stdout=b"".join(stdout),
        stderr=b"".join(stderr),
        cpu_source=cpu_source,
        memory_source=memory_source,
        waiting_ms=int(waiting_us) / 1000 if waiting_us else 0.0,
        ended_ms=int(ended_us) / 1000,
    )


def report(
    facts: Mapping[str, str],
    stdout: Iterable[bytes] = (),
    stderr: Iterable[bytes] = (),
    files: Mapping[str, bytes] | None = None,
    built: Sequence[BuiltFile | None] = (),
    answers: Iterable[CallAnswer] = (),
) -> Report:
    """Build a `Report` from the lines of a REPORT frame and the frames before it.

    `built` counts where the lines say that it is whole.
    """
    if facts.get("step") and "cpu_us" not in facts:
        raise SlotLost(f"the runner failed at {facts['step']}, errno {facts.get('errno')}")
    if ("exit" in facts) + ("signal" in facts) + ("step" in facts) > 1:
        raise SlotLost("the runner reported two ends of one run")
    for key in _REQUIRED:
        if key not in facts:
            raise SlotLost(f"the runner's report has no {key}")
    values: dict[str, Any] = {"exit_code": None, "signal": None}
    key = text = ""
    try:
        for key, text in facts.items():
            if (field := _FACTS.get(key)) is not None:
                values[field[0]] = field[1](text)
    except ValueError as exc:
        raise SlotLost(f"the runner sent {key}:{text!r}: {exc}") from None
    kept = tuple(file for file in built if file is not None)
    if facts.get("built") == "1" and len(kept) == len(built):
        values["built"] = kept
    return Report(
        stdout=b"".join(stdout),
        stderr=b"".join(stderr),
        collected=files or {},
        answers=tuple(answers),
        **values,
    )

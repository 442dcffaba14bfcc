"""What a client of Piston asks for, checked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from consumers.gateway.offered import Offered
from consumers.gateway.piston.shown import IDS
from consumers.gateway.running import Wanted, as_list
from judgecore.languages import Language
from judgecore.problem import TestCase

# Name, default and maximum; times in milliseconds, memory in bytes, -1 is no limit of its own.
LIMITS = {
    "compile_timeout": (10_000, 60_000),
    "run_timeout": (3_000, 20_000),
    "compile_cpu_time": (10_000, 60_000),
    "run_cpu_time": (3_000, 20_000),
    "compile_memory_limit": (-1, 1 << 40),
    "run_memory_limit": (-1, 1 << 40),
}


def wanted_of(
    data: Mapping[str, Any], offered: Offered, output_bytes: int
) -> tuple[Language, Wanted]:
    """The program that a request brings; raises `ValueError` about one that will not do."""
    for name in ("language", "version"):
        if not isinstance(data.get(name), str) or not data[name]:
            raise ValueError(f"{name} is required as a string")
    language = named(data["language"], offered)
    if language is None:
        raise ValueError(f"{data['language']:.40}-{data['version']:.40} runtime is unknown")
    files = _files(data.get("files"))
    limits = {name: _limit(data, name) for name in LIMITS}
    arguments = as_list(data.get("args"), "args")
    if not all(isinstance(one, str) for one in arguments):
        raise ValueError("args must be a list of strings")
    stdin = data.get("stdin")
    if stdin is not None and not isinstance(stdin, str):
        raise ValueError("stdin must be a string")
    if stdin and not stdin.endswith("\n"):
        stdin += "\n"
    (entry, source), *others = files
    memory = limits["run_memory_limit"]
    return language, Wanted(
        language=language.id,
        source=source,
        entry=entry,
        files={path or f"file{n}.code": content for n, (path, content) in enumerate(others, 1)},
        tests=(TestCase(input=stdin or "", arguments=tuple(arguments)),),
        wall_ms=limits["run_timeout"],
        cpu_ms=limits["run_cpu_time"],
        memory_bytes=None if memory < 0 else memory,
        output_bytes=output_bytes,
    )


def named(name: str, offered: Offered) -> Language | None:
    """The language that Piston, or we, call so, if it is offered."""
    return offered.get(IDS.get(name, name))


def _files(value: Any) -> list[tuple[str | None, bytes]]:
    if not isinstance(value, list) or not value:
        raise ValueError("files is required as an array")
    found: list[tuple[str | None, bytes]] = []
    is_text = False
    for number, one in enumerate(value):
        if not isinstance(one, dict) or not isinstance(one.get("content"), str):
            raise ValueError(f"files[{number}].content is required as a string")
        encoding = one.get("encoding") or "utf8"
        is_text = is_text or encoding == "utf8"
        given = one.get("name")
        if given is not None and not isinstance(given, str):
            raise ValueError(f"files[{number}].name must be a string")
        found.append((given or None, _content(one["content"], encoding, number)))
    if not is_text:
        raise ValueError("files must include at least one utf8 encoded file")
    return found


def _content(text: str, encoding: Any, number: int) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        if encoding == "hex":
            return bytes.fromhex(text)
    except (binascii.Error, ValueError):
        raise ValueError(f"files[{number}].content is not {encoding}") from None
    if encoding != "utf8":
        raise ValueError(f"files[{number}].encoding must be utf8, base64 or hex")
    return text.encode()


def _limit(data: Mapping[str, Any], name: str) -> int:
    default, most = LIMITS[name]
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"if specified, {name} must be a number")
    if value < 0 and not (default == -1 and value == -1):
        raise ValueError(f"{name} must be positive")
    if value > most:
        raise ValueError(f"{name} cannot exceed the configured limit of {most}")
    return int(value)

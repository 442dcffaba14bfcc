"""The patterns of submissions.yaml: `*` within a name, and `{a,b}`; they cover what lies below."""

from __future__ import annotations

import re
from functools import cache

_BRACES = re.compile(r"\{([^{}]*)\}")


def covers(pattern: str, name: str) -> bool:
    """Whether the pattern matches the name, or a folder above it."""
    return _compiled(pattern).match(name) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _BRACES.split(pattern.strip("/"))
    made = [_choice(part) if number % 2 else _starred(part) for number, part in enumerate(parts)]
    return re.compile(f"(?:{''.join(made)})(?:/|$)")


def _starred(text: str) -> str:
    # Not `.*?`: several stars in a row would take time that grows with the name's power.
    return re.escape(re.sub(r"\*+", "*", text)).replace(r"\*", "[^/]*")


def _choice(text: str) -> str:
    return f"(?:{'|'.join(_starred(one.strip()) for one in text.split(','))})"

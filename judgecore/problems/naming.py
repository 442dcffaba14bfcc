"""Names of tests and of their groups as the format 2025-09 has them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_STRANGE = re.compile(r"[^\w.+=@-]+")


def below(folder: str, names: Sequence[str]) -> list[str]:
    """The names in that folder; each once, and in the order that they have."""
    return [f"{folder}/{name}" for name in in_order(names)]


def in_order(names: Sequence[str]) -> list[str]:
    """Names of files that sort as the names are given; with a number before them where needed."""
    short = [_STRANGE.sub("-", PurePosixPath(name).name).lstrip(".-") or "test" for name in names]
    if len(set(short)) == len(short) and sorted(short) == short:
        return short
    width = len(str(len(short)))
    return [
        f"{number:0{width}d}" + ("" if name.isdigit() else f"-{name}")
        for number, name in enumerate(short, start=1)
    ]

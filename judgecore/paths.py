"""Which paths the files of a submission or of a test may have."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_DEPTH = 8
_MAX_NAME_BYTES = 200  # file systems take 255
_NAME = re.compile(r"(?![~ -])[\w.+ ()\[\]{},=@#~&!'-]+")
# "." and "..", and what the compile commands of languages make: a file there would be in their way.
_TAKEN = re.compile(r"\.\.?|\.(main|classes|bin|read|streams|program)\b.*")
_RULE = (
    "a path is relative; its parts hold letters, digits, blanks and _.+-,=@#~&!'()[]{}, begin with"
    " none of '-', '~' and blank, are none of what compilers make ('.main'), have at most"
    f" {_MAX_NAME_BYTES} bytes, and it is at most {MAX_DEPTH} deep"
)


def check_paths(paths: Iterable[str], what: str = "files has") -> None:
    """Raise `ValueError` unless all these files could lie together in one working directory."""
    found = list(paths)
    for path in found:
        parts = path.split("/")
        if len(parts) > MAX_DEPTH + 1 or not all(map(_is_safe, parts)):
            raise ValueError(f"{what} {path[:200]!r}: {_RULE}")
    folders = {"/".join(p.split("/")[:n]) for p in found for n in range(1, p.count("/") + 1)}
    for path in sorted(folders.intersection(found)):
        raise ValueError(f"{what} {path[:200]!r} both as a file and as a folder")


def _is_safe(name: str) -> bool:
    allowed = _NAME.fullmatch(name) is not None and _TAKEN.fullmatch(name) is None
    return allowed and len(name.encode()) <= _MAX_NAME_BYTES

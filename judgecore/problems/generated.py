"""Settings of groups that a package leaves to its generators: those that generators.yaml holds.

BAPCtools writes them as test_group.yaml beside the tests when it generates these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problems.reading import Source

_NAMES = ("test_group.yaml", "testdata.yaml")
_MOST_LEVELS = 20


def with_generated(source: Source) -> Source:
    """The source, which now knows settings that are only in generators/generators.yaml."""
    path = source.root / "generators" / "generators.yaml"
    try:
        given = source.settings(path)
    except InvalidPackage:  # no part of the format: what cannot be read says nothing
        return source
    found = {
        file: settings
        for file, settings in _settings(source.root / "data", given, 0)
        if file.parent.is_dir() and not file.exists()
    }
    for file in found:
        source.warn(file, f"not there; what {path.name} says for it holds")
    return replace(source, generated=found)


def _settings(
    folder: Path, node: Mapping[str, Any], depth: int
) -> Iterator[tuple[Path, dict[str, Any]]]:
    for name in _NAMES:
        if isinstance(settings := node.get(name), dict):
            yield folder / name, {str(key): one for key, one in settings.items() if one is not None}
    inner = node.get("data")
    if not isinstance(inner, dict) or depth > _MOST_LEVELS:
        return
    for name, one in inner.items():
        # A name that leads elsewhere is none.
        if isinstance(one, dict) and isinstance(name, str) and Path(name).name == name:
            yield from _settings(folder / name, one, depth + 1)

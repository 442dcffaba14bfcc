"""Reading settings from the environment: tables of variables, and an error for each wrong one.

A table says how each variable is read; `read` returns the fields of those that are set. A name that
begins as ours do and is none of ours is refused: a misspelt setting would silently have no effect.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from judgecore.errors import InvalidConfig

PREFIX = "JUDGECORE_"
_TOOLS = ("JUDGECORE_TEST_", "JUDGECORE_VM_", "JUDGECORE_ATTACK_")  # of the tests and scripts
_RENAMED = {"JUDGECORE_ISOLATION": "JUDGECORE_REUSE"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable, the field that it sets, and how its text is read.

    `parse` raises `ValueError` that says what the text must be.
    """

    name: str
    field: str
    parse: Callable[[str], Any]


def read(settings: Iterable[Setting], environ: Mapping[str, str]) -> dict[str, Any]:
    """The fields of all variables that are set and not empty.

    Raises one `InvalidConfig` that names every variable at fault.
    """
    fields, faults = {}, []
    for setting in settings:
        text = environ.get(setting.name, "").strip()
        if not text:
            continue
        try:
            fields[setting.field] = setting.parse(text)
        except ValueError as exc:
            faults.append(f"{setting.name}: {exc}, not {text[:100]!r}")
    if faults:
        raise InvalidConfig("\n".join(faults))
    return fields


def refuse_names(environ: Mapping[str, str], known: Collection[str]) -> None:
    """Raise `InvalidConfig` when a variable is called as ours are and is none of them."""
    ours = [name for name in environ if name.startswith(PREFIX) and not name.startswith(_TOOLS)]
    if faults := [_misspelt(name, known) for name in sorted(ours) if name not in known]:
        raise InvalidConfig("\n".join(faults))


def _misspelt(name: str, known: Collection[str]) -> str:
    if name in _RENAMED:
        return f"{name}: no such setting any more; it is called {_RENAMED[name]}"
    words = [each.removeprefix(PREFIX) for each in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), words, n=1)
    meant = f"did you mean {PREFIX}{near[0]}?" if near else "docs/settings.md lists them all"
    return f"{name}: no such setting; {meant}"


# -------------------------------------------------------------- how a text is read


def whole(least: int, most: int, unit: int = 1) -> Callable[[str], int]:
    """A whole number from `least` to `most`, times `unit`."""

    def parse(value: str) -> int:
        if not value.isdecimal() or len(value) > 9 or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value) * unit

    return parse


def number(least: float, most: float, of: str = "a number") -> Callable[[str], float]:
    """A number from `least` to `most`; `of` says what it counts."""

    def parse(value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = math.nan
        if not least <= found <= most:
            raise ValueError(f"must be {of} from {least:g} to {most:g}")
        return found

    return parse


def choice(*values: str) -> Callable[[str], str]:
    """One of these words, in small or capital letters."""
    return meaning({value: value for value in values})


def meaning(values: Mapping[str, Any]) -> Callable[[str], Any]:
    """What one of these words stands for; the words in small or capital letters."""
    by_word = {word.lower(): value for word, value in values.items()}

    def parse(value: str) -> Any:
        if value.lower() not in by_word:
            raise ValueError(f"must be one of {', '.join(values)}")
        return by_word[value.lower()]

    return parse

"""The default validator's flags as a checker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problem import Checker, CheckerKind

_SWITCHES = {"case_sensitive": "case_sensitive", "space_change_sensitive": "space_sensitive"}
_TOLERANCES = {
    "float_tolerance": ("absolute", "relative"),
    "float_absolute_tolerance": ("absolute",),
    "float_relative_tolerance": ("relative",),
}


def checker(path: Path, flags: Sequence[str]) -> Checker:
    """As the flags say; without any, tokens are compared, case ignored.

    `path` is the file that gives the flags, for complaints.
    """
    values: dict[str, Any] = {"kind": CheckerKind.TOKENS, "case_sensitive": False}
    tolerances: dict[str, float] = {}
    left = list(flags)
    while left:
        flag = left.pop(0)
        if flag in _SWITCHES:
            values[_SWITCHES[flag]] = True
        elif flag in _TOLERANCES:
            if not left:
                raise InvalidPackage(f"{path}: validator flags: {flag} needs a number")
            number = _tolerance(path, flag, left.pop(0))
            tolerances |= dict.fromkeys(_TOLERANCES[flag], number)
        else:
            known = ", ".join((*_SWITCHES, *_TOLERANCES))
            raise InvalidPackage(
                f"{path}: validator flags: {flag!r:.60} is not known to the default validator;"
                f" known: {known}"
            )
    if tolerances:
        values |= {"kind": CheckerKind.FLOATS, "absolute": 0.0, "relative": 0.0, **tolerances}
    return Checker(**values)


def _tolerance(path: Path, flag: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if number < 0 or not math.isfinite(number) or "_" in value:
        raise InvalidPackage(f"{path}: validator flags: {flag}: {value!r:.60} is not a tolerance")
    return number

"""The time limit of a package of the ICPC's formats: given, or the rule that computes it.

Until 2023-07 the slowest accepted submission's time, times a factor, is rounded up to a second;
since then the limit is the smallest multiple of a resolution that leaves accepted submissions a
factor of room, and slow ones must take longer than the limit by another factor.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problems.reading import Source, positive

INI = "domjudge-problem.ini"
_INI = re.compile(r"""^[ \t]*([\w-]+)[ \t]*=[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([^;\n]*))""", re.M)
# What DOMjudge's own file may ask for beyond the format; the values are its defaults.
_INI_DEFAULTS = {"special_compare": "compare", "special_run": "run", "special_compare_args": ""}
_INI_KEYS = """
    name short-name probid externalid problem_id timelimit memlimit outputlimit color points cid
    allow_submit allow_judge lazy_eval_results special_run special_compare special_compare_args
    combined_run_compare
"""
_OLD_FACTOR, _OLD_MARGIN = 5.0, 2.0
_FACTOR, _MARGIN, _RESOLUTION = 2.0, 1.5, 1.0


@dataclass(frozen=True, slots=True)
class TimeRule:
    """How a time limit that is not given is computed; times in seconds.

    The limit is the smallest multiple of `resolution` that is at least `factor` times what the
    slowest submission takes that must be in time; one that must be too slow has to take `margin`
    times the limit. `path`: the file that lacks the limit.
    """

    path: Path
    factor: float
    margin: float
    resolution: float

    def limit_ms(self, slowest_ms: float) -> int:
        """The limit, milliseconds, for what the slowest submission in time takes."""
        step_ms = self.resolution * 1000
        # A millionth of a step is no reason for another one.
        steps = max(1, math.ceil(slowest_ms * self.factor / step_ms - 1e-6))
        return max(1, round(steps * step_ms))

    def told(self, slowest_ms: float, name: str) -> str:
        """The computation, for people to read."""
        seconds, limit = slowest_ms / 1000, self.limit_ms(slowest_ms) / 1000
        return (
            f"{self.path}: limits.time_limit: not given; computed: {name} takes {seconds:.3f} s,"
            f" times {self.factor:g} is {seconds * self.factor:.3f} s; the next multiple of"
            f" {self.resolution:g} s is {limit:g} s"
        )


def rule(path: Path, limits: Mapping[str, Any], *, legacy: bool) -> TimeRule:
    """The rule of a package whose time limit is not given."""
    if legacy:
        factor = _number(path, limits, "time_multiplier", _OLD_FACTOR)
        return TimeRule(path, factor, _number(path, limits, "time_safety_margin", _OLD_MARGIN), 1.0)
    factors = limits.get("time_multipliers", {})
    if not isinstance(factors, dict):
        raise InvalidPackage(f"{path}: limits.time_multipliers: not a mapping")
    return TimeRule(
        path,
        _number(path, factors, "ac_to_time_limit", _FACTOR),
        _number(path, factors, "time_limit_to_tle", _MARGIN),
        _number(path, limits, "time_resolution", _RESOLUTION),
    )


def _number(path: Path, given: Mapping[str, Any], key: str, default: float) -> float:
    value = given.get(key)
    return default if value is None else positive(path, f"limits.{key}", value)


def given_seconds(
    source: Source, path: Path, limits: Mapping[str, Any]
) -> tuple[str, float] | None:
    """The time limit, and where it is said. Where two places differ, the format's own counts."""
    found: list[tuple[str, float]] = []
    if limits.get("time_limit") is not None:
        field = "limits.time_limit"
        found.append((f"{path}: {field}", positive(path, field, limits["time_limit"])))
    plain = source.root / ".timelimit"
    if plain.exists():
        text = source.text(plain).lstrip("\ufeff").strip()
        found.append((f"{plain}: seconds", positive(plain, "seconds", text)))
    if (ini := _of_domjudge(source)) is not None:
        found.append(ini)
    for place, seconds in found[1:]:
        if seconds != found[0][1]:
            source.warn(path, f"{found[0][0]} counts, {found[0][1]:g} s; {place} is {seconds:g} s")
    return found[0] if found else None


def ini(source: Source) -> dict[str, str]:
    """The keys and values of DOMjudge's own file; nothing where it is not there."""
    path = source.root / INI
    if not path.exists():
        return {}
    text = source.text(path).lstrip("\ufeff").replace("\r\n", "\n")
    given = {m[1]: (m[2] or m[3] or m[4] or "").strip() for m in _INI.finditer(text)}
    source.know(path, given, _INI_KEYS.split())
    for key, default in _INI_DEFAULTS.items():
        if given.get(key, "") not in ("", default):
            raise InvalidPackage(
                f"{source.at(path, key)}: {key}: {given[key]!r:.60} is not supported; remove it"
            )
    return given


def _of_domjudge(source: Source) -> tuple[str, float] | None:
    given = ini(source)
    if "timelimit" not in given:
        return None
    path = source.root / INI
    return f"{path}: timelimit", positive(path, "timelimit", given["timelimit"])

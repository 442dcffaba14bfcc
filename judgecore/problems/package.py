"""Read an ICPC/Kattis problem package: pass-fail problems with the default validator.

    problem.yaml                 name, limits, validator flags
    data/sample/*.in, *.ans      tests, in the order of their paths
    data/secret/**/*.in, *.ans
    data/**/testdata.yaml        validator flags too (test_group.yaml since 2023-07)
    .timelimit                   seconds, where the time limit is not in problem.yaml;
    domjudge-problem.ini         else `timelimit` of this one

Whatever would change a verdict and is not judged yet (validators of the package's own, scoring,
interaction, arguments and files of single tests, flags that differ between groups) is refused.

Format: https://icpc.io/problem-package-format/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.limits import MIB, Limits
from judgecore.submission import MAX_TEST_BYTES, Checker, CheckerKind, TestCase

_DEFAULT_SECONDS = 2.0
_INI_SECONDS = re.compile(r"""^\s*timelimit\s*=\s*['"]?([^'"\s]*)""", re.MULTILINE)
_GROUP_FILES = {
    "testdata.yaml": "output_validator_flags",
    "test_group.yaml": "output_validator_args",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A problem: what it is called, its tests, its limits, how outputs are compared."""

    slug: str
    title: str
    tests: tuple[TestCase, ...]
    limits: Limits
    checker: Checker


def load(folder: Path) -> Package:
    """Read a package, or raise `InvalidPackage` whose message starts with the path at fault."""
    if not folder.is_dir():
        raise InvalidPackage(f"{folder}: no such directory")
    meta = _metadata(folder / "problem.yaml")
    _refuse_what_is_not_judged_yet(folder, meta)
    return Package(
        slug=folder.resolve().name,
        title=_title(meta, folder),
        tests=_tests(folder / "data"),
        limits=_limits(folder, meta),
        checker=_checker(folder, meta),
    )


def _metadata(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        data = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise InvalidPackage(f"{path}: {exc}") from exc
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InvalidPackage(f"{path}: not a mapping of keys to values")
    return data


def _refuse_what_is_not_judged_yet(folder: Path, meta: dict[str, Any]) -> None:
    path = folder / "problem.yaml"
    kind = str(meta.get("validation", "default")).split()
    if kind[:1] != ["default"]:
        raise InvalidPackage(
            f"{path}: validation: {' '.join(kind)!r} is not supported; only 'default' is"
        )
    types = meta.get("type", "pass-fail")
    if (types if isinstance(types, list) else [types]) != ["pass-fail"]:
        raise InvalidPackage(f"{path}: type: {types!r} is not supported; only pass-fail is")
    # Since 2023-07 the folder alone says that there is a validator; before, `validation` does.
    if (folder / "output_validator").is_dir():
        raise InvalidPackage(f"{folder / 'output_validator'}: output validators are not supported")
    for pattern in ("*.args", "*.files"):
        for found in sorted((folder / "data").rglob(pattern)):
            raise InvalidPackage(f"{found}: tests with arguments or files are not supported")


def _title(meta: dict[str, Any], folder: Path) -> str:
    name = meta.get("name", folder.resolve().name)
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), folder.resolve().name)
    return str(name)


def _tests(data: Path) -> tuple[TestCase, ...]:
    inputs = [
        path for group in ("sample", "secret") for path in sorted((data / group).rglob("*.in"))
    ]
    if not inputs:
        raise InvalidPackage(f"{data}: no tests; expected sample/*.in and secret/*.in")
    return tuple(
        TestCase(
            name=path.relative_to(data).with_suffix("").as_posix(),
            input=_read(path),
            expected=_read(path.with_suffix(".ans")),
        )
        for path in inputs
    )


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEST_BYTES:
            raise InvalidPackage(f"{path}: larger than {MAX_TEST_BYTES} bytes")
        return path.read_bytes().decode()
    except FileNotFoundError as exc:
        raise InvalidPackage(f"{path}: missing; every .in needs an .ans beside it") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidPackage(f"{path}: {exc}") from exc


def _seconds(folder: Path, limits: dict[str, Any]) -> float:
    if "time_limit" in limits:
        return _positive(folder / "problem.yaml", "limits.time_limit", limits["time_limit"])
    path = folder / ".timelimit"
    if path.exists():
        return _positive(path, "seconds", _read(path).strip())
    path = folder / "domjudge-problem.ini"
    if path.exists() and (found := _INI_SECONDS.search(_read(path))):
        return _positive(path, "timelimit", found[1])
    return _DEFAULT_SECONDS


def _positive(path: Path, field: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 < number < 1e9:
        raise InvalidPackage(f"{path}: {field}: {value!r} is not a positive number")
    return number


def _limits(folder: Path, meta: dict[str, Any]) -> Limits:
    path, given = folder / "problem.yaml", meta.get("limits") or {}
    if not isinstance(given, dict):
        raise InvalidPackage(f"{path}: limits: not a mapping")
    values: dict[str, int] = {"cpu_ms": round(_seconds(folder, given) * 1000)}
    for field, key in (("memory", "memory_bytes"), ("output", "output_bytes")):
        if field in given:
            values[key] = round(_positive(path, f"limits.{field}", given[field]) * MIB)
    try:
        return Limits(**values)
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: limits: {exc}") from None


def _flags(folder: Path, meta: dict[str, Any]) -> tuple[Path, list[str]]:
    """The default validator's flags and the file that gives them."""
    given = {}
    for name, key in _GROUP_FILES.items():
        for path in sorted((folder / "data").rglob(name)):
            group = _metadata(path)
            if group.get(key) is not None:
                given[path] = _words(group[key])
    if len({tuple(words) for words in given.values()}) > 1:
        raise InvalidPackage(f"{max(given)}: groups with flags of their own are not supported")
    if given:
        return next(iter(given.items()))
    return folder / "problem.yaml", _words(meta.get("validator_flags"))


def _words(flags: Any) -> list[str]:
    if isinstance(flags, list):
        return [str(word) for word in flags]
    return [] if flags is None else str(flags).split()


def _checker(folder: Path, meta: dict[str, Any]) -> Checker:
    """As the flags say; without any, tokens are compared, case ignored."""
    path, flags = _flags(folder, meta)
    values: dict[str, Any] = {"kind": CheckerKind.TOKENS, "case_sensitive": False}
    tolerances: dict[str, float] = {}
    while flags:
        flag = flags.pop(0)
        if flag in ("case_sensitive", "space_change_sensitive"):
            values["case_sensitive" if flag == "case_sensitive" else "space_sensitive"] = True
        elif flag in ("float_tolerance", "float_absolute_tolerance", "float_relative_tolerance"):
            if not flags:
                raise InvalidPackage(f"{path}: validator flags: {flag} needs a number")
            number = _positive(path, f"validator flags: {flag}", flags.pop(0))
            if flag != "float_relative_tolerance":
                tolerances["absolute"] = number
            if flag != "float_absolute_tolerance":
                tolerances["relative"] = number
        else:
            raise InvalidPackage(f"{path}: validator flags: {flag!r} is not known")
    if tolerances:
        values |= {"kind": CheckerKind.FLOATS, "absolute": 0.0, "relative": 0.0, **tolerances}
    return Checker(**values)

"""The output validator of a package: how outputs are judged, and whether it talks to programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.kinds import HELPER_LIMITS, MAX_PASSES, CheckerProgram
from judgecore.limits import MIB, MOST_MS, Limits
from judgecore.problem import MAX_MORE_CHECKERS
from judgecore.problems import programs
from judgecore.problems.reading import Source, positive, words

_WAYS = ("interactive", "multi-pass", "score")
_TYPES = ("pass-fail", "scoring", "interactive", "multi-pass", "submit-answer")
_IDLE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Judges:
    """What a package says. `checker` is None where outputs are compared.

    `more`: checkers that have to accept, too. `answers`: submissions are answers, and no programs.
    `static`: judges their source; `grader`: makes scores of groups.
    """

    checker: CheckerProgram | None = None
    interactive: bool = False
    passes: int = 1
    scoring: bool = False
    answers: bool = False
    static: CheckerProgram | None = None
    grader: CheckerProgram | None = None
    more: tuple[CheckerProgram, ...] = ()


def of_package(source: Source, path: Path, meta: dict[str, Any], flags: tuple[str, ...]) -> Judges:
    """The validator that problem.yaml and the folders ask for, or `InvalidPackage`."""
    if isinstance(meta.get("validation"), dict):
        place = source.at(path, "validation")
        raise InvalidPackage(f"{place}: validation: a mapping; must be words (custom interactive)")
    kind = words(path, "validation", meta.get("validation", "default"))
    types = words(path, "type", meta.get("type", "pass-fail"))
    if kind[:1] not in (["default"], ["custom"]) or set(kind[1:]) - set(_WAYS):
        raise InvalidPackage(f"{path}: validation: {' '.join(kind)!r:.60} is not supported")
    if unknown := [one for one in types if one not in _TYPES]:
        raise InvalidPackage(f"{path}: type: {unknown[0]!r:.60} is not supported")
    ways = {*kind[1:], *types}
    # Before 2023-07 `validation` decides; since, the folder alone says that there is a validator.
    legacy = str(meta.get("problem_format_version", "legacy")).startswith("legacy")
    found = _programs(source, path, kind[0] == "custom", legacy)
    needing = {"interactive", "multi-pass"} & ways
    if not found and needing:
        raise InvalidPackage(f"{path}: {min(needing)}: the package has no output validator")
    if len(found) > 1:
        _look_at_several(source, found, needing)
    answers = "submit-answer" in types
    if answers and needing:
        raise InvalidPackage(f"{path}: type: submit-answer and {min(needing)} exclude each other")
    passes = _passes(path, meta) if "multi-pass" in ways else 1
    checkers = [_checker(source, program, path, meta, flags, entry) for program, entry in found]
    return Judges(
        next(iter(checkers), None),
        "interactive" in ways,
        passes,
        "scoring" in types,
        answers,
        _own(source, path, meta, "static_validator"),
        _own(source, path, meta, "graders") if legacy else None,
        tuple(checkers[1:]),
    )


def _own(source: Source, path: Path, meta: dict[str, Any], name: str) -> CheckerProgram | None:
    """The program in a folder of that name: the folder is one, or holds one."""
    folder = source.root / name
    if not source.filled(name):
        return None
    inner = [one for one in folder.iterdir() if not one.name.startswith(".")]
    program = inner[0] if len(inner) == 1 and inner[0].is_dir() else folder
    return _checker(source, program, path, meta, ())


_Found = tuple[Path, str | None]  # a program, and the file in it that is started, if known


def _programs(source: Source, path: Path, custom: bool, legacy: bool) -> list[_Found]:
    """The output validators, in the order of their names; none where outputs are compared."""
    several = source.root / "output_validators"
    single = source.root / "output_validator"
    if source.filled(single.name):
        return [(single, None)]
    if not source.filled(several.name):
        if custom:
            raise InvalidPackage(f"{path}: validation: custom, and {several} is not there")
        return []
    if not custom and legacy:
        source.warn(several, "not used: validation in problem.yaml is 'default'")
        return []
    return _in_folder(source, several)


def _in_folder(source: Source, folder: Path) -> list[_Found]:
    """A file or folder each; files that belong together, which the format does not want, are one.

    DOMjudge takes the whole folder for one program.
    """
    found = sorted(one for one in folder.iterdir() if programs.is_program(one))
    folders = [one for one in found if one.is_dir()]
    if empty := [one for one in folders if not programs.holds_one(source, one)]:
        found = [one for one in found if one not in empty]
        for one in empty:
            source.warn(one, "not read: it holds no program in a known language")
    if not found or (len(found) > 1 and not folders and programs.has_script(folder)):
        return [(folder, None)]
    parts: list[Path] = []
    if 1 < len(found) <= 1 + MAX_MORE_CHECKERS:
        parts = programs.parts(source, [one for one in found if not one.is_dir()])
    if not parts:
        return [(one, None) for one in found]
    whole = [one for one in found if one not in parts]
    if len(whole) > 1 or folders:
        raise InvalidPackage(
            f"{parts[0]}: no validator, but a part of one; each belongs with its parts into a"
            " folder of its own"
        )
    return [(folder, whole[0].name if whole else None)]


def _look_at_several(source: Source, programs: list[_Found], needing: set[str]) -> None:
    """Programs that take part in the run cannot be several: each would need a run of its own."""
    found = [program for program, _ in programs]
    folder, count = found[0].parent, len(found)
    if needing:
        raise InvalidPackage(f"{folder}: {count} validators; {min(needing)} problems have one")
    if count > 1 + MAX_MORE_CHECKERS:
        most = 1 + MAX_MORE_CHECKERS
        raise InvalidPackage(f"{folder}: {count} validators; at most {most} are supported")
    if not any(one.is_dir() for one in found):
        source.warn(
            folder,
            f"{count} files, and so {count} validators, each of which must accept; those of one"
            " validator belong into a folder",
        )


def _checker(
    source: Source,
    program: Path,
    path: Path,
    meta: dict[str, Any],
    flags: tuple[str, ...],
    entry: str | None = None,
) -> CheckerProgram:
    code = programs.read(source, program, entry=entry)
    try:
        return CheckerProgram(
            language=code.language,
            source=code.source,
            files=code.files,
            entry=code.entry,
            arguments=flags,
            limits=_limits(path, meta),
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{program}: {exc}") from None


def _limits(path: Path, meta: dict[str, Any]) -> Limits:
    given = meta.get("limits")
    given = given if isinstance(given, dict) else {}
    changes: dict[str, int] = {}
    if (seconds := given.get("validation_time")) is not None:
        cpu_ms = min(round(positive(path, "limits.validation_time", seconds) * 1000), MOST_MS)
        changes |= {"cpu_ms": cpu_ms, "wall_ms": min(2 * cpu_ms, MOST_MS)}
        changes["idle_ms"] = min(_IDLE_MS, cpu_ms)
    for key, name in (("validation_memory", "memory_bytes"), ("validation_output", "output_bytes")):
        if (number := given.get(key)) is not None:
            changes[name] = round(positive(path, f"limits.{key}", number) * MIB)
    return HELPER_LIMITS.model_copy(update=changes)


def _passes(path: Path, meta: dict[str, Any]) -> int:
    given = meta.get("limits")
    value = given.get("validation_passes", 2) if isinstance(given, dict) else 2
    passes = positive(path, "limits.validation_passes", value)
    if passes != int(passes) or not 2 <= passes <= MAX_PASSES:
        raise InvalidPackage(
            f"{path}: limits.validation_passes: {passes:g} is not from 2 to {MAX_PASSES}"
        )
    return int(passes)

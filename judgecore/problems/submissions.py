"""The submissions of a package of the ICPC's formats, with their labels.

Folders have labels; since 2023-07 those are about each test, and submissions.yaml adds to them or
replaces them. DOMjudge's comments in a submission count in folders that have no label.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problems import programs
from judgecore.problems.globs import covers
from judgecore.problems.labels import ANY, FOUR, Bound, Expected, Labelled
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source, plain, shown, words

# What a folder permits the whole submission to get.
FOLDERS: dict[str, frozenset[str]] = {
    "accepted": frozenset(("AC",)),
    "partially_accepted": frozenset(("PS", "AC")),
    "slow_accepted": frozenset(("AC", "TLE")),
    "rejected": ANY - {"AC"},
    "wrong_answer": frozenset(("WA", "PE")),
    "presentation_error": frozenset(("PE", "WA")),
    "time_limit_exceeded": frozenset(("TLE",)),
    "run_time_error": frozenset(("RTE",)),
    "runtime_error": frozenset(("RTE",)),
    "memory_limit_exceeded": frozenset(("MLE",)),
    "output_limit_exceeded": frozenset(("OLE",)),
    "compile_error": frozenset(("CE",)),
    "compiler_error": frozenset(("CE",)),
    "brute_force": frozenset(("TLE", "RTE", "MLE")),
}
_BOUNDS: dict[str, Bound] = {"accepted": "lower", "time_limit_exceeded": "upper"}
# The folders whose labels are about each test since 2023-07.
_EACH = {
    "accepted": Expected(permitted=frozenset(("AC",))),
    "rejected": Expected(required=FOUR - {"AC"}),
    "wrong_answer": Expected(permitted=frozenset(("AC", "WA")), required=frozenset(("WA",))),
    "time_limit_exceeded": Expected(
        permitted=frozenset(("AC", "TLE")), required=frozenset(("TLE",))
    ),
    "run_time_error": Expected(permitted=frozenset(("AC", "RTE")), required=frozenset(("RTE",))),
    "brute_force": Expected(
        permitted=frozenset(("AC", "RTE", "TLE")), required=frozenset(("RTE", "TLE"))
    ),
}
# DOMjudge's names, as @EXPECTED_RESULTS@ has them.
_NAMES = {
    "CORRECT": "AC",
    "ACCEPTED": "AC",
    "WRONG-ANSWER": "WA",
    "TIMELIMIT": "TLE",
    "TIME-LIMIT-EXCEEDED": "TLE",
    "RUN-ERROR": "RTE",
    "RUN-TIME-ERROR": "RTE",
    "COMPILER-ERROR": "CE",
    "NO-OUTPUT": "WA",
    "OUTPUT-LIMIT": "OLE",
    "CHECK-MANUALLY": "",
}
_EXPECTED = re.compile(rb"@EXPECTED_(RESULTS|SCORE)@:[ \t]*([^\r\n]*)")
_NUMBER = re.compile(r"\s*[-+.\d]")
_OF_PROGRAM = ("language", "entrypoint", "authors", "model_solution")
_OF_TESTS = ("permitted", "required", "score", "message", "use_for_time_limit")
_CODE = re.compile(r"[a-z][a-z0-9+#_.-]*")
_LEFT_OUT = (".disabled", ".template")  # as BAPCtools marks what is not to be judged
_LANGUAGES = {"python3": "python", "python2": "python2", "c++": "cpp"}


def read(source: Source, *, each_test: bool, answers: bool = False) -> list[Labelled]:
    """Every submission of the package, folder by folder.

    `each_test`: since 2023-07. `answers`: they are answers, in zips or folders, and no programs.
    """
    top = source.root / "submissions"
    if not top.is_dir():
        return []
    said = _Said(source, top / "submissions.yaml")
    found = []
    inside = sorted(source.inside(top).iterdir())
    for path in inside:
        if path.is_file() and programs.is_program(path):
            source.warn(path, "not judged: it is in no folder that says what is expected of it")
    for folder in (path for path in inside if path.is_dir()):
        for path in sorted(source.inside(folder).iterdir()):
            if path.suffix in _LEFT_OUT:
                source.warn(path, f"not judged: its name ends with {path.suffix}")
            elif answers and (path.is_dir() or path.suffix == ".zip"):
                found.append(_labelled(source, path, said, each_test, answers=True))
            elif not answers and programs.is_program(path):
                found.append(_labelled(source, path, said, each_test))
            elif not path.name.startswith("."):
                source.warn(path, "not judged: no program in a known language")
    return found


class _Said:
    """What submissions.yaml says."""

    def __init__(self, source: Source, path: Path) -> None:
        self.path = path
        self._entries: dict[str, dict[str, Any]] = {}
        for pattern, given in source.settings(path).items():
            if not isinstance(given, dict):
                raise InvalidPackage(f"{source.at(path, pattern)}: {pattern}: not a mapping")
            entry = {str(key): value for key, value in given.items()}
            parts = [key for key in entry if _is_part(key)]
            source.know(path, set(entry) - set(parts), (*_OF_PROGRAM, *_OF_TESTS))
            language = entry.get("language")
            if language is not None and not _CODE.fullmatch(str(language)):
                raise InvalidPackage(
                    f"{source.at(path, 'language')}: {pattern}: language: {shown(language)} is no"
                    " language's code, such as python3"
                )
            for part in parts:
                if isinstance(entry[part], dict):
                    source.know(path, map(str, entry[part]), _OF_TESTS)
            self._entries[pattern] = entry

    def about(self, name: str) -> dict[str, dict[str, Any]]:
        """The entries whose pattern covers a submission."""
        return {glob: given for glob, given in self._entries.items() if covers(glob, name)}


def _is_part(key: str) -> bool:
    return key.split("/")[0] in ("sample", "secret", "*") or "/" in key


def _labelled(
    source: Source, path: Path, said: _Said, each_test: bool, answers: bool = False
) -> Labelled:
    folder = path.parent.name
    name = f"{folder}/{path.name}"
    entries = said.about(name)
    of_program: dict[str, Any] = {}
    for given in entries.values():
        of_program |= {key: given[key] for key in _OF_PROGRAM if key in given}
    code = programs.answers(source, path) if answers else _code(source, path, of_program)
    expected = [
        one for glob, given in entries.items() for one in _each(said.path, folder, glob, given)
    ]
    replaced = any(
        glob.strip("/") == folder and _about_tests(given) for glob, given in entries.items()
    )
    comment = {m[1]: m[2].decode("utf-8", "replace") for m in _EXPECTED.finditer(code.source)}
    permitted: frozenset[str] | None = None
    score = comment.get(b"SCORE")
    if score is not None and not _NUMBER.match(score):  # DOMjudge takes verdicts there, too
        comment.setdefault(b"RESULTS", score)
        score = None
    if b"RESULTS" in comment and folder not in FOLDERS:
        permitted = _results(path, comment[b"RESULTS"])
    elif not replaced and each_test and folder in _EACH:
        expected.insert(0, _EACH[folder])
    elif not replaced:
        permitted = FOLDERS.get(folder) if expected else _of_folder(source, path.parent)
    for given in entries.values():
        if "permitted" in given and (whole := _whole(said.path, given)):
            permitted = whole
    return Labelled(
        name,
        code,
        permitted,
        tuple(expected),
        None if score is None else _score(path, score),
        _BOUNDS.get(folder),
    )


def _of_folder(source: Source, folder: Path) -> frozenset[str]:
    """What a folder permits: anything, with a warning, where its name is no label."""
    if folder.name not in FOLDERS:
        source.warn(folder, "its name is no label: any verdict agrees")
    return FOLDERS.get(folder.name, ANY)


def _code(source: Source, path: Path, given: dict[str, Any]) -> Code:
    language = given.get("language")
    named = _LANGUAGES.get(str(language), str(language)) if language else None
    return programs.read(source, path, named, given.get("entrypoint"))


def _whole(path: Path, given: dict[str, Any]) -> frozenset[str]:
    """What it permits the whole to get, where it names verdicts that the format has not."""
    found = _verdicts(path, "permitted", given)
    return found if found - FOUR else frozenset()


def _about_tests(given: dict[str, Any]) -> bool:
    return any(key in given for key in ("permitted", "required"))


def _each(path: Path, folder: str, glob: str, given: dict[str, Any]) -> list[Expected]:
    """What one entry expects of all tests, and of parts of them."""
    inherited = _EACH.get(folder, Expected()) if glob.strip("/") == folder else Expected()
    found = []
    if _whole(path, given):
        found.append(_expected(path, Expected(bound=""), "", {**given, "permitted": None}))
    elif any(key in given for key in _OF_TESTS):
        found.append(_expected(path, inherited, "", given))
    for key, part in given.items():
        if _is_part(key):
            if not isinstance(part, dict):
                raise InvalidPackage(f"{path}: {glob}: {key}: not a mapping")
            found.append(_expected(path, Expected(), key, part))
    return found


def _expected(path: Path, inherited: Expected, part: str, given: dict[str, Any]) -> Expected:
    permitted = _verdicts(path, "permitted", given) or inherited.permitted
    required = _verdicts(path, "required", given) or inherited.required
    if not permitted & required:
        raise InvalidPackage(f"{path}: permitted and required have no verdict in common")
    score, used = given.get("score"), given.get("use_for_time_limit")
    if used not in (None, True, False, "lower", "upper"):
        raise InvalidPackage(f"{path}: use_for_time_limit: {shown(used)} is not known")
    return Expected(
        part,
        permitted,
        required,
        None if score is None else _score(path, score),
        str(given.get("message") or ""),
        inherited.bound if used in (None, True) else used or "",
    )


def _verdicts(path: Path, key: str, given: dict[str, Any]) -> frozenset[str]:
    found = words(path, key, given.get(key))
    if unknown := [one for one in found if one not in ANY]:
        raise InvalidPackage(f"{path}: {key}: {unknown[0]!r:.40} is no verdict")
    return frozenset(found)


def _results(path: Path, text: str) -> frozenset[str]:
    names = [name.strip().upper().replace("_", "-") for name in text.split(",")]
    if unknown := [name for name in names if name not in _NAMES]:
        raise InvalidPackage(f"{path}: @EXPECTED_RESULTS@: {unknown[0]!r:.40} is not known")
    found = frozenset(_NAMES[name] for name in names)
    return ANY if "" in found else found


def _score(path: Path, value: Any) -> tuple[Decimal, Decimal]:
    ends = value if isinstance(value, list) and len(value) == 2 else [value, value]
    try:
        low, high = (Decimal(str(one).strip()) for one in ends if plain(one))
        if not low <= high:
            raise ValueError(value)
    except (ArithmeticError, ValueError):
        raise InvalidPackage(f"{path}: score: {shown(value)} is not a score") from None
    return low, high

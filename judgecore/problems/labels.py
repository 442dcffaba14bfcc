"""The submissions of a package, and what each is expected to get."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problems import programs
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source, plain, shown, words
from judgecore.verdict import Verdict

_ANY = frozenset(("AC", "WA", "TLE", "RTE", "MLE", "OLE", "PS", "CE", "PE"))
# What a folder permits.
FOLDERS: dict[str, frozenset[str]] = {
    "accepted": frozenset(("AC",)),
    "partially_accepted": frozenset(("PS", "AC")),
    "rejected": _ANY - {"AC"},
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
}
_EXPECTED = re.compile(rb"@EXPECTED_(RESULTS|SCORE)@:[ \t]*([^\r\n]*)")
_KEYS = """
    language entrypoint authors model_solution permitted required score message
    use_for_time_limit
"""
_OWN = {Verdict.RE: "RTE", Verdict.OK: "AC"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A submission and its label. `permitted`: verdicts in the format's words, for the whole.

    `score`: the least and the most, where the label says so.
    """

    name: str
    code: Code
    permitted: frozenset[str]
    score: tuple[Decimal, Decimal] | None = None

    def agrees(self, verdict: Verdict, score: Decimal | None) -> bool:
        """Whether that is what was expected."""
        in_range = self.score is None or (
            score is not None and self.score[0] <= score <= self.score[1]
        )
        return word(verdict) in self.permitted and in_range


def word(verdict: Verdict) -> str:
    """The verdict in the words of the format."""
    return _OWN.get(verdict, str(verdict))


def read(source: Source) -> list[Labelled]:
    """Every submission of the package, folder by folder."""
    top = source.root / "submissions"
    if not top.is_dir():
        return []
    settings = source.settings(top / "submissions.yaml")
    found = []
    for folder in sorted(path for path in top.iterdir() if path.is_dir()):
        for path in sorted(filter(programs.is_program, folder.iterdir())):
            name = f"{folder.name}/{path.name}"
            found.append(_labelled(source, path, name, _of(settings, name)))
    return found


def _of(settings: dict[str, Any], name: str) -> dict[str, Any]:
    """What submissions.yaml says about one of them; later entries count."""
    found: dict[str, Any] = {}
    for pattern, given in settings.items():
        globs = _alternatives(pattern)
        if isinstance(given, dict) and any(_matches(name, one) for one in globs):
            found |= given
    return found


def _alternatives(pattern: str) -> list[str]:
    """`{a,b}` written out."""
    inside = re.search(r"\{([^{}]*)\}", pattern)
    if not inside:
        return [pattern]
    before, after = pattern[: inside.start()], pattern[inside.end() :]
    return [one for word in inside[1].split(",") for one in _alternatives(before + word + after)]


def _matches(name: str, pattern: str) -> bool:
    parts, globs = name.split("/"), pattern.strip("/").split("/")
    return len(globs) <= len(parts) and all(map(fnmatchcase, parts, globs))


def _labelled(source: Source, path: Path, name: str, given: dict[str, Any]) -> Labelled:
    where = source.root / "submissions" / "submissions.yaml"
    source.know(where, {key for key in given if "/" not in str(key)}, _KEYS.split())
    language = given.get("language")
    code = programs.read(
        source, path, _language(language) if language else None, given.get("entrypoint")
    )
    permitted = FOLDERS.get(path.parent.name, _ANY)
    said = {m[1]: m[2].decode("utf-8", "replace") for m in _EXPECTED.finditer(code.source)}
    if b"RESULTS" in said and path.parent.name not in FOLDERS:
        permitted = _results(path, said[b"RESULTS"])
    if "permitted" in given:
        permitted = frozenset(words(where, "permitted", given["permitted"]))
    if "required" in given and "permitted" not in given:
        permitted = permitted | frozenset(words(where, "required", given["required"]))
    score = given.get("score", said.get(b"SCORE"))
    return Labelled(name, code, permitted, None if score is None else _score(where, score))


def _language(name: Any) -> str:
    return {"python3": "python", "python2": "python2", "c++": "cpp"}.get(str(name), str(name))


def _results(path: Path, text: str) -> frozenset[str]:
    names = [name.strip().upper().replace("_", "-") for name in text.split(",")]
    if unknown := [name for name in names if name not in _NAMES]:
        raise InvalidPackage(f"{path}: @EXPECTED_RESULTS@: {unknown[0]!r:.40} is not known")
    return frozenset(_NAMES[name] for name in names)


def _score(path: Path, value: Any) -> tuple[Decimal, Decimal]:
    ends = value if isinstance(value, list) and len(value) == 2 else [value, value]
    try:
        low, high = (Decimal(str(one).strip()) for one in ends if plain(one))
    except (ArithmeticError, ValueError):
        raise InvalidPackage(f"{path}: score: {shown(value)} is not a score") from None
    return low, high

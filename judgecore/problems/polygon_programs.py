"""The programs of a package of Polygon: its checker, interactor and solutions.

Those that include testlib.h are compiled with the package's, or with the operator's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from judgecore.errors import InvalidPackage
from judgecore.kinds import CheckerProgram, Convention
from judgecore.problem import Checker, CheckerKind
from judgecore.problems import programs
from judgecore.problems.labels import Labelled
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source

NAME = "problem.xml"
# The standard checkers, where a package names one and does not hold its source.
_STANDARD = {
    **dict.fromkeys(("wcmp", "hcmp", "ncmp", "icmp"), Checker()),
    "lcmp": Checker(kind=CheckerKind.WORD_LINES),
    "fcmp": Checker(kind=CheckerKind.LINES),
    **dict.fromkeys(
        ("yesno", "nyesno", "caseicmp", "casencmp", "casewcmp"), Checker(case_sensitive=False)
    ),
    "uncmp": Checker(kind=CheckerKind.UNORDERED_TOKENS),
    **{
        name: Checker(kind=CheckerKind.FLOATS, absolute=near, relative=share)
        for name, near, share in (
            ("acmp", 1.5e-6, 0.0),
            ("dcmp", 1e-6, 1e-6),
            ("rcmp", 1.5e-6, 0.0),
            ("rcmp4", 1e-4, 1e-4),
            ("rcmp6", 1e-6, 1e-6),
            ("rcmp9", 1e-9, 1e-9),
        )
    },
}
_TAGS: dict[str, tuple[str, ...]] = {
    "main": ("AC",),
    "accepted": ("AC",),
    "rejected": ("WA", "TLE", "MLE", "RTE", "PE", "OLE", "PS"),
    "wrong-answer": ("WA", "PS"),
    "presentation-error": ("PE", "WA"),
    "time-limit-exceeded": ("TLE",),
    "time-limit-exceeded-or-accepted": ("TLE", "AC"),
    "time-limit-exceeded-or-memory-limit-exceeded": ("TLE", "MLE"),
    "memory-limit-exceeded": ("MLE",),
    "failed": ("RTE",),
}


def checker_of(source: Source, root: ElementTree.Element) -> Checker | CheckerProgram:
    """How outputs are judged: by a comparison, for a standard checker that cannot be compiled."""
    found = root.find("assets/checker")
    if found is None:
        raise InvalidPackage(f"{source.root / NAME}: assets: no checker")
    standard = found.get("name", "").removeprefix("std::").removesuffix(".cpp")
    place = found.find("source")
    path = None if place is None else source.root / place.get("path", "")
    code = programs.read(source, path) if path is not None and path.exists() else None
    if standard in _STANDARD and (code is None or programs.lacks_testlib(code)):
        source.warn(source.root / NAME, f"checker: compared as {standard} does")
        return _STANDARD[standard]
    if path is None:
        raise InvalidPackage(f"{source.root / NAME}: assets: the checker has no source")
    return _program(source, path)


def interactor_of(source: Source, root: ElementTree.Element) -> CheckerProgram | None:
    """What talks to submissions, if anything does."""
    place = root.find("assets/interactor/source")
    return None if place is None else _program(source, source.root / place.get("path", ""))


def _program(source: Source, path: Path) -> CheckerProgram:
    code = code_of(source, path)
    return CheckerProgram(
        convention=Convention.TESTLIB,
        language=code.language,
        source=code.source,
        files=code.files,
        entry=code.entry,
    )


def code_of(source: Source, path: Path) -> Code:
    """A program of the package, with the headers that lie beside it."""
    code = programs.read(source, path)
    beside = sorted(source.inside(path).parent.glob("*.h"))
    code = replace(code, files={**{one.name: source.data(one) for one in beside}, **code.files})
    if programs.lacks_testlib(code):
        raise InvalidPackage(
            f"{path}: includes testlib.h, which the package does not hold; name a folder that does"
            " by --include"
        )
    return code


def solutions_of(source: Source, root: ElementTree.Element) -> list[Labelled]:
    """The solutions, with the verdicts that are possible by their tags."""
    found = []
    for one in root.findall("assets/solutions/solution"):
        place, tag = one.find("source"), one.get("tag", "")
        if place is None or tag not in _TAGS:  # "do-not-run"
            continue
        path = source.root / place.get("path", "")
        code = programs.read(source, path)
        found.append(Labelled(place.get("path", ""), code, frozenset(_TAGS[tag])))
    return found


def main_name(root: ElementTree.Element) -> str:
    """The name of the main solution; empty where there is none."""
    found = root.find("assets/solutions/solution[@tag='main']/source")
    return "" if found is None else found.get("path", "")

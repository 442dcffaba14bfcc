"""Read a plain folder of tests: inputs and answers, paired by the names of their files.

    1.in 1.out                  or 1.ans, 1.a, 1.sol; also task.1.in, or task.in.1 and task.out.1
    input1.txt output1.txt      also in1 and out1, in.1 and out.1
    01 01.a                     as in Polygon's folder of tests
    1/input.txt 1/output.txt    a folder for each test; also input and output, in and out
    input/ output/              any of these, or files of the same name; also in/ and out/

All of that may also be in one folder `tests`, `test`, `testcases`, `testdata` or `data`. The time
limit may be in `.timelimit` or domjudge-problem.ini.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judgecore.errors import InvalidPackage
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems.programs import LANGUAGES
from judgecore.problems.reading import Source, line
from judgecore.problems.timelimit import given_seconds, ini

_ANSWERS = (".out", ".ans", ".a", ".sol")
_DIGITS = re.compile(r"(\d+)")
_BEGINS = re.compile(r"in(?:put)?(?![A-Za-z])")
_MIDDLE = re.compile(r"\.in\.(?=\d+$)")
_FOLDERS = ("tests", "test", "testcases", "testdata", "data")
# Settings of DMOJ, HydroOJ, sinol-make, tuack, UOJ and rbx: they may name checkers, limits, scores.
_SETTINGS = (
    "init.yml",
    "config.yaml",
    "config.yml",
    "conf.yaml",
    "conf.json",
    "problem.conf",
    "problem.rbx.yml",
)
_SIDES = (("input", "output"), ("inputs", "outputs"), ("in", "out"))
_ALONE = ("input.txt", "input", "in.txt", "in")  # in a folder for each test

FORMS = "1.in and 1.out, input1.txt and output1.txt, input/1.txt and output/1.txt, 1/in and 1/out"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A test: the name by which it is sorted, its input, and what may be its answer."""

    name: str
    input: Path
    answers: tuple[Path, ...]


def looks_like_one(folder: Path) -> bool:
    """Whether there is a test in the folder, or in one of its folders that hold tests."""
    return any(holds_tests(one) for one in _places(folder))


def load(source: Source, name: str) -> Problem:
    """The tests in the natural order of their names; lines are compared."""
    places = [one for one in _places(source.root) if holds_tests(one)]
    if places == [source.root]:
        for other in _inner(source.root):
            if holds_tests(other):
                source.warn(other, "not read: there are tests in the folder above")
    if len(places) != 1:
        found = " and ".join(f"{one.name}/" for one in places)
        said = f"tests in {found}: remove one" if places else f"no tests; expected {FORMS}"
        raise InvalidPackage(f"{source.root}: {said}")
    _look_at_settings(source, places[0])
    given = given_seconds(source, source.root, {})
    if given is None:
        source.warn(source.root, "no time limit is given there; 2 s are used")
    return Problem(
        slug=name or None,
        title=line(ini(source).get("name", "")),
        tests=tuple(_tests(source, list(_pairs(places[0])))),
        limits=Limits() if given is None else Limits(cpu_ms=round(1000 * given[1])),
        checker=Checker(kind=CheckerKind.LINES),
    )


def _look_at_settings(source: Source, place: Path) -> None:
    """Refuse settings of a format that is not read, which may change verdicts; lenient: warn."""
    for path in (one / name for one in {source.root, place} for name in _SETTINGS):
        if path.is_file():
            said = "settings of a format that is not read; with --lenient the tests are, alone"
            if source.strict:
                raise InvalidPackage(f"{path}: {said}")
            source.warn(path, "settings of a format that is not read, ignored")


def _tests(source: Source, pairs: list[_Pair]) -> Iterator[TestCase]:
    stems = [Path(pair.name).stem for pair in pairs]
    short = len(set(stems)) == len(stems)
    for pair in sorted(pairs, key=lambda pair: _natural(pair.name)):
        if not pair.answers:
            raise InvalidPackage(f"{pair.input}: an input without an answer")
        for other in pair.answers[1:]:
            source.warn(other, f"not read: {pair.answers[0].name} is the answer")
        yield TestCase(
            name=Path(pair.name).stem if short else pair.name,
            input=source.data(pair.input),
            expected=source.data(pair.answers[0]),
        )


def _places(folder: Path) -> list[Path]:
    """Where tests may be; those in the folder itself come before those in a folder of its own."""
    return [folder] if holds_tests(folder) else _inner(folder)


def _inner(folder: Path) -> list[Path]:
    return [folder / name for name in _FOLDERS if (folder / name).is_dir()]


def holds_tests(folder: Path) -> bool:
    """Whether an input in this folder has an answer."""
    return any(pair.answers for pair in _pairs(folder))


def _pairs(folder: Path) -> Iterator[_Pair]:
    """Every input in the folder, with its answers: files, else folders."""
    found = list(_beside(folder))
    if any(pair.answers for pair in found):
        yield from found
        return
    for inputs, outputs in _SIDES:
        if (folder / inputs).is_dir() and (folder / outputs).is_dir():
            yield from _across(folder / inputs, folder / outputs)
            return
    for inner in folder.iterdir():
        if inner.is_dir():
            yield from _alone(inner)


def _beside(folder: Path) -> Iterator[_Pair]:
    """Inputs with their answers beside them. A file that needs one to be an input may have none."""
    for path in folder.iterdir():
        if path.is_file():
            answers = _existing(folder, path.name)
            if answers or path.suffix == ".in":
                yield _Pair(path.name, path, answers)


def _across(inputs: Path, outputs: Path) -> Iterator[_Pair]:
    """Inputs in one folder, answers in another: of the same name, or of one that says so."""
    for path in inputs.iterdir():
        if path.is_file() and not path.name.startswith("."):
            same = (outputs / path.name,) if (outputs / path.name).is_file() else ()
            yield _Pair(path.name, path, same or _existing(outputs, path.name))


def _alone(folder: Path) -> Iterator[_Pair]:
    """The test of a folder of its own, which has the folder's name."""
    names = [name for name in _ALONE if (folder / name).is_file()]
    found = [_Pair(folder.name, folder / name, _existing(folder, name)) for name in names]
    yield from [pair for pair in found if pair.answers] or found[:1]


def _existing(folder: Path, name: str) -> tuple[Path, ...]:
    """The answers that are in the folder for an input of that name."""
    return tuple(folder / one for one in _answers(name) if (folder / one).is_file())


def _answers(name: str) -> list[str]:
    """Names that the answer of an input may have; none where it is no input's name."""
    path = Path(name)
    if path.suffix == ".in":
        return [path.stem + ending for ending in _ANSWERS]
    if _MIDDLE.search(name):
        return [_MIDDLE.sub(".out.", name)]
    if (begins := _BEGINS.match(name)) and path.suffix not in LANGUAGES:
        rest = name[begins.end() :]
        return ["output" + rest] if len(begins[0]) > len("in") else ["out" + rest, "ans" + rest]
    return [f"{name}.a"] if name.isdigit() else []


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name)]

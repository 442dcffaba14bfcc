"""The tests of a package: data/sample and data/secret, with what their groups say.

A folder is a group, and its tests and groups come in the order of their names without endings.
A group's file (testdata.yaml, test_group.yaml since 2023-07) counts for the groups in it too, key
by key; a test may have a file of its own (`1.yaml` beside `1.in`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.problem import Checker, TestCase
from judgecore.problems.comparison import checker
from judgecore.problems.reading import Source, plain, shown, words
from judgecore.problems.static import static_test

MAX_TESTS = 10_000
_MAX_DEPTH = 20
_FLAGS = ("output_validator_flags", "output_validator_args")
_INPUT_FLAGS = ("input_validator_flags", "input_validator_args")
_OF_TESTS = """
    output_validator_flags output_validator_args args input_validator_args
    input_visualizer_args output_visualizer_args full_feedback hint description
"""
_OF_GROUPS = f"""{_OF_TESTS}
    on_reject grading grader_flags input_validator_flags accept_score reject_score range
    scoring static_validation max_score score_aggregation static_validation_score
    static_validator_args require_pass
"""
_LENIENT_GRADING = ("always_accept", "accept_if_any_accepted")
_SCORES = ("accept_score", "reject_score", "range")


@dataclass(frozen=True, slots=True)
class Flags:
    """The validator's flags, and the file that gives them.

    `arguments`: of the programs that are judged. `of_inputs`: flags of input validators by their
    names, "" for those of any name.
    `static`: the package has a static validator.
    `scored`: groups have scores. `may_lack_answers`: an interactor may not need them.
    """

    path: Path
    of_problem: tuple[str, ...] = ()
    of_group: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    of_inputs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    static: bool = False
    scored: bool = False
    may_lack_answers: bool = False

    def checker(self) -> Checker:
        """What they ask for."""
        return checker(self.path, (*self.of_problem, *self.of_group))

    def for_inputs(self, names: Iterable[str]) -> tuple[str, ...]:
        """The flags of an input validator that has one of these names."""
        wanted = ("", *names)
        return next((flags for name, flags in self.of_inputs if name in wanted), ())


def read(source: Source, of_problem: Flags) -> Iterator[tuple[TestCase, Flags]]:
    """Every test with the flags that hold for it, samples first."""
    data = source.root / "data"
    top = _group(source, data, of_problem)
    for name in ("sample", "secret"):
        if name == "sample" and not top.scored and _ignored(source, data):
            continue
        if (data / name).is_dir():
            yield from _tests(source, data / name, top, 0)
        elif (data / name).exists() or (data / name).is_symlink():
            raise InvalidPackage(f"{data / name}: not a folder")
    if data.is_dir() and (stray := sorted(source.inside(data).glob("*.in"))):
        source.warn(stray[0], "not a test there; tests lie in data/sample and data/secret")


def _ignored(source: Source, data: Path) -> bool:
    """Whether samples decide nothing, in a problem without scores."""
    for path, flag in (
        (data / "testdata.yaml", "ignore_sample"),
        (data / "sample" / "testdata.yaml", "always_accept"),
    ):
        if flag in words(path, "grader_flags", source.settings(path).get("grader_flags")):
            source.warn(path, f"grader_flags: {flag}: samples decide nothing, and are not judged")
            return True
    return False


def below(source: Source, folder: Path, above: Flags) -> Iterator[tuple[TestCase, Flags]]:
    """Every test in a folder of data and in those within it."""
    yield from _tests(source, folder, _group(source, source.root / "data", above), 0)


def _tests(
    source: Source, folder: Path, above: Flags, depth: int
) -> Iterator[tuple[TestCase, Flags]]:
    source.inside(folder)
    if depth > _MAX_DEPTH:
        raise InvalidPackage(f"{folder}: groups more than {_MAX_DEPTH} deep, or links in a ring")
    flags = _group(source, folder, above)
    if (test := static_test(source, folder, above.static, scored=above.scored)) is not None:
        yield test, flags
    for path in _entries(source, folder):
        if path.suffix == ".in" and not path.is_dir():
            yield _test(source, path, flags)
        else:
            yield from _tests(source, path, flags, depth + 1)


def _entries(source: Source, folder: Path) -> list[Path]:
    """The tests' inputs and the groups of a folder, in order."""
    found = []
    for path in folder.iterdir():
        if path.name.startswith("."):  # an editor's, or what macOS puts beside each file
            continue
        if path.is_dir():
            if path.suffix == ".files":  # belongs to a test
                continue
            found.append((path.name, 1, path))
        elif path.suffix == ".in":
            found.append((path.stem, 0, path))
        elif path.suffix == ".ans" and not _beside(path, ".in").exists():
            source.warn(path, "an answer without its .in; it is no test")
    return [path for *_, path in sorted(found)]


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name.removesuffix(path.suffix) + ending)


def _test(source: Source, path: Path, above: Flags) -> tuple[TestCase, Flags]:
    answer, own = _beside(path, ".ans"), _beside(path, ".yaml")
    lacks = not answer.exists() and not answer.is_symlink()
    if lacks and not above.may_lack_answers:
        raise InvalidPackage(f"{answer}: missing; every .in needs an .ans beside it")
    name = path.relative_to(source.root / "data").as_posix().removesuffix(".in")
    try:
        name.encode()
        test = TestCase(
            name=name,
            input=source.data(path),
            expected=None if lacks else source.data(answer),
            arguments=_arguments(source, path, above),
            files=_files(source, _beside(path, ".files")),
        )
    except UnicodeEncodeError:
        raise InvalidPackage(f"{path}: its name is not valid UTF-8"[:500]) from None
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: {exc}") from None
    return test, _with(source, own, source.settings(own), above, _OF_TESTS)


def _arguments(source: Source, path: Path, above: Flags) -> tuple[str, ...]:
    """A test's arguments; 2023-07-draft had them as words in a file of their own."""
    own, old = _beside(path, ".yaml"), _beside(path, ".args")
    if old.exists():
        above = replace(above, arguments=tuple(words(old, "arguments", source.text(old).strip())))
    return _with(source, own, source.settings(own), above, _OF_TESTS).arguments


def _files(source: Source, folder: Path) -> dict[str, bytes]:
    """What lies beside the program in one test."""
    if not folder.is_dir():
        return {}
    source.inside(folder)
    return {
        path.relative_to(folder).as_posix(): source.data(path)
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
    }


def _group(source: Source, folder: Path, above: Flags) -> Flags:
    for name in ("testdata.yaml", "test_group.yaml"):
        path = folder / name
        given = source.settings(path)
        if not above.scored:
            _refuse(source, path, given)
        _check_range(source, path, given.get("range", "-inf +inf"))
        above = _with(source, path, given, above, _OF_GROUPS)
    return above


def _check_range(source: Source, path: Path, given: Any) -> None:
    """Refuse a range of scores that is none. Scores outside it are no fault of a submission."""
    try:
        low, high = map(float, str(given).split() if plain(given) else ())
        right = low <= high
    except ValueError:
        right = False
    if not right:
        raise InvalidPackage(
            f"{source.at(path, 'range')}: range: {shown(given)} is not the lowest and the highest"
            " score, two numbers"
        )


def _with(source: Source, path: Path, given: dict[str, Any], above: Flags, known: str) -> Flags:
    """What holds where this file counts."""
    source.know(path, given, known.split())
    for key in _FLAGS:
        if key in given:
            above = replace(above, path=path, of_group=tuple(words(path, key, given[key])))
    for key in _INPUT_FLAGS:
        if key in given:
            above = replace(above, of_inputs=_by_validator(path, key, given[key]))
    if "args" in given:
        above = replace(above, arguments=tuple(words(path, "args", given["args"])))
    return above


def _by_validator(path: Path, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        return (("", tuple(words(path, key, value))),)
    return tuple((str(name), tuple(words(path, key, given))) for name, given in value.items())


def _refuse(source: Source, path: Path, given: dict[str, Any]) -> None:
    """Refuse a group that a pass-fail problem with the default grader does not have."""
    if given.get("grading", "default") != "default":
        raise InvalidPackage(
            f"{source.at(path, 'grading')}: grading: {shown(given['grading'])} is only supported"
            " in problems of the type scoring"
        )
    flags = words(path, "grader_flags", given.get("grader_flags"))
    if lenient := [flag for flag in flags if flag in _LENIENT_GRADING]:
        raise InvalidPackage(
            f"{source.at(path, 'grader_flags')}: grader_flags: {lenient[0]} is not supported in a"
            " problem without scores; every test must be passed"
        )
    if useless := [key for key in _SCORES if key in given]:
        source.warn(path, f"{', '.join(useless)}: ignored; the problem has no scores")
    if given.get("on_reject") == "continue" and "first_error" not in flags:
        source.warn(path, "on_reject: the verdict is that of the first test that fails")

"""Read a problem package: the ICPC's and Kattis's format, Polygon's, or a plain folder of tests.

    problem.yaml                 name, limits, validator flags, how it is judged
    data/sample/*.in, *.ans      tests, in the order of their names
    data/secret/**/*.in, *.ans
    data/**/testdata.yaml        flags and scores of groups (test_group.yaml since 2025)
    output_validator(s)/         the checker or interactor, where it has one of its own
    .timelimit                   seconds, where the time limit is not in problem.yaml;
    domjudge-problem.ini         else `timelimit` of this one

The folder may be a ZIP archive, and it may lie in another that holds nothing else. Read are the
versions legacy, legacy-icpc, 2023-07-draft and 2025-09.

Whatever would change a verdict and is not judged yet (static validators, included code, custom
graders) is refused. What changes none (statements, generators, validators of inputs) is not looked
at, and what is doubtful is told in `warnings`.

Format: https://icpc.io/problem-package-format/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.kinds import CheckerProgram, Interactive
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, Problem, TestCase
from judgecore.problems import labels, polygon, testdata
from judgecore.problems import plain as plain_tests
from judgecore.problems.archive import ENDINGS, unpacked
from judgecore.problems.grading import scored
from judgecore.problems.judges import of_package as judges_of
from judgecore.problems.labels import Labelled
from judgecore.problems.reading import Source, plain, positive, words
from judgecore.validation import as_bytes

_Reader = Callable[[Path, str], tuple[Problem, list[Labelled]]]
_DEFAULT_SECONDS = 2.0
_DEFAULT_MEMORY_MIB = 2048  # the format's own
_LEAST_MEMORY_MIB = 4  # what a run needs to start
_INI = re.compile(r"""^[ \t]*([\w-]+)[ \t]*=[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([^;\n]*))""", re.M)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What DOMjudge's own file may ask for beyond the format; the values are its defaults.
_INI_DEFAULTS = {"special_compare": "compare", "special_run": "run", "special_compare_args": ""}
_LIMITS = {"memory": "memory_bytes", "output": "output_bytes"}  # both in MiB
_VERSIONS = ("legacy", "legacy-icpc", "2023-07-draft", "2023-07", "2025-09-draft", "2025-09")
_KEYS = """
    problem_format_version type name uuid version author credits source source_url license
    rights_owner embargo_until limits validation validator_flags grading keywords languages
    allow_file_writing constants libraries difficulty
"""
_FOLDERS = {
    "static_validator": "static validators are not supported",
    "include": "code that is included with submissions is not supported; it has to be in each",
}


def load(path: Path) -> Problem:
    """Read a package; its slug is the folder's name, or the archive's without the ending.

    Raises `InvalidPackage`, whose message starts with the path at fault.
    """
    return _read(path, lambda folder, name: (_problem(folder, name), []))[0]


def load_all(path: Path, *, strict: bool) -> tuple[Problem, list[Labelled]]:
    """Read a package with its submissions. `strict`: keys that are not known are errors."""
    return _read(path, lambda folder, name: _load(folder, name, strict=strict))


def _read(path: Path, reader: _Reader) -> tuple[Problem, list[Labelled]]:
    try:
        if path.is_dir():
            return reader(_innermost(path), path.resolve().name)
        if path.is_file() and path.suffix.lower() in ENDINGS:
            with unpacked(path) as folder:
                found, labelled = reader(_innermost(folder), path.stem)
            here = tuple(line.replace(str(folder), str(path)) for line in found.warnings)
            return found.model_copy(update={"warnings": here}), labelled
    except OSError as exc:  # a folder that may not be looked into, a name that is too long
        raise InvalidPackage(f"{exc.filename or path}: {exc.strerror or exc}") from None
    if path.exists():
        raise InvalidPackage(f"{path}: neither a directory nor a .zip or .kpp archive")
    raise InvalidPackage(f"{path}: no such directory")


def is_package(path: Path) -> bool:
    """Whether it is there and looks like a package, rather than like the name of a problem."""
    return path.is_dir() or (path.suffix.lower() in ENDINGS and path.is_file())


def _innermost(folder: Path) -> Path:
    """Where the package is: here, or in the only folder here, as archives have it."""
    outer = folder
    while not _looks_like_one(folder, plain=folder in (outer, *outer.iterdir())):
        inner = [path for path in folder.iterdir() if not path.name.startswith(".")]
        if len(inner) != 1 or inner[0].is_symlink() or not inner[0].is_dir():
            return outer
        folder = inner[0]
    return folder


def _looks_like_one(folder: Path, *, plain: bool) -> bool:
    names = ("problem.yaml", "problem.yml", "data", polygon.NAME)
    return any((folder / name).exists() for name in names) or (
        plain and plain_tests.looks_like_one(folder)
    )


def _problem(folder: Path, name: str) -> Problem:
    return _load(folder, name, strict=False, labelled=False)[0]


def _load(
    folder: Path, name: str, *, strict: bool, labelled: bool = True
) -> tuple[Problem, list[Labelled]]:
    slug = _plain_text(name)[:200]
    is_icpc = any((folder / one).exists() for one in ("problem.yaml", "problem.yml", "data"))
    if not is_icpc and (folder / polygon.NAME).exists():
        return polygon.load(Source(folder, strict=strict), slug)
    if not is_icpc and plain_tests.looks_like_one(folder):
        source = Source(folder, strict=strict)
        return plain_tests.load(source, slug), labels.read(source) if labelled else []
    source, problem = _load_icpc(folder, slug, strict=strict)
    return problem, labels.read(source) if labelled else []


def _load_icpc(folder: Path, slug: str, *, strict: bool) -> tuple[Source, Problem]:
    path = folder / "problem.yaml"
    meta = Source(folder).settings(path)
    source = Source(folder, _constants(path, meta), strict=strict)
    _refuse_what_is_misnamed(folder)
    _refuse_what_is_not_judged_yet(source)
    _warn_of_what_is_ignored(source, path, meta)
    limits = _limits(source, path, meta)
    flags = tuple(words(path, "validator_flags", meta.get("validator_flags")))
    judges = judges_of(source, path, meta, flags)
    above = testdata.Flags(
        path, of_problem=flags, scored=judges.scoring, may_lack_answers=judges.interactive
    )
    tests, checker = _tests(source, above, judges.checker)
    _warn_of_answers_above(source, tests, limits)
    more: dict[str, Any] = {}
    if judges.scoring:
        more["total"], tests = scored(source, tests, not _version(meta).startswith("2025"))
    if judges.interactive:
        more["procedure"] = Interactive()
    try:
        problem = Problem(
            slug=slug or None,
            title=_title(meta, slug),
            tests=tests,
            limits=limits,
            checker=checker,
            passes=judges.passes,
            warnings=tuple(source.warnings),
            **more,
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: {exc}") from None
    return source, problem


def _refuse_what_is_misnamed(folder: Path) -> None:
    """A package whose settings have another name would be judged without them."""
    for path in folder.iterdir():
        name = path.name.lower()
        if name in ("problem.yml", "problem.yaml") and path.name != "problem.yaml":
            raise InvalidPackage(f"{path}: must be called problem.yaml")


def _refuse_what_is_not_judged_yet(source: Source) -> None:
    for name, said in _FOLDERS.items():
        if source.filled(name):
            raise InvalidPackage(f"{source.root / name}: {said}")


def _version(meta: dict[str, Any]) -> str:
    version = meta.get("problem_format_version", "legacy")
    return str(version) if plain(version) else "unknown"


def _warn_of_what_is_ignored(source: Source, path: Path, meta: dict[str, Any]) -> None:
    source.know(path, meta, _KEYS.split())
    if (version := _version(meta)) not in _VERSIONS:
        source.warn(path, f"problem_format_version: {version!r:.60} is not known")
    if meta.get("languages", "all") != "all":
        source.warn(path, "languages: not enforced; any language is judged")


def _title(meta: dict[str, Any], slug: str) -> str:
    name = meta.get("name", slug)
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), slug)
    if not plain(name):
        return slug
    return " ".join(_plain_text(str(name)).split()) or slug


def _plain_text(text: str) -> str:
    """As a database and a terminal want it."""
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode()


def _tests(
    source: Source, flags: testdata.Flags, program: CheckerProgram | None
) -> tuple[tuple[TestCase, ...], Checker | CheckerProgram]:
    """The tests, and the checker of most; the others carry their own, or its arguments."""
    found = []
    for one in testdata.read(source, flags):
        found.append(one)
        if len(found) > testdata.MAX_TESTS:
            raise InvalidPackage(f"{source.root / 'data'}: more than {testdata.MAX_TESTS} tests")
    if not found:
        raise InvalidPackage(
            f"{source.root / 'data'}: no tests; expected sample/*.in and secret/*.in"
        )
    if not any(str(test.name).startswith("secret/") for test, _ in found):
        source.warn(source.root / "data" / "secret", "no tests there, only samples")
    if program is not None:
        return tuple(_with_arguments(test, flags, program) for test, flags in found), program
    checkers = {flags: flags.checker() for flags in {flags for _, flags in found}}
    common = Counter(checkers[flags] for _, flags in found).most_common(1)[0][0]
    tests = tuple(
        test if checkers[flags] == common else test.model_copy(update={"checker": checkers[flags]})
        for test, flags in found
    )
    return tests, common


def _with_arguments(test: TestCase, flags: testdata.Flags, program: CheckerProgram) -> TestCase:
    arguments = (*flags.of_problem, *flags.of_group)
    if arguments == program.arguments:
        return test
    return test.model_copy(update={"checker_arguments": arguments})


def _constants(path: Path, meta: dict[str, Any]) -> dict[str, str]:
    """What stands for {{name}} in the files of groups."""
    given = meta.get("constants", {})
    if not isinstance(given, dict):
        raise InvalidPackage(f"{path}: constants: not a mapping")
    return {str(name): str(value) for name, value in given.items() if plain(value)}


def _limits(source: Source, path: Path, meta: dict[str, Any]) -> Limits:
    given = meta.get("limits", {})
    if not isinstance(given, dict):
        raise InvalidPackage(f"{path}: limits: not a mapping")
    given = {key: value for key, value in given.items() if value is not None}
    where, seconds = _seconds(source, path, given)
    said = {"cpu_ms": where}
    values = {"cpu_ms": round(seconds * 1000)}
    for name, key in _LIMITS.items():
        if name in given:
            said[key] = f"{path}: limits.{name}"
            values[key] = round(positive(path, f"limits.{name}", given[name]) * MIB)
    values["memory_bytes"] = _memory_bytes(source, path, values.get("memory_bytes"))
    try:
        return Limits(**values)
    except InvalidSubmission as exc:
        unit = exc.field.split("_")[-1]
        raise InvalidPackage(
            f"{said[exc.field]}: {values[exc.field]} {unit}: {exc.problem}"
        ) from None


def _memory_bytes(source: Source, path: Path, given: int | None) -> int:
    if given is None:
        return _DEFAULT_MEMORY_MIB * MIB
    if given < _LEAST_MEMORY_MIB * MIB:
        source.warn(
            path,
            f"limits.memory: {given} bytes; raised to {_LEAST_MEMORY_MIB} MiB, less than which"
            " starts no program",
        )
    return max(given, _LEAST_MEMORY_MIB * MIB)


def _seconds(source: Source, path: Path, limits: dict[str, Any]) -> tuple[str, float]:
    """The time limit, and where it is said. Where two places differ, the format's own counts."""
    found: list[tuple[str, float]] = []
    if "time_limit" in limits:
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
    if not found:
        source.warn(path, f"limits.time_limit: not given; {_DEFAULT_SECONDS:g} s are used")
        return f"{path}: limits.time_limit", _DEFAULT_SECONDS
    return found[0]


def _of_domjudge(source: Source) -> tuple[str, float] | None:
    path = source.root / "domjudge-problem.ini"
    if not path.exists():
        return None
    text = source.text(path).lstrip("\ufeff").replace("\r\n", "\n")
    given = {m[1]: (m[2] or m[3] or m[4] or "").strip() for m in _INI.finditer(text)}
    for key, default in _INI_DEFAULTS.items():
        if given.get(key, "") not in ("", default):
            raise InvalidPackage(f"{path}: {key}: {given[key]!r:.60} is not supported; remove it")
    if "timelimit" not in given:
        return None
    return f"{path}: timelimit", positive(path, "timelimit", given["timelimit"])


def _warn_of_answers_above(source: Source, tests: tuple[TestCase, ...], limits: Limits) -> None:
    for test in tests:
        if len(as_bytes(test.expected or "").rstrip()) > limits.output_bytes:
            source.warn(
                source.root / "data" / f"{test.name}.ans",
                f"larger than the output limit of {limits.output_bytes} bytes: nobody can be"
                " accepted; raise limits.output in problem.yaml",
            )

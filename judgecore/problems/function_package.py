"""Read and write a package of a function problem.

    function.toml     signature, comparison, limits, mode, and functions that submissions may call
    tests.jsonl       a test a line: {"args": [3, 4], "expect": 7, "sample": true}, of a class
                      {"ops": [["Stack", []], ["pop", []]], "expect": [null, 3]}; `secret` is what
                      the functions answer from that submissions may call
    problem.yaml      `name`, the title, if there is one
    submissions/      as in the ICPC's format

A test that is no sample is hidden. A line may have a `group` and a `name`, too.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.functions import Function, Kind
from judgecore.kinds import CheckerProgram, Convention
from judgecore.limits import MIB, Limits
from judgecore.problem import MAX_TEST_BYTES, MAX_TESTS, Checker, Problem, TestCase
from judgecore.problems import programs, submissions
from judgecore.problems.loaded import Package
from judgecore.problems.reading import Source, line
from judgecore.validation import as_text

NAME = "function.toml"
TESTS = "tests.jsonl"
_TABLES = {
    "signature": ("text",),
    "compare": ("kind", "absolute", "relative", "abs", "rel", "file", "convention"),
    "limits": ("cpu_ms", "total_cpu_ms", "memory_mb"),
    "mode": ("run", "order", "restarts"),
    "uses": ("functions", "queries", "class", "program"),
}
_TEST_KEYS = {"args", "ops", "expect", "sample", "group", "name", "secret"}
_Tables = dict[str, dict[str, Any]]


def looks_like_one(folder: Path) -> bool:
    """Whether it has a function.toml."""
    return (folder / NAME).exists()


def load(source: Source, slug: str, *, whole: bool = True) -> Package:
    """The problem, with its submissions where the `whole` is asked for; or `InvalidPackage`."""
    path = source.root / NAME
    given = _tables(source, path)
    meta = source.settings(source.root / "problem.yaml")
    limits, compare = given["limits"], given["compare"]
    program = _program(source, path, given["uses"])
    lines = dict(_tests(source, source.root / TESTS, secret=bool(given["uses"])))
    try:
        problem = Problem(
            slug=slug or None,
            title=line(str(meta.get("name", slug))),
            tests=tuple(lines.values()),
            limits=_limits(limits),
            checker=_checker(source, path, compare) or Checker(),
            harness=_function(given, program),
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{_at(source, path, lines, exc)}: {exc}") from None
    found = submissions.read(source, each_test=False) if whole else []
    return Package(problem, tuple(found)).warned(source)


def _at(source: Source, path: Path, lines: Mapping[int, TestCase], exc: InvalidSubmission) -> str:
    """The file that a complaint is about, with the line where that is known."""
    if exc.field == "tests":
        about = (n for n, test in lines.items() if exc.problem.startswith(f"{test.name}: "))
        number = next(about, None)
        return str(source.root / TESTS) + (f":{number}" if number else "")
    return source.at(path, exc.field.rpartition(".")[2] or "signature")


def _tables(source: Source, path: Path) -> _Tables:
    try:
        data = tomllib.loads(source.text(path))
    except tomllib.TOMLDecodeError as exc:
        raise InvalidPackage(f"{path}: not TOML: {exc}") from None
    source.know(path, data, _TABLES)
    found: _Tables = {}
    for name, keys in _TABLES.items():
        table = data.get(name, {})
        if name == "signature" and isinstance(table, str):
            table = {"text": table}
        if not isinstance(table, dict):
            raise InvalidPackage(f"{source.at(path, name)}: {name}: not a table")
        source.know(path, table, keys)
        found[name] = table
    if not isinstance(found["signature"].get("text"), str):
        raise InvalidPackage(f"{path}: signature: text is not given")
    return found


def _function(given: _Tables, program: CheckerProgram | None) -> Function:
    compare, mode = dict(given["compare"]), given["mode"]
    how = {
        "kind": compare.get("kind", "exact"),
        "absolute": compare.get("absolute", compare.get("abs")),
        "relative": compare.get("relative", compare.get("rel")),
    }
    if how["kind"] == "checker":
        how = {}
    elif how["kind"] not in tuple(Kind):
        kinds = ", ".join((*Kind, "checker"))
        raise InvalidSubmission("compare.kind", f"must be one of {kinds}")
    said = {
        "signature": given["signature"]["text"],
        "compare": {key: value for key, value in how.items() if value is not None},
        "mode": mode.get("run"),
        "order": mode.get("order"),
        "restarts": mode.get("restarts"),
        "total_cpu_ms": given["limits"].get("total_cpu_ms"),
        "uses": _uses(given["uses"], program),
    }
    return Function(**{key: value for key, value in said.items() if value is not None})


def _program(source: Source, path: Path, given: Mapping[str, Any]) -> CheckerProgram | None:
    """What answers queries, where a program does."""
    if (name := given.get("program")) is None:
        return None
    if not isinstance(name, str):
        raise InvalidPackage(f"{source.at(path, 'program')}: uses: program is not a file's name")
    code = programs.read(source, source.root / name)
    return CheckerProgram(
        language=code.language, source=code.source, files=code.files, entry=code.entry
    )


def _uses(given: Mapping[str, Any], program: CheckerProgram | None) -> dict[str, Any] | None:
    """`functions`: each its signature, or a table of `text` and `answer`."""
    if not given:
        return None
    said = {"functions": "functions", "queries": "queries", "class": "class_name"}
    found = {said[key]: value for key, value in given.items() if key in said}
    found["program"] = program
    if isinstance(given.get("functions"), list):
        found["functions"] = [_offered(one) for one in given["functions"]]
    return found


def _offered(given: object) -> object:
    if not isinstance(given, dict):
        return {"signature": given}
    return {"signature" if key == "text" else key: value for key, value in given.items()}


def _limits(given: Mapping[str, Any]) -> Limits:
    said = {key: given[key] for key in ("cpu_ms",) if key in given}
    if isinstance(memory := given.get("memory_mb"), int):
        said["memory_bytes"] = memory * MIB
    elif memory is not None:
        raise InvalidSubmission("memory_mb", "not a whole number of MiB")
    return Limits(**said)


def _checker(source: Source, path: Path, given: Mapping[str, Any]) -> CheckerProgram | None:
    if given.get("kind") != "checker":
        return None
    if not isinstance(name := given.get("file"), str):
        raise InvalidPackage(f"{path}: compare: a checker needs its file")
    code = programs.read(source, source.root / name)
    convention = given.get("convention", Convention.EXIT)
    return CheckerProgram(
        convention=convention,
        language=code.language,
        source=code.source,
        files=code.files,
        entry=code.entry,
    )


# ---------------------------------------------------------------- tests


def _tests(source: Source, path: Path, *, secret: bool) -> Iterator[tuple[int, TestCase]]:
    """The tests by their lines. `secret`: they have one."""
    counts = {"sample": 0, "secret": 0}
    for number, text in enumerate(source.text(path, 2 * MAX_TEST_BYTES).splitlines(), start=1):
        if not text.strip():
            continue
        if sum(counts.values()) == MAX_TESTS:
            raise InvalidPackage(f"{path}:{number}: more than {MAX_TESTS} tests")
        found = _object(path, number, text)
        if secret != ("secret" in found):
            said = "not given" if secret else "without [uses] no function answers from it"
            raise InvalidPackage(f"{path}:{number}: secret: {said}")
        kind = "sample" if found.get("sample") else "secret"
        counts[kind] += 1
        try:
            yield number, _test(found, f"{kind}/{found.get('name') or counts[kind]}")
        except InvalidSubmission as exc:
            raise InvalidPackage(f"{path}:{number}: {exc}") from None
    if not any(counts.values()):
        raise InvalidPackage(f"{path}: there is no test in it")


def _object(path: Path, number: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidPackage(f"{path}:{number}: not JSON: {exc}") from None
    if not isinstance(found, dict) or ("args" in found) == ("ops" in found):
        raise InvalidPackage(f"{path}:{number}: an object with args or ops is expected")
    if unknown := sorted(set(found) - _TEST_KEYS):
        raise InvalidPackage(f"{path}:{number}: {unknown[0]}: not known")
    return found


def _test(found: Mapping[str, Any], name: str) -> TestCase:
    given = found["args"] if "args" in found else found["ops"]
    expected = _json(found["expect"]) if "expect" in found else None
    if "secret" in found:
        given = {"args": given, "secret": found["secret"]}
    return TestCase(name=name, input=_json(given), expected=expected, group=found.get("group"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- writing


def write(problem: Problem, folder: Path, solution: str | None = None) -> None:
    """Write the package of a function problem; the folder must not be there yet, or be empty.

    `solution`: a program in Python, which must be accepted. Programs of the problem cannot be
    written.
    """
    function = problem.harness
    if not isinstance(function, Function) or problem.programs:
        raise InvalidPackage(f"{folder}: only function problems without programs are written so")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidPackage(f"{folder}: is there already, and not empty")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text("\n".join(_settings(problem, function)) + "\n", "utf-8")
    lines = (_json(_line(test, function)) for test in problem.tests)
    (folder / TESTS).write_text("".join(f"{one}\n" for one in lines), "utf-8")
    if problem.title:
        (folder / "problem.yaml").write_text(f"name: {json.dumps(problem.title)}\n", "utf-8")
    if solution is not None:
        accepted = folder / "submissions" / "accepted"
        accepted.mkdir(parents=True)
        (accepted / "solution.py").write_text(solution, "utf-8")


def _settings(problem: Problem, function: Function) -> Iterable[str]:
    compare = function.compare
    yield f"[signature]\ntext = {json.dumps(function.signature)}\n"
    yield f'[compare]\nkind = "{compare.kind}"'
    for name in ("absolute", "relative"):
        if value := getattr(compare, name):
            yield f"{name} = {value!r}"
    memory_mb = problem.limits.memory_bytes // MIB
    yield f"\n[limits]\ncpu_ms = {problem.limits.cpu_ms}\nmemory_mb = {memory_mb}"
    if function.total_cpu_ms is not None:
        yield f"total_cpu_ms = {function.total_cpu_ms}"
    yield f'\n[mode]\nrun = "{function.mode}"\norder = "{function.order}"'
    if (uses := function.uses) is not None:
        yield f'\n[uses]\nqueries = {uses.queries}\nclass = "{uses.class_name}"'
        for one in uses.functions:
            text = json.dumps(one.signature)
            yield f'[[uses.functions]]\ntext = {text}\nanswer = "{one.answer}"'


def _line(test: TestCase, function: Function) -> dict[str, Any]:
    operations = function.parsed.is_class and function.mode != "codec"
    given, more = json.loads(as_text(test.input)), {}
    if function.uses is not None:
        given, more = given["args"], {"secret": given["secret"]}
    found = {"ops" if operations else "args": given, **more}
    if test.expected is not None:
        found["expect"] = json.loads(as_text(test.expected))
    if not (test.name or "").startswith("secret"):
        found["sample"] = True
    return found if test.group is None else {**found, "group": test.group}

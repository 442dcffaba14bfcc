"""Read a task folder of CMS (IOI): task.yaml, input/, output/, gen/GEN, sol/, check/.

    task.yaml                    name, limits, named files, score type; older tasks have it outside,
                                 as NAME.yaml beside the folder NAME
    input/inputN.txt             the tests, with output/outputN.txt
    gen/GEN                      the tests line by line, in subtasks: `# ST: points`
    gen/generator.ENDING         makes the tests where input/ is not there (`cms_generated.py`)
    gen/valida.ENDING            says whether an input is good
    sol/grader.ENDING, sol/*.h   compiled with each submission
    check/checker.ENDING         a comparator; without one, lines of words are compared
    check/manager.ENDING         talks to the submission (Communication), which is compiled with
                                 sol/stub.ENDING
    sol/manager.ENDING           compiled with the two files of a submission (TwoSteps)

In tasks of the type OutputOnly submissions are answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.groups import Scoring
from judgecore.kinds import (
    MAX_PROCESSES,
    Batch,
    CheckerProgram,
    Convention,
    Included,
    Interactive,
    Procedure,
    SubmitAnswer,
    Support,
    TwoSteps,
)
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems import cms_generated, programs
from judgecore.problems.cms_generated import Row
from judgecore.problems.labels import ANY, Labelled
from judgecore.problems.loaded import Package, Recipe
from judgecore.problems.reading import Source, line, plain, positive, shown
from judgecore.problems.subtasks import Member, subtasks

NAME = "task.yaml"
# The format's Italian names count as well.
_ITALIAN = {
    "nome_breve": "name",
    "nome": "title",
    "timeout": "time_limit",
    "memlimit": "memory_limit",
}
_KEYS = """
    name title time_limit memory_limit infile outfile n_input output_only task_type score_type
    score_type_parameters total_value public_testcases feedback_level score_mode score_precision
    primary_language statement user_io num_processes submission_format compilation comparison
    max_submission_number max_user_test_number min_submission_interval min_user_test_interval
    token_mode token_initial token_gen_initial token_gen_number token_gen_interval token_max
    token_max_number token_min_interval token_gen_max token_total risultati difficulty syllabuslevel
    auxiliary correttore diff nome_breve nome timeout memlimit year authors tags attachments
"""
_BATCH, _ANSWERS, _COMMUNICATION, _TWO_STEPS = "Batch", "OutputOnly", "Communication", "TwoSteps"
# What is compiled with a submission, by the type of the task.
_COMPILED_WITH = {_BATCH: "grader", _COMMUNICATION: "stub", _TWO_STEPS: "manager"}
_STREAMS: dict[str, Literal["stdio", "fifos"]] = {"std_io": "stdio", "fifo_io": "fifos"}
_INPUT = re.compile(r"input(\d+)\.txt")
_OURS = ("grader", "stub", "manager", "checker", "correttore")  # a submission is none of these


def looks_like_one(folder: Path) -> bool:
    """Whether it has what CMS's task folders have; older tasks have NAME.yaml beside them."""
    return (folder / NAME).exists() or (beside(folder).is_file() and (folder / "input").is_dir())


def beside(folder: Path) -> Path:
    """Where the settings of older tasks are."""
    folder = folder.absolute()
    return folder.parent / f"{folder.name}.yaml"


def load(source: Source, name: str) -> Package:
    """The task and its solutions, or `InvalidPackage`."""
    path = source.root / NAME
    if not path.exists() and source.beside is not None:
        path = source.beside
    given = source.settings(path)
    source.know(path, given, _KEYS.split())
    given = {_ITALIAN.get(key, key): value for key, value in given.items()}
    kind = _kind(source, path, given)
    answers = kind == _ANSWERS
    inputs, rows = _inputs(source)
    groups, members = subtasks(source, path, given, inputs)
    harness = None if answers else _compiled_with(source, given, kind)
    try:
        problem = Problem(
            slug=name or None,
            title=line(str(given.get("title", given.get("name", name)))),
            tests=tuple(_tests(source, members, rows, kind)),
            limits=Limits() if answers else _limits(path, given),
            procedure=_procedure(source, path, given, kind),
            checker=Checker() if kind == _COMMUNICATION else _checker(source),
            total=Scoring(groups=groups),
            harness=harness,
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: {exc}") from None
    found = () if answers else tuple(_solutions(source))
    recipes = _recipes(source, kind, members, rows)
    main = cms_generated.main(source, harness) if recipes and kind == _BATCH else None
    if recipes and kind == _BATCH and main is None:
        raise InvalidPackage(
            f"{source.root / 'output'}: answers are missing, and there is no sol/solution that"
            " would make them"
        )
    checked = tuple(cms_generated.validators(source, problem.tests))
    return Package(problem, found, checked, recipes=recipes, main=main).warned(source)


def _kind(source: Source, path: Path, given: dict[str, Any]) -> str:
    """The type of the task; one with a manager is Communication also where it does not say so."""
    kind = str(given.get("task_type", _BATCH))
    if given.get("output_only"):
        return _ANSWERS
    if "task_type" not in given and any(_beside_checker(source, "manager")):
        return _COMMUNICATION
    if kind not in (*_COMPILED_WITH, _ANSWERS):
        raise InvalidPackage(
            f"{source.at(path, 'task_type')}: tasks of the type {kind:.40} are not supported"
        )
    return kind


def _procedure(source: Source, path: Path, given: dict[str, Any], kind: str) -> Procedure:
    if kind == _COMMUNICATION:
        return _communication(source, path, given)
    if kind == _TWO_STEPS:
        return TwoSteps()
    return SubmitAnswer() if kind == _ANSWERS else _batch(path, given)


def _communication(source: Source, path: Path, given: dict[str, Any]) -> Interactive:
    if (manager := _program(source, "manager")) is None:
        raise InvalidPackage(f"{source.root / 'check'}: manager: its source is not there")
    streams = str(given.get("user_io") or "fifo_io")
    if streams not in _STREAMS:
        raise InvalidPackage(f"{source.at(path, 'user_io')}: user_io: {streams!r:.40} is not known")
    processes = given.get("num_processes", 1)
    if type(processes) is not int or not 1 <= processes <= MAX_PROCESSES:
        raise InvalidPackage(
            f"{source.at(path, 'num_processes')}: num_processes: {shown(processes)} is not from 1"
            f" to {MAX_PROCESSES}"
        )
    return Interactive(interactor=manager, processes=processes, streams=_STREAMS[streams])


def _batch(path: Path, given: dict[str, Any]) -> Batch:
    return Batch(
        input_file=_file(path, given, "infile", "input.txt"),
        output_file=_file(path, given, "outfile", "output.txt"),
    )


def _file(path: Path, given: dict[str, Any], key: str, default: str) -> str | None:
    """A named file; CMS says by an empty name that it is stdin or stdout."""
    if key not in given:
        return default
    if not plain(given[key]):
        raise InvalidPackage(f"{path}: {key}: {shown(given[key])} is no name of a file")
    return str(given[key]) or None


def _limits(path: Path, given: dict[str, Any]) -> Limits:
    if "time_limit" not in given:
        raise InvalidPackage(f"{path}: time_limit: missing; CMS computes none")
    changes = {"cpu_ms": round(1000 * positive(path, "time_limit", given["time_limit"]))}
    if "memory_limit" in given:
        mib = positive(path, "memory_limit", given["memory_limit"])
        changes["memory_bytes"] = round(mib * MIB)
    return Limits(**changes)


Rows = dict[int, Row]  # by the numbers of tests, how inputs are made that are not there


def _inputs(source: Source) -> tuple[list[int], Rows]:
    """The numbers of the tests, in order, and how they are made where they are not there."""
    folder = source.root / "input"
    there = source.inside(folder).iterdir() if folder.is_dir() else ()
    found = (_INPUT.fullmatch(path.name) for path in there)
    numbers = sorted(int(match[1]) for match in found if match)
    if numbers:
        return numbers, {}
    if not (rows := cms_generated.rows(source)):
        raise InvalidPackage(f"{folder}: no tests; expected input0.txt and so on, or gen/GEN")
    return list(range(len(rows))), dict(enumerate(rows))


def _tests(source: Source, members: list[Member], rows: Rows, kind: str) -> Iterator[TestCase]:
    """Every test in the subtask that it is in; one that is in several is there several times."""
    there: set[int] = set()
    for number, group in members:
        given = source.root / "input" / f"input{number}.txt"
        answer = _answer(source, number)
        if number in rows and (copied := rows[number].copied) is not None:
            given = copied
        made = number in rows and rows[number].copied is None
        known = number not in rows and (answer.exists() or kind != _BATCH)
        yield TestCase(
            name=f"{number:03d} ({group})" if number in there else f"{number:03d}",
            input=b"" if made else source.data(given),
            expected=source.data(answer) if known else b"",
            group=group,
        )
        there.add(number)


def _answer(source: Source, number: int) -> Path:
    return source.root / "output" / f"output{number}.txt"


def _recipes(source: Source, kind: str, members: list[Member], rows: Rows) -> dict[int, Recipe]:
    """How tests are made, by their places among all."""
    if rows and kind not in (_BATCH, _COMMUNICATION):
        raise InvalidPackage(
            f"{source.root / 'input'}: missing; in tasks of the type {kind} tests are not generated"
        )
    wanted = {n: rows[number] for n, (number, _) in enumerate(members) if number in rows}
    missing: set[int] = set()
    if kind == _BATCH and not rows:
        places = enumerate(members)
        missing = {n for n, (number, _) in places if not _answer(source, number).exists()}
    return cms_generated.recipes(source, wanted, missing)


def _checker(source: Source) -> Checker | CheckerProgram:
    if (found := _program(source, "checker")) is not None:
        return found
    return Checker(kind=CheckerKind.WORD_LINES)


def _program(source: Source, stem: str) -> CheckerProgram | None:
    """A comparator or a manager; None where there is none, not even a compiled one."""
    for path in _beside_checker(source, stem):
        if path.suffix in programs.LANGUAGES:
            code = programs.read(source, path)
            files = {one.name: source.data(one) for one in sorted(path.parent.glob("*.h"))}
            return CheckerProgram(
                convention=Convention.CMS,
                language=code.language,
                source=code.source,
                files={**files, **code.files},
            )
    for path in _beside_checker(source, stem):
        raise InvalidPackage(f"{path}: only compiled; its source is needed")
    return None


def _beside_checker(source: Source, stem: str) -> Iterator[Path]:
    """The files of that name where comparators and managers lie."""
    for folder, name in (("check", stem), ("cor", "correttore" if stem == "checker" else stem)):
        known = (name, *(f"{name}{ending}" for ending in programs.LANGUAGES))
        found = (source.root / folder / one for one in known)
        yield from sorted((path for path in found if path.exists()), reverse=True)


def _compiled_with(source: Source, given: dict[str, Any], kind: str) -> Included | None:
    """What is compiled with each submission, by language."""
    folder, stem, name = source.root / "sol", _COMPILED_WITH[kind], str(given.get("name", ""))
    if not folder.is_dir():
        return None
    found = [path for path in sorted(folder.glob(f"{stem}.*")) if programs.is_program(path)]
    headers = {path.name: source.data(path) for path in sorted(folder.glob("*.h"))}
    made: dict[str, Support] = {}
    for path in found:
        own = headers if path.suffix in (".c", ".cpp", ".cc") else {}
        files = {path.name: source.data(path), **own}
        made[programs.LANGUAGES[path.suffix]] = Support(files=files, entry=path.name)
    if not made:
        return None
    named = kind != _TWO_STEPS and re.fullmatch(r"\w{1,60}", name)
    return Included(by_language=made, source_name=name if named else None)


def _solutions(source: Source) -> Iterator[Labelled]:
    """The official solution must be accepted; of others the format says nothing."""
    folder = source.root / "sol"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if programs.is_program(path) and path.stem not in _OURS:
            permitted = frozenset(("AC",)) if path.stem in cms_generated.MAIN else ANY
            yield Labelled(f"sol/{path.name}", programs.read(source, path), permitted)

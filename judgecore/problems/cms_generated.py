"""What gen/ of a task of CMS is for: gen/GEN, a test a line, gen/generator.* and gen/valida.*.

    # ST: points        begins a subtask (`subtasks.py`)
    # COPY: path        a file of the task is the input
    words               the arguments of the generator, whose output is the input

Answers are made by the official solution, with the task's grader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from judgecore.errors import InvalidPackage
from judgecore.kinds import Included
from judgecore.problem import MAX_TESTS, TestCase
from judgecore.problems import programs
from judgecore.problems.loaded import InputValidator, Recipe
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source
from judgecore.validation import as_bytes

_GENERATORS = ("generator", "generatore")
_VALIDATORS = ("valida", "validator", "validatore")
_SUBTASK = re.compile(r"subtask(\d+)")
MAIN = ("solution", "soluzione")
_COPIED = re.compile(r"#\s*COPY:\s*(.+)")
_MODULES = (".py", ".h", ".hpp")


@dataclass(frozen=True, slots=True)
class Row:
    """How one input is made: a copy, else what the generator prints for these arguments."""

    copied: Path | None
    arguments: tuple[str, ...]


def rows(source: Source) -> list[Row]:
    """A row for each test, in their order; none without gen/GEN."""
    path = source.root / "gen" / "GEN"
    found = list(islice(_rows(source, path), MAX_TESTS + 1)) if path.exists() else []
    if len(found) > MAX_TESTS:
        raise InvalidPackage(f"{path}: more than {MAX_TESTS} tests")
    return found


def _rows(source: Source, path: Path) -> Iterator[Row]:
    for number, text in enumerate(source.text(path).splitlines(), 1):
        if copied := _COPIED.match(text.strip()):
            place = source.root / copied[1].strip()
            if not source.inside(place).is_file():
                raise InvalidPackage(f"{path}:{number}: COPY: {copied[1]!r:.100} is not there")
            yield Row(place, ())
        elif arguments := text.partition("#")[0].split():
            yield Row(None, tuple(arguments))


def recipes(source: Source, found: Mapping[int, Row], missing: set[int]) -> dict[int, Recipe]:
    """How tests are made, by their places. `missing`: only their answers are not there."""
    generator = _generator(source) if any(row.copied is None for row in found.values()) else None
    made = {n: Recipe() for n in missing}
    for n, row in found.items():
        made[n] = Recipe() if row.copied else Recipe(generator, row.arguments)
    return made


def _generator(source: Source) -> Code:
    folder = source.root / "gen"
    for code in _programs(source, _GENERATORS):
        return code
    raise InvalidPackage(
        f"{source.root / 'input'}: missing; the task's inputs have to be generated first, and"
        f" {folder} has no program for it, generator.cpp or another"
    )


def validators(source: Source, tests: Iterable[TestCase]) -> Iterator[InputValidator]:
    """What gen/ has to check inputs with: a program that gets the input's name, and the number of
    the test's subtask where gen/GEN has subtasks."""
    numbers = {str(test.name): _SUBTASK.fullmatch(test.group or "") for test in tests}
    arguments = {name: (found[1],) for name, found in numbers.items() if found}
    for code in _programs(source, _VALIDATORS):
        yield InputValidator(code.path.name, code, accepts=0, by_name=True, arguments=arguments)


def _programs(source: Source, stems: tuple[str, ...]) -> Iterator[Code]:
    """The programs of gen/ with one of these names, each with the modules that lie beside it."""
    folder = source.root / "gen"
    beside = sorted(source.inside(folder).iterdir()) if folder.is_dir() else []
    for path in beside:
        if path.stem in stems and path.suffix in programs.LANGUAGES:
            code = programs.read(source, path)
            modules = [one for one in beside if one.suffix in _MODULES and one != path]
            files = {one.name: source.data(one) for one in modules}
            yield replace(code, files={**files, **code.files})


def main(source: Source, harness: Included | None) -> Code | None:
    """The official solution, with the grader of its language."""
    folder = source.root / "sol"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    official = [path for path in found if path.stem in MAIN and programs.is_program(path)]
    for path in sorted(official, key=lambda path: path.suffix not in (".cpp", ".cc", ".c")):
        code = programs.read(source, path)
        if harness is None:
            return code
        if (support := harness.by_language.get(code.language)) is not None and support.entry:
            files = {name: as_bytes(content) for name, content in support.files.items()}
            own = f"{harness.source_name or path.stem}{path.suffix}"
            begun = files.pop(support.entry)
            files |= {own: code.source, **code.files}
            return replace(code, source=begun, files=files, entry=support.entry)
    return None

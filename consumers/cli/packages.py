"""`judgecore problem`: new, import and export: packages on disk, without a database."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from consumers.cli.options import DatabaseOption
from consumers.cli.problems import problem, read_json, stored
from judgecore.cli.options import FormatOption, IncludeOption, JsonFlag, LenientFlag
from judgecore.cli.show import foreign, out, print_json, warn
from judgecore.errors import InvalidConfig, InvalidPackage, InvalidSubmission
from judgecore.functions import Function, parse
from judgecore.languages.stubs import stubs_of
from judgecore.problem import Problem
from judgecore.problems import exporting, function_package, labels_out, package, skeleton
from judgecore.problems.foreign_functions import (
    left_out,
    problem_from,
    row_name,
    row_of,
    rows,
)
from judgecore.problems.loaded import Package
from judgecore.problems.package import Format
from judgecore.problems.row_extras import SAMPLES, solution_of, with_samples

ToOption = Annotated[
    Path | None,
    typer.Option("--to", help="Folder to write, which must not be there; default: the slug."),
]


@problem.command()
def new(
    name: Annotated[Path, typer.Argument(help="Folder to write; its name is the problem's slug.")],
    function: Annotated[
        bool,
        typer.Option("--function", help="A function problem, in which a function is called."),
    ] = False,
) -> None:
    """Write the package of a small problem, to be changed: tests, statement and submissions."""
    skeleton.create(name, function=function)
    out.print(
        f"wrote {foreign(str(name))}; `judgecore verify {foreign(quote(str(name)))}` judges its"
        " submissions",
        soft_wrap=True,
    )


@problem.command("import")
def import_(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="PACKAGE", help="A package of any format, a .json or a .jsonl file."
        ),
    ],
    to: ToOption = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    samples: Annotated[
        int,
        typer.Option(
            "--samples",
            min=0,
            help="How many tests of a row are samples, the first ones, where the row does not say"
            " which are; the others are hidden.",
        ),
    ] = SAMPLES,
    as_json: JsonFlag = False,
) -> None:
    """Convert a package of any format, with its submissions, to the format 2025-09.

    A .json file may hold a function problem of another collection (docs/functions.md), a .jsonl
    file one in each line. Each becomes a package of a function problem, in a folder of its own,
    with the row's own solution in submissions/accepted/ where it has one.
    """
    if source.suffix.lower() in (".json", ".jsonl") and not source.is_dir():
        _write_functions(source, to, samples, as_json=as_json)
        return
    found = package.read(source, lenient=lenient, include=include, package_format=package_format)
    _write(package.with_default(found), to, found, as_json=as_json)


@problem.command()
def export(
    source: Annotated[
        str,
        typer.Argument(
            help="A package, a .json file as `judgecore problem get` writes it, or the name of a"
            " problem in the database."
        ),
    ],
    to: ToOption = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a problem as a package of the format 2025-09, without submissions."""
    found = _any(source, database, lenient, include, package_format)
    _write(found, to, None, as_json=as_json)


@problem.command()
def stub(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PROBLEM",
            help="A package, a .json file, the name of a problem in the database, or a signature.",
        ),
    ],
    language: Annotated[
        str, typer.Option("--language", "-l", help="A language, or `all` languages with a driver.")
    ] = "all",
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder to write files to; default: print them.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Print a stub for a function problem: the function or class with an empty body."""
    if "(" in source:
        signature = parse(source)
    else:
        function = _any(source, database).harness
        if not isinstance(function, Function):
            raise InvalidSubmission(source, "is no function problem")
        signature = function.parsed
    for one, text in stubs_of(signature, language):
        if to is not None:
            _create(to / f"{one.id}{Path(one.file).suffix}", text)
        elif language == "all":
            out.print(f"# {one.id}\n{text}", markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, end="")


def _create(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InvalidSubmission(str(path), "is there already; move it away first") from None


def _any(
    source: str,
    database: str | None,
    lenient: bool = False,
    include: Path | None = None,
    package_format: Format = Format.AUTO,
) -> Problem:
    """A problem from a package, from a .json file, or from the database."""
    path = Path(source)
    if path.suffix.lower() == ".json" and path.is_file():
        return read_json(path).model_copy(update={"slug": path.stem})
    if package.is_package(path):
        return package.load(path, lenient=lenient, include=include, package_format=package_format)
    try:
        return stored(source, database)
    except InvalidConfig as exc:
        raise InvalidConfig(f"{source}: no package is there; for the database: {exc}") from None


def _write_functions(source: Path, to: Path | None, samples: int, *, as_json: bool) -> None:
    """Write a package for each row, and warn of rows that cannot be read."""
    several = source.suffix.lower() == ".jsonl"
    written, refused, shortened = [], [], []
    for number, (where, text) in enumerate(rows(source).items(), start=1):
        folder = to or Path(source.stem)
        try:
            row = row_of(text)
            found = with_samples(row, problem_from(row), samples)
            if several:
                folder /= row_name(row, found, number)
            function_package.write(found, folder, solution_of(row))
        except InvalidPackage as exc:
            refused.append(f"{where}: {exc}")
            continue
        if missing := len(left_out(row)):
            shortened.append(f"{where}: {missing} statements of its tests were left out")
        written.append({"folder": str(folder), "title": found.title, "tests": len(found.tests)})
        if not as_json:
            out.print(f"wrote {foreign(str(folder))}: {len(found.tests)} tests", soft_wrap=True)
    if refused and not several:
        raise InvalidPackage(refused[0])
    warn([*shortened, *refused])
    if as_json:
        print_json(written if several else written[0])
    if refused:
        raise typer.Exit(1)


def _write(
    found: Problem, to: Path | None, with_submissions: Package | None, *, as_json: bool
) -> None:
    warn(found.warnings)
    folder = to or Path(found.slug or "problem")
    left_out: list[str] = []

    def extra(made: Path) -> None:
        if with_submissions is not None:
            left_out.extend(labels_out.write(with_submissions.submissions, made))

    exporting.write(found, folder, extra)
    warn(left_out)
    if as_json:
        print_json({"folder": str(folder), "title": found.title, "tests": len(found.tests)})
    else:
        out.print(f"wrote {foreign(str(folder))}: {len(found.tests)} tests", soft_wrap=True)

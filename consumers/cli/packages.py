"""`judgecore problem`: new, import and export: packages on disk, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from consumers.cli.options import DatabaseOption
from consumers.cli.problems import problem, read_json, stored
from judgecore.cli.options import IncludeOption, JsonFlag, LenientFlag
from judgecore.cli.show import foreign, out, print_json, warn
from judgecore.problem import Problem
from judgecore.problems import exporting, labels_out, package, skeleton
from judgecore.problems.loaded import Package

ToOption = Annotated[
    Path | None,
    typer.Option("--to", help="Folder to write, which must not be there; default: the slug."),
]


@problem.command()
def new(
    name: Annotated[Path, typer.Argument(help="Folder to write; its name is the problem's slug.")],
) -> None:
    """Write the package of a small problem, to be changed: tests, statement and submissions."""
    skeleton.create(name)
    out.print(
        f"wrote {foreign(str(name))}; `judgecore verify {foreign(str(name))}` judges its"
        " submissions",
        soft_wrap=True,
    )


@problem.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A package of any format.")],
    to: ToOption = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Convert a package of any format, with its submissions, to the format 2025-09."""
    found = package.read(source, lenient=lenient, include=include)
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
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a problem as a package of the format 2025-09, without submissions."""
    path = Path(source)
    if path.suffix.lower() == ".json" and path.is_file():
        found = read_json(path).model_copy(update={"slug": path.stem})
    elif package.is_package(path):
        found = package.load(path, lenient=lenient, include=include)
    else:
        found = stored(source, database)
    _write(found, to, None, as_json=as_json)


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

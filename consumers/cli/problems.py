"""`judgecore problem put` and `judgecore problem list`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from consumers.cli.options import DatabaseOption, address
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import foreign, out, print_json, table, warn
from judgecore.errors import InvalidSubmission
from judgecore.problem import Checker
from judgecore.problems import package

_SLUG = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
problem = typer.Typer(help="Store and list problems in the database.", no_args_is_help=True)


@problem.command()
def put(
    folder: Annotated[
        Path, typer.Argument(help="ICPC/Kattis problem package: a folder, or its .zip.")
    ],
    slug: Annotated[
        str | None,
        typer.Option(
            "--slug", help="Name in the database; default: the folder's name.", show_default=False
        ),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Store a package, or replace the stored problem with this slug; workers use it at once."""
    from consumers.postgres import PostgresStore

    found = package.load(folder)
    warn(found.warnings)
    name = _referable(slug or found.slug or "")
    if not isinstance(found.checker, Checker):
        raise InvalidSubmission("checker", "programs that check are not stored yet")
    store = PostgresStore(address("DATABASE_URL", database))
    try:
        store.add_problem(name, found)
    finally:
        store.close()
    if as_json:
        print_json({"slug": name, "title": found.title, "tests": len(found.tests)})
    else:
        out.print(f"stored {foreign(name)}: {foreign(found.title)}, {len(found.tests)} tests")


def _referable(slug: str) -> str:
    """The slug, if a message can name it."""
    if not _SLUG.fullmatch(slug):
        raise InvalidSubmission(
            "--slug",
            f"{slug!r:.60} cannot name a problem: use 1 to 200 characters, no control characters",
        )
    return slug


@problem.command("list")
def list_(database: DatabaseOption = None, as_json: JsonFlag = False) -> None:
    """List the problems in the database."""
    from consumers.postgres import PostgresStore

    store = PostgresStore(address("DATABASE_URL", database))
    try:
        found = store.problems()
    finally:
        store.close()
    if as_json:
        print_json(
            [
                {
                    "slug": one.slug,
                    "title": one.title,
                    "tests": one.tests,
                    "size_bytes": one.size_bytes,
                    "content_hash": one.content_hash,
                    "updated_at": one.updated_at.isoformat(),
                }
                for one in found
            ]
        )
        return
    shown = table("slug", "title", "tests", "KiB", "changed", folded=("title",))
    for one in found:
        shown.add_row(
            foreign(one.slug),
            foreign(one.title),
            str(one.tests),
            str(-(-one.size_bytes // 1024)),
            one.updated_at.strftime("%Y-%m-%d %H:%M"),
        )
    out.print(shown)

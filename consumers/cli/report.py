"""`judgecore report`: a verdict with the measurements of each test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import ValidationError

from consumers.cli.options import DatabaseOption, address
from judgecore import Result, page
from judgecore.cli.options import JsonFlag, read_text
from judgecore.cli.show import foreign, out, print_json, show_result
from judgecore.errors import InvalidSubmission
from judgecore.validation import invalid


def report(
    submission: Annotated[
        str,
        typer.Argument(
            help="Submission id, or a file written by `judgecore judge --json` (- for stdin)."
        ),
    ],
    to_html: Annotated[
        Path | None, typer.Option("--html", help="Write one self-contained HTML page to this file.")
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a verdict and the measurements of every test: a table, or an HTML page with plots."""
    result = _found(submission, database)
    if to_html is not None:
        try:
            to_html.write_text(page.html(result), "utf-8")
        except OSError as exc:
            raise InvalidSubmission("--html", f"{to_html}: {exc.strerror or exc}") from None
        out.print(f"wrote {to_html}")
    elif as_json:
        print_json({**result.model_dump(mode="json"), "reproduce": result.reproduce})
    else:
        show_result(result)
        if result.reproduce:
            out.print(foreign(f"reproduce: {result.reproduce}"), soft_wrap=True)


def _found(submission: str, database: str | None) -> Result:
    try:
        wanted = UUID(submission)
    except ValueError:
        return _read(submission)
    from consumers.postgres import PostgresStore

    store = PostgresStore.open(address("DATABASE_URL", database))
    try:
        result = store.result(wanted)
    finally:
        store.close()
    if result is None:
        raise InvalidSubmission("submission", f"{wanted} has no verdict in this database")
    return result


def _read(name: str) -> Result:
    text = read_text(Path(name))
    try:
        return Result.model_validate_json(text)
    except ValidationError as exc:
        raise InvalidSubmission(name, f"is not a result: {invalid(exc)}") from None

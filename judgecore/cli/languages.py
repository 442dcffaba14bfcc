"""`judgecore languages`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from judgecore import Judge, Submission, TestCase, Verdict
from judgecore.cli.options import EngineOption, JsonFlag, configured
from judgecore.cli.show import Exit, out, print_json, progress
from judgecore.errors import InfrastructureError
from judgecore.languages import Language, Registry
from judgecore.limits import Limits


def languages(
    ids: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Run each one's proving program.")] = False,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the languages; with --check prove that each one works here."""
    config = configured(engine)
    if not check:
        registry = Registry(config.languages)
        chosen = [registry.resolve(i) for i in ids] if ids else list(registry.values())
        rows = [language.model_dump(mode="json") for language in chosen]
    else:
        with Judge(config, slots=1) as a_judge:
            wanted = (
                [a_judge.registry.resolve(i) for i in ids]
                if ids
                else list(a_judge.registry.values())
            )
            with progress(len(wanted), "proving", quiet=as_json) as advance:
                rows = []
                for language in wanted:
                    rows.append(_prove(a_judge, language))
                    advance()
    if as_json:
        print_json({"languages": rows})
    else:
        _show_languages(rows, check)
    if check and not all(row["proved"] for row in rows):
        raise typer.Exit(Exit.NOT_ACCEPTED)


def _prove(a_judge: Judge, language: Language) -> dict[str, Any]:
    source, given, wanted = language.proof()
    row: dict[str, Any] = {"id": language.id, "name": language.name, "proved": False}
    submission = Submission(
        language=language.id,
        source=source,
        tests=(TestCase(input=given, expected=wanted),),
        limits=Limits(cpu_ms=10_000),
    )
    try:
        result = a_judge.judge(submission)
    except InfrastructureError as exc:
        return {**row, "problem": str(exc)}
    row |= {
        "proved": result.verdict is Verdict.AC,
        "start_ms": round(result.wall_ms, 1),
        "memory_bytes": result.memory_bytes,
    }
    if not row["proved"]:
        said = result.compile.output if result.compile else ""
        row["problem"] = f"{result.verdict} {said or result.tests[0].detail}".strip()
    return row


def _show_languages(rows: list[dict[str, Any]], check: bool) -> None:
    columns = (
        ("id", "name", "proved", "start_ms", "problem") if check else ("id", "name", "aliases")
    )
    table = Table(*columns, box=None)
    for row in rows:
        cells = (row.get(c, "") for c in columns)
        table.add_row(*(escape(", ".join(c) if isinstance(c, list) else str(c)) for c in cells))
    out.print(table)

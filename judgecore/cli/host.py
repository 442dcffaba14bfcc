"""`judgecore doctor`: the host."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.markup import escape
from rich.table import Table

from judgecore.cli.options import EngineOption, JsonFlag, configured
from judgecore.cli.show import Exit, out, print_json
from judgecore.doctor import Level, examine


def doctor(engine: EngineOption = None, as_json: JsonFlag = False) -> None:
    """Examine this host: what works, what does not, and what to do about it."""
    findings = list(examine(configured(engine)))
    if as_json:
        print_json({"findings": [asdict(f) for f in findings]})
    else:
        marks = {
            Level.OK: "[green]ok[/]",
            Level.WARNING: "[yellow]warning[/]",
            Level.ERROR: "[red]error[/]",
        }
        table = Table("subject", "", "finding", "remedy", box=None)
        for finding in findings:
            table.add_row(
                finding.subject, marks[finding.level], escape(finding.says), escape(finding.remedy)
            )
        out.print(table)
    if any(f.level is Level.ERROR for f in findings):
        raise typer.Exit(Exit.INFRASTRUCTURE)

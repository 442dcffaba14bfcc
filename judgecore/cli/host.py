"""`judgecore doctor` and `judgecore attack`: the host, and what it withstands."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from judgecore import Judge
from judgecore.attacks import Attack, Ending, Outcome, choose, left_behind, load, run
from judgecore.cli.commands import installed_findings
from judgecore.cli.options import EngineOption, JsonFlag, configured
from judgecore.cli.show import Exit, coloured, foreign, out, print_json, progress, table
from judgecore.doctor import Level, examine
from judgecore.engine import Tier

_COLOURS = {
    Ending.BLOCKED: "green",
    Ending.SUCCEEDED: "red",
    Ending.KNOWN_LIMITATION: "yellow",
    Ending.NOT_JUDGED: "yellow",
    Ending.LEFT_OUT: "yellow",
}
_ALWAYS_TOLD = (Ending.BLOCKED, Ending.SUCCEEDED)


def doctor(engine: EngineOption = None, as_json: JsonFlag = False) -> None:
    """Check this host: what works, what does not, and how to mend it."""
    findings = [*examine(configured(engine)), *installed_findings(os.environ)]
    if as_json:
        print_json({"findings": [asdict(f) for f in findings]})
    else:
        marks = {
            Level.OK: "[green]ok[/]",
            Level.WARNING: "[yellow]warning[/]",
            Level.ERROR: "[red]error[/]",
        }
        shown = table("subject", "", "finding", "remedy", folded=("finding", "remedy"))
        for finding in findings:
            shown.add_row(
                finding.subject, marks[finding.level], escape(finding.says), escape(finding.remedy)
            )
        out.print(shown)
    if any(f.level is Level.ERROR for f in findings):
        raise typer.Exit(Exit.INFRASTRUCTURE)


def attack(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(help="Families, names or patterns of attacks; default: all."),
    ] = None,
    engine: EngineOption = None,
    show_all: Annotated[bool, typer.Option("--all", help="Show blocked attacks too.")] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="List the attacks without running them.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run hostile programs on this host's engine and show which of them were blocked.

    Exit code 1 when an attack succeeded that this tier should block, or when processes, files,
    containers or control groups remain; 3 when an attack was too slow to be judged several times.
    """
    attacks = choose(load(), wanted or [])
    if listing:
        _list(attacks, as_json)
        return
    with Judge(configured(engine)) as judge:
        tier = judge.engine.tier
        mine = [a for a in attacks if a.concerns(tier)]
        with progress(len(mine), f"attacking ({tier})", quiet=as_json) as advance:
            outcomes = run(judge, mine, advance)
    left = left_behind()
    if as_json:
        rows = [asdict(o) for o in outcomes]
        print_json({"tier": tier, "attacks": rows, "left_behind": left})
    else:
        _show(mine, outcomes, tier, left, show_all)
    endings = {o.ending for o in outcomes}
    if left or Ending.SUCCEEDED in endings:
        raise typer.Exit(Exit.NOT_ACCEPTED)
    if Ending.NOT_JUDGED in endings:
        raise typer.Exit(Exit.INFRASTRUCTURE)


def _list(attacks: Sequence[Attack], as_json: bool) -> None:
    keys = ("name", "family", "tries", "exploit")
    if as_json:
        print_json({"attacks": [{key: getattr(a, key) for key in keys} for a in attacks]})
        return
    shown = table("attack", "tries", "seen at", folded=("tries", "seen at"))
    for each in attacks:
        shown.add_row(escape(each.name), escape(each.tries), escape(each.exploit))
    out.print(shown)


def _show(
    attacks: Sequence[Attack],
    outcomes: Sequence[Outcome],
    tier: Tier,
    left: Sequence[str],
    show_all: bool,
) -> None:
    shown = table("attack", "expected", "got", "", "why", folded=("expected", "why"))
    for each, outcome in zip(attacks, outcomes, strict=True):
        if show_all or outcome.ending is not Ending.BLOCKED:
            got = coloured(outcome.verdict) if outcome.verdict else ""
            mark = f"[{_COLOURS[outcome.ending]}]{outcome.ending}[/]"
            shown.add_row(each.name, " ".join(each.expect), got, mark, foreign(outcome.why))
    if shown.row_count:
        out.print(shown)
    out.print(_families(outcomes))
    counts = Counter(o.ending for o in outcomes)
    told = ", ".join(f"{counts[e]} {e}" for e in Ending if counts[e] or e in _ALWAYS_TOLD)
    out.print(f"{len(outcomes)} attacks on the {tier} tier: {told}")
    for what in left:
        out.print(f"[red]left behind:[/] {escape(what)}")


def _families(outcomes: Sequence[Outcome]) -> Table:
    families = table("family", "attacks", "blocked")
    for family in sorted({o.family for o in outcomes}):
        of_it = [o for o in outcomes if o.family == family]
        blocked = sum(o.ending is Ending.BLOCKED for o in of_it)
        families.add_row(family, str(len(of_it)), str(blocked))
    return families

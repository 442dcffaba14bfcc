"""The results of many people's programs: rows, and how they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import Any

from pydantic import TypeAdapter, ValidationError

from judgecore import Result, Verdict
from judgecore.cli.show import coloured, foreign, out, table
from judgecore.limits import MIB
from judgecore.page import STYLE, badge

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One person's result. `verdict`: empty where the program cannot be judged, and `why` says why.

    `cpu_ms`, `memory_bytes`: the most of any test. `before`: it was judged by an earlier command.
    """

    who: str
    file: str
    language: str = ""
    verdict: str = ""
    score: str | None = None
    passed: int = 0
    tests: int = 0
    cpu_ms: float = 0.0
    memory_bytes: int = 0
    why: str = ""
    before: bool = False

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


_ROW = TypeAdapter(Row)


def row(who: str, file: str, result: Result) -> Row:
    """A result in a row."""
    failed = next((test for test in result.tests if test.verdict.failed), None)
    why = result.cause or ""
    if not why and failed is not None:
        why = f"{failed.name}: {failed.verdict} {failed.detail or failed.message}".strip()
    if not why and result.compile is not None and not result.compile.ok:
        why = (result.compile.output.strip() or result.compile.detail).partition("\n")[0]
    return Row(
        who,
        file,
        result.language,
        str(result.verdict),
        None if result.score is None else str(result.score),
        sum(test.verdict is Verdict.AC for test in result.tests),
        len(result.tests),
        round(result.cpu_ms, 1),
        result.memory_bytes,
        why[:500],
    )


def stored(values: dict[str, Any], who: str, file: str) -> Row | None:
    """A row of an earlier command; None where it has not what a row has."""
    try:
        found = _ROW.validate_python({**values, "who": who, "file": file, "before": True})
    except (ValidationError, TypeError):
        return None
    return found if found.verdict in set(Verdict) else None


def show(rows: Sequence[Row]) -> None:
    """Print a table, and how many got which verdict."""
    scored = any(one.score is not None for one in rows)
    columns = ("who", "verdict", *(["score"] if scored else []), "tests", "cpu ms", "MiB", "why")
    made = table(*columns, folded=("why",))
    for one in rows:
        verdict = coloured(Verdict(one.verdict)) if one.verdict else "[magenta]not judged[/]"
        made.add_row(
            foreign(one.who),
            verdict,
            *([one.score or ""] if scored else []),
            f"{one.passed}/{one.tests}",
            f"{one.cpu_ms:.1f}",
            f"{one.memory_bytes / MIB:.1f}",
            foreign(one.why),
        )
    out.print(made)
    out.print(summary(rows))


def summary(rows: Sequence[Row]) -> str:
    """How many there are, and how many of them were accepted, and judged before."""
    accepted = sum(one.verdict == Verdict.AC for one in rows)
    refused = sum(not one.verdict for one in rows)
    said = f"{len(rows)} programs: {accepted} accepted"
    said += f", {refused} not judged" if refused else ""
    before = sum(one.before for one in rows)
    return said + (f"; {before} were judged before" if before else "")


def as_csv(rows: Sequence[Row]) -> str:
    """A line for each; text that a spreadsheet would compute begins with an apostrophe."""
    made = io.StringIO()
    names = [field.name for field in fields(Row) if field.name != "before"]
    writer = csv.writer(made)
    writer.writerow(names)
    for one in rows:
        values = (getattr(one, name) for name in names)
        writer.writerow([_harmless("" if value is None else value) for value in values])
    return made.getvalue()


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def as_html(rows: Sequence[Row], title: str) -> str:
    """One page with a table; nothing is loaded from anywhere, and there is no script."""
    head = (
        "<tr><th>who<th>language<th>verdict<th>score<th>tests"
        '<th class="n">CPU ms<th class="n">MiB<th>'
    )
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f"<h1>{escape(title)}</h1><p>{escape(summary(rows))}",
        f"<table>{head}{''.join(map(_html_row, rows))}</table>",
    ]
    return "\n".join(parts) + "\n"


def _html_row(one: Row) -> str:
    verdict = badge(Verdict(one.verdict)) if one.verdict else "not judged"
    return (
        f"<tr><td>{escape(one.who)}<td>{escape(one.language)}<td>{verdict}"
        f"<td>{escape(one.score or '')}<td>{one.passed}/{one.tests}"
        f'<td class="n">{one.cpu_ms:.1f}<td class="n">{one.memory_bytes / MIB:.1f}'
        f'<td class="d">{escape(one.why)}'
    )

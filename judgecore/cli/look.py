"""`judgecore report` and `judgecore top`: a look at what was judged, and at what goes on."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from judgecore import Result, Verdict, page
from judgecore.cli.options import BrokerOption, DatabaseOption, JsonFlag, address, read_text
from judgecore.cli.show import coloured, out, print_json, show_result, table
from judgecore.errors import InvalidSubmission
from judgecore.model import invalid

if TYPE_CHECKING:
    from consumers.activity import Snapshot, WorkerSlots


def report(
    submission: Annotated[
        str,
        typer.Argument(
            help="A submission's id, or a file that `judgecore judge --json` wrote (- for stdin)."
        ),
    ],
    to_html: Annotated[
        Path | None, typer.Option("--html", help="Write one self-contained HTML page here.")
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a verdict with the figures of every test: a table, or an HTML page with plots."""
    result = _found(submission, database)
    if to_html is not None:
        try:
            to_html.write_text(page.html(result), "utf-8")
        except OSError as exc:
            raise InvalidSubmission("--html", f"{to_html}: {exc.strerror or exc}") from None
        out.print(f"wrote {to_html}")
    elif as_json:
        print_json(result.model_dump(mode="json"))
    else:
        show_result(result)


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
        raise InvalidSubmission("submission", f"{wanted} is not judged, or not in this database")
    return result


def _read(name: str) -> Result:
    text = read_text(Path(name))
    try:
        return Result.model_validate_json(text)
    except ValidationError as exc:
        raise InvalidSubmission(name, f"holds no result: {invalid(exc)}") from None


def top(
    broker: BrokerOption = None,
    worker: Annotated[
        list[str] | None,
        typer.Option("--worker", help="A worker's health port, http://host:9464; may be repeated."),
    ] = None,
    every_s: Annotated[
        float, typer.Option("--every", min=0.2, max=3600, help="Seconds between two looks.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Listen for one such while, then end.")] = (
        False
    ),
    as_json: JsonFlag = False,
) -> None:
    """Watch queues, verdicts and slots live, until Ctrl-C; --json prints a line a look."""
    from consumers.activity import Activity

    prefix = os.environ.get("JUDGECORE_QUEUE_PREFIX") or "judgecore"
    url = address("RABBITMQ_URL", broker, "CLOUDAMQP_URL")
    with Activity(url, prefix=prefix, workers=worker or ()) as activity:
        live = Live(console=out, auto_refresh=False, screen=out.is_terminal and not once)
        with suppress(KeyboardInterrupt), nullcontext() if as_json else live:
            while True:
                time.sleep(every_s)
                now = activity.now()
                if as_json:
                    sys.stdout.write(now.model_dump_json() + "\n")
                    sys.stdout.flush()
                elif out.is_terminal:
                    live.update(_picture(now), refresh=True)
                else:
                    out.print(_picture(now))
                if once:
                    break


def _picture(now: Snapshot) -> Group:
    queues = table("queue", "waiting", "consumers")
    for name, depth in now.queues.items():
        queues.add_row(name, str(depth.waiting), str(depth.consumers))
    mix = table("verdict", "count", "share")
    total = sum(now.verdicts.values())
    for verdict, count in sorted(now.verdicts.items(), key=lambda pair: -pair[1]):
        mix.add_row(coloured(Verdict(verdict)), str(count), "█" * max(1, 40 * count // total))
    said = ", ".join(f"{escape(name)} {count}" for name, count in _most(now.languages))
    parts: list[Table | str] = [
        queues,
        f"\n{now.per_s:.1f} verdicts a second, over {now.window_s:.0f} s",
        mix,
    ]
    parts += [f"languages: {said}"] if said else []
    parts += [_slots(worker) for worker in now.workers]
    return Group(*parts)


def _most(languages: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(languages.items(), key=lambda pair: -pair[1])[:8]


def _slots(worker: WorkerSlots) -> str:
    if worker.trouble:
        return f"[red]{escape(worker.url)}: {escape(worker.trouble)}[/]"
    bar = f"[green]{'■' * worker.busy}[/][dim]{'□' * worker.idle}[/]"
    return f"{escape(worker.url)}: {bar} {worker.busy} of {worker.busy + worker.idle} slots busy"

"""`judgecore top`: queues, verdicts and slots, live."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from consumers.cli.options import BrokerOption, address, queue_prefix
from judgecore import Verdict
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import coloured, out, table

if TYPE_CHECKING:
    from consumers.activity import Snapshot, WorkerSlots


def top(
    broker: BrokerOption = None,
    worker: Annotated[
        list[str] | None,
        typer.Option("--worker", help="Health port of a worker, http://host:9464; repeatable."),
    ] = None,
    every_s: Annotated[
        float, typer.Option("--every", min=0.2, max=3600, help="Seconds between two refreshes.")
    ] = 2.0,
    once: Annotated[
        bool, typer.Option("--once", help="Print one snapshot after --every seconds and exit.")
    ] = (False),
    as_json: JsonFlag = False,
) -> None:
    """Watch queues, verdicts and slots live, until Ctrl-C; --json prints one line per refresh."""
    from consumers.activity import Activity

    url = address("RABBITMQ_URL", broker, "CLOUDAMQP_URL")
    with Activity(url, prefix=queue_prefix(), workers=worker or ()) as activity:
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

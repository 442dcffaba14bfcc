"""What a person or a machine gets to see: tables, progress, JSON, exit codes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from judgecore import Verdict
from judgecore.submission import Result

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
out = Console()
err = Console(stderr=True)

COLOURS = {Verdict.AC: "green", Verdict.SKIPPED: "dim", Verdict.IE: "magenta"}


class Exit(IntEnum):
    """What the exit code says."""

    ACCEPTED = 0
    NOT_ACCEPTED = 1
    USAGE = 2
    INFRASTRUCTURE = 3


@contextmanager
def progress(total: int, what: str, *, quiet: bool) -> Iterator[Any]:
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda *_: bar.advance(task)


@contextmanager
def watching(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar for work done elsewhere: what is yielded takes how much is done, and of how much."""
    with Progress(console=err, transient=True, disable=quiet or not err.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def foreign(text: str) -> str:
    """What a program or a compiler said, as it may be printed: no markup of ours, and no control
    characters, by which it could rename the terminal's window or write its clipboard."""
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def warn(lines: Iterable[str]) -> None:
    """Tell what is doubtful about what was asked for, which is done all the same."""
    for line in lines:
        err.print(f"[yellow]warning:[/] {foreign(line)}", soft_wrap=True)


def print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def coloured(verdict: Verdict) -> str:
    return f"[{COLOURS.get(verdict, 'red')}]{verdict}[/]"


def show_result(result: Result) -> None:
    """Print a verdict and its table of tests."""
    if result.compile is not None and not result.compile.ok:
        out.print(foreign(result.compile.output.strip()))
    if result.tests:
        table = Table("test", "verdict", "cpu ms", "wall ms", "memory KiB", "detail", box=None)
        for test in result.tests:
            table.add_row(
                foreign(test.name),
                coloured(test.verdict),
                f"{test.cpu_ms:.1f}",
                f"{test.wall_ms:.1f}",
                f"{test.memory_bytes // 1024}",
                foreign(test.detail),
            )
        out.print(table)
    out.print(f"{coloured(result.verdict)} {result.verdict.meaning} · {result.tier} tier")

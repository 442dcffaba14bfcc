"""Output for people and machines: tables, progress bars, JSON, exit codes."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import IO, Any, TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from judgecore import Verdict
from judgecore.limits import MIB
from judgecore.result import Result, TestResult

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNITS = ("ms", "KiB", "MiB")
_COUNTS = ("tests", "attacks", "held", "waiting", "consumers", "count")
_PIPED = 500  # columns: who reads a pipe wants a line a row


def _console(stream: IO[str], *, stderr: bool) -> Console:
    told = stream.isatty() or "COLUMNS" in os.environ
    return Console(stderr=stderr, width=None if told else _PIPED)


out = _console(sys.stdout, stderr=False)
err = _console(sys.stderr, stderr=True)

COLOURS = {Verdict.AC: "green", Verdict.SKIPPED: "dim", Verdict.IE: "magenta"}


class Exit(IntEnum):
    """The exit codes of every command."""

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
    """Print warnings; the command goes on."""
    for line in lines:
        err.print(f"[yellow]warning:[/] {foreign(line)}", soft_wrap=True)


def table(*headings: str, folded: Collection[str] = ()) -> Table:
    """A table without lines in which only what is `folded` takes more than one line a row."""
    made = Table(box=None, pad_edge=False)
    for heading in headings:
        number = heading.endswith(_UNITS) or heading in _COUNTS
        made.add_column(
            heading,
            justify="right" if number else "left",
            no_wrap=heading not in folded,
            overflow="fold" if heading in folded else "ellipsis",
        )
    return made


def print_json(data: Any) -> None:
    pass_on(sys.stdout, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def pass_on(stream: TextIO, text: str) -> None:
    """Write what is for machines or comes from a program: UTF-8 in whatever locale."""
    stream.flush()
    stream.buffer.write(text.encode())
    stream.flush()


def coloured(verdict: Verdict) -> str:
    return f"[{COLOURS.get(verdict, 'red')}]{verdict}[/]"


def show_result(result: Result) -> None:
    """Print a verdict and its table of tests."""
    if result.compile is not None and not result.compile.ok:
        out.print(foreign(result.compile.output.strip()))
    if result.tests:
        columns = ("test", "verdict", "cpu ms", "wall ms", "MiB", "detail")
        rows = table(*columns, folded=("detail",))
        for test in result.tests:
            rows.add_row(
                foreign(test.name),
                coloured(test.verdict),
                f"{test.cpu_ms:.1f}",
                f"{test.wall_ms:.1f}",
                f"{test.memory_bytes / MIB:.1f}",
                foreign(_why(test)),
            )
        out.print(rows)
        for test in result.tests:
            if test.transcript:
                out.print(f"{foreign(test.name)}:\n{foreign(test.transcript)}", soft_wrap=True)
    scored = "" if result.score is None else f" · score {result.score}"
    out.print(f"{coloured(result.verdict)} {result.verdict.meaning}{scored} · {result.tier} tier")
    if result.cause:
        err.print(foreign(result.cause))


def _why(test: TestResult) -> str:
    """The detail, and what a program that failed said last."""
    said = test.stderr.strip().splitlines()[-1:] if test.verdict is Verdict.RE else []
    return ": ".join([test.detail or test.message, *said])

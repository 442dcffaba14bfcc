"""Commands from other packages, and what to install for a command that lacks something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points

import typer

from judgecore.doctor import Finding

GROUP, FINDINGS = "judgecore.commands", "judgecore.findings"
# What a light installation lacks, and the extra that brings it.
EXTRAS = {
    "docker": "docker",
    **dict.fromkeys(("pika", "psycopg2", "prometheus_client"), "worker"),
    **dict.fromkeys(("starlette", "uvicorn", "anyio"), "http"),
}

Command = Callable[..., None] | typer.Typer


def commands() -> dict[str, Command]:
    """The commands that installed packages bring, by name: entry points of `judgecore.commands`."""
    return {point.name: point.load() for point in entry_points(group=GROUP)}


def installed_findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What installed packages say of their settings: entry points of `judgecore.findings`."""
    for point in entry_points(group=FINDINGS):
        yield from point.load()(environ)


def lacking(package: str, arguments: Sequence[str]) -> str:
    """What to install for the command in `arguments`, which needs a Python package."""
    name = next((word for word in arguments if not word.startswith("-")), "")
    return (
        f"judgecore {name} needs the Python package {package}, which is not installed:"
        f" install judgecore with its extra '{EXTRAS[package]}'"
    )

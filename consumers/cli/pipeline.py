"""`judgecore migrate` and `judgecore publish`."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from consumers.cli.options import BrokerOption, DatabaseOption, address, queue_prefix
from judgecore import Verdict
from judgecore.cli.options import FormatOption, IncludeOption, JsonFlag, LenientFlag, configured
from judgecore.cli.program import EntryOption, ProgramArgument, read_program
from judgecore.cli.show import Exit, out, print_json, show_result, warn, watching
from judgecore.languages import Registry
from judgecore.problem import Problem
from judgecore.problems import package
from judgecore.problems.package import Format

if TYPE_CHECKING:  # the worker's libraries are an extra
    from consumers.client import Client
    from consumers.events import VerdictEvent

_SHORT = ("tests", "limits", "checker")
_CODES = {Verdict.AC: Exit.ACCEPTED, Verdict.IE: Exit.INFRASTRUCTURE}


def migrate(
    database: DatabaseOption = None,
) -> None:
    """Bring the database's schema up to date; it is safe to run this twice, or twice at once."""
    from consumers.postgres import migrate as apply

    applied = apply(address("DATABASE_URL", database))
    out.print("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


def publish(
    file: ProgramArgument,
    problem: Annotated[
        str, typer.Option("--problem", "-p", help="Problem package, or a stored problem's slug.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="Language id or alias.")],
    entry: EntryOption = None,
    broker: BrokerOption = None,
    user: Annotated[
        str | None, typer.Option("--user", help="User whose submission this is; shown in results.")
    ] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Low priority: publish to the queue 'batch'.")
    ] = False,
    wait_s: Annotated[
        float | None,
        typer.Option(
            "--wait", min=0, max=86_400, help="Wait for the verdict, at most this many seconds."
        ),
    ] = None,
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    as_json: JsonFlag = False,
) -> None:
    """Publish a submission to RabbitMQ, for a worker to judge.

    With --wait, exit code 3 means that no verdict came in time, or that it is IE.
    """
    from consumers.client import Client

    program = read_program(file, entry)
    # A worker may know languages that we don't; which file of a folder starts, we have to tell.
    known = Registry.of(configured(None)).resolve(language) if program.is_folder else None
    fields: dict[str, Any] = {"language": language, **program.fields(known)}
    if package.is_package(Path(problem)):
        found = package.load(
            Path(problem), lenient=lenient, include=include, package_format=package_format
        )
        warn(found.warnings)
        fields |= brought(found)
    else:
        fields["problem"] = problem
    if user is not None:
        fields["user"] = user
    with Client(
        address("RABBITMQ_URL", broker, "CLOUDAMQP_URL"),
        prefix=queue_prefix(),
        database_url=os.environ.get("DATABASE_URL"),
        listen=wait_s is not None,
    ) as client:
        sent = client.submit(queue="batch" if batch else "default", **fields)
        event = None if wait_s is None else _verdict(client, sent, wait_s, quiet=as_json)
    if as_json:
        print_json(event.model_dump(mode="json") if event else {"submission_id": str(sent)})
    elif event is None:
        waited = "" if wait_s is None else f"; no verdict within {wait_s:g} s"
        out.print(f"published {sent}{waited}")
    else:
        out.print(f"submission {sent}")
        show_result(event.result)
    if wait_s is not None:
        verdict = Verdict.IE if event is None else event.verdict
        raise typer.Exit(_CODES.get(verdict, Exit.NOT_ACCEPTED))


def brought(problem: Problem) -> dict[str, Any]:
    """The fields of a message that brings this problem; the short form where that says all."""
    others = set(Problem.model_fields) - {*_SHORT, "slug", "title", "warnings"}
    if all(getattr(problem, name) == Problem.model_fields[name].default for name in others):
        return {name: getattr(problem, name) for name in _SHORT}
    return {"problem": problem.model_copy(update={"slug": None})}


def _verdict(client: Client, sent: UUID, wait_s: float, *, quiet: bool) -> VerdictEvent | None:
    """The verdict, with a bar that shows the tests as they become known; None: none in time."""
    from consumers.events import VerdictEvent

    with watching("waiting", quiet=quiet) as show, suppress(TimeoutError):
        for event in client.stream(sent, timeout_s=wait_s):
            if isinstance(event, VerdictEvent):
                return event
            show(event.done, event.total)
    return None

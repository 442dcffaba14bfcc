"""`judgecore migrate` and `judgecore publish`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from pydantic import ValidationError

from judgecore import Verdict
from judgecore.cli.options import BrokerOption, DatabaseOption, JsonFlag, address, read_source
from judgecore.cli.show import Exit, out, print_json, show_result
from judgecore.problems import package
from judgecore.submission import invalid


def migrate(
    database: DatabaseOption = None,
) -> None:
    """Bring the database's schema up to date; safe to run twice, or from two places at once."""
    from consumers.postgres import migrate as apply

    applied = apply(address("DATABASE_URL", database))
    out.print("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


def publish(
    file: Annotated[Path, typer.Argument(help="The program.")],
    problem: Annotated[
        str, typer.Option("--problem", "-p", help="A package, or a problem's slug in the database.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="Its id or an alias.")],
    broker: BrokerOption = None,
    batch: Annotated[bool, typer.Option("--batch", help="Behind everything that is not.")] = False,
    wait_s: Annotated[
        float | None, typer.Option("--wait", help="Wait this many seconds for the verdict.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Publish a submission to RabbitMQ for a worker to judge."""
    from consumers.messages import SubmissionMessage
    from consumers.publish import Publisher

    data: dict[str, Any] = {
        "submission_id": uuid4(),
        "language": language,
        "source": read_source(file),
    }
    if Path(problem).is_dir():
        found = package.load(Path(problem))
        data |= {"tests": found.tests, "limits": found.limits, "checker": found.checker}
    else:
        data["problem"] = problem
    try:
        message = SubmissionMessage(**data)
    except ValidationError as exc:
        raise invalid(exc) from None
    queue = "batch" if batch else "default"
    event = None
    prefix = os.environ.get("JUDGECORE_QUEUE_PREFIX") or "judgecore"
    with Publisher(address("RABBITMQ_URL", broker, "CLOUDAMQP_URL"), prefix=prefix) as publisher:
        if wait_s is None:
            publisher.publish(message, queue=queue)
        else:
            event = publisher.publish_and_wait(message, queue=queue, timeout_s=wait_s)
    if as_json:
        print_json(
            event.model_dump(mode="json")
            if event
            else {"submission_id": str(message.submission_id)}
        )
    elif event is None:
        waited = "" if wait_s is None else f"; no verdict within {wait_s:g} s"
        out.print(f"published {message.submission_id}{waited}")
    else:
        show_result(event.result)
    if event is not None and event.verdict is not Verdict.AC:
        raise typer.Exit(Exit.NOT_ACCEPTED)

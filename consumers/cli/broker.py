"""`judgecore broker policy`."""

from __future__ import annotations

from typing import Annotated

import typer

from consumers.cli.options import queue_prefix
from judgecore.cli.options import JsonFlag
from judgecore.cli.show import out, print_json

broker = typer.Typer(help="Settings of RabbitMQ for an operator.", no_args_is_help=True)


@broker.callback()
def group() -> None:
    """Without this, typer would make a group of one command that command itself."""


@broker.command()
def policy(
    prefix: Annotated[
        str | None,
        typer.Option(
            "--prefix", help="Prefix of the queues; default: $JUDGECORE_QUEUE_PREFIX, or judgecore."
        ),
    ] = None,
    vhost: Annotated[str, typer.Option("--vhost", help="Virtual host.")] = "/",
    as_json: JsonFlag = False,
) -> None:
    """Print the RabbitMQ policy for the queues of submissions.

    The output is a rabbitmqctl command with a reason for each key; with --json it is a definitions
    file (for `rabbitmqctl import_definitions`, or the management page).
    """
    from consumers.policy import REASONS, as_command, definition
    from consumers.policy import as_json as definitions

    name = queue_prefix(prefix)
    if as_json:
        print_json(definitions(name, vhost))
        return
    for key, value in definition(name).items():
        out.print(f"# {key} = {value}: {REASONS[key]}", highlight=False, soft_wrap=True)
    out.print(as_command(name, vhost), highlight=False, soft_wrap=True, markup=False)

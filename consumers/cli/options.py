"""Options of the pipeline's commands: addresses, and the prefix of the queues."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from consumers import config
from judgecore.errors import InvalidConfig

DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="postgres://…; default: $DATABASE_URL.")
]
BrokerOption = Annotated[
    str | None, typer.Option("--broker", help="amqp://…; default: $RABBITMQ_URL.")
]
_SCHEMES = {
    "DATABASE_URL": ("postgres://", "postgresql://"),
    "RABBITMQ_URL": ("amqp://", "amqps://"),
}


def address(name: str, given: str | None, *fallbacks: str) -> str:
    """A URL as given, else from the first variable that is set; `InvalidConfig` when none is."""
    for value in (given, *(os.environ.get(n) for n in (name, *fallbacks))):
        if value and not value.startswith(_SCHEMES[name]):
            raise InvalidConfig(f"{name}: must be a URL that starts with {_SCHEMES[name][0]}")
        if value:
            return value
    raise InvalidConfig(f"{name}: not set; give it in the environment or as an option")


def queue_prefix(given: str | None = None) -> str:
    """The prefix of the queues: the option `--prefix`, else as the environment has it."""
    return (
        config.queue_prefix({"--prefix": given}, "--prefix")
        if given
        else config.queue_prefix(os.environ)
    )

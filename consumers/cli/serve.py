"""`judgecore serve`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from consumers.config import Config
from consumers.gateway.config import APIS, GatewayConfig, read_apis
from consumers.logs import set_up
from judgecore import Judge
from judgecore.cli.options import EngineOption, configured
from judgecore.cli.show import err
from judgecore.languages import Registry

if TYPE_CHECKING:  # they need the extra, and time
    from consumers.gateway.callbacks import CallbackQueue
    from consumers.gateway.service import Service

_PIPELINE = ("RABBITMQ_URL", "CLOUDAMQP_URL", "DATABASE_URL")


def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65_535, help="Port; default: 2358.")
    ] = None,
    api: Annotated[
        str | None,
        typer.Option(
            "--api",
            help="APIs to answer in, with commas between them, of"
            f" {', '.join(APIS)}; default: all.",
        ),
    ] = None,
    engine: EngineOption = None,
    alone: Annotated[
        bool,
        typer.Option(
            "--embedded", help="Judge in this process, even with RABBITMQ_URL and DATABASE_URL set."
        ),
    ] = False,
) -> None:
    """Answer HTTP requests in the APIs of other judges, and in judgecore's own.

    With RABBITMQ_URL and DATABASE_URL in the environment, workers judge and nothing that was
    accepted is lost. Without them this process judges, and keeps results in memory.
    """
    from consumers.gateway.starting import apis, with_callbacks
    from consumers.gateway.web.app import make_app
    from consumers.gateway.web.server import serve as run

    names = None if api is None else read_apis(api)
    config = GatewayConfig.from_env(os.environ, host=host, port=port, apis=names)
    set_up("INFO", "text")
    with _judging(config, engine, alone=alone) as (service, callbacks, said):
        speaking = apis(service, config)
        with_callbacks(service, speaking, callbacks, config)
        spoken = ", ".join(config.apis)
        err.print(f"http://{config.host}:{config.port} speaks {spoken} ({escape(said)})")
        run(make_app(service, speaking, config), config)


@contextmanager
def _judging(
    config: GatewayConfig, engine: str | None, *, alone: bool
) -> Iterator[tuple[Service, CallbackQueue, str]]:
    """A service with its callbacks, and who judges."""
    from consumers.gateway.callbacks import MemoryCallbacks
    from consumers.gateway.starting import durable, embedded

    if not alone and any(os.environ.get(name) for name in _PIPELINE):
        from consumers.postgres import migrate

        worker = Config.from_env(os.environ)
        if worker.migrate:
            migrate(worker.database_url)
        judging = configured(engine)  # as the workers have it, where the settings are the same
        registry = Registry.of(judging)
        service, entries = durable(worker, config, registry, judging.slot_memory_bytes)
        yield service, entries, "workers judge"
        return
    with Judge(configured(engine)) as judge:
        judge.warm()
        yield embedded(judge, config), MemoryCallbacks(), repr(judge)

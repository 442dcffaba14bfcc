"""`judgecore serve`."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.markup import escape

from consumers.gateway.config import APIS, GatewayConfig, read_apis
from consumers.logs import set_up
from judgecore.cli.options import EngineOption, configured
from judgecore.cli.show import err


def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on; default: 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65_535, help="Port; default: 2358.")
    ] = None,
    api: Annotated[
        str | None,
        typer.Option("--api", help=f"APIs to speak, with commas; default: {','.join(APIS)}."),
    ] = None,
    engine: EngineOption = None,
) -> None:
    """Serve HTTP APIs that clients of other judges speak, with a judge in this process."""
    from consumers.gateway.app import make_app
    from consumers.gateway.app import serve as run
    from consumers.gateway.callbacks import MemoryCallbacks
    from consumers.gateway.starting import apis, embedded, with_callbacks
    from judgecore import Judge

    names = None if api is None else read_apis(api)
    config = GatewayConfig.from_env(os.environ, host=host, port=port, apis=names)
    set_up("INFO", "text")
    with Judge(configured(engine)) as judge:
        judge.warm()
        service = embedded(judge, config)
        spoken = ", ".join(config.apis)
        err.print(f"http://{config.host}:{config.port} speaks {spoken} ({escape(repr(judge))})")
        speaking = apis(service, config)
        with_callbacks(service, speaking, MemoryCallbacks(), config)
        run(make_app(service, speaking, config), config)

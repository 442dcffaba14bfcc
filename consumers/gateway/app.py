"""The web application: routes, authentication and limits. Nobody else imports the framework."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from math import ceil

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute
from starlette.routing import Route as WebRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from consumers.gateway.api import Api
from consumers.gateway.backends import Overloaded, Update
from consumers.gateway.config import GatewayConfig
from consumers.gateway.exchange import JSON, Answer, Later, Refused, Request, Route, Stream
from consumers.gateway.health import Counts, Probes
from consumers.gateway.quotas import RateLimit
from consumers.gateway.service import Service
from consumers.gateway.tokens import is_allowed, is_one_of
from judgecore import __version__
from judgecore.errors import InfrastructureError

log = logging.getLogger(__name__)

Endpoint = Callable[[WebRequest], Awaitable[Response]]
_STOP_S = 5
KEEPALIVE_S = 15.0


def make_app(service: Service, apis: Sequence[Api], config: GatewayConfig) -> Starlette:
    """The application that answers in these APIs; when it ends, it closes the service."""
    counts = Counts()
    limit = RateLimit(config.rate)
    probes = Probes(service, counts)
    routes: list[BaseRoute] = [
        WebRoute(
            route.path,
            _endpoint(route, None, config, counts, service, limit),
            methods=[route.method],
        )
        for route in probes.routes
    ]
    for api in apis:
        for route in api.routes:
            endpoint = _endpoint(route, api, config, counts, service, limit)
            routes.append(WebRoute(route.path, endpoint, methods=[route.method]))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await to_thread.run_sync(service.close)

    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )
    made = Starlette(
        routes=routes,
        middleware=[cors, Middleware(_Paths)],
        lifespan=lifespan,
        exception_handlers={HTTPException: _unknown},
    )
    made.router.redirect_slashes = False
    return made


def serve(app: Starlette, config: GatewayConfig) -> None:
    """Serve until SIGTERM or SIGINT."""
    # The server raises the signal once more when it has ended, and this process ends by itself.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server(app, config).run()


def server(app: Starlette, config: GatewayConfig) -> uvicorn.Server:
    """The server of an application, not yet running."""
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        log_config=None,
        access_log=False,
        server_header=False,
        headers=[("Server", f"judgecore/{__version__}")],
        timeout_graceful_shutdown=_STOP_S,
        backlog=2048,
    )
    return uvicorn.Server(settings)


class _Paths:
    """Takes a slash off the end of paths, which some clients send."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and len(scope["path"]) > 1:
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


def _unknown(web: WebRequest, exc: Exception) -> Response:
    """The answer to a path or a method that no API has."""
    assert isinstance(exc, HTTPException)
    body, _ = Answer(exc.status_code, {"error": exc.detail}).encoded()
    return Response(body, exc.status_code, exc.headers, JSON)


def _endpoint(
    route: Route,
    api: Api | None,
    config: GatewayConfig,
    counts: Counts,
    service: Service,
    limit: RateLimit,
) -> Endpoint:
    """The framework's function for a route; probes belong to no API and need no token."""

    async def endpoint(web: WebRequest) -> Response:
        request = _without_body(web)
        if api is None:
            return _response(await _made(partial(route.handle, request), request, None), counts)
        if not is_allowed(api.tokens(request), config.tokens):
            return _response(api.refusal(401, "a valid token is needed"), counts)
        try:
            body = await _body(web, config.body_bytes)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            text = f"the body is larger than {config.body_bytes} bytes"
            return _response(api.refusal(413, text), counts)
        client = _client(web, api.tokens(request), config)
        if web.method != "GET" and (wait_s := limit.wait_s(client)):
            text = "too many requests"
            late = replace(api.refusal(429, text), headers={"Retry-After": str(ceil(wait_s))})
            return _response(late, counts)
        request = replace(request, body=body, client=client)
        found = await _made(partial(route.handle, request), request, api)
        if isinstance(found, Stream):
            return StreamingResponse(_events(found, service), media_type="text/event-stream")
        if isinstance(found, Later):
            found = await _made(await _awaited(found), request, api)
        return _response(found, counts)

    return endpoint


def _client(web: WebRequest, tokens: Sequence[str], config: GatewayConfig) -> str:
    """Whose request it is: a token's hash, or an address where no tokens are needed."""
    if config.tokens:
        known = next(token for token in tokens if is_one_of(token, config.tokens))
        return hashlib.sha256(known.encode()).hexdigest()[:16]
    return "" if web.client is None else web.client.host


async def _events(stream: Stream, service: Service) -> AsyncIterator[bytes]:
    """Progress as it comes, a comment now and then, and the verdict."""
    loop = asyncio.get_running_loop()
    updates: asyncio.Queue[Update | None] = asyncio.Queue()

    def push(update: Update | None) -> None:
        loop.call_soon_threadsafe(updates.put_nowait, update)

    leave = service.backend.follow(stream.token, push)
    ended = asyncio.wrap_future(stream.ended)
    ended.add_done_callback(lambda _: updates.put_nowait(None))
    deadline = loop.time() + stream.timeout_s
    try:
        while (left_s := deadline - loop.time()) > 0:
            try:
                update = await asyncio.wait_for(updates.get(), min(KEEPALIVE_S, left_s))
            except TimeoutError:
                yield b": waiting\n\n"
                continue
            if update is None:
                yield _event(await to_thread.run_sync(stream.last))
                return
            yield _event(update)
    finally:
        leave()


def _event(update: Update) -> bytes:
    data = json.dumps(update.data, ensure_ascii=False)
    return f"event: {update.kind}\ndata: {data}\n\n".encode(errors="replace")


def _without_body(web: WebRequest) -> Request:
    return Request(
        method=web.method,
        path=web.url.path,
        query=dict(web.query_params),
        headers={name.lower(): value for name, value in web.headers.items()},
        values={name: str(value) for name, value in web.path_params.items()},
    )


async def _body(web: WebRequest, most_bytes: int) -> bytes | None:
    """The body; None: it is larger."""
    length = web.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most_bytes:
        return None
    body = bytearray()
    async for piece in web.stream():
        body += piece
        if len(body) > most_bytes:
            return None
    return bytes(body)


async def _made(
    make: Callable[[], Answer | Later | Stream], request: Request, api: Api | None
) -> Answer | Later | Stream:
    """What `make` returns, in a thread; an answer where it raises."""
    return await to_thread.run_sync(_answered, make, request, api)


def _answered(
    make: Callable[[], Answer | Later | Stream], request: Request, api: Api | None
) -> Answer | Later | Stream:
    try:
        return make()
    except Refused as exc:
        return exc.answer
    except Exception as exc:
        known = None if api is None else api.failure(_public(exc))
        if known is not None:
            return known
        log.exception("%s %s failed", request.method, request.path)
        return Answer(500, {"error": "internal error"})


def _public(exc: Exception) -> Exception:
    """What may be told: the text of an outage names hosts and users, and is for the log."""
    if not isinstance(exc, InfrastructureError) or isinstance(exc, Overloaded):
        return exc
    log.warning("a request is answered with 503: %s", exc)
    return InfrastructureError("a service that the gateway needs is away; try again later")


async def _awaited(later: Later) -> Callable[[], Answer]:
    """Makes the answer, once what it waits for is done or its time is over.

    What is awaited goes on if the client leaves.
    """
    waiting = asyncio.wrap_future(later.awaited)
    done, _ = await asyncio.wait({waiting}, timeout=later.timeout_s)
    return partial(later.answer, bool(done))


def _response(answer: Answer | Later | Stream, counts: Counts) -> Response:
    assert isinstance(answer, Answer)
    counts.add(answer.status)
    body, media_type = answer.encoded()
    kind = f"{JSON}; charset=utf-8" if media_type == JSON else media_type
    return Response(body, answer.status, dict(answer.headers), kind or None)


__all__ = ["make_app", "serve", "server"]

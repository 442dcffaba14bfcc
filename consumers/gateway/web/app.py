"""The web application: routes, authentication and limits."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from math import ceil

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.requests import Request as WebRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.routing import Route as WebRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from consumers.gateway.api import RETRY_AFTER_S, Api
from consumers.gateway.backends import Overloaded
from consumers.gateway.config import LOOPBACK_ORIGIN, GatewayConfig
from consumers.gateway.exchange import (
    JSON,
    Answer,
    Later,
    Refused,
    Request,
    Route,
    SocketRoute,
    Stream,
)
from consumers.gateway.health import Counts, Probes
from consumers.gateway.quotas import RateLimit
from consumers.gateway.service import Service
from consumers.gateway.tokens import is_allowed, is_one_of
from consumers.gateway.web.events import events
from consumers.gateway.web.sockets import Sockets
from judgecore.errors import InfrastructureError

log = logging.getLogger(__name__)

Endpoint = Callable[[WebRequest], Awaitable[Response]]
BODY_S = 60.0  # for the body of a request
# Requests at work at once. Each of them may hold a connection to the database, one of each of two
# pools; Postgres has a hundred by default, for all gateways and workers.
THREADS = 16
PROBES = 2  # of one path at once
_SERVER, _SLASHES = re.compile(r"^https?://[^/]*", re.IGNORECASE), re.compile(r"//+")


def make_app(service: Service, apis: Sequence[Api], config: GatewayConfig) -> Starlette:
    """The application that answers in these APIs; when it ends, it closes the service."""
    counts = Counts()
    limit = RateLimit(config.rate)
    probes = Probes(service, counts)
    routes: list[BaseRoute] = [
        WebRoute(route.path, _probe(route, counts), methods=[route.method])
        for route in probes.routes
    ]
    sockets = Sockets()
    for api in apis:
        for route in api.routes:
            if isinstance(route, SocketRoute):
                talking = _socket_endpoint(route, api, config, counts, limit, sockets)
                routes.append(WebSocketRoute(route.path, talking))
                continue
            endpoint = _endpoint(route, api, config, counts, service, limit)
            routes.append(WebRoute(route.path, endpoint, methods=[route.method]))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        await to_thread.run_sync(service.close)

    made = Starlette(
        routes=routes,
        middleware=[_cors(config), Middleware(_Paths)],
        lifespan=lifespan,
        exception_handlers={HTTPException: _unknown},
    )
    made.router.redirect_slashes = False
    return made


def _cors(config: GatewayConfig) -> Middleware:
    """What tells browsers which web pages may read answers."""
    named = ["*"] if config.any_origin else list(config.origins)
    return Middleware(
        CORSMiddleware,
        allow_origins=named,
        allow_origin_regex=None if named else LOOPBACK_ORIGIN,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )


class _Paths:
    """Normalizes paths: no scheme and host, one slash for two, and none at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            path = _SLASHES.sub("/", _SERVER.sub("", scope["path"]))
            scope = {**scope, "path": path.rstrip("/") or "/"}
        await self._app(scope, receive, send)


def _unknown(web: WebRequest, exc: Exception) -> Response:
    """The answer to a path or a method that no API has."""
    assert isinstance(exc, HTTPException)
    body, _ = Answer(exc.status_code, {"error": exc.detail}).encoded()
    return Response(body, exc.status_code, exc.headers, JSON)


def _probe(route: Route, counts: Counts) -> Endpoint:
    """The framework's function for a probe, which belongs to no API and needs no token.

    It has threads of its own: it waits for no request at work, and for no probe of another path.
    """
    threads = CapacityLimiter(PROBES)

    async def endpoint(web: WebRequest) -> Response:
        request = _without_body(web, web.method)
        found = await _made(partial(route.handle, request), request, None, threads)
        return _response(found, counts)

    return endpoint


def _endpoint(
    route: Route,
    api: Api,
    config: GatewayConfig,
    counts: Counts,
    service: Service,
    limit: RateLimit,
) -> Endpoint:
    """The framework's function for a route of an API."""

    async def endpoint(web: WebRequest) -> Response:
        request = _without_body(web, web.method)
        if refusal := _not_allowed(request, api, config):
            return _response(refusal, counts)
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(web, config.body_bytes)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return _response(api.refusal(408, f"no whole body within {BODY_S:g} s"), counts)
        if body is None:
            text = f"the body is larger than {config.body_bytes} bytes"
            return _response(api.refusal(413, text), counts)
        client = _client(web, api.tokens(request), config)
        if web.method != "GET" and (late := _too_many(api, limit.wait_s(client))):
            return _response(late, counts)
        request = replace(request, body=body, client=client)
        found = await _made(partial(route.handle, request), request, api)
        if isinstance(found, Stream):
            return StreamingResponse(events(found, service), media_type="text/event-stream")
        while isinstance(found, Later):
            found = await _made(await _awaited(found), request, api)
        return _response(found, counts)

    return endpoint


def _socket_endpoint(
    route: SocketRoute,
    api: Api,
    config: GatewayConfig,
    counts: Counts,
    limit: RateLimit,
    sockets: Sockets,
) -> Callable[[WebSocket], Awaitable[None]]:
    """The framework's function for a path of websockets."""

    async def endpoint(web: WebSocket) -> None:
        request = _without_body(web, "GET")
        tokens = api.tokens(request)
        refusal = _not_allowed(request, api, config)
        if refusal is None:
            request = replace(request, client=_client(web, tokens, config))
            refusal = _too_many(api, limit.wait_s(request.client))
            if refusal is None and sockets.are_full_for(request.client):
                after = {"Retry-After": str(RETRY_AFTER_S)}
                refusal = replace(api.refusal(503, "queue is full"), headers=after)
        if refusal is not None:
            await web.send_denial_response(_response(refusal, counts))
            return
        await sockets.converse(web, route, request)

    return endpoint


def _not_allowed(request: Request, api: Api, config: GatewayConfig) -> Answer | None:
    """The answer to a request that may not be made; None: it may be."""
    if not config.allows_origin(request.headers.get("origin")):
        return api.refusal(403, "this web page may not send requests: see JUDGECORE_HTTP_ORIGINS")
    if not config.allows_host(request.headers.get("host")):
        return api.refusal(403, "the header Host names another host: see JUDGECORE_HTTP_HOSTS")
    if not is_allowed(api.tokens(request), config.tokens):
        return api.refusal(401, "a valid token is needed")
    if request.headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        return api.refusal(415, "bodies must not be compressed")
    return None


def _too_many(api: Api, wait_s: float) -> Answer | None:
    """The answer to a client that has to wait so long; None: it need not wait."""
    if not wait_s:
        return None
    refusal = api.refusal(429, "too many requests")
    return replace(refusal, headers={"Retry-After": str(ceil(wait_s))})


def _client(web: HTTPConnection, tokens: Sequence[str], config: GatewayConfig) -> str:
    """Whose request it is: a token's hash, or an address where no tokens are needed."""
    if config.tokens:
        known = next(token for token in tokens if is_one_of(token, config.tokens))
        return hashlib.sha256(known.encode()).hexdigest()[:16]
    return "" if web.client is None else web.client.host


def _without_body(web: HTTPConnection, method: str) -> Request:
    return Request(
        method=method,
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
    make: Callable[[], Answer | Later | Stream],
    request: Request,
    api: Api | None,
    threads: CapacityLimiter | None = None,
) -> Answer | Later | Stream:
    """What `make` returns, in one of the threads; an answer where it raises.

    `threads`: None for those that all requests share.
    """
    return await to_thread.run_sync(_answered, make, request, api, limiter=threads)


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


async def _awaited(later: Later) -> Callable[[], Answer | Later]:
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


__all__ = ["make_app"]

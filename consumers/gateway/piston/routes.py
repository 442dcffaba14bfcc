"""Piston's API: every request and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consumers.gateway import running
from consumers.gateway.api import bearer, unavailable
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route, SocketRoute
from consumers.gateway.piston.connection import FIRST_S, PistonConnections
from consumers.gateway.piston.shown import aliases_of, name_of, response, version_of
from consumers.gateway.piston.wanted import named, wanted_of
from consumers.gateway.service import Service
from judgecore.errors import UsageError
from judgecore.languages import Language

BASES = ("/api/v2", "/api/v2/piston")


class Piston:
    """Piston's API before a service."""

    name = "piston"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config
        self._connections = PistonConnections(service, config)

    @property
    def routes(self) -> list[Route | SocketRoute]:
        """Every request that it answers."""
        found: list[Route | SocketRoute] = []
        for base in BASES:
            found += [
                Route("GET", f"{base}/runtimes", self._runtimes),
                Route("POST", f"{base}/execute", self._execute),
                Route("GET", f"{base}/packages", self._packages),
                Route("POST", f"{base}/packages", self._install),
                Route("DELETE", f"{base}/packages", self._uninstall),
                SocketRoute(f"{base}/connect", self._connections.connect, FIRST_S),
            ]
        return found

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        body = {"message": str(exc)}
        return Answer(400, body) if isinstance(exc, UsageError) else unavailable(exc, body)

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(status, {"message": text})

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings; some clients send it bare."""
        bare = request.headers.get("authorization", "")
        return [*bearer(request), *filter(None, (bare,))]

    def callback(self, entry: Entry) -> None:
        """It has no callbacks."""

    def _runtimes(self, request: Request) -> Answer:
        found = [
            {"language": name_of(one), "version": version_of(one), "aliases": aliases_of(one)}
            for one in self._service.offered.all()
        ]
        return Answer(200, found)

    def _packages(self, request: Request) -> Answer:
        found = [
            {"language": name_of(one), "language_version": version_of(one), "installed": True}
            for one in self._service.offered.all()
        ]
        return Answer(200, found)

    def _install(self, request: Request) -> Answer:
        language = self._named(request)
        return Answer(200, {"language": name_of(language), "version": version_of(language)})

    def _uninstall(self, request: Request) -> Answer:
        self._named(request)
        raise Refused(Answer(403, {"message": "languages are not removed over HTTP"}))

    def _named(self, request: Request) -> Language:
        data = _body(request)
        name = data.get("language")
        language = named(name, self._service.offered) if isinstance(name, str) else None
        if language is None:
            raise Refused(Answer(404, {"message": "the requested package does not exist"}))
        return language

    def _execute(self, request: Request) -> Later:
        data = _body(request)
        try:
            language, wanted = wanted_of(data, self._service.offered, self._config.output_bytes)
        except ValueError as exc:
            raise Refused(Answer(400, {"message": str(exc)})) from None
        message = wanted.message(self._service.offered)
        awaited = self._service.judge(message, request.client)
        backend = self._service.backend

        def answer(done: bool) -> Answer:
            found = running.did(backend, message, done=done)
            if found.failure is not None:
                return (
                    Answer(500, {"message": found.failure})
                    if done
                    else Answer(503, {"message": found.failure}, {"Retry-After": "5"})
                )
            return Answer(200, response(language, found))

        return Later(awaited, self._config.wait_s, answer)


def _body(request: Request) -> Mapping[str, Any]:
    # One client library sends JSON and does not say so; a form is not read.
    if request.media_type not in ("", "application/json", "text/plain"):
        raise Refused(Answer(415, {"message": "requests must be of type application/json"}))
    try:
        found = request.json()
    except ValueError as exc:
        raise Refused(Answer(400, {"message": f"the body is not JSON: {exc}"})) from None
    if not isinstance(found, dict):
        raise Refused(Answer(400, {"message": "the body must be a JSON object"}))
    return found

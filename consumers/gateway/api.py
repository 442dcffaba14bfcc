"""What every API of the gateway has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from consumers.gateway.backends import Overloaded
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Request, Route, SocketRoute
from judgecore.errors import InfrastructureError

RETRY_AFTER_S = 5


class Api(Protocol):
    """One API: its requests, and how it refuses them."""

    name: str

    @property
    def routes(self) -> Sequence[Route | SocketRoute]:
        """Every request that it answers."""

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request: 401, 413, 429."""

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""

    def callback(self, entry: Entry) -> Any:
        """What is sent to an entry's `callback_url`; None: nothing is sent."""


def unavailable(exc: Exception, body: Any) -> Answer | None:
    """503 with this body, and when to try again, where the gateway cannot serve now; else None."""
    if not isinstance(exc, InfrastructureError):
        return None
    after_s = exc.retry_after_s if isinstance(exc, Overloaded) else RETRY_AFTER_S
    return Answer(503, body, {"Retry-After": str(after_s)})


def bearer(request: Request) -> list[str]:
    """The tokens in the headers that every API accepts."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = [token.strip()] if scheme.lower() in ("bearer", "token") else []
    return [*found, *filter(None, (request.headers.get("x-auth-token"),))]

"""What every API of the gateway has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Request, Route


class Api(Protocol):
    """One API: its requests, and how it says no."""

    name: str

    @property
    def routes(self) -> Sequence[Route]:
        """Every request that it answers."""

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that ended with this; None: it is none that it knows."""

    def refusal(self, status: int, text: str) -> Answer:
        """How it says no for a reason of the gateway's: 401, 413, 429."""

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""

    def callback(self, entry: Entry) -> Any:
        """What is sent to an entry's `callback_url`; None where there is nothing to say."""


def bearer(request: Request) -> list[str]:
    """The tokens in the headers that any API takes."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = [token.strip()] if scheme.lower() in ("bearer", "token") else []
    return [*found, *filter(None, (request.headers.get("x-auth-token"),))]

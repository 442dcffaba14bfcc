"""Requests and answers as plain values, so that no API needs the web framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from pydantic_core import from_json

from consumers.gateway.forms import MULTIPART, URLENCODED, read_form, read_multipart
from consumers.messages import MAX_ITEMS, has_more_items

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `values`: of the placeholders in its route's path; `headers`: in lower case.

    `client`: who sent it: a hash of the token, or the address. The token cannot be read from it.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    values: Mapping[str, str] = field(default_factory=dict)
    client: str = ""

    @property
    def media_type(self) -> str:
        """What the body is said to be, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body, read as JSON; raises `ValueError` about what is none.

        Depth is bounded by the reader, and a lone surrogate is no JSON.
        """
        return read_json(self.body)

    def fields(self) -> dict[str, Any]:
        """The fields of a body that is a JSON object or a form; `ValueError` about others."""
        body = self.body.strip()
        if not body:
            return {}
        if self.media_type == MULTIPART:
            return dict(read_multipart(self.body, self.headers["content-type"]))
        # curl calls a body so by itself, whatever it is.
        if self.media_type == URLENCODED and not body.startswith(b"{"):
            return dict(read_form(self.body))
        found = self.json()
        if not isinstance(found, dict):
            raise ValueError(f"a JSON object is expected, not {type(found).__name__}")
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `body`: sent as it is if it is bytes or text, else as JSON."""

    status: int
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = ""

    def encoded(self) -> tuple[bytes, str]:
        """The bytes of the body, and their media type."""
        if isinstance(self.body, bytes):
            return self.body, self.media_type
        if isinstance(self.body, str):
            return self.body.encode(errors="replace"), self.media_type or TEXT
        text = json.dumps(self.body, ensure_ascii=False)
        return text.encode(errors="replace"), self.media_type or JSON


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that waits: `answer` makes it once `awaited` is done, or its time is over.

    `answer` is told whether it is done. It may have to wait for something else then.
    """

    awaited: Future[Any]
    timeout_s: float
    answer: Callable[[bool], Answer | Later]


@dataclass(frozen=True, slots=True)
class Stream:
    """Server-sent events about a submission: progress as it comes, then `last` once it is known.

    `ended` is done then; the stream ends after `timeout_s` at the latest.
    """

    ended: Future[Any]
    timeout_s: float
    token: UUID
    last: Callable[[], Any]


class Refused(Exception):
    """A request that is answered with this and nothing else."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Route:
    """A method, a path with placeholders in braces, and the function that answers."""

    method: str
    path: str
    handle: Callable[[Request], Answer | Later | Stream]


class Left(Exception):
    """The other end of a connection is gone, or reads nothing any more."""


class Conversation(Protocol):
    """A websocket. For one thread; every method may raise `Left`."""

    def receive(self, timeout_s: float) -> str | bytes | None:
        """The next message, if one comes in time."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message as JSON."""

    def close(self, code: int) -> None:
        """End the conversation."""

    def when_left(self, act: Callable[[], None]) -> None:
        """Have `act` called, from any thread, when the client leaves; it must be quick."""


@dataclass(frozen=True, slots=True)
class SocketRoute:
    """A path for websockets, and the function that talks with each client.

    It begins, in a thread, with the client's first message or after `first_s`.
    """

    path: str
    handle: Callable[[Request, Conversation], None]
    first_s: float


def read_json(data: bytes) -> Any:
    """What JSON says; raises `ValueError` about what is none."""
    if has_more_items(data, MAX_ITEMS):
        raise ValueError(f"more than {MAX_ITEMS} values and names, which are not read")
    return from_json(data, allow_inf_nan=False, cache_strings="none")


def as_bool(value: object, default: bool = False) -> bool:
    """A flag as clients send it: a boolean, a number, or text."""
    if value is None or value == "":
        return default
    return str(value).strip().lower() in ("true", "1", "t", "yes", "on")

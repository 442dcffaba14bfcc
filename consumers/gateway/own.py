"""judgecore's own API: whole problems, scores, files, and events instead of polling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consumers.gateway.api import bearer, unavailable
from consumers.gateway.backends import State, Update
from consumers.gateway.callbacks import is_callback
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route, Stream
from consumers.gateway.openapi import OURS, document
from consumers.gateway.service import Service, Taken, made_message, new_id, token_for_key, token_of
from judgecore.errors import InvalidSubmission, UsageError


class Own:
    """The API below `/v1`, before a service."""

    name = "judgecore"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("POST", "/v1/submissions", self._create),
            Route("GET", "/v1/submissions/{id}", self._show),
            Route("GET", "/v1/submissions/{id}/events", self._events),
            Route("GET", "/v1/languages", self._languages),
            Route("GET", "/openapi.json", lambda _: Answer(200, document())),
        ]

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        if isinstance(exc, InvalidSubmission):
            fields = dict([(exc.field, exc.problem), *exc.others])
            return Answer(422, {"error": str(exc), "fields": fields})
        if isinstance(exc, UsageError):
            return Answer(422, {"error": str(exc)})
        return unavailable(exc, {"error": str(exc)})

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(status, {"error": text})

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""
        return bearer(request)

    def callback(self, entry: Entry) -> Any:
        """What is sent to an entry's callback address: what `GET` would answer."""
        found = self._service.find(entry.token)
        return None if found is None else _shown(*found)

    def _create(self, request: Request) -> Answer | Later:
        wait_s = _seconds(request.query.get("wait", "0"), self._config.wait_s)
        try:
            given = request.fields()
        except ValueError as exc:
            raise Refused(Answer(400, {"error": f"the body cannot be read: {exc}"})) from None
        if unknown := [name for name in OURS if name in given]:
            raise InvalidSubmission(unknown[0], "is the gateway's own")
        callback = given.pop("callback_url", None)
        if callback is not None and not is_callback(str(callback)):
            said = "must be a URL, not too long, that starts with http:// or https://"
            raise InvalidSubmission("callback_url", said)
        key = request.headers.get("idempotency-key")
        token = new_id() if key is None else token_for_key(self.name, key, self.tokens(request))
        message = made_message(submission_id=token, **given)
        kept = {} if callback is None else {"callback_url": callback}
        entry = Entry(token=token, submission_id=token, api=self.name, request=kept)
        self._service.take([Taken(message, (entry,))], request.client, waits=bool(wait_s))
        if not wait_s:
            return Answer(202, {"id": str(token), "verdict": "PENDING", "result": None})
        awaited = self._service.backend.awaited(token)
        return Later(awaited, wait_s, lambda _: self._found(str(token), 200))

    def _show(self, request: Request) -> Answer:
        return self._found(request.values["id"], 200)

    def _found(self, text: str, status: int) -> Answer:
        entry, state = self._known(text)
        return Answer(status, _shown(entry, state))

    def _known(self, text: str) -> tuple[Entry, State]:
        token = token_of(text)
        found = None if token is None else self._service.find(token)
        if found is None or found[0].api != self.name:
            raise Refused(Answer(404, {"error": "there is no such submission"}))
        return found

    def _events(self, request: Request) -> Stream:
        entry, _ = self._known(request.values["id"])
        backend, submission_id = self._service.backend, entry.submission_id

        def last() -> Update:
            ended = backend.awaited(submission_id).result()
            return Update("verdict", ended.result.model_dump(mode="json"))

        return Stream(backend.awaited(submission_id), self._config.wait_s, entry.token, last)

    def _languages(self, request: Request) -> Answer:
        found = [
            {"id": one.id, "name": one.name, "aliases": list(one.aliases)}
            for one in self._service.offered.all()
        ]
        return Answer(200, found)


def _seconds(text: str, most: float) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 86_400:
        raise Refused(Answer(400, {"error": "wait must be a number of seconds"}))
    return min(found, most)


def _shown(entry: Entry, state: State) -> dict[str, Any]:
    result = None if state.ended is None else state.ended.result.model_dump(mode="json")
    return {"id": str(entry.token), "verdict": str(state.verdict), "result": result}

"""Judge0's API: every request and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from consumers.gateway.api import bearer, unavailable
from consumers.gateway.backends import Overloaded
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route, as_bool
from consumers.gateway.judge0 import about, tables
from consumers.gateway.judge0.grouping import grouped
from consumers.gateway.judge0.languages import numbered
from consumers.gateway.judge0.shown import (
    KEPT_FIELDS,
    NotText,
    Seen,
    fields_named,
    shown,
)
from consumers.gateway.judge0.wanted import Invalid, Reader, Wanted, complaint
from consumers.gateway.service import Service, Taken, new_id, token_for_key, token_of
from consumers.gateway.tokens import is_one_of
from judgecore.errors import UsageError

API = "judge0"
_NOT_TEXT = "some attributes can't be converted to UTF-8; use the query parameter base64_encoded"


class Judge0:
    """Judge0's API before a service. `routes` are all of its requests."""

    name = API

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config
        self._extra = config.judge0_version.endswith("extra")
        self._languages = numbered(service.offered, extra=self._extra)
        memory_kib = service.offered.most_memory_bytes // tables.KIB
        self._limits: dict[str, Any] = {
            **tables.CONFIG,
            "enable_submission_delete": config.delete,
            "enable_wait_result": config.wait_s > 0,
            "max_queue_size": config.most_waiting,
            "disable_implicit_base64_encoding": not config.judge0_implicit_base64,
            "max_memory_limit": min(tables.CONFIG["max_memory_limit"], memory_kib),
        }
        self._reader = Reader(self._limits, self._languages)
        self._statistics = about.Statistics()

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("GET", "/", lambda _: Answer(200)),
            Route("POST", "/submissions", self._create),
            Route("GET", "/submissions", self._index),
            Route("POST", "/submissions/batch", self._create_batch),
            Route("GET", "/submissions/batch", self._show_batch),
            Route("GET", "/submissions/{token}", self._show),
            Route("DELETE", "/submissions/{token}", self._delete),
            Route("GET", "/languages", self._list),
            Route("GET", "/languages/all", self._list_all),
            Route("GET", "/languages/{id}", self._language),
            Route("GET", "/statuses", self._statuses),
            Route("GET", "/config_info", lambda _: Answer(200, self._limits)),
            Route("GET", "/about", lambda _: Answer(200, about.about(self._config))),
            Route("GET", "/version", lambda _: Answer(200, self._config.judge0_version)),
            Route("GET", "/isolate", lambda _: Answer(200, about.ISOLATE)),
            Route("GET", "/license", lambda _: Answer(200, about.LICENSE)),
            Route("GET", "/system_info", lambda _: Answer(200, about.system_info())),
            Route("GET", "/workers", lambda _: Answer(200, about.workers(self._service))),
            Route("GET", "/statistics", self._show_statistics),
            Route("POST", "/authenticate", lambda _: Answer(200)),
            Route("POST", "/authorize", self._authorize),
        ]

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        if isinstance(exc, Invalid):
            return Answer(422, exc.errors)
        if isinstance(exc, UsageError):
            return Answer(422, complaint(exc).errors)
        said = "queue is full" if isinstance(exc, Overloaded) else str(exc)
        return unavailable(exc, {"error": said})

    def refusal(self, status: int, text: str) -> Answer:
        """A wrong token gets no body."""
        return Answer(status) if status in (401, 403) else Answer(status, {"error": text})

    def tokens(self, request: Request) -> list[str]:
        """Those in Judge0's header, which may be a query parameter, and in RapidAPI's."""
        others = request.query.get("X-Auth-Token"), request.headers.get("x-rapidapi-key")
        return [*bearer(request), *filter(None, others)]

    # Submissions -------------------------------------------------------------------------

    def _create(self, request: Request) -> Answer | Later:
        waits = as_bool(request.query.get("wait"))
        if waits and not self._limits["enable_wait_result"]:
            raise _refused(400, "wait not allowed")
        fields = _fields_of(request)
        given = _merged(request)
        key = request.headers.get("idempotency-key")
        token = new_id() if key is None else token_for_key(API, key, self.tokens(request))
        entry = self._known(token) if key is not None else None
        if entry is None:
            wanted = self._read(given, request)
            entry = self._entry(wanted, token)
            message = wanted.message(entry.submission_id, wanted.tests())
            if int(wanted.fields["number_of_runs"]) > 1:
                message = message.model_copy(update={"stop_at_first_failure": True})
            self._take([Taken(message, (entry,))], request.client, waits=waits)
        if not waits:
            return Answer(201, {"token": str(entry.token)})
        return self._waiting(entry, fields, encoded=self._is_encoded(request))

    def _waiting(self, entry: Entry, fields: Sequence[str], *, encoded: bool) -> Later:
        def answer(done: bool) -> Answer:
            if not done:
                status = {"id": tables.PROCESSING, "description": tables.STATUSES[2]}
                return Answer(201, {"token": str(entry.token), "status": status})
            seen = self._seen(entry.token)
            assert seen is not None
            try:
                return Answer(201, shown(seen, fields, encoded=encoded))
            except NotText:
                return Answer(201, {"error": _NOT_TEXT, "token": str(entry.token)})

        awaited = self._service.backend.awaited(entry.submission_id)
        return Later(awaited, self._config.wait_s, answer)

    def _create_batch(self, request: Request) -> Answer:
        given = _merged(request).get("submissions")
        if not isinstance(given, list) or not given:
            raise _refused(400, "there should be at least one submission in a batch")
        most = self._limits["max_submission_batch_size"]
        if len(given) > most:
            raise _refused(
                400, f"number of submissions in a batch should be less than or equal to {most}"
            )
        answers: list[dict[str, Any]] = [{}] * len(given)
        wanted: dict[int, Wanted] = {}
        for number, one in enumerate(given):
            try:
                wanted[number] = self._read(one if isinstance(one, dict) else {}, request)
            except Invalid as exc:
                answers[number] = exc.errors
        if wanted:
            for number, token in self._take_batch(wanted, request.client).items():
                answers[number] = {"token": str(token)}
        return Answer(201 if wanted else 422, answers)

    def _take_batch(self, wanted: Mapping[int, Wanted], client: str) -> dict[int, UUID]:
        """Submit them, equal programs together; the tokens by number."""
        taken, tokens = [], {}
        backend = self._service.backend
        for group in grouped(wanted, backend.kept_bytes, backend.spread):
            first = wanted[group[0]]
            submission_id = new_id()
            tests = tuple(test for number in group for test in wanted[number].tests())
            entries = []
            for place, number in enumerate(group):
                token = new_id() if len(group) > 1 else submission_id
                entries.append(
                    self._entry(wanted[number], token, submission_id=submission_id, first=place)
                )
                tokens[number] = token
            taken.append(Taken(first.message(submission_id, tests), tuple(entries)))
        self._take(taken, client)
        return tokens

    def _show(self, request: Request) -> Answer:
        fields = _fields_of(request)
        seen = self._seen(token_of(request.values["token"]))
        if seen is None:
            raise _refused(404, "there is no such submission")
        return _as_text(lambda: Answer(200, shown(seen, fields, encoded=self._is_encoded(request))))

    def _show_batch(self, request: Request) -> Answer:
        fields, encoded = _fields_of(request), self._is_encoded(request)
        named = request.query.get("tokens") or request.headers.get("tokens") or ""
        tokens = [token.strip() for token in named.split(",") if token.strip()]
        most = self._limits["max_submission_batch_size"]
        if not tokens or len(tokens) > most:
            raise _refused(400, f"tokens: give one to {most} of them, with commas between them")
        found = [self._seen(token_of(token)) for token in tokens]

        def answer() -> Answer:
            items = [None if one is None else shown(one, fields, encoded=encoded) for one in found]
            return Answer(200, {"submissions": items})

        return _as_text(answer)

    def _index(self, request: Request) -> Answer:
        self._require_admin(request)
        number, size = _positive(request, "page", 1), _positive(request, "per_page", 20)
        fields, encoded = _fields_of(request), self._is_encoded(request)
        entries, total = self._service.entries.page(API, number, min(size, 100))
        seen = [one for entry in entries if (one := self._seen(entry.token)) is not None]
        pages = -(-total // min(size, 100))
        meta = {
            "current_page": number,
            "next_page": number + 1 if number < pages else None,
            "prev_page": number - 1 if number > 1 else None,
            "total_pages": pages,
            "total_count": total,
        }

        def answer() -> Answer:
            items = [shown(one, fields, encoded=encoded) for one in seen]
            return Answer(200, {"submissions": items, "meta": meta})

        return _as_text(answer)

    def _delete(self, request: Request) -> Answer:
        self._require_admin(request)
        if not self._config.delete:
            raise _refused(400, "delete not allowed")
        seen = self._seen(token_of(request.values["token"]))
        if seen is None:
            raise _refused(404, "there is no such submission")
        if seen.state.ended is None:
            raise _refused(400, "submission cannot be deleted before it has been judged")
        body = shown(seen, _fields_of(request), encoded=True)
        self._service.entries.remove(seen.entry.token)
        return Answer(200, body)

    def _known(self, token: UUID) -> Entry | None:
        found = self._service.find(token)
        return None if found is None else found[0]

    def _seen(self, token: UUID | None) -> Seen | None:
        found = None if token is None else self._service.find(token)
        if found is None or found[0].api != API:
            return None
        entry, state = found
        language = self._languages.get(entry.request["language_id"])
        name = "" if language is None else language.name
        return Seen(entry, state, name, self._config.judge0_mle)

    def _read(self, given: Mapping[str, Any], request: Request) -> Wanted:
        return self._reader.read(given, encoded=self._is_encoded(request))

    def _is_encoded(self, request: Request) -> bool:
        """Whether contents are in base64."""
        asked = request.query.get("base64_encoded")
        return as_bool(asked, self._config.judge0_implicit_base64)

    def _entry(
        self,
        wanted: Wanted,
        token: UUID,
        *,
        submission_id: UUID | None = None,
        first: int = 0,
    ) -> Entry:
        return Entry(
            token=token,
            submission_id=submission_id or token,
            api=API,
            request={name: wanted.fields[name] for name in KEPT_FIELDS},
            first=first,
            tests=int(wanted.fields["number_of_runs"]),
        )

    def _take(self, taken: Sequence[Taken], client: str, *, waits: bool = False) -> None:
        self._service.take(taken, client, waits=waits)
        self._statistics.add(entry for one in taken for entry in one.entries)

    def callback(self, entry: Entry) -> dict[str, Any] | None:
        """What a callback about an entry says: the default fields, in base64."""
        seen = self._seen(entry.token)
        return None if seen is None else shown(seen, fields_named(None), encoded=True)

    # The rest ----------------------------------------------------------------------------

    def _list(self, request: Request) -> Answer:
        found = sorted(self._languages.values(), key=lambda one: (one.name, one.number))
        return Answer(200, [one.summary() for one in found])

    def _list_all(self, request: Request) -> Answer:
        found = sorted(self._languages.values(), key=lambda one: (one.name, one.number))
        return Answer(200, [{**one.summary(), "is_archived": False} for one in found])

    def _language(self, request: Request) -> Answer:
        text = request.values["id"]
        found = self._languages.get(int(text)) if text.isdecimal() and len(text) < 9 else None
        if found is None:
            raise _refused(404, "there is no such language")
        return Answer(200, found.details())

    def _statuses(self, request: Request) -> Answer:
        known = {**tables.STATUSES, self._config.judge0_mle: None}
        items = [{"id": key, "description": tables.ALL_STATUSES[key]} for key in known]
        return Answer(200, items)

    def _show_statistics(self, request: Request) -> Answer:
        return Answer(200, self._statistics.shown(self._service, self._languages))

    def _authorize(self, request: Request) -> Answer:
        if self._config.admin_tokens:
            self._require_admin(request)
        return Answer(200)

    def _require_admin(self, request: Request) -> None:
        given = request.headers.get("x-auth-user") or request.query.get("X-Auth-User")
        if not is_one_of(given, self._config.admin_tokens):
            raise Refused(Answer(403))


def _refused(status: int, text: str) -> Refused:
    return Refused(Answer(status, {"error": text}))


def _merged(request: Request) -> dict[str, Any]:
    """The parameters, which may come in the query or in the body."""
    try:
        return {**request.query, **request.fields()}
    except ValueError as exc:
        raise _refused(400, f"the body cannot be read: {exc}") from None


def _fields_of(request: Request) -> tuple[str, ...]:
    try:
        return fields_named(request.query.get("fields"))
    except ValueError as exc:
        raise _refused(400, str(exc)) from None


def _positive(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or len(text) > 8 or int(text) < 1:
        raise _refused(400, f"invalid {name}: {text[:20]}")
    return int(text)


def _as_text(make: Callable[[], Answer]) -> Answer:
    try:
        return make()
    except NotText:
        raise _refused(400, _NOT_TEXT) from None

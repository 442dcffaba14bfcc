"""SandboxFusion's API, and ScaleBox's batch request: every request and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from consumers.gateway import running
from consumers.gateway.api import bearer, unavailable
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route
from consumers.gateway.running import Did, Wanted, as_mapping
from consumers.gateway.sandboxfusion.shown import (
    accepting,
    evaluated,
    run_response,
    to_be_judged,
)
from consumers.gateway.sandboxfusion.wanted import (
    Evaluation,
    NotHere,
    SpecialJudge,
    batch_of,
    program_of,
    submission_of,
)
from consumers.gateway.service import Service
from judgecore.errors import UsageError

T = TypeVar("T")

# The second and third are those of a service that has no other request.
RUN_PATHS = ("/run_code", "/faas/sandbox", "/faas/sandbox/run_code")
_NO_DATASETS = "there are no datasets here; send tests to /submit or /common_evaluate_batch"


class SandboxFusion:
    """SandboxFusion's API before a service."""

    name = "sandboxfusion"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("GET", "/v1/ping", lambda _: Answer(200, "pong")),
            *(Route("POST", path, self._run_code) for path in RUN_PATHS),
            Route("POST", "/submit", self._submit),
            Route("POST", "/common_evaluate_batch", self._evaluate),
            Route("POST", "/run_jupyter", self._run_jupyter),
            Route("GET", "/list_datasets", lambda _: Answer(200, [])),
            *(
                Route("POST", path, lambda _: Answer(400, {"detail": _NO_DATASETS}))
                for path in ("/list_ids", "/get_prompts", "/get_prompt_by_id")
            ),
        ]

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        body = {"detail": str(exc)}
        if isinstance(exc, UsageError):
            return Answer(400, body)
        return unavailable(exc, body)

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(status, {"detail": text})

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""
        return bearer(request)

    def callback(self, entry: Entry) -> None:
        """It has no callbacks."""

    def _run_code(self, request: Request) -> Later:
        wanted = _checked(request, program_of)
        return self._judged(
            request,
            wanted,
            self._config.wait_s,
            lambda found: Answer(200, run_response(found, wanted.language)),
        )

    def _submit(self, request: Request) -> Later:
        return self._evaluated(request, _checked(request, submission_of))

    def _evaluate(self, request: Request) -> Later:
        return self._evaluated(request, _checked(request, batch_of))

    def _run_jupyter(self, request: Request) -> Answer:
        return Answer(501, {"detail": "notebooks are not run here; use /run_code"})

    def _evaluated(self, request: Request, asked: Evaluation) -> Later:
        def answer(found: Did) -> Answer | Later:
            numbers = to_be_judged(asked, found)
            if asked.judge is None or not numbers:
                return Answer(200, evaluated(asked, found))
            return self._specially(request, asked, asked.judge, found, numbers)

        return self._judged(request, asked.wanted, self._timeout_s(asked), answer)

    def _specially(
        self, request: Request, asked: Evaluation, judge: SpecialJudge, ran: Did, numbers: list[int]
    ) -> Later:
        """Have the client's own program decide about these tests."""
        outputs = [running.stdout_of(ran.tests[number]) for number in numbers]
        cases = [asked.wanted.tests[number] for number in numbers]

        def answer(found: Did) -> Answer:
            if found.failure is not None:
                return Answer(200, evaluated(asked, found))
            return Answer(200, evaluated(asked, ran, accepting(numbers, found)))

        wanted = judge.wanted(list(zip(cases, outputs, strict=True)))
        return self._judged(request, wanted, self._timeout_s(asked), answer)

    def _timeout_s(self, asked: Evaluation) -> float:
        return min(self._config.wait_s, asked.timeout_s)

    def _judged(
        self,
        request: Request,
        wanted: Wanted,
        timeout_s: float,
        answer: Callable[[Did], Answer | Later],
    ) -> Later:
        message = wanted.message(self._service.offered)
        awaited = self._service.judge(message, request.client)
        backend = self._service.backend
        return Later(
            awaited, timeout_s, lambda done: answer(running.did(backend, message, done=done))
        )


def _checked(request: Request, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(as_mapping(request.json(), "the body"))
    except NotHere as exc:
        raise Refused(Answer(400, {"detail": str(exc)})) from None
    except ValueError as exc:
        error = {"loc": ["body"], "msg": str(exc), "type": "value_error"}
        raise Refused(Answer(422, {"detail": [error]})) from None

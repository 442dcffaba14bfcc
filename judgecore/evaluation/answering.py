"""A program of the problem that answers what a submission asks during a call.

It reads lines of JSON: first what the test keeps secret, then for each query the name of a function
and its arguments, `["get", [3]]`. It answers each query with a line of JSON, the value, or with
`{"wrong": "why"}` where the submission should not have asked that. It is started for each call.
"""

from __future__ import annotations

import json
import time

from judgecore.evaluation.helpers import Helper
from judgecore.execution import Run
from judgecore.functions.calls import cut
from judgecore.functions.queries import AnsweringFailed, NoAnswer, Query, Secret
from judgecore.functions.shapes import BadValue
from judgecore.functions.types import VOID
from judgecore.functions.values import Value, from_json, to_json
from judgecore.limits import MOST_MS
from judgecore.runner.protocol import MAX_REPLY_BYTES

_READ_S = 0.2


class AnsweringProgram:
    """Answers the queries of one call. For one thread; `close` must be called.

    `waits_ms`: how long the submission may take; it is added to the program's limit on wall time.
    """

    def __init__(self, helper: Helper, secret: Secret, waits_ms: int) -> None:
        wall_ms = min(MOST_MS, helper.limits.effective_wall_ms + waits_ms)
        limits = helper.limits.model_copy(update={"wall_ms": wall_ms})
        self._answer_s = helper.limits.effective_idle_ms / 1000
        self._running = helper.executor.start(Run(limits=limits))
        self._received = b""
        self._send(secret)

    def __call__(self, query: Query) -> Value:
        """The answer. Raises `NoAnswer`, and `AnsweringFailed` where this program is at fault."""
        pairs = zip(query.method.parameters, query.arguments, strict=True)
        self._send([query.method.name, [to_json(one.type, value) for one, value in pairs]])
        answer = self._receive()
        if isinstance(answer, dict) and set(answer) == {"wrong"}:
            why = cut(str(answer["wrong"]))
            raise NoAnswer(f"asked {query}: {why}", why)
        if query.method.returns == VOID:
            return None
        try:
            return from_json(query.method.returns, answer)
        except BadValue as exc:
            raise AnsweringFailed(f"it answered {query} wrongly: {exc}") from None

    def close(self) -> None:
        """End the program."""
        self._running.stop()
        self._running.finish()

    def _send(self, data: object) -> None:
        self._running.feed(json.dumps(data).encode() + b"\n")

    def _receive(self) -> object:
        """The next line of JSON."""
        deadline = time.monotonic() + self._answer_s
        while b"\n" not in self._received:
            if self._running.ended or len(self._received) > MAX_REPLY_BYTES:
                raise AnsweringFailed("it ended without an answer, or its answer is too long")
            if time.monotonic() > deadline:
                raise AnsweringFailed(f"it gave no answer for {self._answer_s:.0f} s")
            got = self._running.read(_READ_S)
            if got is not None and got[0] == 1:
                self._received += got[1]
        line, _, self._received = self._received.partition(b"\n")
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise AnsweringFailed(f"it answered what is not JSON: {cut(str(line))}") from None

"""Storing verdicts and reading them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from consumers.contracts import Answer, Outcome
from consumers.events import VerdictEvent
from consumers.postgres.answers import ask_in_turn
from consumers.postgres.driver import Connections
from consumers.postgres.rows import RESULT_COLUMNS, extra_of, jsonb, merged, rows_of_tests
from consumers.postgres.shards import key_of, notice
from consumers.postgres.statements import Values, columns, query
from consumers.postgres.together import Asked, Together
from judgecore.result import Result


class Verdicts:
    """The verdicts in one database. Thread-safe.

    `own_s` is how long whoever stores an event has for sending it before others may.
    """

    def __init__(self, connections: Connections, together: Together, own_s: float) -> None:
        self._connections = connections
        self._together = together
        self._own_s = own_s

    def finish_soon(
        self,
        done: Callable[[Answer[Outcome]], None],
        event: VerdictEvent,
        starts: int,
        patience_s: float,
    ) -> None:
        """See `Store.finish_soon`."""

        def finish(done: Callable[[Answer[Outcome]], None]) -> None:
            self._together.ask(
                "finish",
                self._values(event, starts),
                durable=True,
                patience_s=patience_s,
                notice=notice(event),
                done=lambda asked: done(
                    Answer(partial(self._outcome, asked), at_once=asked.row is not None)
                ),
            )

        ask_in_turn(finish, len(event.json_text), done)

    def _values(self, event: VerdictEvent, starts: int) -> Values:
        result = event.result
        return {
            **key_of(event.submission_id),
            **result.model_dump(
                include={"language", "cpu_ms", "wall_ms", "memory_bytes", "tier", "cause"}
            ),
            "verdict": result.verdict.value,
            "compile": result.compile and result.compile.model_dump_json(),
            "more": jsonb(extra_of(result, RESULT_COLUMNS)),
            "tests": rows_of_tests(result),
            "event": event.json_text,
            "attempt": event.attempt,
            "starts": starts,
            "own_s": self._own_s,
        }

    def _outcome(self, asked: Asked) -> Outcome:
        return Outcome(self._together.row_of(asked)[0])

    def get(self, submission_id: UUID) -> VerdictEvent | None:
        """The event of the current verdict; None while there is none."""
        with self._connections.transaction() as cursor:
            # What is read by two statements must not be from before and after a rejudge.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(query("verdict"), key_of(submission_id))
            row = cursor.fetchone()
            if row is None:
                return None
            values = dict(zip(columns(cursor), row, strict=True))
            cursor.execute(query("result_tests"), key_of(submission_id))
            names = columns(cursor)
            tests = [dict(zip(names, test, strict=True)) for test in cursor.fetchall()]
        attempt, batch_id = values.pop("attempt"), values.pop("batch_id")
        result = Result.model_validate(
            {
                "language": "",
                **merged(values),
                "submission_id": submission_id,
                "tests": [merged(test) for test in tests],
            }
        )
        return VerdictEvent.of(result, attempt=attempt, batch_id=batch_id and UUID(batch_id))

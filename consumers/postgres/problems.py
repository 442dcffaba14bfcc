"""Problems in PostgreSQL, kept in memory by their content hash.

The cache is bounded twice, in problems and in bytes; the last one read always stays, or a problem
larger than the bound would be read again for each submission.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg2.extras

from consumers.postgres.driver import Connections
from consumers.postgres.statements import one, query
from consumers.problem import Problem, content_hash
from judgecore.errors import InvalidSubmission, StoreUnavailable
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, TestCase
from judgecore.validation import as_bytes

CACHED_PROBLEMS = 64
CACHED_BYTES = 64 * MIB


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of problems."""

    slug: str
    title: str
    content_hash: str
    updated_at: datetime
    tests: int
    size_bytes: int


class Problems:
    """The problems of one database. Thread-safe."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._known: OrderedDict[str, tuple[str, Problem]] = OrderedDict()

    def put(
        self,
        slug: str,
        title: str,
        limits: Limits,
        checker: Checker,
        tests: Sequence[TestCase],
    ) -> None:
        """Add a problem, or replace the one of that slug with all its tests."""
        tests = tuple(tests)
        if not tests:
            raise InvalidSubmission("tests", "a problem needs at least one")
        values = {
            "slug": slug,
            "title": title,
            "limits": limits.model_dump_json(),
            "checker": checker.model_dump_json(),
            "content_hash": content_hash(limits, checker, tests),
        }
        with self._connections.transaction() as cursor:
            cursor.execute(query("put_problem"), values)
            problem_id = one(cursor)[0]
            cursor.execute(query("clear_test_cases"), {"problem_id": problem_id})
            rows = [_row(problem_id, n, test) for n, test in enumerate(tests)]
            psycopg2.extras.execute_values(cursor, query("put_test_cases"), rows)

    def all(self) -> list[Listed]:
        """Every problem, by slug."""
        with self._connections.statement() as cursor:
            cursor.execute(query("list_problems"))
            return [Listed(*row) for row in cursor.fetchall()]

    def get(self, slug: str) -> Problem:
        """A problem, or `InvalidSubmission` when there is none of that name."""
        with self._connections.statement() as cursor:
            cursor.execute(query("problem_hash"), {"slug": slug})
            found = cursor.fetchone()
        if found is None:
            raise unknown(slug)
        return self.of(slug, found[0])

    def of(self, slug: str, wanted: str) -> Problem:
        """The problem of that slug and content hash, or the one that has just replaced it."""
        if cached := self._cached(slug, wanted):
            return cached
        with self._loading:  # many threads may want the same large problem: one reads it
            return self._cached(slug, wanted) or self._load(slug)

    def _load(self, slug: str) -> Problem:
        with self._connections.statement() as cursor:
            cursor.execute(query("load_problem"), {"slug": slug})
            rows = cursor.fetchall()
            cursor.execute(query("problem_hash"), {"slug": slug})
            known = cursor.fetchone()
        if not rows and known is not None:
            raise InvalidSubmission("tests", "the problem has none")
        if not rows:
            raise StoreUnavailable(f"problem {slug!r} was deleted while it was read")
        return self._keep(rows[0][0], _problem(slug, rows))

    def _cached(self, slug: str, wanted: str) -> Problem | None:
        with self._lock:
            known, problem = self._known.get(slug, (None, None))
            if known != wanted:
                return None
            self._known.move_to_end(slug)
            return problem

    def _keep(self, key: str, problem: Problem) -> Problem:
        with self._lock:
            self._known.pop(problem.slug, None)
            self._known[problem.slug] = (key, problem)
            while len(self._known) > 1 and self._too_much():
                self._known.popitem(last=False)
        return problem

    def _too_much(self) -> bool:
        size_bytes = sum(problem.size_bytes for _, problem in self._known.values())
        return len(self._known) > CACHED_PROBLEMS or size_bytes > CACHED_BYTES


def unknown(slug: str) -> InvalidSubmission:
    """The complaint about a problem that is not there."""
    return InvalidSubmission("problem", f"no problem is called {slug!r}")


def _row(problem_id: int, ordinal: int, test: TestCase) -> tuple[Any, ...]:
    checker = test.checker and test.checker.model_dump_json()
    if test.expected is None or test.arguments or test.files or test.cpu_ms or test.group:
        raise InvalidSubmission(
            f"tests.{ordinal}",
            "a stored problem keeps name, input, expected and checker of a test, and needs the"
            " expected output; send what has more with the submission",
        )
    fed, expected = as_bytes(test.input), as_bytes(test.expected)
    return problem_id, ordinal, test.name, fed, expected, checker


def _problem(slug: str, rows: list[tuple[Any, ...]]) -> Problem:
    _, title, limits, checker, *_ = rows[0]
    tests = tuple(
        TestCase(
            name=name,
            input=bytes(fed),
            expected=bytes(expected),
            checker=own and Checker.model_validate(own),
        )
        for *_, name, fed, expected, own in rows
    )
    return Problem(
        slug, title, Limits.model_validate(limits), Checker.model_validate(checker), tests
    )

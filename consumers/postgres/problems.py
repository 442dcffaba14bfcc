"""Problems in PostgreSQL, kept in memory by their content hash.

The cache is bounded twice, in problems and in bytes; the last one read always stays, or a problem
larger than the bound would be read again for each submission.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import psycopg2.extras
from pydantic import ValidationError

from consumers.contracts import ListedProblem
from consumers.large import PROBLEM_BYTES, in_turn
from consumers.postgres.driver import Connections
from consumers.postgres.rows import extra_of, jsonb, merged
from consumers.postgres.statements import columns, one, query
from judgecore.errors import InvalidSubmission, JudgecoreError, StoreUnavailable
from judgecore.limits import MIB
from judgecore.problem import Problem, TestCase
from judgecore.validation import as_bytes, invalid

CACHED_PROBLEMS = 64
LOADED_TESTS = 50
PUT_BYTES = 16 * MIB
_COLUMNS = frozenset(("slug", "title", "tests", "limits", "checker", "warnings"))
_TEST_COLUMNS = frozenset(("name", "input", "expected", "checker"))


class Problems:
    """The problems of one database. Thread-safe."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[str, Problem]] = OrderedDict()

    def put(self, slug: str, problem: Problem) -> None:
        """Add a problem, or replace the one of that slug with all its tests."""
        values = {
            "slug": slug,
            "title": problem.title,
            "limits": problem.limits.model_dump_json(),
            "checker": jsonb(problem.checker.model_dump(mode="json")),
            "more": jsonb(extra_of(problem, _COLUMNS)),
            "content_hash": problem.content_hash,
        }
        with self._connections.transaction() as cursor:
            cursor.execute(query("put_problem"), values)
            problem_id = one(cursor)[0]
            cursor.execute(query("clear_test_cases"), {"problem_id": problem_id})
            for rows in _portions(problem_id, problem.tests):
                psycopg2.extras.execute_values(
                    cursor, query("put_test_cases"), rows, page_size=len(rows)
                )

    def all(self) -> list[ListedProblem]:
        """Every problem, by slug."""
        with self._connections.statement() as cursor:
            cursor.execute(query("list_problems"))
            return [ListedProblem(*row) for row in cursor.fetchall()]

    def get(self, slug: str) -> Problem:
        """A problem, or `InvalidSubmission` when there is none, or none that can be read."""
        with self._connections.statement() as cursor:
            cursor.execute(query("problem_hash"), {"slug": slug})
            found = cursor.fetchone()
        if found is None:
            raise unknown(slug)
        content_hash, title = found
        # The hash is of what can change a verdict, and so not of the title.
        return self.of(slug, content_hash).model_copy(update={"title": title})

    def delete(self, slug: str, *, even_if_used: bool) -> None:
        """Delete a problem with its tests; see `PostgresStore.delete_problem`."""
        with self._connections.transaction() as cursor:
            cursor.execute(query("lock_problem"), {"slug": slug})
            row = cursor.fetchone()
            if row is None:
                raise unknown(slug)
            values = {"problem_id": row[0]}
            if even_if_used:
                cursor.execute(query("forget_problem"), values)
            cursor.execute(query("problem_uses"), values)
            if uses := one(cursor)[0]:
                raise used(slug, uses)
            cursor.execute(query("delete_problem"), values)

    def of(self, slug: str, wanted: str) -> Problem:
        """The problem of that slug and content hash, or the one that has just replaced it."""
        if cached := self.in_memory(slug, wanted):
            return cached
        with in_turn():  # many threads may want the same large problem: one reads it
            return self.in_memory(slug, wanted) or self._load(slug)

    def _load(self, slug: str) -> Problem:
        tests: list[TestCase] = []
        settings: dict[str, Any] = {}
        try:
            for row in self._rows(slug):
                tests.append(TestCase.model_validate(_fields_of_test(row)))
                settings = settings or row
            if not settings:
                raise self._absent(slug)
            fields = merged(
                {name: settings[name] for name in ("title", "limits", "checker", "more")}
            )
            problem = Problem.model_validate({"slug": slug, **fields, "tests": tuple(tests)})
        except ValidationError as exc:  # stored by a newer version, or by hand
            raise invalid(exc) from None
        return self._keep(settings["content_hash"], problem)

    def _rows(self, slug: str) -> Iterator[dict[str, Any]]:
        """A problem's tests, each with what the problem says, a few in memory at a time."""
        with self._connections.transaction() as cursor:
            declare = "DECLARE tests NO SCROLL CURSOR FOR " + query("load_problem")
            cursor.execute(declare, {"slug": slug})
            while True:
                cursor.execute(f"FETCH {LOADED_TESTS} FROM tests")
                names, rows = columns(cursor), cursor.fetchall()
                if not rows:
                    return
                yield from (dict(zip(names, row, strict=True)) for row in rows)

    def _absent(self, slug: str) -> JudgecoreError:
        with self._connections.statement() as cursor:
            cursor.execute(query("problem_hash"), {"slug": slug})
            if cursor.fetchone() is None:
                return StoreUnavailable(f"problem {slug!r} was deleted while it was read")
        return InvalidSubmission("tests", "the problem has none")

    def in_memory(self, slug: str, wanted: str) -> Problem | None:
        """The problem of that slug and content hash, if it need not be read."""
        with self._lock:
            known, problem = self._known.get(slug, (None, None))
            if known != wanted:
                return None
            self._known.move_to_end(slug)
            return problem

    def _keep(self, key: str, problem: Problem) -> Problem:
        slug = problem.slug or ""
        with self._lock:
            self._known.pop(slug, None)
            self._known[slug] = (key, problem)
            while len(self._known) > 1 and self._too_much():
                self._known.popitem(last=False)
        return problem

    def _too_much(self) -> bool:
        size_bytes = sum(problem.size_bytes for _, problem in self._known.values())
        return len(self._known) > CACHED_PROBLEMS or size_bytes > PROBLEM_BYTES


def unknown(slug: str) -> InvalidSubmission:
    """The complaint about a problem that is not there."""
    return InvalidSubmission("problem", f"no problem is called {slug!r}")


def used(slug: str, submissions: int) -> InvalidSubmission:
    """The complaint about deleting a problem that submissions name."""
    return InvalidSubmission("problem", f"{submissions} submissions are for {slug!r}")


def _portions(problem_id: int, tests: tuple[TestCase, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of tests, as many in a statement as the server takes."""
    rows: list[tuple[Any, ...]] = []
    size_bytes = 0
    for n, test in enumerate(tests):
        if rows and size_bytes + test.transfer_bytes > PUT_BYTES:
            yield rows
            rows, size_bytes = [], 0
        rows.append(_row(problem_id, n, test))
        size_bytes += test.transfer_bytes
    yield rows


def _row(problem_id: int, ordinal: int, test: TestCase) -> tuple[Any, ...]:
    expected = None if test.expected is None else as_bytes(test.expected)
    checker = None if test.checker is None else jsonb(test.checker.model_dump(mode="json"))
    more = jsonb(extra_of(test, _TEST_COLUMNS))
    return problem_id, ordinal, test.name, as_bytes(test.input), expected, checker, more


def _fields_of_test(row: dict[str, Any]) -> dict[str, Any]:
    values = {name: row[f"test_{name}"] for name in (*_TEST_COLUMNS, "more")}
    return merged(values)

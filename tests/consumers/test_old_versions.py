"""Rows and messages that version 0.1.0 wrote: this version reads them, and judges what is left.

`data/rows-0.1.sql` was dumped from a database that 0.1.0 had filled, `data/messages-0.1.json` was
encoded by it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from doubles import result_of

from consumers.contracts import Attempt, Outcome, RejudgeFilter, RunClaim
from consumers.events import ProgressEvent, VerdictEvent, decode_event
from consumers.messages import BatchMessage, RejudgeMessage, SubmissionMessage, decode
from consumers.postgres import PostgresStore, migrate
from consumers.postgres.migrating import migrations
from judgecore import Judge
from judgecore.problem import CheckerKind, Problem, TestCase
from judgecore.verdict import Verdict

DATA = Path(__file__).parent / "data"
MESSAGES = json.loads((DATA / "messages-0.1.json").read_text())
REQUESTS: dict[str, dict[str, Any]] = MESSAGES["requests"]
SUBMISSIONS = {name: raw for name, raw in REQUESTS.items() if raw["kind"] == "submission"}
OF_0_1 = 4  # migrations
SUM = Problem(tests=(TestCase(name="1", input="1 2\n", expected="3\n"),))


def read(name: str) -> SubmissionMessage:
    """A submission of 0.1.0 as this version reads it."""
    found = decode(json.dumps(REQUESTS[name]).encode())
    assert isinstance(found, SubmissionMessage)
    return found


def one_id(number: int) -> UUID:
    """An id of the rows and messages."""
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_old_submissions_are_read(name: str) -> None:
    """A submission gives the judge what its publisher wrote, and nothing else."""
    raw = SUBMISSIONS[name]
    sent = read(name)
    judged = sent.submission(raw["language"], SUM if sent.slug else None)
    problem = judged.judged_against
    own_tests = raw.get("tests", [{"name": "1", "input": "1 2\n", "expected": "3\n"}])
    own_checkers = [test.get("checker", {}).get("kind") for test in own_tests]

    assert (raw["submission_id"], raw.get("problem")) == (str(judged.id), sent.slug)
    assert (raw["source"], raw["files"], raw.get("entry")) == (
        judged.source,
        judged.files,
        judged.entry,
    )
    assert raw.get("limits", {}).get("cpu_ms", 2000) == problem.limits.cpu_ms
    assert raw.get("checker", {}).get("kind", "tokens") == problem.checker.kind
    assert own_checkers == [test.checker and test.checker.kind for test in problem.tests]
    assert [(t.get("name"), t["input"], t["expected"]) for t in own_tests] == [
        (test.name, test.input, test.expected) for test in problem.tests
    ]
    assert (raw["stop_at_first_failure"], False, ()) == (
        judged.stop_at_first_failure,
        judged.keep_output,
        judged.collect,
    )


def test_other_old_messages_are_read() -> None:
    """Batches, requests for another attempt, results and progress are what they were."""
    batch, rejudge = (decode(json.dumps(REQUESTS[name]).encode()) for name in ("batch", "rejudge"))
    result, progress = (
        decode_event(json.dumps(MESSAGES["events"][name]).encode())
        for name in ("result", "progress")
    )

    assert isinstance(batch, BatchMessage)
    assert (read("stored problem"), read("its tests")) == tuple(
        one.model_copy(update={"batch_id": kept.batch_id})
        for one, kept in zip(
            batch.split(), (read("stored problem"), read("its tests")), strict=True
        )
    )
    assert RejudgeMessage(submission_id=one_id(2), attempt=2) == rejudge
    assert isinstance(result, VerdictEvent)
    assert isinstance(progress, ProgressEvent)
    assert (Verdict.AC, "4\n") == (result.verdict, result.result.tests[0].stdout)
    assert (1, 2, "1") == (progress.done, progress.total, progress.tests[0].name)


@pytest.mark.local
def test_old_submissions_are_judged() -> None:
    """Submissions with a problem, with files, and with tests of their own are judged."""
    names = ("stored problem", "files", "its tests")
    with Judge(engine="local", slots=1) as judge:
        verdicts = [
            judge.judge(sent.submission("python", SUM if sent.slug else None)).verdict
            for sent in map(read, names)
        ]

    assert [Verdict.AC, Verdict.AC, Verdict.WA] == verdicts


@pytest.mark.services
class TestRows:
    """A database of 0.1.0, brought up to date."""

    @pytest.fixture
    def store(self, database_url: str) -> Any:
        with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE schema_version (version integer PRIMARY KEY, name text NOT NULL,"
                " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            for migration in migrations()[:OF_0_1]:
                cursor.execute(migration.text)
            cursor.execute("SET session_replication_role = replica")  # in whatever order they are
            cursor.execute((DATA / "rows-0.1.sql").read_text())
        connection.close()
        applied = migrate(database_url)
        assert [one.name for one in migrations()[OF_0_1:]] == applied
        opened = PostgresStore(database_url, own_s=0)
        yield opened
        opened.close()

    def test_problems(self, store: PostgresStore) -> None:
        """Problems are there with every byte of their tests, and can be put again."""
        echo, total = store.problem("echo"), store.problem("sum")

        assert SUM.model_copy(update={"slug": "sum", "title": "Sum"}) == total
        assert ("Say it 'again' %s", 700, 64 << 20) == (
            echo.title,
            echo.limits.cpu_ms,
            echo.limits.memory_bytes,
        )
        assert (CheckerKind.FLOATS, 1e-4, False) == (
            echo.checker.kind,
            echo.checker.absolute,
            echo.checker.case_sensitive,
        )
        assert [("a\0b\r\n", "a\0b\n", None), ("", "ü\n", CheckerKind.EXACT)] == [
            (test.input, test.expected, test.checker and test.checker.kind) for test in echo.tests
        ]
        assert [("echo", 2), ("sum", 1)] == [(line.slug, line.tests) for line in store.problems()]
        for problem in (echo, total):
            store.add_problem(problem.slug or "", problem)
            assert problem == store.problem(problem.slug or "")

    @pytest.mark.parametrize("name", SUBMISSIONS)
    def test_submissions(self, store: PostgresStore, name: str) -> None:
        """Each row gives the message that it once was."""
        sent = read(name)

        assert sent == store.recall(sent.submission_id)

    def test_verdicts(self, store: PostgresStore) -> None:
        """Verdicts, tests and the history are there."""
        judged = decode_event(json.dumps(MESSAGES["events"]["result"]).encode())

        assert judged == store.verdict(one_id(1))
        assert [Attempt(1, Verdict.IE, "SlotLost: gone")] == store.history(one_id(3))
        assert [Attempt(1, Verdict.WA), Attempt(2, Verdict.PENDING)] == store.history(one_id(2))
        assert [Attempt(1, Verdict.CANCELLED, "withdrawn")] == store.history(one_id(6))

    def test_outbox(self, store: PostgresStore) -> None:
        """What was not sent yet is sent: four results, a cancellation, a request."""
        kinds = sorted((entry.kind, entry.submission_id.int & 0xFF) for entry in store.claim(100))

        assert [("rejudge", 2), *(("result", n) for n in (1, 2, 3, 4, 6))] == kinds

    def test_unfinished_ones_are_judged(self, store: PostgresStore) -> None:
        """What a worker of 0.1.0 had begun is begun again, and so is the next attempt."""
        begun = read("waits")
        again = store.begin(begun, "python")
        second = store.begin(read("its tests"), "python", attempt=2)

        assert isinstance(again, RunClaim)
        assert isinstance(second, RunClaim)
        assert (2, "Sum") == (again.starts, again.problem and again.problem.title)
        assert (2, 1) == (second.attempt, second.starts)
        for sent, claim in ((begun, again), (read("its tests"), second)):
            event = VerdictEvent.of(result_of(sent.submission_id), attempt=claim.attempt)
            assert Outcome.STORED == store.finish(event, claim.starts)
            assert event.result == store.result(sent.submission_id)

    def test_everything_can_be_rejudged(self, store: PostgresStore) -> None:
        """A rejudge keeps what 0.1.0 found in the history."""
        ids = tuple(map(one_id, (1, 3, 4)))

        assert 3 == store.rejudge(RejudgeFilter(submission_ids=ids))
        assert [Attempt(1, Verdict.AC), Attempt(2, Verdict.PENDING)] == store.history(one_id(1))
        claim = store.begin(read("files"), "python", attempt=2)
        assert isinstance(claim, RunClaim)
        assert SUM.tests == (claim.problem and claim.problem.tests)

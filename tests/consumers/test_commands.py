"""The commands around the pipeline, on a real broker and a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from doubles import message, result_of
from typer.testing import CliRunner

from consumers.contracts import Attempt
from consumers.events import VerdictEvent
from consumers.messages import RejudgeMessage, decode
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitQueue
from judgecore.__main__ import app
from judgecore.errors import InvalidConfig, InvalidSubmission
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict

ROOT = Path(__file__).parents[2]
Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; gives what it printed, decoded where it is JSON, or raises its error."""
    for name in ("RABBITMQ_URL", "CLOUDAMQP_URL", "DATABASE_URL", "JUDGECORE_QUEUE_PREFIX"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: object, code: int = 0, **environ: str) -> Any:
        done = CliRunner().invoke(app, [str(word) for word in words], env=environ)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert code == done.exit_code, done.output
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return invoke


def test_policy_is_printed(run: Run) -> None:
    """The policy comes as a command, with reasons, and as JSON."""
    command = run("broker", "policy", JUDGECORE_QUEUE_PREFIX="exams")
    data = run("broker", "policy", "--json", "--prefix", "exams")

    assert "rabbitmqctl set_policy --vhost / --apply-to queues exams-submissions" in command
    assert "exams-submissions" == data["policies"][0]["name"]


def test_selection_must_be_given(run: Run) -> None:
    """Rejudging everything by accident is not possible."""
    with pytest.raises(InvalidSubmission, match="selection"):
        run("rejudge", "--database", "postgres://nowhere")


@pytest.mark.parametrize("words", [("purge",), ("purge", "--older-than", "soon")])
def test_purge_must_be_told_what(run: Run, words: tuple[str, ...]) -> None:
    """Deleting everything by accident is not possible, nor by an age that can't be read."""
    with pytest.raises(InvalidSubmission, match=r"selection|older-than"):
        run(*words, "--database", "postgres://nowhere")


def test_database_must_be_given(run: Run) -> None:
    """A missing URL is named."""
    with pytest.raises(InvalidConfig, match="DATABASE_URL"):
        run("cancel", uuid4())


@pytest.mark.services
class TestWithServices:
    """On real ones."""

    @pytest.fixture
    def store(self, database_url: str) -> Any:
        migrate(database_url)
        opened = PostgresStore(database_url)
        yield opened
        opened.close()

    def test_problems(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """A package is stored, listed, and found by its slug; storing it again replaces it."""
        for _ in range(2):
            put = run("problem", "put", ROOT / "examples/sum", "--json", DATABASE_URL=database_url)
        (listed,) = run("problem", "list", "--json", "--database", database_url)
        table = run("problem", "list", "--database", database_url)

        problem = store.problem("sum")

        assert ("sum", len(problem.tests)) == (put["slug"], put["tests"])
        assert ("sum", len(problem.tests)) == (listed["slug"], listed["tests"])
        assert problem.title in table

    def test_problem_as_json(
        self, run: Run, store: PostgresStore, database_url: str, tmp_path: Path
    ) -> None:
        """What `get` writes can be put again, under any slug, and nothing is lost."""
        tests = (TestCase(input="1\0", files={"a": b"\xff"}, arguments=("-v",), cpu_ms=7),)
        whole = Problem(title="P", tests=tests, writable=True)
        store.add_problem("p", whole)
        file = tmp_path / "q.json"

        run("problem", "get", "p", "-o", file, DATABASE_URL=database_url)
        printed = run("problem", "get", "p", DATABASE_URL=database_url)
        run("problem", "put", file, "--slug", "q", DATABASE_URL=database_url)

        assert json.loads(file.read_text()) == json.loads(printed)
        assert whole.model_copy(update={"slug": "q"}) == store.problem("q")

    def test_problem_is_shown(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """`show` prints settings and sizes, and none of the tests' contents."""
        tests = (TestCase(name="a", input="secret", expected="42"), TestCase(expected="", cpu_ms=7))
        store.add_problem("p", Problem(title="Title", tests=tests))

        data = run("problem", "show", "p", "--json", DATABASE_URL=database_url)
        text = run("problem", "show", "p", DATABASE_URL=database_url)

        assert ("p", "Title", 2000) == (data["slug"], data["title"], data["limits"]["cpu_ms"])
        assert [("a", 6, 2, None), ("2", 0, 0, 7)] == [
            (test["name"], test["input_bytes"], test["expected_bytes"], test["cpu_ms"])
            for test in data["tests"]
        ]
        assert "Title" in text
        assert "secret" not in text + json.dumps(data)

    def test_problem_is_deleted(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """A problem with submissions is deleted only with --force; an unknown one is named."""
        store.add_problem("p", Problem(tests=(TestCase(expected="1"),)))
        store.begin(message(tests=None, problem="p"), "python")

        with pytest.raises(InvalidSubmission, match="1 submissions are for 'p'"):
            run("problem", "delete", "p", DATABASE_URL=database_url)
        said = run("problem", "delete", "p", "--force", "--json", DATABASE_URL=database_url)
        with pytest.raises(InvalidSubmission, match="no problem is called 'p'"):
            run("problem", "delete", "p", DATABASE_URL=database_url)

        assert {"deleted": "p"} == said

    def test_wrong_json_is_named(self, run: Run, database_url: str, tmp_path: Path) -> None:
        """A file that is no problem is refused with the field at fault."""
        file = tmp_path / "p.json"
        for text, said in (("{}", "^tests: "), ("[", "^JSON: "), ('{"tests": [{"x": 1}]}', "x: ")):
            file.write_text(text)
            with pytest.raises(InvalidSubmission, match=said):
                run("problem", "put", file, DATABASE_URL=database_url)

    def test_cancel(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """Cancelling says what it did; exit code 1: judged already, or not in the database."""
        judged, waiting = message(), uuid4()
        store.begin(judged, "python")
        store.finish(VerdictEvent.of(result_of(judged.submission_id)), 1)
        words = ("cancel", judged.submission_id, waiting, "--json", "--reason", "typo")

        said = run(*words, code=1, DATABASE_URL=database_url)

        assert {
            str(judged.submission_id): {"cancelled": False, "why": "final"},
            str(waiting): {"cancelled": True, "why": "not arrived"},
        } == said
        assert [Attempt(1, Verdict.CANCELLED, "typo")] == store.history(waiting)

    def test_rejudge(
        self, run: Run, store: PostgresStore, database_url: str, broker_url: str, prefix: str
    ) -> None:
        """The requests are in the queue at once, whether or not a worker runs."""
        sent = message(user="ada")
        store.begin(sent, "python")
        store.finish(VerdictEvent.of(result_of(sent.submission_id, Verdict.WA)), 1)
        queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
        environ = {
            "DATABASE_URL": database_url,
            "RABBITMQ_URL": broker_url,
            "JUDGECORE_QUEUE_PREFIX": prefix,
        }

        said = run("rejudge", "--user", "ada", "--urgent", "--json", **environ)
        taken = queue.take(10)
        queue.close()

        assert {"rejudged": 1, "published": True, "missing": []} == said
        assert taken is not None
        assert "default" == taken.queue
        assert decode(taken.body) == RejudgeMessage(
            submission_id=sent.submission_id, attempt=2, queue="default"
        )

    def test_rejudge_without_a_broker(
        self, run: Run, store: PostgresStore, database_url: str
    ) -> None:
        """Without a broker's URL the requests wait in the outbox for a worker."""
        sent = message()
        store.begin(sent, "python")
        store.finish(VerdictEvent.of(result_of(sent.submission_id)), 1)

        said = run("rejudge", sent.submission_id, "--database", database_url)

        assert "1 submissions will be judged again; a worker will publish" in said
        assert [2] == [letter.attempt for letter in store.claim(10)]

    def test_rejudge_of_what_is_not_there(
        self, run: Run, store: PostgresStore, database_url: str
    ) -> None:
        """An id that is not in the database is exit code 1; a problem is refused by its name."""
        unknown = uuid4()

        said = run("rejudge", unknown, "--json", "--database", database_url, code=1)
        with pytest.raises(InvalidSubmission, match="problem: no problem is called 'nope'"):
            run("rejudge", "--problem", "nope", "--database", database_url)

        assert {"rejudged": 0, "published": False, "missing": [str(unknown)]} == said

    def test_outbox(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """What the broker refused is listed with its cause, and published again on request."""
        sent = message()
        store.begin(sent, "python")
        event = VerdictEvent.of(result_of(sent.submission_id))
        store.finish(event, 1)
        store.postpone(event, "the queue may be full")
        database = ("--database", database_url, "--json")

        (listed,) = run("outbox", "--publish", *database)

        assert (str(sent.submission_id), 1, "the queue may be full", False) == (
            listed["submission_id"],
            listed["tries"],
            listed["cause"],
            listed["parked"],
        )
        assert [event] == store.claim(10, "result")

    def test_unfinished_and_purge(self, run: Run, store: PostgresStore, database_url: str) -> None:
        """What has no verdict is listed, and stays when a user's submissions are deleted."""
        judged, waiting = message(user="ada"), message(user="ada")
        store.begin(judged, "python")
        store.finish(VerdictEvent.of(result_of(judged.submission_id)), 1)
        store.register(waiting)
        database = ("--json", "--database", database_url)

        (listed,) = run("unfinished", "--older-than", "0s", *database)
        dry = run("purge", "--user", "ada", "--dry-run", *database)
        done = run("purge", "--user", "ada", "--older-than", "0s", *database)

        assert (str(waiting.submission_id), "PENDING") == (
            listed["submission_id"],
            listed["verdict"],
        )
        assert {"purged": 1, "dry_run": True, "unfinished": 1} == dry
        assert {"purged": 1, "dry_run": False, "unfinished": 1} == done
        assert store.result(judged.submission_id) is None

    def test_no_verdict_is_no_success(self, run: Run, broker_url: str, prefix: str) -> None:
        """Who waits in vain is given the id, and an exit code that nobody takes for AC."""
        RabbitQueue.open(broker_url, prefetch=1, prefix=prefix).close()
        environ = {"RABBITMQ_URL": broker_url, "JUDGECORE_QUEUE_PREFIX": prefix}
        folder = ROOT / "examples/sum"
        program = folder / "submissions/accepted/sum.py"
        words = ("publish", program, "-l", "python", "-p", folder, "--json")

        assert {"submission_id"} == set(run(*words, **environ))
        assert {"submission_id"} == set(run(*words, "--wait", "0.1", code=3, **environ))

"""Problems as they are stored: whole, whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest
from doubles import message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whole_problems import (
    FIELDS,
    FIXED,
    GROUP_FIELDS,
    PROBLEMS,
    PROGRAM_FIELDS,
    SCORING_FIELDS,
    TEST_FIELDS,
)

from consumers.events import VerdictEvent
from consumers.memory import MemoryStore
from consumers.messages import InvalidMessage, SubmissionMessage, decode
from consumers.postgres import PostgresStore, migrate
from judgecore.errors import InvalidSubmission
from judgecore.groups import Group, PassFail, Scoring, Total
from judgecore.kinds import Batch, CheckerProgram, Interactive, Procedure, SubmitAnswer, TwoSteps
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.result import Result, TestResult
from judgecore.verdict import Verdict

Store = MemoryStore | PostgresStore
PROBLEM = Problem(title="P", tests=(TestCase(input="1", expected="1"),))
HASHED = sorted({*FIELDS} - {"slug", "title"})
MANY = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_the_generated_problems_have_every_field() -> None:
    """A new field of a problem, or of a test, has to be generated too."""
    assert set(Problem.model_fields) == {*FIELDS, *FIXED}
    assert set(TestCase.model_fields) == set(TEST_FIELDS)
    assert set(CheckerProgram.model_fields) == {*PROGRAM_FIELDS, "kind"}
    assert set(Group.model_fields) == set(GROUP_FIELDS)
    assert set(Scoring.model_fields) == {*SCORING_FIELDS, "kind"}
    assert {PassFail, Scoring} == set(get_args(get_args(Total)[0]))
    assert {Batch, Interactive, SubmitAnswer, TwoSteps} == set(get_args(get_args(Procedure)[0]))


@MANY
@given(problem=PROBLEMS)
def test_whole_problems_come_back(store: Store, problem: Problem) -> None:
    """Whatever a problem says is stored, and nothing of it is refused or changed."""
    store.add_problem("p", problem)

    assert problem.model_copy(update={"slug": "p"}) == store.problem("p")


@MANY
@given(problem=PROBLEMS, sources=st.dictionaries(st.sampled_from("ab"), st.binary(), max_size=2))
def test_whole_problems_are_recalled(
    store: Store, problem: Problem, sources: dict[str, bytes]
) -> None:
    """A problem that came with a submission is there for its next attempt, byte for byte."""
    sent = message(
        tests=None,
        problem=problem,
        files=sources,
        keep_output=True,
        collect=("out",) if problem.writable else (),
    )
    store.begin(sent, "python")

    assert sent == store.recall(sent.submission_id) == decode(sent.encode())


@MANY
@given(one=PROBLEMS, other=PROBLEMS)
def test_different_problems_have_different_hashes(one: Problem, other: Problem) -> None:
    """The content hash is that of another problem only if nothing differs but its names."""
    names = {"slug": None, "title": ""}
    alike = one.model_copy(update=names) == other.model_copy(update=names)
    turned = tuple(
        test.model_copy(update={"files": dict(reversed(test.files.items()))}) for test in one.tests
    )

    assert alike == (one.content_hash == other.content_hash)
    assert one.content_hash == one.model_copy(update={"tests": turned, **names}).content_hash


@settings(max_examples=60)
@given(
    problem=PROBLEMS, field=st.sampled_from(sorted({*FIELDS} - {"slug", "title"})), data=st.data()
)
def test_every_field_changes_the_hash(problem: Problem, field: str, data: st.DataObject) -> None:
    """Changing one field of a problem changes its content hash."""
    changed = problem.model_copy(update={field: data.draw(FIELDS[field])})

    assert (changed == problem) == (changed.content_hash == problem.content_hash)


def test_what_is_given_replaces_what_tests_have() -> None:
    """Limits and a checker that are given together hold for every test."""
    own = TestCase(expected="1", cpu_ms=5, checker=Checker(kind=CheckerKind.EXACT))
    changed = Problem(tests=(own,)).replacing(Limits(cpu_ms=9), Checker())

    assert (None, None) == (changed.tests[0].cpu_ms, changed.tests[0].checker)
    assert 9 == changed.limits_of(changed.tests[0]).cpu_ms


def test_an_interactor_is_not_replaced_by_a_comparison() -> None:
    """A message that brings an interactive problem and a comparison is refused."""
    interactor = CheckerProgram(language="python", source="x")
    problem = Problem(tests=(TestCase(),), procedure=Interactive(), checker=interactor)
    sent = message(tests=None, problem=problem)
    body = json.dumps({**json.loads(sent.encode()), "checker": {"kind": "exact"}}).encode()

    with pytest.raises(InvalidMessage, match=r"^procedure: interactive needs an interactor"):
        decode(body)
    with pytest.raises(InvalidSubmission, match=r"^procedure: "):
        message(tests=None, problem="p", checker=Checker()).submission("python", problem)


class TestStored:
    """The list of problems, and its end."""

    def test_problems_are_listed(self, store: Store) -> None:
        """Every problem has a line, by slug; it is stored under the slug it is given."""
        for slug in ("b", "a"):
            store.add_problem(slug, PROBLEM.model_copy(update={"slug": "other"}))

        listed = store.problems()

        assert [("a", "P", 1, 2), ("b", "P", 1, 2)] == [
            (line.slug, line.title, line.tests, line.size_bytes) for line in listed
        ]
        assert {PROBLEM.content_hash} == {line.content_hash for line in listed}

    def test_a_new_title_is_seen(self, store: Store) -> None:
        """A problem of which only the title changed is read with the new one."""
        for title in ("old", "new"):
            store.add_problem("p", PROBLEM.model_copy(update={"title": title}))
            seen = store.problem("p").title

        assert "new" == seen

    def test_a_problem_is_deleted(self, store: Store) -> None:
        """A deleted problem is gone; deleting it again names it."""
        store.add_problem("p", PROBLEM)
        store.delete_problem("p")

        assert [] == store.problems()
        with pytest.raises(InvalidSubmission, match="no problem is called 'p'"):
            store.problem("p")
        with pytest.raises(InvalidSubmission, match="no problem is called 'p'"):
            store.delete_problem("p")

    def test_a_used_problem_stays(self, store: Store) -> None:
        """A problem with submissions is deleted only on demand; these keep their verdicts."""
        store.add_problem("p", PROBLEM)
        sent = message(tests=None, problem="p")
        store.begin(sent, "python")
        tested = TestResult(name="1", verdict=Verdict.AC)
        result = Result(
            submission_id=sent.submission_id, language="python", verdict=Verdict.AC, tests=(tested,)
        )
        store.finish(VerdictEvent.of(result), 1)

        with pytest.raises(InvalidSubmission, match="1 submissions are for 'p'"):
            store.delete_problem("p")
        store.delete_problem("p", even_if_used=True)

        assert ([], result) == (store.problems(), store.result(sent.submission_id))

    def test_a_large_problem_is_stored(self, store: Store) -> None:
        """Tests that are larger together than one statement may be are stored all the same."""
        tests = tuple(TestCase(input=f"{n}" * 6 * MIB, expected="") for n in range(6))
        store.add_problem("p", Problem(tests=tests))

        assert tests == store.problem("p").tests

    def test_outputs_are_stored_as_they_are(self, store: Store) -> None:
        """What a program printed and wrote comes back from the row, and from the outbox."""
        sent = SubmissionMessage(
            submission_id=uuid4(), language="python", source="x", tests=(TestCase(),)
        )
        store.begin(sent, "python")
        files = {"a": "\0", "b": b"\xff", "c": "ü"}
        tested = TestResult(name="1", verdict=Verdict.OK, output="a\0b", files=files)
        result = Result(
            submission_id=sent.submission_id, language="python", verdict=Verdict.OK, tests=(tested,)
        )
        store.finish(VerdictEvent.of(result), 1)

        assert result == store.result(sent.submission_id)
        assert (b"a\0b", b"\0") == (tested.output, tested.files["a"])


@pytest.mark.services
def test_the_documented_example(database_url: str) -> None:
    """The example in docs/pipeline.md of problems from one's own tables works as it stands."""
    page = (Path(__file__).parents[2] / "docs/pipeline.md").read_text()
    example = page.split("## Problems")[1].split("```python\n")[1].split("```")[0]
    before_the_end = example.replace("store.delete_problem", "found = store.problem('two-sum')\n# ")
    migrate(database_url)
    names: dict[str, Any] = {"database_url": database_url}

    exec(example, names)
    exec(before_the_end, names)

    assert ("Two sum", 1000) == (names["found"].title, names["found"].limits.cpu_ms)
    assert ["3\n", "0\n"] == [test.expected for test in names["found"].tests]

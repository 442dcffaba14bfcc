"""Problems written as packages of 2025-09, and packages of other formats converted to it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from anything import NO_NUL
from engines import make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laid_out import write as laid_out
from typer.testing import CliRunner

from consumers.cli.packages import problem as commands
from judgecore import (
    Batch,
    Checker,
    CheckerKind,
    CheckerProgram,
    Convention,
    Group,
    Included,
    Interactive,
    InvalidPackage,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Scoring,
    Submission,
    Support,
    Verdict,
)
from judgecore import TestCase as Case
from judgecore.evaluation import Checked
from judgecore.evaluation.scores import Scores
from judgecore.problems.canonical import canonical, renamed
from judgecore.problems.exporting import write
from judgecore.problems.package import load, load_all
from judgecore.validation import as_bytes

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(p.name for p in (ROOT / "examples").iterdir() if p.is_dir() and p.name[0] != "_")
# What the format cannot say of the examples.
REFUSED = {
    "mirror": "a checker of the convention cms",
    "hidden": "an interactor beside the checker",
    "telephone": "an interactor beside the checker",
    "parts": "several checkers",
    "upper": "the comparison lines",
    **dict.fromkeys(
        ("adam", "attention", "bad_version", "beam", "kmeans", "pagerank"), "a function problem"
    ),
}
TEST = Case(name="secret/1", input="1", expected="1")
PROGRAM = CheckerProgram(language="python", source="x", entry="validate.py")
LIMITS = Limits(memory_bytes=2048 << 20)
OUTSIDE = Scoring(groups=(Group(name="../../../out", points=Decimal(1)),))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_comes_back_or_is_refused(tmp_path: Path, name: str) -> None:
    """What was exported says what the problem did, or the refusal names what it cannot say."""
    problem = load(ROOT / "examples" / name)
    if name in REFUSED:
        with pytest.raises(InvalidPackage, match=REFUSED[name]):
            write(problem, tmp_path / name)
        assert [] == list(tmp_path.iterdir())
        return
    write(problem, tmp_path / name)

    assert canonical(renamed(problem)) == canonical(load(tmp_path / name))
    assert problem.slug == load(tmp_path / name).slug


@settings(max_examples=30)
@given(data=st.data())
def test_groups_as_they_are_written_are_worth_the_same(data: st.DataObject) -> None:
    """Whatever tests come to, the score is that of the groups before."""
    for name in ("difference", "pairs"):
        problem = load(ROOT / "examples" / name)
        passed = {
            as_bytes(test.input): data.draw(st.booleans(), label=str(test.name))
            for test in problem.tests
        }
        assert score(problem, passed) == score(renamed(problem), passed)


def score(problem: Problem, passed: dict[bytes, bool]) -> Decimal:
    """The score where these inputs are passed, and the others are not."""
    scores = Scores(problem)
    for test in problem.tests:
        if not scores.skips(test):
            verdict = Verdict.AC if passed[as_bytes(test.input)] else Verdict.WA
            scores.add(test, Checked(verdict))
    return scores.score


FLAGS = st.builds(
    Checker,
    kind=st.sampled_from([CheckerKind.TOKENS, CheckerKind.FLOATS]),
    case_sensitive=st.booleans(),
    space_sensitive=st.booleans(),
    absolute=st.floats(0, 1),
    relative=st.floats(0, 1),
)
TEXT = st.text(NO_NUL, max_size=8)
TESTS = st.lists(
    st.builds(
        Case,
        name=st.none() | st.sampled_from(["1", "10", "2", "a b", "secret/x", "sample/1"]),
        input=TEXT | st.binary(max_size=5),
        expected=TEXT,
        arguments=st.lists(TEXT, max_size=2).map(tuple),
        files=st.dictionaries(st.sampled_from(["a.txt", "f/b"]), TEXT, max_size=2),
        group=st.none() | st.just("g"),
    ),
    min_size=1,
    max_size=4,
).map(tuple)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(problem=st.builds(Problem, title=TEXT, tests=TESTS, limits=st.just(LIMITS), checker=FLAGS))
def test_what_is_written_says_what_the_problem_says(
    tmp_path_factory: pytest.TempPathFactory, problem: Problem
) -> None:
    """Either nothing is written, or what is read again is the same problem."""
    folder = tmp_path_factory.mktemp("packages") / "p"
    try:
        write(problem, folder)
    except InvalidPackage:
        assert not folder.exists()
    else:
        assert canonical(renamed(problem)).tests == canonical(load(folder)).tests


UNSAID = {
    "named files": {"procedure": Batch(output_file="out.txt")},
    "an interactor beside": {
        "procedure": Interactive(
            interactor=PROGRAM.model_copy(update={"convention": Convention.TESTLIB})
        )
    },
    "convention exit": {
        "checker": PROGRAM.model_copy(update={"convention": Convention.EXIT}),
    },
    r"limits\.stack_bytes": {"limits": Limits(stack_bytes=1 << 20)},
    r"tests\.cpu_ms": {"tests": (TEST.model_copy(update={"cpu_ms": 5}),)},
    r"tests\.expected": {"tests": (Case(input="1"),)},
    r"harness\.source_name": {
        "harness": Included(by_language={"c": Support(files={"a.h": ""})}, source_name="sum")
    },
    r"checker\.language": {
        "checker": PROGRAM.model_copy(update={"language": "holyc", "entry": None}),
    },
}


@pytest.mark.parametrize("said", UNSAID)
def test_what_the_format_cannot_say_is_named(tmp_path: Path, said: str) -> None:
    """A refusal names the feature, and leaves nothing behind."""
    with pytest.raises(InvalidPackage, match=said):
        write(Problem(**{"tests": (TEST,), **UNSAID[said]}), tmp_path / "p")

    assert [] == list(tmp_path.iterdir())


def test_subtasks_of_the_old_format_are_exported(tmp_path: Path) -> None:
    """A group whose tests share its points; samples that are worth nothing."""
    files = {
        "problem.yaml": "type: scoring\nlimits: {time_limit: 1}\n",
        "data/testdata.yaml": "on_reject: continue\ngrader_flags: ignore_sample\n",
        "data/sample/testdata.yaml": "range: 0 0\naccept_score: 0\ngrader_flags: first_error\n",
        "data/secret/a/testdata.yaml": "on_reject: break\naccept_score: 50\ngrader_flags: min\n",
    }
    tests = ("sample/1", "secret/a/1", "secret/a/2")
    files |= {f"data/{name}.{kind}": name for name in tests for kind in ("in", "ans")}
    problem = load(laid_out(tmp_path / "old", files))
    write(problem, tmp_path / "new")
    new = load(tmp_path / "new")

    assert canonical(renamed(problem)) == canonical(new)
    for passed in ("secret/a/1 secret/a/2", "secret/a/1", "sample/1"):
        found = {as_bytes(test.input): str(test.name) in passed.split() for test in problem.tests}
        assert score(problem, found) == score(new, found)


def test_tests_keep_their_order(tmp_path: Path) -> None:
    """Names get numbers where the format's order of names would be another one."""
    tests = tuple(Case(name=name, input=name, expected="") for name in ("9", "10", "big"))
    write(Problem(tests=tests, limits=LIMITS), tmp_path / "p")

    assert [("secret/1", "9"), ("secret/2", "10"), ("secret/3-big", "big")] == [
        (test.name, test.input) for test in load(tmp_path / "p").tests
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"tests": (Case(name="secret/../../../out", input="1", expected="2"),)},
        {"tests": (TEST.model_copy(update={"group": "../../../out"}),), "total": OUTSIDE},
        {"harness": Included(by_language={"../../../out": Support(files={"a.h": ""})})},
    ],
)
def test_nothing_is_written_outside_the_package(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Names of tests, groups and languages come from whoever made the problem."""
    problem = Problem(**{"title": "x", "limits": LIMITS, "tests": (TEST,), **changes})
    with pytest.raises(InvalidPackage, match="no name of a file or folder"):
        write(problem, tmp_path / "in" / "made")

    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Nobody's files are overwritten."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "mine").touch()
    with pytest.raises(InvalidSubmission, match="not empty"):
        write(Problem(tests=(TEST,)), tmp_path / "p")


RUNNER = CliRunner()


def call(*arguments: str) -> Any:
    """Run `judgecore problem` in this process."""
    return RUNNER.invoke(commands, arguments)


@pytest.mark.local
def test_a_new_problem_judges_its_submissions_as_labelled(tmp_path: Path) -> None:
    """`problem new` makes a package that can be judged at once."""
    assert 0 == call("new", str(tmp_path / "made")).exit_code
    problem, labelled = load_all(tmp_path / "made", strict=True)
    with Judge(engine=make("local"), slots=1) as judge:
        found = {
            one.name: [
                one.complaints(
                    judge.judge(
                        Submission(
                            language=one.code.language, source=one.code.source, problem=problem
                        )
                    )
                )
            ]
            for one in labelled
        }

    assert {"accepted/sum.py": [[]], "wrong_answer/absolute.py": [[]]} == found


@pytest.mark.parametrize("name", ["stairs", "sum"])
def test_an_import_brings_the_submissions_along(tmp_path: Path, name: str) -> None:
    """Files and labels are those of the package; what has no label in the format is left out."""
    done = call("import", str(ROOT / "examples" / name), "--to", str(tmp_path / "p"))
    assert 0 == done.exit_code, done.output
    before = load_all(ROOT / "examples" / name, strict=True)[1]
    after = load_all(tmp_path / "p", strict=True)[1]
    kept = [one.code.source for one in before if not one.name.startswith("compile_error/")]

    assert sorted(kept) == sorted(one.code.source for one in after)
    for one in after:
        assert one.label & {"AC", "WA", "TLE", "RTE"}


def test_a_problem_in_json_is_exported(tmp_path: Path) -> None:
    """What `judgecore problem get` wrote becomes a package; a second time it is there already."""
    problem = Problem(title="Sum", tests=(TEST,), limits=LIMITS)
    (tmp_path / "sum.json").write_text(problem.model_dump_json(exclude_defaults=True))
    arguments = ("export", str(tmp_path / "sum.json"), "--to", str(tmp_path / "out" / "sum"))
    first, second = call(*arguments), call(*arguments)

    assert 0 == first.exit_code, first.output
    assert isinstance(second.exception, InvalidSubmission)
    assert "Sum" == load(tmp_path / "out" / "sum").title


def test_lenient_and_include_hold_for_every_reader(tmp_path: Path) -> None:
    """Import and export take `--lenient`, which makes a key that is not known a warning."""
    files = {
        "problem.yaml": "colour: red\nlimits: {time_limit: 1}\n",
        "data/secret/1.in": "1",
        "data/secret/1.ans": "1",
    }
    for name, text in files.items():
        (tmp_path / "q" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "q" / name).write_text(text)
    for command in ("import", "export"):
        to = ("--to", str(tmp_path / command), "--include", str(tmp_path))
        strict = call(command, str(tmp_path / "q"), *to)
        lenient = call(command, str(tmp_path / "q"), *to, "--lenient")

        assert "colour: not known" in str(strict.exception)
        assert 0 == lenient.exit_code

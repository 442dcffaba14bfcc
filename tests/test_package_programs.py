"""Static validators and graders of packages: read, refused where they contradict, and used."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from engines import SPEED, make
from laid_out import write

from judgecore import CheckerProgram, InvalidPackage, Judge, Result, Verdict
from judgecore.config import Config
from judgecore.groups import Aggregate, Scoring
from judgecore.problem import Checker
from judgecore.problems import programs
from judgecore.problems.canonical import canonical, renamed
from judgecore.problems.exporting import unsaid
from judgecore.problems.exporting import write as exported
from judgecore.problems.package import load, read
from judgecore.problems.reading import Source
from judgecore.verifying import judged

NEW = """problem_format_version: 2025-09
name: x
uuid: 8ee7605a-1111-4b7c-9b3c-3d2a8ad5f5a3
limits: {time_limit: 2}
"""
TESTS = {f"data/secret/{name}.{kind}": "3" for name in ("a/1", "b/1") for kind in ("in", "ans")}
STATIC = {
    "problem.yaml": NEW + "type: scoring\n",
    "static_validator/v.py": """
import sys
language, entry, feedback, *words = sys.argv[1:]
open(feedback + "judgemessage.txt", "w").write(" ".join([language, entry, *words]))
text = open(entry).read()
if "import" in text:
    sys.exit(43)
if words:
    open(feedback + "score.txt", "w").write("5" if "  " in text else "10")
sys.exit(42)
""",
    "data/secret/a/test_group.yaml": """
max_score: 30
score_aggregation: sum
static_validation_score: 10
static_validator_args: [how, long]
""",
    "data/secret/b/test_group.yaml": "max_score: 70\nstatic_validation_score: pass-fail\n",
    "submissions/accepted/short.py": "print(input())",
    "submissions/other/long.py": "print( input())  ",
    "submissions/other/strange/feedback/x": "",
    "submissions/other/strange/main.py": "import sys\nprint(input())",
}
FORGED = "import sys\nif len(sys.argv) > 2: sys.exit(42)\nprint(input())"
# Files of submissions with the names of the validator's.
THIEVES = {
    "static_validator/words/list": "import",
    "submissions/a/first/main.py": "import sys",
    "submissions/a/first/v.py": FORGED,
    "submissions/a/second/main.py": "print(input())",
    "submissions/a/second/v.py": FORGED,
    "submissions/a/third/main.py": "print(input())",
    "submissions/a/third/words/list": "",
}
GRADED = {
    "problem.yaml": "name: x\ntype: scoring\n",
    ".timelimit": "2",
    "data/secret/testdata.yaml": """on_reject: continue
grading: custom
grader_flags: twice
accept_score: 10
""",
    "data/secret/b/testdata.yaml": "grading: default\n",
    "graders/best.py": """
import sys
rows = [line.split() for line in sys.stdin]
best = max(float(score) for verdict, score in rows)
print("AC" if best else "WA", best * 2 if sys.argv[1:] == ["twice"] else "?")
""",
    "submissions/accepted/all.py": "print(input())",
    "submissions/wrong_answer/none.py": "print(4)",
}


def results(package: Path) -> list[Result]:
    """What its submissions get."""
    found = read(package)
    with Judge(Config(speed=SPEED), engine=make("local"), slots=2) as judge:
        return judged(judge, found.problem, found.submissions)


@pytest.mark.local
def test_a_static_validator_judges_the_source(tmp_path: Path) -> None:
    """It is told language, entry and arguments; its test has points, or decides about its group."""
    short, long, strange = results(write(tmp_path, STATIC | TESTS))

    assert (Decimal(100), Verdict.AC) == (short.score, short.verdict)
    assert (Decimal(95), Verdict.PS) == (long.score, long.verdict)
    assert (Decimal(20), Verdict.PS) == (strange.score, strange.verdict)
    assert ["secret/a/static validation", "secret/a/1"] == [test.name for test in short.tests[:2]]
    assert "python3 main.py how long" == short.tests[0].staff_message


def test_a_static_validator_is_exported(tmp_path: Path) -> None:
    """What was written says the same; with scores and without."""
    plain = {path: text for path, text in (STATIC | TESTS).items() if "test_group" not in path}
    plain |= {
        "problem.yaml": NEW,
        "data/secret/b/test_group.yaml": "static_validation_score: pass-fail",
    }
    for name, files in (("scored", STATIC | TESTS), ("plain", plain)):
        problem = read(write(tmp_path / name, files)).problem
        exported(problem, tmp_path / f"{name} again")

        assert canonical(renamed(problem)) == canonical(load(tmp_path / f"{name} again"))


def test_arguments_in_a_file_of_their_own(tmp_path: Path) -> None:
    """2023-07-draft has them as words, which may be quoted."""
    settings = {"problem.yaml": "problem_format_version: 2023-07-draft\nlimits: {time_limit: 1}\n"}
    problem = load(write(tmp_path, settings | TESTS | {"data/secret/a/1.args": "-n 'a b'\n"}))

    assert [("-n", "a b"), ()] == [test.arguments for test in problem.tests]


@pytest.mark.local
def test_no_file_of_a_submission_takes_the_place_of_the_validator(tmp_path: Path) -> None:
    """Its own program runs whatever files are called; its other files stay or the answer is no."""
    package = STATIC | TESTS | THIEVES
    shown = {path: text for path, text in package.items() if "submissions/other" not in path}
    first, second, third, short = results(write(tmp_path / "v", shown))

    assert [Verdict.WA, Verdict.AC, Verdict.WA, Verdict.AC] == [
        one.tests[0].verdict for one in (first, second, third, short)
    ]
    assert "words, too" in (third.tests[0].staff_message or "")
    shown["static_validator/main.py"] = shown.pop("static_validator/v.py")
    first, second, _, short = results(write(tmp_path / "main", shown))

    assert [Verdict.WA, Verdict.AC, Verdict.AC] == [
        one.tests[0].verdict for one in (first, second, short)
    ]


@pytest.mark.local
def test_a_grader_makes_scores(tmp_path: Path) -> None:
    """It reads verdicts and scores of tests and groups and makes those of the group around them."""
    graded, refused = results(write(tmp_path, GRADED | TESTS))

    assert (Decimal(40), Verdict.AC) == (graded.score, graded.verdict)
    assert {"secret": 40, "secret/a": 20, "secret/b": 10} == graded.scores
    assert (Decimal(0), Verdict.WA) == (refused.score, refused.verdict)
    write(tmp_path, {"graders/best.py": "print('AC much')"})
    broken, _ = results(tmp_path)
    assert (Verdict.IE, "grader: it wrote 'AC much', not a verdict and a score") == (
        broken.verdict,
        broken.cause,
    )


@pytest.mark.parametrize("line", ["\n", "a(\n"])
def test_the_search_for_prolog_takes_each_line_once(line: str, tmp_path: Path) -> None:
    """A program of many lines is not looked through from each of them to the end."""
    path = write(tmp_path, {"x.pl": line * 100_000}) / "x.pl"
    begun = time.process_time()

    assert "perl" == programs.read(Source(tmp_path), path).language
    assert 10 > time.process_time() - begun  # half a minute and more


def test_neither_can_be_said_in_an_export(tmp_path: Path) -> None:
    """A package that is written names what it cannot hold."""
    graded = load(write(tmp_path / "b", GRADED | TESTS))

    assert ["a grader of its own (total.grader)"] == list(unsaid(graded))


def test_settings_of_groups_may_be_in_generators_yaml(tmp_path: Path) -> None:
    """As BAPCtools has them, where the file beside the tests is not there; a warning says so."""
    generators = {
        "generators/generators.yaml": """
test_group.yaml: {output_validator_args: [case_sensitive]}
data:
  secret:
    data:
      a: {test_group.yaml: {output_validator_args: [float_tolerance, "{{least}}"]}, data: {x: a.py}}
      b: {test_group.yaml: {output_validator_args: [space_change_sensitive]}}
      ../c: {test_group.yaml: {colour: red}}
""",
        "data/secret/b/test_group.yaml": "",
        "problem.yaml": NEW + "constants: {least: 0.5}\n",
    }
    problem = load(write(tmp_path, TESTS | generators))
    first, second = (test.checker or problem.checker for test in problem.tests)

    assert isinstance(first, Checker)
    assert isinstance(second, Checker)
    assert (0.5, False) == (first.absolute, first.case_sensitive)
    assert (True, False) == (second.case_sensitive, second.space_sensitive)
    assert "generators.yaml says for it holds" in problem.warnings[0]


def test_flags_may_be_quoted(tmp_path: Path) -> None:
    """As in a shell; they are words otherwise."""
    files = {
        "problem.yaml": """name: x
validation: custom
validator_flags: --say 'so it is' -x="1 2"
""",
        "output_validators/v.py": "",
        "data/secret/b/testdata.yaml": "output_validator_flags: it's so\n",
    }
    problem = load(write(tmp_path, TESTS | files))

    assert isinstance(problem.checker, CheckerProgram)
    assert ("--say", "so it is", "-x=1 2") == problem.checker.arguments
    assert (*problem.checker.arguments, "it's", "so") == problem.tests[1].checker_arguments


SCORE = "static_validation_score"
BAD = [
    (STATIC, {"data/secret/a/test_group.yaml": f"{SCORE}: 1"}, rf"yaml:1: {SCORE}: 1, in a group"),
    (
        STATIC,
        {"data/secret/a/test_group.yaml": f"score_aggregation: sum\n{SCORE}: pass-fail\n"},
        rf"a/test_group\.yaml:2: {SCORE}: 'pass-fail', in a group that is 'sum'",
    ),
    (STATIC, {"problem.yaml": NEW}, rf"test_group\.yaml:4: {SCORE}: 10, and the problem has no"),
    (
        {"problem.yaml": NEW},
        {"data/secret/a/test_group.yaml": f"{SCORE}: pass-fail"},
        rf"test_group\.yaml:1: {SCORE}: the package has no static_validator",
    ),
    (
        STATIC,
        {"data/secret/a/test_group.yaml": "static_validator_args: x"},
        rf"yaml:1: static_validator_args: without {SCORE}",
    ),
    (
        {key: text for key, text in GRADED.items() if "graders" not in key},
        {},
        r"secret/testdata\.yaml:2: grading: custom, and no program is in graders/",
    ),
    (
        GRADED,
        {"problem.yaml": "name: x\n"},
        r"testdata\.yaml:2: grading: 'custom' is only supported in problems of the type scoring",
    ),
    (
        STATIC,
        {"data/secret/b/test_group.yaml": "max_score: 1e99999\n"},
        r"b/test_group\.yaml:1: max_score: inf is not a number of points",
    ),
]


@pytest.mark.parametrize(("base", "changed", "message"), BAD)
def test_what_contradicts_is_refused_with_file_and_line(
    base: dict[str, str], changed: dict[str, str], message: str, tmp_path: Path
) -> None:
    """No package is judged in a way that it does not say."""
    with pytest.raises(InvalidPackage, match=message):
        read(write(tmp_path, base | TESTS | changed))


@pytest.mark.parametrize(
    ("settings", "how"),
    [
        ("grader_flags: min\n", Aggregate.MIN),
        ("grader_flags: min ignore_sample\n", Aggregate.SUM),
        ("", Aggregate.SUM),
    ],
)
def test_the_whole_is_made_as_the_top_folder_says(
    settings: str, how: Aggregate, tmp_path: Path
) -> None:
    """Of the samples and the secret tests; where only these count, they are the whole."""
    samples = {"data/sample/1.in": "", "data/sample/1.ans": "", "data/testdata.yaml": settings}
    top = {"problem.yaml": "name: x\ntype: scoring\n", ".timelimit": "1"}
    total = load(write(tmp_path, top | TESTS | samples)).total

    assert isinstance(total, Scoring)
    assert how is total.aggregate


@pytest.mark.parametrize(
    ("path", "flag"),
    [("data/testdata.yaml", "ignore_sample"), ("data/sample/testdata.yaml", "always_accept")],
)
def test_samples_that_decide_nothing_are_not_judged(path: str, flag: str, tmp_path: Path) -> None:
    """In a problem without scores; a warning says so."""
    samples = {"data/sample/1.in": "", "data/sample/1.ans": "", path: f"grader_flags: {flag}\n"}
    problem = load(write(tmp_path, TESTS | samples | {".timelimit": "1"}))

    assert ["secret/a/1", "secret/b/1"] == [test.name for test in problem.tests]
    assert f"{flag}: samples decide nothing" in problem.warnings[0]

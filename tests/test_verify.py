"""Packages of every kind: what is read of them, and that their own submissions get their labels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from engines import FULL_IMAGE, missing
from laid_out import write

from judgecore import CheckerProgram, InvalidPackage, Problem, Result, TestResult, Verdict
from judgecore.config import Config
from judgecore.groups import Aggregate, Scoring
from judgecore.languages import Registry
from judgecore.problems.labels import word
from judgecore.problems.package import load, load_all, read
from judgecore.problems.programs import LANGUAGES

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
EXAMPLES = [name for name in EXAMPLES if not name.startswith("_")]
FOUND: dict[str, dict[str, object]] = {
    "divisor": {"by_program": True, "procedure": "batch", "passes": 1, "total": "pass-fail"},
    "parts": {"by_program": True, "procedure": "batch", "passes": 1, "total": "pass-fail"},
    "guess": {"by_program": True, "procedure": "interactive", "passes": 1, "total": "pass-fail"},
    "relay": {"by_program": True, "procedure": "batch", "passes": 2, "total": "pass-fail"},
    "stairs": {"by_program": False, "procedure": "batch", "passes": 1, "total": "scoring"},
    "packing": {"by_program": True, "procedure": "batch", "passes": 1, "total": "scoring"},
    "difference": {"by_program": False, "procedure": "batch", "passes": 1, "total": "scoring"},
    "upper": {"by_program": False, "procedure": "batch", "passes": 1, "total": "pass-fail"},
}


def kinds(problem: Problem) -> dict[str, object]:
    """The kind of each axis."""
    return {
        "by_program": problem.judged_by_program,
        "procedure": problem.procedure.kind,
        "passes": problem.passes,
        "total": problem.total.kind,
    }


@pytest.mark.parametrize("name", FOUND)
def test_the_kind_of_a_package(name: str) -> None:
    """What a package says becomes the axes of a problem."""
    assert FOUND[name] == kinds(load(ROOT / "examples" / name))


def on_its_engine(name: str) -> object:
    """The example with its engine: the image has languages that a host may lack."""
    if (ROOT / "examples" / name / "function.toml").exists():
        return pytest.param(name, "docker", marks=pytest.mark.docker)
    return pytest.param(name, "local", marks=pytest.mark.local)


def said(*words: str, engine: str = "local") -> subprocess.CompletedProcess[str]:
    """What a command says; where its engine is not there, that is said in its place."""
    done = subprocess.run(
        [sys.executable, "-m", "judgecore", *words, "--engine", engine],
        cwd=ROOT,
        env={**os.environ, "JUDGECORE_IMAGE": FULL_IMAGE},
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode == 3:
        missing(done.stderr)
    return done


@pytest.mark.parametrize(("name", "engine"), [on_its_engine(name) for name in EXAMPLES])
def test_every_label_of_an_example_is_right(name: str, engine: str) -> None:
    """`judgecore verify` agrees with every submission of every example."""
    done = said("verify", f"examples/{name}", "--json", engine=engine)
    found = json.loads(done.stdout)["submissions"]

    assert [] == [one for one in found if not one["agrees"]]
    assert len(found) > 2
    assert 0 == done.returncode


@pytest.mark.local
def test_a_wrong_label_is_found(tmp_path: Path) -> None:
    """A label that is not so is shown, and the exit code says that one disagrees."""
    files = {"1.in": "1", "1.out": "1", "submissions/accepted/wrong.py": "print(2)"}
    done = said("verify", str(write(tmp_path, files)))

    assert 1 == done.returncode
    assert "1 of 1 labels disagree" in done.stderr


@pytest.mark.local
def test_judge_shows_scores_and_messages() -> None:
    """What the checker says to the author, and the score, are part of what is printed."""
    run = {
        "stairs": ("mixed/recursive.py", "partial score · score 30"),
        "divisor": ("wrong_answer/one.py", "not a divisor above 1"),
    }
    for name, (program, shown) in run.items():
        file = f"examples/{name}/submissions/{program}"

        assert shown in said("judge", file, "-p", f"examples/{name}").stdout


def test_a_package_without_submissions_verifies_nothing(tmp_path: Path) -> None:
    """No label disagrees, but none agrees either: that is an error and no success."""
    folder = str(write(tmp_path, {"1.in": "1", "1.out": "1"}))
    command = [sys.executable, "-m", "judgecore", "verify", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)

    assert 2 == done.returncode
    assert "no submissions" in " ".join(done.stderr.split())


def test_unknown_keys_are_errors_with_their_line(tmp_path: Path) -> None:
    """A misspelt key is refused with file and line; leniently it is a warning."""
    yaml = "name: x\n\nvalidator_flag: case_sensitive\n"
    tests = {"data/secret/1.in": "1", "data/secret/1.ans": "1", "problem.yaml": yaml}
    package = write(tmp_path, tests)

    with pytest.raises(InvalidPackage, match=r"problem\.yaml:3: validator_flag: not known"):
        load_all(package, strict=True)
    assert "validator_flag" in load_all(package, strict=False)[0].warnings[0]


def test_a_validator_gets_the_flags_of_problem_and_test(tmp_path: Path) -> None:
    """Flags of problem.yaml come first, then the group's."""
    files = {
        "problem.yaml": "validation: custom\nvalidator_flags: a\nlimits: {validation_time: 5}",
        "output_validators/check/check.cpp": "int main() { return 42; }",
        "output_validators/check/check.h": "",
        "data/secret/1.in": "",
        "data/secret/1.ans": "",
        "data/secret/g/testdata.yaml": "output_validator_flags: b",
        "data/secret/g/2.in": "",
        "data/secret/g/2.ans": "",
    }
    problem = load(write(tmp_path, files))
    checker = problem.checker
    assert isinstance(checker, CheckerProgram)

    assert (("a",), 5000, ["check.h"]) == (
        checker.arguments,
        checker.limits.cpu_ms,
        list(checker.files),
    )
    assert [None, ("a", "b")] == [test.checker_arguments for test in problem.tests]


def test_groups_of_2025_09() -> None:
    """Groups, their points and what they require come from test_group.yaml."""
    total = load(ROOT / "examples" / "stairs").total
    assert isinstance(total, Scoring)
    groups = {group.name: group for group in total.all_groups()}

    assert ["sample", "secret", "secret/1-small", "secret/2-large"] == list(groups)
    assert (Aggregate.ALL, Decimal(30)) == (
        groups["secret/1-small"].aggregate,
        groups["secret/1-small"].points,
    )
    assert ("secret/1-small",) == groups["secret/2-large"].requires


LABELS = {
    "rejected/x.py": ("", {"WA", "TLE", "RTE", "MLE", "OLE", "PS", "CE", "PE"}),
    "own/y.py": ("# @EXPECTED_RESULTS@: timelimit, Correct\n", {"TLE", "AC"}),
    "own/z.py": ("", {"WA"}),
}


def test_labels(tmp_path: Path) -> None:
    """Folders, DOMjudge's comment and submissions.yaml say what is expected."""
    files = {f"submissions/{name}": f"{text}print(1)" for name, (text, _) in LABELS.items()}
    files["submissions/submissions.yaml"] = "own/{z,q}.*: {permitted: [WA]}"
    files |= {"data/secret/1.in": "", "data/secret/1.ans": ""}
    _, labelled = load_all(write(tmp_path, files), strict=True)

    assert {name: permitted for name, (_, permitted) in LABELS.items()} == {
        one.name: set(one.label) for one in labelled
    }


def result(*verdicts: str, message: str = "") -> Result:
    """A result of tests secret/0, secret/1 and so on that took 1, 2 and more seconds."""
    tests = [
        TestResult(name=f"secret/{n}", verdict=one, cpu_ms=1000 * (n + 1), staff_message=message)
        for n, one in enumerate(map(Verdict, verdicts))
    ]
    failed = (test.verdict for test in tests if test.verdict.failed)
    verdict = next(failed, Verdict.AC)
    return Result(submission_id=UUID(int=1), language="c", verdict=verdict, tests=tuple(tests))


EACH_TEST = [
    ("wrong_answer/x.py", "", ("AC", "WA"), ""),
    ("wrong_answer/x.py", "", ("TLE", "WA"), "secret/0: TLE, permitted are AC WA"),
    ("wrong_answer/x.py", "", ("AC", "AC"), "no test is WA"),
    ("rejected/x.py", "", ("AC", "MLE"), ""),
    ("accepted/x.py", "accepted: {permitted: [WA]}", ("WA", "WA"), ""),
    ("own/x.py", "own: {permitted: [AC, WA], required: [WA]}", ("AC", "AC"), "no test is WA"),
    ("own/x.py", "own/*.{c,py}: {secret/1: {permitted: [TLE]}}", ("AC", "TLE"), ""),
    ("own/x.py", "own/x.py: {'secret/{0,9}': {required: [WA]}}", ("AC", "WA"), "no test in"),
    ("own/x.py", "own: {message: five}", ("WA",), "no message"),
]


@pytest.mark.parametrize(("name", "yaml", "got", "said"), EACH_TEST)
def test_labels_of_single_tests(
    name: str, yaml: str, got: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """Since 2023-07 a label is about each test, and submissions.yaml about parts of them."""
    files = {"problem.yaml": "problem_format_version: 2025-09", f"submissions/{name}": ""}
    files |= {"submissions/submissions.yaml": yaml, "data/secret/1.in": "", "data/secret/1.ans": ""}
    (labelled,) = read(write(tmp_path, files)).submissions
    complaints = "; ".join(labelled.complaints(result(*got, message="four")))

    assert said in complaints
    assert bool(said) == bool(complaints)


@pytest.mark.parametrize(("second", "agrees"), [("WA", False), ("PS", True)])
def test_what_failed_a_test_is_not_accepted(second: str, agrees: bool, tmp_path: Path) -> None:
    """Whatever points it has; a test that is worth a part of its points was accepted."""
    files = {".timelimit": "1", "submissions/accepted/x.py": ""}
    files |= {"data/secret/1.in": "", "data/secret/1.ans": ""}
    (labelled,) = read(write(tmp_path, files)).submissions
    found = result("AC", second).model_copy(update={"verdict": Verdict.PS})

    assert agrees is (labelled.complaints(found) == [])


RULES = [
    ("", "legacy", 400, 2000),
    ("limits: {time_multiplier: 2, time_safety_margin: 3}", "legacy", 501, 2000),
    ("", "2025-09", 400, 1000),
    ("limits: {time_multipliers: {ac_to_time_limit: 3}, time_resolution: 0.1}", "2025-09", 70, 300),
]


@pytest.mark.parametrize(("limits", "version", "slowest_ms", "limit_ms"), RULES)
def test_the_rule_of_a_time_limit(
    limits: str, version: str, slowest_ms: float, limit_ms: int, tmp_path: Path
) -> None:
    """A limit that is not given follows from the slowest submission, as each format says."""
    yaml = f"problem_format_version: {version}\n{limits}"
    files = {"problem.yaml": yaml, "data/secret/1.in": "", "data/secret/1.ans": ""}
    rule = read(write(tmp_path, files)).rule

    assert rule is not None
    assert limit_ms == rule.limit_ms(slowest_ms)


@pytest.mark.local
def test_verify_computes_limits_and_validates_inputs(tmp_path: Path) -> None:
    """The computation is shown; inputs and outputs that validators misjudge are faults."""
    files = {
        "problem.yaml": "problem_format_version: 2025-09",
        "input_validators/small.py": "import sys; sys.exit(42 if int(input()) < 9 else 1)",
        "submissions/accepted/a.py": "print(input())",
        "data/secret/1.in": "12",
        "data/secret/1.ans": "12",
        "data/invalid_input/good.in": "1",
        "data/invalid_input/large.in": "10",
        "data/invalid_output/same.in": "1",
        "data/invalid_output/same.ans": "1",
        "data/invalid_output/same.out": "1",
    }
    done = said("verify", str(write(tmp_path, files)), "--json")
    found = json.loads(done.stdout)

    assert 1 == done.returncode
    assert 1000 == found["time_limit_ms"]
    assert "accepted/a.py takes" in found["time_limit_computed"]
    assert [
        "secret/1: input validator small.py: exit code 1",
        "invalid_input/good: every input validator accepts it",
        "invalid_output/same: AC; the checker should reject the output",
    ] == found["faults"]
    assert found["submissions"][0]["agrees"]


@pytest.mark.local
def test_a_sleeper_is_too_slow_with_the_limit_itself(tmp_path: Path) -> None:
    """One that must be too slow is given more CPU time; it may sleep no longer for that."""
    files = {
        "problem.yaml": (
            "problem_format_version: 2025-09\nlimits: {time_multipliers: {time_limit_to_tle: 4}}\n"
        ),
        "submissions/accepted/a.py": "print(input())",
        "submissions/time_limit_exceeded/sleeps.py": (
            "import time\ntime.sleep(3.5)\nprint(input())"
        ),
        "data/secret/1.in": "1",
        "data/secret/1.ans": "1",
    }
    done = said("verify", str(write(tmp_path, files)), "--json")
    found = json.loads(done.stdout)

    assert ["AC", "TLE"] == [one["got"] for one in found["submissions"]]
    assert [True, True] == [one["agrees"] for one in found["submissions"]]


def test_every_language_of_packages_is_known() -> None:
    """Each ending stands for a language that there is, and each verdict for a word."""
    registry = Registry.of(Config())

    assert all(registry.resolve(language) for language in LANGUAGES.values())
    assert {"RTE", "AC", "WA"} == {word(one) for one in (Verdict.RE, Verdict.AC, Verdict.WA)}


BROKEN_XML = {
    "<!DOCTYPE x><problem/>": "declares entities",
    "<problem>\n<": "problem.xml:2: not XML",
    "<problem/>": "no testset",
}


@pytest.mark.parametrize("xml", BROKEN_XML)
def test_a_broken_polygon_package_is_refused(xml: str, tmp_path: Path) -> None:
    """The refusal names the file and what is wrong."""
    with pytest.raises(InvalidPackage, match=BROKEN_XML[xml]):
        load(write(tmp_path, {"problem.xml": xml}))


def test_a_polygon_package_without_its_tests_is_refused(tmp_path: Path) -> None:
    """Tests that would have to be generated are missing, and the refusal says what to do."""
    xml = (ROOT / "examples" / "difference" / "problem.xml").read_text()
    with pytest.raises(InvalidPackage, match=r"tests/01: missing"):
        load(write(tmp_path, {"problem.xml": xml}))

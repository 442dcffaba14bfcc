"""Packages of every kind: what is read of them, and that their own submissions get their labels."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from engines import missing

from judgecore import CheckerProgram, InvalidPackage, Problem, Verdict
from judgecore.config import Config
from judgecore.groups import Aggregate, Scoring
from judgecore.languages import Registry
from judgecore.problems.labels import word
from judgecore.problems.package import load, load_all
from judgecore.problems.programs import LANGUAGES

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.name for path in (ROOT / "examples").iterdir() if path.is_dir())
EXAMPLES = [name for name in EXAMPLES if not name.startswith("_")]
FOUND: dict[str, dict[str, object]] = {
    "divisor": {"by_program": True, "procedure": "batch", "passes": 1, "total": "pass-fail"},
    "guess": {"by_program": True, "procedure": "interactive", "passes": 1, "total": "pass-fail"},
    "relay": {"by_program": True, "procedure": "batch", "passes": 2, "total": "pass-fail"},
    "stairs": {"by_program": False, "procedure": "batch", "passes": 1, "total": "scoring"},
    "packing": {"by_program": True, "procedure": "batch", "passes": 1, "total": "scoring"},
    "difference": {"by_program": False, "procedure": "batch", "passes": 1, "total": "scoring"},
    "upper": {"by_program": False, "procedure": "batch", "passes": 1, "total": "pass-fail"},
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Lay out a package."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


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


@pytest.mark.local
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_label_of_an_example_is_right(name: str) -> None:
    """`judgecore verify` agrees with every submission of every example."""
    command = [sys.executable, "-m", "judgecore", "verify", f"examples/{name}", "--json"]
    done = subprocess.run(
        [*command, "--engine", "local"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    if done.returncode == 3:
        missing(done.stderr)
    found = json.loads(done.stdout)["submissions"]

    assert [] == [one for one in found if not one["agrees"]]
    assert len(found) > 2
    assert 0 == done.returncode


@pytest.mark.local
def test_a_wrong_label_is_found(tmp_path: Path) -> None:
    """A label that is not so is shown, and the exit code says that one disagrees."""
    files = {"1.in": "1", "1.out": "1", "submissions/accepted/wrong.py": "print(2)"}
    command = [sys.executable, "-m", "judgecore", "verify", str(write(tmp_path, files))]
    done = subprocess.run(
        [*command, "--engine", "local"], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    if done.returncode == 3:
        missing(done.stderr)

    assert 1 == done.returncode
    assert "1 of 1 labels disagree" in done.stderr


@pytest.mark.local
def test_judge_shows_scores_and_messages() -> None:
    """What the checker says to the author, and the score, are part of what is printed."""
    run = {
        "stairs": ("mixed/recursive.py", "partial score · score 30"),
        "divisor": ("wrong_answer/one.py", "not a divisor above 1"),
    }
    for name, (program, said) in run.items():
        file = f"examples/{name}/submissions/{program}"
        command = [sys.executable, "-m", "judgecore", "judge", file, "-p", f"examples/{name}"]
        done = subprocess.run(
            [*command, "--engine", "local"], cwd=ROOT, capture_output=True, text=True, timeout=100
        )
        if done.returncode == 3:
            missing(done.stderr)

        assert said in done.stdout


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
        one.name: set(one.permitted) for one in labelled
    }


def test_every_language_of_packages_is_known() -> None:
    """Each ending stands for a language that there is, and each verdict for a word."""
    registry = Registry.of(Config())

    assert all(registry.resolve(language) for language in LANGUAGES.values())
    assert {"RTE", "AC", "WA"} == {word(one) for one in (Verdict.RE, Verdict.AC, Verdict.WA)}


BROKEN_XML = {
    "<!DOCTYPE x><problem/>": "declares entities",
    "<problem>\n<": "problem.xml:2: not XML",
    "<problem/>": "no testset",
    "<problem><judging input-file='a.in'><testset/></judging></problem>": "named files",
}


@pytest.mark.parametrize("xml", BROKEN_XML)
def test_a_broken_polygon_package_is_refused(xml: str, tmp_path: Path) -> None:
    """The refusal names the file and what is wrong."""
    with pytest.raises(InvalidPackage, match=BROKEN_XML[xml]):
        load(write(tmp_path, {"problem.xml": xml}))


def test_a_polygon_package_without_its_tests_is_refused(tmp_path: Path) -> None:
    """Tests that would have to be generated are missing, and the refusal says what to do."""
    xml = (ROOT / "examples" / "difference" / "problem.xml").read_text()
    with pytest.raises(InvalidPackage, match=r"tests/01: missing.*full"):
        load(write(tmp_path, {"problem.xml": xml}))

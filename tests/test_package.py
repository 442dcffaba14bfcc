"""Problem packages: what is read, and how a broken one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgecore import CheckerKind, InvalidPackage
from judgecore.problems.package import load

EXAMPLE = Path(__file__).parent.parent / "examples" / "sum"


def write(folder: Path, files: dict[str, str]) -> Path:
    """Lay out a package."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


TESTS = {"data/sample/1.in": "1", "data/sample/1.ans": "1", "data/secret/g/2.in": "2"}


def test_the_example_is_read() -> None:
    """Title, limits and tests come from where the format says."""
    found = load(EXAMPLE)

    assert found.title == "Sum and squares"
    assert [t.name for t in found.tests] == ["sample/1", "secret/01-one", "secret/02-many"]
    assert (found.limits.cpu_ms, found.limits.memory_bytes) == (1000, 64 << 20)


def test_flags_choose_the_checker(tmp_path: Path) -> None:
    """Float tolerances make a float checker."""
    write(
        tmp_path,
        {
            **TESTS,
            "data/secret/g/2.ans": "2",
            "problem.yaml": "validator_flags: float_tolerance 1e-4",
        },
    )
    found = load(tmp_path)

    assert found.checker.kind is CheckerKind.FLOATS
    assert (found.checker.absolute, found.checker.relative) == (1e-4, 1e-4)


DATA = {"data/sample/1.in": "", "data/sample/1.ans": ""}
FLAGS = [
    {"data/testdata.yaml": "output_validator_flags: float_tolerance 1e-4"},
    {"data/secret/test_group.yaml": "output_validator_args: [float_tolerance, '1e-4']"},
]


@pytest.mark.parametrize("files", FLAGS)
def test_flags_may_stand_with_the_data(tmp_path: Path, files: dict[str, str]) -> None:
    """Both editions of the format have a file in data/ that may hold the validator's flags."""
    write(tmp_path, DATA | files)
    found = load(tmp_path)

    assert CheckerKind.FLOATS is found.checker.kind


TIMES = [({".timelimit": "3\n"}, 3000), ({"domjudge-problem.ini": "timelimit='1.5'\n"}, 1500)]


@pytest.mark.parametrize(("files", "cpu_ms"), TIMES)
def test_the_time_limit_may_stand_elsewhere(
    tmp_path: Path, files: dict[str, str], cpu_ms: int
) -> None:
    """Where problem.yaml has no time limit, the files of the field's tools are asked."""
    write(tmp_path, DATA | files)

    assert cpu_ms == load(tmp_path).limits.cpu_ms


BAD = [
    (DATA | {"output_validator/v.py": ""}, "output_validator"),
    (DATA | {"data/sample/1.args": "x"}, "1.args"),
    (DATA | {"domjudge-problem.ini": "timelimit=soon"}, "timelimit"),
    (
        DATA
        | {
            "data/testdata.yaml": "output_validator_flags: case_sensitive",
            "data/secret/testdata.yaml": "output_validator_flags: float_tolerance 1",
        },
        "groups",
    ),
    (TESTS, "2.ans: missing"),
    ({}, "no tests"),
    ({"problem.yaml": "validation: custom"}, "validation"),
    ({"problem.yaml": "type: scoring"}, "type"),
    ({"problem.yaml": "a: [b"}, "problem.yaml"),
    ({"problem.yaml": "- a"}, "not a mapping"),
    (
        {
            "data/sample/1.in": "",
            "data/sample/1.ans": "",
            "problem.yaml": "limits: {time_limit: -1}",
        },
        "time_limit",
    ),
    (
        {"data/sample/1.in": "", "data/sample/1.ans": "", "problem.yaml": "validator_flags: magic"},
        "magic",
    ),
]


@pytest.mark.parametrize(("files", "said"), BAD)
def test_a_broken_package_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """The refusal begins with the path at fault and names what is wrong there."""
    write(tmp_path, files)
    with pytest.raises(InvalidPackage, match=said) as caught:
        load(tmp_path)

    assert str(caught.value).startswith(str(tmp_path))

"""`judgecore judge DIR --problem P`: a folder of many people's programs."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from laid_out import write

from judgecore import Judge, Problem
from judgecore import TestCase as Case
from judgecore.cli.authors import are_many, read_authors
from judgecore.cli.folder import exit_code
from judgecore.cli.judged_before import NAME
from judgecore.cli.rows import Row, as_csv, as_html, stored
from judgecore.engine.fake import FakeEngine

ROOT = Path(__file__).parent.parent
PROBLEM = Problem(tests=(Case(input="", expected="1"),))


MANY = [
    ({"alice.py": "", "bob.py": ""}, True),
    ({"alice.py": "", "bob.c": "int main() {}"}, True),
    ({"alice.c": "int main() {}", "bob.c": "int main() {}"}, True),
    ({"alice/main.py": "", "bob/main.py": ""}, True),
    ({"alice.py": "def main(): pass", "bob.py": ""}, True),
    ({"main.py": "", "util.py": ""}, False),
    ({"sol.cc": "int main() {}", "lib.cc": "", "lib.h": ""}, False),
    ({"Sol.java": "void main(String[] a)", "Util.java": ""}, False),
    ({"only.rb": "", "words.txt": ""}, False),
]


@pytest.mark.parametrize(("files", "many"), MANY)
def test_many_programs_are_told_from_one(tmp_path: Path, files: dict[str, str], many: bool) -> None:
    """A `main`, by name or where a language needs one, makes a folder one program."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        assert many == are_many(write(tmp_path, files), judge)


def test_everybody_is_read_and_what_is_no_program_says_why(tmp_path: Path) -> None:
    """A file or a folder is a person; who handed in two files has two rows."""
    files = {"a.py": "1", "b.py": "1", "b.c": "1", "c/main.py": "1", "d.xyz": "1", "e/x.txt": "1"}
    with Judge(engine=FakeEngine(), slots=1) as judge:
        found = read_authors(write(tmp_path, files), judge, PROBLEM, None, stop=False)

    assert ["a", "b.c", "b.py", "c", "d", "e"] == [one.name for one in found]
    assert ["d", "e"] == [one.name for one in found if "give --language" in one.why]
    assert 3 == len({one.key for one in found if one.submission})  # a.py and b.py are alike


@pytest.mark.local
def test_a_folder_is_judged_and_then_gone_on_with(tmp_path: Path) -> None:
    """A table with the reason of each failure; a second time only what is new is judged."""
    folder = write(
        tmp_path / "class",
        {
            "alice.py": "print(sum(map(int, input().split())))",
            "bob.sh": "echo 1",
            "carol/main.py": "import helper",
            "carol/helper.py": "raise SystemExit(3)",
            "dave.doc": "?",
        },
    )
    package = write(
        tmp_path / "p", {"1.in": "3 4\n", "1.out": "7\n", "2.in": "0 1\n", "2.out": "1\n"}
    )
    first = judge(folder, package)
    write(folder, {"bob.sh": "read a b; echo $((a + b))"})
    second = judge(
        folder, package, "--csv", str(tmp_path / "a.csv"), "--html", str(tmp_path / "a.html")
    )

    assert [("alice", "AC", 2), ("bob", "WA", 1), ("carol", "RE", 0), ("dave", "", 0)] == [
        (one["who"], one["verdict"], one["passed"]) for one in first
    ]
    assert "exit code 3" in first[2]["why"]
    assert "cannot be guessed" in first[3]["why"]
    assert [("alice", True), ("bob", False), ("carol", True), ("dave", False)] == [
        (one["who"], one["before"]) for one in second
    ]
    assert ["AC", "AC", "RE", ""] == [one["verdict"] for one in second]
    with (tmp_path / "a.csv").open() as file:
        assert ["alice", "bob", "carol", "dave"] == [line["who"] for line in csv.DictReader(file)]
    assert "4 programs: 2 accepted, 1 not judged" in (tmp_path / "a.html").read_text()


def judge(folder: Path, package: Path, *more: str) -> list[dict[str, Any]]:
    """What the command says about everybody."""
    command = [
        sys.executable,
        "-m",
        "judgecore",
        "judge",
        str(folder),
        "-p",
        str(package),
        "--json",
    ]
    done = subprocess.run(
        [*command, "--engine", "local", *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert 1 == done.returncode, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["programs"]
    return found


def test_exit_codes() -> None:
    """0 when all were accepted, 1 when one was not or was refused, 3 when the judge failed."""
    made = [Row("a", "a.py", verdict="AC"), Row("b", "b.py", verdict="WA"), Row("c", "c.py")]

    assert [0, 1, 1] == [exit_code(made[:1]), exit_code(made[:2]), exit_code(made[::2])]
    assert 3 == exit_code([*made, Row("d", "d.py", verdict="IE")])


def test_what_people_wrote_is_harmless() -> None:
    """A name is no formula in a spreadsheet and no markup on a page."""
    rows = [Row("=cmd()", "<b>", why="<script>", verdict="WA")]

    assert "'=cmd()" in as_csv(rows)
    assert "<script>" not in as_html(rows, "<b>")


def test_rows_that_were_kept_are_read_with_distrust() -> None:
    """What is not a row, or has no verdict, is judged anew."""
    good = Row("a", "a.py", verdict="AC").as_json()

    assert "b" == getattr(stored(good, "b", "b.py"), "who", None)
    for bad in ({"verdict": "OK!"}, {"passed": "x"}, {"cpu_ms": []}):
        assert stored({**good, **bad}, "b", "b.py") is None


def test_a_cut_line_is_left_out(tmp_path: Path) -> None:
    """A command that was killed while it wrote loses that row alone."""
    from judgecore.cli.judged_before import JudgedBefore

    with JudgedBefore(tmp_path) as known:
        known.add("one", {"verdict": "AC"})
    with (tmp_path / NAME).open("a") as file:
        file.write('{"key": "two", "row": {"ver')
    with JudgedBefore(tmp_path) as known:
        known.add("three", {"verdict": "WA"})
    with JudgedBefore(tmp_path) as known:
        found = [known.get(key) for key in ("one", "two", "three")]

    assert [{"verdict": "AC"}, None, {"verdict": "WA"}] == found

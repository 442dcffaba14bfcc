"""Task folders of CMS, standard packages of Polygon, included code, and packages made to harm."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from engines import SPEED, make
from laid_out import write

from judgecore import (
    Checker,
    CheckerKind,
    CheckerProgram,
    InvalidPackage,
    Judge,
    Problem,
    Submission,
)
from judgecore.cli.packages import with_pipes
from judgecore.config import Config
from judgecore.groups import Aggregate, Scoring
from judgecore.kinds import Batch, Convention, Included, Interactive, Pipes, SubmitAnswer
from judgecore.problems.package import Format, load, load_all, read
from judgecore.validation import as_bytes
from judgecore.verifying import judged as judged_all
from judgecore.verifying import made
from judgecore.verifying.validating import faults_of

ROOT = Path(__file__).parent.parent
TASK = {"task.yaml": "name: x\ntime_limit: 1.5\nmemory_limit: 64\n"}
PAIRS = {f"{kind}/{kind}{n}.txt": str(n) for kind in ("input", "output") for n in (0, 1, 2, 10, 11)}


def test_a_task_of_cms() -> None:
    """Subtasks come from gen/GEN, graders and the comparator from their folders."""
    problem = load(ROOT / "examples" / "mirror")
    total = problem.total
    assert isinstance(total, Scoring)
    assert isinstance(problem.checker, CheckerProgram)
    assert isinstance(problem.harness, Included)

    assert [(0, Aggregate.ALL), (40, Aggregate.MIN), (60, Aggregate.MIN)] == [
        (group.points, group.aggregate) for group in total.groups
    ]
    assert ["subtask1", "subtask2", "subtask2", "subtask3"] == [t.group for t in problem.tests]
    assert Convention.CMS is problem.checker.convention
    assert {"cpp", "python"} == set(problem.harness.by_language)


def test_a_plain_task_of_cms(tmp_path: Path) -> None:
    """Without subtasks tests share 100 points, in the order of their numbers, by named files."""
    problem = load(write(tmp_path, TASK | PAIRS))
    total = problem.total
    assert isinstance(total, Scoring)

    assert Batch(input_file="input.txt", output_file="output.txt") == problem.procedure
    assert ["000", "001", "002", "010", "011"] == [test.name for test in problem.tests]
    assert [(Aggregate.SUM, Decimal(100))] == [(g.aggregate, g.points) for g in total.groups]
    assert (1500, 64 << 20) == (problem.limits.cpu_ms, problem.limits.memory_bytes)


def test_an_older_task_of_cms(tmp_path: Path) -> None:
    """Its settings lie beside its folder, in Italian, also in an archive; lines are compared."""
    files = {f"sum/{path}": content for path, content in PAIRS.items()}
    said = "nome_breve: sum\nnome: Sum\ntimeout: 1\nmemlimit: 64\ndiff: 1\nauxiliary: {}\n"
    folder = write(tmp_path / "contest", files | {"sum.yaml": said})
    archive = tmp_path / "sum.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path, content in (files | {"sum.yaml": said}).items():
            opened.writestr(path, content)
    problem = load(folder / "sum")

    assert ("Sum", 1000) == (problem.title, problem.limits.cpu_ms)
    assert Checker(kind=CheckerKind.WORD_LINES) == problem.checker
    assert problem.content_hash == load(archive).content_hash


@pytest.mark.local
def test_the_tests_of_a_task_of_cms_are_made(tmp_path: Path) -> None:
    """By the generator, whose modules lie beside it, and the official solution with its grader."""
    files = {
        "task.yaml": "name: x\ntime_limit: 1\ninfile: ''\noutfile: ''\n",
        "gen/GEN": "# ST: 40\n# COPY: gen/one.txt\n\n# ST: 60\n2 3 # two\n# nothing\n4 5\n",
        "gen/one.txt": "1 1",
        "gen/generatore.py": "import sys, times\nprint(*times.tenfold(sys.argv[1:]))",
        "gen/times.py": "def tenfold(words): return [10 * int(word) for word in words]",
        "sol/grader.py": "import x\nprint(x.add(*map(int, input().split())))",
        "sol/soluzione.py": "def add(a, b): return a + b",
    }
    package = read(write(tmp_path, TASK | files))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        problem = made(judge.executors, package).problem

    assert [
        ("subtask1", b"1 1", b"2"),
        ("subtask2", b"20 30", b"50"),
        ("subtask2", b"40 50", b"90"),
    ] == [
        (test.group, as_bytes(test.input).strip(), as_bytes(test.expected or "").strip())
        for test in problem.tests
    ]


@pytest.mark.local
def test_inputs_of_a_task_of_cms_are_validated(tmp_path: Path) -> None:
    """The program gets the input's name and the subtask; made inputs are validated, too."""
    files = {
        "task.yaml": "name: x\ntime_limit: 1\ninfile: ''\noutfile: ''\n",
        "gen/GEN": "# ST: 40\n# COPY: gen/one.txt\n# ST: 60\n20\n1\n",
        "gen/one.txt": "20",
        "gen/generatore.py": "import sys\nprint(sys.argv[1])",
        "gen/most.py": "MOST = {1: 10, 2: 100}",
        "gen/valida.py": "import sys, most\n_, name, task = sys.argv\n"
        "sys.exit(int(open(name).read()) > most.MOST[int(task)] and 'too much')",
        "sol/soluzione.py": "print(input())",
    }
    package = read(write(tmp_path, TASK | files))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        (fault,) = faults_of(judge.executors, made(judge.executors, package))

    assert "000: input validator valida.py: exit code 1 too much" == fault


def test_a_fault_beside_an_older_task_has_its_line(tmp_path: Path) -> None:
    """Unknown keys and wrong values, as in other files; a link is not followed."""
    for said, line in (("nome: x\nbad: 1\n", "sum.yaml:2: bad"), ("time_limit: -1", "sum.yaml:1:")):
        write(tmp_path, {f"sum/{path}": text for path, text in PAIRS.items()} | {"sum.yaml": said})
        with pytest.raises(InvalidPackage, match=line):
            load(tmp_path / "sum")
    (tmp_path / "sum.yaml").rename(tmp_path / "elsewhere.yaml")
    (tmp_path / "sum.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(InvalidPackage, match="link out of the package"):
        load(tmp_path / "sum")


def test_an_output_only_task_of_cms(tmp_path: Path) -> None:
    """Submissions are answers."""
    task = TASK | {"task.yaml": "name: x\noutput_only: true\n"}

    assert SubmitAnswer() == load(write(tmp_path, task | PAIRS)).procedure


def scored_task(parameters: str, kind: str = "GroupMin") -> dict[str, str]:
    """A task of CMS with these parameters of its score type."""
    text = TASK["task.yaml"] + f"score_type: {kind}\nscore_type_parameters: {parameters}\n"
    return PAIRS | {"task.yaml": text}


SUBTASKS = {
    "[[40, 2], [60, 3]]": [("000", "001"), ("002", "010", "011")],
    '[[40, "00."], [60, ".*"]]': [("000", "001", "002"), ("000", "001", "002", "010", "011")],
    # Longer than the usual lines of a task: every test is named.
    f'[[40, "{"|".join(["999"] * 300)}|011"], [60, "000|001|002|010"]]': [
        ("011",),
        ("000", "001", "002", "010"),
    ],
}


@pytest.mark.parametrize("parameters", SUBTASKS, ids=["numbers", "patterns", "names"])
def test_parameters_of_the_score_say_which_tests_are_in_a_subtask(
    parameters: str, tmp_path: Path
) -> None:
    """They count tests or match their names; a test in several subtasks is judged in each."""
    problem = load(write(tmp_path, scored_task(parameters)))
    assert isinstance(problem.total, Scoring)
    found = [
        tuple((test.name or "")[:3] for test in problem.tests if test.group == group.name)
        for group in problem.total.groups
    ]

    assert SUBTASKS[parameters] == found
    assert [Decimal(40), Decimal(60)] == [group.points for group in problem.total.groups]


def test_a_test_in_no_subtask_is_told(tmp_path: Path) -> None:
    """It counts for nothing, and a warning names it."""
    problem = load(write(tmp_path, scored_task('[[100, "00."]]')))
    assert isinstance(problem.total, Scoring)

    assert ["subtask1", "none"] == [group.name for group in problem.total.groups]
    assert "test 010 is in no subtask" in "".join(problem.warnings)


BAD_PARAMETERS = [
    ("[[100, 2]]", "2 tests in subtasks, and input/ has 5"),
    ('[[40, 2], [60, "01."]]', "all are numbers of tests, or all are patterns"),
    ('[[100, "9.."]]', "no test has such a name"),
    ('[[100, "("]]', "not a valid pattern"),
    (f'[[100, "{"0" * 10_001}"]]', "more than 10000 letters"),
    ("[[100]]", r"not \[points, tests\]"),
]


@pytest.mark.parametrize(
    ("parameters", "said"), BAD_PARAMETERS, ids=[said for _, said in BAD_PARAMETERS]
)
def test_parameters_of_the_score_that_name_no_tests_are_refused(
    parameters: str, said: str, tmp_path: Path
) -> None:
    """The refusal names the file and the key."""
    with pytest.raises(InvalidPackage, match=rf"task\.yaml.*{said}"):
        load(write(tmp_path, scored_task(parameters)))


BAD_TASKS = [
    ({"task.yaml": "name: x\ntime_limit: 1\ncolour: red\n"}, r"task\.yaml:3: colour: not known"),
    ({"check/manager": "\x7fELF"}, "manager: only compiled"),
    (
        {"check/manager.cpp": "", "task.yaml": "name: x\ntime_limit: 1\nnum_processes: 17"},
        r"task\.yaml:3: num_processes: 17 is not from 1 to 16",
    ),
    (
        {"check/manager.cpp": "", "task.yaml": "name: x\ntime_limit: 1\nuser_io: udp"},
        r"task\.yaml:3: user_io: 'udp' is not known",
    ),
    ({"task.yaml": "time_limit: 1\ntask_type: Batch2019\n"}, r"task\.yaml:2: .*Batch2019"),
    ({"task.yaml": "name: x"}, "time_limit: missing"),
    ({"gen/GEN": "# ST: 50\n1\n# ST: 50\n2\n"}, "GEN: 2 tests in subtasks, and input/ has 5"),
    ({"gen/GEN": "# ST: 1.2.3\n"}, "GEN:1: ST: '1.2.3' is not a number of points"),
    ({"check/checker": "\x7fELF"}, "checker: only compiled"),
]


@pytest.mark.parametrize(("files", "said"), BAD_TASKS)
def test_a_task_that_cannot_be_judged_is_refused(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    """The refusal names the file, the line where there is one, and the reason."""
    with pytest.raises(InvalidPackage, match=said):
        load(write(tmp_path, TASK | PAIRS | files))


# Opens its second name for reading and its first for writing, as older tasks do.
MANAGER = """
import sys
n = int(open("input.txt").read())
to, source = open(sys.argv[1], "w"), open(sys.argv[2])
print(n, file=to, flush=True)
print("1.0" if source.readline().strip() == str(2 * n) else "0.0")
"""
STUB = """
import sys
source, to = open(sys.argv[2]), open(sys.argv[1], "w")
import x
print(x.double(int(source.readline())), file=to, flush=True)
"""
STEPS = """
import sys
from first import encode
from second import decode
if sys.argv[1] == "0": open(sys.argv[2], "w").write(encode(input()))
else: print(decode(open(sys.argv[2]).read()))
"""


@pytest.mark.local
def test_a_manager_may_use_its_streams_in_either_order(tmp_path: Path) -> None:
    """A solution that ends early, which such a manager never sees, is to blame all the same."""
    task = {"task.yaml": "name: x\ntime_limit: 1\n", "input/input0.txt": "4"}
    files = {"check/manager.py": MANAGER, "sol/stub.py": STUB, "output/output0.txt": ""}
    problem = load(write(tmp_path, task | files))
    interactive = problem.procedure
    assert isinstance(interactive, Interactive)
    assert interactive.interactor is not None
    limits = interactive.interactor.limits.model_copy(update={"idle_ms": 1000})
    quick = interactive.interactor.model_copy(update={"limits": limits})
    changes: dict[str, Any] = {"limits": problem.limits.model_copy(update={"wall_ms": 1000})}
    changes["procedure"] = interactive.model_copy(update={"interactor": quick})
    problem = problem.model_copy(update=changes)
    found = judged(
        problem,
        {"source": "def double(n): return 2 * n"},
        {"source": "def double(n): return n"},
        {"source": "raise SystemExit(0)"},
        {"source": "1 / 0"},
    )

    assert ["AC", "WA", "WA", "RE"] == found


@pytest.mark.local
def test_a_task_of_two_steps(tmp_path: Path) -> None:
    """The second run gets what the first one wrote, and nothing else; its output is judged."""
    task = {"task.yaml": "name: x\ntime_limit: 1\ntask_type: TwoSteps\n", "sol/manager.py": STEPS}
    problem = load(write(tmp_path, task | {"input/input0.txt": "abc", "output/output0.txt": "abc"}))
    first = "def encode(text): return text[::-1]"
    hidden = "kept = []\n" + first.replace(": return", ": kept.append(text); return")
    found = judged(
        problem,
        {"source": first, "files": {"second.py": "def decode(text): return text[::-1]"}},
        {"source": first, "files": {"second.py": "def decode(text): return text"}},
        {
            "source": hidden,
            "files": {"second.py": "import first\ndef decode(text): return first.kept[0]"},
        },
    )

    assert ["AC", "WA", "RE"] == found


def judged(problem: Problem, *programs: dict[str, Any]) -> list[str]:
    """The verdicts on programs in Python whose file is called as the problem wants it."""
    with Judge(Config(speed=SPEED), engine=make("local"), slots=2) as judge:
        return [
            str(
                judge.judge(
                    Submission(language="python", entry="first.py", problem=problem, **program)
                ).verdict
            )
            for program in programs
        ]


STANDARD = """<problem>
<judging input-file="a.in" output-file="a.out"><testset name="tests">
<time-limit>1000</time-limit><memory-limit>268435456</memory-limit>
<input-path-pattern>tests/%02d</input-path-pattern>
<answer-path-pattern>tests/%02d.a</answer-path-pattern>
<tests><test method="manual"/><test method="generated" cmd="gen 4 5"/></tests>
</testset></judging>
<files><executables><executable><source path="files/gen.cpp"/></executable></executables></files>
<assets><checker name="std::wcmp.cpp"><source path="files/check.cpp"/></checker>
<validators><validator><source path="files/valid.py"/></validator></validators>
<solutions><solution tag="main"><source path="main.py"/></solution></solutions></assets>
</problem>"""
POLYGON = {
    "problem.xml": STANDARD,
    "tests/01": "1 2",
    "files/gen.cpp": '#include "testlib.h"\nint main(int n, char** a) { both(a[1], a[2]); }',
    "files/check.cpp": '#include "testlib.h"',
    "files/valid.py": "",
    "main.py": "open('a.out', 'w').write(str(sum(map(int, open('a.in').read().split()))))",
}
HEADER = '#include <cstdio>\nvoid both(char* a, char* b) { printf("%s %s", a, b); }'


def test_a_standard_package_needs_testlib(tmp_path: Path) -> None:
    """Where the package has none, the refusal says how to name one."""
    with pytest.raises(InvalidPackage, match=r"gen\.cpp: includes testlib\.h.*--include"):
        read(write(tmp_path, POLYGON))


def test_streams_of_polygon_may_be_named(tmp_path: Path) -> None:
    """`stdin` and `stdout` are no files."""
    given = STANDARD.replace("a.in", "stdin").replace("a.out", "stdout")
    files = {"problem.xml": given, "tests/02": "", "tests/01.a": "", "tests/02.a": ""}

    assert Batch() == load(write(tmp_path, POLYGON | files)).procedure


def test_a_standard_package_is_not_judged_as_it_is(tmp_path: Path) -> None:
    """Its tests have to be made first, which needs sandboxes."""
    write(tmp_path / "include", {"testlib.h": HEADER})
    package = write(tmp_path / "package", POLYGON)
    with pytest.raises(InvalidPackage, match="have to be generated"):
        load(package, include=tmp_path / "include")


@pytest.mark.local
def test_the_tests_of_a_standard_package_are_made(tmp_path: Path) -> None:
    """Generators and the main solution run in sandboxes, with named files."""
    write(tmp_path / "include", {"testlib.h": HEADER})
    package = read(write(tmp_path / "package", POLYGON), include=tmp_path / "include")
    make("local").close()  # or skip
    with Judge(Config(engine="local"), slots=1) as judge:
        problem = made(judge.executors, package).problem

    assert [(b"1 2", b"3"), (b"4 5", b"9")] == [
        (as_bytes(test.input), as_bytes(test.expected or "")) for test in problem.tests
    ]
    assert Batch(input_file="a.in", output_file="a.out") == problem.procedure
    assert [0] == [validator.accepts for validator in package.validators]


TRIED = """<validator><source path="files/{0}"/><testset>
<input-path-pattern>tried/{0}.%02d</input-path-pattern>
<tests><test verdict="valid"/><test verdict="invalid"/></tests></testset></validator>"""
CHECKER_TRIED = """<testset><input-path-pattern>tried/%d</input-path-pattern>
<output-path-pattern>tried/%d.o</output-path-pattern>
<answer-path-pattern>tried/%d.a</answer-path-pattern><tests><test verdict="ok"/>
<test verdict="wrong-answer"/><test verdict="crashed"/><test verdict="ok"/></tests></testset>"""


@pytest.mark.local
def test_the_tests_of_validators_and_checkers_of_polygon(tmp_path: Path) -> None:
    """Each validator is tried with its own inputs, and the checker with outputs."""
    given = STANDARD.replace("input-file", "no").replace("output-file", "nor")
    given = given.replace('<validator><source path="files/valid.py"/></validator>', "")
    given = given.replace("<validators>", "<validators>" + TRIED.format("a.py"))
    given = given.replace("</validators>", TRIED.format("b.py") + "</validators>")
    given = given.replace("</checker>", CHECKER_TRIED + "</checker>")
    files = {"problem.xml": given, "tests/02": "5", "tests/01.a": "1", "tests/02.a": "5"}
    files |= {"files/a.py": "raise SystemExit(int(input()[0]) > 5)", "files/b.py": "input()"}
    files |= {"tried/a.py.01": "5", "tried/a.py.02": "6", "tried/b.py.01": "", "tried/b.py.02": "1"}
    files |= {f"tried/{n}{kind}": "1" for n in (1, 2, 3) for kind in ("", ".o", ".a")}
    package = read(write(tmp_path, POLYGON | files))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        faults = faults_of(judge.executors, package)

    assert any("tried/4: not there" in warning for warning in package.problem.warnings)
    assert ["tried/b.py.01", "tried/b.py.02", "tried/2"] == [
        one.partition(":")[0] for one in faults
    ]
    assert "the input validator b.py accepts it" in faults[1]
    assert "AC; the checker should reject the output" in faults[2]


def test_labels_that_say_nothing_are_told(tmp_path: Path) -> None:
    """A misspelt folder permits any verdict; a program beside the folders is not judged."""
    files = {
        "data/secret/1.in": "",
        "data/secret/1.ans": "",
        "submissions/accpeted/a.py": "",
        "submissions/mixed/a.py": "# @EXPECTED_RESULTS@: CORRECT",
        "submissions/b.py": "",
    }
    warnings = read(write(tmp_path, {"problem.yaml": "name: a\n", **files})).problem.warnings

    told = [one.rpartition("/submissions/")[2] for one in warnings if "/submissions/" in one]

    assert ["b.py: not judged", "accpeted: its name"] == [
        " ".join(one.split()[:3]).rstrip(":") for one in told
    ]


def test_what_else_packages_of_domjudge_say(tmp_path: Path) -> None:
    """Plain folders with its .ini; its other words for flags, scores and programs in Prolog."""
    ini = "; a comment\n[DOMJudge]\nprobid = albert\nname = Albert\ntimelimit = 1.5\ncolor = #FFF\n"
    problem = load(
        write(tmp_path / "plain", {"domjudge-problem.ini": ini, "1.in": "", "1.out": ""})
    )
    files = {
        "problem.yaml": "validator_args: case_sensitive\n",
        "data/secret/1.in": "",
        "data/secret/1.ans": "",
        "submissions/mixed/a.py": "# @EXPECTED_SCORE@: CORRECT",
        "submissions/accepted/b.plg": "main.",
        "input_validator/any/run": "#!/bin/sh\nexit 42",
    }
    package = read(write(tmp_path / "icpc", files))
    of_prolog, mixed = package.submissions

    assert ("Albert", 1500) == (problem.title, problem.limits.cpu_ms)
    assert isinstance(package.problem.checker, Checker)
    assert package.problem.checker.case_sensitive
    assert "prolog" == of_prolog.code.language
    assert ["any"] == [validator.name for validator in package.validators]
    assert (frozenset({"AC"}), None) == (mixed.permitted, mixed.score)


UNKNOWN = [
    ({"notes.txt": ""}, "no package of a known format"),
    ({"task.yml": "name: x"}, r"task\.yml: must be called task\.yaml"),
    (
        {"a/problem.xml": "", "b/task.yaml": "name: x"},
        "several problems, a, b: one has to be named",
    ),
    ({"problem.yaml": "validation:\n  interactive: true", "data/x": ""}, r"yaml:1: .*a mapping"),
]


@pytest.mark.parametrize(("files", "said"), UNKNOWN)
def test_what_is_no_package_is_told_apart(files: dict[str, str], said: str, tmp_path: Path) -> None:
    """A refusal says what is there, and not that the tests of another format are missing."""
    with pytest.raises(InvalidPackage, match=said):
        load(write(tmp_path, files))


def test_included_code(tmp_path: Path) -> None:
    """include/default is for every language, and a language's own files replace its files."""
    tests = {"data/secret/1.in": "", "data/secret/1.ans": "", ".timelimit": "1"}
    files = {"include/default/a.txt": "1", "include/python3/a.txt": "2", "include/cpp/b.h": "3"}
    harness = load(write(tmp_path, tests | files)).harness
    assert harness is not None
    found = {
        name: {path: as_bytes(content) for path, content in one.files.items()}
        for name, one in harness.by_language.items()
    }

    assert {
        "default": {"a.txt": b"1"},
        "python": {"a.txt": b"2"},
        "cpp": {"a.txt": b"1", "b.h": b"3"},
    } == found


@pytest.mark.local
def test_build_and_run_scripts_make_a_program(tmp_path: Path) -> None:
    """They are the program, whether it is a validator or a submission; their first lines count."""
    tests = {"data/secret/1.in": "3", "data/secret/1.ans": "6", ".timelimit": "1"}
    scripts = {
        "submissions/accepted/x/build": "#!/bin/sh\nmv answer run && chmod +x run",
        "submissions/accepted/x/answer": "#!/bin/sh\necho 6",
        "submissions/wrong_answer/y/run": "#!/usr/bin/env python3\r\nprint(int(input()))\r\n",
        "output_validator/run": "[ `cat` = 6 ] && exit 42; exit 43",
    }
    settings = {"problem.yaml": "problem_format_version: 2025-09\n"}
    found = read(write(tmp_path, settings | tests | scripts))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=2) as judge:
        results = judged_all(judge, found.problem, found.submissions)

    assert ["AC", "WA"] == [result.verdict for result in results]


@pytest.mark.parametrize("encoding", ["utf-16", "cp037"])
def test_entities_in_another_encoding_are_refused(encoding: str, tmp_path: Path) -> None:
    """They would be read, and thirty lines of them make a thousand million letters."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    body = '<!DOCTYPE x [<!ENTITY a "a">]><problem>&a;</problem>'
    raw = (
        (head + body).encode(encoding)
        if encoding == "utf-16"
        else head.encode() + body.encode(encoding)
    )
    (tmp_path / "problem.xml").write_bytes(raw)

    with pytest.raises(InvalidPackage, match="not in UTF-8"):
        load(tmp_path)


GROUP = '<group name="a" points-policy="complete-group" points="{}">{}</group>'
DEPENDS = '<dependencies><dependency group="b"/></dependencies>'
BAD_XML = [
    ("tests/%99999999d", "", "is no pattern of tests"),
    ("tests/%02d", GROUP.format(-1, ""), "points: '-1' is not a number of points"),
    ("tests/%02d", GROUP.format("1e99", ""), "points: '1e99' is not a number of points"),
    ("tests/%02d", 2 * GROUP.format(1, ""), "groups: 'a' is there twice"),
    ("tests/%02d", GROUP.format(1, DEPENDS), "'a' depends on 'b', which is not there"),
]


@pytest.mark.parametrize(("pattern", "groups", "message"), BAD_XML)
def test_a_contradiction_in_problem_xml_is_refused(
    pattern: str, groups: str, message: str, tmp_path: Path
) -> None:
    """Groups that are there twice, or not at all; numbers that are none."""
    settings = f"""<problem><judging><testset name="tests"><time-limit>1000</time-limit>
        <memory-limit>268435456</memory-limit>
        <input-path-pattern>{pattern}</input-path-pattern>
        <answer-path-pattern>tests/%02d.a</answer-path-pattern>
        <tests><test group="a" points="1"/></tests><groups>{groups}</groups>
        </testset></judging><assets><checker name="std::wcmp.cpp"/></assets></problem>"""
    with pytest.raises(InvalidPackage, match=message):
        load(write(tmp_path, {"problem.xml": settings, "tests/01": "", "tests/01.a": ""}))


@pytest.mark.parametrize(
    ("test", "group", "expected"),
    [("0.0", "", None), ("0.0", "0.0", None), ("0.0", "5.0", 5), ("2.0", "", 2)],
)
def test_points_of_zero_make_no_scores(
    test: str, group: str, expected: int | None, tmp_path: Path
) -> None:
    """Polygon writes points into every test of some packages, also where all of them are 0."""
    points = f'points="{group}"' if group else ""
    settings = f"""<problem><judging><testset name="tests"><time-limit>1000</time-limit>
        <memory-limit>268435456</memory-limit>
        <input-path-pattern>tests/%02d</input-path-pattern>
        <answer-path-pattern>tests/%02d.a</answer-path-pattern>
        <tests><test group="a" points="{test}"/></tests>
        <groups><group name="a" points-policy="complete-group" {points}/></groups>
        </testset></judging><assets><checker name="std::wcmp.cpp"/></assets></problem>"""
    total = load(write(tmp_path, {"problem.xml": settings, "tests/01": "", "tests/01.a": ""})).total
    found = total.groups[0].points if isinstance(total, Scoring) else None

    assert expected == found


def test_a_language_that_is_no_code_is_told(tmp_path: Path) -> None:
    """submissions.yaml names languages by their codes, not as people call them."""
    files = {
        "problem.yaml": "problem_format_version: 2025-09\nname: X\nuuid: 1\n",
        "data/secret/1.in": "",
        "data/secret/1.ans": "",
        "submissions/accepted/1.py": "",
        "submissions/submissions.yaml": "accepted/1.py:\n  language: Python 3\n",
    }
    with pytest.raises(InvalidPackage, match=r"submissions.yaml:2: accepted/1.py: language: 'Py"):
        load_all(write(tmp_path, files), strict=True)


def test_an_entry_outside_its_archive_leaves_nothing(tmp_path: Path) -> None:
    """Nothing is written outside, and nothing is read of the rest."""
    archive = tmp_path / "x.zip"
    with zipfile.ZipFile(archive, "w") as made_of:
        made_of.writestr("task.yaml", "name: x")
        made_of.writestr("../out.txt", "out")
    with pytest.raises(InvalidPackage, match=r"x\.zip: '\.\./out\.txt': an entry outside"):
        read(archive)

    assert [archive] == list(tmp_path.iterdir())


HARMFUL = [
    (
        {"problem.yaml": "limits: {time_limit: 1}\nlimitz: 2\n"},
        r"problem\.yaml:2: limitz: not known",
    ),
    ({"problem.yaml": "limits:\n  time_limits: 1\n"}, r"problem\.yaml:2: time_limits: not known"),
    ({"domjudge-problem.ini": "timelimit = 1\nbogus = 2\n"}, r"problem\.ini:2: bogus: not known"),
    (
        {"data/secret/testdata.yaml": "on_reject: break\nrangee: 1\n"},
        r"testdata\.yaml:2: rangee: not known",
    ),
    *(
        ({"data/secret/testdata.yaml": f"range: {given}\n"}, r"testdata\.yaml:1: range: ")
        for given in ("10 5", "1", "a b", "nan nan", "[0, 10]")
    ),
    *(
        (
            {
                "problem.yaml": "type: scoring\n",
                "data/secret/testdata.yaml": f"reject_score: {given}\n",
            },
            r"testdata\.yaml:1: reject_score: ",
        )
        for given in ("x", "[1]", "3")
    ),
    (
        {"submissions/submissions.yaml": "accepted:\n  permited: [AC]\n"},
        r"submissions\.yaml:2: permited: not known",
    ),
    (
        {
            "submissions/submissions.yaml": "a: {permitted: [AC], required: [WA]}\n",
            "submissions/a/x.py": "",
        },
        "no verdict in common",
    ),
    ({"submissions/accepted/x/a.xyz": ""}, "accepted/x: holds no program in a known language"),
    ({"input_validators/v/a.xyz": ""}, "input_validators/v: holds no program"),
    ({"problem.yaml": "problem_format_version: '2031'\n"}, r"yaml:1: .*'2031' is not known"),
]


@pytest.mark.parametrize(("files", "said"), HARMFUL)
def test_what_is_wrong_in_a_package_is_named(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    """An error names the file and, where it is about a key, the line."""
    tests = {"data/secret/1.in": "", "data/secret/1.ans": "", "problem.yaml": ""}
    with pytest.raises(InvalidPackage, match=said):
        read(write(tmp_path, tests | files))


def test_a_file_of_two_gigabytes_is_refused(tmp_path: Path) -> None:
    """Its size is looked at, and none of it is read."""
    write(tmp_path, {"data/secret/1.ans": "", "problem.yaml": ""})
    with (tmp_path / "data" / "secret" / "1.in").open("wb") as large:
        large.truncate(2 << 30)
    with pytest.raises(InvalidPackage, match=r"1\.in: 2147483648 bytes; at most"):
        read(tmp_path)


GROUPS = {
    "problem.yaml": "problem_format_version: 2025-09\ntype: scoring\nlimits: {time_limit: 1}\n",
    "data/secret/a/1.in": "",
    "data/secret/a/1.ans": "",
    "data/secret/a/test_group.yaml": "max_score: 40\n",
    "data/secret/b/2.in": "",
    "data/secret/b/2.ans": "",
    "data/secret/b/test_group.yaml": "max_score: 60\nrequire_pass: a\n",
}
CONTRADICTIONS = [
    ({"data/secret/a/test_group.yaml": "\nrequire_pass: b\n"}, "a/test_group.yaml:2: .*'secret/b'"),
    ({"data/secret/a/test_group.yaml": "require_pass: a\n"}, "test_group.yaml:1: require_pass"),
    ({"data/secret/0.in": "", "data/secret/0.ans": ""}, r"secret/0\.in: in no group"),
    (
        {
            "data/secret/a/c/3.in": "",
            "data/secret/a/c/3.ans": "",
            **{"data/secret/a/c/test_group.yaml": ""},
        },
        r"a/c/test_group\.yaml: a group inside the group secret/a",
    ),
    (
        {"data/secret/a/test_group.yaml": "score_aggregation: pass-fail\nmax_score: unbounded\n"},
        r"a/test_group\.yaml:2: max_score: unbounded",
    ),
]


@pytest.mark.parametrize(("files", "said"), CONTRADICTIONS)
def test_groups_that_contradict_are_refused(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    """The refusal names the file, the line and the group."""
    with pytest.raises(InvalidPackage, match=said):
        load(write(tmp_path, GROUPS | files))


def test_tests_in_plain_folders_share_the_points(tmp_path: Path) -> None:
    """A folder without test_group.yaml is no group: its tests belong to the one above."""
    plain = {name: text for name, text in GROUPS.items() if "test_group" not in name}
    problem = load(write(tmp_path, plain))
    total = problem.total
    assert isinstance(total, Scoring)

    assert [("secret", Decimal(100))] == [(one.name, one.points) for one in total.all_groups()]
    assert ["secret", "secret"] == [test.group for test in problem.tests]


DEPENDING = """<problem><judging><testset name="tests"><time-limit>1000</time-limit>
<memory-limit>268435456</memory-limit><input-path-pattern>%d</input-path-pattern>
<answer-path-pattern>%d.a</answer-path-pattern><tests><test group="b" points="1"/>
<test group="a" points="1"/></tests><groups><group name="b"><dependencies>
<dependency group="a"/></dependencies></group><group name="a">{}</group></groups></testset>
</judging><assets><checker name="std::wcmp.cpp"/><solutions/></assets></problem>"""


def test_groups_of_polygon_may_be_in_any_order(tmp_path: Path) -> None:
    """A group comes after those that it depends on; a ring is refused."""
    files = {"1": "", "1.a": "", "2": "", "2.a": ""}
    found = load(write(tmp_path / "p", files | {"problem.xml": DEPENDING.format("")}))
    total = found.total
    assert isinstance(total, Scoring)
    ring = '<dependencies><dependency group="b"/></dependencies>'

    assert ["a", "b"] == [group.name for group in total.groups]
    with pytest.raises(InvalidPackage, match="groups: 'b' depends on 'a', which depends on it"):
        load(write(tmp_path / "q", files | {"problem.xml": DEPENDING.format(ring)}))


def test_a_folder_of_two_formats_is_told_and_may_be_chosen(tmp_path: Path) -> None:
    """A warning names the format that was read and the other one; with a choice there is none."""
    polygon = {"1": "", "1.a": "", "2": "", "2.a": "", "problem.xml": DEPENDING.format("")}
    icpc = {"problem.yaml": "name: Both\nlimits: {time_limit: 1}\n"}
    icpc |= {"data/secret/1.in": "", "data/secret/1.ans": ""}
    both = write(tmp_path, polygon | icpc)
    found = load(both)
    said = "read as a package of the format icpc; it is one of the format polygon, too: choose"

    assert (1, f"{both}: {said} with --format") == (len(found.tests), found.warnings[0])
    assert found.tests == load(both, package_format=Format.ICPC).tests
    assert () == load(both, package_format=Format.ICPC).warnings
    assert 2 == len(load(both, package_format=Format.POLYGON).tests)
    with pytest.raises(InvalidPackage, match="no package of the format cms"):
        load(both, package_format=Format.CMS)
    assert found.tests == load(both, package_format=Format.DOMJUDGE).tests


def test_a_version_that_is_chosen_counts_where_the_package_gives_none(tmp_path: Path) -> None:
    """Another one that the package gives is refused, with file and line."""
    files = {"data/secret/1.in": "", "data/secret/1.ans": "", "problem.yaml": "name: x\n"}
    checker = {"output_validators/v.py": "import sys; sys.exit(42)"}
    silent = write(tmp_path / "silent", files | checker)  # only legacy asks for `validation`

    for chosen, programs in ((Format.LEGACY, 0), (Format.DRAFT, 1), (Format.CURRENT, 1)):
        assert programs == len(load(silent, package_format=chosen).programs)
    said = "name: x\nproblem_format_version: 2023-07-draft\n"
    given = write(tmp_path / "given", files | {"problem.yaml": said})
    assert load(given).tests == load(given, package_format=Format.DRAFT).tests
    with pytest.raises(InvalidPackage, match=r"problem\.yaml:2: .*is not 2025-09 \(--format"):
        load(given, package_format=Format.CURRENT)


def test_a_package_whose_tests_are_not_generated_says_so(tmp_path: Path) -> None:
    """Without tests but with generators, the refusal says what to do."""
    files = {"problem.yaml": "name: x", "generators/generators.yaml": "data: {}"}
    with pytest.raises(InvalidPackage, match=r"no tests; .*generators have to be run first"):
        load(write(tmp_path, files))


def test_an_option_says_whose_pipes_are_used() -> None:
    """Only an interactive problem has pipes, and nothing else of a package changes."""
    guess, total = (read(ROOT / "examples" / name) for name in ("guess", "sum"))
    piped = with_pipes(guess, Pipes.KATTIS).problem

    assert Interactive(pipes=Pipes.KATTIS) == piped.procedure
    assert guess.problem.tests == piped.tests
    assert total == with_pipes(total, Pipes.KATTIS)

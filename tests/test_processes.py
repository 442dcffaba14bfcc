"""Several processes of a submission beside one manager, as in tasks of CMS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from engines import SPEED, make

from judgecore import (
    CheckerProgram,
    EngineUnavailable,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Submission,
    TestResult,
    Verdict,
)
from judgecore import TestCase as Case
from judgecore.config import Config
from judgecore.evaluation.processes import together
from judgecore.execution import Program, Ran, Run
from judgecore.kinds import Convention, Included, Interactive
from judgecore.problems.package import load_all
from judgecore.report import Report

EXAMPLE = Path(__file__).parent.parent / "examples" / "telephone"
# Reads a line of each process, from stdin names in the order from and to, and answers all of them.
ASKS = """
import sys
streams = [open(name, "rw"[n % 2]) for n, name in enumerate(sys.argv[1:])]
sources, targets = streams[::2], streams[1::2]
lines = [source.readline().strip() for source in sources]
print("input", input(), *lines, file=sys.stderr)
for target in targets: print(*lines, file=target, flush=True)
print("1.0" if lines == [str(n) for n in range(len(lines))] else "0.0")
"""
EXPECTED = "lines == [str(n) for n in range(len(lines))]"
NUMBER = "import sys; print(sys.argv[-1], flush=True); input()"
# What the processes do, in which `me` is the number of each; the verdict, and why.
CASES = {
    "all is well": (NUMBER, "AC", "input 3 0 1 2"),
    "one says something else": (NUMBER.replace("[-1]", "[-1].replace('1', '7')"), "WA", "0 7 2"),
    "one leaves early": (
        "me == 1 and sys.exit()\n" + NUMBER,
        "WA",
        "it ended before the interactor did",
    ),
    "one crashes": ("me == 2 and 1 / 0\n" + NUMBER, "RE", "process 2: exit code 1"),
    "the others wait in vain": ("if me == 0: 1 / 0\ninput()", "RE", "process 0: exit code 1"),
    "one computes for ever": (f"while me == 1: pass\n{NUMBER}", "TLE", "process 1: cpu time over"),
    "all compute for ever": ("while True: pass", "TLE", "cpu time"),
    "none is too slow alone": (
        "import time\nwhile time.process_time() < 0.5: pass\n" + NUMBER,
        "TLE",
        "cpu time of all processes over",
    ),
    "nobody speaks": ("input()", "TLE", "idleness limit exceeded"),
    "one uses too much memory": (
        "kept = b'x' * (300 << 20) if me == 1 else b''\n" + NUMBER,
        "MLE",
        "process 1: ",
    ),
}
LIMITS = Limits(cpu_ms=1000, wall_ms=3000, memory_bytes=128 << 20)


def problem(count: int = 3, manager: str = ASKS, streams: str = "stdio") -> Problem:
    """A problem with so many processes, and a manager in Python."""
    program = CheckerProgram(language="python", source=manager, convention=Convention.CMS)
    procedure = Interactive(interactor=program, processes=count, streams=streams)
    return Problem(tests=(Case(input="3"),), procedure=procedure, limits=LIMITS)


def only(judge: Judge, source: str, given: Problem) -> TestResult:
    """The result of the one test of a program in Python."""
    source = "import sys\nme = int(sys.argv[-1])\n" + source
    made = judge.judge(Submission(language="python", source=source, problem=given))
    (test,) = made.tests
    return test


@pytest.mark.parametrize("name", CASES)
def test_what_each_process_does_counts(name: str, judge: Judge) -> None:
    """A process that fails decides, and is named; their CPU time is added up."""
    source, verdict, said = CASES[name]
    test = only(judge, source, problem())

    assert (verdict, True) == (test.verdict, said in f"{test.detail} {test.message}"), test


def test_processes_share_nothing(judge: Judge) -> None:
    """No file of one is seen by another; where slots have uids of their own, each has one."""
    source = """
import os
folder = os.environ.get("TMPDIR", "/tmp")
open(folder + "/mine", "x").close()
print(os.getuid(), sorted(os.listdir(folder)), flush=True)
input()
"""
    own = "all(line.endswith(\" ['mine']\") for line in lines)"
    with judge.executors.sandbox() as sandbox:
        own_uids = sandbox.features["uids"] == "own"
    if own_uids:
        own += " and len({line.split()[0] for line in lines}) == 3"
    test = only(judge, source, problem(manager=ASKS.replace(EXPECTED, own)))

    assert Verdict.AC is test.verdict, test


def test_figures_are_of_all_processes(judge: Judge) -> None:
    """Memory and CPU time are added up."""
    works = (
        f"import time\nkept = b'x' * (20 << 20)\nwhile time.process_time() < 0.1: pass\n{NUMBER}"
    )
    two, four = (only(judge, works, problem(count)) for count in (2, 4))

    assert [Verdict.AC, Verdict.AC] == [two.verdict, four.verdict]
    assert 40 << 20 <= two.memory_bytes < 80 << 20 <= four.memory_bytes
    assert 200 <= two.cpu_ms
    assert 400 <= four.cpu_ms


def test_sixteen_processes_and_names_of_streams(judge: Judge) -> None:
    """As many as there may be; a stub opens its streams by name, and has its number after them."""
    source = """
source, target = open(sys.argv[1]), open(sys.argv[2], "w")
print(sys.argv[3], file=target, flush=True)
source.readline()
"""

    assert Verdict.AC is only(judge, source, problem(16, streams="fifos")).verdict
    with pytest.raises(InvalidSubmission, match="processes"):
        problem(17)


def test_a_program_of_several_processes_is_compiled_once(judge: Judge) -> None:
    """The others are copies; one that does not compile is none in all of them."""
    good, bad = Program("c", b"int main(void) { return 7; }"), Program("c", b"int main(")
    with judge.executors.open(good, good, bad, bad) as executors:
        codes = [one.run(Run()).report.exit_code for one in executors[:2]]
        ready = [one.ready for one in executors]

    assert ([7, 7], [True, True, False, False]) == (codes, ready)


@pytest.mark.local
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("solution.cpp", "AC"),
        ("solution.py", "AC"),
        ("letters.cpp", "PS"),
        ("remembers.py", "WA"),
        ("crash.cpp", "RE"),
        ("slow_together.cpp", "TLE"),
    ],
)
def test_a_task_with_two_processes(name: str, verdict: str) -> None:
    """What the one remembers the other one does not know."""
    found, labelled = load_all(EXAMPLE, strict=True)
    code = next(one.code for one in labelled if one.name == f"sol/{name}")
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        result = judge.judge(Submission(language=code.language, source=code.source, problem=found))

    assert verdict == result.verdict


@pytest.mark.docker
def test_an_engine_that_passes_no_pipes_refuses() -> None:
    """Two programs can be connected through the host; more cannot."""
    with (
        Judge(Config(speed=SPEED), engine=make("docker-stream"), slots=1) as judge,
        pytest.raises(EngineUnavailable, match="4 programs have to talk to each other"),
    ):
        only(judge, NUMBER, problem())


def test_only_a_manager_of_cms_has_several() -> None:
    """No other convention says how an interactor would tell them apart."""
    kattis = CheckerProgram(language="python", source="")
    for fields in (
        {"checker": kattis, "procedure": Interactive(processes=2)},
        {"procedure": Interactive(interactor=kattis, processes=2)},
    ):
        with pytest.raises(InvalidSubmission, match="several processes"):
            Problem(tests=(Case(input=""),), **fields)
    assert isinstance(load_all(EXAMPLE, strict=True)[0].harness, Included)


def ran(ended_ms: float, cpu_ms: float, verdict: Verdict | None = None) -> Ran:
    """How one of several processes ended; its runtime has 50 ms of CPU time on top."""
    report = Report(0, None, cpu_ms, ended_ms, 10 << 20, ended_ms=ended_ms)
    return Ran(report, verdict, "why", Limits(cpu_ms=150, memory_bytes=20 << 20))


def test_the_first_that_failed_decides() -> None:
    """In time, not in their order; all together may use the limit of one, and each its runtime."""
    asked = Limits(cpu_ms=100)
    manager = Report(0, None, 1, 4, 0, ended_ms=4)
    crashed = together([ran(5, 1, Verdict.RE), ran(3, 1, Verdict.MLE), ran(1, 1)], asked, manager)
    slow = together([ran(5, 101), ran(3, 100)], asked, manager)
    quick = together([ran(5, 100), ran(3, 100)], asked, manager)

    assert (Verdict.MLE, "process 1: why", 3) == (
        crashed.verdict,
        crashed.detail,
        crashed.report.cpu_ms,
    )
    alone = together(
        [ran(5, 1, Verdict.RE), ran(3, 1)], asked, manager.changed(exit_code=None, signal=13)
    )

    assert (None, 3) == (alone.verdict, alone.report.ended_ms)  # the manager died of its end
    follows = ran(2, 1, Verdict.RE)  # its end was noted before the manager's, which it follows
    follows = replace(follows, report=follows.report.changed(unread=True))
    died = manager.changed(exit_code=None, signal=13)
    assert together([follows, ran(3, 1)], asked, died).verdict is None
    assert (Verdict.TLE, "cpu time of all processes over 200 ms") == (slow.verdict, slow.detail)
    assert (None, 200, 5, 20 << 20) == (
        quick.verdict,
        quick.report.cpu_ms,
        quick.report.wall_ms,
        quick.report.memory_bytes,
    )

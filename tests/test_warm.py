"""Runs that are forked from an interpreter that waits: like any other run, and out of its reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import FULL_IMAGE, make

from judgecore import Judge, Limits, Problem, RunStatus, Submission, TestCase, Verdict
from judgecore.config import Config
from judgecore.engine import SlotSpec
from judgecore.languages import Registry
from judgecore.limits import MIB
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

PYTHON = Registry()["python"]
WARM, COLD = Config(), Config(warm_starts=False)
PATIENT = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=256 * MIB)
ENGINES = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]

PROGRAMS = Path(__file__).parent / "warm"
ENDS = sorted(path.stem for path in (PROGRAMS / "ends").glob("*.py"))


def program(name: str) -> str:
    """The source of a program."""
    return (PROGRAMS / f"{name}.py").read_text()


def command(warm: str | None, limits: Limits = PATIENT, stdin: bytes = b"a\nb\n") -> Command:
    """Run `main.py` as the language does."""
    return Command((*PYTHON.run[:2], "main.py"), limits, stdin, PYTHON.environment(), warm=warm)


@pytest.fixture(scope="module", params=ENGINES)
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """A slot of an engine that can start runs warm."""
    slot = Slot(make(request.param).start(SlotSpec(), "warm"))
    yield slot
    slot.destroy()


def ran(slot: Slot, source: str, warm: str | None = "", limits: Limits = PATIENT) -> Report:
    """What came of a program; warm runs must be."""
    assert slot.reset()
    slot.put("main.py", source.encode())
    report = slot.run(command(warm, limits))

    assert report.warm in ((None,) if warm is None else ("started", "forked"))
    return report


def end(report: Report) -> tuple[object, ...]:
    """All that a program shows of itself."""
    return report.exit_code, report.signal, report.step, report.stdout, report.stderr


def test_a_program_finds_what_it_finds_without(slot: Slot) -> None:
    """Modules, frames, arguments, descriptors, limits, rights, signals: all are as after exec."""
    facts = program("facts")

    assert end(ran(slot, facts, None)) == end(ran(slot, facts))


@pytest.mark.parametrize("name", ENDS)
def test_a_program_ends_as_it_does_without(slot: Slot, name: str) -> None:
    """Exit codes, tracebacks, signals, threads, processes, streams."""
    assert end(ran(slot, program(f"ends/{name}"), None)) == end(ran(slot, program(f"ends/{name}")))


def test_random_numbers_differ(slot: Slot) -> None:
    """Each run has its own, also from what an interpreter has seeded before."""
    source = "import random, os, uuid\nprint(random.random(), os.urandom(4), uuid.uuid4())"

    assert 3 == len({ran(slot, source).stdout for _ in range(3)})


def test_limits_mean_the_same(slot: Slot) -> None:
    """Memory, CPU time and processes are those of the run, whatever the interpreter has used."""
    hungry = "x = bytearray(300 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\n"
    modest = "x = bytearray(60 << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\n"
    small = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=80 * MIB)
    plain, warm = (ran(slot, modest, how, small) for how in (None, ""))

    assert ran(slot, hungry).oom_kills
    assert (0, 0) == (plain.exit_code, warm.exit_code)
    assert plain.memory_bytes - MIB < warm.memory_bytes < plain.memory_bytes + 6 * MIB
    looping = ran(slot, "while True: pass", limits=Limits(cpu_ms=200, wall_ms=60_000))
    assert "cpu" == looping.limit
    assert looping.cpu_ms >= 200


def test_what_is_left_is_ended_and_the_interpreter_lives(slot: Slot) -> None:
    """Processes in sessions of their own are killed by their uid; the next run is forked again."""
    source = (
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        time.sleep(60)\nprint('done')\n"
    )
    report = ran(slot, source)
    counted = ran(slot, "import os\nprint(sum(x.isdigit() for x in os.listdir('/proc')))")

    assert b"done\n" == report.stdout
    assert report.left_processes
    assert "forked" == counted.warm
    assert int(counted.stdout) <= 12


def test_nothing_is_left_for_the_next_run(slot: Slot) -> None:
    """What a program changes in modules, builtins, the environment or files is gone."""
    plant, find = program("plant"), program("find")
    ran(slot, find)
    clean = ran(slot, find, None)
    assert 0 == ran(slot, plant).exit_code

    assert end(clean) == end(ran(slot, find))


def test_a_program_cannot_reach_the_interpreter(slot: Slot) -> None:
    """It neither signals nor traces nor reads nor limits it, nor changes what it imports."""
    ran(slot, "pass")
    report = ran(slot, program("attack"))

    assert (b"held\n", b"") == (report.stdout, report.stderr)
    assert "forked" == ran(slot, "pass").warm


def test_processes_without_end_hurt_nobody(slot: Slot) -> None:
    """A program that forks all it can has its limit, and the next run is forked as before."""
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
    ran(slot, bomb, limits=Limits(cpu_ms=300, wall_ms=5_000, processes=30))

    assert "forked" == ran(slot, "pass").warm


@pytest.mark.local
def test_verdicts_are_the_same_without() -> None:
    """Switched on or off, programs have the same verdicts; off, none is counted."""
    problem = Problem(tests=(TestCase(input="1\n", expected="2\n"),), limits=PATIENT)
    sources = ("print(int(input()) + 1)", "print(0)", "import sys; sys.exit(3)", "f(")
    given = [Submission(language="python", source=text, problem=problem) for text in sources]
    verdicts, counts = [], []
    for config in (WARM, COLD):
        with Judge(config, engine=make("local"), slots=1) as judge:
            verdicts.append([judge.judge(each).verdict for each in given])
            counts.append(tuple(judge.fast_paths.warm_starts))

    assert [Verdict.AC, Verdict.WA, Verdict.RE, Verdict.CE] == verdicts[0] == verdicts[1]
    assert (2, 1, 0) == counts[0]
    assert (0, 0, 0) == counts[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"import numpy as np\n", "numpy"),
        (b"from numpy.linalg import *\n", "numpy"),
        (b"def f():\n    import numpy\n", "numpy"),
        (b"import numpyish, os\n# import numpy\n", ""),
        (b"print('import numpy')\n", ""),
    ],
)
def test_the_module_is_chosen_by_the_imports(source: bytes, expected: str) -> None:
    """A look at the source says what a program imports; a wrong guess costs time alone."""
    assert PYTHON.warm is not None
    assert expected == PYTHON.warm.module(source)


NUMPY = """import numpy as np
print(np.random.rand(), np.random.default_rng().random(), np.dot([1, 2], [3, 4]))
"""


@pytest.mark.docker
def test_numpy() -> None:
    """Imported ahead; its generators differ in each run; matrices can be multiplied."""
    with Judge(WARM, engine=make("docker", FULL_IMAGE), slots=1) as judge:
        outputs = [judge.run("python", NUMPY).stdout for _ in range(3)]

    assert 3 == len(set(outputs))
    assert all(output.endswith("11\n") for output in outputs)
    assert 2 == judge.fast_paths.warm_starts.forked


@pytest.mark.docker
def test_a_module_that_is_not_there() -> None:
    """Where numpy is missing, its import fails as it does without, and others start warm."""
    with Judge(WARM, engine=make("docker"), slots=1) as judge:
        failed = [judge.run("python", NUMPY) for _ in range(4)]
        judge.run("python", "print(1)")

    assert all("No module named 'numpy'" in result.stderr for result in failed)
    assert 0 == judge.fast_paths.warm_starts.fell_back


@pytest.mark.local
def test_an_engine_without_uids_has_none() -> None:
    """Where a program has the runner's uid, it is started as others are; that is counted."""
    with Judge(WARM, engine=make("local-user"), slots=1) as judge:
        result = judge.run("python", "print(1)")

    assert RunStatus.OK == result.status
    assert (0, 0, 1) == tuple(judge.fast_paths.warm_starts)

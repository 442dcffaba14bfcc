"""Java: runs that are copies of a JVM that waits, with all its threads, are like any other run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import FULL_IMAGE, make

from judgecore import Judge, Limits, Problem, Result, Submission, TestCase, Verdict
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.limits import MIB

pytestmark = pytest.mark.docker

PROGRAMS = Path(__file__).parent / "warm"
ENDS = sorted(path.stem for path in (PROGRAMS / "java").glob("*.java"))
OTHERS = ["beanshell", "clojure", "groovy", "java-preview", "kotlin", "rhino"]
PATIENT = Limits(cpu_ms=30_000, wall_ms=120_000, memory_bytes=256 * MIB, output_bytes=8 * MIB)
INPUT = "a\nb\n"

# What differs from one run to the next, with warm starts or without.
VARIES = [
    (r"0x[0-9a-f]{9,}", "ADDRESS"),
    (r"@[0-9a-f]{5,8}\b", "@HASH"),
]


@pytest.fixture(scope="module")
def judges() -> Iterator[tuple[Judge, Judge]]:
    """With warm starts and without, each with one slot."""
    with (
        Judge(Config(), engine=make("docker"), slots=1) as warm,
        Judge(Config(warm_starts=False), engine=make("docker"), slots=1) as cold,
    ):
        yield warm, cold


def ran(judge: Judge, source: str, limits: Limits = PATIENT, tests: int = 1) -> Result:
    """What came of a Java program; runs of a judge that can start them warm must be."""
    before = judge.fast_paths.warm_starts.fell_back
    given = tuple(TestCase(input=INPUT) for _ in range(tests))
    problem = Problem(tests=given, limits=limits)
    result = judge.judge(
        Submission(language="java", source=source, problem=problem, keep_output=True)
    )

    assert before == judge.fast_paths.warm_starts.fell_back
    return result


def end(result: Result) -> tuple[object, ...]:
    """All that a program shows of itself."""
    [test] = result.tests
    streams = [str(test.output), test.stderr]
    for pattern, name in VARIES:
        streams = [re.sub(pattern, name, text) for text in streams]
    return test.verdict, test.detail, *streams


def kept(name: str) -> str:
    """The source of a program that is looked at in more than its output."""
    return (PROGRAMS / "others" / f"{name}.java").read_text()


@pytest.mark.parametrize("name", ENDS)
def test_a_program_runs_as_it_does_without(judges: tuple[Judge, Judge], name: str) -> None:
    """Outputs, exit codes, exceptions, signals, threads, processes, memory, streams, facts."""
    source = (PROGRAMS / "java" / f"{name}.java").read_text()
    before = sum(judges[0].fast_paths.warm_starts)
    warm, cold = (end(ran(judge, source)) for judge in judges)

    assert cold == warm
    assert before + 1 == sum(judges[0].fast_paths.warm_starts)


def test_random_numbers_differ(judges: tuple[Judge, Judge]) -> None:
    """Each run has its own, wherever they come from."""
    result = ran(judges[0], kept("random"), tests=3)
    outputs = [str(test.output).splitlines() for test in result.tests]

    assert all(16 == len(output) for output in outputs)
    for numbers in zip(*outputs, strict=True):
        assert 3 == len(set(numbers)), numbers


HUNGRY = """public class Main { public static void main(String[] a) {
    byte[][] kept = new byte[%d][];
    for (int i = 0; i < kept.length; i++) { kept[i] = new byte[1 << 20]; kept[i][7] = 1; }
    System.out.println(kept.length);
} }"""
ENDLESS = "public class Main { public static void main(String[] a) { while (true); } }"
SLEEPS = """public class Main { public static void main(String[] a) throws Exception {
    Thread.sleep(60_000);
} }"""
FORKS = """public class Main { public static void main(String[] a) {
    while (true) new Thread(() -> { try { Thread.sleep(9999); } catch (Exception e) { } }).start();
} }"""


def test_limits_mean_the_same(judges: tuple[Judge, Judge]) -> None:
    """Memory and time are those of the run, whatever the JVM that waits has used."""
    limits = Limits(cpu_ms=500, wall_ms=4_000, memory_bytes=128 * MIB)
    for source, wanted in [
        (HUNGRY % 300, {"MLE"}),
        (ENDLESS, {"TLE"}),
        (SLEEPS, {"TLE"}),
        (FORKS, {"RE", "TLE"}),
    ]:
        for judge in judges:
            assert ran(judge, source, limits).verdict.value in wanted
    for size in (1, 40, 80):
        warm, cold = (
            min(test.memory_bytes for test in ran(judge, HUNGRY % size, tests=3).tests)
            for judge in judges
        )
        assert cold - 8 * MIB < warm < cold + 8 * MIB


def test_a_program_cannot_reach_the_jvm_that_waits(judges: tuple[Judge, Judge]) -> None:
    """It serves the next run, which finds nothing of what a program has planted."""
    warm, cold = judges
    find, plant = (kept(name) + kept("opened") for name in ("find", "plant"))
    found = end(ran(warm, find))
    for program, said in ((kept("attack"), "held\n"), (plant, "planted\n")):
        assert said == ran(warm, program).tests[0].output

    assert found == end(ran(warm, find)) == end(ran(cold, find))


def test_a_program_in_c_cannot_reach_the_jvm_that_waits(judges: tuple[Judge, Judge]) -> None:
    """Signals, memory, /proc, limits, cores and priorities are barred; the JVM serves on."""
    judge = judges[0]
    find = kept("find") + kept("opened")
    found = end(ran(judge, find))
    problem = Problem(tests=(TestCase(input=""),), limits=PATIENT)
    source = (PROGRAMS / "others" / "reach.c").read_text()
    program = Submission(language="c", source=source, problem=problem, keep_output=True)
    said = judge.judge(program).tests[0].output
    started = judge.fast_paths.warm_starts.started

    assert "held\n" == said
    assert found == end(ran(judge, find))
    assert started == judge.fast_paths.warm_starts.started


VERSION = """public class Main {
    public static void main(String[] a) { System.out.println(Other.X); }
}
class Other { static final Integer X = %d; }"""
WITHOUT = """public class Main { public static void main(String[] a) {
    try { System.out.println(Class.forName("Other")); }
    catch (ClassNotFoundException none) { System.out.println("none"); }
} }"""


def test_no_class_of_an_earlier_submission_is_left(judges: tuple[Judge, Judge]) -> None:
    """Submissions with the same names of classes each get their own from one JVM that waits."""
    for source, said in [(VERSION % 1, "1\n"), (VERSION % 2, "2\n"), (WITHOUT, "none\n")]:
        outputs = [str(test.output) for test in ran(judges[0], source, tests=2).tests]
        assert [said, said] == outputs


def test_many_runs_with_threads_end(judges: tuple[Judge, Judge]) -> None:
    """No copy loses a thread: it would wait for it until the limit."""
    source = (PROGRAMS / "java" / "executors.java").read_text()
    result = ran(judges[0], source, tests=60)

    assert 60 == sum("OK" == test.verdict.value for test in result.tests)
    assert 1 == len({str(test.output) for test in result.tests})


@pytest.mark.parametrize("language", OTHERS)
def test_other_languages_run_as_they_do_without(language: str) -> None:
    """The program that proves a language is started by a JVM that waits, and is accepted."""
    source, given, expected = Registry()[language].proof()
    tests = (TestCase(input=given, expected=expected),) * 3
    problem = Problem(tests=tests, limits=Limits(cpu_ms=30_000, wall_ms=120_000))
    submission = Submission(language=language, source=source, problem=problem)
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as judge:
        result, counts = judge.judge(submission), judge.fast_paths.warm_starts

    assert Verdict.AC == result.verdict
    assert (2, 1, 0) == tuple(counts)

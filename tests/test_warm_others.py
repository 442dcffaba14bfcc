"""Ruby and PHP: runs that are forked from an interpreter that waits are like any other run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import make

from judgecore import Judge, Limits, Problem, Submission, TestCase, Verdict
from judgecore.config import Config
from judgecore.engine import SlotSpec
from judgecore.languages import Registry
from judgecore.limits import MIB
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

pytestmark = pytest.mark.docker

PATIENT = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=256 * MIB)
PROGRAMS = Path(__file__).parent / "warm"
ENDINGS = {"ruby": ".rb", "php": ".php"}
ENDS = [
    pytest.param(language, path, id=f"{language}-{path.stem}")
    for language in ENDINGS
    for path in sorted((PROGRAMS / language).glob("*"))
]


@pytest.fixture(scope="module")
def slot() -> Iterator[Slot]:
    """A slot of an engine that can start runs warm."""
    slot = Slot(make("docker").start(SlotSpec(), "warm"))
    yield slot
    slot.destroy()


def ran(
    slot: Slot, language: str, source: bytes, warm: str | None = "", limits: Limits = PATIENT
) -> Report:
    """What came of a program; warm runs must be."""
    spec = Registry()[language]
    argv = tuple(word.replace("{file}", spec.file) for word in spec.run)
    assert slot.reset()
    slot.put(spec.file, source)
    report = slot.run(Command(argv, limits, b"a\nb\n", spec.environment(), warm=warm))

    assert report.warm in ((None,) if warm is None else ("started", "forked"))
    return report


def end(report: Report) -> tuple[object, ...]:
    """All that a program shows of itself, less addresses."""
    output = [
        re.sub(rb"0x[0-9a-f]{9,}", b"ADDRESS", text) for text in (report.stdout, report.stderr)
    ]
    return report.exit_code, report.signal, report.step, *output


@pytest.mark.parametrize(("language", "path"), ENDS)
def test_a_program_runs_as_it_does_without(slot: Slot, language: str, path: Path) -> None:
    """Outputs, exit codes, exceptions, signals, threads, processes, streams, facts."""
    source = path.read_bytes()

    assert end(ran(slot, language, source, None)) == end(ran(slot, language, source))


def kept(language: str, name: str) -> bytes:
    """The source of a program that is looked at in more than its output."""
    return (PROGRAMS / "others" / f"{name}{ENDINGS[language]}").read_bytes()


@pytest.mark.parametrize("language", ENDINGS)
def test_random_numbers_differ(slot: Slot, language: str) -> None:
    """Each run has its own, wherever they come from."""
    outputs = [ran(slot, language, kept(language, "random")).stdout.split(b"\n") for _ in range(3)]

    assert all(len(outputs[0]) == len(output) >= 13 for output in outputs)
    for numbers in list(zip(*outputs, strict=True))[:-1]:
        assert 3 == len(set(numbers))


HUNGRY = {
    "ruby": b"x = ?x * (%d << 20)\nputs x.size",
    "php": b"<?php $x = str_repeat('x', %d << 20); echo strlen($x);",
}
ENDLESS = {"ruby": b"loop {}", "php": b"<?php while (true);"}
BOMB = {
    "ruby": b"loop { fork rescue nil }",
    "php": b"<?php while (true) @pcntl_fork();",
}


@pytest.mark.parametrize("language", ENDINGS)
def test_limits_mean_the_same(slot: Slot, language: str) -> None:
    """Memory and CPU time are those of the run, whatever the interpreter has used."""
    small = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=100 * MIB)
    ran(slot, language, HUNGRY[language] % 1, None, small)  # whoever reads a file first pays for it
    plain, warm = (ran(slot, language, HUNGRY[language] % 60, how, small) for how in (None, ""))

    assert ran(slot, language, HUNGRY[language] % 400).oom_kills
    assert (0, 0) == (plain.exit_code, warm.exit_code)
    assert plain.memory_bytes - MIB < warm.memory_bytes < plain.memory_bytes + 6 * MIB
    short = Limits(cpu_ms=200, wall_ms=60_000)
    looping = ran(slot, language, ENDLESS[language], limits=short)
    assert "cpu" == looping.limit
    assert looping.cpu_ms >= 200


@pytest.mark.parametrize("language", ENDINGS)
def test_a_program_cannot_reach_the_interpreters(slot: Slot, language: str) -> None:
    """Not from a fork of one, nor from any other program; they serve the next runs, too."""
    for each in ENDINGS:
        ran(slot, each, kept(each, "find"))
    report = ran(slot, language, kept(language, "attack"))
    assert (b"held\n", b"") == (report.stdout, report.stderr)
    python = Registry()["python"]
    slot.put("main.py", (PROGRAMS / "attack.py").read_bytes())
    from_python = slot.run(Command(("python3", "main.py"), PATIENT, b"", python.environment()))

    assert (b"held\n", b"") == (from_python.stdout, from_python.stderr)
    assert "forked" == ran(slot, language, kept(language, "find")).warm


@pytest.mark.parametrize("language", ENDINGS)
def test_nothing_is_left_for_the_next_run(slot: Slot, language: str) -> None:
    """What a program changes in the interpreter, the environment or files is gone."""
    find = kept(language, "find")
    clean = ran(slot, language, find, None)
    ran(slot, language, find)
    assert ran(slot, language, kept(language, "plant")).left_processes

    after = ran(slot, language, find)
    assert end(clean) == end(after)
    assert "forked" == after.warm


@pytest.mark.parametrize("language", ENDINGS)
def test_processes_without_end_hurt_nobody(slot: Slot, language: str) -> None:
    """A program that forks all it can has its limit, and the next run is forked as before."""
    ran(slot, language, BOMB[language], limits=Limits(cpu_ms=300, wall_ms=5_000, processes=30))

    assert "forked" == ran(slot, language, kept(language, "find")).warm


@pytest.mark.parametrize("language", ENDINGS)
def test_verdicts_are_the_same_without(language: str) -> None:
    """Switched on or off, programs have the same verdicts; off, none is counted."""
    small = Limits(cpu_ms=2_000, wall_ms=120_000, memory_bytes=128 * MIB)
    problem = Problem(tests=(TestCase(input="1\n", expected="2\n"),), limits=small)
    fits = {"ruby": "puts gets.to_i + %s", "php": "<?php echo (int) fgets(STDIN) + %s;"}[language]
    dies = {"ruby": "exit 3", "php": "<?php exit(3);"}[language]
    broken = {"ruby": "def f(", "php": "<?php f("}[language]
    loops, hungry = ENDLESS[language].decode(), (HUNGRY[language] % 300).decode()
    sources = (fits % 1, fits % 2, dies, broken, loops, hungry)
    given = [Submission(language=language, source=text, problem=problem) for text in sources]
    verdicts, counts = [], []
    for config in (Config(), Config(warm_starts=False)):
        with Judge(config, engine=make("docker"), slots=1) as judge:
            verdicts.append([judge.judge(each).verdict for each in given])
            counts.append(tuple(judge.fast_paths.warm_starts))

    wanted = [Verdict.AC, Verdict.WA, Verdict.RE, Verdict.CE, Verdict.TLE, Verdict.MLE]
    assert wanted == verdicts[0] == verdicts[1]
    assert (5, 0) == (counts[0][0] + counts[0][1], counts[0][2])
    assert (0, 0, 0) == counts[1]


def test_what_does_not_wait_never_opens_the_program(slot: Slot) -> None:
    """A program that an interpreter would go on to is closed to it while it starts."""
    assert slot.reset()
    slot.put(
        "main.sh",
        b"ls /tmp; touch /tmp/planted; grep -E ^Cap[IPEA].*[1-9a-f]$ /proc/self/status; id -u",
    )
    command = Command(("sh", "main.sh"), PATIENT, b"", (("PATH", "/usr/bin:/bin"),), warm="")
    reports = [slot.run(command) for _ in range(4)]

    assert ["failed"] * 4 == [report.warm for report in reports]
    assert 4 == len({report.stdout for report in reports})
    assert all(report.stdout.strip().isdigit() for report in reports)
    assert ran(slot, "ruby", kept("ruby", "find")).warm


def test_an_interpreter_that_shares_memory_with_its_children_does_not_wait(slot: Slot) -> None:
    """PHP with opcache keeps programs by path in memory that all its children may write."""
    spec = Registry()["php"]
    cached = ("-d", "opcache.enable_cli=1", "-d", "opcache.file_update_protection=0")
    said = []
    for number in range(3):
        assert slot.reset()
        slot.put(spec.file, b"<?php echo opcache_get_status() !== false, %d;" % number)
        argv = ("php", *cached, spec.file)
        report = slot.run(Command(argv, PATIENT, b"", spec.environment(), warm=""))
        said.append((report.warm, report.stdout))

    assert [("failed", b"1%d" % number) for number in range(3)] == said


def test_every_command_of_three_languages_keeps_its_interpreter(slot: Slot) -> None:
    """Submissions in turn: none makes another one's interpreter start anew."""
    commands = [("php", "-d", f"precision={number}", "main.php") for number in range(1, 7)]
    assert slot.reset()
    slot.put("main.php", b"<?php echo 1;")
    environment = Registry()["php"].environment()
    rounds = [
        [slot.run(Command(argv, PATIENT, b"", environment, warm="")).warm for argv in commands]
        for _ in range(2)
    ]

    assert [["started"] * 6, ["forked"] * 6] == rounds

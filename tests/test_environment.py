"""What a result tells of its environment, and limits on machines of different speed."""

from __future__ import annotations

import json

import pytest
from engines import IMAGE, make

from consumers.postgres.rows import RESULT_COLUMNS, extra_of
from judgecore import Config, Judge, Limits, Program, Result, Submission, TestCase, Verdict
from judgecore.config import Config as Settings
from judgecore.engine.fake import FakeEngine
from judgecore.errors import InvalidConfig
from judgecore.page import html

SPIN = """
#include <time.h>
int main(void) {
    struct timespec now;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < 300);
    return 0;
}
"""
ENGINES = [
    pytest.param("local", marks=pytest.mark.local),
    pytest.param("docker", marks=pytest.mark.docker),
]


def judged(name: str, speed: float | None = 1.0) -> Result:
    """A C program of 300 ms CPU time under a limit of 200 ms."""
    make(name).close()  # or skip
    limits = Limits(cpu_ms=200, wall_ms=60_000, idle_ms=30_000)
    submission = Submission(language="c", source=SPIN, tests=[TestCase(expected="")], limits=limits)
    with Judge(Config(engine=name, image=IMAGE, speed=speed), slots=1) as judge:
        return judge.judge(submission)


@pytest.mark.parametrize("name", ENGINES)
def test_a_result_says_what_it_was_judged_in(name: str) -> None:
    """Engine, toolchain, image, limits in force, and a command that repeats it."""
    result = judged(name)
    found = result.environment

    assert Verdict.TLE is result.verdict
    assert (name, "balanced", 1.0) == (found.engine, found.reuse, found.speed)
    assert found.toolchain
    assert found.judgecore
    assert found.image_digest.startswith("sha256:") is (name == "docker")
    assert (200, 60_000) == (found.limits["cpu_ms"], found.limits["wall_ms"])
    assert "--language c --time 0.2 --memory 256" in result.reproduce


@pytest.mark.parametrize("name", ENGINES)
def test_a_slow_machine_gives_more_time(name: str) -> None:
    """At a speed of a quarter, 300 ms CPU time are within a limit of 200 ms."""
    result = judged(name, speed=0.25)

    assert Verdict.AC is result.verdict
    assert (0.25, 800) == (result.environment.speed, result.environment.limits["cpu_ms"])
    assert "JUDGECORE_SPEED=0.25 " in result.reproduce


def test_a_sandbox_of_a_slow_machine_gives_more_time() -> None:
    """Attacks, too, get limits on time that are divided by the speed."""
    config = Config(speed=0.25)
    with (
        Judge(config, engine=FakeEngine(), slots=1) as judge,
        judge.executors.sandbox(judge.registry["bash"]) as sandbox,
    ):
        executor = sandbox.start(judge.executors.prepare(Program("bash", b"")))

        assert 800 == executor.in_force(Limits(cpu_ms=200)).cpu_ms


@pytest.mark.local
def test_the_speed_is_measured_on_first_use() -> None:
    """`auto` measures the machine before the first program, and the result tells the figure."""
    result = judged("local", speed=None)

    assert 0.01 < result.environment.speed < 20


def test_limits_are_scaled_within_their_ranges() -> None:
    """Times are divided by the speed; what is derived from others is left to be derived."""
    limits = Limits(cpu_ms=1_000, idle_ms=3_600_000)
    slow = limits.at_speed(0.5)

    assert limits is limits.at_speed(1.0)
    assert (2_000, None, 3_600_000) == (slow.cpu_ms, slow.wall_ms, slow.idle_ms)
    assert 1 == Limits(cpu_ms=1).at_speed(10).cpu_ms


@pytest.mark.parametrize(("text", "speed"), [("0.5", 0.5), ("auto", None), ("AUTO", None)])
def test_the_speed_is_a_setting(text: str, speed: float | None) -> None:
    """JUDGECORE_SPEED is a number, or auto."""
    assert speed == Settings.from_env({"JUDGECORE_SPEED": text}).speed


@pytest.mark.parametrize("text", ["0", "nan", "fast", "11"])
def test_a_wrong_speed_is_refused(text: str) -> None:
    """What is no number from 0.1 to 10 is an error that names the variable."""
    with pytest.raises(InvalidConfig, match="JUDGECORE_SPEED"):
        Settings.from_env({"JUDGECORE_SPEED": text})


def test_rows_keep_the_environment() -> None:
    """What a row stores of a result brings its environment back; older rows have an empty one."""
    submission = Submission(language="c", source="", tests=[TestCase(expected="")])
    with Judge(engine=FakeEngine(), slots=1) as judge:
        result = judge.judge(submission)
    extra = json.loads(json.dumps(extra_of(result, RESULT_COLUMNS)))
    stored = result.model_dump(mode="json", include=set(RESULT_COLUMNS))

    assert result == Result.model_validate({**stored, **extra})
    assert "" == Result.model_validate(stored).reproduce
    assert len(json.dumps(extra)) < 700


def test_the_page_shows_the_environment() -> None:
    """Toolchain, limits and the command are in the HTML report; what is not known says so."""
    submission = Submission(language="c", source="", tests=[TestCase(expected="")])
    with Judge(engine=FakeEngine(), slots=1) as judge:
        shown = html(judge.judge(submission))

    assert "cpu_ms 2000" in shown
    assert "judgecore judge PROGRAM" in shown
    assert '<td>Toolchain<td class="d">unknown' in shown

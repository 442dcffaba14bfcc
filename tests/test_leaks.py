"""What a run leaves, the next one does not find: in the kernel, in files, in the interpreter.

`tests/leaks/objects.py` looks for what it then leaves itself. What programs change in their own
interpreter is in tests/warm (`plant`, `find`).
"""

from __future__ import annotations

from ast import literal_eval
from pathlib import Path

import pytest
from engines import make, settings

from judgecore import Judge, Limits, Submission, TestCase

OBJECTS = (Path(__file__).parent / "leaks" / "objects.py").read_text()
LIMITS = Limits(cpu_ms=20_000, wall_ms=120_000)
PROGRAMS = {
    "python": "import objects",
    "ruby": 'system("python3", "objects.py")',
    "php": '<?php proc_close(proc_open(["python3", "objects.py"], [STDIN, STDOUT, STDERR], $_));',
}
CASES = [
    pytest.param("local", ["python"], True, marks=pytest.mark.local),
    pytest.param("local-user", ["python"], False, marks=pytest.mark.local),
    pytest.param("process", ["python"], False, marks=pytest.mark.local),
    pytest.param("docker", list(PROGRAMS), True, marks=pytest.mark.docker),
]
# What every tier lets a program leave, so that the test looks for something. System calls that
# make the other objects are denied.
LEFT = {"files", "lock", "memfd", "inotify", "watch", "timerfd", "alarm", "process", "attributes"}


@pytest.mark.parametrize(("engine", "languages", "warm"), CASES)
@pytest.mark.parametrize("starts", ["warm", "cold"])
def test_the_next_run_finds_nothing(
    engine: str, languages: list[str], warm: bool, starts: str
) -> None:
    """In the same submission and in the next one, whichever language it has."""
    config = settings(JUDGECORE_WARM_STARTS="yes" if starts == "warm" else "no")
    said = []
    with Judge(config, engine=make(engine), slots=1) as judge:
        for language in 2 * languages:
            given = Submission(
                language=language,
                source=PROGRAMS[language],
                files={"objects.py": OBJECTS},
                tests=(TestCase(),) * 3,
                limits=LIMITS,
            )
            result = judge.judge(given)
            said += [test.stdout.splitlines() or [test.stderr] for test in result.tests]
        forked = judge.fast_paths.warm_starts.forked

    assert [["found {}"]] * len(said) == [lines[:1] for lines in said]
    assert all(set(literal_eval(lines[1].removeprefix("left "))) >= LEFT for lines in said), said
    assert (forked > 0) == (warm and starts == "warm")

"""Nothing of a solution reads the answer, the validator, its feedback or its memory."""

from __future__ import annotations

from judgecore import CheckerProgram, Interactive, Judge, Limits, Problem, Submission, TestCase

MARK = "judgecore-secret"
# Looks through every place that it may write or read besides the toolchains, and every process.
HUNT = """
import os, sys, time
mark = b"judgecore" + b"-secret"
found = []
def look(path, most=1 << 20):
    try:
        with open(path, "rb") as file:
            if mark in file.read(most): found.append(path)
    except OSError: pass
def hunt():
    for top in (".", "/box", "/tmp", "/dev/shm", "/run", "/var/tmp", "/home", "/root", "/mnt"):
        for folder, _, names in os.walk(top):
            for name in names: look(os.path.join(folder, name))
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) == os.getpid(): continue
        for name in ("cmdline", "environ", "cwd/test.ans", "cwd/feedback/teammessage.txt"):
            look(f"/proc/{pid}/{name}")
        try: fds = os.listdir(f"/proc/{pid}/fd")
        except OSError: fds = []
        for fd in fds:
            try: regular = os.path.isfile(f"/proc/{pid}/fd/{fd}")
            except OSError: continue
            if regular: look(f"/proc/{pid}/fd/{fd}")
        try:
            with open(f"/proc/{pid}/mem", "rb", 0): found.append(f"/proc/{pid}/mem")
        except OSError: pass
"""
ONCE = HUNT + "hunt(); print(*found or ['nothing'])"
BESIDE = HUNT + "input(); hunt(); print(*found or ['nothing'], flush=True)"
LIMITS = Limits(cpu_ms=10_000)
TALK = f"""
# {MARK}
import sys
answer = open(sys.argv[2]).read()
with open(sys.argv[3] + "teammessage.txt", "w") as file: file.write("{MARK}")
print("hunt", flush=True)
found = sys.stdin.readline().strip()
with open(sys.argv[3] + "teammessage.txt", "w") as file: file.write(found)
sys.exit(42 if found == "nothing" and "{MARK}" in answer else 43)
"""
CHECK = f"""
# {MARK}
import sys
output = sys.stdin.read().strip()
with open(sys.argv[3] + "teammessage.txt", "w") as file: file.write(output + " {MARK}")
sys.exit(42 if output == "nothing" else 43)
"""


def messages(judge: Judge, problem: Problem, source: str) -> list[str]:
    """What the checker said about each test."""
    submission = Submission(language="python", source=source, problem=problem)
    return [
        f"{test.verdict} {test.message or test.detail}" for test in judge.judge(submission).tests
    ]


def test_a_solution_finds_nothing_of_its_checker(judge: Judge) -> None:
    """Neither in its first test nor after a checker has run on an output of it."""
    tests = tuple(TestCase(name=str(n), input="x", expected=f"{MARK}-{n}") for n in range(3))
    checker = CheckerProgram(language="python", source=CHECK)
    problem = Problem(tests=tests, checker=checker, limits=LIMITS)

    assert [f"AC nothing {MARK}"] * 3 == messages(judge, problem, ONCE)


def test_a_solution_finds_nothing_of_its_interactor(judge: Judge) -> None:
    """While the interactor runs beside it with the answer open to it."""
    tests = (TestCase(input="x", expected=f"{MARK}-answer"),)
    checker = CheckerProgram(language="python", source=TALK)
    problem = Problem(tests=tests, checker=checker, procedure=Interactive(), limits=LIMITS)

    assert ["AC nothing"] == messages(judge, problem, BESIDE)


def test_a_planted_secret_is_found(judge: Judge) -> None:
    """The hunt of the tests above finds what lies in its own sandbox."""
    tests = (TestCase(input="x", expected="", files={"planted.txt": MARK}),)
    checker = CheckerProgram(language="python", source=CHECK)
    problem = Problem(tests=tests, checker=checker, limits=LIMITS)
    (message,) = messages(judge, problem, ONCE)

    assert "planted.txt" in message

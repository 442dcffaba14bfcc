"""The command line, run as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from judgecore import InvalidSubmission, Judge
from judgecore.cli.options import guess_language
from judgecore.cli.show import foreign
from judgecore.engine.fake import FakeEngine

ROOT = Path(__file__).parent.parent
SUM = ROOT / "examples" / "sum"


def call(*args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `judgecore` with these arguments, and these variables besides our own."""
    command = [sys.executable, "-m", "judgecore", *args]
    env = os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, check=False)


def test_help_names_every_command() -> None:
    """The first page tells what there is, and what the exit codes say."""
    page = call("--help").stdout

    assert all(
        name in page
        for name in (
            "run",
            "judge",
            "languages",
            "doctor",
            "attack",
            "migrate",
            "publish",
            "Exit codes",
        )
    )


def test_languages_as_json() -> None:
    """Machines get a list of languages."""
    found = json.loads(call("languages", "--json").stdout)["languages"]

    assert {"c", "cpp", "python", "java", "javascript", "go", "bash"} <= {x["id"] for x in found}


BAD = [
    (("judge", "examples/nothing.py", "-p", "examples/sum"), "No such file"),
    (("judge", "examples/demo.py", "-p", "examples/nothing"), "no such directory"),
    (("judge", "examples/demo.py"), "--problem"),
    (("judge", "README.md", "-p", "examples/sum", "--engine", "docker"), "language"),
    (("publish", "examples/demo.py", "-p", "x", "-l", "python"), "RABBITMQ_URL"),
    (("migrate",), "DATABASE_URL"),
]


@pytest.mark.parametrize(("args", "said"), BAD)
@pytest.mark.docker
def test_bad_requests_exit_with_two(args: tuple[str, ...], said: str) -> None:
    """A wrong request is one line that names the trouble, and exit code 2."""
    done = call(*args)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.local
def test_judge_a_package_as_json() -> None:
    """`judge --json` prints the verdict and the tests with their figures."""
    program = str(SUM / "submissions" / "accepted" / "sum.py")
    done = call("judge", program, "--problem", str(SUM), "--engine", "local", "--json")
    found = json.loads(done.stdout)

    assert (0, "AC") == (done.returncode, found["verdict"])
    assert [t["name"] for t in found["tests"]] == ["sample/1", "secret/01-one", "secret/02-many"]
    assert {"name", "verdict", "cpu_ms", "wall_ms", "memory_bytes"} <= set(found["tests"][0])


@pytest.mark.local
def test_not_accepted_exits_with_one() -> None:
    """A verdict other than AC is exit code 1."""
    program = str(SUM / "submissions" / "wrong_answer" / "absolute.py")

    assert call("judge", program, "-p", str(SUM), "--engine", "local").returncode == 1


@pytest.mark.local
def test_run_passes_the_output_on(tmp_path: Path) -> None:
    """`run` prints what the program prints."""
    program = tmp_path / "hello.py"
    program.write_text("print('hello')")
    done = call("run", str(program), "--engine", "local")

    assert (0, "hello\n") == (done.returncode, done.stdout)


@pytest.mark.local
def test_the_demo_keeps_its_promises() -> None:
    """The demo judges every example as its folder promises."""
    command = [sys.executable, "-m", "examples.demo", "--engine", "local"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "every verdict as promised" in done.stdout


EXAMINED = {
    "host",
    "kernel",
    "control groups",
    "seccomp",
    "AppArmor",
    "user namespaces",
    "Landlock",
    "runner",
    "docker engine",
    "local engine",
    "process engine",
    "orphaned slots",
    "tier in force",
    "memory figures",
    "cpu figures",
    "timing noise",
}


@pytest.mark.local
def test_doctor_finds_a_tier() -> None:
    """`doctor --json` starts a slot and says where its figures come from."""
    done = call("doctor", "--engine", "local", "--json")
    found = {f["subject"]: f for f in json.loads(done.stdout)["findings"]}

    assert done.returncode == 0
    assert found["tier in force"]["says"].startswith("namespaces:")
    assert EXAMINED <= set(found)
    assert all(f["remedy"] for f in found.values() if f["level"] != "ok")


def test_doctor_says_what_is_missing_by_its_exit_code() -> None:
    """An engine that cannot work is an error with a remedy, and exit code 3."""
    done = call("doctor", "--engine", "docker", "--json", DOCKER_HOST="unix:///nonexistent.sock")
    found = {f["subject"]: f for f in json.loads(done.stdout)["findings"]}

    assert done.returncode == 3
    assert found["docker engine"]["level"] == "error"
    assert "Docker" in found["docker engine"]["remedy"]


GUESSES = [
    ("x.py", "python"),
    ("x.c", "c"),
    ("x.sh", "bash"),
    ("x.pl", "perl"),
    ("x.sql", "sqlite"),
]


@pytest.mark.parametrize(("name", "language"), GUESSES)
def test_the_language_is_guessed_from_the_ending(name: str, language: str) -> None:
    """Of several languages with one ending, the one that has it as an alias is meant."""
    with Judge(engine=FakeEngine()) as judge:
        assert language == guess_language(Path(name), judge, None)


def test_an_ending_that_says_too_little_is_refused() -> None:
    """The refusal names the option, and the languages that it may be."""
    with Judge(engine=FakeEngine()) as judge, pytest.raises(InvalidSubmission, match="--language"):
        guess_language(Path("README"), judge, None)


def test_a_program_cannot_write_to_the_terminal() -> None:
    """Escape sequences and markup in what a compiler or program said are shown, not obeyed."""
    said = foreign("a\tb\n\x1b]0;title\x07 \x1b[2J [red]x[/] \x9b31m")

    assert not {"\x1b", "\x07", "\x9b"} & set(said)
    assert "\\[red]" in said
    assert said.startswith("a\tb\n")

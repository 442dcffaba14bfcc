"""The command line, run as people run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from laid_out import write

from judgecore import InvalidSubmission, Judge
from judgecore.cli.options import guess_language
from judgecore.cli.program import read_program
from judgecore.cli.show import foreign
from judgecore.engine.fake import FakeEngine

ROOT = Path(__file__).parent.parent
SUM = ROOT / "examples" / "sum"


def call(*args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `judgecore` with these arguments, and these variables besides our own."""
    command = [sys.executable, "-m", "judgecore", *args]
    ours = {name: value for name, value in os.environ.items() if name != "COLUMNS"}  # xdist's
    env = ours | variables
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


def test_a_bug_is_no_verdict() -> None:
    """What nobody foresaw, as a full disk, ends with 3: 1 would say that a program is wrong."""
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "judgecore", "languages", "--json"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)

    assert 3 == done.returncode
    assert b"No space left" in done.stderr


def test_options_name_their_variables() -> None:
    """A help page says which variable an option stands for."""
    assert "$DATABASE_URL" in call("migrate", "--help").stdout
    assert "$RABBITMQ_URL" in call("top", "-h").stdout


def test_a_pipe_gets_a_line_a_row() -> None:
    """Who greps for a language finds its name beside its id; a terminal's lines are folded."""
    piped = call("languages", "asp", "c").stdout.splitlines()
    narrow = call("languages", "asp", "c", COLUMNS="40").stdout.splitlines()

    assert (3, True) == (len(piped), "programming (Gringo" in piped[1])
    assert all(len(line) <= 40 for line in narrow)


def test_languages_as_json() -> None:
    """Machines get a list of languages."""
    found = json.loads(call("languages", "--json").stdout)["languages"]

    assert {"c", "cpp", "python", "java", "javascript", "go", "bash"} <= {x["id"] for x in found}


BAD = [
    (("judge", "examples/nothing.py", "-p", "examples/sum"), "No such file"),
    (("judge", "examples/demo.py", "-p", "examples/nothing"), "no such directory"),
    (("problem", "stub", "nothing"), "nothing: no package is there"),
    (("problem", "import", "nothing.jsonl"), "nothing.jsonl: No such file or directory"),
    (("judge", "examples/demo.py"), "--problem"),
    (("run", "-", "-i", "-"), "only one"),
    (("problem", "put", "examples/sum", "--slug", "a\nb"), "--slug"),
    (("judge", "examples/demo.py", "-p", "\x1b]0;title\x07"), "\N{REPLACEMENT CHARACTER}]0;title"),
    (("judge", "README.md", "-p", "examples/sum", "--engine", "docker"), "language"),
    (("publish", "examples/demo.py", "-p", "x", "-l", "python"), "RABBITMQ_URL"),
    (("migrate",), "DATABASE_URL"),
    (("migrate", "--database", "localhost"), "postgres://"),
    (("run", "examples/demo.py", "--time", "nan"), "--time"),
    (("run", "examples/demo.py", "--memory", "1"), "--memory"),
    (("run", "examples/demo.py", "--input", "scripts/none"), "No such file"),
    (("judge", "examples/demo.py", "-p", "examples/sum", "-e", "README.md"), "--problem"),
    (("report", "README.md"), "README.md: is not a result"),
    (("languages", "c", "--calibrate", "docs"), "docs: cannot be written"),
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
def test_judge_a_folder_by_an_archive(tmp_path: Path) -> None:
    """A folder of files against a zipped package; doubts about it go to stderr."""
    write(tmp_path, {"p/main.py": "from u import n\nprint(n)", "p/u.py": "n = 1"})
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as archive:
        archive.writestr("one/data/secret/1.in", "")
        archive.writestr("one/data/secret/1.ans", "1")
    done = call("judge", str(tmp_path / "p"), "-p", str(tmp_path / "one.zip"), "--engine", "local")

    assert (0, True) == (done.returncode, "secret/1" in done.stdout)
    assert "warning: " in done.stderr


@pytest.mark.local
def test_not_accepted_exits_with_one() -> None:
    """A verdict other than AC is exit code 1."""
    program = str(SUM / "submissions" / "wrong_answer" / "absolute.py")

    assert call("judge", program, "-p", str(SUM), "--engine", "local").returncode == 1


@pytest.mark.local
def test_a_broken_checker_exits_with_three(tmp_path: Path) -> None:
    """The verdict IE is exit code 3: nothing is known about the program."""
    function = '[signature]\ntext = "f(a: int) -> int"\n[compare]\nkind = "checker"\n'
    files = {
        "p/function.toml": f'{function}file = "c.py"\n',
        "p/tests.jsonl": '{"args": [1], "expect": 1}\n',
        "p/c.py": "int('x')",
        "f.py": "f = int",
    }
    write(tmp_path, files)
    program = str(tmp_path / "f.py")
    done = call("judge", program, "-p", str(tmp_path / "p"), "--engine", "local", "--json")

    assert (3, "IE") == (done.returncode, json.loads(done.stdout)["verdict"])


@pytest.mark.local
def test_run_passes_the_output_on(tmp_path: Path) -> None:
    """`run` prints what the program prints."""
    program = tmp_path / "hello.py"
    program.write_text("print('hello')")
    done = call("run", str(program), "--engine", "local")

    assert (0, "hello\n") == (done.returncode, done.stdout)


@pytest.mark.local
def test_any_locale_will_do(tmp_path: Path) -> None:
    """What a program prints is passed on byte by byte, and our own words lose a sign at worst."""
    program = tmp_path / "euro.py"
    program.write_text("print('\N{EURO SIGN}')", "utf-8")
    command = [sys.executable, "-m", "judgecore", "run", str(program), "--engine", "local"]
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=env, check=False)

    assert (0, "\N{EURO SIGN}\n".encode()) == (done.returncode, done.stdout)
    assert b"Traceback" not in done.stderr


@pytest.mark.local
def test_an_interrupt_is_exit_code_130(tmp_path: Path) -> None:
    """Ctrl-C is neither a verdict nor a trace, and leaves no slot."""
    program = tmp_path / "forever.py"
    program.write_text("while True: pass")
    arguments = ["run", str(program), "--engine", "local", "--time", "60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "judgecore", *arguments],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # A shell's background job ignores it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    until = time.monotonic() + 20
    while not children.read_text() and time.monotonic() < until:
        time.sleep(0.05)
    slots = children.read_text().split()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    until = time.monotonic() + 5  # a slot's end is seen a moment after that of its stream
    while any(Path("/proc", slot).exists() for slot in slots) and time.monotonic() < until:
        time.sleep(0.05)

    assert (130, b"") == (process.returncode, said)
    assert slots
    assert not any(Path("/proc", slot).exists() for slot in slots)


@pytest.mark.local
def test_the_demo_keeps_its_promises() -> None:
    """The demo judges every example as its folder promises."""
    command = [sys.executable, "-m", "examples.demo", "--engine", "local"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "every verdict as promised" in done.stdout


EXAMINED = {
    "pinned cores",
    "hyperthreads",
    "speed",
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
    "compile cache",
    "spread tests",
    "reuse of slots",
    "prebuilt",
    "warm starts",
    "taken ahead",
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


def test_doctor_goes_on_where_a_worker_s_variable_is_wrong() -> None:
    """It names the variable, and says all the rest."""
    wrong = {"JUDGECORE_AHEAD": "many", "DOCKER_HOST": "unix:///nonexistent.sock"}
    done = call("doctor", "--engine", "docker", "--json", **wrong)
    found = {f["subject"]: f for f in json.loads(done.stdout)["findings"]}

    assert done.returncode == 3
    assert "JUDGECORE_AHEAD: " in found["worker's settings"]["says"]
    assert found["worker's settings"]["remedy"]
    assert {"docker engine", "local engine"} <= set(found)


GUESSES = [
    ("x.py", "python"),
    ("x.c", "c"),
    ("x.sh", "bash"),
    ("x.pl", "perl"),
    ("x.sql", "sqlite"),
    ("x.cc", "cpp"),
    ("x.C", "cpp"),
    ("x.py3", "python"),
    ("x.r", "r"),
    ("x.plg", "prolog"),
    ("x.prolog", "prolog"),
    ("x.p", "pascal"),
    ("x.ads", "ada"),
    ("x.pm", "perl"),
    ("x.fs", "forth"),
    ("x.mod", "modula2"),
]


@pytest.mark.parametrize(("name", "language"), GUESSES)
def test_the_language_is_guessed_from_the_ending(name: str, language: str) -> None:
    """Of several languages with one ending, the one that has it as an alias is meant."""
    with Judge(engine=FakeEngine()) as judge:
        assert language == guess_language(Path(name), judge, None)


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("x.pl", "use strict;\nprint 5;\n", "perl"),
        ("x.pl", ":- write(5).\n", "prolog"),
        ("x.pl", "main :-\n  write(5).\n", "prolog"),
        ("x.m", "#import <Foundation/Foundation.h>\nint main() {}", "objective-c"),
        ("x.m", "x = input('');\ndisp(x)", "octave"),
    ],
)
def test_a_shared_ending_is_told_apart_by_the_text(name: str, text: str, language: str) -> None:
    """Perl and Prolog share an ending, as do Objective-C and Octave."""
    with Judge(engine=FakeEngine()) as judge:
        assert language == guess_language(Path(name), judge, None, text.encode())


def test_an_ending_that_says_too_little_is_refused() -> None:
    """The refusal names the option, and the languages that it may be."""
    with Judge(engine=FakeEngine()) as judge, pytest.raises(InvalidSubmission, match="--language"):
        guess_language(Path("README"), judge, None)


def fields_of(path: Path, entry: str | None, judge: Judge) -> tuple[str, dict[str, Any]]:
    """A program's language, and what it is to be submitted as."""
    program = read_program(path, entry)
    language = program.language(judge, None)
    return language.id, program.fields(language)


FOLDERS = [
    ({"main.py": "", "util.py": ""}, None, ("python", "main.py")),
    ({"sol.cc": "int main() {}", "lib.cc": "", "lib.h": ""}, None, ("cpp", "sol.cc")),
    ({"Sol.java": "void main(String[] a)", "Util.java": ""}, None, ("java", "Sol.java")),
    ({"a.py": "", "b.py": ""}, "b.py", ("python", "b.py")),
    ({"a.c": "", "b.py": "", ".hidden": "", "__pycache__/x": ""}, "a.c", ("c", "a.c")),
    ({"only.rb": "", "words.txt": ""}, None, ("ruby", "only.rb")),
    ({"main.mjs": "", "lib.mjs": ""}, None, ("javascript", "main.mjs")),
    ({"a.cpp": "int main() {}", "b.c": "", "b.h": ""}, None, ("cpp", "a.cpp")),
    ({"main.py": "", "tool.sh": ""}, None, ("python", "main.py")),
]


@pytest.mark.parametrize(("files", "entry", "found"), FOLDERS)
def test_a_folder_is_a_program(
    tmp_path: Path, files: dict[str, str], entry: str | None, found: tuple[str, str]
) -> None:
    """As packages have submissions of several files; the file to start may be named."""
    write(tmp_path, files)
    with Judge(engine=FakeEngine()) as judge:
        language, fields = fields_of(tmp_path, entry, judge)
    shown = {name for name in files if not name.startswith((".", "__"))}

    assert found == (language, fields["entry"])
    assert shown == {fields["entry"], *fields["files"]}


BAD_FOLDERS = [
    ({}, None, "has no files"),
    ({"a.py": "", "b.py": ""}, None, "--entry"),
    ({"a.py": "", "b.c": ""}, None, "c, python; give --language"),
    ({"a.py": ""}, "b.py", "--entry"),
    ({"words.txt": ""}, None, "--language"),
    ({f"{n}.py": "" for n in range(1002)}, None, "more than 1000 files"),
]


@pytest.mark.parametrize(("files", "entry", "said"), BAD_FOLDERS)
def test_a_folder_that_leaves_a_choice_is_refused(
    tmp_path: Path, files: dict[str, str], entry: str | None, said: str
) -> None:
    """The refusal names the option that makes the choice."""
    write(tmp_path, files)
    with Judge(engine=FakeEngine()) as judge, pytest.raises(InvalidSubmission, match=said):
        fields_of(tmp_path, entry, judge)


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A package's submissions may not take files of the host along."""
    (tmp_path / "main.py").symlink_to("/etc/passwd")
    with pytest.raises(InvalidSubmission, match=r"main\.py: links to a place outside"):
        read_program(tmp_path, None)


@pytest.mark.parametrize("path", ["/dev/zero", "/nonexistent", "/proc/self/mem"])
def test_what_is_no_program_is_refused(path: str) -> None:
    """Neither an endless file nor one that cannot be read."""
    with pytest.raises(InvalidSubmission, match=path):
        read_program(Path(path), None)


def test_a_program_cannot_write_to_the_terminal() -> None:
    """Escape sequences and markup in what a compiler or program said are shown, not obeyed."""
    said = foreign("a\tb\n\x1b]0;title\x07 \x1b[2J [red]x[/] \x9b31m")

    assert not {"\x1b", "\x07", "\x9b"} & set(said)
    assert "\\[red]" in said
    assert said.startswith("a\tb\n")

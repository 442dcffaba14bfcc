"""Images: what is in which, and any image as a language."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import FULL_IMAGE, IMAGE, make, missing

from judgecore import EngineUnavailable, Judge, Submission, TestCase
from judgecore.config import Config
from judgecore.languages import Flavour, Registry
from judgecore.languages.probe import tools
from judgecore.result import RunStatus

ROOT = Path(__file__).parent.parent
PACKAGES = ROOT / "images" / "packages"
REGISTRY = Registry()
FOREIGN = "judgecore/test-foreign:1"

# An interpreter that no distribution has, alone in its image: no shell, no Python, no library.
INTERPRETER = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
    long stack[100], top = 0;
    char word[64];
    FILE *program = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!program) return 2;
    while (fscanf(program, "%63s", word) == 1) {
        if (!strcmp(word, "+") && top > 1) top--, stack[top - 1] += stack[top];
        else if (!strcmp(word, "read") && scanf("%ld", &stack[top]) == 1) top++;
        else if (!strcmp(word, "print") && top) printf("%ld\n", stack[--top]);
        else return fprintf(stderr, "what is %s?\n", word), 1;
    }
}
"""
LANGUAGE = """\
id = "stack"
name = "A stack language"
file = "main.stk"
run = ["{tool}", "{{file}}"]
image = "{image}"
"""


def listed(name: str) -> list[str]:
    """The packages of a list."""
    lines = (PACKAGES / f"{name}.txt").read_text().splitlines()
    return [word for line in lines for word in line.split("#")[0].split()]


def test_ubuntu_has_what_is_required() -> None:
    """What isn't known to be in Ubuntu 24.04 is on an optional list; Debian alone is tested."""
    facts = (ROOT / "tests" / "ubuntu-24.04.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in facts if not line.startswith("#")][1:]

    assert {"known", "likely"} == {row[1] for row in rows}
    assert sorted(row[0] for row in rows) == sorted({*listed("slim"), *listed("full")})


def test_no_package_is_listed_twice() -> None:
    """Within an image each has one place, so that each is removed by removing one line."""
    of_the_polyglot = [path.stem for path in PACKAGES.glob("*.txt") if path.stem != "papers"]
    names = [p for name in of_the_polyglot for p in listed(name)]

    assert sorted(set(names)) == sorted(names)


# Stand in for apt on a base that lacks packages: none of $LACKING is there, and what $BROKEN names
# depends on one of them.
APT = {
    "apt-get": """#!/bin/sh
for word; do
  case " $LACKING $BROKEN " in *" $word "*) exit 100 ;; esac
done""",
    "apt-cache": """#!/bin/sh
case " $LACKING " in *" $2 "*) echo '  Candidate: (none)' ;; *) echo '  Candidate: 1' ;; esac""",
}


def plan(folder: Path, name: str, *options: str, **lacking: str) -> tuple[int, list[str], str]:
    """What `apt-install --plan` would install from a list: its exit code, the packages, its log."""
    for tool, script in APT.items():
        (folder / tool).write_text(script)
        (folder / tool).chmod(0o755)
    command = [ROOT / "images" / "apt-install", *options, "--plan", PACKAGES / f"{name}.txt"]
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "LACKING": "", "BROKEN": "", **lacking}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    return ran.returncode, ran.stdout.split(), ran.stderr


def test_what_a_base_lacks_is_left_out(tmp_path: Path) -> None:
    """Ten packages that the base lacks, and one that needs them: a line in the log for each."""
    lacking = set(listed("full")[:20:2])
    broken = listed("full")[1]
    environment = {"LACKING": " ".join(lacking), "BROKEN": broken}
    code, planned, log = plan(tmp_path, "full", "--optional", **environment)

    assert 10 == len(lacking)
    assert (0, [p for p in listed("full") if p not in lacking | {broken}]) == (code, planned)
    assert {f"left out, not in this base: {name}" for name in lacking} <= set(log.splitlines())
    assert f"left out, needs what is not in this base: {broken}" in log


def test_the_core_of_slim_is_required() -> None:
    """Only the core list is installed as a whole or not at all."""
    lines = (ROOT / "Dockerfile.polyglot").read_text().splitlines()
    steps = [line.split("apt-install ")[1] for line in lines if line.startswith("RUN apt-install")]
    required = [step for step in steps if not step.startswith("--optional")]

    assert ["/tmp/packages/slim.txt"] == required


def test_there_are_as_many_languages_as_promised() -> None:
    """At least 130 in the full image, at least a dozen in the slim one."""
    assert len(REGISTRY) >= 130
    assert sum(language.where is Flavour.SLIM for language in REGISTRY.values()) >= 12


def test_tools_are_read_off_the_arguments() -> None:
    """First words, those of a shell's steps, and paths; not what the compiler makes."""
    assert ("tcc",) == tools(REGISTRY["c-tcc"])
    assert {"ratfor", "gfortran"} < set(tools(REGISTRY["ratfor"]))
    assert "/usr/share/java/scala-library.jar" in tools(REGISTRY["scala"])


@pytest.mark.docker
def test_slim_has_its_languages() -> None:
    """Slim lacks nothing that a slim language needs, and tells what a full one would."""
    with Judge(engine=make("docker"), slots=1) as judge:
        lacking = judge.missing_tools()

        slim = [lang.id for lang in REGISTRY.values() if lang.where is Flavour.SLIM]
        assert {} == {name: lacking[name] for name in slim if lacking[name]}
        assert "ghc" in lacking["haskell"]
        assert lacking["objective-c"]
        with pytest.raises(EngineUnavailable, match=r"ratfor.* not installed where programs run"):
            judge.run("ratfor", "end")


@pytest.mark.docker
def test_go_compiles_in_an_old_image() -> None:
    """A day after its cache was trimmed Go trims it again, and fails where it cannot note that.

    So the image notes no time, and Go finds a place for it in each compilation, the first day too.
    """
    script = "readlink /opt/go-cache/trim.txt; test -e /opt/go-cache/trim.txt || echo unknown"
    with Judge(engine=make("docker"), slots=1) as judge:
        noted = judge.run("bash", script)
        built = judge.run("go", 'package main\nfunc main() { println("x") }')

    assert ("/tmp/.go-trim\nunknown\n", RunStatus.OK) == (noted.stdout, built.status)


@pytest.mark.docker
def test_languages_are_proved_from_the_command_line() -> None:
    """What is asked for is run; without names, what the image lacks is told apart."""
    command = [sys.executable, "-m", "judgecore", "languages", "--engine", "docker", "--json"]
    environment = os.environ | {"JUDGECORE_IMAGE": IMAGE}
    proved = subprocess.run(
        [*command, "--check", "bash", "c"], capture_output=True, env=environment, check=True
    )
    rows = json.loads(proved.stdout)["languages"]
    listed = subprocess.run([*command, "--here"], capture_output=True, env=environment, check=True)
    names = {row["id"] for row in json.loads(listed.stdout)["languages"]}

    assert [("bash", True), ("c", True)] == [(row["id"], row["proved"]) for row in rows]
    assert all(row["version"] and row["start_ms"] and row["memory_floor_bytes"] for row in rows)
    absent = subprocess.run(
        [*command, "--missing", "c", "haskell"], capture_output=True, env=environment, check=True
    )
    (haskell,) = json.loads(absent.stdout)["languages"]

    assert {"c", "python"} <= names
    assert "haskell" not in names
    assert ("haskell", ["ghc"]) == (haskell["id"], haskell["missing_tools"])


@pytest.mark.docker
@pytest.mark.timeout(900)
def test_full_has_them_all() -> None:
    """In the full image, every language finds its tools."""
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as judge:
        assert {} == {name: gone for name, gone in judge.missing_tools().items() if gone}


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image that holds one static interpreter and nothing else."""
    folder = tmp_path_factory.mktemp("foreign")
    (folder / "stack.c").write_text(INTERPRETER)
    command = ["gcc", "-static", "-O1", "-o", str(folder / "stack"), str(folder / "stack.c")]
    if subprocess.run(command, capture_output=True).returncode:
        missing("no static C library to make an image with")
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(folder / "stack", "bin/stack")
    subprocess.run(["docker", "import", "-", FOREIGN], input=archive.getvalue(), check=True)
    yield FOREIGN
    subprocess.run(["docker", "image", "rm", FOREIGN], capture_output=True)


def folder_of(tmp_path: Path, **values: str) -> Path:
    """A directory with one language in it."""
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "language.toml").write_text(LANGUAGE.format(**values))
    return tmp_path


@pytest.mark.docker
def test_any_image_is_a_language(foreign: str, tmp_path: Path) -> None:
    """Five lines in a folder of one's own, an image without a shell: judged beside the others."""
    languages = folder_of(tmp_path, tool="stack", image=foreign)
    with Judge(Config(engine="docker", image=IMAGE, languages=(languages,)), slots=1) as judge:
        wanted = ("read read + print", "read print", "oops")
        verdicts = [
            judge.judge(
                Submission(
                    language="stack",
                    source=source,
                    tests=[TestCase(input="2 3", expected="5")],
                )
            ).verdict
            for source in wanted
        ]

        assert ["AC", "WA", "RE"] == verdicts
        assert "5\n" == judge.run("python", "print(5)").stdout


@pytest.mark.docker
def test_a_tool_that_an_image_lacks_is_told(foreign: str, tmp_path: Path) -> None:
    """Without a shell to look for it as well."""
    languages = folder_of(tmp_path, tool="stak", image=foreign)
    with (
        Judge(Config(engine="docker", image=IMAGE, languages=(languages,)), slots=1) as judge,
        pytest.raises(EngineUnavailable, match=rf"stack: stak not installed .*{foreign}"),
    ):
        judge.run("stack", "print")

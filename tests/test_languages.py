"""Languages: declared well, and proved on the real engines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from engines import make

from judgecore import InvalidConfig, Judge, Limits, Submission, TestCase, UnknownLanguage, Verdict
from judgecore.config import Config
from judgecore.engine.fake import FakeEngine
from judgecore.languages import Calibration, Measured, Registry, Sources
from judgecore.languages.probe import tools
from judgecore.proving import prove

REGISTRY = Registry()
PISTON = """
    awk bash brainfuck c clojure cobol coffeescript crystal csharp d dash elixir erlang forth
    fortran go groovy haskell java javascript kotlin lua nasm nim ocaml octave pascal perl php
    prolog python python2 racket raku rockstar ruby rust samarium scala typescript zig
    basic=yabasic c++=cpp emacs=emacs-lisp iverilog=verilog lisp=common-lisp llvm_ir=llvm-ir
    nasm64=nasm rscript=r sqlite3=sqlite
"""
JUDGE0 = """
    45=nasm 46=bash 50=c 51=csharp 54=cpp 55=common-lisp 56=d 57=elixir 58=erlang 59=fortran
    60=go 61=haskell 62=java 63=javascript 64=lua 65=ocaml 66=octave 67=pascal 68=php 69=gprolog
    70=python2 71=python 72=ruby 73=rust 74=typescript 75=c-clang 76=cpp-clang 77=cobol
    78=kotlin 79=objective-c 80=r 81=scala 82=sqlite 85=perl 86=clojure 88=groovy
"""
ON_EVERY_ENGINE = ("bash", "c", "cpp", "go", "java", "javascript", "python")


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_language_is_a_short_declaration_and_a_proof(name: str) -> None:
    """A folder has at most fifteen lines of declaration and a complete proof."""
    language = REGISTRY[name]
    source, given, expected = language.proof()

    assert len((language.folder / "language.toml").read_text().splitlines()) <= 15
    assert all((source, given, expected))
    assert language.folder.name == name


@pytest.mark.parametrize("name", list(REGISTRY))
def test_the_entry_file_may_have_any_name(name: str) -> None:
    """The commands name the file that the submission calls its entry, and no fixed one."""
    language = REGISTRY[name]
    staged = language.stage(Sources(b"", {}, f"src/solution{Path(language.file).suffix}"))
    words = language.argv((*language.compile, *language.run), Limits(), staged)

    assert any(staged.stem in word for word in words)
    assert not any(language.file in word for word in words)


def test_former_names_of_fields_are_read(tmp_path: Path) -> None:
    """`begins_in` and `named_by` are what `main_class` and `file_name_from` were called."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "language.toml").write_text(
        'id = "x"\nname = "X"\nfile = "x.java"\nrun = ["x"]\n'
        'begins_in = "java"\nnamed_by = "public class"\n'
    )
    language = Registry([tmp_path])["x"]

    assert ("java", "public class") == (language.main_class, language.file_name_from)


@pytest.mark.parametrize("name", list(REGISTRY))
def test_a_contest_s_usual_memory_fits_in_a_slot(name: str) -> None:
    """Problems that ask for 2 GiB, as most do, can be solved in any language."""
    limits = REGISTRY[name].run_limits(Limits(memory_bytes=2 << 30))

    assert limits.memory_bytes <= Config().slot_memory_bytes


def test_aliases_are_known() -> None:
    """An alias leads to its language, whatever its case."""
    assert REGISTRY.resolve("C++").id == "cpp"


def test_a_name_means_one_language() -> None:
    """No alias is claimed twice, and none hides an id."""
    claimed = [alias.lower() for language in REGISTRY.values() for alias in language.aliases]

    assert sorted(set(claimed)) == sorted(claimed)
    assert not set(claimed) & set(REGISTRY)


@pytest.mark.parametrize("pair", [*PISTON.split(), *JUDGE0.split()])
def test_a_name_of_the_peers_leads_here(pair: str) -> None:
    """Whoever comes from Piston or Judge0 keeps the names and numbers."""
    theirs, _, ours = pair.partition("=")

    assert (ours or theirs) == REGISTRY.resolve(theirs).id


def test_the_notes_name_languages_that_exist() -> None:
    """The first column of a notes' table names languages by their ids."""
    notes = (Path(__file__).parent.parent / "docs" / "language-notes.md").read_text()
    cells = [line.split("|")[1] for line in notes.splitlines() if line.startswith("| `")]
    named = {name for cell in cells for name in re.findall("`(.*?)`", cell)}

    assert set() == named - set(REGISTRY)


def test_an_unknown_name_is_refused() -> None:
    """The refusal says which name it was."""
    with pytest.raises(UnknownLanguage, match=r"'klingon' is not known; known are .* python,"):
        REGISTRY.resolve("klingon")
    with pytest.raises(UnknownLanguage, match="did you mean python"):
        REGISTRY.resolve("pyhton")


def test_a_language_needs_no_proof(tmp_path: Path) -> None:
    """Without one it can be used and listed, and its check says what is missing."""
    (tmp_path / "mine").mkdir()
    text = 'id = "mine"\nname = "Mine"\nfile = "main.py"\nrun = ["python3", "{file}"]\n'
    (tmp_path / "mine" / "language.toml").write_text(text)
    environ = os.environ | {"JUDGECORE_LANGUAGES": str(tmp_path)}
    command = [sys.executable, "-m", "judgecore", "languages", "mine", "--json"]
    listed = subprocess.run(command, capture_output=True, env=environ, check=True)
    registry = Registry([tmp_path])
    with Judge(registry=registry, engine=FakeEngine()) as judge:
        found = prove(judge, registry["mine"])

    assert json.loads(listed.stdout)["languages"][0]["proof"] is None
    assert (False, "no proof.*") == (found.proved, found.problem.split(": ")[1][:10])
    with pytest.raises(InvalidConfig, match="the directory that holds it"):
        Registry([tmp_path / "mine"])


def test_a_broken_declaration_names_file_and_field(tmp_path: Path) -> None:
    """A user's mistake in a folder is told with its place."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "language.toml").write_text('id = "x"\nname = "X"\nfile = "x"\n')
    with pytest.raises(InvalidConfig, match=r"language\.toml: run: Field required"):
        Registry([tmp_path])


@pytest.mark.parametrize("name", ON_EVERY_ENGINE)
def test_the_proof_holds(judge: Judge, name: str) -> None:
    """The proving program compiles and prints what it must."""
    source, given, expected = REGISTRY[name].proof()
    submission = Submission(
        language=name,
        source=source,
        tests=(TestCase(input=given, expected=expected),),
        limits=Limits(cpu_ms=10_000),
    )
    places = ("/usr/local/bin", "/usr/bin", "/bin")
    missing = [x for x in tools(REGISTRY[name]) if not any((Path(p) / x).exists() for p in places)]
    if str(judge.engine.tier) != "container" and missing:
        pytest.skip(f"this host has no {missing[0]}; the image has")
    result = judge.judge(submission)

    assert result.verdict is Verdict.AC, result


def test_node_programs_have_the_judge_s_streams() -> None:
    """Whatever compiles to JavaScript loses no output when it exits."""
    commands = {name: one.run for name, one in REGISTRY.items() if one.run[0] == "node"}
    runs_a_file = {name: run for name, run in commands.items() if "-e" not in run}

    assert len(runs_a_file) > 5
    assert all("./.streams.cjs" in run for run in runs_a_file.values())


@pytest.mark.docker
def test_node_reads_its_input_at_once() -> None:
    """One event, or one read, gives an input that is far larger than a pipe."""
    source = """
        process.stdin.once('readable', () => console.log(process.stdin.read().length));
    """
    with Judge(engine=make("docker"), slots=1) as judge:
        result = judge.run("javascript", source, "x" * 3_000_000)

    assert "3000000\n" == result.stdout


def test_a_file_of_the_language_has_to_be_there(tmp_path: Path) -> None:
    """What `support` names is looked for when the declaration is read."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "language.toml").write_text(
        'id = "x"\nname = "X"\nfile = "x"\nrun = ["x"]\nsupport = ["none.txt"]\n'
    )
    with pytest.raises(InvalidConfig, match=r"support: .*none\.txt: no such file"):
        Registry([tmp_path])


def test_a_language_of_ones_own(tmp_path: Path) -> None:
    """A folder outside the package is a language too."""
    (tmp_path / "upper").mkdir()
    (tmp_path / "upper" / "language.toml").write_text(
        'id = "upper"\nname = "Upper"\nfile = "main.txt"\nrun = ["tr", "a-z", "A-Z"]\n'
    )

    assert "upper" in Registry([tmp_path])


def test_a_language_may_extend_another(tmp_path: Path) -> None:
    """It takes over what it doesn't say itself, proof included, but no names."""
    (tmp_path / "py-o").mkdir()
    (tmp_path / "py-o" / "language.toml").write_text(
        'id = "py-o"\nname = "Python -O"\nextends = "python"\nrun = ["python3", "-O", "{file}"]\n'
    )
    language = Registry([tmp_path])["py-o"]

    assert REGISTRY["python"].proof() == language.proof()
    assert (REGISTRY["python"].compile, ()) == (language.compile, language.aliases)


def test_allowances_are_declared_or_measured(tmp_path: Path) -> None:
    """What a folder declares counts; for the rest, what was found out."""
    found = Measured(cpu_ms=120, memory_floor_bytes=20 << 20, processes=20)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "language.toml").write_text(
        'id = "x"\nname = "X"\nfile = "x"\nrun = ["x"]\nallow = { cpu_ms = 7 }\n'
    )
    language = Registry([tmp_path], Calibration(languages={"x": found}))["x"]
    given, base = language.run_limits(Limits()), Limits()

    assert 7 == given.cpu_ms - base.cpu_ms
    assert 24 << 20 == given.memory_bytes - base.memory_bytes
    assert 19 == given.processes - base.processes


def test_a_broken_calibration_names_the_file(tmp_path: Path) -> None:
    """Unreadable figures are told, never taken for none."""
    (tmp_path / "cal.json").write_text("{")
    with pytest.raises(InvalidConfig, match=r"cal\.json"):
        Calibration.load(tmp_path / "cal.json")

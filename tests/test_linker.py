"""The fast linker of the images: it saves time, and changes nothing else.

Programs of `linker/alike` are linked by both linkers and behave alike; those of `linker/usual` are
linked, or refused, by the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import FULL_IMAGE, IMAGE, SPEED, make, missing

from bench.prebuilt import FOLDER, sides
from judgecore import Judge, Program, Run
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.limits import MIB, Limits
from judgecore.report import Report

HERE = Path(__file__).parent / "linker"
LANGUAGES = {".c": "c", ".cpp": "cpp", ".rs": "rust"}
LIMITS = Limits(cpu_ms=30_000, wall_ms=120_000, memory_bytes=256 * MIB, processes=64)
COMPILING = Limits(cpu_ms=90_000, wall_ms=300_000, memory_bytes=1 << 30, processes=64)
MIXED = "program p\ninteger k(2)\ncommon /b/ k\nk(1) = 3\ncall s\nend\n"
LARGER = "subroutine s\ninteger k(9999)\ncommon /b/ k\nk(9999) = 9\nprint *, k(1), k(9999)\nend\n"
SCRIPT = """
mkdir changed
sed "s,/usr/bin/mold,$PWD/changed/mold," {folder}/ld >changed/ld
[ ! -e mold ] || cp mold changed
chmod +x changed/*
COMPILER_PATH=changed gcc -o main main.c || exit
./main
readelf -p .comment main | grep -q mold && echo fast || echo usual
"""
BROKEN = {
    "missing": None,
    "killed": "kill -KILL $$",
    "out of memory": "kill -SEGV $$",
    "refuses": "head -c 3000000 /dev/zero | tr '\\\\0' x; exit 1",
    "warns": 'echo warning; exec /usr/bin/mold "$@"',
    "works": 'exec /usr/bin/mold "$@"',
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """It has each language with the fast linker and with the usual one."""
    yield from _judge(IMAGE)


@pytest.fixture(scope="module")
def full_judge() -> Iterator[Judge]:
    """The same in the image with every language."""
    yield from _judge(FULL_IMAGE)


def _judge(image: str) -> Iterator[Judge]:
    config = Config(image=image, speed=SPEED, compile_cache_bytes=0)
    with Judge(config, engine=make("docker", image), slots=1) as judge:
        with judge.executors.sandbox() as sandbox:
            if sandbox.command(("test", "-e", f"{FOLDER}/ld"), LIMITS).exit_code:
                missing(f"{image} has no {FOLDER}: scripts/images makes it")
        for name in (*LANGUAGES.values(), "fortran"):
            for language in sides(judge.registry[name], "linker"):
                judge.registry.add(language)
        yield judge


def _programs(folder: str) -> list[Path]:
    return sorted(path for path in (HERE / folder).iterdir() if not path.name.startswith("."))


def _program(path: Path, side: str) -> Program:
    entry = path if path.is_file() else next(path.glob("main.*"))
    others = {} if path.is_file() else {one.name: one.read_bytes() for one in path.iterdir()}
    others.pop(entry.name, None)
    language = f"{LANGUAGES[entry.suffix]}-{side}"
    return Program(language, entry.read_bytes(), others, compile_limits=COMPILING)


def _seen(judge: Judge, program: Program) -> tuple[str, bool, Report | None]:
    """What the compiler said, whether the fast linker made the program, and a run of it."""
    with judge.executors.open(program) as (executor,):
        assert executor.compiled is not None
        said = re.sub(r"/tmp/[\w./-]+\.o\b|rustc\w{6}", "made.o", executor.compiled.output)
        if not executor.compiled.ok:
            return said, False, None
        (main,) = (file.data for file in executor.built or () if file.path == ".main")
        assert executor.built is not None
        assert not [file.path for file in executor.built if file.path.startswith("..main")]
        return said, b"mold " in main, executor.run(Run(limits=LIMITS, stdin=b"2\n")).report


def _ending(report: Report) -> tuple[int | None, int | None, bytes, bytes]:
    return report.exit_code, report.signal, report.stdout, report.stderr


@pytest.mark.docker
@pytest.mark.parametrize("path", _programs("alike"), ids=lambda path: path.stem)
def test_programs_behave_alike(judge: Judge, path: Path) -> None:
    """Linked by either linker, a program does the same; warnings of the usual one are missing."""
    (said, fast, run), (usual_said, usual_fast, usual_run) = (
        _seen(judge, _program(path, side)) for side in ("fast", "usual")
    )
    warnings = re.compile(r"^(/usr/bin/ld: .*|\S+:\(\.text\S*\): warning: .*)\n?", re.MULTILINE)

    assert (True, False) == (fast, usual_fast)
    assert run is not None
    assert usual_run is not None
    assert _ending(usual_run) == _ending(run)
    assert warnings.sub("", usual_said) == said
    assert abs(run.memory_bytes - usual_run.memory_bytes) <= MIB // 2


@pytest.mark.docker
@pytest.mark.parametrize("path", _programs("usual"), ids=lambda path: path.stem)
def test_the_usual_linker_has_the_last_word(judge: Judge, path: Path) -> None:
    """What the fast linker refuses, or would link differently: the usual one links and says."""
    (said, fast, run), (usual_said, _, usual_run) = (
        _seen(judge, _program(path, side)) for side in ("fast", "usual")
    )

    assert usual_said == said
    assert "mold" not in said
    assert not fast
    assert (usual_run and _ending(usual_run)) == (run and _ending(run))


@pytest.mark.docker
def test_the_error_that_is_missing(judge: Judge) -> None:
    """A variable that only one of two files calls thread-local: as the documentation says."""
    source = b"extern int x;\nint main(void) { return x; }\n"
    files = {"other.c": b"_Thread_local int x;\n"}
    fast, usual = (
        _seen(judge, Program(f"c-{side}", source, files, compile_limits=COMPILING))
        for side in ("fast", "usual")
    )

    assert fast[1]
    assert "TLS definition" in usual[0]


@pytest.mark.docker
def test_common_blocks_of_fortran(full_judge: Judge) -> None:
    """A common block is as large as the largest file says."""
    files = {"other.f90": LARGER.encode()}
    for side in ("fast", "usual"):
        program = Program(f"fortran-{side}", MIXED.encode(), files, compile_limits=COMPILING)
        _, fast, run = _seen(full_judge, program)

        assert not fast
        assert run is not None
        assert [b"3", b"9"] == run.stdout.split()


@pytest.mark.docker
@pytest.mark.parametrize("how", BROKEN)
def test_a_fast_linker_that_fails(judge: Judge, how: str) -> None:
    """Whatever becomes of it, the usual linker links, and nothing is said of it."""
    files = {"main.c": b'#include <stdio.h>\nint main(void) { puts("42"); }\n'}
    mold = BROKEN[how]
    if mold is not None:
        files["mold"] = f"#!/bin/sh\n{mold}\n".encode()
    run = _scripted(judge, SCRIPT.format(folder=FOLDER), files)

    assert (0, b"42\n", b"") == (run.exit_code, run.stdout[:3], run.stderr)
    assert (b"fast" if how == "works" else b"usual") == run.stdout[3:].strip()
    assert not run.left_processes


@pytest.mark.docker
def test_an_unusual_environment(judge: Judge) -> None:
    """It needs no search path, and no file beside the result."""
    script = f"""
gcc -c main.c
env -i COMPILER_PATH={FOLDER} TMPDIR=$PWD /usr/bin/gcc -o main main.o && ./main
readelf -p .comment main | grep -o 'mold'
libraries=/usr/lib/$(gcc -print-multiarch)
env -i PATH=/nowhere {FOLDER}/ld -pie -o other $libraries/Scrt1.o main.o -L$libraries -lc
readelf -p .comment other | grep -o 'mold'
cd / && {FOLDER}/ld -o /main $OLDPWD/main.o 2>&1 | grep -c /usr/bin/ld
"""
    files = {"main.c": b"int main(void) { return 0; }\n"}
    run = _scripted(judge, script, files)

    assert (0, b"mold\nmold\n1\n", b"") == (run.exit_code, run.stdout, run.stderr)


def _scripted(judge: Judge, script: str, files: dict[str, bytes]) -> Report:
    program = Program("bash", script.encode(), files)
    with judge.executors.open(program) as (executor,):
        return executor.run(Run(limits=LIMITS, writable=True)).report


def test_languages_that_use_it() -> None:
    """Without options of the program's own, and in no run."""
    users = [
        language
        for language in Registry().values()
        if FOLDER in dict(language.compile_environment()).values()
    ]

    assert {"c", "cpp", "rust"} <= {language.id for language in users}
    for language in users:
        assert "COMPILER_PATH" not in dict(language.environment())
        assert "COMPILER_PATH" not in dict(language.compile_environment(("-O3",)))
        assert "noexecstack" not in str(language.compile)

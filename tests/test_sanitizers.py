"""The runner's C code under the address and undefined behaviour sanitizers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from engines import make, missing

from judgecore import Judge, Limits, RunStatus
from judgecore.attacks import Ending, choose, load, run
from judgecore.runner import build, recipe

FUZZ = Path(__file__).parent / "fuzz"
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1", "-std=gnu17")


def built(target: Path, *sources: Path, flags: Sequence[str] = SANITIZE) -> Path:
    """Compile with the sanitizers, or skip where gcc lacks them."""
    compiler = shutil.which("gcc")
    if compiler is None:
        missing("gcc")
    command = [str(compiler), *flags, *map(str, sources), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The seeds of the fuzzers."""
    place = tmp_path_factory.mktemp("seeds")
    subprocess.run([sys.executable, FUZZ / "seeds.py", place], check=True)
    return sorted(place.iterdir())


def test_the_fuzzed_reader_links(tmp_path: Path) -> None:
    """It includes files of the runner by their names, and these change."""
    assert built(tmp_path / "driver", FUZZ / "target.c", FUZZ / "driver.c", flags=()).exists()


@pytest.mark.local
def test_the_parser_survives_mutated_frames(tmp_path: Path, seeds: list[Path]) -> None:
    """Some seconds of mutated frames: no crash, nothing outside a frame, nothing outside the box.

    `tests/fuzz/run` does the same for as long as one likes, by libFuzzer.
    """
    driver = built(tmp_path / "driver", FUZZ / "target.c", FUZZ / "driver.c")
    done = subprocess.run([driver, "3", *seeds], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[0]) > 1000


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge on the local engine whose runner is built with the sanitizers."""
    target = tmp_path_factory.mktemp("sanitized") / "runner"
    sources = [recipe.HERE / name for name in recipe.SOURCES]
    runner = built(target, *sources, FUZZ / "sanitized.c")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "binary", lambda: runner)
        with Judge(engine=make("local"), slots=2) as a_judge:
            yield a_judge


@pytest.mark.local
def test_the_runner_judges_under_the_sanitizers(judge: Judge) -> None:
    """Compiling, input, output, every limit: nothing that a sanitizer objects to."""
    source = "#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) > 0) putchar(c); }"
    echoed = judge.run("c", source, "x" * 300_000, Limits(output_bytes=1 << 20))
    ends = {
        "while :; do :; done": RunStatus.TLE,
        "sleep 9": RunStatus.TLE,
        "yes": RunStatus.OLE,
        "exit 3": RunStatus.RE,
        "kill -9 $$": RunStatus.RE,
        "echo > /tmp/x; mkdir -p /tmp/a/b/c; ln -s / /tmp/l; (sleep 9 &)": RunStatus.OK,
    }

    assert len(echoed.stdout) == 300_000
    for program, status in ends.items():
        limits = Limits(cpu_ms=200, wall_ms=400, output_bytes=1 << 16)
        assert status == judge.run("bash", program, limits=limits).status, program


@pytest.mark.local
@pytest.mark.timeout(900)
@pytest.mark.parametrize("family", ["disk", "fds", "output", "protocol", "symlinks"])
def test_attacks_meet_no_undefined_behaviour(judge: Judge, family: str) -> None:
    """The families that give the runner the most to do, blocked under the sanitizers too."""
    outcomes = run(judge, choose(load(), [family]))

    assert [] == [(o.name, o.why) for o in outcomes if o.ending is Ending.SUCCEEDED]

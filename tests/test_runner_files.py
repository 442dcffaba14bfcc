"""The runner's C files use each other one way."""

from __future__ import annotations

import graphlib
import shutil
import subprocess
from pathlib import Path

import pytest
from engines import missing

from judgecore.runner import recipe

Uses = dict[str, set[str]]


def symbols(obj: Path, *which: str) -> set[str]:
    """The symbols that an object file defines, or those that it lacks."""
    done = subprocess.run(
        ["nm", "-P", "-g", *which, obj], capture_output=True, text=True, check=True
    )
    return {line.split()[0] for line in done.stdout.splitlines()}


def uses(sources: list[Path], scratch: Path) -> Uses:
    """Which file needs which others, by what the compiler and the linker see."""
    if not (shutil.which("cc") and shutil.which("nm")):
        missing("a C compiler")
    for source in sources:
        made = scratch / f"{source.name}.o"
        subprocess.run(["cc", "-std=gnu17", "-c", source, "-o", made], check=True)
    objects = {source.name: scratch / f"{source.name}.o" for source in sources}
    home = {
        symbol: name for name, obj in objects.items() for symbol in symbols(obj, "--defined-only")
    }
    return {
        name: {home[symbol] for symbol in symbols(obj, "-u") if symbol in home}
        for name, obj in objects.items()
    }


def circle(graph: Uses) -> list[str]:
    """The files of a circle; none when there is no circle."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as exc:
        return list(exc.args[1])
    return []


def test_no_file_uses_one_that_uses_it(tmp_path: Path) -> None:
    """The runner's files can be read from the bottom up."""
    graph = uses([recipe.HERE / name for name in recipe.SOURCES], tmp_path)

    assert "frames.c" in graph["files.c"]
    assert [] == circle(graph)


@pytest.mark.parametrize(("body", "expected"), [("", 0), ("second();", 3)])
def test_a_circle_would_be_found(tmp_path: Path, body: str, expected: int) -> None:
    """Two files that call each other fail the test above."""
    first, second = tmp_path / "first.c", tmp_path / "second.c"
    first.write_text(f"void second(void);\nvoid first(void) {{ {body} }}\n")
    second.write_text("void first(void);\nvoid second(void) { first(); }\n")

    assert expected == len(circle(uses([first, second], tmp_path)))

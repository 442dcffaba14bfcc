"""The memory of compilers: it fits small slots, and does not follow the host's."""

from __future__ import annotations

import pytest
from engines import IMAGE, SPEED, make

from judgecore import Judge, Program
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.limits import MIB, Limits

SMALL = Limits(cpu_ms=90_000, wall_ms=300_000, memory_bytes=256 * MIB, processes=64)
FUNCTION = """func f{n}(a []int, m map[string]int) int {{
  s := 0
  for i, x := range a {{ s += x*i + m[fmt.Sprint(x)]; if s > {n} {{ s -= {n} }} }}
  return s
}}
"""
LONG = 'package main\nimport "fmt"\nfunc main() { fmt.Println(f0(nil, nil)) }\n' + "".join(
    FUNCTION.format(n=n) for n in range(2200)
)


@pytest.mark.docker
def test_go_s_compiler_in_a_small_slot() -> None:
    """It collects garbage where that is needed: a long program fits, as it does with Go alone."""
    config = Config(speed=SPEED, compile_cache_bytes=0, image=IMAGE)
    with Judge(config, engine=make("docker"), slots=1) as judge:
        program = Program("go", LONG.encode(), compile_limits=SMALL)
        with judge.executors.open(program) as (executor,):
            compiled = executor.compiled

    assert compiled is not None
    assert (True, "") == (compiled.ok, compiled.output)


@pytest.mark.docker
def test_java_s_compiler_begins_with_a_small_heap() -> None:
    """Else the heap's first size follows the host's memory, and so does what compiling takes."""
    words = Registry()["java"].compile
    flags = words[: words.index("com.sun.tools.javac.Main")]
    config = Config(image=IMAGE)
    with (
        Judge(config, engine=make("docker"), slots=1) as judge,
        judge.executors.sandbox() as sandbox,
    ):
        report = sandbox.command((*flags, "-XX:+PrintFlagsFinal", "--version"), SMALL)
    lines = [line.split() for line in report.stdout.decode().splitlines()]

    assert [str(40 * MIB)] == [line[3] for line in lines if line[1:2] == ["InitialHeapSize"]]

"""What images hold ready: it saves time, and changes nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import IMAGE, SPEED, make, missing

from bench.prebuilt import sides
from judgecore import Judge, Program, Run, Submission, TestCase
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.limits import Limits

SUM = "#include <bits/stdc++.h>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }\n"
BENCH = Path(__file__).parent.parent / "bench/java"
PATIENT = Limits(cpu_ms=30_000, wall_ms=120_000)
COMPILING = Limits(cpu_ms=90_000, wall_ms=300_000, memory_bytes=1 << 30, processes=64)


def test_the_switch() -> None:
    """Switched off, no command and no variable mentions what is prebuilt."""
    used, unused = Registry.of(Config()), Registry.of(Config(prebuilt=False))

    assert "/opt/prebuilt" in str(used["cpp"].compile_environment())
    assert "/opt/prebuilt" in str(used["java"].prebuilt)
    assert [] == [one.id for one in unused.values() if "/opt/prebuilt" in one.model_dump_json()]


def test_options_of_a_program_s_own() -> None:
    """What was prebuilt with other options is not used."""
    cpp = Registry()["cpp"]

    assert "/opt/prebuilt" not in str(cpp.compile_environment(("-O3",)))


def test_thresholds_of_the_jvm() -> None:
    """All that run programs with both of the JVM's compilers let it compile methods later."""
    registry = Registry()
    both = [
        one
        for one in registry.values()
        if one.run[:1] == ("java",) and "-XX:TieredStopAtLevel=1" not in one.run
    ]

    assert {"java", "java-preview", "kotlin", "scala"} == {one.id for one in both}
    for language in both:
        using, usual = sides(language, "thresholds")
        assert {
            "-XX:Tier3InvocationThreshold=600",
            "-XX:Tier4InvocationThreshold=10000",
        } == set(using.run) - set(usual.run)


@pytest.fixture(scope="module")
def judges() -> Iterator[tuple[Judge, Judge]]:
    """One that uses what is prebuilt, and one that does not."""
    engine = make("docker")
    settings = {"speed": SPEED, "compile_cache_bytes": 0, "image": IMAGE}
    with (
        Judge(Config(**settings), engine=engine, slots=1) as fast,
        Judge(Config(prebuilt=False, **settings), engine=make("docker"), slots=1) as plain,
    ):
        with fast.executors.sandbox() as sandbox:
            if sandbox.command(("test", "-d", "/opt/prebuilt"), PATIENT).exit_code:
                missing(f"{IMAGE} has no /opt/prebuilt: scripts/images makes it")
        fast.registry.add(sides(fast.registry["cpp"], "linker")[1])
        plain.registry.add(plain.registry["cpp"].model_copy(update={"id": "cpp-usual"}))
        yield fast, plain


CPP = {
    "header": SUM,
    "stream": SUM.replace("bits/stdc++.h", "iostream"),
    "none": SUM.partition("\n")[2],
}


@pytest.mark.docker
@pytest.mark.parametrize("name", CPP)
def test_programs_are_the_same(judges: tuple[Judge, Judge], name: str) -> None:
    """With the header, the executable has the same bytes, and the errors have the same text."""
    said = [_compiled(judge, CPP[name]) for judge in judges]

    assert said[0] == said[1]
    assert ("none" == name) == (said[0][0] is None)


def _compiled(judge: Judge, source: str) -> tuple[bytes | None, str]:
    program = Program("cpp-usual", source.encode(), compile_limits=COMPILING)
    with judge.executors.open(program) as (executor,):
        assert executor.compiled is not None
        files = {file.path: file.data for file in executor.built or ()}
        return files.get(".main"), executor.compiled.output


@pytest.mark.docker
def test_it_is_used(judges: tuple[Judge, Judge]) -> None:
    """The compiler takes the header, and the runtimes the archives."""
    program = "g++ -H -std=gnu++20 -O2 -DONLINE_JUDGE -o /tmp/a main.cpp 2>&1 | head -1"
    environment = {"CPLUS_INCLUDE_PATH": "/opt/prebuilt/gnu++20"}
    with judges[0].executors.open(
        Program("bash", program.encode(), {"main.cpp": SUM.encode()})
    ) as (one,):
        header = one.run(Run(environment=environment, limits=PATIENT)).report.stdout
    shared = "java -XX:SharedArchiveFile=/opt/prebuilt/%s.jsa -Xshare:on -version 2>&1"
    with judges[0].executors.open(
        Program("bash", "\n".join(shared % name for name in ("java", "javac")).encode())
    ) as (one,):
        archives = one.run(Run(limits=PATIENT.model_copy(update={"processes": 64}))).report.stdout

    assert b"! /opt/prebuilt/gnu++20/bits/stdc++.h.gch\n" == header
    assert 2 == archives.count(b"sharing")


@pytest.mark.docker
@pytest.mark.parametrize("path", sorted(BENCH.glob("*.java")), ids=lambda p: p.stem)
def test_java_writes_the_same(judges: tuple[Judge, Judge], path: Path) -> None:
    """With archives and later compilation, the bench's programs write what they write without."""
    usual = sides(Registry()["java"], "thresholds")[1]
    judges[1].registry.add(usual)
    fast, plain = (
        judge.judge(
            Submission(
                language=language, source=path.read_text(), tests=(TestCase(),), limits=PATIENT
            )
        ).tests[0]
        for judge, language in zip(judges, ("java", usual.id), strict=True)
    )

    assert fast.stdout
    assert (fast.verdict, fast.stdout, "") == (plain.verdict, plain.stdout, fast.stderr)


@pytest.mark.docker
def test_a_runtime_without_its_archive_says_nothing(judges: tuple[Judge, Judge]) -> None:
    """A program's output is its own, whether or not the image has what it is told to use."""
    source = "class Main { public static void main(String[] a) { System.out.println(42); } }"
    java = Registry()["java"]
    gone = java.prebuilt.model_copy(
        update={"run": ("-XX:SharedArchiveFile=/opt/prebuilt/none.jsa", "-Xlog:cds=off")}
    )
    judges[0].registry.add(java.model_copy(update={"id": "java-bare", "prebuilt": gone}))
    for language in ("java", "java-bare"):
        given = Submission(language=language, source=source, tests=(TestCase(),), limits=PATIENT)
        (test,) = judges[0].judge(given).tests

        assert ("42\n", "") == (test.stdout, test.stderr)

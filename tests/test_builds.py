"""The compile cache: what is found again, what never is, and who can write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engines import REAL, SPEED, make, settings

from judgecore import Judge, Limits, Program, Submission, TestCase
from judgecore.config import Config
from judgecore.engine.fake import FakeEngine, echo
from judgecore.errors import InvalidConfig
from judgecore.execution.build_files import BuildFiles
from judgecore.execution.builds import Build, Builds, build_of
from judgecore.languages import Registry
from judgecore.report import BuiltFile, Limit, Report
from judgecore.result import CompileResult, Result

C = '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", 2 * n); }\n'
TESTS = (TestCase(input="21\n", expected="42\n"), TestCase(input="1\n", expected="3\n"))
OK = Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=1.0, memory_bytes=0, built=())


def submitted(judge: Judge, source: str = C, **fields: Any) -> Result:
    """The result of one submission, in C by default."""
    given = {"language": "c", "source": source, "tests": TESTS, **fields}
    return judge.judge(Submission(**given))


def verdicts(result: Result) -> list[str]:
    """What must not depend on the cache."""
    return [result.verdict, *(test.verdict for test in result.tests)]


def was_cached(result: Result) -> bool:
    """Whether the program was compiled before."""
    assert result.compile is not None
    return result.compile.cached


@pytest.fixture(params=REAL, scope="module")
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on each real engine, with one slot."""
    with Judge(settings(), engine=make(request.param), slots=1) as a_judge:
        yield a_judge


def twice(judge: Judge, source: str) -> tuple[Result, Result]:
    """The results of the same files, judged in the same slot: `process` keeps builds by slot.

    One whose core was busy is not kept, nor one that has served long: then both are judged again.
    """
    for number in range(20):
        before = judge.fast_paths.slots.discarded
        same = f"{source}// {number}\n"
        first, second = submitted(judge, same), submitted(judge, same)
        if judge.fast_paths.slots.discarded == before:
            return first, second
    raise AssertionError("no slot was kept after a submission")


def test_the_same_files_are_compiled_once(judge: Judge) -> None:
    """The second time nothing is compiled, and the verdicts are the same."""
    first, second = twice(judge, C)

    assert [False, True] == [was_cached(first), was_cached(second)]
    assert ["WA", "AC", "WA"] == verdicts(first) == verdicts(second)


def test_errors_are_kept_with_their_text(judge: Judge) -> None:
    """A program that does not compile is refused with the same words."""
    first, second = twice(judge, "int main( { kept")

    assert first.compile is not None
    assert "error" in first.compile.output
    assert first.compile.model_copy(update={"cached": True}) == second.compile


@pytest.fixture
def fake() -> Iterator[Judge]:
    """A judge that runs nothing."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        yield judge


@pytest.mark.parametrize(
    "changed",
    [
        {"source": C + " "},
        {"files": {"other.h": ""}},
        {"entry": "other.c"},
        {"language": "c23"},
        {"tenant": "another"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_differs_is_compiled(fake: Judge, changed: dict[str, Any]) -> None:
    """A change of anything that a build depends on compiles again."""
    submitted(fake)

    assert was_cached(submitted(fake))
    assert not was_cached(submitted(fake, **changed))


def test_switched_off() -> None:
    """Without memory for it nothing is kept."""
    with Judge(Config(compile_cache_bytes=0), engine=FakeEngine(), slots=1) as judge:
        submitted(judge)

        assert not was_cached(submitted(judge))
        assert (0, 0, 0) == judge.fast_paths.compile_cache


@pytest.mark.parametrize(
    "odd",
    [
        {"limit": Limit.CPU},
        {"exit_code": None, "signal": 9},
        {"exit_code": 1, "oom_kills": 1},
        {"exit_code": 137},
        {"left_processes": True},
        {"disk_full": "bytes"},
        {"built": None},
    ],
    ids=str,
)
def test_what_may_go_better_another_time_is_not_kept(odd: dict[str, Any]) -> None:
    """A compiler that ran into a limit, was killed or left something odd is asked again."""
    report = OK.changed(**odd)

    assert build_of(report, CompileResult(ok=report.exit_code == 0)) is None
    assert build_of(OK, CompileResult(ok=True)) is not None


def test_the_longest_unused_makes_room() -> None:
    """The bytes in memory are bounded, and a build larger than the bound is not kept."""

    def build(size: int) -> Build:
        return Build(CompileResult(ok=True), (BuiltFile("main", bytes(size), True),))

    builds = Builds(10_000)
    for key in (b"a", b"b", b"c"):
        builds.keep(key, build(1000))
        builds.get(b"a")
    builds.keep(b"d", build(3000))
    builds.keep(b"large", build(20_000))

    assert [None, None] == [builds.get(b"b"), builds.get(b"large")]
    assert builds.kept_bytes <= 10_000


FILES = (BuiltFile("dir/main", b"\0program", True), BuiltFile("main.c", b"text", False))


def test_a_folder_outlives_the_process(tmp_path: Path) -> None:
    """Another process finds the builds; a file that was changed is removed and compiled again."""
    folder, build = tmp_path / "kept", Build(CompileResult(ok=True, output="said"), FILES)
    Builds(1 << 20, folder).keep(b"key", build)

    assert build == Builds(1 << 20, folder).get(b"key")

    (file,) = folder.iterdir()
    assert 0o444 == file.stat().st_mode & 0o777
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)

    assert Builds(1 << 20, folder).get(b"key") is None
    assert [] == list(folder.iterdir())


def test_a_folder_is_bounded(tmp_path: Path) -> None:
    """Old files make room for new ones; one that is too large is not written."""
    files = BuildFiles(tmp_path / "kept", 5000)
    for number in range(5):
        files.write(bytes([number]), {}, [bytes(1500)])
    files.write(b"large", {}, [bytes(6000)])

    kept = list((tmp_path / "kept").iterdir())
    assert sum(path.stat().st_size for path in kept) <= 5000
    assert files.read(bytes([4])) == ({"sizes": [1500]}, [bytes(1500)])


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    """Nobody else may write where programs are kept that will be run."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path)

    for name in ("open", "link"):
        with pytest.raises(InvalidConfig, match="must belong to this user"):
            Builds(1 << 20, tmp_path / name)


LANGUAGE = """
id = "built"
name = "A compiler that does what its source says"
file = "main.sh"
compile = ["sh", "main.sh"]
run = ["sh", "./out"]
"""
WRITES = 'echo "echo 42" >out; '


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge with a language whose compiler is the submission's own program."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "built").mkdir()
    (folder / "built" / "language.toml").write_text(LANGUAGE)
    with Judge(
        Config(speed=SPEED, scratch_bytes=96 << 20),
        engine=make("local"),
        slots=2,
        registry=Registry([folder]),
    ) as judge:
        yield judge


@pytest.mark.local
@pytest.mark.parametrize(
    ("program", "kept"),
    [
        ("mkdir -p a/b; echo 1 >a/b/c", True),
        ("(while :; do echo 'echo 43' >out; done) & sleep 0.1; echo 'echo 42' >out", False),
        ("ln -s /etc/passwd link", False),
        ("mkdir empty", False),
        ("mkfifo pipe", True),
        ("printf x >\"$(printf 'a\\377')\"", False),
        ("dd if=/dev/zero of=large bs=1M count=70 2>/dev/null", False),
        ("i=0; while [ $i -lt 4200 ]; do : >$i; i=$((i+1)); done", False),
    ],
    ids=["files", "process", "link", "empty", "fifo", "name", "large", "many"],
)
def test_a_hostile_compiler(hostile: Judge, program: str, kept: bool) -> None:
    """Only whole trees of files are kept, and nothing that the compiler started writes them."""
    tests = (TestCase(expected="42\n"),)
    results = [
        submitted(hostile, WRITES + program, language="built", tests=tests) for _ in range(2)
    ]

    assert [False, kept] == [was_cached(result) for result in results]
    if "43" not in program:
        assert ["AC", "AC"] == [result.verdict for result in results]


@pytest.mark.local
def test_a_run_cannot_write_what_is_kept(hostile: Judge) -> None:
    """What a program does to its files is not in the next submission's."""
    source = "echo 'echo 43 >out 2>/dev/null; echo 42' >out"
    tests = (TestCase(expected="42\n"), TestCase(expected="42\n"))
    results = [submitted(hostile, source, language="built", tests=tests) for _ in range(3)]

    assert ["AC"] * 3 == [result.verdict for result in results]


def test_limits_of_compiling_count() -> None:
    """A program that compiled with more memory is not taken for one that compiles with less."""
    with Judge(engine=FakeEngine(echo), slots=1) as judge:

        def cached(limits: Limits | None) -> bool:
            program = Program("c", C.encode(), compile_limits=limits)
            with judge.executors.open(program) as (executor,):
                assert executor.compiled is not None
                return executor.compiled.cached

        found = [cached(None), cached(None), cached(Limits(memory_bytes=64 << 20))]

    assert [False, True, False] == found


def test_many_small_files_take_room() -> None:
    """A build of thousands of empty files counts as what it takes in memory."""
    files = tuple(BuiltFile(str(n), b"", False) for n in range(4096))

    assert 500_000 < Build(CompileResult(ok=True), files).size_bytes

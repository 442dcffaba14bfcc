"""The public seam: programs in sandboxes of their own, for whoever needs one."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgecore import Judge, Limits, Problem, Program, Run, Submission, TestCase, UsageError
from judgecore.engine.fake import FakeEngine
from judgecore.errors import InvalidSubmission, MachineBusy
from judgecore.execution import Ran
from judgecore.languages import Calibration, Language, Registry
from judgecore.report import Limit, Report
from judgecore.verdict import Verdict

SAVE = b"read a; echo $a > out.txt; cat given.txt; echo $1 $WORD"


def test_a_program_gets_files_arguments_and_environment(judge: Judge) -> None:
    """What a run names is there, and what the program wrote comes back."""
    run = Run(
        stdin=b"7\n",
        arguments=("one",),
        environment={"WORD": "two"},
        writable=True,
        files={"given.txt": b"given\n"},
        collect=("out.txt", "none.txt"),
    )
    with judge.executors.open(Program("bash", SAVE)) as (executor,):
        first = executor.run(run)
        second = executor.run(Run(stdin=b"1", collect=("out.txt",)))

    assert (b"given\none two\n", {"out.txt": b"7\n"}) == (
        first.report.stdout,
        first.report.collected,
    )
    assert {} == second.report.collected


def test_a_run_gets_empty_directories(judge: Judge) -> None:
    """A path that ends with a slash is a directory, which a writable run may write."""
    files = {"a/b/": b"", "c/": b"", "c/given.txt": b"3\n"}
    run = Run(files=files, collect=("a/b/x", "c/given.txt"), writable=True)
    source = b"echo 7 >a/b/x && cat c/given.txt; ls a/b"
    with judge.executors.open(Program("bash", source)) as (executor,):
        report = executor.run(run).report

    assert b"3\nx\n" == report.stdout
    assert {"a/b/x": b"7\n", "c/given.txt": b"3\n"} == report.collected


C = b"""#include <stdio.h>
int main(void) { printf("%d %s %ld\\n", LEVEL, WORD, __STDC_VERSION__); return 0; }
"""


def test_a_program_has_defines_and_options(judge: Judge) -> None:
    """Defines and options reach the compiler, and options win over the language's own."""
    defines = {"LEVEL": "7", "WORD": '"two words"'}
    with judge.executors.open(Program("c", C, options=("-std=c11",), defines=defines)) as (one,):
        ran = one.run(Run())

    assert b"7 two words 201112\n" == ran.report.stdout


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (Program("python", b"x", options=("-O",)), r"^options: python takes none"),
        (Program("java", b"x", defines={"A": "1"}), r"^defines: java takes none"),
        (Program("c", b"x", defines={"A B": "1"}), r"^defines: 'A B' is no name"),
        (Program("cpp", b"x", defines={"A": "\0"}), r"^options: hold a NUL"),
        (Program("cpp", b"x", options=("\0",)), r"^options: hold a NUL"),
    ],
)
def test_what_no_compiler_takes_is_refused(program: Program, said: str) -> None:
    """Options where they can't be are refused by their field, before anything runs."""
    with Judge(engine=FakeEngine(), slots=1) as fake, pytest.raises(InvalidSubmission, match=said):
        fake.executors.prepare(program)


def test_languages_that_take_defines_have_a_place_for_them() -> None:
    """Whoever has `define` lists its files as `{files}`, before which options come."""
    taking = [language for language in Registry().values() if language.define]

    assert {"c", "cpp", "c23", "objective-c"} <= {language.id for language in taking}
    assert [] == [language.id for language in taking if "{files}" not in language.compile]


def test_a_list_of_runs_ends_early(judge: Judge) -> None:
    """Closing the iterator leaves an executor that runs on."""
    with judge.executors.open(Program("bash", b"cat")) as (executor,):
        kept = executor.keep(b"kept")
        runs = executor.run_all(Run(stdin=data) for data in (kept, b"b", b"c", b"d"))
        found = [next(runs).report.stdout, next(runs).report.stdout]
        runs.close()
        last = executor.run(Run(stdin=kept)).report.stdout

    assert [b"kept", b"b", b"kept"] == [*found, last]


ENDS = b"""read n; echo $n; echo $n >&2
case $n in
1) exit 3 ;; 2) kill -SEGV $$ ;; 3) while :; do :; done ;; 4) yes ;; 5) touch $TMPDIR/x ;;
esac
ls $TMPDIR"""


def test_a_list_of_runs_is_like_one_by_one(judge: Judge) -> None:
    """Sent ahead or not, by digest or with its input, a run has the same end and outputs."""
    limits = Limits(cpu_ms=300, wall_ms=60_000, output_bytes=1 << 16)
    inputs = [b"%d\n" % n for n in (0, 1, 2, 3, 4, 5, 0)]
    with judge.executors.open(Program("bash", ENDS)) as (executor,):
        alone = [executor.run(Run(stdin=data, limits=limits)) for data in inputs]
        listed = list(executor.run_all(Run(stdin=data, limits=limits) for data in inputs))
        kept = [executor.keep(data) for data in inputs]
        by_digest = list(executor.run_all(Run(stdin=data, limits=limits) for data in kept))

    def ends(runs: list[Ran]) -> list[tuple[object, ...]]:
        reports = [(ran.verdict, ran.report) for ran in runs]
        return [(v, r.exit_code, r.signal, r.limit, r.stdout, r.stderr) for v, r in reports]

    assert {None, Verdict.RE, Verdict.TLE, Verdict.OLE} == {ran.verdict for ran in alone}
    assert ends(alone) == ends(listed) == ends(by_digest)


def test_two_programs_talk_to_each_other(judge: Judge) -> None:
    """What one writes the other reads, in two sandboxes that are granted together."""
    asks = Program("bash", b"echo 20; read answer; echo $answer >&2")
    doubles = Program("bash", b"read n; echo $((2 * n))")
    with judge.executors.open(asks, doubles) as (one, two):
        ran, other = one.connect(Run(), two, Run())

    assert (b"40\n", True, True) == (ran.report.stderr, ran.ended_well, other.ended_well)


def test_connected_programs_share_a_core(judge: Judge) -> None:
    """Also where slots are pinned to none: a question between two cores waits for the other."""
    told = Program("bash", b"grep Cpus_allowed_list /proc/self/status >&2")
    with judge.executors.open(told, told) as (one, two):
        ran, other = one.connect(Run(), two, Run())

    assert ran.report.stderr == other.report.stderr
    assert ran.report.stderr.split()[-1].isdigit()


def test_a_started_program_is_fed_and_read(judge: Judge) -> None:
    """Its output arrives while it runs."""
    with judge.executors.open(Program("bash", b"read a; echo got $a; read b; echo $b")) as (one,):
        run = Run()
        running = one.start(run)
        running.feed(b"x\n")
        first = running.read(10)
        running.feed(b"y\n")
        running.close_stdin()
        ran = one.judged(running.finish(), run)

    assert ((1, b"got x\n"), True) == (first, ran.ended_well)


def test_what_does_not_compile_cannot_run(judge: Judge) -> None:
    """The compiler's word is there, and running is refused."""
    with judge.executors.open(Program("bash", b"if")) as (one,):
        assert not one.ready
        assert one.compiled is not None
        assert "syntax error" in one.compiled.output
        with pytest.raises(UsageError, match="did not compile"):
            one.run(Run())


def test_nothing_to_open_is_refused() -> None:
    """A lease of no sandbox is a mistake of the caller."""
    with (
        Judge(engine=FakeEngine()) as judge,
        pytest.raises(UsageError, match="at least one"),
        judge.executors.open(),
    ):
        pass


def test_tests_have_files_arguments_and_limits_of_their_own(judge: Judge) -> None:
    """Each test of a problem is given what it says, and written files come with its result."""
    tests = (
        TestCase(
            input="7\n", expected="given\none\n", arguments=("one",), files={"given.txt": "given\n"}
        ),
        TestCase(
            input="8\n", expected="other\ntwo\n", arguments=("two",), files={"given.txt": "other\n"}
        ),
    )
    result = judge.judge(
        Submission(
            language="bash",
            source=SAVE,
            problem=Problem(tests=tests, limits=Limits(cpu_ms=5000), writable=True),
            collect=("out.txt",),
        )
    )

    assert ["AC", "AC"] == [test.verdict for test in result.tests]
    assert [{"out.txt": "7\n"}, {"out.txt": "8\n"}] == [test.files for test in result.tests]


def test_a_test_without_expected_output_is_only_run(judge: Judge) -> None:
    """Its verdict says how the program ended, and all of its output can be kept."""
    result = judge.judge(
        Submission(
            language="bash",
            source="cat; exit $1",
            tests=(TestCase(input=b"\xff\n"), TestCase(arguments=("3",))),
            keep_output=True,
        )
    )

    assert ("RE", ["OK", "RE"]) == (result.verdict, [test.verdict for test in result.tests])
    assert b"\xff\n" == result.tests[0].output


def _starving(times: int) -> FakeEngine:
    """An engine whose first runs get no core."""
    seen: list[int] = []

    def answer(argv: tuple[str, ...], _stdin: bytes) -> Report:
        seen.extend([1] if argv[0] == "./m" else [])
        ended = Report(exit_code=0, signal=None, cpu_ms=1, wall_ms=9, memory_bytes=0, stdout=b"5")
        if len(seen) > times or argv[0] != "./m":
            return ended
        return ended.changed(exit_code=None, signal=9, limit=Limit.WALL, starved=True)

    return FakeEngine(answer)


@pytest.mark.parametrize("times", [1, 2])
def test_a_starved_program_is_repeated_alone(times: int) -> None:
    """Once, with no other beside it; then the machine is too busy, which is no verdict."""
    language = Language.model_validate(
        {"id": "plain", "name": "Plain", "file": "m", "run": ["./m"], "folder": Path()}
    )
    registry = Registry(calibration=Calibration())
    registry.add(language)
    submission = Submission(language="plain", source="x", tests=(TestCase(expected="5"),))
    with Judge(engine=_starving(times), registry=registry) as judge:
        if times == 1:
            assert "AC" == judge.judge(submission).verdict
        else:
            with pytest.raises(MachineBusy, match="too busy"):
                judge.judge(submission)


def test_a_compiler_that_was_late_has_compiled() -> None:
    """One that ended well after its wall limit, on a busy machine, is no compile error."""

    def late(argv: tuple[str, ...], stdin: bytes) -> Report:
        ended = Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=37_000.0, memory_bytes=0)
        return ended if argv[0].startswith("./") else ended.changed(limit=Limit.WALL)

    with Judge(engine=FakeEngine(late), slots=1) as judge:
        compiled = judge.run("cpp", "int main() {}").compile

    assert compiled is not None
    assert compiled.ok, compiled


def test_a_late_compile_error_is_the_compilers() -> None:
    """What a compiler refused after its wall limit, it refused; the clock is no reason."""
    refused = Report(exit_code=1, signal=None, cpu_ms=1.0, wall_ms=37_000.0, memory_bytes=0)
    with Judge(engine=FakeEngine(lambda *_: refused), slots=1) as judge:
        compiled = judge.run("cpp", "int main() {").compile

    assert compiled is not None
    assert (False, "exit code 1") == (compiled.ok, compiled.detail)


@pytest.mark.parametrize(("out", "verdict"), [(b"", Verdict.MLE), (b"5", Verdict.AC)])
def test_a_thread_out_of_memory_explains_a_wrong_output(out: bytes, verdict: Verdict) -> None:
    """A thread that died of a full heap leaves exit code 0: MLE if the output is wrong."""
    ended = Report(0, None, 1.0, 1.0, 0, stdout=out, stderr=b"MemoryError")
    submission = Submission(language="python", source="x", tests=[TestCase(expected="5")])
    with Judge(engine=FakeEngine(lambda *_: ended), slots=1) as fake:
        result = fake.judge(submission).tests[0]

    assert verdict == result.verdict
    assert (verdict is Verdict.MLE) == (result.limit is Limit.MEMORY)


@pytest.mark.parametrize("language", ["csharp", "c"])
def test_byte_order_marks_of_a_runtime_are_removed(language: str) -> None:
    """Mono's marks before the output are not the program's; elsewhere they are."""
    ended = Report(0, None, 1.0, 1.0, 0, stdout=b"\xef\xbb\xbf\xef\xbb\xbf5\xef\xbb\xbf\n")
    with Judge(engine=FakeEngine(lambda *_: ended), slots=1) as fake:
        result = fake.run(language, "x", "")

    assert (language == "c") == result.stdout.startswith("\ufeff")
    assert result.stdout.endswith("5\ufeff\n")

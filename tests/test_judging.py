"""Real programs on the real engines; the file's name is the expected verdict."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from judgecore import Judge, Limits, RunStatus, Submission, TestCase, TestResult, Verdict
from judgecore.languages import Registry
from judgecore.languages.probe import tools

PROGRAMS = Path(__file__).parent / "programs"
LIMITS = Limits(
    cpu_ms=1000,
    wall_ms=3000,
    memory_bytes=64 << 20,
    output_bytes=1 << 20,
)
REGISTRY = Registry()
# The programs of the other languages are judged by test_every_language.py.
ON_EVERY_ENGINE = ("bash", "c", "cpp", "go", "java", "javascript", "python")


def installed(judge: Judge, language: str) -> None:
    """Skip what this host has no compiler for; the image has them all."""
    spec = REGISTRY[language]
    places = ("/usr/local/bin", "/usr/bin", "/bin")
    here = os.environ.get("JUDGECORE_TEST_LANGUAGES")
    if here and language not in here.split():
        pytest.skip("not among JUDGECORE_TEST_LANGUAGES")
    images = str(judge.engine.tier) == "container"
    missing = [x for x in tools(spec) if not any((Path(p) / x).exists() for p in places)]
    if missing and not images:
        pytest.skip(f"this host has no {missing[0]}; the image has")


def ids(path: Path) -> str:
    """A program's name within the folder."""
    return str(path.relative_to(PROGRAMS))


@pytest.mark.parametrize(
    "path", sorted(p for name in ON_EVERY_ENGINE for p in PROGRAMS.glob(f"{name}/*.*")), ids=ids
)
def test_verdict(judge: Judge, path: Path) -> None:
    """Each program gets the verdict that its name says."""
    installed(judge, path.parent.name)
    submission = Submission(
        language=path.parent.name,
        source=path.read_text(),
        tests=(TestCase(input="2 3\n", expected="5\n"),),
        limits=LIMITS,
    )
    result = judge.judge(submission)

    assert path.stem.split("_")[0].upper() == result.verdict, result


@pytest.mark.parametrize("megabytes", [10, 100, 200])
def test_memory_is_what_was_touched(judge: Judge, megabytes: int) -> None:
    """A program that touches so many MiB is reported within five percent; on v2, or one MiB.

    Its libraries and page tables are its own too (half a MiB), and the kernel charges each core's
    pages 64 at a time: in the fresh group that a run has on v2, that is 5.9 percent of ten MiB.
    """
    source = (
        f"static volatile char p[{megabytes} << 20];"
        f"int main(void){{for(long i=0;i<{megabytes}L<<20;i+=4096)p[i]=1;return 0;}}"
    )
    result = judge.run("c", source, limits=Limits(memory_bytes=512 << 20))

    assert result.status is RunStatus.OK
    if result.memory_source.startswith("cgroup"):
        floor = 1.0 if result.memory_source == "cgroup-v2" else 0.0
        allowed = max(megabytes / 20, floor)

        assert abs(result.memory_bytes / (1 << 20) - megabytes) < allowed


def test_children_are_counted_together(judge: Judge) -> None:
    """Two children of 60 MiB each exceed 100 MiB."""
    source = (PROGRAMS / "c" / "mle_children.c").read_text().replace("40 <<", "60 <<")
    result = judge.run("c", source, limits=Limits(memory_bytes=100 << 20))

    assert result.status is RunStatus.MLE


@pytest.mark.parametrize("code", [0, 1, 2, 41, 126, 127, 128, 129, 137, 143, 254, 255])
def test_exit_codes_are_told(judge: Judge, code: int) -> None:
    """Every exit code arrives as it is, and none looks like a signal."""
    result = judge.run("c", f"int main(void){{return {code};}}")

    assert (code, None) == (result.exit_code, result.signal)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6, 8, 9, 11, 13, 14, 15, 24, 25, 31])
def test_signals_are_told(judge: Judge, number: int) -> None:
    """A program that dies of a signal is reported with it."""
    result = judge.run("c", f"#include <signal.h>\nint main(void){{return raise({number});}}")

    assert (None, number) == (result.exit_code, result.signal)
    assert result.status is (RunStatus.OLE if number == 25 else RunStatus.RE)  # 25: SIGXFSZ


def test_large_input_and_output_pass(judge: Judge) -> None:
    """Eight megabytes go in and come out unharmed, without a deadlock."""
    text = "0123456789abcde\n" * (1 << 19)
    result = judge.run("bash", "cat", text, Limits(cpu_ms=10_000))

    assert text == result.stdout


def test_output_is_kept_up_to_the_limit(judge: Judge) -> None:
    """OLE keeps the first bytes and says that there were more."""
    result = judge.run("bash", f"while :; do echo {'12345678' * 100}; done", limits=LIMITS)

    assert result.status is RunStatus.OLE
    assert (result.stdout_truncated, len(result.stdout)) == (True, LIMITS.output_bytes)


def test_binary_output_is_no_trouble(judge: Judge) -> None:
    """Bytes that are no UTF-8 are judged as wrong, not as a failure of ours."""
    submission = Submission(
        language="bash", source="printf '\\xff\\x00\\xfe'", tests=(TestCase(expected="5"),)
    )

    assert judge.judge(submission).verdict is Verdict.WA


def test_nothing_survives_between_tests(judge: Judge) -> None:
    """What one test writes, the next cannot see; nor can processes outlive theirs."""
    source = """
[ -e /tmp/left ] || [ -e /dev/shm/left ] || [ -e left ] && echo seen && exit
touch /tmp/left /dev/shm/left; mkdir -p /tmp/a/b/c; touch /tmp/a/b/c/d
touch left 2>/dev/null
cat /proc/[0-9]*/cmdline 2>/dev/null | grep -qa 'judgecore-lef[t]' && echo crowded && exit
bash -c 'exec -a judgecore-left sleep 1000' & disown
setsid bash -c 'exec -a judgecore-left sleep 1000' &
echo clean
"""
    submission = Submission(language="bash", source=source, tests=(TestCase(expected="clean"),) * 3)

    assert judge.judge(submission).verdict is Verdict.AC


def test_not_even_a_date_is_left(judge: Judge) -> None:
    """The directories that a program may write do not tell the next one when it did."""
    source = "date=$(stat -c %Y $TMPDIR); touch $TMPDIR/x; rm $TMPDIR/x; echo $date"
    submission = Submission(language="bash", source=source, tests=(TestCase(expected="0"),) * 2)

    assert judge.judge(submission).verdict is Verdict.AC


def test_stop_at_the_first_failure(judge: Judge) -> None:
    """By policy, tests after the first failure are skipped, and say so."""
    tests = tuple(TestCase(expected=text) for text in ("1", "2", "3"))
    submission = Submission(
        language="python", source="print(1)", tests=tests, stop_at_first_failure=True
    )
    heard: list[TestResult] = []
    result = judge.judge(submission, heard.append)

    assert [t.verdict for t in result.tests] == [Verdict.AC, Verdict.WA, Verdict.SKIPPED]
    assert list(result.tests) == heard


def test_threads_share_the_slots(judge: Judge) -> None:
    """More threads than slots all get the right answer."""
    found: list[str] = []

    def work(number: int) -> None:
        found.append(judge.run("python", f"print({number})").stdout.strip())

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, range(12))) == sorted(found)


def test_the_environment_is_ours_alone(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program sees the few variables that it is given and nothing of the host's."""
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    seen = {line.partition("=")[0] for line in judge.run("bash", "env").stdout.splitlines()}

    own = {"PATH", "HOME", "TMPDIR", "LANG", "USER", "LOGNAME", "ONLINE_JUDGE"}
    of_the_shell = {"PWD", "SHLVL", "_", "OLDPWD"}

    assert seen <= own | of_the_shell


def test_there_is_no_network(judge: Judge) -> None:
    """Internet sockets cannot even be made; unix sockets can."""
    source = """
import socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
    try:
        socket.socket(family)
        print("made", family)
    except OSError:
        pass
socket.socketpair()
print("quiet")
"""

    assert judge.run("python", source).stdout == "quiet\n"

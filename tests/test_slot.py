"""What a run is given and may leave, on every engine: inputs, files, lists, live streams."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from engines import REAL, make

from judgecore import Limits, SlotLost
from judgecore.connecting import connect, connect_each
from judgecore.engine import Engine, SlotSpec
from judgecore.engine.fake import FakeSlot
from judgecore.report import Limit, Report
from judgecore.runner.protocol import Command, Digest
from judgecore.slot import Slot

MIB = 1 << 20
TIERS = [
    *REAL[:3],
    *(pytest.param(f"docker-{t}", marks=pytest.mark.docker) for t in ("socket", "stream")),
]
ALL = ["fake", *TIERS]
CAT = Command(("/bin/cat",), Limits(), b"hello")
ENV = (("PATH", "/usr/local/bin:/usr/bin:/bin"),)


def sh(script: str, stdin: bytes | Digest = b"", **kind: object) -> Command:
    """A shell script as a run."""
    limits = Limits(cpu_ms=2000, wall_ms=8000)
    return replace(Command(("/bin/bash", "-c", script), limits, stdin, ENV), **kind)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=ALL)
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One engine after the other, the fake among them."""
    made = make(request.param)
    yield made
    made.close()


@pytest.fixture(scope="module", params=TIERS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One real engine after the other."""
    made = make(request.param)
    yield made
    made.close()


@pytest.fixture
def any_slot(any_engine: Engine) -> Iterator[Slot]:
    """A slot of any engine."""
    made = Slot(any_engine.start(SlotSpec(), "slot"))
    yield made
    made.destroy()


@pytest.fixture(scope="module")
def slots(engine: Engine) -> Iterator[tuple[Slot, Slot]]:
    """Two slots of a real engine, which all tests share."""
    made = Slot(engine.start(SlotSpec(), "first")), Slot(engine.start(SlotSpec(), "second"))
    yield made
    for slot in made:
        slot.destroy()


@pytest.fixture
def slot(slots: tuple[Slot, Slot]) -> Slot:
    """A slot of a real engine."""
    return slots[0]


# ------------------------------------------------------------------ on every engine, the fake too


def test_a_stored_input_is_read_by_its_digest(any_slot: Slot) -> None:
    """It is sent once and read often; a reset forgets it."""
    digest = Digest.of(b"stored")
    kept = any_slot.store(digest, b"stored")
    outputs = {any_slot.run(replace(CAT, stdin=digest)).stdout for _ in range(3)}

    assert (True, {b"stored"}) == (kept, outputs)
    assert (True, True, False) == (
        any_slot.stores(digest),
        any_slot.reset(),
        any_slot.stores(digest),
    )


def test_a_list_of_runs_is_answered_in_its_order(any_slot: Slot) -> None:
    """Small and large inputs, each with its own output."""
    inputs = [bytes([65 + n]) * (100_000 if n % 3 == 2 else 10) for n in range(8)]
    reports = any_slot.run_all(replace(CAT, stdin=data) for data in inputs)

    assert inputs == [report.stdout for report in reports]


def test_a_list_ended_early_leaves_a_slot_that_works(any_slot: Slot) -> None:
    """What was under way is stopped, and the next run gets its own answer."""
    reports = any_slot.run_all(replace(CAT, stdin=b"%d" % n) for n in range(9))
    first = next(reports).stdout
    reports.close()  # type: ignore[attr-defined]

    assert (b"0", b"hello") == (first, any_slot.run(CAT).stdout)


def test_a_live_run_answers_while_it_is_fed(any_slot: Slot) -> None:
    """Output arrives before the end of the input; the end of the input ends the program."""
    running = any_slot.start(replace(CAT, stdin=b""))
    heard = []
    for word in (b"one\n", b"two\n"):
        running.feed(word)
        heard.append(running.read(5.0))
    running.close_stdin()
    report = running.finish()

    assert [(1, b"one\n"), (1, b"two\n")] == heard
    assert (0, b"one\ntwo\n") == (report.exit_code, report.stdout)
    assert b"hello" == any_slot.run(CAT).stdout


def test_a_live_run_can_be_stopped(any_slot: Slot) -> None:
    """Its report says who ended it, and the slot lives on."""
    running = any_slot.start(replace(CAT, stdin=b""))
    running.feed(b"x")
    running.stop()

    assert Limit.STOPPED == running.finish().limit
    assert b"hello" == any_slot.run(CAT).stdout


def test_two_programs_are_connected(any_engine: Engine) -> None:
    """Each is given the other's output; both reports come back."""
    first, second = (Slot(any_engine.start(SlotSpec(), name)) for name in ("first", "second"))
    ask = sh("echo 20; read answer; [ $answer = 21 ] || exit 3; echo done >&2")
    add = sh("read n; echo $((n + 1))")
    try:
        reports = connect(first, ask, second, add)
    finally:
        first.destroy()
        second.destroy()

    assert [0, 0] == [report.exit_code for report in reports]


# ------------------------------------------------------------------ the input


def test_the_input_is_a_file(slot: Slot) -> None:
    """Its size is known, it can be read twice and opened by name, and it is no pipe."""
    script = "stat -L -c '%F %s' /dev/stdin; cat; cat /dev/stdin; head -c 2 /proc/self/fd/0"
    report = slot.run(sh(script, b"abcd"))

    assert b"regular file 4\nabcdabcdab" == report.stdout


def test_an_empty_input_ends_at_once(slot: Slot) -> None:
    """A program without an input reads its end."""
    assert b"0\n" == slot.run(sh("wc -c")).stdout


def test_the_input_takes_no_mark(slot: Slot) -> None:
    """It can't be written, cut or renewed: a stored one is the same for every run."""
    digest = Digest.of(b"same")
    slot.store(digest, b"same")
    script = (
        "for how in 'echo x >> /dev/stdin' 'echo x >&0' 'echo x 1<>/dev/stdin >&1'"
        " 'truncate -s 0 /proc/self/fd/0' 'touch -d @0 /proc/self/fd/0'"
        " 'setfattr -n user.x -v y /proc/self/fd/0'; do"
        ' eval "$how" 2>/dev/null; done; stat -L -c %Y /dev/stdin > /tmp/seen; cat'
    )
    reports = [slot.run(sh(script, digest)) for _ in range(2)]

    assert [b"same", b"same"] == [report.stdout[-4:] for report in reports]
    assert (
        b"fresh"
        in slot.run(sh("[ $(stat -L -c %Y /dev/stdin) -gt 9 ] && echo fresh", digest)).stdout
    )


def test_the_input_is_not_the_programs_memory(slot: Slot) -> None:
    """A large input costs a small program nothing, whether it was stored or not."""
    data = b"x" * (40 * MIB)
    limits = Limits(memory_bytes=32 * MIB, cpu_ms=5000)
    command = replace(sh("exec tail -c 1 > /dev/null", data), limits=limits)
    stored = slot.store(Digest.of(data), data)
    reports = [slot.run(command), slot.run(replace(command, stdin=Digest.of(data)))]
    slot.reset()

    assert stored
    assert [0, 0] == [report.exit_code for report in reports]
    assert 16 * MIB > max(report.memory_bytes for report in reports)


def test_a_slot_keeps_no_more_inputs_than_it_may() -> None:
    """Beyond that the caller is told, and sends the input itself."""
    slot = Slot(FakeSlot("t", lambda argv, stdin: Report(0, None, 0.0, 0.0, 0)))
    data = b"x" * (64 * MIB)
    kept = [slot.store(Digest.of(b"%d" % n), data) for n in range(5)]

    assert [True] * 4 + [False] == kept


def test_an_input_that_was_not_stored_costs_the_slot(engine: Engine) -> None:
    """A digest that the slot does not know is an error of ours, and no verdict."""
    slot = Slot(engine.start(SlotSpec(), "unknown"))
    with pytest.raises(SlotLost, match="input-unknown"):
        slot.run(sh("cat", Digest.of(b"never sent")))

    assert not slot.alive


# ------------------------------------------------------------------ files of one run


def test_a_run_gets_files_of_its_own(slot: Slot) -> None:
    """They are there for this run alone, beside what is in the box, and before it."""
    slot.reset()
    slot.put("kept", b"box")
    slot.put("both", b"box")
    files = {"own": b"run", "both": b"run", "deep/down": b"run"}
    during = slot.run(sh("cat own both kept deep/down; echo x > own", files=files))
    after = slot.run(sh("cat both; ls"))

    assert (b"runrunboxrun", 1) == (during.stdout, during.exit_code)
    assert b"boxboth\nkept\n" == after.stdout


def test_a_writable_run_leaves_nothing(slot: Slot) -> None:
    """It may write, replace and remove what it sees; the next run finds the box as it was."""
    slot.reset()
    slot.put("kept", b"box")
    harm = (
        "echo new > new; rm -f kept; echo mine > kept; mkdir sub; echo x > sub/x; mv own gone;"
        " echo again > own; cat kept own gone; ln -s /etc/passwd link; chmod 700 . 2>/dev/null; :"
    )
    during = slot.run(sh(harm, files={"own": b"run\n"}, writable_run=True))
    after = slot.run(sh("cat kept; ls -A; ls -A /tmp"))
    again = slot.run(sh("cat kept; ls -A", writable_run=True))

    assert b"mine\nagain\nrun\n" == during.stdout
    assert b"boxkept\n" == after.stdout == again.stdout


def test_a_run_without_it_cannot_write(slot: Slot) -> None:
    """Only a run that asks for it may write its working directory."""
    slot.reset()
    reports = [slot.run(sh("echo x > new", files=files)) for files in ({}, {"own": b""})]

    assert 1 == reports[0].exit_code


def test_files_are_brought_back(slot: Slot) -> None:
    """Regular files beneath the working directory, through no link, and no more than the limit."""
    script = (
        "echo one > a; mkdir d; echo two > d/b; ln -s /etc/passwd link; ln -s d folder;"
        " mkfifo pipe; head -c 3000000 /dev/zero > large"
    )
    asked = ("a", "d/b", "link", "folder/b", "pipe", "absent", "../work/a", "/etc/passwd", "d")
    report = slot.run(sh(script, writable_run=True, collect=asked))
    cut = slot.run(
        replace(
            sh(script, writable_run=True, collect=("large", "a")),
            limits=Limits(output_bytes=MIB, cpu_ms=2000),
        )
    )

    assert {"a": b"one\n", "d/b": b"two\n"} == dict(report.collected)
    assert not report.collect_truncated
    assert {"large": MIB, "a": 0} == {path: len(data) for path, data in cut.collected.items()}
    assert cut.collect_truncated


def test_files_of_a_run_are_not_its_disk(slot: Slot) -> None:
    """What the host staged is in no figure of the program."""
    report = slot.run(sh("true", files={"own": b"x" * MIB}))

    assert (0, 0) == (report.disk_bytes, report.disk_files)


# ------------------------------------------------------------------ live and connected runs


def test_much_is_fed_and_read_without_a_deadlock(slot: Slot) -> None:
    """More than any buffer holds, in both directions at one time."""
    data = b"0123456789abcde\n" * (MIB // 4)
    limits = Limits(cpu_ms=5000, wall_ms=20_000, output_bytes=64 * MIB)
    running = slot.start(replace(CAT, stdin=b"", limits=limits))
    running.feed(data)
    running.close_stdin()

    assert data == running.finish().stdout


def test_feeding_a_program_that_has_ended_is_harmless(slot: Slot) -> None:
    """What it no longer reads is dropped, and the report is complete."""
    running = slot.start(sh("head -c 100000 /dev/zero; exit 4"))
    for _ in range(200):
        running.feed(b"x" * 50_000)
    report = running.finish()

    assert (4, 100_000) == (report.exit_code, len(report.stdout))
    assert b"hello" == slot.run(CAT).stdout


def test_a_program_that_stops_reading_is_ended_by_its_clock(slot: Slot) -> None:
    """It may wait for its partner for as long as the wall clock allows, and no longer."""
    limits = Limits(cpu_ms=500, wall_ms=1500, idle_ms=200)
    running = slot.start(replace(sh("sleep 60"), limits=limits))
    running.feed(b"x" * MIB)

    assert Limit.WALL == running.finish().limit


def test_one_program_talks_to_several(engine: Engine) -> None:
    """It has a pair of pipes to each, of which no other knows."""
    slots = [Slot(engine.start(SlotSpec(), name)) for name in ("one", "two", "three")]
    middle = sh("read a; read b <&5; echo $b; echo $a >&6; [ -e /dev/fd/3 -o -e /dev/fd/7 ]")
    says = [sh(f"echo {word}; read x; echo $x >&2; ls /proc/self/fd >&2") for word in ("a", "b")]
    try:
        if not slots[0].passes_pipes:
            return
        report, (first, second) = connect_each(
            slots[0], middle, list(zip(slots[1:], says, strict=True))
        )
    finally:
        for slot in slots:
            slot.destroy()

    assert [1, 0, 0] == [one.exit_code for one in (report, first, second)]
    assert [b"b", b"a"] == [one.stderr.split()[0] for one in (first, second)]
    assert first.stderr.split()[1:] == second.stderr.split()[1:] == [b"0", b"1", b"2", b"3"]


def test_connected_programs_tell_who_ended_first(slots: tuple[Slot, Slot]) -> None:
    """One clock for both, the end of one is the end of the other's input."""
    early, late = connect(slots[0], sh("exit 3"), slots[1], sh("cat; sleep 0.2; exit 4"))

    assert (3, 4) == (early.exit_code, late.exit_code)
    assert early.ended_ms is not None
    assert late.ended_ms is not None
    assert early.ended_ms + 150 < late.ended_ms


def test_a_run_starts_on_a_core(slot: Slot) -> None:
    """The one it names; one that the slot may not use is passed over."""
    core = max(os.sched_getaffinity(0))
    where = sh("grep Cpus_allowed_list /proc/self/status")
    found = slot.run(replace(where, core=core)).stdout.split()
    elsewhere = slot.run(replace(where, core=1023))

    assert str(core).encode() == found[-1]
    assert 0 == elsewhere.exit_code


def test_the_end_of_a_connected_program_is_noted_before_its_partner_sees_it(
    slots: tuple[Slot, Slot],
) -> None:
    """Also where it closes its output long before, and the partner ends at once."""
    for first in ("exit 3", "exec >&-; sleep 0.1; exit 3", "kill -9 $$"):
        early, late = connect(slots[0], sh(first), slots[1], sh("cat; exit 4"))

        assert 4 == late.exit_code
        assert early.ended_ms is not None
        assert late.ended_ms is not None
        assert early.ended_ms < late.ended_ms


def test_a_partner_that_went_before_is_noticed(slots: tuple[Slot, Slot]) -> None:
    """Also where its end is noted later, since it was still busy with ending."""
    talks = sh("trap '' PIPE; while echo x; do :; done; exit 1")
    lost, _ = connect(slots[0], talks, slots[1], sh("head -c 9 >/dev/null; exit 3"))
    first, _ = connect(slots[0], sh("echo x; exit 1"), slots[1], sh("cat; exit 3"))

    assert slots[0].passes_pipes == lost.unread
    assert not first.unread


def test_connected_programs_speak_quickly(slots: tuple[Slot, Slot]) -> None:
    """Hundreds of questions and answers, on streams that can be opened by name, too."""
    ask = sh("for ((n = 0; n < 300; n++)); do echo $n; read m; ((m == n + 1)) || exit 3; done")
    add = sh("while read n; do echo $((n + 1)); done < /dev/stdin > /dev/stdout")
    began = time.monotonic()
    reports = connect(slots[0], ask, slots[1], add)

    assert [0, 0] == [report.exit_code for report in reports]
    assert time.monotonic() - began < 8
    assert [b"hello", b"hello"] == [slot.run(CAT).stdout for slot in slots]


def test_a_list_ended_early_does_not_wait_for_the_run_under_way(slot: Slot) -> None:
    """Closing the iterator stops a program that would go on for long."""
    reports = slot.run_all([CAT, sh("sleep 7"), CAT])
    next(reports)
    began = time.monotonic()
    reports.close()  # type: ignore[attr-defined]

    assert time.monotonic() - began < 3
    assert b"hello" == slot.run(CAT).stdout


def test_another_protocol_is_a_clear_error(
    slot: Slot, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A runner of another version names the protocol, and what to do."""
    monkeypatch.setattr("judgecore.runner.protocol.PROTOCOL", 1)
    with pytest.raises(Exception, match="protocol"):
        Slot(engine.start(SlotSpec(), "old"))


def test_a_command_contradicts_itself_in_no_way() -> None:
    """What cannot be together is refused before anything is sent."""
    for wrong in (
        {"live": True, "connected": True},
        {"live": True, "stdin": b"x"},
        {"writable_box": True, "writable_run": True},
        {"files": {str(n): b"" for n in range(129)}},
    ):
        with pytest.raises(ValueError, match=r"stdin|box|files"):
            Command(("x",), Limits(), **wrong)  # type: ignore[arg-type]


def test_the_stored_inputs_are_out_of_reach(slot: Slot) -> None:
    """No descriptor in /proc leads to an input that another run is to read."""
    secret = b"an input of a later test"
    slot.store(Digest.of(secret), secret)
    script = (
        "for file in /proc/[0-9]*/fd/*; do [ -f $file ] && grep -c later $file; done 2>/dev/null"
    )

    assert b"1" in slot.run(sh(script, secret)).stdout
    assert b"1" not in slot.run(sh(script, b"own")).stdout


# ------------------------------------------------------------------ a busy machine


@pytest.fixture(scope="module")
def crowd() -> Iterator[int]:
    """A core on which 35 processes of others are busy."""
    core = min(os.sched_getaffinity(0))
    busy = [
        subprocess.Popen(["taskset", "-c", str(core), sys.executable, "-c", "while True: pass"])
        for _ in range(35)
    ]
    yield core
    for process in busy:
        process.kill()
        process.wait()


def test_a_starved_program_is_told_from_a_sleeper(engine: Engine, crowd: int) -> None:
    """The wall clock ends both; one wanted a core and had none, the other slept."""
    slot = Slot(engine.start(SlotSpec(core=crowd), "crowded"))
    limits = Limits(cpu_ms=4000, wall_ms=2500, idle_ms=60_000)
    scripts = ("while :; do :; done", "sleep 60")
    short = "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done"
    try:
        reports = [slot.run(replace(sh(script), limits=limits)) for script in scripts]
        briefly = slot.run(sh(short)).waiting_ms
        scarcely = Limits(cpu_ms=round(0.6 * reports[0].cpu_ms), wall_ms=1200, idle_ms=60_000)
        almost = slot.run(replace(sh(scripts[0]), limits=scarcely))
        crowded = slot.waiting.too_long
    finally:
        slot.destroy()

    assert [Limit.WALL] * 2 == [report.limit for report in reports]
    assert [True, False] == [report.starved for report in reports]
    assert 1000 < reports[0].waiting_ms < reports[0].wall_ms
    assert briefly > 0
    assert crowded
    assert almost.starved or almost.limit is Limit.CPU


def test_a_compilers_clock_stands_while_it_gets_no_core(crowd: int) -> None:
    """On a crowded core it has its wall time, and on top the time for which it waited."""
    engine = make("local")
    slot = Slot(engine.start(SlotSpec(core=crowd), "crowded"))
    limits = Limits(cpu_ms=4000, wall_ms=300, idle_ms=60_000)
    script = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo made"
    try:
        report = slot.run(replace(sh(script), limits=limits, writable_box=True))
    finally:
        slot.destroy()
        engine.close()

    assert b"made\n" == report.stdout


def test_a_program_of_short_sleeps_is_a_sleeper(slot: Slot) -> None:
    """It wants a core for a moment after each; only on a crowded one does it wait for long."""
    limits = Limits(cpu_ms=4000, wall_ms=1500, idle_ms=60_000)
    report = slot.run(replace(sh("sleep 60 & while sleep 0.2; do :; done"), limits=limits))

    assert Limit.WALL == report.limit
    assert not report.starved


def test_a_program_that_stops_and_goes_on_is_a_sleeper(slot: Slot) -> None:
    """Each time it goes on the runner wakes up, and must not take that moment for all the time."""
    limits = Limits(cpu_ms=4000, wall_ms=800, idle_ms=60_000)
    script = "me=$$; (while sleep 0.02; do kill -CONT $me; done) & while :; do kill -STOP $me; done"
    reports = [slot.run(replace(sh(script), limits=limits)) for _ in range(3)]

    assert {Limit.WALL} == {report.limit for report in reports}
    assert not all(report.starved for report in reports)


def test_no_kill_of_the_kernels_clock_is_a_runtime_error(slot: Slot) -> None:
    """The runner's exact clock ends a program, long before the kernel's ticks would."""
    limits = Limits(cpu_ms=1500, wall_ms=20_000)
    script = "for i in 1 2 3; do (while :; do :; done) & done; while :; do :; done"
    report = slot.run(replace(sh(script), limits=limits))

    assert Limit.CPU == report.limit
    assert b"8\n" == slot.run(replace(sh("ulimit -t"), limits=limits)).stdout

"""The protocol: what is encoded is decoded, and rubbish is a lost slot, never a verdict."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from anything import NO_NUL
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Limits, SlotLost
from judgecore.config import Reuse
from judgecore.engine.fake import FakeSlot
from judgecore.replacement import Policy
from judgecore.report import CallAnswer, Limit, Report
from judgecore.runner import protocol, reports
from judgecore.runner.protocol import Calls, Command, Digest, Frame, Tag
from judgecore.slot import Slot

texts = st.text(NO_NUL, max_size=30)
ends = st.one_of(
    st.fixed_dictionaries({"exit_code": st.integers(0, 255), "signal": st.none()}),
    st.fixed_dictionaries({"exit_code": st.none(), "signal": st.integers(1, 64)}),
    st.fixed_dictionaries(
        {
            "exit_code": st.none(),
            "signal": st.none(),
            "step": st.sampled_from(("exec", "setresuid")),
            "errno": st.integers(1, 133),
        }
    ),
)
any_report = ends.flatmap(
    lambda end: st.builds(
        lambda **facts: Report(**facts),  # no field but these: builds() would add the others
        **{key: st.just(value) for key, value in end.items()},
        cpu_ms=st.integers(0, 10**6).map(float),
        wall_ms=st.integers(0, 10**6).map(float),
        memory_bytes=st.integers(0, 2**40),
        limit=st.sampled_from([Limit.NONE, Limit.CPU, Limit.WALL, Limit.OUTPUT]),
        oom_kills=st.integers(0, 5),
        stdout=st.binary(max_size=200),
        stderr=st.binary(max_size=200),
        stdout_truncated=st.booleans(),
        stderr_truncated=st.booleans(),
        cpu_source=st.just("fake"),
        memory_source=st.just("fake"),
    )
)
commands = st.builds(
    Command,
    argv=st.lists(texts, min_size=1, max_size=4).map(tuple),
    limits=st.builds(
        Limits,
        cpu_ms=st.integers(1, 60_000),
        memory_bytes=st.integers(16 << 20, 1 << 32),
        output_bytes=st.integers(1, 1 << 26),
    ),
    stdin=st.binary(max_size=200),
    env=st.lists(st.tuples(st.just("KEY"), texts), max_size=3).map(tuple),
    writable_box=st.booleans(),
)


def fields(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """A decoder of its own: a tag byte, a length, the bytes, a NUL (docs/protocol.md)."""
    while payload:
        tag, size = struct.unpack_from("<BI", payload)
        assert payload[5 + size] == 0
        yield tag, payload[5 : 5 + size]
        payload = payload[6 + size :]


def answer(report: Report) -> bytes:
    """The bytes that a runner sends for a report."""
    runner = FakeSlot("t", lambda argv, stdin: report)
    runner.send(protocol.run(Command(("./main",), Limits())))
    return bytes(runner._out)


def heard(stream: bytes) -> Report:
    """What a slot makes of these bytes as the answer to a run."""
    transport = FakeSlot("t", lambda argv, stdin: Report(0, None, 0.0, 0.0, 0))
    slot = Slot(transport)
    transport._handle = lambda kind, payload: None  # type: ignore[method-assign] # silent
    transport._out += stream
    try:
        return slot.run(Command(("./main",), Limits(wall_ms=1)))
    except SlotLost:
        assert not slot.alive
        raise


@given(any_report)
def test_a_report_survives_the_stream(report: Report) -> None:
    """Facts sent by a runner arrive unchanged."""
    assert report == heard(answer(report))


@given(commands)
def test_a_command_survives_the_stream(command: Command) -> None:
    """Every argument, variable, byte of input and limit is in the frame, in its order."""
    data = protocol.run(command)
    length, kind = protocol.HEADER.unpack(data[: protocol.HEADER.size])
    payload = data[protocol.HEADER.size :]
    found = list(fields(payload))
    numbers = {tag: struct.unpack("<Q", value)[0] for tag, value in found if tag in range(4, 14)}

    assert (len(payload), Frame.RUN) == (length, kind)
    assert list(command.argv) == [v.decode() for t, v in found if t == Tag.ARG]
    assert [f"{k}={v}" for k, v in command.env] == [v.decode() for t, v in found if t == Tag.ENV]
    assert [command.stdin] == [v for t, v in found if t == Tag.STDIN]
    assert command.limits.cpu_ms == numbers[Tag.CPU_MS]
    assert command.limits.memory_bytes == numbers[Tag.MEMORY]
    assert command.limits.output_bytes == numbers[Tag.OUTPUT]
    assert int(command.writable_box) == numbers[Tag.WRITABLE_BOX]


@given(texts, st.binary(max_size=300), st.integers(0, 0o777))
def test_a_file_survives_the_stream(path: str, data: bytes, mode: int) -> None:
    """Path, bytes and mode of a staged file."""
    found = dict(fields(protocol.put(path, data, mode)[protocol.HEADER.size :]))

    assert {Tag.PATH: path.encode(), Tag.DATA: data, Tag.MODE: struct.pack("<Q", mode)} == found


@given(
    st.builds(
        CallAnswer,
        data=st.binary(max_size=200),
        cpu_ms=st.integers(0, 10**6).map(float),
        wall_ms=st.integers(0, 10**6).map(float),
        stdout_bytes=st.integers(0, 2**40),
        stderr_bytes=st.integers(0, 2**40),
    )
)
def test_an_answer_to_a_call_survives_the_stream(sent: CallAnswer) -> None:
    """Times, places in the streams and bytes arrive unchanged; half an answer is a lost slot."""
    payload = protocol.result_frame(sent)[protocol.HEADER.size :]

    assert sent == protocol.result(payload)
    with pytest.raises(SlotLost, match="half an answer"):
        protocol.result(payload[:31])


def test_calls_are_framed() -> None:
    """Each call is its length and its bytes, one after another; a live run has none."""
    command = Command(("./main",), Limits(), calls=Calls((b"", b"abc"), 1000, 2000))
    found = dict(fields(protocol.run(command)[protocol.HEADER.size :]))

    assert b"\0\0\0\0\3\0\0\0abc" == found[Tag.CALLS]
    assert (1000, 2000) == tuple(
        struct.unpack("<Q", found[tag])[0] for tag in (Tag.CALL_CPU_MS, Tag.CALL_WALL_MS)
    )
    with pytest.raises(ValueError, match="neither live nor connected"):
        Command(("./main",), Limits(), live=True, calls=Calls((b"",), 1, 1))


@given(st.binary(max_size=300))
def test_rubbish_is_a_lost_slot(rubbish: bytes) -> None:
    """Bytes that are no answer never become a report."""
    with pytest.raises(SlotLost):
        heard(rubbish)


@given(any_report, st.data())
def test_a_cut_answer_is_a_lost_slot(report: Report, data: st.DataObject) -> None:
    """However far a stream got before it ended: no report."""
    whole = answer(report)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(SlotLost):
        heard(whole[:cut])


@given(any_report, st.sampled_from([f for f in Frame if f not in (Frame.OUTPUT, Frame.REPORT)]))
def test_a_foreign_frame_is_a_lost_slot(report: Report, kind: Frame) -> None:
    """A frame that does not belong there ends it, whatever a good report follows."""
    with pytest.raises(SlotLost):
        heard(protocol.frame(kind, b"step:x\nerrno:1\n") + answer(report))


@given(st.binary(max_size=300))
def test_lines_never_raise_anything_else(payload: bytes) -> None:
    """Decoding lines either works or is a lost slot."""
    try:
        reports.report(reports.lines(payload))
    except SlotLost:
        return


GOOD = {
    "exit": "0",
    "cpu_us": "1",
    "wall_us": "1",
    "memory": "1",
    "limit": "none",
    "oom_kills": "0",
}


@given(
    st.sampled_from([*GOOD, "stdout_truncated", "left"]),
    st.one_of(texts, st.sampled_from(["", "-1", "+1", "1_0", " 1", "1e3", "0x1", "٣", "9" * 30])),
)
def test_a_wrong_value_is_a_lost_slot(key: str, value: str) -> None:
    """A number that is not plainly one, a limit nobody knows: never guessed at."""
    if value.isascii() and ((value.isdigit() and len(value) < 20) or value in set(Limit)):
        return
    with pytest.raises(SlotLost):
        reports.report({**GOOD, key: value})


NUMBER = st.one_of(st.integers(0, 10**12).map(str), st.integers(10**19, 10**21).map(str))
SOURCE = st.sampled_from(["cgroup", "rusage", "cgroup-v1", "cgroup-v2", "sampled", "?"])


@given(
    st.fixed_dictionaries(
        {
            "exit": st.one_of(st.integers(0, 255).map(str), NUMBER),
            "cpu_us": NUMBER,
            "cpu_source": SOURCE,
            "wall_us": NUMBER,
            "ended_us": NUMBER,
            "memory": NUMBER,
            "memory_source": SOURCE,
            "limit": st.sampled_from(["none", "none", "cpu"]),
            "oom_kills": st.sampled_from(["0", "0", "1"]),
        },
        optional={"waiting_us": NUMBER, "stdout_truncated": st.just("1"), "dirty": st.just("x")},
    )
)
def test_the_usual_report_is_read_as_any_other(facts: dict[str, str]) -> None:
    """The short way gives what the long way gives, or nothing."""
    payload = "".join(f"{key}:{value}\n" for key, value in facts.items()).encode()
    found = reports.usual(payload, [b"a", b"b"], [b"c"])

    assert found is None or "dirty" not in facts
    assert found in (None, found and reports.report(reports.lines(payload), [b"ab"], [b"c"]))


def test_most_reports_are_the_usual_one() -> None:
    """So that it is worth having; what is cut, repeated or in another order is not one of them."""
    good = b"exit:3\ncpu_us:1500\ncpu_source:rusage\nwall_us:2500\nended_us:9000\nmemory:4096\n"
    good += b"memory_source:cgroup-v1\nlimit:none\noom_kills:0\n"
    found = reports.usual(good, [], [])

    assert found is not None
    assert (3, 1.5, 2.5, 9.0, 4096) == (
        found.exit_code,
        found.cpu_ms,
        found.wall_ms,
        found.ended_ms,
        found.memory_bytes,
    )
    assert (0.0, 0.7) == tuple(
        one.waiting_ms
        for end in (b"", b"waiting_us:700\n")
        if (one := reports.usual(good + end, [], []))
    )
    for other in (good[:-1], good + b"\n", good + good, good + b"left:1\n", b"\xff" + good, b""):
        assert reports.usual(other, [], []) is None


@pytest.mark.parametrize("missing", [key for key in GOOD if key != "exit"])
def test_an_absent_figure_is_a_lost_slot(missing: str) -> None:
    """Unknown is never zero."""
    with pytest.raises(SlotLost):
        reports.report({key: value for key, value in GOOD.items() if key != missing})


@pytest.mark.parametrize("extra", ["signal", "step"])
def test_two_ends_are_a_lost_slot(extra: str) -> None:
    """A run ends in one way."""
    with pytest.raises(SlotLost, match="two ends"):
        reports.report({**GOOD, extra: "9"})


@pytest.mark.parametrize(
    "payload", [b"exit:0\nexit:1\n", b"exit:0", b"exit\n", b":0\n", b"\xff:0\n", b"a:1\n\nb:2\n"]
)
def test_malformed_lines_are_a_lost_slot(payload: bytes) -> None:
    """Repeated, unfinished, empty or no text at all."""
    with pytest.raises(SlotLost):
        reports.lines(payload)


def test_output_beyond_the_limit_is_a_lost_slot() -> None:
    """A runner that floods is not listened to until memory is full."""
    chunk = protocol.frame(Frame.OUTPUT, b"\1" + b"x" * (1 << 20))
    with pytest.raises(SlotLost, match="more output"):
        heard(chunk * 200)


def test_an_argument_with_nul_is_refused() -> None:
    """A NUL in an argument cannot be smuggled past the encoder."""
    with pytest.raises(ValueError, match="NUL"):
        protocol.run(Command(("a\0b",), Limits()))


def test_a_slot_is_retired_before_a_uid_repeats() -> None:
    """One submission more might get a uid that was used in it; within a lease it goes on."""
    slot = Slot(FakeSlot("t", lambda argv, stdin: Report(0, None, 0.0, 0.0, 0)))
    policies = [Policy(reuse) for reuse in Reuse if reuse != Reuse.STRICT]
    before = [policy.spent(slot) for policy in policies]
    slot.runs = 22_529
    slot.run(Command(("./main",), Limits()))

    assert [False, False] == before
    assert [True, True] == [policy.spent(slot) for policy in policies]


@given(st.binary(max_size=50), st.dictionaries(texts, st.binary(max_size=50), max_size=3))
def test_what_is_for_one_run_survives_the_stream(data: bytes, files: dict[str, bytes]) -> None:
    """The digest of an input, files and paths to bring back, each in its field."""
    command = Command(
        ("x",),
        Limits(),
        Digest.of(data),
        files=files,
        collect=tuple(files),
        writable_run=True,
        core=3,
    )
    found = list(fields(protocol.run(command)[protocol.HEADER.size :]))

    assert [bytes(Digest.of(data))] == [v for t, v in found if t == Tag.INPUT]
    assert [p.encode() + b"\0" + d for p, d in files.items()] == [
        v for t, v in found if t == Tag.RUN_FILE
    ]
    assert list(files) == [v.decode() for t, v in found if t == Tag.COLLECT]
    assert [Tag.WRITABLE_RUN, Tag.CORE] == [
        t for t, _ in found if t in (Tag.LIVE, Tag.CONNECT, Tag.WRITABLE_RUN, Tag.CORE)
    ]


@given(st.binary(max_size=200))
def test_fields_never_raise_anything_else(payload: bytes) -> None:
    """Decoding a collected file either works or is a lost slot."""
    try:
        protocol.collected(payload)
    except SlotLost:
        return


def test_the_document_names_every_frame_and_field() -> None:
    """docs/protocol.md has each with its number."""
    text = (Path(__file__).parent.parent / "docs/protocol.md").read_text()

    assert [] == [f.name for f in Frame if f"| {f.value} | {f.name} |" not in text]
    assert [] == [t.name for t in Tag if not re.search(rf"\b{t.name}\b", text)]
    assert [] == [limit for limit in Limit if limit != "file" and f"`{limit}`" not in text]


def test_a_file_that_was_not_asked_for_is_a_lost_slot() -> None:
    """A runner brings back what the command names."""
    report = Report(0, None, 0.0, 0.0, 0)
    with pytest.raises(SlotLost, match="not asked for"):
        heard(protocol.collected_frame("x", b"y") + answer(report))

"""The protocol: what is encoded is decoded, and rubbish is a lost slot, never a verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Limits, SlotLost
from judgecore.engine.fake import FakeSlot
from judgecore.report import Report
from judgecore.runner import protocol
from judgecore.runner.protocol import Command
from judgecore.sandbox import Slot

reports = st.builds(
    Report,
    exit_code=st.integers(0, 255),
    signal=st.none(),
    cpu_ms=st.integers(0, 10**6).map(float),
    wall_ms=st.integers(0, 10**6).map(float),
    memory_bytes=st.integers(0, 2**40),
    oom_kills=st.integers(0, 5),
    stdout=st.binary(max_size=200),
    stderr=st.binary(max_size=200),
    stdout_truncated=st.booleans(),
    cpu_source=st.just("fake"),
    memory_source=st.just("fake"),
)


@given(reports)
def test_a_report_survives_the_stream(report: Report) -> None:
    """Facts sent by a runner arrive unchanged."""
    slot = Slot(FakeSlot("t", lambda argv, stdin: report))

    assert report == slot.run(Command(("./main",), Limits()))


@given(st.binary(max_size=300))
def test_rubbish_is_a_lost_slot(rubbish: bytes) -> None:
    """Bytes that are no answer never become a report."""
    transport = FakeSlot("t", lambda argv, stdin: Report(0, None, 0.0, 0.0, 0))
    slot = Slot(transport)
    transport._out += rubbish
    transport._handle = lambda kind, payload: None  # type: ignore[method-assign] # silent

    with pytest.raises(SlotLost):
        slot.run(Command(("./main",), Limits(wall_ms=1)))
    assert not slot.alive


@given(st.binary(max_size=300))
def test_lines_never_raise_anything_else(payload: bytes) -> None:
    """Decoding lines either works or is a lost slot."""
    try:
        protocol.report(protocol.lines(payload))
    except SlotLost:
        return


def test_an_argument_with_nul_is_refused() -> None:
    """A NUL in an argument cannot be smuggled past the encoder."""
    with pytest.raises(ValueError, match="NUL"):
        protocol.run(Command(("a\0b",), Limits()))

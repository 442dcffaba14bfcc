"""The table of verdicts: facts in, judgement out."""

from __future__ import annotations

import pytest

from judgecore import Limits, Verdict
from judgecore.report import Limit, Report
from judgecore.verdict import MEANINGS, RULES, classify

GOOD = Report(exit_code=0, signal=None, cpu_ms=1.0, wall_ms=1.0, memory_bytes=1)
LIMITS = Limits(cpu_ms=1000, memory_bytes=64 << 20)

CASES = [
    (GOOD, None),
    (GOOD.changed(exit_code=1), Verdict.RE),
    (GOOD.changed(exit_code=None, signal=11), Verdict.RE),
    (GOOD.changed(exit_code=None, signal=9), Verdict.RE),
    (GOOD.changed(exit_code=None, signal=9, oom_kills=1), Verdict.MLE),
    (GOOD.changed(exit_code=0, oom_kills=1), Verdict.MLE),
    (GOOD.changed(exit_code=None, signal=9, limit=Limit.CPU), Verdict.TLE),
    (GOOD.changed(exit_code=None, signal=9, limit=Limit.WALL), Verdict.TLE),
    (GOOD.changed(exit_code=None, signal=9, limit=Limit.IDLE), Verdict.TLE),
    (GOOD.changed(exit_code=None, signal=9, limit=Limit.OUTPUT), Verdict.OLE),
    (GOOD.changed(cpu_ms=1000.1), Verdict.TLE),
    (GOOD.changed(cpu_ms=1000.0), None),
    (GOOD.changed(wall_ms=5001.0), Verdict.TLE),
    (GOOD.changed(memory_bytes=65 << 20), Verdict.MLE),
    (GOOD.changed(exit_code=None, signal=11, image_bytes=65 << 20), Verdict.MLE),
    (GOOD.changed(exit_code=None, signal=11, image_bytes=63 << 20), Verdict.RE),
    (GOOD.changed(exit_code=1, out_of_heap=True), Verdict.MLE),
    (GOOD.changed(out_of_heap=True), None),
    (GOOD.changed(exit_code=None, signal=25), Verdict.OLE),
    (GOOD.changed(exit_code=1, disk_full="bytes"), Verdict.OLE),
    (GOOD.changed(disk_full="bytes"), None),
    (GOOD.changed(exit_code=1, cpu_ms=2000), Verdict.TLE),
    (GOOD.changed(exit_code=None), Verdict.IE),
    (GOOD.changed(exit_code=None, step="setresuid", errno=1), Verdict.IE),
    (GOOD.changed(exit_code=None, step="exec", errno=8), Verdict.RE),
]


@pytest.mark.parametrize(("report", "expected"), CASES)
def test_classify(report: Report, expected: Verdict | None) -> None:
    """Each combination of facts has the verdict that the table says."""
    verdict, detail = classify(report, LIMITS)

    assert expected is verdict
    assert bool(detail) is (verdict is not None)


def test_the_allowance_is_told() -> None:
    """Whoever asked for one second learns why the limit was one and a half."""
    asked = Limits(cpu_ms=700)
    verdict, detail = classify(GOOD.changed(cpu_ms=1001), LIMITS, asked)

    assert (Verdict.TLE, "cpu time over 1000 ms, 300 of them for the runtime") == (verdict, detail)


@pytest.mark.parametrize(("number", "name"), [(11, "SIGSEGV"), (40, "real-time")])
def test_a_signal_is_called_by_its_name(number: int, name: str) -> None:
    """Nobody knows the numbers by heart."""
    report = GOOD.changed(exit_code=None, signal=number)

    assert f"killed by signal {number} ({name})" == classify(report, LIMITS)[1]


def test_every_verdict_has_a_meaning() -> None:
    """The list of verdicts and the list of meanings are the same list."""
    assert set(Verdict) == set(MEANINGS)


def test_every_rule_gives_its_reason() -> None:
    """No row of the table stands without a reason, and no two share a name."""
    assert all(rule.reason for rule in RULES)
    assert len(RULES) == len({rule.name for rule in RULES})

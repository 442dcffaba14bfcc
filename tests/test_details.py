"""How much a result holds of what programs wrote."""

from __future__ import annotations

from judgecore import Judge, Submission, TestCase, TestResult
from judgecore.engine.fake import FakeEngine
from judgecore.evaluation.details import DETAILS_BYTES, DetailBudget, KeptBudget
from judgecore.report import Report
from judgecore.result import Result
from judgecore.verdict import Verdict


def noisy(argv: tuple[str, ...], stdin: bytes) -> Report:
    """A program that fills what a result keeps of it with control characters."""
    noise = b"\1" * 4096
    return Report(0, None, cpu_ms=1, wall_ms=1, memory_bytes=0, stdout=noise, stderr=noise)


def judged(tests: int) -> Result:
    """The result of a program that is noisy in so many tests."""
    with Judge(engine=FakeEngine(noisy), slots=1) as judge:
        case = TestCase(input="", expected="1")
        return judge.judge(Submission(language="python", source="x", tests=(case,) * tests))


def test_a_result_is_bounded_by_bytes() -> None:
    """Three thousand noisy tests make a result of some MB, with every verdict in it."""
    result = judged(3_000)

    assert {Verdict.WA: 3_000} == {Verdict.WA: sum(t.verdict is Verdict.WA for t in result.tests)}
    assert len(result.model_dump_json()) < DETAILS_BYTES + 3_000 * 700  # what else a test has


def test_what_is_left_out_is_marked() -> None:
    """The first tests keep what they printed; later ones say that it was cut."""
    first, *_, last = judged(200).tests

    assert (4096, False) == (len(first.stdout), first.stdout_truncated)
    assert ("", True, "", True) == (
        last.stdout, last.stdout_truncated, last.stderr, last.stderr_truncated,
    )  # fmt: skip


def test_messages_are_cut_with_a_mark() -> None:
    """A checker's words are cut beyond the budget, too; a test without any has no mark."""
    budget = DetailBudget(100)
    plain = TestResult(name="1", verdict=Verdict.AC)
    long = plain.model_copy(update={"message": "m" * 100, "detail": "d" * 300})
    cut = budget.within(long)

    assert ("…", "d" * 200 + "…", "") == (cut.message, cut.detail, cut.staff_message)
    assert plain == budget.within(plain)


def test_outputs_are_kept_within_a_bound() -> None:
    """Outputs and files beyond the bound are left out, and the detail says so."""
    kept = KeptBudget(10)
    test = TestResult(name="1", verdict=Verdict.OK, output="12345", files={"a": b"\xff"})
    first, second, small = (
        kept.within(one)
        for one in (test, test, test.model_copy(update={"files": {}, "output": "1"}))
    )

    assert test == first
    assert (None, {}, True) == (second.output, second.files, second.stdout_truncated)
    assert "output and files left out: a result keeps 10 bytes of them" == second.detail
    assert "1" == small.output
    assert test == KeptBudget(None).within(test)

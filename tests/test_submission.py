"""Bad input gets one clear error that names the field."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from judgecore import (
    Checker,
    Config,
    InvalidConfig,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Result,
    Reuse,
    Submission,
    TestCase,
    TestResult,
    UnknownLanguage,
    UsageError,
    Verdict,
)
from judgecore.engine.fake import FakeEngine
from judgecore.submission import parse_submission

GOOD: dict[str, Any] = {
    "language": "python",
    "source": "print(1)",
    "tests": [{"input": "", "expected": "1"}],
}

BAD: list[tuple[dict[str, Any], str]] = [
    ({"source": "x" * (17 << 20)}, "source"),
    ({"source": {"base64": "?"}}, "source"),
    ({"files": {"a": "x" * (17 << 20)}}, "files"),
    ({"files": {"a/../b": ""}}, "files"),
    ({"collect": ["/etc/passwd"]}, "collect"),
    ({"collect": ["out.txt"]}, "collect"),
    ({"tests": [{"files": {"..": ""}}]}, "tests.0.files"),
    ({"source": "\ud800"}, "source"),
    ({"source": 7}, "source"),
    ({"language": ""}, "language"),
    ({"tests": []}, "tests"),
    ({"tests": None}, "tests"),
    ({"problem": {"tests": [{"expected": ""}]}}, "tests"),
    ({"tests": [{"input": "", "expected": 5}]}, "tests.0.expected"),
    ({"tests": [{"arguments": ["a\0"]}]}, "tests.0.arguments"),
    ({"tests": [{"cpu_ms": 0}]}, "tests.0.cpu_ms"),
    ({"limits": {"cpu_ms": 0}}, "limits.cpu_ms"),
    ({"limits": {"cpu_ms": -5}}, "limits.cpu_ms"),
    ({"limits": {"memory_bytes": 0}}, "limits.memory_bytes"),
    ({"limits": {"memory_bytes": 1 << 60}}, "limits.memory_bytes"),
    ({"limits": {"wall_ms": 10**12}}, "limits.wall_ms"),
    ({"limits": {"processes": 0}}, "limits.processes"),
    ({"limits": {"wishes": 3}}, "limits.wishes"),
    ({"id": "not a uuid"}, "id"),
    ({"checker": {"kind": "psychic"}}, "checker.kind"),
    ({"checker": {"absolute": -1}}, "checker.absolute"),
    ({"checker": {"relative": float("nan")}}, "checker.relative"),
    ({"checker": {"relative": float("inf")}}, "checker.relative"),
    ({"tests": [{"expected": "", "checker": {"kind": 1}}]}, "tests.0.checker.kind"),
    ({"tests": [{"expected": "\ud800"}]}, "tests.0.expected"),
    ({"tests": [{"expected": "", "name": "x" * 201}]}, "tests.0.name"),
    ({"tests": [{"expected": ""}] * 10_001}, "tests"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_bad_fields_are_named(change: dict[str, Any], field: str) -> None:
    """Every unacceptable field is an `InvalidSubmission` that names it."""
    with pytest.raises(InvalidSubmission) as caught:
        parse_submission({**GOOD, **change})

    assert field == caught.value.field


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Submission(**{**GOOD, "source": "\ud800"}), "source"),
        (lambda: Submission(**{**GOOD, "tests": [{"in": "1"}]}), "tests.0.in"),
        (lambda: TestCase(expected=1), "expected"),
        (lambda: Limits(cpu_ms=-1), "cpu_ms"),
        (lambda: Checker(kind="psychic"), "kind"),
    ],
)
def test_making_one_names_the_field_too(make: Callable[[], object], field: str) -> None:
    """The constructors raise what the rest of the library raises, so one `except` will do."""
    with pytest.raises(InvalidSubmission) as caught:
        make()

    assert field == caught.value.field


def test_validating_is_as_pydantic_has_it() -> None:
    """Frameworks built on pydantic get its own error, with every field at fault."""
    with pytest.raises(ValidationError) as caught:
        Submission.model_validate({**GOOD, "source": 7, "limits": {"cpu_ms": 0, "wishes": 3}})

    assert [("source",), ("limits", "cpu_ms"), ("limits", "wishes")] == [
        e["loc"] for e in caught.value.errors()
    ]


def test_errors_travel_between_processes() -> None:
    """A pool of processes can hand any of them back."""
    error = pickle.loads(pickle.dumps(InvalidSubmission("limits", "too much")))

    assert ("limits", "too much", "limits: too much") == (error.field, error.problem, str(error))


@pytest.mark.parametrize(
    "field", ["engine", "min_tier", "transport", "reuse", "slots", "scratch_bytes"]
)
def test_a_setting_that_means_nothing_is_refused(field: str) -> None:
    """A configuration made in Python is looked at like one from the environment."""
    with pytest.raises(InvalidConfig, match=f"^{field}: "):
        Config(**{field: 0})


def test_a_setting_may_be_a_word() -> None:
    """Whoever writes "strict" must not get "fast"."""
    assert Reuse.STRICT is Config(reuse="strict").reuse  # type: ignore[arg-type]


def test_the_json_form_is_the_wire_form() -> None:
    """A submission survives a trip through JSON."""
    submission = parse_submission(GOOD)

    assert submission == Submission.model_validate_json(submission.model_dump_json())


def test_bytes_travel_as_base64() -> None:
    """What is no UTF-8 survives a trip through JSON, and what is becomes text."""
    test = TestCase(input=b"\xff\0", expected=b"abc")
    text = test.model_dump_json()

    assert '"input":{"base64":"/wA="}' in text
    assert ("abc", test) == (test.expected, TestCase.model_validate_json(text))


def test_every_wrong_field_is_named() -> None:
    """One error tells all that has to be changed."""
    with pytest.raises(InvalidSubmission) as caught:
        parse_submission({**GOOD, "language": "", "limits": {"cpu_ms": 0, "wishes": 3}})

    error = caught.value
    assert ["language", "limits.cpu_ms", "limits.wishes"] == [
        error.field,
        *(field for field, _ in error.others),
    ]
    assert all(field in str(error) for field in ("language", "limits.cpu_ms", "limits.wishes"))


def test_the_short_form_is_a_problem() -> None:
    """Flat fields and a problem of the same values are judged alike."""
    short = parse_submission({**GOOD, "limits": {"cpu_ms": 7}})
    whole = parse_submission(
        {
            "language": GOOD["language"],
            "source": GOOD["source"],
            "problem": short.judged_against.model_dump(mode="json"),
        }
    )

    assert short.judged_against == whole.judged_against


def test_expected_is_given_for_all_tests_or_none() -> None:
    """A problem is judged, or only run; half of it would be neither."""
    with pytest.raises(InvalidSubmission, match="expected is absent from some"):
        Problem(tests=(TestCase(expected="1"), TestCase()))


def test_an_unknown_language_lists_the_known_ones() -> None:
    """The error for an unknown language helps to pick a known one."""
    submission = Submission(language="klingon", source="x", tests=(TestCase(expected=""),))
    with Judge(engine=FakeEngine()) as judge, pytest.raises(UnknownLanguage, match="python"):
        judge.judge(submission)


def test_a_limit_that_no_slot_has_is_refused() -> None:
    """More memory than a slot has is a refusal that names the remedy."""
    limits = Limits(memory_bytes=32 << 30)
    with (
        Judge(engine=FakeEngine()) as judge,
        pytest.raises(InvalidSubmission, match="JUDGECORE_SLOT_MEMORY_MB"),
    ):
        judge.run("python", "print(1)", limits=limits)


@pytest.mark.parametrize("source", ["", " \n\t"])
def test_an_empty_source_is_a_compile_error(source: str) -> None:
    """But for the languages in which it is a program, as in sed."""
    with Judge(engine=FakeEngine()) as judge:
        refused = judge.run("c", source)

        assert "the source is empty" == refused.compile.output
        assert "CE" == refused.status
        assert "CE" != judge.run("sed", source).status


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"stdin": None}, "input"),
        ({"stdin": "\ud800"}, "input"),
        ({"limits": {"cpu": 1}}, "limits.cpu"),
        ({"entry": "/etc/x.py"}, "entry"),
        ({"files": {"../x.py": ""}}, "files"),
    ],
)
def test_a_run_names_the_argument_at_fault(arguments: dict[str, Any], field: str) -> None:
    """What a plain run is given is looked at like a submission."""
    with Judge(engine=FakeEngine()) as judge, pytest.raises(InvalidSubmission, match=f"^{field}: "):
        judge.run("python", **{"source": "print(1)", **arguments})


def test_submissions_are_keys() -> None:
    """Two equal ones are one key."""
    one = Submission(language="c", source="", tests=[TestCase(input="", expected="")])

    assert {one: 1} == {one.model_copy(): 1}


def test_only_submissions_are_judged() -> None:
    """Anything else is refused with what to do."""
    with Judge(engine=FakeEngine(), slots=1) as judge, pytest.raises(UsageError, match="a dict"):
        judge.judge({"language": "c"})  # type: ignore[arg-type]


def test_a_result_reads_well() -> None:
    """A line on the whole and one for each test, in notebooks too."""
    test = TestResult(name="1", verdict=Verdict.WA, cpu_ms=12, memory_bytes=2 << 20, detail="no")
    result = Result(submission_id=UUID(int=1), language="c", verdict=Verdict.WA, tests=(test,))

    assert "WA c, 0 of 1 tests passed\n1: WA 12.0 ms 2.0 MiB no" == str(result)


def test_a_list_is_not_called_too_short_for_its_items() -> None:
    """A wrong item is the only complaint; an empty list still is one."""
    with pytest.raises(InvalidSubmission) as wrong:
        Submission(language="c", source="x", tests=[{"input": 1}])
    with pytest.raises(InvalidSubmission) as empty:
        Problem(tests=[])

    assert ("tests.0.input", ()) == (wrong.value.field, wrong.value.others)
    assert "tests" == empty.value.field

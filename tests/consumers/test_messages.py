"""The wire models."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from doubles import TESTS, message, result_of

from consumers.messages import (
    MAX_EVENT_BYTES,
    InvalidMessage,
    SubmissionMessage,
    VerdictEvent,
    decode,
    decode_event,
)
from consumers.problem import Problem, content_hash
from judgecore.errors import UsageError
from judgecore.limits import Limits
from judgecore.submission import Checker, CheckerKind, TestCase

GOOD = {
    "version": 1,
    "submission_id": "7f1b1c8e-6c0f-4b7e-9d53-0d0a7c2f4b11",
    "language": "python",
    "source": "print(3)",
    "tests": [{"input": "1 2", "expected": "3"}],
}


def but(**changes: object) -> bytes:
    """A good message with some fields changed; `...` takes one away."""
    return json.dumps({k: v for k, v in {**GOOD, **changes}.items() if v is not ...}).encode()


BAD = {
    "empty": (b"", "body: not JSON"),
    "not JSON": (b"hello", "body: not JSON"),
    "not UTF-8": (b'{"source": "\xff"}', "body: not valid UTF-8 at byte 12"),
    "byte order mark": (b"\xef\xbb\xbf{}", "body: not JSON"),
    "not an object": (b"[1]", "body: must be a JSON object, not list"),
    "too deep": (b"[" * 200_000, "body: not JSON"),
    "too long a number": (b'{"version": ' + b"1" * 5_000 + b"}", "body: not JSON"),
    "infinity": (b'{"version": Infinity}', "body: not JSON: Infinity"),
    "no version": (but(version=...), "version: is missing"),
    "later version": (but(version=2), "version: 2 is unknown; this consumer reads version 1"),
    "version true": (but(version=True), "version: True is unknown"),
    "version text": (but(version="1"), "version: '1' is unknown"),
    "no id": (but(submission_id=...), "submission_id: "),
    "bad id": (but(submission_id="seven"), "submission_id: "),
    "no language": (but(language=...), "language: "),
    "empty language": (but(language=""), "language: "),
    "long language": (but(language="x" * 65), "language: "),
    "NUL in language": (but(language="py\0"), "language: "),
    "no source": (but(source=...), "source: "),
    "empty source": (but(source=" \n"), "source: source is empty"),
    "NUL in source": (but(source="a\0"), "source: source holds a NUL"),
    "half a surrogate": (but(source="\ud800"), "source: "),
    "source too long": (but(source="x" * 1_048_577), "source: "),
    "source no text": (but(source=3), "source: "),
    "unknown field": (but(colour="red"), "colour: "),
    "NUL in user": (but(user="a\0"), "user: "),
    "neither problem nor tests": (but(tests=...), "problem: problem and tests are both absent"),
    "both": (but(problem="two-sum"), "problem: problem and tests are both given"),
    "no tests in the list": (but(tests=[]), "tests: "),
    "bad test": (but(tests=[{"input": "1"}]), "tests.0.expected: "),
    "bad limit": (but(limits={"cpu_ms": 0}), "limits.cpu_ms: "),
    "unknown limit": (but(limits={"cpu": 1}), "limits.cpu: "),
    "bad checker": (but(checker={"kind": "magic"}), "checker.kind: "),
    "bad switch": (but(stop_at_first_failure="perhaps"), "stop_at_first_failure: "),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD)
def test_bad_message_is_refused(body: bytes, reason: str) -> None:
    """What cannot be judged is refused with a reason that starts with the field at fault."""
    with pytest.raises(InvalidMessage) as caught:
        decode(body)

    assert reason == str(caught.value)[: len(reason)]
    assert isinstance(caught.value, UsageError)


def test_good_message_is_read() -> None:
    """Every field of a good message arrives."""
    read = decode(but(user="ada", limits={"cpu_ms": 10}, stop_at_first_failure=True))

    assert UUID(str(GOOD["submission_id"])) == read.submission_id
    assert ("ada", 10, True) == (
        read.user,
        read.limits and read.limits.cpu_ms,
        read.stop_at_first_failure,
    )


def test_message_survives_the_wire() -> None:
    """Encoding and decoding gives the same message."""
    sent = message(user="ada", checker=Checker(kind=CheckerKind.EXACT), limits=Limits(cpu_ms=5))

    assert sent == decode(sent.encode())


def test_inline_tests_become_a_submission() -> None:
    """A message with its own tests needs no problem."""
    sent = message(limits=Limits(cpu_ms=5))

    submission = sent.submission("python", None)

    assert (sent.submission_id, TESTS, 5) == (
        submission.id,
        submission.tests,
        submission.limits.cpu_ms,
    )


def test_problem_gives_what_the_message_leaves_out() -> None:
    """Tests, limits and checker come from the problem, unless the message has its own limits."""
    problem = Problem("p", "P", Limits(cpu_ms=7), Checker(kind=CheckerKind.EXACT), TESTS)
    plain = message(tests=None, problem="p").submission("python", problem)
    own = message(tests=None, problem="p", limits=Limits(cpu_ms=9)).submission("python", problem)

    assert (7, 9) == (plain.limits.cpu_ms, own.limits.cpu_ms)
    assert (CheckerKind.EXACT, TESTS) == (plain.checker.kind, plain.tests)


def test_event_survives_the_wire() -> None:
    """Encoding and decoding gives the same event."""
    event = VerdictEvent.of(result_of(uuid4()))

    assert event == decode_event(event.encode())


def test_routing_key_has_three_words() -> None:
    """A language with dots or spaces in it still makes one word of the key."""
    result = result_of(UUID(int=1)).model_copy(update={"language": "c.2 x#*"})

    key = VerdictEvent.of(result).routing_key

    assert f"c_2_x__.AC.{UUID(int=1)}" == key


def test_large_event_is_cut_down() -> None:
    """An event never exceeds what a broker accepts; the verdict is in it all the same."""
    result = result_of(uuid4())
    noisy = result.tests[0].model_copy(update={"stderr": "x" * 4_000})
    chatty = result.tests[0].model_copy(update={"detail": "x" * 4_000})

    for tests, kept in ((2_000, (noisy,)), (0, (chatty,))):
        event = VerdictEvent.of(result.model_copy(update={"tests": kept * 2_000}))
        body = event.encode()
        read = decode_event(body)

        assert len(body) <= MAX_EVENT_BYTES
        assert (event.verdict, tests) == (read.verdict, len(read.result.tests))


def test_content_hash_tells_problems_apart() -> None:
    """Moving a byte from one test to its neighbour changes the hash."""
    one = (TestCase(input="ab", expected=""), TestCase(input="", expected="c"))
    other = (TestCase(input="a", expected=""), TestCase(input="b", expected="c"))

    hashes = {content_hash(Limits(), Checker(), tests) for tests in (one, other)}
    hashes.add(content_hash(Limits(cpu_ms=1), Checker(), one))

    assert 3 == len(hashes)


def test_version_may_be_left_out_in_python() -> None:
    """Whoever builds a message in Python gets the current version."""
    assert (
        1 == SubmissionMessage(submission_id=uuid4(), language="c", source="x", problem="p").version
    )

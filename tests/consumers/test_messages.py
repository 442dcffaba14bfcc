"""The wire models."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from doubles import TESTS, message, result_of

from consumers.cli.pipeline import brought
from consumers.events import (
    MAX_EVENT_BYTES,
    ProgressEvent,
    VerdictEvent,
    binding,
    decode_event,
    quiet,
)
from consumers.messages import (
    MAX_BODY_BYTES,
    MAX_INLINE_BYTES,
    MAX_KEPT_BYTES,
    BatchMessage,
    InvalidMessage,
    RejudgeMessage,
    SubmissionMessage,
    decode,
)
from judgecore.errors import UsageError
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems.package import load
from judgecore.verdict import Verdict

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
    "infinity": (b'{"version": Infinity}', "body: not JSON: "),
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
    "half a surrogate": (but(source="\ud800"), "body: not JSON: "),
    "source too long": (but(source="x" * 6_291_457), "source: "),
    "source no text": (but(source=3), "source: "),
    "unknown field": (but(colour="red"), "colour: "),
    "NUL in user": (but(user="a\0"), "user: "),
    "neither problem nor tests": (but(tests=...), "problem: problem and tests are both absent"),
    "both": (but(problem="two-sum"), "problem: problem and tests are both given"),
    "no tests in the list": (but(tests=[]), "tests: "),
    "bad test": (but(tests=[{"input": 1}]), "tests.0.input: "),
    "bad limit": (but(limits={"cpu_ms": 0}), "limits.cpu_ms: "),
    "unknown limit": (but(limits={"cpu": 1}), "limits.cpu: "),
    "bad checker": (but(checker={"kind": "magic"}), "checker.kind: "),
    "unknown kind": (but(kind="cancel"), "kind: 'cancel' is unknown; known: submission, batch"),
    "kind no text": (but(kind=[1]), "kind: [1] is unknown"),
    "too large": (b" " * 16_777_217, "body: 16777217 bytes"),
    "tests too large": (
        but(tests=[{"expected": "x" * (MAX_INLINE_BYTES + 1)}]),
        "tests: tests of 6291457 bytes do not travel in a message",
    ),
    "batch without id": (but(kind="batch", submissions=[]), "batch_id: "),
    "rejudge of nothing": (
        json.dumps({"version": 1, "kind": "rejudge"}).encode(),
        "submission_id: ",
    ),
    "bad switch": (but(stop_at_first_failure="perhaps"), "stop_at_first_failure: "),
}


CROWDED = {
    "names": lambda: '"' + '":1,"'.join(f"{n:x}" for n in range(900_000)) + '":1',
    "files": lambda: '"files":{"' + '":1,"'.join(f"{n:x}" for n in range(900_000)) + '":1}',
    "objects": lambda: '"x":[' + "{}," * 5_000_000 + "{}]",
    "escaped": lambda: '"x":["' + '\\\\","' * 2_000_000 + '"]',
}


@pytest.mark.parametrize("crowd", CROWDED)
def test_a_crowded_message_costs_little(crowd: str) -> None:
    """An invalid message of up to 16 MB is refused before it is read, in memory and time."""
    body = (json.dumps(GOOD)[:-1] + "," + CROWDED[crowd]() + "}").encode()
    tracemalloc.start()
    with pytest.raises(InvalidMessage, match="more than 400000 values and names") as caught:
        decode(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(body) <= MAX_BODY_BYTES
    assert peak < 1 << 20
    assert not caught.value.newer


def test_a_torn_message_of_quotes_is_refused_soon() -> None:
    """A string without an end is looked at once, however many quotes are in it."""
    began = time.monotonic()
    with pytest.raises(InvalidMessage, match="not JSON"):
        decode(b'{"a":"' + b'\\"' * 4_000_000)

    assert time.monotonic() - began < 20


def test_names_in_a_reason_are_short_and_plain() -> None:
    """A reason goes to logs and headers: no name in it is long or has control characters."""
    with pytest.raises(InvalidMessage) as caught:
        decode(json.dumps({**GOOD, "\n2026 ERROR forged": 1, "k" * 5_000_000: 1}).encode())

    assert str(caught.value).startswith("\\x0a2026 ERROR forged: Extra inputs")
    assert len(str(caught.value)) < 400


def test_the_largest_messages_are_read() -> None:
    """Ten thousand tests with everything that a test usually has are not too many."""
    tests = [{"name": str(n), "input": "1,2", "expected": "3", "cpu_ms": 5, "group": "a"}
             for n in range(10_000)]  # fmt: skip
    read = decode(json.dumps({**GOOD, "tests": tests}).encode())

    assert isinstance(read, SubmissionMessage)
    assert 10_000 == len(read.tests or ())


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

    assert isinstance(read, SubmissionMessage)
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


@pytest.mark.parametrize(
    "sent",
    [
        BatchMessage(batch_id=uuid4(), submissions=(message(), message(user="ada"))),
        RejudgeMessage(submission_id=uuid4(), attempt=2),
    ],
    ids=lambda sent: sent.kind,
)
def test_other_kinds_survive_the_wire(sent: BatchMessage | RejudgeMessage) -> None:
    """Batches and rejudge requests are read as what they were sent as."""
    assert sent == decode(sent.encode())


def test_batch_is_split_into_its_submissions() -> None:
    """Each submission of a batch becomes a message of its own that names the batch."""
    batch = BatchMessage(batch_id=uuid4(), submissions=(message(), message()))

    assert [(s.submission_id, batch.batch_id) for s in batch.submissions] == [
        (s.submission_id, s.batch_id) for s in batch.split()
    ]


def test_a_bad_message_says_whose_it_is() -> None:
    """Where its id can be read: so that the log names the submission."""
    with pytest.raises(InvalidMessage) as caught:
        decode(json.dumps({**GOOD, "language": 3}).encode())
    with pytest.raises(InvalidMessage) as unknown:
        decode(b'{"version": 1, "submission_id": "x", "language": 3}')

    assert UUID(str(GOOD["submission_id"])) == caught.value.submission_id
    assert unknown.value.submission_id is None


def test_bad_submission_of_a_batch_is_named() -> None:
    """The reason says which submission of a batch is at fault."""
    good = message().model_dump(mode="json", exclude_none=True)
    body = {"version": 1, "kind": "batch", "batch_id": str(uuid4())}
    body["submissions"] = [good, {**good, "source": 3}]  # type: ignore[assignment]

    with pytest.raises(InvalidMessage, match=r"^submissions\.1\.source: "):
        decode(json.dumps(body).encode())


def test_inline_tests_become_a_submission() -> None:
    """A message with its own tests needs no problem."""
    sent = message(limits=Limits(cpu_ms=5))

    submission = sent.submission("python", None)
    problem = submission.judged_against

    assert (sent.submission_id, TESTS, 5) == (submission.id, problem.tests, problem.limits.cpu_ms)


def test_problem_gives_what_the_message_leaves_out() -> None:
    """Tests, limits and checker come from the problem, unless the message has its own limits."""
    problem = Problem(tests=TESTS, limits=Limits(cpu_ms=7), checker=Checker(kind=CheckerKind.EXACT))
    plain, own = (
        message(tests=None, problem="p", limits=limits).submission("python", problem).judged_against
        for limits in (None, Limits(cpu_ms=9))
    )

    assert (7, 9) == (plain.limits.cpu_ms, own.limits.cpu_ms)
    assert (CheckerKind.EXACT, TESTS) == (plain.checker.kind, plain.tests)


def test_a_checker_of_the_message_is_for_every_test() -> None:
    """It takes the place of the problem's, and of those that tests have of their own."""
    own = (TestCase(expected="1", checker=Checker(kind=CheckerKind.FLOATS)), *TESTS)
    problem = Problem(tests=own)
    plain, given = (
        message(tests=None, problem="p", checker=checker).submission("c", problem).judged_against
        for checker in (None, Checker(kind=CheckerKind.EXACT))
    )

    assert own == plain.tests
    assert {None} == {test.checker for test in given.tests}


def test_a_whole_problem_travels() -> None:
    """A message may bring a whole problem, which its limits and its checker change."""
    tests = (TestCase(input="1", arguments=("-v",), files={"a": b"\xff"}, cpu_ms=5),)
    problem = Problem(title="P", tests=tests, writable=True)
    sent = message(tests=None, problem=problem, keep_output=True, collect=("out",))
    read = decode(sent.encode())
    judged = sent.submission("c", None)
    limited = message(tests=None, problem=problem, limits=Limits(cpu_ms=9)).submission("c", None)

    assert (sent, None) == (read, sent.slug)
    assert (problem, True, ("out",)) == (judged.problem, judged.keep_output, judged.collect)
    assert MAX_KEPT_BYTES == judged.keep_bytes
    assert 9 == limited.judged_against.limits_of(limited.judged_against.tests[0]).cpu_ms


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"problem": {"tests": [{"cpu_ms": "x"}]}}, r"^problem\.tests\.0\.cpu_ms: "),
        ({"problem": {"tests": []}}, r"^problem\.tests: "),
        ({"problem": "a\n"}, r"^problem: String should match"),
        ({"problem": 5}, r"^problem: Input should be a valid dictionary"),
        ({"tests": [{"expected": "1"}, {}]}, "^tests: expected is absent from some of them"),
        ({"tests": [{}], "collect": ["a"]}, "^collect: collect needs a problem with writable"),
        ({"tests": [{}], "collect": ["../a"]}, "^collect: collect has"),
        ({"tests": [{"name": "a\0"}]}, r"^tests\.0\.name: "),
    ],
)
def test_a_wrong_problem_is_named(changes: dict[str, object], said: str) -> None:
    """The reason says which field of a problem in a message is at fault."""
    with pytest.raises(InvalidMessage, match=said):
        decode(but(**{"tests": ..., **changes}))


def test_event_survives_the_wire() -> None:
    """Encoding and decoding gives the same event."""
    event = VerdictEvent.of(result_of(uuid4()))

    assert event == decode_event(event.encode())


def test_progress_survives_the_wire() -> None:
    """A progress event arrives, without what the programs printed."""
    tests = tuple(map(quiet, result_of(uuid4()).tests))
    begun = ProgressEvent(submission_id=uuid4(), language="c", done=0, total=4)
    event = begun.then(2, tests)

    read = decode_event(event.encode())

    assert event == read
    assert begun.model_copy(update={"done": 2, "tests": tests}) == read


def test_progress_does_not_grow_beyond_measure() -> None:
    """Progress with megabytes of details loses its tests; how far judging has come stays."""
    test = result_of(uuid4()).tests[0].model_copy(update={"detail": "x" * 100_000})
    begun = ProgressEvent(submission_id=uuid4(), language="c", done=0, total=99)

    assert begun.then(60, ()) == decode_event(begun.then(60, [test] * 60).encode())


@pytest.mark.parametrize("change", [{"version": 2}, {"kind": "rumour"}, {"verdict": "FINE"}])
def test_bad_event_is_refused(change: dict[str, object]) -> None:
    """A listener is told when an event is of a version or kind that it cannot read."""
    good = VerdictEvent.of(result_of(uuid4())).model_dump(mode="json")

    with pytest.raises(InvalidMessage, match=next(iter(change))):
        decode_event(json.dumps({**good, **change}).encode())


def test_routing_key_has_five_words() -> None:
    """A language with dots or spaces in it still makes one word of the key."""
    result = result_of(UUID(int=1)).model_copy(update={"language": "c.2 x#*"})
    batch_id = UUID(int=2)
    begun = ProgressEvent(submission_id=UUID(int=1), language="", done=0, total=3)
    wrong = result_of(uuid4(), Verdict.WA).tests

    keys = [
        VerdictEvent.of(result).routing_key,
        VerdictEvent.of(result, batch_id=batch_id).routing_key,
        begun.routing_key,
        begun.then(2, result_of(uuid4()).tests).routing_key,
        begun.then(2, (*result_of(uuid4()).tests, *wrong)).routing_key,
    ]

    assert keys == [
        f"result.c_2_x__.AC.{UUID(int=1)}.-",
        f"result.c_2_x__.AC.{UUID(int=1)}.{batch_id}",
        f"progress.-.JUDGING.{UUID(int=1)}.-",
        f"progress.-.AC.{UUID(int=1)}.-",
        f"progress.-.WA.{UUID(int=1)}.-",
    ]


def test_bindings() -> None:
    """A pattern has five words too; what is left out matches everything."""
    assert f"*.*.*.{UUID(int=1)}.*" == binding(submission_id=UUID(int=1))
    assert f"result.c.IE.*.{UUID(int=2)}" == binding(
        "result", language="c", verdict=Verdict.IE, batch_id=UUID(int=2)
    )


def test_large_event_is_cut_down() -> None:
    """An event never exceeds what a broker accepts; the verdict is in it all the same."""
    result = result_of(uuid4())
    noisy = result.tests[0].model_copy(update={"stderr": "x" * 4_000})
    chatty = result.tests[0].model_copy(update={"detail": "x" * 4_000})

    for tests, kept in ((2_000, (noisy,)), (0, (chatty,))):
        event = VerdictEvent.of(result.model_copy(update={"tests": kept * 2_000}))
        body = event.encode()
        read = decode_event(body)

        assert isinstance(read, VerdictEvent)
        assert len(body) <= MAX_EVENT_BYTES
        assert (event.verdict, tests) == (read.verdict, len(read.result.tests))


def test_content_hash_tells_problems_apart() -> None:
    """Moving a byte from one test to its neighbour changes the hash."""
    one = (TestCase(input="ab", expected=""), TestCase(input="", expected="c"))
    other = (TestCase(input="a", expected=""), TestCase(input="b", expected="c"))

    hashes = {Problem(tests=tests).content_hash for tests in (one, other)}
    hashes.add(Problem(tests=one, limits=Limits(cpu_ms=1)).content_hash)

    assert 3 == len(hashes)


def test_version_may_be_left_out_in_python() -> None:
    """Whoever builds a message in Python gets the current version."""
    assert (
        1 == SubmissionMessage(submission_id=uuid4(), language="c", source="x", problem="p").version
    )


def test_a_message_of_old_features_has_the_old_form() -> None:
    """A worker of version 0.1 refuses fields that it doesn't know: none is sent without need."""
    message = decode(but(limits={"cpu_ms": 7}, checker={"kind": "exact"}))
    sent = json.loads(message.encode())

    assert {
        **GOOD,
        "kind": "submission",
        "limits": {"cpu_ms": 7},
        "checker": {"kind": "exact"},
    } == sent


@pytest.mark.parametrize("name", ["sum", "guess", "relay", "stairs", "mirror", "parts"])
def test_publishing_a_package_brings_all_of_its_problem(name: str) -> None:
    """What `judgecore publish` sends of a package is judged as the package is."""
    problem = load(Path(__file__).parent.parent.parent / "examples" / name)
    sent = message(**{"tests": None, **brought(problem)}).submission("python", None)

    assert problem.content_hash == sent.judged_against.content_hash

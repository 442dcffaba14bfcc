"""Functions that submissions may call: each call of one is a query that the judge answers."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import pytest
from engines import make
from pydantic import ValidationError

from judgecore import (
    CheckerProgram,
    Function,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Result,
    Submission,
    Verdict,
)
from judgecore import TestCase as Case
from judgecore.functions import Answer, Offered, Uses
from judgecore.functions.queries import CallQueries, from_secret
from judgecore.languages import Registry
from judgecore.languages.drivers import driver_of
from judgecore.languages.stubs import stub
from judgecore.problems import function_package
from judgecore.problems.package import load_all

REGISTRY = Registry()
EXAMPLE = Path(__file__).parent.parent / "examples" / "bad_version"
WITH_CALLBACKS = ("c", "cpp", "go", "java", "javascript", "python", "rust", "typescript")


def uses(*functions: tuple[str, str], queries: int = 10) -> Uses:
    """Functions with these signatures and kinds of answers."""
    found = tuple(Offered(signature=text, answer=Answer(kind)) for text, kind in functions)
    return Uses(functions=found, queries=queries)


def int32(*numbers: int) -> bytes:
    """Numbers as queries and answers have them."""
    return struct.pack(f"<{len(numbers)}i", *numbers)


@pytest.mark.parametrize(
    ("text", "kind", "secret", "asked", "answers"),
    [
        ("bad(n: int) -> bool", "at_least", 4, [int32(3), int32(4)], [b"\0", b"\1"]),
        ("guess(n: int) -> int", "compare", 6, [int32(7), int32(6)], [int32(-1), int32(0)]),
        ("at(i: int) -> int", "table", [5, 8], [int32(1)], [int32(8)]),
        ("knows(a: int, b: int) -> bool", "table", [[True, False]], [int32(0, 1)], [b"\0"]),
        ("length() -> int", "length", [5, 8], [b""], [int32(2)]),
        (
            "read4() -> string",
            "next",
            ["abcd", ""],
            [b""] * 3,
            [int32(4) + b"abcd", *[int32(0)] * 2],
        ),
        ("rand7() -> int", "random", [7, 7], [b""], [int32(7)]),
    ],
)
def test_answers_are_made_from_the_secret(
    text: str, kind: str, secret: object, asked: list[bytes], answers: list[bytes]
) -> None:
    """Each kind of answer takes what it needs from what a test keeps secret."""
    offered = uses((text, kind))
    queries = CallQueries(offered, from_secret(offered, secret, "seed"))

    assert answers == [queries.reply(b"\0" + query) for query in asked]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\0" + int32(2), "asked at(2), which has no answer"),
        (b"\0" + int32(-1), "asked at(-1), which has no answer"),
        (b"\0\0", "wrong argument type"),
        (b"\0" + int32(1, 1), "wrong argument type"),
        (b"\7" + int32(1), "there is no function 7"),
        (b"", "wrong argument type"),
    ],
)
def test_a_query_without_an_answer_is_refused(data: bytes, said: str) -> None:
    """What cannot be answered, or read, says why."""
    offered = uses(("at(i: int) -> int", "table"))
    queries = CallQueries(offered, from_secret(offered, [5, 8], "seed"))

    assert queries.reply(data) is None
    assert queries.refusal is not None
    assert said in queries.refusal.said


def test_nothing_is_told_of_nan() -> None:
    """It is not equal to the secret, nor less or greater."""
    offered = uses(("guess(x: float) -> int", "compare"))
    queries = CallQueries(offered, from_secret(offered, 0.5, "seed"))

    assert queries.reply(b"\0" + struct.pack("<d", math.nan)) is None
    assert queries.refusal is not None
    assert "has no answer" in queries.refusal.said


@pytest.mark.parametrize(
    ("text", "kind", "secret", "asked"),
    [
        ("row(i: int) -> list[int]", "table", [[1], [5] * 4000], b"\0" + int32(1)),
        ("items() -> list[int]", "next", [[5] * 4000], b"\0"),
    ],
)
def test_a_list_is_made_into_an_answer_once(
    text: str, kind: str, secret: object, asked: bytes
) -> None:
    """Who asks for it as often as is allowed costs the judge little."""
    offered = uses((text, kind))
    queries = CallQueries(offered, from_secret(offered, secret, "seed"))
    first = queries.reply(asked)

    assert int32(4000, *[5] * 4000) == first
    assert first is queries.reply(asked)


def test_an_answer_that_fits_into_no_reply_is_a_fault_of_what_answers() -> None:
    """A program of the problem may make one; the judge goes on."""
    queries = CallQueries(uses(("row() -> list[int]", "next")), lambda query: [1] * 4095)

    assert queries.reply(b"\0") is None
    assert queries.refusal is not None
    assert queries.refusal.fault
    assert "an answer of 16384 bytes" in queries.refusal.said


@pytest.mark.parametrize(
    ("function", "secret", "said"),
    [
        (("at(i: int) -> int", "table"), 5, "no list of answers"),
        (("at(i: int) -> int", "table"), ["a"], "is not of the type int"),
        (("guess(n: int) -> int", "compare"), None, "is not of the type int"),
        (("rand7() -> int", "random"), [7, 1], "7 is above 1"),
        (("row(i: int) -> list[int]", "table"), [[1], [1] * 4095], "an answer of 16384 bytes"),
        (("read() -> string", "next"), ["a" * 16380], "an answer of 16384 bytes"),
        (("read4() -> string", "next"), [], "no list of answers"),
    ],
)
def test_a_secret_that_answers_nothing_is_refused(
    function: tuple[str, str], secret: object, said: str
) -> None:
    """A package's mistake is found before anything is judged."""
    harness = Function(signature="f() -> int", uses=uses(function))
    given = json_of(secret)

    with pytest.raises(InvalidSubmission, match=said):
        Problem(harness=harness, tests=(Case(input=given, expected="1"),))


def json_of(secret: object) -> str:
    """A test's input with this secret."""
    return json.dumps({"args": [], "secret": secret})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("f(a: int) -> int mutates 0", "table"),
        ("f(a: tree[int]) -> int", "table"),
        ("f() -> bool", "at_least"),
        ("A() { f() -> int }", "table"),
    ],
)
def test_what_cannot_be_offered_is_refused(text: str, kind: str) -> None:
    """A function that submissions call has simple types, and an answer that fits them."""
    with pytest.raises((ValidationError, InvalidSubmission)):
        uses((text, kind))


# ---------------------------------------------------------------- attacks

# What a call does, the verdict, and a part of its reason. The secret is 7, the answer 7.
ATTACKS = {
    "asks too often": ("for _ in range(11): at_least(1)\n    return 7", "WA", "asked 11 times, 10"),
    "asks for ever": ("while True:\n        at_least(1)", "WA", "asked 11 times, 10"),
    "asks after the answer": (
        "os.write(4, answer(7) + query(1)); time.sleep(9)",
        "RE",
        "more than one answer",
    ),
    "answers while it asks": (
        "os.write(4, query(1) + answer(7)); time.sleep(9)",
        "RE",
        "more than",
    ),
    "asks twice at once": ("os.write(4, query(1) * 2); time.sleep(9)", "RE", "more than"),
    "asks half": ("os.write(4, query(1)[:-1]); time.sleep(9)", "TLE", "no cpu time"),
    "asks what is none": ("os.write(4, frame(b'\\3\\7')); time.sleep(9)", "RE", "no function 7"),
    "asks with another type": ("return at_least('7')", "RE", "str where int is declared"),
    "asks nothing": ("os.write(4, frame(b'\\3')); time.sleep(9)", "RE", "wrong argument type"),
    "asks with too much": (
        "os.write(4, frame(b'\\3\\0' + bytes(100_000))); time.sleep(9)",
        "RE",
        "100001 bytes",
    ),
    "ends while it asks": ("os.write(4, query(1)); os._exit(0)", "RE", "left early"),
    "dies while it asks": ("os.write(4, query(1)); os.kill(os.getpid(), 9)", "RE", "signal 9"),
    "works while it waits": ("threading.Thread(target=spin).start(); time.sleep(9)", "TLE", "cpu"),
    "looks for the secret": (
        "return max((o for o in gc.get_objects() if type(o) is int), default=0)",
        "WA",
        "",
    ),
    "does not read": (
        "for _ in range(9): os.write(4, query(1)); time.sleep(0.02)\n    return 7",
        "AC RE WA",
        "",
    ),
}
_STAYING = "does not read"  # the answers that are left spoil its own next call
SOURCE = """
import gc, os, struct, threading, time
def frame(data): return struct.pack("<I", len(data)) + data
def query(n): return frame(b"\\3\\0" + struct.pack("<i", n))
def answer(n): return frame(b"\\0" + struct.pack("<i", n))
def spin():
    while True: pass
def attempt(what):
"""
HONEST = "    return next(n for n in range(4, 14) if atLeast(n))\n"


def attacks(judge: Judge) -> Result:
    """One submission that does what its argument says; honest calls stand between attacks."""
    source = SOURCE + "".join(
        f"  if what == {name!r}:\n    {does}\n" for name, (does, *_) in ATTACKS.items()
    )
    source += HONEST.replace("    ", "  ", 1)
    given = '{{"args": ["{}"], "secret": 7}}'
    tests = []
    for name in ATTACKS:
        tests.append(Case(name=f"sample/{name}", input=given.format(name), expected="7"))
        if name != _STAYING:
            honest = f"sample/honest after {name}"
            tests.append(Case(name=honest, input=given.format("nothing"), expected="7"))
    harness = Function(
        signature="attempt(what: string) -> int",
        uses=uses(("at_least(n: int) -> bool", "at_least")),
        order="given",
        restarts=100,
    )
    limits = Limits(cpu_ms=300, wall_ms=5000, idle_ms=1000)
    problem = Problem(harness=harness, tests=tuple(tests), limits=limits)
    return judge.judge(Submission(language="python", source=source, problem=problem))


@pytest.mark.local
def test_attacks_by_queries_have_their_verdicts_and_reasons() -> None:
    """None is accepted for more than its answers, and each is charged to itself."""
    with Judge(engine=make("local"), slots=1) as judge:
        found = {str(test.name).removeprefix("sample/"): test for test in attacks(judge).tests}
    wrong = [
        (name, str(found[name].verdict), found[name].detail)
        for name, (_, verdicts, said) in ATTACKS.items()
        if str(found[name].verdict) not in verdicts.split() or said not in found[name].detail
    ]
    honest = [(name, one.detail) for name, one in found.items() if "honest" in name]

    assert [] == wrong
    assert [] == [(name, detail) for name, detail in honest if found[name].verdict != "AC"]


@pytest.mark.local
@pytest.mark.parametrize("mode", ["batch", "isolated"])
def test_a_hidden_test_tells_nothing_of_its_secret(mode: str) -> None:
    """What was asked in a hidden test is for staff; classes may ask in each operation."""
    harness = Function(
        signature="Finder() { find(n: int) -> int }",
        uses=uses(("at(i: int) -> int", "table"), ("length() -> int", "length")),
        mode=mode,
    )
    source = "class Finder:\n  def find(self, n): return at(length() - n)\n"
    ops = '[["Finder", []], ["find", [1]], ["find", [{}]]]'
    case = '{{"args": ' + ops + ', "secret": [5, 6]}}'
    tests = (
        Case(name="secret/1", input=case.format(2), expected="[null, 6, 5]"),
        Case(name="secret/2", input=case.format(3), expected="[null, 6, 5]"),
    )
    with Judge(engine=make("local"), slots=1) as judge:
        problem = Problem(harness=harness, tests=tests)
        result = judge.judge(Submission(language="python", source=source, problem=problem))

    assert ["AC", "WA"] == [str(test.verdict) for test in result.tests], result
    assert "call 2 of 2: asked what has no answer" == result.tests[1].detail
    assert "asked at(-1), which has no answer" in result.tests[1].staff_message


PROGRAM = """
import json
secret = json.loads(input())
asked = 0
while True:
    name, arguments = json.loads(input())
    asked += 1
    if arguments[0] == "broken": raise SystemExit
    wrong = {"wrong": "no such word"} if len(arguments[0]) != len(secret) else None
    print(json.dumps(wrong or [asked, sum(map(str.__eq__, *arguments, secret))]), flush=True)
"""


@pytest.mark.local
def test_a_program_answers_in_a_sandbox_of_its_own() -> None:
    """It keeps what it was asked in a call, may refuse, and its failures are the judge's."""
    offered = Uses(
        functions=(Offered(signature="guess(word: string) -> list[int]"),),
        queries=9,
        program=CheckerProgram(language="python", source=PROGRAM),
    )
    harness = Function(
        signature="find(words: list[string]) -> list[int]", uses=offered, order="given"
    )
    source = "def find(words): return [guess(word) for word in words][-1]\n"
    given = '{{"args": [{}], "secret": "abcd"}}'
    tests = (
        Case(name="sample/1", input=given.format('["abxx", "abcx"]'), expected="[2, 3]"),
        Case(name="sample/2", input=given.format('["abcd"]'), expected="[1, 4]"),
        Case(name="sample/3", input=given.format('["abcd", "a"]'), expected="[1, 4]"),
        Case(name="sample/4", input=given.format('["broken"]'), expected="[1, 4]"),
    )
    with Judge(engine=make("local"), slots=2) as judge:
        problem = Problem(harness=harness, tests=tests)
        result = judge.judge(Submission(language="python", source=source, problem=problem))

    assert ["AC", "AC", "WA", "IE"] == [str(test.verdict) for test in result.tests], result
    assert "no such word" in result.tests[2].detail


@pytest.mark.local
def test_time_until_an_answer_is_not_the_submissions() -> None:
    """A query may wait longer for its answer than all calls together may run."""
    slow = "import json, time\ninput()\ninput()\ntime.sleep(4)\nprint(7, flush=True)\n"
    offered = Uses(
        functions=(Offered(signature="ask() -> int"),),
        queries=1,
        program=CheckerProgram(language="python", source=slow),
    )
    harness = Function(signature="f() -> int", uses=offered, mode="isolated")
    tests = (Case(input='{"args": [], "secret": 0}', expected="7"),)
    problem = Problem(harness=harness, tests=tests, limits=Limits(cpu_ms=1000, wall_ms=1500))
    with Judge(engine=make("local"), slots=2) as judge:
        sent = Submission(language="python", source="def f(): return ask()\n", problem=problem)
        result = judge.judge(sent)

    assert Verdict.AC == result.verdict, result


# ---------------------------------------------------------------- languages


def test_the_example_has_a_solution_in_each_language_with_callbacks() -> None:
    """All languages that have them are tried where the labels of examples are."""
    _, labelled = load_all(EXAMPLE, strict=True)
    right = {one.code.language for one in labelled if one.name.startswith("accepted")}

    assert set(WITH_CALLBACKS) <= right


def test_a_language_without_callbacks_is_refused_by_name() -> None:
    """The refusal names languages that have them."""
    ruby = driver_of(REGISTRY["ruby"])
    assert ruby is not None
    function = Function(signature="f() -> int", uses=uses(("at(i: int) -> int", "table")))

    with pytest.raises(InvalidSubmission, match=r"functions to call.*that have it: .*cpp"):
        ruby.require(function.parsed)


@pytest.mark.parametrize("language", WITH_CALLBACKS)
def test_a_stub_shows_the_functions_offered(language: str) -> None:
    """Who begins with a stub sees what may be called."""
    problem, _ = load_all(EXAMPLE, strict=True)
    driver = driver_of(REGISTRY[language])
    assert driver is not None
    assert isinstance(problem.harness, Function)

    made = stub(driver, problem.harness.parsed)

    assert driver.spell("is_bad_version") in made
    assert ("extends VersionControl" in made) == (language == "java")


def test_functions_to_call_go_through_messages_and_packages(tmp_path: Path) -> None:
    """A message and a written package hold what the problem offers, and the secrets."""
    problem, _ = load_all(EXAMPLE, strict=True)
    sent = Submission(language="python", source="x", problem=problem)

    function_package.write(problem, tmp_path / "bad_version")
    written, _ = load_all(tmp_path / "bad_version", strict=True)

    assert (
        problem
        == Submission.model_validate_json(
            sent.model_dump_json(exclude_defaults=True)
        ).judged_against
    )
    assert problem.harness == written.harness
    assert [test.input for test in problem.tests] == [test.input for test in written.tests]

"""Function problems from end to end: drivers, calls, verdicts, attacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import make

from judgecore import (
    CheckerProgram,
    Function,
    Group,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Result,
    Scoring,
    Submission,
)
from judgecore import TestCase as Case
from judgecore.engine.fake import FakeEngine
from judgecore.problems.package import load_all

TWO_SUM = Function(signature="two_sum(nums: list[int], target: int) -> list[int]")
TESTS = (
    Case(input="[[2, 7], 9]", expected="[0, 1]"),
    Case(input="[[3, 2, 4], 6]", expected="[1, 2]"),
    Case(input="[[3, 3], 6]", expected="[0, 1]"),
    Case(name="secret/1", input="[[1, 5, 5], 10]", expected="[1, 2]"),
)
RIGHT = """
def two_sum(nums, target):
    seen = {}
    for i, x in enumerate(nums):
        if target - x in seen:
            return [seen[target - x], i]
        seen[x] = i
"""
ON_SECOND = RIGHT.replace("    seen = {}", "    seen = {}\n    if nums == [3, 2, 4]:\n        %s")


@pytest.fixture(scope="module", params=[pytest.param("local", marks=pytest.mark.local)])
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge on namespaces."""
    with Judge(engine=make(request.param), slots=1) as a_judge:
        yield a_judge


def judged(
    judge: Judge,
    source: str,
    function: Function = TWO_SUM,
    tests: tuple[Case, ...] = TESTS,
    language: str = "python",
    cpu_ms: int = 1000,
) -> Result:
    """A submission's result."""
    problem = Problem(tests=tests, harness=function, limits=Limits(cpu_ms=cpu_ms))
    return judge.judge(Submission(language=language, source=source, problem=problem))


def verdicts(result: Result) -> str:
    """The verdicts of its tests."""
    return " ".join(map(str, (test.verdict for test in result.tests)))


def test_a_right_function_is_accepted(judge: Judge) -> None:
    """What it prints is shown with each call and judged nowhere."""
    result = judged(judge, RIGHT.replace("    seen = {}", "    seen = {}\n    print(nums)"))

    assert "AC AC AC AC" == verdicts(result), result
    assert ["[2, 7]\n", "[3, 2, 4]\n"] == [test.stdout for test in result.tests[:2]]
    assert result.environment.order_seed is not None


def test_a_wrong_result_is_told_in_words(judge: Judge) -> None:
    """The report has the call, what was returned and what was expected; not of a hidden test."""
    result = judged(judge, "def two_sum(nums, target): return [1, 0]")
    said = "call 2 of 4: two_sum([3, 2, 4], 6) returned [1, 0], expected [1, 2]"

    assert said == result.tests[1].detail
    assert "call 4 of 4: wrong result" == result.tests[3].detail
    assert "two_sum([1, 5, 5], 10) returned [1, 0]" in result.tests[3].staff_message


SILENT = "import sys\nsys.exit(43 if '0' in sys.stdin.read() else 42)"
SPEAKING = SILENT.replace("sys.exit(43", "print('no', file=sys.stderr); sys.exit(43")
COUNTER = "Counter() { add(by: int) -> int; reset() -> void }"
COUNTS = """class Counter:
    def __init__(self): self.n = 0
    def add(self, by): return self.n
    def reset(self): pass"""


def test_a_checker_that_rejects_and_says_nothing_is_told_in_words(judge: Judge) -> None:
    """The detail has the call and what it returned, not of a hidden test; what a checker says
    stands alone."""
    source = "def two_sum(nums, target): return [1, 0]"
    results = []
    for text in (SILENT, SPEAKING):
        checker = CheckerProgram(language="python", source=text)
        problem = Problem(tests=TESTS, harness=TWO_SUM, checker=checker)
        results.append(judge.judge(Submission(language="python", source=source, problem=problem)))
    silent, speaking = results
    whole = "two_sum([1, 5, 5], 10) returned [1, 0], which the checker rejects"

    assert (
        "call 2 of 4: two_sum([3, 2, 4], 6) returned [1, 0], which the checker rejects"
        == silent.tests[1].detail
    )
    assert "call 4 of 4: wrong result" == silent.tests[3].detail
    assert whole in silent.tests[3].staff_message
    assert ("", "no") == (speaking.tests[1].detail, speaking.tests[1].staff_message)


def test_what_a_class_returned_is_told_as_a_whole(judge: Judge) -> None:
    """A checker judges all that was returned, not one operation."""
    case = Case(input='[["Counter", []], ["add", [1]], ["reset", []]]')
    checker = CheckerProgram(language="python", source=SILENT)
    problem = Problem(tests=(case,), harness=Function(signature=COUNTER), checker=checker)
    (test,) = judge.judge(Submission(language="python", source=COUNTS, problem=problem)).tests

    assert (
        "call 1 of 1: Counter(), add(1), reset() returned [null, 0, null], which the checker"
        " rejects"
    ) == test.detail


# What the second call does: its verdict, and its reason. None of them knows an answer.
ATTACKS = {
    "exit": ("exit(0)", "RE", "left early: it ended with exit code 0 during the call"),
    "os._exit": ("import os; os._exit(0)", "RE", "left early"),
    "SystemExit": ("raise SystemExit", "RE", "left early"),
    "atexit": (
        "import atexit; atexit.register(lambda: print('[1, 2]')); exit(0)",
        "RE",
        "left early",
    ),
    "killed": ("import os; os.kill(os.getpid(), 9)", "RE", "signal 9"),
    "an exception": ("return 1 / 0", "RE", "exception: ZeroDivisionError: division by zero"),
    "a loop": ("while True: pass", "TLE", "cpu time over 1000 ms"),
    "sleep": ("import time; time.sleep(60)", "TLE", "no cpu time used"),
    "memory": ("return [0] * 10**9", "MLE", "limit"),
    "recursion": ("return two_sum(nums, target)", "RE", "exception: RecursionError"),
    "a flood": ("while True: print('x' * 65536)", "OLE", "more than"),
    "None": ("return None", "RE", "wrong result type: NoneType where list[int] is declared"),
    "a generator": ("return (i for i in (1, 2))", "RE", "wrong result type: generator"),
    "a bool": ("return [True, 2]", "RE", "wrong result type: bool where int is declared"),
    "too large": ("return [2**31, 2]", "RE", "2147483648 is beyond what int holds"),
    "a list that lies": (
        "return type('L', (list,), {'__eq__': lambda *_: True})([2, 1])",
        "WA",
        "returned [2, 1], expected [1, 2]",
    ),
    "two answers": (
        "import os; os.write(4, bytes(4) * 2); return [1, 2]",
        "RE",
        "more than one answer",
    ),
    "no value": ("import os; os.write(4, bytes((1, 0, 0, 0, 9))); os._exit(0)", "RE", "begins"),
    "half a value": ("import os; os.write(4, bytes((2, 0, 0, 0, 0, 1))); os._exit(0)", "RE", ""),
    "every descriptor": (
        "import os\n        for fd in range(1024):\n            try: os.write(fd, b'x' * 9)\n"
        "            except OSError: pass",
        "RE",
        "",
    ),
    "a child that dies": (
        "import os\n        if os.fork(): os.wait()\n        os._exit(0)",
        "RE",
        "left early",
    ),
    "a closed descriptor": ("import os; os.close(4); return [1, 2]", "RE", ""),
    "the expected value": (
        "own = open('/proc/self/mem', 'rb'); own.seek(0x1000); return own.read(1)",
        "RE",
        "exception: ",
    ),
}
_ANY_LIMIT = {"recursion"}  # memory, time or the interpreter's own, whatever comes first
_ANSWERED = {"no value", "half a value"}  # and ended then, which is charged to the next call


@pytest.mark.parametrize("name", ATTACKS)
def test_a_call_that_fails_is_charged_to_itself(judge: Judge, name: str) -> None:
    """An attack or an accident has its own verdict and reason; the other calls are judged."""
    what, verdict, said = ATTACKS[name]
    result = judged(judge, ON_SECOND % what)

    allowed = {verdict, "MLE", "TLE"} if name in _ANY_LIMIT else {verdict}
    assert str(result.tests[1].verdict) in allowed, result
    assert said in result.tests[1].detail or name in _ANY_LIMIT
    others = [str(result.tests[number].verdict) for number in (0, 2, 3)]
    assert name in _ANSWERED or ["AC"] * 3 == others, result


@pytest.mark.docker
def test_attacks_fail_in_a_container_too() -> None:
    """Some attacks of each kind, where slots are containers."""
    names = ("exit", "killed", "two answers", "every descriptor", "a child that dies", "memory")
    with Judge(engine=make("docker"), slots=1) as in_containers:
        found = {name: judged(in_containers, ON_SECOND % ATTACKS[name][0]) for name in names}

    for name, result in found.items():
        assert ATTACKS[name][1] == result.tests[1].verdict, (name, result)
        assert ATTACKS[name][2] in result.tests[1].detail, (name, result)
        assert "AC" == result.tests[0].verdict, (name, result)


EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("name", ["adam", "attention", "beam", "kmeans", "pagerank"])
def test_the_examples_tell_right_from_wrong(judge: Judge, name: str) -> None:
    """The labels of the Python submissions hold; `judgecore verify` tries the others."""
    problem, labelled = load_all(EXAMPLES / name, strict=True)
    for one in labelled:
        if one.code.language != "python":
            continue
        sent = Submission(language="python", source=one.code.source, problem=problem)
        result = judge.judge(sent)

        assert [] == one.complaints(result), (one.name, result)


def test_answers_before_the_first_call_are_refused(judge: Judge) -> None:
    """A program that writes forged answers when it is loaded is not called at all."""
    forged = "import os\nfor _ in range(100): os.write(4, bytes((9, 0, 0, 0)) + bytes(9))\n"
    result = judged(judge, forged + RIGHT)

    assert "RE RE RE RE" == verdicts(result)
    assert "it wrote answers before it was called" in result.tests[0].detail


def test_a_missing_function_is_named(judge: Judge) -> None:
    """Whoever misspelt its name reads so in the detail."""
    result = judged(judge, RIGHT.replace("two_sum", "to_sum"))

    assert "the submission has no function two_sum" in result.tests[0].detail


def test_time_of_a_thread_is_charged_to_the_call_that_runs(judge: Judge) -> None:
    """A thread that works on after its call uses the time of the calls that follow."""
    busy = RIGHT.replace(
        "    seen = {}",
        "    threading.Thread(target=spin).start() if threading.active_count() == 1 else"
        " [t.join() for t in threading.enumerate()[1:]]\n    seen = {}",
    )
    spin = "def spin():\n    while time.thread_time() < 3: pass\n"
    result = judged(judge, "import threading, time\n" + spin + busy)

    assert "TLE" == result.verdict, result


def test_a_program_that_ends_each_call_is_restarted_so_often(judge: Judge) -> None:
    """After the last restart calls are skipped."""
    function = Function(signature=TWO_SUM.signature, restarts=1, order="given")
    result = judged(judge, "def two_sum(nums, target): exit(3)", function)

    assert "RE RE SKIPPED SKIPPED" == verdicts(result), result


def test_answers_that_depend_on_earlier_calls_are_found(judge: Judge) -> None:
    """A wrong result that is another one in a process of its own is told as such."""
    source = "calls = []\ndef two_sum(nums, target):\n    calls.append(1)\n    return calls"
    result = judged(judge, source)
    said = "the result depends on earlier calls"

    assert any(said in test.detail for test in result.tests)


def test_isolated_calls_share_nothing(judge: Judge) -> None:
    """Each call has a process of its own."""
    source = "calls = []\ndef two_sum(nums, target):\n    calls.append(0)\n    return calls"
    function = Function(signature=TWO_SUM.signature, mode="isolated")
    tests = tuple(Case(input="[[1], 1]", expected="[0]") for _ in range(3))
    result = judged(judge, source, function, tests)

    assert "AC AC AC" == verdicts(result), result


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError(nums)", "call 4 of 4: exception"),
        ("return str(nums)", "call 4 of 4: wrong result type"),
        ("raise MemoryError(nums)", "call 4 of 4: out of memory"),
    ],
)
def test_no_exception_tells_a_hidden_test(judge: Judge, body: str, said: str) -> None:
    """What a program says in a hidden test is for staff."""
    test = judged(judge, f"def two_sum(nums, target):\n    {body}").tests[3]

    assert said == test.detail
    assert "[1, 5, 5]" in test.staff_message


def test_a_flood_of_answers_gets_no_restarts(judge: Judge) -> None:
    """Who has written four times the output limit in all gets no new process for what is left."""
    source = "import os\ndef f(n):\n    if n: os._exit(1)\n    return 'x' * 900_000"
    function = Function(signature="f(n: int) -> string", order="given", restarts=20)
    tests = tuple(Case(input=f"[{n % 2}]", expected='""') for n in range(14))
    problem = Problem(tests=tests, harness=function, limits=Limits(output_bytes=1 << 20))
    result = judge.judge(Submission(language="python", source=source, problem=problem))

    assert 5 * "WA RE " + 3 * "SKIPPED " + "SKIPPED" == verdicts(result), result


def test_an_answer_longer_than_a_frame_is_the_programs_fault(judge: Judge) -> None:
    """Whatever the output limit is, an answer that is too long to be sent is no fault of ours."""
    source = (
        "import os\ndef f(n):\n"
        "    os.write(4, (81 << 20).to_bytes(4, 'little') + b'x' * 1000)\n    return 0"
    )
    function = Function(signature="f(n: int) -> int")
    limits = Limits(output_bytes=128 << 20)
    problem = Problem(tests=(Case(input="[1]", expected="0"),), harness=function, limits=limits)
    result = judge.judge(Submission(language="python", source=source, problem=problem))

    assert "RE" == result.verdict, result
    assert "longer than its output limit" in result.tests[0].detail


def test_a_changed_argument_is_the_result(judge: Judge) -> None:
    """With `mutates` the argument after the call is judged."""
    function = Function(signature="rotate(m: list[list[int]]) -> void mutates 0")
    source = "class Solution:\n    def rotate(self, m): m[:] = [list(r) for r in zip(*m[::-1])]"
    tests = (Case(input="[[[1, 2], [3, 4]]]", expected="[[3, 1], [4, 2]]"),)

    assert "AC" == judged(judge, source, function, tests).verdict


LRU = Function(
    signature="LRUCache(capacity: int) { get(key: int) -> int; put(key: int, value: int) -> void }"
)
LRU_TESTS = (
    Case(
        input='[["LRUCache",[2]],["put",[1,1]],["put",[2,2]],["get",[1]],["put",[3,3]],["get",[2]]]',
        expected="[null, null, null, 1, null, -1]",
    ),
)
LRU_RIGHT = """
class LRUCache:
    def __init__(self, capacity: int):
        self.kept, self.capacity = OrderedDict(), capacity
    def get(self, key: int) -> int:
        if key not in self.kept: return -1
        self.kept.move_to_end(key)
        return self.kept[key]
    def put(self, key: int, value: int) -> None:
        self.kept[key] = value
        self.kept.move_to_end(key)
        if len(self.kept) > self.capacity: self.kept.popitem(last=False)
"""


def test_operations_of_a_class_are_judged(judge: Judge) -> None:
    """The first operation with a wrong result is named."""
    wrong = judged(judge, LRU_RIGHT.replace("return -1", "return 0"), LRU, LRU_TESTS)

    assert "AC" == judged(judge, LRU_RIGHT, LRU, LRU_TESTS).verdict
    assert "call 1 of 1: operation 6, get(2) returned 0, expected -1" == wrong.tests[0].detail


CODEC = Function(
    signature="Codec() { encode(root: tree[int]) -> string; decode(data: string) -> tree[int] }",
    mode="codec",
)
CODEC_TESTS = tuple(Case(input=f"[{tree}]", expected=tree) for tree in ("[1,null,2,3]", "[]"))
CODEC_RIGHT = """
class Codec:
    def encode(self, root):
        if root is None: return '#'
        return f'{root.val},{self.encode(root.left)},{self.encode(root.right)}'
    def decode(self, data):
        it = iter(data.split(','))
        def build():
            word = next(it)
            if word == '#': return None
            node = TreeNode(int(word))
            node.left, node.right = build(), build()
            return node
        return build()
"""
CODEC_SHARED = """
kept = []
class Codec:
    def encode(self, root): kept.append(root); return str(len(kept) - 1)
    def decode(self, data): return kept[int(data)]
"""


def test_a_codec_gets_two_processes(judge: Judge) -> None:
    """What is kept in memory does not help to decode."""
    shared = judged(judge, CODEC_SHARED, CODEC, CODEC_TESTS)

    assert "AC AC" == verdicts(judged(judge, CODEC_RIGHT, CODEC, CODEC_TESTS))
    assert "exception: IndexError" in shared.tests[0].detail


def test_calls_are_scored_in_groups(judge: Judge) -> None:
    """A group that is lost already is skipped, and the tests after it keep their own results."""
    tests = tuple(test.model_copy(update={"group": "ab"[n // 2]}) for n, test in enumerate(TESTS))
    groups = tuple(Group(name=name, points=50, aggregate="min") for name in "ab")
    problem = Problem(tests=tests, harness=TWO_SUM, total=Scoring(groups=groups))
    wrong = RIGHT.replace("    seen = {}", "    if nums == [2, 7]: return []\n    seen = {}")
    result = judge.judge(Submission(language="python", source=wrong, problem=problem))

    assert "WA SKIPPED AC AC" == verdicts(result), result
    assert 50 == result.score


def test_compile_errors_have_the_authors_line(judge: Judge) -> None:
    """The driver moves no line of the submission."""
    result = judged(judge, "\n\ndef two_sum(:\n    pass")

    assert "CE" == result.verdict
    assert result.compile is not None
    assert 'File "solution.py", line 3' in result.compile.output


def test_a_language_without_a_driver_is_refused() -> None:
    """The refusal comes before anything runs."""
    problem = Problem(tests=TESTS, harness=TWO_SUM)
    sent = Submission(language="brainfuck", source="+", problem=problem)
    said = "^language: brainfuck: there is no driver"
    with Judge(engine=FakeEngine(), slots=1) as fake, pytest.raises(InvalidSubmission, match=said):
        fake.judge(sent)

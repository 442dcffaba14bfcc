"""Attacks by submissions to function problems: none is accepted, and each has its own reason.

One submission does all of them: each call says which. None of them knows an expected value, and
honest calls between them are judged as ever.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import make

from judgecore import Function, Judge, Limits, Problem, Result, Submission
from judgecore import TestCase as Case

FUNCTION = Function(signature="attempt(what: string) -> list[int]", order="given", restarts=100)
BEGINS = "import builtins, ctypes, gc, json, os, struct, sys, threading, time\n"
# What a call does; its verdict; a part of its reason. What it changes in its process stays there:
# those that change the driver stand at the end, for they may spoil the calls after them.
ATTACKS: dict[str, tuple[str, str, str]] = {
    "ends its process": ("os._exit(0)", "RE", "left early: it ended with exit code 0"),
    "ends it by an exception": ("raise SystemExit(0)", "RE", "left early"),
    "prints when it ends": (
        "import atexit; atexit.register(print, [7, 7]); sys.exit(0)",
        "RE",
        "left early",
    ),
    "prints what may be expected": ("print([7, 7], flush=True); return [1]", "WA", "returned [1]"),
    "a hundred answers": (
        "os.write(4, (bytes((9, 0, 0, 0)) + bytes(9)) * 100); return [1]",
        "RE",
        "more than one answer",
    ),
    "every descriptor": (
        "for fd in [fd for fd in range(1024) if fd != 3]:\n"
        "        try: os.write(fd, bytes(8))\n"
        "        except OSError: pass",
        "RE",
        "",
    ),
    "a child that ends, too": (
        "if os.fork(): os.wait()\n    os.write(2, b'x'); os._exit(0)",
        "RE",
        "left early",
    ),
    "replaces its process": ("os.execv('/bin/true', ['true'])", "RE", "left early"),
    "reads address 0": ("ctypes.string_at(0)", "RE", "signal 11"),
    "deep recursion": (
        "def deep(n): return deep(n + 1)\n    return deep(0)",
        "RE MLE TLE",
        "",
    ),
    "a list in itself": ("a = []; a.append(a); return a", "RE", "list where int is declared"),
    "a generator": ("return (n for n in range(2))", "RE", "wrong result type: generator"),
    "equal to everything": (
        "return [type('I', (int,), {'__eq__': lambda *_: True, '__hash__': int.__hash__})(1)]",
        "WA",
        "returned [1]",
    ),
    "a text like the answer": ("return '[7, 7]'", "RE", "wrong result type: str"),
    "prints for ever": ("while True: print('7' * 65536)", "OLE", "more than"),
    "a finaliser that works": (
        "class F:\n        def __del__(self):\n            while True: pass\n    F(); return [1]",
        "TLE",
        "cpu time over",
    ),
    "a thread that works on": (
        "threading.Thread(target=spin, daemon=True).start(); time.sleep(9); return [1]",
        "TLE",
        "cpu time over",
    ),
    "looks through its memory": (
        "found = [o for o in gc.get_objects() if type(o) is list and o and type(o[0]) is int]\n"
        "    return (found or [[1]])[-1][:2]",
        "WA",
        "",
    ),
    "reads its descriptors": (
        "return [len(os.readlink('/proc/self/fd/%s' % fd)) for fd in (3, 4)]",
        "RE WA",
        "",
    ),
    "reads its memory": (
        "own = open('/proc/self/mem', 'rb'); own.seek(id(what)); return [own.read(1)[0]]",
        "RE WA",
        "",
    ),
    "traces the driver": (
        "sys.settrace(lambda frame, *_: frame.f_locals.clear()); return [1]",
        "WA RE",
        "",
    ),
    "other functions of modules": (
        "json.dumps = json.loads = lambda *_: [7, 7]; struct.pack = lambda *_: b''; return [1]",
        "WA RE",
        "",
    ),
    "another int": (
        "builtins.int = lambda *_: 7; builtins.type = lambda *_: int; return [1]",
        "WA RE",
        "",
    ),
}
_STAYING = ("traces the driver", "other functions of modules", "another int")
HONEST = "    return [len(what), 3 * len(what)]\n"


def source() -> str:
    """A submission that does what its argument says, or what it should."""
    parts = [
        f"    if what == {name!r}:\n"
        + "\n".join("    " + line for line in f"    {does}".split("\n"))
        for name, (does, *_) in ATTACKS.items()
    ]
    spin = "def spin():\n    while True: pass\n"
    return BEGINS + spin + "def attempt(what):\n" + "\n".join(parts) + "\n" + HONEST


def cases() -> Iterator[Case]:
    """A call for each attack, and an honest one after it."""
    for name in ATTACKS:
        yield Case(name=f"sample/{name}", input=f'["{name}"]', expected="[7, 7]")
        if name not in _STAYING:
            yield Case(name=f"sample/honest after: {name}", input='["abcd"]', expected="[4, 12]")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("local", marks=pytest.mark.local),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def result(request: pytest.FixtureRequest) -> Result:
    """The result of the submission that tries all attacks."""
    limits = Limits(cpu_ms=1000, output_bytes=1 << 20, memory_bytes=128 << 20)
    problem = Problem(tests=tuple(cases()), harness=FUNCTION, limits=limits)
    with Judge(engine=make(request.param), slots=1) as judge:
        return judge.judge(Submission(language="python", source=source(), problem=problem))


def test_every_attack_has_its_verdict_and_reason(result: Result) -> None:
    """No attack is accepted, and what happened is told apart."""
    found = {test.name.removeprefix("sample/"): test for test in result.tests}
    wrong = [
        (name, str(found[name].verdict), found[name].detail)
        for name, (_, verdicts, said) in ATTACKS.items()
        if str(found[name].verdict) not in verdicts.split() or said not in found[name].detail
    ]

    assert [] == wrong


def test_honest_calls_between_attacks_are_accepted(result: Result) -> None:
    """What an attack ends or uses up is charged to itself."""
    honest = [test for test in result.tests if test.name.startswith("sample/honest")]

    assert [] == [(test.name, test.detail) for test in honest if test.verdict != "AC"]


CYCLE = Function(signature="turn(a: linked_list[int]) -> linked_list[int]")


@pytest.mark.local
@pytest.mark.parametrize(
    ("language", "program", "verdict", "said"),
    [
        (
            "python",
            "def turn(a):\n    a.next = a\n    return a",
            "RE",
            "wrong result type: the list that was returned has a cycle",
        ),
        ("cpp", "int main() { return 0; }\nListNode *turn(ListNode *a) { return a; }", "CE", ""),
    ],
)
def test_cycles_and_mains_are_refused(language: str, program: str, verdict: str, said: str) -> None:
    """A list without an end is none, and a submission brings no `main` along."""
    problem = Problem(tests=(Case(input="[[1, 2]]", expected="[2, 1]"),), harness=CYCLE)
    with Judge(engine=make("local"), slots=1) as judge:
        found = judge.judge(Submission(language=language, source=program, problem=problem))

    assert verdict == found.verdict, found
    assert not said or said in found.tests[0].detail

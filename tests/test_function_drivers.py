"""Drivers of function problems: values of every type go through each of them and come back."""

from __future__ import annotations

import json
import math
import os
import random
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from engines import FULL_IMAGE, make

from judgecore import Function, InvalidSubmission, Judge, Limits, Problem, Result, Submission
from judgecore import TestCase as Case
from judgecore.functions import parse
from judgecore.functions.types import Type
from judgecore.languages import Registry
from judgecore.languages.driven import driven
from judgecore.languages.drivers import driver_of
from judgecore.languages.stubs import parameters, stub

REGISTRY = Registry()
LANGUAGES = [one.id for one in REGISTRY.values() if driver_of(one) is not None]
# One of each family is enough for most: the others have the same template.
FAMILIES = [
    one for one in LANGUAGES if not one.startswith(("cpp1", "cpp2", "cpp-", "c-", "c1", "c2", "c8"))
]
SLOW = ("haskell", "kotlin", "nim", "scala")  # compilers: one submission of these is enough
POINT = "record Point {x_at: int, name: string, of: list[float]}"
FLAT = "record Flat {a: float, b: string, c: char}"  # without lists, which are no fields in C
TYPES = [
    "bool",
    "int",
    "long",
    "float",
    "char",
    "string",
    "list[int]",
    "list[float]",
    "list[string]",
    "list[list[int]]",
    "list[list[list[bool]]]",
    "optional[int]",
    "map[string, int]",
    "map[int, list[int]]",
    "set[int]",
    "tuple[int, int]",
    "linked_list[int]",
    "tree[int]",
    "bigint",
    "bytes",
    "list[bigint]",
    "array[float, 2]",
    "linked_cycle[int]",
    POINT,
    "list[record Point]",
    FLAT,
    "any",
    "list[any]",
]
# Each of these needs a class Node of its own: a submission has one of them.
OF_NODE = ("nary[int]", "graph", "linked_random[int]")
WITH_NODES = ("python", "cpp", "java", "javascript", "typescript", "go")
VALUES: dict[str, list[Any]] = {
    "bool": [True, False],
    "int": [0, -1, 2**31 - 1, -(2**31)],
    "long": [0, 2**63 - 1, -(2**63), 2**53 + 1, 7],
    "float": [0.5, 5e-324, 1.7976931348623157e308, "nan", "inf", "-inf", "-0"],
    "char": ["a", "0", "~"],
    "bigint": [0, -1, 10**60, -(10**60) + 1],
    "bytes": ["", "00ff", "7f80" * 40],
    "graph": [[], [[]], [[2, 4], [1, 3], [2, 4], [1, 3]]],
    "nary": [
        [],
        [1],
        [1, None, 3, 2, 4, None, 5, 6],
        [1, None, 2, 3, None, None, 6, 7, None, None, 8],
    ],
    "linked_cycle": [[[], -1], [[1], 0], [[3, 2, 0, -4], 1], [[1, 2], -1]],
    "linked_random": [[], [[7, None], [13, 0], [11, 4], [10, 2], [1, 0]]],
    "array": [[], [[0.5, 1.5], [2.5, "nan"]], [[]]],
    "any": [
        *(None, True, False, 0, -5, 2**31, 0.5, -2.5e300, "", "naïve 😀"),
        *([], [1, "a", [2.5, None]], {}, {"a b": [{"é": False}], "c": None}),
    ],
    "string": ["", "a", "two words\n", "naïve 😀 \u4e2d", 'quo"te\\'],
}
# So many random values of each type go through, too: ten thousand is the long form.
DRAWN = int(os.environ.get("JUDGECORE_TEST_VALUES", "0"))
BYTES = ("c", "cpp", "go")  # whose char is one
SPECIAL = ("linked_cycle", "linked_random")
# How a class whose method number n returns its argument is written: before, each method, after.
ECHO = {
    "python": ("class Echo:\n", "    def {name}(self, a): return a\n", ""),
    "cpp": ("class Echo {{ public:\n", "    {type} {name}({type} a) {{ return a; }}\n", "}};\n"),
    "java": ("class Echo {{\n", "    {type} {name}({type} a) {{ return a; }}\n", "}}\n"),
    "javascript": ("class Echo {{\n", "    {name}(a) {{ return a; }}\n", "}}\n"),
    "typescript": ("class Echo {{\n", "    {name}(a: {type}): {type} {{ return a; }}\n", "}}\n"),
    "go": (
        "type Echo struct {{}}\nfunc Constructor() Echo {{ return Echo{{}} }}\n",
        "func (this *Echo) {name}(a {type}) {type} {{ return a }}\n",
        "",
    ),
    "rust": (
        "struct Echo;\nimpl Echo {{\n    fn new() -> Self {{ Echo }}\n",
        "    fn {name}(&mut self, a: {type}) -> {type} {{ a }}\n",
        "}}\n",
    ),
}
ECHO["pypy"] = ECHO["python"]
ECHO |= {
    "racket": (
        "#lang racket\n(define echo% (class object% (super-new)\n",
        "    (define/public ({name} a) a)\n",
        "))\n",
    ),
    "clojure": ("(defn echo [] {{}})\n", "(defn {name} [this a] a)\n", ""),
    "erlang": ("echo_init_() -> ok.\n", "echo_{name}(A) -> A.\n", ""),
    "elixir": (
        "defmodule Echo do\n  def init_(), do: nil\n",
        "  def {name}(a), do: a\n",
        "end\n",
    ),
    "ocaml": ("class echo () = object\n", "  method {name} (a : {type}) : {type} = a\n", "end\n"),
    "haskell": ("echo :: IO ()\necho = pure ()\n", "{name} _ a = pure a\n", ""),
    "d": ("class Echo {{\n", "    {type} {name}({type} a) {{ return a; }}\n", "}}\n"),
    "csharp": (
        "class Echo {{\n",
        "    public {type} {name}({type} a) {{ return a; }}\n",
        "}}\n",
    ),
    "scala": ("class Echo {{\n", "    def {name}(a: {type}): {type} = a\n", "}}\n"),
    "nim": (
        "type Echo = ref object\nproc initEcho(): Echo = Echo()\n",
        "proc {name}(it: Echo, a: {type}): {type} = a\n",
        "",
    ),
    "kotlin": ("class Echo {{\n", "    fun {name}(a: {type}): {type} = a\n", "}}\n"),
    "r": ("Echo <- function() list(\n", "    {name} = function(a) a,\n", "    last = 0)\n"),
    "ruby": ("class Echo\n", "    def {name}(a) = a\n", "end\n"),
    "php": ("<?php\nclass Echoes {{\n", "    function {name}($a) {{ return $a; }}\n", "}}\n"),
    "perl": (
        "package Echo;\nsub new {{ return bless [], shift }}\n",
        "sub {name} {{ return $_[1] }}\n",
        "1;\n",
    ),
    "lua": (
        "Echo = {{}}\nfunction Echo.new() return Echo end\n",
        "function Echo:{name}(a) return a end\n",
        "",
    ),
    "c": (
        "typedef struct {{ int n; }} Echo;\nEcho *echoCreate() {{ return malloc(sizeof(int)); }}\n",
        "{type} echo{name}(Echo *it, {parameters}) {{ {sizes}return a; }}\n",
        "",
    ),
}
FAILING = {
    "python": (
        "def half(a):\n    if a == 1: raise ValueError('odd')\n    return a // 2",
        "ValueError",
    ),
    "cpp": (
        'int half(int a) {\n    if (a == 1) throw runtime_error("odd");\n    return a / 2;\n}',
        "odd",
    ),
    "java": (
        "class Solution {\n    int half(int a) {\n"
        '        if (a == 1) throw new IllegalStateException("odd");\n'
        "        return a / 2;\n    }\n}",
        "IllegalStateException: odd, line 3",
    ),
    "javascript": (
        "function half(a) {\n    if (a === 1) throw new Error('odd');\n"
        "    return Math.floor(a / 2);\n}",
        "Error: odd, line 2",
    ),
    "typescript": (
        "function half(a: number): number {\n    if (a === 1) throw new Error('odd');\n"
        "    return Math.floor(a / 2);\n}",
        "Error: odd",
    ),
    "go": (
        'func half(a int) int {\n\tif a == 1 {\n\t\tpanic("odd")\n\t}\n\treturn a / 2\n}',
        "panic: odd, line 3",
    ),
    "rust": (
        'fn half(a: i32) -> i32 {\n    if a == 1 {\n        panic!("odd")\n    }\n    a / 2\n}',
        "panic: odd, line 3",
    ),
}
FAILING["pypy"] = FAILING["python"]
FAILING |= {
    "racket": (
        '#lang racket\n(define (half a)\n  (if (= a 1) (error "odd") (quotient a 2)))',
        "exception: odd",
    ),
    "clojure": (
        '(defn half [a]\n  (if (= a 1)\n    (throw (ex-info "odd" {}))\n    (quot a 2)))',
        "ExceptionInfo: odd {}, line 3",
    ),
    "erlang": ("half(1) ->\n  throw(odd);\nhalf(A) ->\n  A div 2.", "throw: odd, line 2"),
    "elixir": (
        'defmodule Solution do\n  def half(1) do\n    raise "odd"\n  end\n'
        "  def half(a) do\n    div(a, 2)\n  end\nend",
        "RuntimeError: odd, line 3",
    ),
    "ocaml": (
        'let half a =\n  if a = 1 then\n    failwith "odd" else a / 2',
        'Failure("odd")',
    ),
    "haskell": ('half a\n  | a == 1 = error "odd"\n  | otherwise = a `div` 2', "odd"),
    "d": (
        'int half(int a) {\n    if (a == 1) throw new Exception("odd");\n    return a / 2;\n}',
        "Exception: odd, line 2",
    ),
    "kotlin": (
        "class Solution {\n    fun half(a: Int): Int {\n"
        '        if (a == 1) throw IllegalStateException("odd")\n        return a / 2\n    }\n}',
        "IllegalStateException: odd, line 3",
    ),
    "csharp": (
        "class Solution {\n    public int Half(int a) {\n"
        '        if (a == 1) throw new InvalidOperationException("odd");\n'
        "        return a / 2;\n    }\n}",
        "InvalidOperationException: odd",
    ),
    "scala": (
        "object Solution {\n  def half(a: Int): Int = {\n"
        '    if (a == 1) throw new IllegalStateException("odd")\n    a / 2\n  }\n}',
        "IllegalStateException: odd, line 3",
    ),
    "nim": (
        "proc half(a: int): int =\n  if a == 1:\n"
        '    raise newException(ValueError, "odd")\n  a div 2',
        "ValueError: odd",
    ),
    "r": (
        "half <- function(a) {\n  if (a == 1) stop('odd')\n  a %/% 2L\n}",
        "exception: odd",
    ),
    "ruby": (
        "def half(a)\n    raise 'odd' if a == 1\n    a / 2\nend",
        "RuntimeError: odd, line 2",
    ),
    "php": (
        "class Solution {\n    function half($a) {\n"
        "        if ($a === 1) throw new LogicException('odd');\n"
        "        return intdiv($a, 2);\n    }\n}",
        "LogicException: odd, line 3",
    ),
    "perl": (
        "sub half {\n    my ($a) = @_;\n    die 'odd' if $a == 1;\n    return int($a / 2);\n}",
        "exception: odd, line 3",
    ),
    "lua": (
        "function half(a)\n    if a == 1 then error('odd') end\n    return math.floor(a / 2)\nend",
        "exception: odd, line 2",
    ),
    "c": ("int half(int a) {\n    if (a == 1) abort();\n    return a / 2;\n}", "signal 6"),
}
# How a function in C says the sizes of what it returns.
SIZES = ("*returnSize = aSize; ", "*returnColumnSizes = aColSize; ")
SAME = {"luajit": "lua", "lua5.1": "lua", "lua5.3": "lua"}
for own, other in SAME.items():
    ECHO[own], FAILING[own] = ECHO[other], FAILING[other]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge with every language."""
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as a_judge:
        yield a_judge


def values(kind: Type, chance: random.Random) -> list[Any]:
    """Some values of a type, as JSON has them: the edges of bases, and lists of them."""
    if kind.name in VALUES:
        return VALUES[kind.name]
    inner = [values(part, chance) for part in kind.of]
    if kind.name == "record":
        named = [dict(zip(kind.fields, map(chance.choice, inner), strict=True)) for _ in range(3)]
        return list(named)
    if kind.name == "optional":
        return [None, *inner[0]]
    if kind.name == "tuple":
        return [[chance.choice(part) for part in inner] for _ in range(3)]
    if kind.name == "map":
        keys = chance.sample(inner[0], 2)
        return [[], [[key, chance.choice(inner[1])] for key in keys]]
    if kind.name == "tree":
        return [[], [1], [1, None, 2, 3], [5, 4, 8, 11, None, 13, 4, 7, 2, None, None, None, 1]]
    if kind.name == "set":
        return [[], inner[0]]
    return [[], inner[0], [chance.choice(inner[0]) for _ in range(20)]]


def drawn_base(name: str, chance: random.Random, language: str) -> Any:
    """A random value of a base type."""
    if name == "bool":
        return chance.random() < 0.5
    if name == "any":
        name = chance.choice(["bool", "int", "float", "string"])
        made = drawn_base(name, chance, language)
        return [made, None] if chance.random() < 0.2 or made == "nan" else made
    if name == "bytes":
        return chance.randbytes(chance.randrange(20)).hex()
    if name == "bigint":
        return chance.choice([-1, 1]) * chance.randrange(1 << chance.randrange(1, 300))
    if name in ("int", "long"):
        most = 1 << chance.randrange(32 if name == "int" else 64)
        return chance.randrange(-most, most)
    if name == "float":
        value = struct.unpack("<d", chance.randbytes(8))[0]
        return "nan" if math.isnan(value) else value
    last = 0x7E if name == "char" and language in BYTES else 0xFFFF
    points = [p for p in (chance.randint(32, last) for _ in range(9)) if not 0xD800 <= p < 0xE000]
    return chr((points or [65])[0]) if name == "char" else "".join(map(chr, points)) + "😀"


def drawn_nodes(kind: Type, chance: random.Random, language: str) -> Any:
    """Random nodes that know others, as JSON has them."""
    size = chance.randrange(6)
    if kind.name == "graph":
        beside: list[list[int]] = [[] for _ in range(size)]
        for this in range(1, size):
            other = chance.randrange(this)
            beside[this].append(other + 1)
            beside[other].append(this + 1)
        return beside
    drawn_values = [drawn(kind.of[0], chance, language) for _ in range(size)]
    places = [None, *range(size)]
    if kind.name == "linked_cycle":
        return [drawn_values, chance.choice([-1, *range(size)])]
    if kind.name == "linked_random":
        return [[value, chance.choice(places)] for value in drawn_values]
    made: list[Any] = drawn_values[:1]
    begun = 0  # of how many nodes the children have begun
    for number, value in enumerate(drawn_values[1:], start=1):
        of = chance.randint(max(begun, 1), number)
        made += [None] * (of - begun)
        made.append(value)
        begun = of
    return made


def drawn_array(kind: Type, chance: random.Random, language: str) -> Any:
    """A random array of two dimensions."""
    rows, columns = chance.randrange(4), chance.randint(1, 4)
    of = kind.of[0].of[0].of[0]  # of the lists that it is
    return [[drawn(of, chance, language) for _ in range(columns)] for _ in range(rows)]


def drawn(kind: Type, chance: random.Random, language: str) -> Any:
    """A random value of a type, as JSON has it."""
    if kind.name in ("graph", "nary", *SPECIAL):
        return drawn_nodes(kind, chance, language)
    if kind.name == "array":
        return drawn_array(kind, chance, language)
    if kind.name == "record":
        parts = [drawn(part, chance, language) for part in kind.of]
        return dict(zip(kind.fields, parts, strict=True))
    if not kind.of:
        return drawn_base(kind.name, chance, language)
    if kind.name == "tuple":
        return [drawn(part, chance, language) for part in kind.of]
    if kind.name == "optional":
        return None if chance.random() < 0.2 else drawn(kind.of[0], chance, language)
    if kind.name == "tree":
        return drawn_tree(kind, chance, language)
    items = [
        [drawn(part, chance, language) for part in kind.of] for _ in range(chance.randrange(6))
    ]
    if kind.name == "map":
        return list({json.dumps(item[0]): item for item in items}.values())
    return list({item[0]: 0 for item in items}) if kind.name == "set" else [one for (one,) in items]


def drawn_tree(kind: Type, chance: random.Random, language: str) -> list[Any]:
    """A random tree in level order."""
    made: list[Any] = [drawn(kind.of[0], chance, language)]
    left = 2
    while left > 0 and len(made) < 12:
        made.append(None if chance.random() < 0.3 else drawn(kind.of[0], chance, language))
        left += -1 if made[-1] is None else 1
    while made[-1] is None:
        made.pop()
    return made


def names_for(language: str) -> list[str]:
    """All types but two of those that need a class Node: another one in each language."""
    return [*TYPES, OF_NODE[FAMILIES.index(language) % len(OF_NODE)]]


def echo(language: str, names: Sequence[str] = ()) -> tuple[Function, tuple[Case, ...], str]:
    """A class with a method for each type that the language has, a test for each, a solution."""
    names = names or names_for(language)
    driver = driver_of(REGISTRY[language])
    assert driver is not None
    methods = "; ".join(f"f{n}(a: {name}) -> void" for n, name in enumerate(names))
    kinds = [one.parameters[0].type for one in parse(f"F() {{ {methods} }}").methods]
    kinds = [kind for kind in kinds if not driver.missing(parse(f"f(a: {kind}) -> void"))]
    shown, said = [], ""
    for n, kind in enumerate(kinds):
        here = str(kind) if "record Point" not in said else str(kind).replace(POINT, "record Point")
        later = str(kind).replace(POINT, "record Point").replace(FLAT, "record Flat")
        shown.append(f"echo{n}(a: {here}) -> {later}")
        said += here
    methods = "; ".join(shown)
    name = "Echoes" if language == "php" else "Echo"  # no class in PHP may be called Echo
    function, chance = Function(signature=f"{name}() {{ {methods} }}"), random.Random(16)
    tests = []
    for n, kind in enumerate(kinds):
        every = values(kind, chance) + [drawn(kind, chance, language) for _ in range(DRAWN)]
        given = [[name, []], *([f"echo{n}", [value]] for value in every)]
        tests.append(Case(input=json.dumps(given), expected=json.dumps([None, *every])))
    before, each, after = (part.replace("{{", "\0").replace("}}", "\1") for part in ECHO[language])
    lines = [
        each.format(
            name=driver.spell(method.name, of_class=True),
            type=driver.type(method.returns),
            parameters=(said := ", ".join(parameters(driver, method))),
            sizes="".join(size for size in SIZES if size.split()[0][1:] in said),
        )
        for method in function.parsed.methods
    ]
    source = "".join((before, *lines, after)).replace("\0", "{").replace("\1", "}")
    return function, tuple(tests), source


def judged(
    judge: Judge, language: str, source: str, function: Function, tests: tuple[Case, ...]
) -> Result:
    """A submission's result."""
    limits = Limits(cpu_ms=5000 if DRAWN == 0 else 60_000, memory_bytes=512 << 20)
    problem = Problem(tests=tests, harness=function, limits=limits)
    return judge.judge(Submission(language=language, source=source, problem=problem))


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", FAMILIES)
def test_values_of_every_type_go_through_and_come_back(judge: Judge, language: str) -> None:
    """A class whose methods return their arguments gets every value right, to the last bit."""
    function, tests, source = echo(language)
    result = judged(judge, language, source, function, tests)

    assert "AC" == result.verdict, (result, result.compile and result.compile.output, source)


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", WITH_NODES)
def test_nodes_that_point_to_each_other_come_back(judge: Judge, language: str) -> None:
    """A tree with any number of children, a graph, a list with pointers into it."""
    for name in OF_NODE:
        function, tests, source = echo(language, [name])
        result = judged(judge, language, source, function, tests)

        assert "AC" == result.verdict, (result, result.compile and result.compile.output, source)


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", [one for one in FAMILIES if one not in SLOW])
def test_an_exception_ends_one_call(judge: Judge, language: str) -> None:
    """What was thrown is told with its call; the other calls are judged."""
    source, said = FAILING[language]
    function = Function(signature="half(a: int) -> int", order="given")
    tests = tuple(Case(input=f"[{a}]", expected=str(a // 2)) for a in (4, 1, 9))
    result = judged(judge, language, source, function, tests)

    assert ["AC", "RE", "AC"] == [str(test.verdict) for test in result.tests], (
        result,
        result.compile and result.compile.output,
    )
    assert said in result.tests[1].detail


WRITTEN_WRONG = {
    "elixir": "defmodule Solution do\n  def f(a) do\n    a +\n  end\nend\n",
    "r": "f <- function(a) {\n  a +\n}\n",
}


MISNAMED = [one for one in FAMILIES if one not in (*SLOW, "erlang", "r", "racket", "ruby")]


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", MISNAMED)
def test_a_function_that_is_not_there_is_named(judge: Judge, language: str) -> None:
    """Compilers and runtimes name a line of the driver, which says nothing to the author."""
    source = FAILING[language][0].replace("half", "twice").replace("Half", "Twice")
    function = Function(signature="half(a: int) -> int")
    result = judged(judge, language, source, function, (Case(input="[4]", expected="2"),))
    said = result.tests[0].detail if result.tests else result.compile and result.compile.output

    assert said
    assert re.search("the submission has no function half", said, re.I), result


@pytest.mark.docker
@pytest.mark.parametrize("language", sorted(WRITTEN_WRONG))
def test_a_syntax_error_is_a_compile_error(judge: Judge, language: str) -> None:
    """A language that reads the submission at the start of the driver reads it before, too."""
    tests = (Case(input="[1]", expected="1"),)
    function = Function(signature="f(a: int) -> int")
    result = judged(judge, language, WRITTEN_WRONG[language], function, tests)

    assert "CE" == result.verdict, result
    assert result.compile is not None
    assert "solution" in result.compile.output


STUBBED = "two_sum(nums: list[int], target: int, name: string) -> list[int]"


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", ["cpp", "go", "java", "rust"])  # whose compilers look closest
def test_a_stub_compiles(judge: Judge, language: str) -> None:
    """A stub that is submitted as it is fails a test, and is no compile error."""
    driver = driver_of(REGISTRY[language])
    assert driver is not None
    source = stub(driver, parse(STUBBED))
    tests = (Case(input='[[2, 7], 9, "x"]', expected="[0, 1]"),)
    result = judged(judge, language, source, Function(signature=STUBBED), tests)

    assert result.verdict in ("WA", "RE"), (result, result.compile and result.compile.output)


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_a_pointer_to_a_node_is_no_definition(language: str) -> None:
    """The driver brings the node's class unless the submission defines it."""
    driver = driver_of(REGISTRY[language])
    assert driver is not None
    signature = parse("turn(a: linked_list[int]) -> linked_list[int]")
    turn = "struct ListNode *turn(struct ListNode *a) { return a; }\n"
    own = "struct ListNode { int val; struct ListNode *next; };\n"
    with_class, without = (
        driven(driver, signature, source.encode(), None).driver for source in (turn, own + turn)
    )

    assert b"struct ListNode {" in with_class
    assert b"struct ListNode {" not in without


@pytest.mark.parametrize(("kind", "node"), [("linked_list", "ListNode"), ("tree", "TreeNode")])
def test_a_node_of_a_submission_in_rust_is_read_and_written(kind: str, node: str) -> None:
    """The driver has the code for it, also where it does not bring the node's struct."""
    driver = driver_of(REGISTRY["rust"])
    assert driver is not None
    source = f"pub struct {node} {{ pub val: i32 }}\n".encode()
    made = driven(driver, parse(f"count(a: {kind}[int]) -> int"), source, None).driver

    assert f"pub struct {node} {{".encode() not in made
    assert b"impl judgecore_driver::Wire<" in made


def test_the_driver_in_python_ends_with_its_calls(tmp_path: Path) -> None:
    """The end of the stream between two calls is no error, and leaves nothing on stderr."""
    driver = driver_of(REGISTRY["python"])
    assert driver is not None
    made = driven(driver, parse("f(a: string) -> string"), b"def f(a): return a\n", None)
    (tmp_path / made.own).write_bytes(made.source)
    (tmp_path / "driver.py").write_bytes(made.driver)
    command = f"exec {sys.executable} driver.py 3</dev/null 4>/dev/null"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)

    assert (0, b"") == (done.returncode, done.stderr)


def test_a_function_that_a_submission_does_not_have_is_a_compile_error() -> None:
    """In Kotlin the driver names it, which finds it at run time otherwise."""
    driver = driver_of(REGISTRY["kotlin"])
    assert driver is not None
    signature = parse("two_sum(a: int) -> int")
    there, missing = (
        driven(driver, signature, f"fun {name}(a: Int): Int = a".encode(), None).driver
        for name in ("twoSum", "threeSum")
    )

    assert b'arrayOf("1", "0", "twoSum"' in there
    assert b'arrayOf(twoSum, "1", "0", "twoSum"' in missing


@pytest.mark.parametrize(
    ("language", "kind"),
    [
        ("luajit", "long"),
        ("c", "list[list[list[int]]]"),
        ("c", "tree[string]"),
        ("rust", "linked_list[string]"),
    ],
)
def test_a_type_without_a_form_is_refused_by_name(language: str, kind: str) -> None:
    """A problem that needs what the language cannot hold says so before anything runs."""
    driver = driver_of(REGISTRY[language])
    assert driver is not None

    with pytest.raises(InvalidSubmission, match=re.escape(f"{language}: its driver has no {kind}")):
        driver.require(parse(f"f(a: {kind}) -> void"))


def test_a_stub_escapes_the_names_of_parameters() -> None:
    """A parameter whose name is a keyword gets the language's form of it, in every style."""
    driver = driver_of(REGISTRY["csharp"])
    assert driver is not None

    assert "public int F(int @new)" in stub(driver, parse("f(new: int) -> int"))


def test_every_driver_has_its_programs_here() -> None:
    """A new driver cannot be forgotten in this file."""
    assert set(FAMILIES) == set(ECHO) == set(FAILING)


@pytest.mark.parametrize("language", FAMILIES)
def test_no_submission_keeps_the_patterns_busy(language: str) -> None:
    """Making a driver takes time in proportion to the submission, whatever that is."""
    driver = driver_of(REGISTRY[language])
    assert driver is not None
    begun = time.process_time()
    sources = ["\n" * 10_000, "static\n" * 10_000, "final\n" * 10_000]
    sources += ["/**/" * 3_000 + "\npackage other", "#!" + " " * 30_000]
    for source in sources:
        driven(driver, parse("f(a: int) -> int"), source.encode(), None)

    assert 5 > time.process_time() - begun  # half a minute, if each line were read from each line

"""Signatures and values of function problems: pure tests."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from anything import CHARACTERS
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Comparison, Function, InvalidSubmission, Problem
from judgecore import TestCase as Case
from judgecore.functions import InvalidSignature, Type, parse
from judgecore.functions.calls import cut
from judgecore.functions.comparing import equal
from judgecore.functions.encoding import decode, encode
from judgecore.functions.names import Style, spelled
from judgecore.functions.shapes import BadValue
from judgecore.functions.values import from_json, to_json

BAD = {
    "": (1, "expected a name, got the end"),
    "f": (2, "expected '(', got the end"),
    "f(a int) -> int": (5, "expected ':', got 'int'"),
    "f(a: list[int) -> int": (14, "expected ']', got ')'"),
    "f(a: itn) -> int": (6, "'itn' is no type"),
    "f(a: map[float, int]) -> int": (10, "float cannot be a key"),
    "f(a: map[int]) -> int": (6, "'map' takes 2, not 1"),
    "f(a: int, a: int) -> int": (11, "'a' is there twice"),
    "f(a: int) -> void mutates 1": (27, "expected the number of a parameter, from 0"),
    "f(a: int)": (10, "expected '->', got the end"),
    "f(a: graph, b: nary[int]) -> int": (16, "'nary' beside 'graph'"),
    "f(a: any_of[int]) -> int": (6, "'any_of' stands for a result alone"),
    "f(a: array[string, 2]) -> int": (12, "string cannot stand in 'array'"),
    "f(a: array[int, 5]) -> int": (17, "expected the number of dimensions, 1 to 4"),
    "f(a: record P {x: int, x: int}) -> int": (24, "'x' is there twice"),
    "f(a: record P) -> int": (14, "expected '{', got ')'"),
    "f(a: list[record P {}]) -> int": (21, "expected 1 to 20 fields"),
    "f(a: int) -> int x": (18, "expected the end, got 'x'"),
    "A(a: int) { }": (13, "expected 1 to 50 methods"),
    "A() { f() -> int f() -> int }": (18, "'f' is there twice"),
    "f(a: optional[optional[int]]) -> int": (15, "optional[int] cannot stand in optional"),
}


def _of_records(count: int, fields: int) -> str:
    """A signature in which each record has only fields of the one before."""
    found = ["p: record R0 {x: int}"]
    for number in range(1, count):
        inner = ", ".join(f"x{i}: record R{number - 1}" for i in range(fields))
        found.append(f"p{number}: record R{number} {{{inner}}}")
    return f"f({', '.join(found)}) -> int"


@pytest.mark.parametrize(
    ("count", "fields", "said"),
    [(7, 20, "more than 2000 types"), (20, 1, "more than 8 types in each other")],
)
def test_records_in_records_have_an_end(count: int, fields: int, said: str) -> None:
    """A short signature does not stand for millions of types."""
    with pytest.raises(InvalidSignature, match=said):
        parse(_of_records(count, fields))


@pytest.mark.parametrize("text", BAD)
def test_a_wrong_signature_is_refused_with_its_column(text: str) -> None:
    """The message names the column, what was expected and what stands there."""
    column, said = BAD[text]
    with pytest.raises(InvalidSignature) as caught:
        parse(text)

    assert column == caught.value.column
    assert said in str(caught.value)


def test_a_signature_is_read() -> None:
    """Names, types, what is changed and what comes back."""
    found = parse("rotate(m: list[list[int64]], k: int32) -> bool mutates 0")
    method = found.methods[0]

    assert ("rotate", "LLl", "i") == (method.name, *(p.type.code for p in method.parameters))
    assert "tuple[bool, list[list[long]]]" == str(method.result)


def test_a_record_is_written_out_once() -> None:
    """Further on its name is enough; an array is lists for programs, and a record is itself."""
    found = parse("f(a: record P {x: int, y: list[int]}) -> any_of[map[int, record P]]")
    other = parse("f(a: array[int, 2]) -> array[float, 1]")

    assert "PP(x:iy:Li)" == found.methods[0].parameters[0].type.code
    assert "any_of[map[int, record P {x: int, y: list[int]}]]" == str(found.methods[0].returns)
    assert ["P"] == [one.label for one in found.records]
    assert ["list[list[int]]", "list[float]"] == [str(kind) for kind in other.kinds]
    assert "array[int, 2]" == str(other.methods[0].parameters[0].type)


def test_a_class_is_read() -> None:
    """Methods follow each other with or without semicolons."""
    found = parse("Cache(size: int) { get(key: int) -> int; put(key: int, v: int) -> void }")

    assert ["Cache", "get", "put"] == [method.name for method in found.every]
    assert {"int", "void"} == found.types


SPELLED = {
    "two_sum": ("two_sum", "twoSum", "TwoSum", "two-sum"),
    "twoSum": ("two_sum", "twoSum", "TwoSum", "two-sum"),
    "LRUCache": ("lru_cache", "lruCache", "LruCache", "lru-cache"),
    "dist2": ("dist2", "dist2", "Dist2", "dist2"),
    "f": ("f", "f", "F", "f"),
}


@pytest.mark.parametrize("name", SPELLED)
def test_names_are_spelled_in_every_style(name: str) -> None:
    """Words are found whatever style a name has."""
    assert SPELLED[name] == tuple(spelled(name, style) for style in Style)


BASES = {
    "bool": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(),
    "string": st.text(CHARACTERS, max_size=8),
    "char": st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]),
    "bigint": st.integers(),
    "bytes": st.binary(max_size=8).map(bytes.hex),
    "any": st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(CHARACTERS, max_size=8),
        lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(CHARACTERS), of, max_size=3),
        max_leaves=6,
    ),
    "graph": st.integers(0, 3).flatmap(
        lambda n: st.lists(st.lists(st.integers(1, max(n, 1)), max_size=2), min_size=n, max_size=n)
    ),
}


def values(kind: Type) -> st.SearchStrategy[Any]:
    """Values of a type, as JSON has them."""
    if kind.name in BASES:
        return BASES[kind.name]
    inner = [values(part) for part in kind.of]
    if kind.name == "optional":
        return st.none() | inner[0]
    if kind.name == "tuple":
        return st.tuples(*inner).map(list)
    if kind.name == "map":
        return st.lists(st.tuples(*inner).map(list), max_size=4, unique_by=lambda pair: pair[0])
    if kind.name == "record":
        return st.fixed_dictionaries(dict(zip(kind.fields, inner, strict=True)))
    if kind.name == "tree":
        return st.lists(inner[0], max_size=5)
    if kind.name == "nary":
        return st.lists(inner[0], max_size=5).map(lambda v: [*v[:1], *[None, *v[1:]][: len(v)]])
    if kind.name == "linked_cycle":
        return st.lists(inner[0], max_size=4).map(lambda v: [v, len(v) // 2 - 1])
    if kind.name == "linked_random":
        return st.lists(inner[0], max_size=4).map(lambda v: [[x, len(v) - 1 or None] for x in v])
    if kind.name == "array":
        return st.lists(inner[0], max_size=4)
    return st.lists(inner[0], max_size=4, unique=kind.name == "set")


NODED = ("tree", "nary", "linked_cycle", "linked_random")


def types(depth: int = 3) -> st.SearchStrategy[Type]:
    """Types of every kind, within each other."""
    base = st.sampled_from([Type(name) for name in BASES])
    if depth == 0:
        return base
    inner, key = types(depth - 1), st.sampled_from([Type("int"), Type("string")])
    return st.one_of(
        base,
        st.builds(lambda one: Type("list", (one,)), inner),
        st.builds(lambda one: Type("optional", (one,)), base),
        st.builds(lambda one: Type("linked_list", (one,)), base),
        st.builds(lambda name, one: Type(name, (one,)), st.sampled_from(NODED), base),
        st.builds(lambda one, n: Type("record", (one, n), "P", ("a", "b")), inner, base),
        st.builds(lambda one: Type("set", (one,)), key),
        st.builds(lambda one, other: Type("map", (one, other)), key, inner),
        st.builds(lambda one, other: Type("tuple", (one, other)), inner, inner),
    )


def same(kind: Type, one: object, other: object) -> bool:
    """Whether two values are the same to the last bit."""
    return json.dumps(to_json(kind, one)) == json.dumps(to_json(kind, other))


@given(types().flatmap(lambda kind: st.tuples(st.just(kind), values(kind))))
def test_values_survive_their_bytes_and_their_json(case: tuple[Type, Any]) -> None:
    """What is encoded is decoded, of every type; and so is what is written as JSON."""
    kind, data = case
    value = from_json(kind, data)

    assert same(kind, value, decode(kind, encode(kind, value)))
    assert same(kind, value, from_json(kind, json.loads(json.dumps(to_json(kind, value)))))


@given(types(), st.binary(max_size=40))
def test_any_bytes_are_a_value_or_refused(kind: Type, data: bytes) -> None:
    """Bytes of a program never raise anything else than what says that they are no value."""
    try:
        value = decode(kind, data)
    except BadValue:
        return
    assert same(kind, value, decode(kind, encode(kind, value)))


def test_nobody_knows_the_hashes_of_keys() -> None:
    """A program cannot choose numbers that all have the same place in a dict."""
    kind = parse("f() -> map[long, bool]").methods[0].result
    numbers = [0, 1, -1, 2**40, -(2**63), 2**63 - 1]
    given = from_json(kind, [[number, True] for number in numbers])
    got = decode(kind, encode(kind, given))

    assert given == got
    assert [] == [key for key in (*given, *got) if hash(key) == hash(int(key))]


REFUSED = [
    ("int", True),
    ("int", 3.0),
    ("int", 2**31),
    ("float", "x"),
    ("char", "ab"),
    ("char", "😀"),
    ("string", "\ud800"),
    ("list[int]", "x"),
    ("list[int]", [None]),
    ("set[int]", [1, 1]),
    ("tuple[int, int]", [1]),
    ("tree[int]", [None, 1]),
    ("nary[int]", [1, 2]),
    ("nary[int]", [1, None, None, 2]),
    ("graph", [[2]]),
    ("linked_cycle[int]", [[1], 1]),
    ("linked_random[int]", [[1, 1]]),
    ("record P {x: int}", {"x": 1, "y": 2}),
    ("record P {x: int}", [1]),
    ("array[int, 2]", [[1], [1, 2]]),
    ("bytes", "0"),
    ("bigint", "1.0"),
    ("bigint", "1" * 4301),
    ("map[int, int]", {"x": 1}),
    ("map[int, int]", {"9" * 5000: 1}),
    ("map[string, int]", [["a", 1], ["a", 2]]),
]


@pytest.mark.parametrize(("kind", "data"), REFUSED)
def test_a_value_of_another_type_is_refused(kind: str, data: object) -> None:
    """Nothing is converted: a bool is no int, and 3.0 is none either."""
    declared = parse(f"f(a: {kind}) -> int").methods[0].parameters[0].type
    with pytest.raises(BadValue):
        from_json(declared, data)


LISTS, INTS, FLOATS = "list[list[int]]", "list[int]", "list[float]"
COMPARED = [
    (INTS, {}, [1, 2], [1, 2], True),
    (INTS, {}, [1, 2], [2, 1], False),
    (INTS, {"kind": "unordered"}, [1, 2, 2], [2, 1, 2], True),
    (INTS, {"kind": "unordered"}, [1, 2, 2], [2, 1, 1], False),
    (LISTS, {"kind": "unordered"}, [[1, 2], [3]], [[3], [1, 2]], True),
    (LISTS, {"kind": "unordered"}, [[1, 2], [3]], [[3], [2, 1]], False),
    (LISTS, {"kind": "unordered_deep"}, [[1, 2], [3]], [[3], [2, 1]], True),
    (INTS, {"kind": "set_of"}, [1, 2], [2, 1], True),
    (INTS, {"kind": "set_of"}, [1, 2], [2, 1, 1], False),
    (INTS, {"kind": "any_of"}, [[1], [2]], [2], True),
    (INTS, {"kind": "any_of"}, [[1], [2]], [3], False),
    ("set[int]", {}, [1, 2], [2, 1], True),
    ("tuple[set[int], int]", {}, [[1, 2], 3], [[2, 1], 3], True),
    ("list[set[string]]", {}, [["a", "b"]], [["b", "a"]], True),
    ("list[set[string]]", {}, [["a", "b"]], [["b", "c"]], False),
    ("list[set[int]]", {"kind": "unordered"}, [[1, 2], [3]], [[3], [2, 1]], True),
    ("tree[float]", {}, [1.0, None, 2.0], [1.0, None, 2.0], True),
    ("list[tree[float]]", {"kind": "unordered"}, [[1.0, None, 2.0]], [[1.0, None, 2.0]], True),
    ("float", {}, 0.3, 0.1 + 0.2, False),
    ("float", {"kind": "float"}, 0.3, 0.1 + 0.2, True),
    ("float", {"kind": "float", "relative": 1e-6}, 1e9, 1e9 + 100, True),
    ("float", {"kind": "float", "absolute": 0.5}, 1e9, 1e9 + 1, False),
    ("float", {}, math.nan, math.nan, True),
    ("float", {"kind": "float"}, 1.0, math.nan, False),
    ("float", {"kind": "float"}, math.inf, 1e308, False),
    ("float", {}, 0.0, -0.0, True),
    (FLOATS, {"kind": "unordered", "absolute": 0.1}, [1.0, 2.0], [2.05, 1.05], True),
    ("map[int, float]", {"kind": "float", "absolute": 0.1}, {1: 1.0}, {1: 1.01}, True),
    ("optional[float]", {"kind": "float"}, None, 1.0, False),
    ("tree[float]", {"kind": "float"}, [1.0, None, 2.0], [1.0, None, 2.0], True),
    ("graph", {}, [[2, 3], [1], [1]], [[3, 2], [1], [1]], True),
    ("any_of[list[float]]", {"kind": "float"}, [[0.3], [1.0]], [0.1 + 0.2], True),
    ("any_of[int]", {}, [1, 2], 3, False),
    ("array[float, 2]", {"kind": "float"}, [[0.3]], [[0.1 + 0.2]], True),
    ("linked_list[int]", {"kind": "unordered"}, [1, 2], [2, 1], True),
    ("record P {x: float, y: set[int]}", {"kind": "float"}, [0.3, [1, 2]], [0.3, [2, 1]], True),
    ("linked_cycle[float]", {"kind": "float"}, [[1.0], 0], [[1.0], -1], False),
    ("any", {}, [1, {"a": 2.0}], [1.0, {"a": 2}], True),
    ("any", {}, True, 1, False),
    ("any", {}, "1", 1, False),
    ("any", {}, None, 0, False),
    ("any", {}, [], {}, False),
    ("any", {}, 2**53, 2**53 + 1, False),
    ("list[any]", {"kind": "float", "absolute": 0.1}, [1], [1.05], True),
    ("list[any]", {"kind": "unordered"}, ["a", 1, None], [None, 1.0, "a"], True),
    ("any", {"kind": "unordered"}, ["a", 1], [1.0, "a"], True),
    ("any", {"kind": "unordered"}, ["a", [1, 2]], [[2, 1], "a"], False),
    ("any", {"kind": "unordered_deep"}, ["a", [1, 2]], [[2, 1], "a"], True),
]


@pytest.mark.parametrize(("kind", "how", "expected", "got", "wanted"), COMPARED)
def test_results_are_compared(
    kind: str, how: dict[str, Any], expected: Any, got: Any, wanted: bool
) -> None:
    """Each kind of comparison accepts what it says, NaN, infinity and -0 included."""
    declared = parse(f"f() -> {kind}").methods[0].result

    assert wanted is equal(declared, Comparison(**how), expected, got)


FAULTS: list[tuple[dict[str, Any], str, str | None, str]] = [
    ({}, "[1]", "1", "takes a list of 2 arguments"),
    ({}, "[1, 2", "1", "input is not JSON"),
    ({}, "[1, true]", "1", "True is not of the type int"),
    ({}, "[1, 2]", "[1]", "expected: "),
    ({"signature": "f(a: itn) -> int"}, "[1]", "1", "column 6: 'itn' is no type"),
    ({"mode": "codec"}, "[1, 2]", "1", "the mode codec needs a class"),
]


@pytest.mark.parametrize(("more", "given_", "expected", "said"), FAULTS)
def test_a_test_that_does_not_fit_is_refused(
    more: dict[str, Any], given_: str, expected: str | None, said: str
) -> None:
    """A problem names the test and the argument that its signature does not have."""
    with pytest.raises(InvalidSubmission, match=said.replace("[", r"\[")):
        Problem(
            tests=(Case(input=given_, expected=expected),),
            harness=Function(**{"signature": "add(a: int, b: int) -> int", **more}),
        )


def test_long_values_are_cut() -> None:
    """A report holds the beginning."""
    assert "a" * 200 + "…" == cut("a" * 300)

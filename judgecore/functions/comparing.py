"""Whether a result is the expected one.

NaN equals NaN, an infinity equals itself, and -0 equals 0. Two floats are also equal when they
differ by at most `absolute`, or by at most `relative` times the larger one of 1 and the absolute
value of the expected one.
"""

from __future__ import annotations

import json
import math
from functools import partial

from judgecore.functions.any_values import same as same_any
from judgecore.functions.any_values import settled as settled_any
from judgecore.functions.model import Comparison, Kind
from judgecore.functions.types import Type
from judgecore.functions.values import Value, to_json


def equal(kind: Type, how: Comparison, expected: Value, got: Value) -> bool:
    """Whether `got` is accepted. With `any_of`, `expected` is a list of accepted results."""
    if kind.name == "any_of":
        return any(equal(kind.of[0], how, one, got) for one in expected)
    if kind.name in ("array", "linked_list"):
        return equal(kind.shape, how, expected, got)
    if how.kind is Kind.ANY_OF:
        return any(_same(kind, how, one, got) for one in expected)
    if how.kind is Kind.SET_OF and isinstance(got, list):
        keys = _keys(kind, got)
        return len(set(keys)) == len(keys) and set(keys) == set(_keys(kind, expected))
    if how.kind in (Kind.UNORDERED, Kind.UNORDERED_DEEP):
        deep = how.kind is Kind.UNORDERED_DEEP
        expected, got = _ordered(kind, expected, deep), _ordered(kind, got, deep)
    return _same(kind, how, expected, got)


def expected_type(how: Comparison, kind: Type) -> Type:
    """The type of what tests expect, where results are of `kind`."""
    several = kind.name != "any_of" and how.kind is Kind.ANY_OF
    return Type("list", (kind,)) if several else _listed(kind)


def _listed(kind: Type) -> Type:
    """With a list of the accepted ones in place of `any_of`, which may be a part of a result."""
    parts = tuple(map(_listed, kind.of))
    name = "list" if kind.name == "any_of" else kind.name
    return Type(name, parts, kind.label, kind.fields)


def _key(kind: Type, value: Value) -> str:
    return json.dumps(to_json(kind, _settled(kind, value)))


def _settled(kind: Type, value: Value) -> Value:
    """One form for all equal values: no order where there is none, and no zero has a sign."""
    if kind.name == "graph":
        return [sorted(beside) for beside in value]
    if kind.name == "any":
        return settled_any(value)
    if value is not None and kind.shape is not kind:
        return _settled(kind.shape, value)
    if value is None or not kind.of:
        return 0.0 if kind.name == "float" and value == 0 else value
    if kind.name == "optional":
        return _settled(kind.of[0], value)
    if kind.name == "set":
        return sorted(value)
    if kind.name == "map":
        return {key: _settled(kind.of[1], value[key]) for key in sorted(value)}
    parts = kind.of if kind.name == "tuple" else kind.of * len(value)
    return [_settled(part, one) for part, one in zip(parts, value, strict=True)]


def _keys(kind: Type, value: list[Value]) -> list[str]:
    return [_key(kind.of[0], one) for one in value]


def _ordered(kind: Type, value: Value, deep: bool) -> Value:
    """The lists sorted, so that their order no longer matters."""
    if kind.name not in ("list", "any") or not isinstance(value, list):
        return value
    inner = kind if kind.name == "any" else kind.of[0]
    items = [_ordered(inner, one, deep) for one in value] if deep else list(value)
    if inner.name in ("bool", "int", "long", "string", "char"):
        return sorted(items)
    if inner.name == "float":
        return sorted(items, key=lambda one: (math.isnan(one), one))
    return sorted(items, key=lambda one: _key(inner, one))


def _same(kind: Type, how: Comparison, expected: Value, got: Value) -> bool:
    if kind.name == "any_of":
        return any(_same(kind.of[0], how, one, got) for one in expected)
    if kind.name == "any":
        return same_any(expected, got, partial(_close, how))
    if not {"float", "any", "any_of"} & kind.names:
        ordered = not {"set", "graph"} & kind.names
        return bool(expected == got if ordered else _settled(kind, expected) == _settled(kind, got))
    if kind.name == "float":
        return _close(how, expected, got)
    if kind.name not in ("graph", kind.shape.name):
        return _same(kind.shape, how, expected, got)
    if kind.name in ("set", "graph"):
        return bool(_settled(kind, expected) == _settled(kind, got))
    if expected is None or got is None:
        return expected is None and got is None
    if kind.name == "optional":
        return _same(kind.of[0], how, expected, got)
    if len(expected) != len(got):
        return False
    if kind.name == "map":
        value = kind.of[1]
        return all(k in got and _same(value, how, v, got[k]) for k, v in expected.items())
    parts = kind.of if kind.name == "tuple" else kind.of * len(got)
    return all(_same(*three) for three in zip(parts, (how,) * len(got), expected, got, strict=True))


def _close(how: Comparison, expected: float, got: float) -> bool:
    if expected == got:
        return True
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return False
    off = abs(expected - got)
    return off <= how.absolute or off <= how.relative * max(1.0, abs(expected))

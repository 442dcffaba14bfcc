"""Whether a result is the expected one.

NaN equals NaN, an infinity equals itself, and -0 equals 0. Two floats are also equal when they
differ by at most `absolute`, or by at most `relative` times the larger one of 1 and the absolute
value of the expected one.
"""

from __future__ import annotations

import json
import math

from judgecore.functions.model import Comparison, Kind
from judgecore.functions.types import Type
from judgecore.functions.values import Value, to_json


def equal(kind: Type, how: Comparison, expected: Value, got: Value) -> bool:
    """Whether `got` is accepted. With `any_of`, `expected` is a list of accepted results."""
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
    return Type("list", (kind,)) if how.kind is Kind.ANY_OF else kind


def _key(kind: Type, value: Value) -> str:
    return json.dumps(to_json(kind, _without_minus(value)), sort_keys=True)


def _without_minus(value: Value) -> Value:
    return 0.0 if isinstance(value, float) and value == 0 else value


def _keys(kind: Type, value: list[Value]) -> list[str]:
    return [_key(kind.of[0], one) for one in value]


def _ordered(kind: Type, value: Value, deep: bool) -> Value:
    """The lists sorted, so that their order no longer matters."""
    if kind.name != "list" or not isinstance(value, list):
        return value
    inner = kind.of[0]
    items = [_ordered(inner, one, deep) for one in value] if deep else list(value)
    if inner.name in ("bool", "int", "long", "string", "char"):
        return sorted(items)
    if inner.name == "float":
        return sorted(items, key=lambda one: (math.isnan(one), one))
    return sorted(items, key=lambda one: _key(inner, one))


def _same(kind: Type, how: Comparison, expected: Value, got: Value) -> bool:
    if "float" not in kind.names:
        return _equal_sets(expected, got) if kind.name == "set" else bool(expected == got)
    if kind.name == "float":
        return _close(how, expected, got)
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
    if kind.name == "tree":
        parts = (Type("optional", kind.of),) * len(got)
    return all(_same(*three) for three in zip(parts, (how,) * len(got), expected, got, strict=True))


def _equal_sets(expected: Value, got: Value) -> bool:
    return len(expected) == len(got) and set(expected) == set(got)


def _close(how: Comparison, expected: float, got: float) -> bool:
    if expected == got:
        return True
    if math.isnan(expected) or math.isnan(got):
        return math.isnan(expected) and math.isnan(got)
    if math.isinf(expected) or math.isinf(got):
        return False
    off = abs(expected - got)
    return off <= how.absolute or off <= how.relative * max(1.0, abs(expected))

"""Values: from JSON, as tests have it, and to it. `encoding.py` makes bytes of them.

In Python a value is a bool, an int, a float, a str, bytes, None, a dict (map), or a list (list,
set, tuple; a record's fields in their order). JSON is the same, except that bytes are hexadecimal
digits, a record is an object, a float may be "nan", "inf", "-inf" or "-0", a bigint a string of
digits, and a map whose keys are no text may be a list of pairs. A value of the type `any` is what
JSON says. Other types have the values of their shape:

    linked_list    its values
    linked_cycle   [its values, the number of the one that the last one points to, or -1]
    linked_random  [value, the number of the node that `random` points to, or None] for each node
    tree           level order, with None where a child is missing
    nary           level order: the root, then for each node None and its children
    graph          for each node the nodes beside it, which are numbered from 1
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from operator import eq
from typing import Any

from judgecore.functions import any_values
from judgecore.functions.shapes import BadValue, checked, short
from judgecore.functions.types import NODES, Type

Value = Any
_RANGES = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}
DIGITS = 4300  # which Python turns into an int, and back
BIGINT = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{DIGITS - 1}}})")


class _Key(int):
    """A number that is a key of a map.

    The hash of an int is known to all: a program could answer keys of which each is compared with
    all others. That of bytes is secret.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(self.to_bytes(8, "little", signed=True))


def as_key(value: Value) -> Value:
    """The value as a key of a map."""
    return _Key(value) if type(value) is int else value


def has_twice(items: list[Value]) -> bool:
    """Whether keys hold one twice; sorted, as a set of ints has the fault of a map."""
    ordered = sorted(items)
    return any(map(eq, ordered, ordered[1:]))


# ---------------------------------------------------------------- from JSON, and to it


def from_json(kind: Type, data: object) -> Value:
    """The value of a type that decoded JSON holds; raises `BadValue`."""
    return _READ.get(kind.name, _composed)(kind, data)


def _wrong(kind: Type, data: object) -> BadValue:
    return BadValue(f"{short(data)} is not of the type {kind}")


def _bool(kind: Type, data: object) -> Value:
    if not isinstance(data, bool):
        raise _wrong(kind, data)
    return data


def _whole(kind: Type, data: object) -> Value:
    if isinstance(data, bool) or not isinstance(data, int):
        raise _wrong(kind, data)
    low, high = _RANGES[kind.name]
    if not low <= data <= high:
        raise BadValue(f"{short(data)} is beyond what {kind} holds")
    return data


def _float(kind: Type, data: object) -> Value:
    if isinstance(data, str) and data in _FLOATS:
        return _FLOATS[data]
    if isinstance(data, bool) or not isinstance(data, int | float):
        raise _wrong(kind, data)
    try:
        return float(data)
    except OverflowError:
        raise BadValue(f"{short(data)} is beyond what {kind} holds") from None


def _string(kind: Type, data: object) -> Value:
    if not isinstance(data, str):
        raise _wrong(kind, data)
    try:
        data.encode()
    except UnicodeEncodeError:
        raise BadValue(f"{short(data)} holds half a character") from None
    return data


def _char(kind: Type, data: object) -> Value:
    text = _string(kind, data)
    if len(text) != 1 or ord(text) > 0xFFFF:
        raise BadValue(f"{short(data)} is not one character of those up to U+FFFF")
    return text


def _bigint(kind: Type, data: object) -> Value:
    if isinstance(data, str) and BIGINT.fullmatch(data):
        return int(data)
    if isinstance(data, bool) or not isinstance(data, int) or abs(data) >= 10**DIGITS:
        raise _wrong(kind, data)
    return data


def _bytes(kind: Type, data: object) -> Value:
    try:
        return bytes.fromhex(data) if isinstance(data, str) else _no_text(kind, data)
    except ValueError:
        raise BadValue(
            f"{short(data)} is no string of hexadecimal digits, two for each byte"
        ) from None


def _no_text(kind: Type, data: object) -> Value:
    raise _wrong(kind, data)


def _composed(kind: Type, data: object) -> Value:
    if kind.name == "optional":
        return None if data is None else from_json(kind.of[0], data)
    if kind.name == "map":
        return _map(kind, data)
    if kind.name == "void" and data is None:
        return None
    if kind.name == "record":
        return _record(kind, data)
    if kind.shape is not kind:
        data = [] if data is None and kind.name in NODES else data
        return checked(kind, from_json(kind.shape, data))
    if not isinstance(data, list):
        raise _wrong(kind, data)
    if kind.name == "tuple":
        if len(data) != len(kind.of):
            raise _wrong(kind, data)
        return [from_json(part, one) for part, one in zip(kind.of, data, strict=True)]
    items = [from_json(kind.of[0], one) for one in data]
    if kind.name == "set" and has_twice(items):
        raise BadValue(f"{short(data)} holds a value twice, which a set does not")
    return items


def _record(kind: Type, data: object) -> Value:
    if not isinstance(data, dict) or set(data) != set(kind.fields):
        raise BadValue(f"{short(data)} is no object with {', '.join(kind.fields)}")
    return [from_json(part, data[f]) for f, part in zip(kind.fields, kind.of, strict=True)]


def _map(kind: Type, data: object) -> Value:
    key, value = kind.of
    if isinstance(data, dict):
        pairs = [(_key(key, name), one) for name, one in data.items()]
    elif isinstance(data, list) and all(isinstance(p, list) and len(p) == 2 for p in data):
        pairs = [(p[0], p[1]) for p in data]
    else:
        raise _wrong(kind, data)
    made = {as_key(from_json(key, one)): from_json(value, other) for one, other in pairs}
    if len(made) != len(pairs):
        raise BadValue(f"{short(data)} holds a key twice")
    return made


def _key(kind: Type, name: str) -> object:
    """The key that a JSON object's name stands for."""
    if kind.name in ("string", "char"):
        return name
    if kind.name == "bool":
        return {"true": True, "false": False}.get(name, name)
    is_whole = len(name) <= 20 and name.removeprefix("-").isdecimal()
    return int(name) if is_whole else name


_READ: dict[str, Callable[[Type, object], Value]] = {
    "bool": _bool,
    "int": _whole,
    "long": _whole,
    "float": _float,
    "string": _string,
    "char": _char,
    "bigint": _bigint,
    "bytes": _bytes,
    "any": lambda kind, data: any_values.checked(data),
}


def to_json(kind: Type, value: Value) -> object:
    """The value as `json.dumps` takes it."""
    if value is None:
        return None
    if kind.name == "float":
        return _float_json(value)
    if kind.name == "bytes":
        return bytes(value).hex()
    if kind.name == "any":
        return any_values.to_json(value)
    if not kind.of:
        return value
    if kind.name == "record":
        parts = zip(kind.fields, kind.of, value, strict=True)
        return {field: to_json(part, one) for field, part, one in parts}
    if kind.shape is not kind:
        return to_json(kind.shape, value)
    if kind.name == "optional":
        return to_json(kind.of[0], value)
    if kind.name == "tuple":
        return [to_json(part, one) for part, one in zip(kind.of, value, strict=True)]
    if kind.name == "map":
        pairs = [(to_json(kind.of[0], k), to_json(kind.of[1], v)) for k, v in value.items()]
        return dict(pairs) if kind.of[0].name in ("string", "char") else [list(p) for p in pairs]
    return [to_json(kind.of[0], one) for one in value]


def _float_json(value: float) -> object:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return "-0" if value == 0 and math.copysign(1, value) < 0 else value

"""Values of the type `any`: what JSON can say, where a program decides what it is.

A value is None, a bool, an int of 64 bits, a float, a str, a list of such values, or a dict of them
by str. Its bytes begin with one for what it is: 0 null, `b` a bool, `l` a long, `f` a float, `s` a
string, `L` a list, `M` a map; then come those of a value of that type, where each item of a list
and each value of a map is `any` again, and keys are strings.

Numbers are equal whether they are written with a point or not, since some languages do not know
one from the other. A bool is no number.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any, Protocol

from judgecore.functions.shapes import BadValue, short

Value = Any
MAX_DEPTH = 64
_U32, _LONG, _FLOAT = struct.Struct("<I"), struct.Struct("<q"), struct.Struct("<d")


class Bytes(Protocol):
    """Where values are taken from."""

    def take(self, size: int) -> bytes: ...
    def count(self) -> int: ...
    def text(self) -> str: ...


def checked(data: object, depth: int = 0) -> Value:
    """The value that decoded JSON is; raises `BadValue`."""
    if depth > MAX_DEPTH:
        raise BadValue(f"more than {MAX_DEPTH} values in each other")
    if isinstance(data, list):
        return [checked(one, depth + 1) for one in data]
    if isinstance(data, dict):
        return {_text(key): checked(one, depth + 1) for key, one in data.items()}
    if isinstance(data, str):
        return _text(data)
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        raise BadValue(f"{short(data)} is beyond what any holds")
    return data


def _text(data: str) -> str:
    try:
        data.encode()
    except UnicodeEncodeError:
        raise BadValue(f"{short(data)} holds half a character") from None
    return data


def to_json(value: Value) -> object:
    """The value as `json.dumps` takes it; NaN and infinities are strings."""
    if isinstance(value, list):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {key: to_json(one) for key, one in value.items()}
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def put(value: Value, to: list[bytes]) -> None:
    """Append the bytes of a value that has been checked."""
    if value is None:
        to.append(b"\0")
    elif isinstance(value, bool):
        to.append(b"b\1" if value else b"b\0")
    elif isinstance(value, int):
        to.append(b"l" + _LONG.pack(value))
    elif isinstance(value, float):
        to.append(b"f" + _FLOAT.pack(value))
    elif isinstance(value, str):
        to.append(b"s")
        _put_text(value, to)
    elif isinstance(value, list):
        to.append(b"L" + _U32.pack(len(value)))
        for one in value:
            put(one, to)
    else:
        to.append(b"M" + _U32.pack(len(value)))
        for key, one in value.items():
            _put_text(key, to)
            put(one, to)


def _put_text(text: str, to: list[bytes]) -> None:
    data = text.encode()
    to.append(_U32.pack(len(data)) + data)


def taken(given: Bytes, depth: int = 0) -> Value:
    """The value that a program wrote; raises `BadValue`."""
    if depth > MAX_DEPTH:
        raise BadValue(f"more than {MAX_DEPTH} values in each other")
    code = given.take(1)
    if code in _SIMPLE:
        return _SIMPLE[code](given)
    if code == b"L":
        return [taken(given, depth + 1) for _ in range(given.count())]
    if code == b"M":
        count = given.count()
        made = {given.text(): taken(given, depth + 1) for _ in range(count)}
        if len(made) != count:
            raise BadValue("a map that holds a key twice")
        return made
    raise BadValue(f"a value of any kind begins with one of 0blfsLM, not {code!r}")


def _bool(given: Bytes) -> bool:
    byte = given.take(1)[0]
    if byte > 1:
        raise BadValue(f"a bool is 0 or 1, not {byte}")
    return bool(byte)


_SIMPLE: dict[bytes, Callable[[Bytes], Value]] = {
    b"\0": lambda given: None,
    b"b": _bool,
    b"l": lambda given: _LONG.unpack(given.take(8))[0],
    b"f": lambda given: _FLOAT.unpack(given.take(8))[0],
    b"s": lambda given: given.text(),
}


def settled(value: Value) -> Value:
    """One form for all equal values: whole numbers are ints, keys are in order."""
    if isinstance(value, list):
        return [settled(one) for one in value]
    if isinstance(value, dict):
        return {key: settled(value[key]) for key in sorted(value)}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def same(expected: Value, got: Value, close: Callable[[float, float], bool]) -> bool:
    """Whether the values are equal; `close` decides about numbers of which one is a float."""
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(
            same(one, other, close) for one, other in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            same(one, got[key], close) for key, one in expected.items()
        )
    if _is_number(expected) and _is_number(got):
        floats = isinstance(expected, float) or isinstance(got, float)
        return expected == got or (floats and close(float(expected), float(got)))
    return type(expected) is type(got) and bool(expected == got)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""Values as bytes: what drivers read, and what they answer.

All little-endian: bool 1, int 4, long 8, float 8, char 4 (its code point); a string is its UTF-8
after a 32-bit length, bytes likewise, a bigint its decimal digits; list, set and map are their
items (of a map: key, value) after a 32-bit count; an optional is 0, or 1 and the value; a tuple is
its parts. `any_values.py` says what those of `any` are. Other types have the bytes of their shape.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from judgecore.functions import any_values
from judgecore.functions.shapes import BadValue, checked, short
from judgecore.functions.types import Type
from judgecore.functions.values import BIGINT, DIGITS, Value, as_key, has_twice

_U32 = struct.Struct("<I")
_PACKED = {"bool": "?", "int": "i", "long": "q", "float": "d"}
_LISTS = ("list", "set")
_MAX_ITEMS = 1 << 26


def encode(kind: Type, value: Value) -> bytes:
    """The bytes of a value that `from_json` has checked."""
    parts: list[bytes] = []
    _put(kind, value, parts)
    return b"".join(parts)


def _put(kind: Type, value: Value, to: list[bytes]) -> None:
    name = kind.name
    if (code := _PACKED.get(name)) is not None:
        to.append(struct.pack(f"<{code}", value))
    elif name == "char":
        to.append(_U32.pack(ord(value)))
    elif name in ("string", "bytes", "bigint"):
        data = value if name == "bytes" else str(value).encode()
        to.append(_U32.pack(len(data)) + data)
    elif name == "any":
        any_values.put(value, to)
    elif name in _LISTS:
        _put_items(kind.of[0], value, to)
    elif kind.shape is not kind:
        _put(kind.shape, value, to)
    elif name == "optional":
        to.append(b"\0" if value is None else b"\1")
        if value is not None:
            _put(kind.of[0], value, to)
    elif name == "tuple":
        for part, one in zip(kind.of, value, strict=True):
            _put(part, one, to)
    elif name == "map":
        to.append(_U32.pack(len(value)))
        for key, one in value.items():
            _put(kind.of[0], key, to)
            _put(kind.of[1], one, to)


def _put_items(kind: Type, value: list[Value], to: list[bytes]) -> None:
    to.append(_U32.pack(len(value)))
    if (code := _PACKED.get(kind.name)) is not None:
        to.append(struct.pack(f"<{len(value)}{code}", *value))
        return
    for one in value:
        _put(kind, one, to)


class Reader:
    """Takes values from bytes of a program; whatever is wrong with them is a `BadValue`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes have not been taken."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size > self.left:
            raise BadValue("fewer bytes than the declared type needs")
        self._at += size
        return self._data[self._at - size : self._at]

    def count(self) -> int:
        """A number of items, of which none has no bytes at all."""
        count = int(_U32.unpack(self.take(4))[0])
        if count > min(self.left, _MAX_ITEMS):
            raise BadValue("a length that is longer than the answer")
        return count

    def text(self) -> str:
        """A string."""
        try:
            return self.take(self.count()).decode()
        except UnicodeDecodeError as exc:
            raise BadValue(f"a string that is not UTF-8: {exc.reason}") from None

    def value(self, kind: Type) -> Value:
        """A value of the type."""
        default = _take_packed if kind.shape is kind else _take_shape
        return _TAKE.get(kind.name, default)(self, kind)


def decode(kind: Type, data: bytes) -> Value:
    """The value that a program answered, which is checked like any other."""
    reader = Reader(data)
    value = reader.value(kind)
    if reader.left:
        raise BadValue(f"{reader.left} bytes more than the declared type has")
    return value


def _take_packed(reader: Reader, kind: Type) -> Value:
    if kind.name == "bool":
        byte = reader.take(1)[0]
        if byte > 1:
            raise BadValue(f"a bool is 0 or 1, not {byte}")
        return bool(byte)
    code = struct.Struct(f"<{_PACKED[kind.name]}")
    return code.unpack(reader.take(code.size))[0]


def _take_char(reader: Reader, kind: Type) -> Value:
    point = int(_U32.unpack(reader.take(4))[0])
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        raise BadValue(f"{point:#x} is no character")
    return chr(point)


def _take_items(reader: Reader, kind: Type) -> Value:
    count, inner = reader.count(), kind.of[0]
    if inner.name in ("int", "long", "float"):
        code = struct.Struct(f"<{count}{_PACKED[inner.name]}")
        return list(code.unpack(reader.take(code.size)))
    return [reader.value(inner) for _ in range(count)]


def _take_set(reader: Reader, kind: Type) -> Value:
    items = _take_items(reader, kind)
    if has_twice(items):
        raise BadValue("a set that holds a value twice")
    return items


def _take_optional(reader: Reader, kind: Type) -> Value:
    present = reader.take(1)[0]
    if present > 1:
        raise BadValue(f"an optional begins with 0 or 1, not {present}")
    return reader.value(kind.of[0]) if present else None


def _take_bigint(reader: Reader, kind: Type) -> Value:
    text = reader.text()
    if not BIGINT.fullmatch(text):
        raise BadValue(f"{short(text)} is no whole number of at most {DIGITS} digits")
    return int(text)


def _take_bytes(reader: Reader, kind: Type) -> Value:
    return reader.take(reader.count())


def _take_shape(reader: Reader, kind: Type) -> Value:
    return checked(kind, reader.value(kind.shape))


def _take_tuple(reader: Reader, kind: Type) -> Value:
    return [reader.value(part) for part in kind.of]


def _take_map(reader: Reader, kind: Type) -> Value:
    count = reader.count()
    key, value = kind.of
    made = {as_key(reader.value(key)): reader.value(value) for _ in range(count)}
    if len(made) != count:
        raise BadValue("a map that holds a key twice")
    return made


_TAKE: dict[str, Callable[[Reader, Type], Value]] = {
    "char": _take_char,
    "string": lambda reader, kind: reader.text(),
    "list": _take_items,
    "set": _take_set,
    "optional": _take_optional,
    "tuple": _take_tuple,
    "map": _take_map,
    "bigint": _take_bigint,
    "bytes": _take_bytes,
    "any": lambda reader, kind: any_values.taken(reader),
    "void": lambda reader, kind: None,
}

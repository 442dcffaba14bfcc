"""Calls: the bytes of a test that a driver gets, and of its answer.

A call is a list of operations. Each is a byte, the number of a method (0: the constructor; methods
from 1), and the arguments. A test of a function is one operation. An answer begins with a byte.
0: the results of all operations follow. 1: the number of the operation, from 0, in 32 bits, and the
text of an exception. 2: the number, and why a result is not of its type.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from judgecore.functions import comparing
from judgecore.functions.encoding import Reader, encode
from judgecore.functions.model import Function, Mode
from judgecore.functions.queries import check_secret
from judgecore.functions.shapes import BadValue
from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID, Type
from judgecore.functions.values import Value, from_json, to_json

MAX_OPERATIONS = 100_000
_SHOWN = 200
_DONE, _RAISED, _WRONG_TYPE = range(3)


class BadTest(ValueError):
    """A test that does not fit the signature; the message says why."""


class Failed(Exception):
    """The driver reports that a call gave no result. `raised`: the program threw an exception."""

    def __init__(self, said: str, operation: int, *, raised: bool) -> None:
        super().__init__(said)
        self.operation = operation
        self.raised = raised


@dataclass(frozen=True, slots=True)
class Operation:
    """One method with its arguments. `number`: 0 for the constructor, from 1 for methods."""

    number: int
    method: Method
    arguments: tuple[Value, ...]

    @property
    def payload(self) -> bytes:
        """The bytes of the operation."""
        pairs = zip(self.method.parameters, self.arguments, strict=True)
        parts = (encode(parameter.type, value) for parameter, value in pairs)
        return bytes((self.number,)) + b"".join(parts)

    def __str__(self) -> str:
        pairs = zip(self.method.parameters, self.arguments, strict=True)
        inner = ", ".join(shown(parameter.type, value) for parameter, value in pairs)
        return f"{self.method.name}({cut(inner)})"


def cut(text: str, most: int = _SHOWN) -> str:
    """The text, not longer than a report can hold."""
    return text if len(text) <= most else f"{text[:most]}…"


def shown(kind: Type, value: Value) -> str:
    """A value as reports show it."""
    return cut(json.dumps(to_json(kind, value), ensure_ascii=False))


def _parsed(text: str, what: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadTest(f"{what} is not JSON: {exc}") from None


def read(signature: Signature, data: object) -> tuple[Operation, ...]:
    """The operations of a test's arguments; raises `BadTest`."""
    if not signature.is_class:
        return (_operation(1, signature.methods[0], data),)
    if not isinstance(data, list) or not 0 < len(data) <= MAX_OPERATIONS:
        raise BadTest(f"input is no list of 1 to {MAX_OPERATIONS} operations")
    numbers = {method.name: number for number, method in enumerate(signature.every)}
    found = []
    for at, one in enumerate(data):
        if not isinstance(one, list) or len(one) != 2 or one[0] not in numbers:
            raise BadTest(f"operation {at + 1} is none of {', '.join(numbers)} with its arguments")
        number = numbers[one[0]]
        if (number == 0) != (at == 0):
            raise BadTest(f"operation {at + 1}: the constructor comes first, and once")
        found.append(_operation(number, signature.every[number], one[1]))
    return tuple(found)


def _operation(number: int, method: Method, data: object) -> Operation:
    if not isinstance(data, list) or len(data) != len(method.parameters):
        count = len(method.parameters)
        raise BadTest(f"{method.name} takes a list of {count} argument{'s' * (count != 1)}")
    arguments = []
    for parameter, one in zip(method.parameters, data, strict=True):
        try:
            arguments.append(from_json(parameter.type, one))
        except BadValue as exc:
            raise BadTest(f"{method.name}: {parameter.name}: {exc}") from None
    return Operation(number, method, tuple(arguments))


def read_expected(function: Function, text: str, operations: Sequence[Operation]) -> list[Value]:
    """What each operation is expected to return; raises `BadTest`."""
    data = _parsed(text, "expected")
    if function.mode is Mode.CODEC:
        data = [None, data]
    elif not function.parsed.is_class:
        data = [data]
    if not isinstance(data, list) or len(data) != len(expecting(function, operations)):
        raise BadTest("expected is no list with a value for each operation")
    found = []
    for at, (kind, one) in enumerate(zip(expecting(function, operations), data, strict=True), 1):
        try:
            wanted = kind if kind == VOID else comparing.expected_type(function.compare, kind)
            found.append(from_json(wanted, one))
        except BadValue as exc:
            where = f"expected: operation {at}" if len(data) > 1 else "expected"
            raise BadTest(f"{where}: {exc}") from None
    return found


def expecting(function: Function, operations: Sequence[Operation]) -> list[Type]:
    """The types of what a test expects."""
    if function.mode is Mode.CODEC:
        return [VOID, function.parsed.methods[1].returns]
    return [operation.method.result for operation in operations]


def payload(operations: Sequence[Operation]) -> bytes:
    """The call as a driver gets it."""
    return b"".join(operation.payload for operation in operations)


def answer(operations: Sequence[Operation], data: bytes) -> list[Value]:
    """The results of a call's operations; raises `Failed`, or `BadValue` for wrong bytes."""
    reader = Reader(data)
    status = reader.take(1)[0]
    if status in (_RAISED, _WRONG_TYPE):
        at = int.from_bytes(reader.take(4), "little")
        said = reader.take(reader.left).decode("utf-8", "replace")
        raise Failed(said, at, raised=status == _RAISED)
    if status != _DONE:
        raise BadValue(f"an answer begins with 0, 1 or 2, not {status}")
    found = [reader.value(operation.method.result) for operation in operations]
    if reader.left:
        raise BadValue(f"{reader.left} bytes more than the declared types have")
    return found


def problem_of(function: Function, given: str, expected: str | None) -> None:
    """Raise `BadTest` unless a test's input and what it expects fit the signature."""
    operations = operations_of(function, given)
    if function.uses is not None:
        try:
            check_secret(function.uses, secret_of(function, given))
        except BadValue as exc:
            raise BadTest(f"secret: {exc}") from None
    if expected is not None:
        read_expected(function, expected, operations)


def _given(function: Function, text: str) -> tuple[object, object]:
    """Of a test's input: the arguments, or operations, and what is kept secret."""
    data = _parsed(text, "input")
    if function.uses is None:
        return data, None
    if not isinstance(data, dict) or set(data) != {"args", "secret"}:
        raise BadTest("input is no object with args and secret")
    return data["args"], data["secret"]


def secret_of(function: Function, given: str) -> object:
    """What a test keeps secret, for the functions that a submission may call."""
    return _given(function, given)[1]


def operations_of(function: Function, given: str) -> tuple[Operation, ...]:
    """The operations of a test. Of a codec the input is the list of the first one's argument."""
    signature = function.parsed
    data = _given(function, given)[0]
    if function.mode is not Mode.CODEC:
        return read(signature, data)
    assert signature.constructor is not None
    first = _operation(1, signature.methods[0], data)
    return (Operation(0, signature.constructor, ()), first)

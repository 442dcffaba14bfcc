"""ScaleBox's tests of the type `function_call`: values without types.

Our drivers need a signature: it is what fits all values of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consumers.gateway.exchange import read_json
from consumers.gateway.running import as_text
from consumers.messages import MAX_ITEMS, has_more_items
from judgecore.functions import Comparison, Function
from judgecore.problem import TestCase

_INT_BITS, _LONG_BITS = 31, 63
_MOST_DEPTH = 6


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function problem; `shown`: its tests as clients see them."""

    function: Function
    tests: tuple[TestCase, ...]
    shown: tuple[dict[str, Any], ...]


def function_of(cases: Mapping[str, Any], inputs: list[Any], outputs: list[Any]) -> FunctionCall:
    """The function problem of these tests; raises `ValueError` where no signature fits them."""
    name = as_text(cases.get("fn_name"), "fn_name")
    if not name:
        raise ValueError("test_cases.fn_name is needed for function_call")
    in_json = cases.get("json_input") is True
    if in_json:
        _require_few((*inputs, *outputs))
    calls = [_arguments(one, in_json) for one in inputs]
    results = [_result(one, in_json) for one in outputs]
    if len({len(call) for call in calls}) > 1:
        raise ValueError("test_cases.input: the calls differ in their number of arguments")
    types = [type_of(values, "input") for values in zip(*calls, strict=True)]
    parameters = ", ".join(f"p{number}: {kind}" for number, kind in enumerate(types, 1))
    signature = f"{name}({parameters}) -> {type_of(results, 'output')}"
    tests = tuple(
        TestCase(name=str(number), input=json.dumps(call), expected=json.dumps(result))
        for number, (call, result) in enumerate(zip(calls, results, strict=True), 1)
    )
    shown = tuple(
        {"type": "function_call", "fn_name": name, "input": given, "output": wanted}
        for given, wanted in zip(inputs, outputs, strict=True)
    )
    function = Function(signature=signature, compare=Comparison(), order="given")
    return FunctionCall(function, tests, shown)


def _require_few(texts: Iterable[Any]) -> None:
    """To the reader of the body each of these was one value."""
    body = "\n".join(one for one in texts if isinstance(one, str)).encode()
    if has_more_items(body, MAX_ITEMS):
        raise ValueError(f"test_cases: more than {MAX_ITEMS} values and names, which are not read")


def _arguments(value: Any, in_json: bool) -> list[Any]:
    if isinstance(value, str) and in_json:
        try:
            return [read_json(line.encode()) for line in value.split("\n")]
        except ValueError:
            raise ValueError("test_cases.input: each line must be JSON") from None
    if not isinstance(value, list):
        raise ValueError("test_cases.input: each must be the list of arguments")
    return value


def _result(value: Any, in_json: bool) -> Any:
    """The expected result; most tests have it in a list of one item."""
    if isinstance(value, str) and in_json:
        try:
            return read_json(value.encode())
        except ValueError:
            raise ValueError("test_cases.output: each must be JSON") from None
    return value[0] if isinstance(value, list) and value else value


def type_of(values: Any, where: str, depth: int = 0) -> str:
    """The type of a signature that all these values have; raises `ValueError`."""
    known = [value for value in values if value is not None]
    if depth > _MOST_DEPTH:
        raise ValueError(f"test_cases.{where}: values are nested too deeply")
    made = _type_of_known(known, where, depth)
    return made if len(known) == len(values) else f"optional[{made}]"


def _type_of_known(values: list[Any], where: str, depth: int) -> str:
    kinds = {type(value) for value in values}
    if kinds <= {int}:
        return _whole(values, where)
    if kinds <= {int, float}:
        return "float"
    if kinds == {bool}:
        return "bool"
    if kinds == {str}:
        return "string"
    if kinds == {list}:
        items = [item for value in values for item in value]
        return f"list[{type_of(items, where, depth + 1)}]"
    if kinds == {dict}:
        items = [item for value in values for item in value.values()]
        return f"map[string, {type_of(items, where, depth + 1)}]"
    raise ValueError(f"test_cases.{where}: no signature fits values of different types")


def _whole(values: list[int], where: str) -> str:
    bits = max((value if value >= 0 else ~value).bit_length() for value in [*values, 0])
    if bits > _LONG_BITS:
        raise ValueError(f"test_cases.{where}: a whole number has more than 64 bits")
    return "int" if bits <= _INT_BITS else "long"

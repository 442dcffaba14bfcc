"""Types of a signature from values of Python, where nobody wrote them down."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

_MOST_DEPTH = 6
_BASES = {bool: "bool", int: "int", str: "string", bytes: "bytes"}


_HOLDERS = {list, tuple, set, dict}


def type_of_values(values: Iterable[Any], *, whole: bool = False) -> str:
    """The type that all these values have; of no value at all it is int, of several kinds `any`.

    `whole`: an int beside a float is to stay an int, so that they are of several kinds. Raises
    `ValueError` where not even `any` holds the values.
    """
    return _Types(whole).of(list(values))


class _Types:
    def __init__(self, whole: bool) -> None:
        self._whole = whole

    def of(self, values: list[Any], depth: int = 0) -> str:
        known = [value for value in values if value is not None]
        if depth > _MOST_DEPTH:
            raise ValueError("values are nested too deeply")
        made = self._of_known(known, depth)
        return made if len(known) == len(values) or made == "any" else f"optional[{made}]"

    def _of_known(self, values: list[Any], depth: int) -> str:
        kinds = {type(value) for value in values}
        if not kinds:
            return "int"
        if len(kinds) == 1 and (base := _BASES.get(next(iter(kinds)))):
            return base
        if kinds == {float} or (kinds == {int, float} and not self._whole):
            return "float"
        if kinds == {tuple} and len({len(value) for value in values}) == 1 and values[0]:
            parts = (self.of(list(part), depth + 1) for part in zip(*values, strict=True))
            return f"tuple[{', '.join(parts)}]"
        items = [item for value in values for item in value] if kinds <= _HOLDERS else []
        if kinds <= {list, tuple}:
            return f"list[{self.of(items, depth + 1)}]"
        if kinds == {set}:
            return f"set[{self.of(items, depth + 1) if items else 'int'}]"
        if kinds == {dict}:
            inner = [item for value in values for item in value.values()]
            key = self.of(items, depth + 1) if items else "string"
            return f"map[{key}, {self.of(inner, depth + 1)}]"
        if not all(map(_is_json, values)):
            names = ", ".join(sorted(one.__name__ for one in kinds))
            raise ValueError(f"no type fits values of {names}")
        return "any"


def _is_json(value: Any) -> bool:
    """Whether JSON can say what it is."""
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(one) for key, one in value.items())
    return value is None or isinstance(value, bool | int | float | str)


def is_finite(value: Any) -> bool:
    """Whether no NaN and no infinity is in it, which JSON has only where a float is declared."""
    if isinstance(value, dict):
        return all(map(is_finite, value)) and all(map(is_finite, value.values()))
    if isinstance(value, list | tuple | set):
        return all(map(is_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def json_of_value(value: Any) -> Any:
    """The value as files of tests have it."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | set):
        return [json_of_value(one) for one in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: json_of_value(one) for key, one in value.items()}
        return [[json_of_value(key), json_of_value(one)] for key, one in value.items()]
    return value

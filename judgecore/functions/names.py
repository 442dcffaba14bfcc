"""Names as a language spells them, made from those of a signature."""

from __future__ import annotations

import re
from enum import StrEnum

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+")


class Style(StrEnum):
    """How the words of a name are put together."""

    SNAKE = "snake"
    CAMEL = "camel"
    PASCAL = "pascal"
    KEBAB = "kebab"


def words(name: str) -> list[str]:
    """The words of a name, whatever style it has: `two_sum` and `twoSum` have the same."""
    return [found.lower() for found in _WORD.findall(name)] or [name]


def spelled(name: str, style: Style) -> str:
    """The name in a style; a name of one word stays as it is in `snake` and `camel`."""
    parts = words(name)
    if style in (Style.SNAKE, Style.KEBAB):
        glue = "_" if style is Style.SNAKE else "-"
        joined = glue.join(parts)
        return _with_digits(name, joined, glue)
    joined = "".join(part.capitalize() for part in parts)
    if style is Style.CAMEL:
        joined = joined[:1].lower() + joined[1:]
    return joined


def _with_digits(name: str, joined: str, glue: str) -> str:
    """`dist2` stays one word, as it was written."""
    if name.replace("_", glue) == joined or not any(c.isdigit() for c in name):
        return joined
    return re.sub(rf"(?<=[a-z]){glue}(?=\d)", "", joined) if "_" not in name else name


def spellings(name: str) -> list[str]:
    """Every way in which a submission may spell the name, as it is written first."""
    return list(dict.fromkeys((name, *(spelled(name, style) for style in Style))))

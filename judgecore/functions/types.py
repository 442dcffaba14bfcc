"""The types of a signature, and how they are written.

    base       bool  int (int32)  long (int64)  float (binary64)  char (a code point)  string
    composed   list[T]  optional[T]  map[K, V]  set[K]  tuple[T, …]  linked_list[T]  tree[T]
    result     void

K is one of bool, int, long, char and string.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from judgecore.errors import UsageError

BASES: Final = ("bool", "int", "long", "float", "char", "string")
KEYS: Final = ("bool", "int", "long", "char", "string")
ALIASES: Final = {"int32": "int", "int64": "long", "double": "float", "str": "string"}
# How many types stand in the brackets; None: one or more.
COMPOSED: Final = {
    "list": 1,
    "optional": 1,
    "map": 2,
    "set": 1,
    "tuple": None,
    "linked_list": 1,
    "tree": 1,
}
PLANNED: Final = (
    "array",
    "any_of",
    "bigint",
    "bytes",
    "graph",
    "linked_cycle",
    "nary",
    "record",
)
# A letter for each, as drivers read types: "Li" is list[int], "Msi" map[string, int], "T2ib"
# tuple[int, bool].
CODES: Final = {
    "bool": "b",
    "int": "i",
    "long": "l",
    "float": "f",
    "char": "c",
    "string": "s",
    "void": "v",
    "list": "L",
    "optional": "O",
    "map": "M",
    "set": "S",
    "tuple": "T",
    "linked_list": "K",
    "tree": "R",
}
MAX_DEPTH = 8
MAX_TUPLE = 9


class InvalidSignature(UsageError):
    """The text is no signature. `column`: where, from 1."""

    def __init__(self, text: str, at: int, said: str) -> None:
        self.column = at + 1
        shown = text if len(text) <= 200 else f"{text[:200]}…"
        super().__init__(f"signature: column {self.column}: {said} in {shown!r}")


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `of`: those in its brackets."""

    name: str
    of: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.of))}]" if self.of else self.name

    @property
    def code(self) -> str:
        """The type in letters, as drivers read it."""
        count = str(len(self.of)) if self.name == "tuple" else ""
        return CODES[self.name] + count + "".join(part.code for part in self.of)

    @property
    def names(self) -> frozenset[str]:
        """The names of all types in it."""
        return frozenset((self.name,)).union(*(part.names for part in self.of))


VOID: Final = Type("void")

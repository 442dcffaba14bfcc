"""The types of a signature, and how they are written.

    base       bool  int (int32)  long (int64)  bigint  float (binary64)  char (a code point)
               string  bytes  graph  any (what JSON can say)
    composed   list[T]  array[T, dimensions]  optional[T]  map[K, V]  set[K]  tuple[T, …]
               linked_list[T]  linked_cycle[T]  linked_random[T]  tree[T]  nary[T]
               record NAME {field: T, …}; further on in the signature `record NAME` is enough
    result     void  any_of[T]

K is one of bool, int, long, char and string. Most types are made of simpler ones, their shape: that
of `linked_cycle[int]` is `tuple[list[int], int]`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from judgecore.errors import UsageError

BASES: Final = (
    "bool",
    "int",
    "long",
    "bigint",
    "float",
    "char",
    "string",
    "bytes",
    "graph",
    "any",
)
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
    "linked_cycle": 1,
    "linked_random": 1,
    "tree": 1,
    "nary": 1,
    "any_of": 1,
}
# What holds nodes: null is the empty one.
NODES: Final = ("tree", "nary", "graph", "linked_list", "linked_cycle", "linked_random")
# Each of these needs a class Node of its own.
OF_NODE: Final = ("nary", "graph", "linked_random")
NUMBERS: Final = ("bool", "int", "long", "float")
# A letter for each, as drivers read types: "Li" is list[int], "Msi" map[string, int], "T2ib"
# tuple[int, bool], "PPoint(x:iy:i)" record Point {x: int, y: int}.
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
    "bigint": "B",
    "bytes": "y",
    "graph": "G",
    "any": "A",
    "linked_cycle": "C",
    "linked_random": "D",
    "nary": "N",
    "record": "P",
}
MAX_DIMENSIONS = 4
MAX_FIELDS = 20
MAX_DEPTH = 8
MAX_TUPLE = 9
MAX_TYPES = 2_000  # in a signature, with those of records wherever they stand


class InvalidSignature(UsageError):
    """The text is no signature. `column`: where, from 1."""

    def __init__(self, text: str, at: int, said: str) -> None:
        self.column = at + 1
        shown = text if len(text) <= 200 else f"{text[:200]}…"
        super().__init__(f"signature: column {self.column}: {said} in {shown!r}")


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `of`: those in its brackets, or of its fields.

    `label`: a record's name, or the dimensions of an array, whose `of` is the list that it is.
    `fields`: the names of a record's.
    """

    name: str
    of: tuple[Type, ...] = ()
    label: str = ""
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name == "record":
            parts = zip(self.fields, self.of, strict=True)
            inner = ", ".join(f"{field}: {part}" for field, part in parts)
            return f"record {self.label} {{{inner}}}"
        if self.name == "array":
            innermost = self
            for _ in range(int(self.label) + 1):
                innermost = innermost.of[0]
            return f"array[{innermost}, {self.label}]"
        return f"{self.name}[{', '.join(map(str, self.of))}]" if self.of else self.name

    @property
    def code(self) -> str:
        """The type in letters, as drivers read it."""
        return self.code_as(str)

    def code_as(self, field: Callable[[str], str]) -> str:
        """The type in letters, with the fields of records as `field` spells them."""
        parts = [part.code_as(field) for part in self.of]
        if self.name == "record":
            named = zip(map(field, self.fields), parts, strict=True)
            return f"P{self.label}({''.join(f'{name}:{part}' for name, part in named)})"
        count = str(len(self.of)) if self.name == "tuple" else ""
        return CODES[self.name] + count + "".join(parts)

    @property
    def names(self) -> frozenset[str]:
        """The names of all types in it."""
        return frozenset((self.name,)).union(*(part.names for part in self.of))

    @property
    def count(self) -> int:
        """How many types it is made of, itself among them."""
        return 1 + sum(part.count for part in self.of)

    @property
    def depth(self) -> int:
        """How many types are in each other as they are written, itself among them."""
        if self.name == "array":
            return 2
        return 1 + max((part.depth for part in self.of), default=0)

    @property
    def records(self) -> tuple[Type, ...]:
        """The records in it, each after those that it holds."""
        found = [one for part in self.of for one in part.records]
        return tuple(dict.fromkeys((*found, self) if self.name == "record" else found))

    @property
    def plain(self) -> Type:
        """As programs have it: an array is lists, and of `any_of` the type in it is there."""
        if self.name in ("array", "any_of"):
            return self.of[0].plain
        return Type(self.name, tuple(part.plain for part in self.of), self.label, self.fields)

    @property
    def shape(self) -> Type:
        """The simpler type that values and their bytes are of, one step; itself for most."""
        make = _SHAPES.get(self.name)
        return self if make is None else make(self)


VOID: Final = Type("void")
_INT: Final = Type("int")


def _list(of: Type) -> Type:
    return Type("list", (of,))


def _optional(of: Type) -> Type:
    return Type("optional", (of,))


_SHAPES: Final[dict[str, Callable[[Type], Type]]] = {
    "any_of": lambda kind: kind.of[0],
    "array": lambda kind: kind.of[0],
    "graph": lambda kind: _list(_list(_INT)),
    "linked_cycle": lambda kind: Type("tuple", (_list(kind.of[0]), _INT)),
    "linked_list": lambda kind: _list(kind.of[0]),
    "linked_random": lambda kind: _list(Type("tuple", (kind.of[0], _optional(_INT)))),
    "nary": lambda kind: _list(_optional(kind.of[0])),
    "record": lambda kind: Type("tuple", kind.of),
    "tree": lambda kind: _list(_optional(kind.of[0])),
}

"""Signatures: how they are read, and what they hold.

    two_sum(nums: list[int], target: int) -> list[int]
    rotate(matrix: list[list[int]]) -> void mutates 0
    nearest(to: record Point {x: float, y: float}, of: list[record Point]) -> optional[record Point]
    LRUCache(capacity: int) { get(key: int) -> int; put(key: int, value: int) -> void }

Numbers after `mutates` are those of parameters, from 0, whose values after the call belong to the
result: where several values do, the result is a tuple of them, the returned one first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from judgecore.functions.types import (
    ALIASES,
    BASES,
    COMPOSED,
    KEYS,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_FIELDS,
    MAX_TUPLE,
    MAX_TYPES,
    NODES,
    NUMBERS,
    OF_NODE,
    VOID,
    InvalidSignature,
    Type,
)

_TOKEN = re.compile(r"\s*(->|[A-Za-z_][A-Za-z0-9_]*|\d+|[][(){},:;]|$|.)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
MAX_PARAMETERS = 20
MAX_METHODS = 50


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's name and type."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Method:
    """A function, or an operation of a class. `mutates`: numbers of parameters, from 0."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type = VOID
    mutates: tuple[int, ...] = ()

    @property
    def types(self) -> tuple[Type, ...]:
        """The types of the parameters."""
        return tuple(parameter.type for parameter in self.parameters)

    @property
    def results(self) -> tuple[Type, ...]:
        """The types of what comes back: the value returned, then parameters after the call."""
        returned = () if self.returns == VOID else (self.returns,)
        return returned + tuple(self.parameters[number].type for number in self.mutates)

    @property
    def result(self) -> Type:
        """The type of the result as tests have it: one value, or a tuple."""
        results = self.results
        return results[0] if len(results) == 1 else Type("tuple", results) if results else VOID


@dataclass(frozen=True, slots=True)
class Signature:
    """A function, or a class: then `constructor` holds its name and parameters.

    `offered`: functions that a submission may call; `api`: the class that holds them, in languages
    without functions.
    """

    methods: tuple[Method, ...]
    constructor: Method | None = None
    offered: tuple[Method, ...] = ()
    api: str = ""

    @property
    def is_class(self) -> bool:
        """Whether tests are lists of operations."""
        return self.constructor is not None

    @property
    def name(self) -> str:
        """The function's, or the class's."""
        return (self.constructor or self.methods[0]).name

    @property
    def every(self) -> tuple[Method, ...]:
        """The constructor, if there is one, and the methods."""
        return self.methods if self.constructor is None else (self.constructor, *self.methods)

    @property
    def types(self) -> frozenset[str]:
        """The names of all types that a program needs."""
        return frozenset().union(*(kind.names for kind in self.kinds))

    @property
    def kinds(self) -> tuple[Type, ...]:
        """The types of all parameters and results as programs have them."""
        every = (*self.every, *self.offered)
        found = [p.type.plain for method in every for p in method.parameters]
        return (*found, *(method.returns.plain for method in every))

    @property
    def records(self) -> tuple[Type, ...]:
        """The records of all types, each after those that it holds."""
        return tuple(dict.fromkeys(one for kind in self.kinds for one in kind.records))


@lru_cache(maxsize=256)
def parse(text: str) -> Signature:
    """Read a signature; raises `InvalidSignature`, which names the column."""
    return _Parser(text).signature()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._start = 0
        self._token = ""
        self._records: dict[str, Type] = {}
        self._node: str | None = None
        self._count = 0
        self._returning = False  # whether what comes next is the type of a result
        self._next()

    def signature(self) -> Signature:
        name, parameters = self._head()
        if self._token == "{":
            made = Signature(self._body(), Method(name, parameters))
        else:
            made = Signature((self._tail(name, parameters),))
        if self._token:
            raise self._wrong("expected the end")
        return made

    def _next(self) -> str:
        before, found = self._token, _TOKEN.match(self._text, self._at)
        assert found is not None
        self._token, self._start, self._at = found[1], found.start(1), found.end()
        return before

    def _wrong(self, said: str) -> InvalidSignature:
        got = f", got {self._token!r}" if self._token else ", got the end"
        return InvalidSignature(self._text, self._start, said + got)

    def _take(self, token: str) -> None:
        if self._token != token:
            raise self._wrong(f"expected {token!r}")
        self._next()

    def _name(self, what: str) -> str:
        if not _NAME.fullmatch(self._token):
            raise self._wrong(f"expected {what}")
        return self._next()

    def _head(self) -> tuple[str, tuple[Parameter, ...]]:
        name = self._name("a name")
        self._take("(")
        found: list[Parameter] = []
        while self._token != ")":
            if found:
                self._take(",")
            start, parameter = self._start, self._name("a parameter's name")
            self._take(":")
            if parameter in (one.name for one in found):
                raise InvalidSignature(self._text, start, f"{parameter!r} is there twice")
            found.append(Parameter(parameter, self._type()))
            if len(found) > MAX_PARAMETERS:
                raise self._wrong(f"at most {MAX_PARAMETERS} parameters are accepted")
        self._next()
        return name, tuple(found)

    def _tail(self, name: str, parameters: tuple[Parameter, ...]) -> Method:
        self._take("->")
        self._returning = True
        returns = VOID if self._token == "void" else self._type()
        if returns is VOID:
            self._next()
        mutated: list[int] = []
        while self._token == ("," if mutated else "mutates"):
            self._next()
            if not self._token.isdigit() or not int(self._token) < len(parameters):
                raise self._wrong("expected the number of a parameter, from 0")
            mutated.append(int(self._next()))
        return Method(name, parameters, returns, tuple(dict.fromkeys(mutated)))

    def _body(self) -> tuple[Method, ...]:
        self._take("{")
        found: list[Method] = []
        while self._token != "}":
            start, method = self._start, self._tail(*self._head())
            if method.name in (one.name for one in found):
                raise InvalidSignature(self._text, start, f"{method.name!r} is there twice")
            found.append(method)
            while self._token in (";", ","):
                self._next()
        if not 0 < len(found) <= MAX_METHODS:
            raise self._wrong(f"expected 1 to {MAX_METHODS} methods")
        self._next()
        return tuple(found)

    def _type(self, depth: int = 1) -> Type:
        start, name = self._start, self._name("a type")
        name = ALIASES.get(name, name)
        returning, self._returning = self._returning, False
        self._take_room(start, depth, 1)
        if name in OF_NODE:
            self._only_node(name, start)
        if name in BASES:
            return Type(name)
        if name == "record":
            return self._record(depth)
        if name == "array":
            return self._array(depth)
        if name not in COMPOSED or (name == "any_of" and not returning):
            said = "stands for a result alone" if name in COMPOSED else "is no type"
            raise InvalidSignature(self._text, start, f"{name!r} {said}")
        return Type(name, self._brackets(name, start, depth))

    def _take_room(self, start: int, deepest: int, count: int) -> None:
        """Raise where there are too many types; each record may multiply those of another."""
        self._count += count
        if deepest > MAX_DEPTH:
            raise InvalidSignature(self._text, start, f"more than {MAX_DEPTH} types in each other")
        if self._count > MAX_TYPES:
            raise InvalidSignature(self._text, start, f"more than {MAX_TYPES} types")

    def _only_node(self, name: str, start: int) -> None:
        if self._node not in (None, name):
            said = f"{name!r} beside {self._node!r}: each needs a class Node of its own"
            raise InvalidSignature(self._text, start, said)
        self._node = name

    def _array(self, depth: int) -> Type:
        self._take("[")
        start, made = self._start, self._type(depth)
        if made.name not in NUMBERS:
            raise InvalidSignature(self._text, start, f"{made} cannot stand in 'array'")
        self._take(",")
        dimensions = self._token
        if not dimensions.isdigit() or not 0 < int(dimensions) <= MAX_DIMENSIONS:
            raise self._wrong(f"expected the number of dimensions, 1 to {MAX_DIMENSIONS}")
        self._next()
        self._take("]")
        for _ in range(int(dimensions)):
            made = Type("list", (made,))
        return Type("array", (made,), dimensions)

    def _record(self, depth: int) -> Type:
        start, name = self._start, self._name("a record's name")
        known = self._records.get(name)
        if self._token != "{" and known is not None:
            self._take_room(start, depth + known.depth - 1, known.count - 1)
            return known
        if known is not None:
            raise InvalidSignature(self._text, start, f"the record {name!r} is there twice")
        self._take("{")
        found: dict[str, Type] = {}
        while self._token != "}":
            if found:
                self._take(",")
            start, field = self._start, self._name("a field's name")
            self._take(":")
            if field in found:
                raise InvalidSignature(self._text, start, f"{field!r} is there twice")
            found[field] = self._type(depth + 1)
        if not 0 < len(found) <= MAX_FIELDS:
            raise self._wrong(f"expected 1 to {MAX_FIELDS} fields")
        self._next()
        self._records[name] = Type("record", tuple(found.values()), name, tuple(found))
        return self._records[name]

    def _brackets(self, name: str, start: int, depth: int) -> tuple[Type, ...]:
        self._take("[")
        inner_start, found = self._start, [self._type(depth + 1)]
        while self._token == ",":
            self._next()
            found.append(self._type(depth + 1))
        self._take("]")
        wanted = COMPOSED[name]
        if wanted is not None and len(found) != wanted:
            raise InvalidSignature(self._text, start, f"{name!r} takes {wanted}, not {len(found)}")
        if len(found) > MAX_TUPLE:
            raise InvalidSignature(self._text, start, f"at most {MAX_TUPLE} types in a tuple")
        if name in ("map", "set") and found[0].name not in KEYS:
            raise InvalidSignature(self._text, inner_start, f"{found[0]} cannot be a key")
        of_values = name == "optional" or name in NODES
        if of_values and found[0].name in ("optional", *NODES):
            raise InvalidSignature(self._text, inner_start, f"{found[0]} cannot stand in {name}")
        return tuple(found)

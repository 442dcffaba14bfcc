"""Signatures: how they are read, and what they hold.

    two_sum(nums: list[int], target: int) -> list[int]
    rotate(matrix: list[list[int]]) -> void mutates 0
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
    MAX_TUPLE,
    PLANNED,
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
    """A function, or a class: then `constructor` holds its name and parameters."""

    methods: tuple[Method, ...]
    constructor: Method | None = None

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
        """The names of all types that it needs."""
        found = [p.type.names for method in self.every for p in method.parameters]
        return frozenset().union(*found, *(method.returns.names for method in self.every))


@lru_cache(maxsize=256)
def parse(text: str) -> Signature:
    """Read a signature; raises `InvalidSignature`, which names the column."""
    return _Parser(text).signature()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._start = 0
        self._token = ""
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
        if name in BASES:
            return Type(name)
        if name in PLANNED:
            raise InvalidSignature(self._text, start, f"{name!r} is not supported yet")
        if name not in COMPOSED:
            raise InvalidSignature(self._text, start, f"{name!r} is no type")
        if depth > MAX_DEPTH:
            raise InvalidSignature(self._text, start, f"more than {MAX_DEPTH} types in each other")
        return Type(name, self._brackets(name, start, depth))

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
        if name in ("optional", "tree") and found[0].name in ("optional", "tree", "linked_list"):
            raise InvalidSignature(self._text, inner_start, f"{found[0]} cannot stand in {name}")
        return tuple(found)

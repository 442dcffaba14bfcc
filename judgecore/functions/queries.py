"""Functions that a submission may call: what they are asked, and what is answered from a secret.

A query is a byte, the number of the function from 0, and its arguments; the answer is the result.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from judgecore.functions.encoding import Reader, encode
from judgecore.functions.offered import Answer, Offered, Uses
from judgecore.functions.shapes import BadValue, short
from judgecore.functions.signature import Method
from judgecore.functions.types import VOID, Type
from judgecore.functions.values import Value, from_json, to_json
from judgecore.runner.protocol import MAX_REPLY_BYTES

Secret = Any  # decoded JSON
_INDEXES = ("int", "long")
_MOST_QUERY = 64 << 10  # bytes
_AT_FAULT = "the program that answers queries failed"
_MISTYPED = "wrong argument type in a query"


@dataclass(frozen=True, slots=True)
class Query:
    """What a program asks. `number`: of the function among those offered."""

    number: int
    method: Method
    arguments: tuple[Value, ...]

    def __str__(self) -> str:
        pairs = zip(self.method.parameters, self.arguments, strict=True)
        inner = ", ".join(short(to_json(parameter.type, one)) for parameter, one in pairs)
        return f"{self.method.name}({inner})"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a query got no answer. `mistyped`: its bytes are no arguments of the declared types.

    `public`: the detail for a hidden test; nothing in it is chosen by the program that asked.
    `fault`: the program that answers is at fault, and not the one that asked.
    """

    said: str
    public: str
    mistyped: bool = False
    fault: bool = False


class NoAnswer(Exception):
    """A query to which there is no answer. `public`: as in `Refusal`."""

    def __init__(self, said: str, public: str) -> None:
        super().__init__(said)
        self.public = public


class AnsweringFailed(Exception):
    """The program that answers is at fault, and not the one that asked."""


Answering = Callable[[Query], Value]


class Packed(bytes):
    """An answer that is bytes already."""


class CallQueries:
    """Answers the queries of one call. `refusal`: why the last one got no answer.

    `answering` may raise `NoAnswer` and `AnsweringFailed`. `close` ends it.
    """

    def __init__(
        self, uses: Uses, answering: Answering, close: Callable[[], None] = lambda: None
    ) -> None:
        self.refusal: Refusal | None = None
        self.close = close
        self._uses = uses
        self._answering = answering
        self._asked = 0

    def reply(self, data: bytes) -> bytes | None:
        """The bytes of the answer to a query; None where there is none."""
        self._asked += 1
        try:
            if self._asked > self._uses.queries:
                said = f"asked {self._asked} times, {self._uses.queries} allowed"
                raise NoAnswer(said, said)
            query = decoded(self._uses.methods, data)
            answer = self._answering(query)
            return answer if isinstance(answer, Packed) else _packed(query.method.returns, answer)
        except NoAnswer as exc:
            self.refusal = Refusal(str(exc), exc.public)
        except AnsweringFailed as exc:
            said = f"{_AT_FAULT}: {exc}"
            self.refusal = Refusal(said, _AT_FAULT, fault=True)
        except BadValue as exc:
            self.refusal = Refusal(f"{_MISTYPED}: {exc}", _MISTYPED, mistyped=True)
        return None


def _packed(kind: Type, answer: Value) -> Packed:
    """The bytes of an answer; those of more than a reply has room for are the answerer's fault."""
    data = b"" if kind == VOID else encode(kind, answer)
    if len(data) >= MAX_REPLY_BYTES:
        said = f"an answer of {len(data)} bytes; a reply has less than {MAX_REPLY_BYTES}"
        raise AnsweringFailed(said)
    return Packed(data)


def decoded(methods: Sequence[Method], data: bytes) -> Query:
    """A query from its bytes, or `BadValue`."""
    if len(data) > _MOST_QUERY:
        raise BadValue(f"{len(data)} bytes; at most {_MOST_QUERY} are accepted")
    reader = Reader(data)
    number = reader.take(1)[0]
    if number >= len(methods):
        raise BadValue(f"there is no function {number}")
    arguments = tuple(reader.value(one.type) for one in methods[number].parameters)
    if reader.left:
        raise BadValue(f"{reader.left} bytes more than the declared types have")
    return Query(number, methods[number], arguments)


# ---------------------------------------------------------------- answers from a secret


def from_secret(uses: Uses, secret: Secret, seed: str) -> Answering:
    """Answers from what a test keeps secret. `seed`: of those that are random."""
    made = [
        _ANSWERS[one.answer](method, part, f"{seed}:{method.name}")
        for one, method, part in _parts(uses, secret)
    ]
    return lambda query: made[query.number](query)


def check_secret(uses: Uses, secret: Secret) -> None:
    """Raise `BadValue` unless each function finds in the secret what it answers from."""
    if uses.program is not None:
        return
    for one, method, part in _parts(uses, secret):
        try:
            _CHECKS[one.answer](method, part)
        except BadValue as exc:
            raise BadValue(f"{method.name}: {exc}") from None


def _parts(uses: Uses, secret: Secret) -> list[tuple[Offered, Method, Secret]]:
    """Each function with its part of the secret: an object with all their names holds the parts."""
    names = [method.name for method in uses.methods]
    several = isinstance(secret, dict) and set(secret) == set(names)
    parts = [secret[name] for name in names] if several else [secret] * len(names)
    return list(zip(uses.functions, uses.methods, parts, strict=True))


def _once(kind: Type) -> Callable[[Secret], Packed]:
    """Makes answers of parts of a secret. Of a list only once: a program may ask for it 100,000
    times, which would cost the judge minutes."""
    known: dict[int, Packed] = {}

    def made(part: Secret) -> Packed:
        if not isinstance(part, list):
            return _packed(kind, from_json(kind, part))
        if id(part) not in known:
            known[id(part)] = _packed(kind, from_json(kind, part))
        return known[id(part)]

    return made


def _table(method: Method, secret: Secret, _: str) -> Answering:
    made = _once(method.returns)

    def answer(query: Query) -> Value:
        found = secret
        for at in query.arguments:
            inside = at in found if isinstance(found, dict) else 0 <= at < len(found)
            if not inside:
                raise _without_answer(query)
            found = found[at]
        return made(found)

    return answer


def _without_answer(query: Query) -> NoAnswer:
    return NoAnswer(f"asked {query}, which has no answer", "asked what has no answer")


def _at_least(method: Method, secret: Secret, _: str) -> Answering:
    wanted = from_json(method.parameters[0].type, secret)
    return lambda query: query.arguments[0] >= wanted


def _compare(method: Method, secret: Secret, _: str) -> Answering:
    wanted = from_json(method.parameters[0].type, secret)

    def answer(query: Query) -> Value:
        (asked,) = query.arguments
        if asked != asked:  # nothing is less than NaN, equal to it or greater
            raise _without_answer(query)
        return (wanted > asked) - (wanted < asked)

    return answer


def _next(method: Method, secret: Secret, _: str) -> Answering:
    left = iter(secret)
    last, made = secret[-1], _once(method.returns)
    return lambda _: made(next(left, last))


def _random(_: Method, secret: Secret, seed: str) -> Answering:
    chance = random.Random(seed)
    return lambda _: chance.randint(*secret)


_ANSWERS = {
    Answer.TABLE: _table,
    Answer.LENGTH: lambda method, secret, seed: lambda query: len(secret),
    Answer.AT_LEAST: _at_least,
    Answer.COMPARE: _compare,
    Answer.NEXT: _next,
    Answer.RANDOM: _random,
}


# ---------------------------------------------------------------- what a secret must be


def _check_table(method: Method, secret: Secret) -> None:
    _check_row(method.returns, [one.type for one in method.parameters], secret)


def _check_value(returns: Type, part: Secret) -> None:
    try:
        _packed(returns, from_json(returns, part))
    except AnsweringFailed as exc:
        raise BadValue(str(exc)) from None


def _check_row(returns: Type, indexes: Sequence[Type], part: Secret) -> None:
    if not indexes:
        _check_value(returns, part)
        return
    wanted = list if indexes[0].name in _INDEXES else dict
    if not isinstance(part, wanted):
        raise BadValue(f"{short(part)} is no {'list' if wanted is list else 'object'} of answers")
    for one in part.values() if isinstance(part, dict) else part:
        _check_row(returns, indexes[1:], one)


def _check_length(_: Method, secret: Secret) -> None:
    if not isinstance(secret, list | str | dict):
        raise BadValue(f"{short(secret)} has no length")


def _check_compared(method: Method, secret: Secret) -> None:
    from_json(method.parameters[0].type, secret)


def _check_next(method: Method, secret: Secret) -> None:
    if not isinstance(secret, list) or not secret:
        raise BadValue(f"{short(secret)} is no list of answers")
    for one in secret:
        _check_value(method.returns, one)


def _check_random(method: Method, secret: Secret) -> None:
    if not isinstance(secret, list) or len(secret) != 2:
        raise BadValue(f"{short(secret)} is no list of the smallest and the largest answer")
    low, high = (from_json(method.returns, one) for one in secret)
    if low > high:
        raise BadValue(f"{low} is above {high}")


_CHECKS = {
    Answer.TABLE: _check_table,
    Answer.LENGTH: _check_length,
    Answer.AT_LEAST: _check_compared,
    Answer.COMPARE: _check_compared,
    Answer.NEXT: _check_next,
    Answer.RANDOM: _check_random,
}

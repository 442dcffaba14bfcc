"""Functions that a problem offers to submissions, and how their answers are made."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from judgecore.functions.names import words
from judgecore.functions.signature import Method, parse
from judgecore.functions.types import InvalidSignature
from judgecore.kinds import CheckerProgram
from judgecore.validation import StrictModel

MAX_QUERIES = 100_000
_BASES = ("bool", "int", "long", "float", "char", "string")
_NUMBERS = ("int", "long")


class Answer(StrEnum):
    """How an answer is made from what a test keeps secret.

    `table`: the value at the place that the arguments name, in lists (numbers) or objects
    (strings). `length`: how many items the secret has. `at_least`: whether the argument is at least
    the secret. `compare`: -1, 0 or 1 where the secret is less than the argument, equal, or greater.
    `next`: the items of a list, one after another, then the last one for ever. `random`: a whole
    number by chance, from the first of two to the second.
    """

    TABLE = "table"
    LENGTH = "length"
    AT_LEAST = "at_least"
    COMPARE = "compare"
    NEXT = "next"
    RANDOM = "random"


class Offered(StrictModel):
    """One function: its signature, of simple types and lists of them, and how it answers.

    `answer` counts where no program answers.
    """

    signature: Annotated[str, Field(max_length=1000)]
    answer: Answer = Answer.TABLE

    @property
    def method(self) -> Method:
        """The function."""
        return parse(self.signature).methods[0]

    @model_validator(mode="after")
    def _fits(self) -> Offered:
        try:
            found = parse(self.signature)
        except InvalidSignature as exc:
            raise ValueError(str(exc)) from None
        method = found.methods[0]
        if found.is_class or method.mutates:
            raise ValueError(
                f"{method.name}: a function that submissions call is no class, and"
                " changes no argument"
            )
        kinds = (method.returns, *(one.type for one in method.parameters))
        for kind in kinds:
            inner = kind.of[0] if kind.name == "list" else kind
            if inner.name not in (*_BASES, "void"):
                raise ValueError(f"{method.name}: {kind} is no simple type, and no list of one")
        return self


def _check_answer(method: Method, answer: Answer) -> None:
    kinds = [one.type.name for one in method.parameters]
    returns = method.returns.name
    fits = {
        Answer.TABLE: returns != "void" and not {"bool", "float", "list"} & set(kinds),
        Answer.LENGTH: not kinds and returns in _NUMBERS,
        Answer.AT_LEAST: len(kinds) == 1 and kinds[0] not in ("bool", "list") and returns == "bool",
        Answer.COMPARE: len(kinds) == 1
        and kinds[0] not in ("bool", "list")
        and returns in _NUMBERS,
        Answer.NEXT: returns != "void" and not kinds,
        Answer.RANDOM: returns in _NUMBERS and not kinds,
    }
    if not fits[answer]:
        raise ValueError(f"{method.name}: the answer {answer} does not fit its types")


class Uses(StrictModel):
    """What a problem offers. `queries`: how many a submission may ask in each call, of all
    functions together. `class_name`: of the class that holds them, in languages without functions.
    `program`: answers in place of each `answer`, in a sandbox of its own (docs/functions.md).
    """

    functions: Annotated[tuple[Offered, ...], Field(min_length=1, max_length=20)]
    queries: Annotated[int, Field(ge=1, le=MAX_QUERIES)]
    class_name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,59}$")] = "Api"
    program: CheckerProgram | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Uses:
        found = [tuple(words(method.name)) for method in self.methods]
        if len(set(found)) != len(found):
            raise ValueError("two functions that submissions call have the same name")
        for one in self.functions if self.program is None else ():
            _check_answer(one.method, one.answer)
        return self

    @property
    def methods(self) -> tuple[Method, ...]:
        """The functions."""
        return tuple(one.method for one in self.functions)

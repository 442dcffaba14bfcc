"""A function problem without its tests: a value that is the `harness` of a `Problem`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from judgecore.functions.names import words
from judgecore.functions.offered import Uses
from judgecore.functions.signature import Signature, parse
from judgecore.functions.types import InvalidSignature
from judgecore.kinds import Kind as AxisKind
from judgecore.limits import Milliseconds
from judgecore.validation import StrictModel

Tolerance = Annotated[float, Field(ge=0, allow_inf_nan=False)]
MAX_RESTARTS = 1_000


class Kind(StrEnum):
    """How a result is compared with the expected one."""

    EXACT = "exact"
    FLOAT = "float"
    UNORDERED = "unordered"
    UNORDERED_DEEP = "unordered_deep"
    SET_OF = "set_of"
    ANY_OF = "any_of"


class Mode(StrEnum):
    """How many processes the calls of a submission get."""

    BATCH = "batch"
    ISOLATED = "isolated"
    CODEC = "codec"


class Order(StrEnum):
    """In which order calls are made."""

    SHUFFLED = "shuffled"
    GIVEN = "given"


class Comparison(StrictModel):
    """How results are compared, and how far floats may be off.

    `exact`: equal. `float`: equal, and floats, also within lists, differ by `absolute` or
    `relative` at most. `unordered`: the items of a list in any order; `unordered_deep`: also
    those of the lists in it. `set_of`: the same items, each once. `any_of`: `expected` is a list of
    accepted results. Tolerances hold for all kinds but `set_of`; where none is given, they are 1e-9
    for `float` and 0 for the others.
    """

    kind: Kind = Kind.EXACT
    absolute: Tolerance = 0.0
    relative: Tolerance = 0.0

    @model_validator(mode="before")
    @classmethod
    def _tolerances(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("kind") == Kind.FLOAT:
            given = {"absolute", "relative"} & set(data)
            return data if given else {**data, "absolute": 1e-9, "relative": 1e-9}
        return data


class Function(AxisKind):
    """A problem whose submissions are functions or classes, called by a driver of the judge's.

    Each test is a call: its `input` is the JSON list of arguments, its `expected` the JSON of the
    result. For a class, a test is a list of operations, `[["LRUCache", [2]], ["put", [1, 1]]]`, and
    `expected` is a list of results: null for the constructor and for what returns nothing.
    `mode`: `batch` makes all calls in one process, one at a time; `isolated` takes a new process
    for each; `codec` is for a class of two methods without constructor parameters: the second one
    gets in a new process what the first one returned, and must give back its argument.
    `order`: `shuffled` by the submission's id, or as `given`.
    `total_cpu_ms`: CPU time of all calls together, in the mode `batch`; None: each may use the
    problem's limit. `restarts`: how many new processes there may be after calls that ended one;
    the calls that are left then are skipped.
    `uses`: functions that a submission may call. Then a test's `input` is an object with `args`,
    the list of arguments or operations, and `secret`, what the answers are made from.
    """

    kind: Literal["function"] = "function"
    signature: str
    compare: Comparison = Comparison()
    mode: Mode = Mode.BATCH
    order: Order = Order.SHUFFLED
    total_cpu_ms: Milliseconds | None = None
    restarts: Annotated[int, Field(ge=0, le=MAX_RESTARTS)] = 20
    uses: Uses | None = None

    @model_validator(mode="after")
    def _fits(self) -> Function:
        try:
            found = parse(self.signature)
        except InvalidSignature as exc:
            raise ValueError(str(exc)) from None
        if self.mode is Mode.CODEC and not _is_codec(found):
            raise ValueError(
                "signature: the mode codec needs a class without constructor parameters, with two"
                " methods: one takes a value and returns another one, the other turns it back"
            )
        if self.uses is not None:
            _check_uses(self.uses, found, self.mode)
        return self

    @property
    def parsed(self) -> Signature:
        """The signature, with the functions that a submission may call."""
        found = parse(self.signature)
        if self.uses is None:
            return found
        return replace(found, offered=self.uses.methods, api=self.uses.class_name)

    @property
    def transfer_bytes(self) -> int:
        """How many bytes it has."""
        return len(self.signature)


def _check_uses(uses: Uses, found: Signature, mode: Mode) -> None:
    if mode is Mode.CODEC:
        raise ValueError("uses: a codec calls no functions of the problem")
    own = {tuple(words(method.name)) for method in found.every} | {("solution",)}
    for name in (*(method.name for method in uses.methods), uses.class_name):
        if tuple(words(name)) in own:
            raise ValueError(f"uses: {name!r} is also a name of the signature")


def _is_codec(found: Signature) -> bool:
    if found.constructor is None or found.constructor.parameters or len(found.methods) != 2:
        return False
    one, other = found.methods
    if any(len(method.parameters) != 1 or method.mutates for method in found.methods):
        return False
    there, back = one.parameters[0].type, other.parameters[0].type
    return (there, back) == (other.returns, one.returns)

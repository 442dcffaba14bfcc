"""Tests that are asserts of Python, as those of HumanEval and MBPP; they are read, never run.

    assert candidate([1, 2], 3) == 5        also `is`, `not candidate(…)`, and the value first
    assert abs(candidate(2.5) - 0.5) < 1e-6     also math.fabs, and math.isclose
    assert tuple(candidate([1])) == tuple([1])  also list(…)

Values are literals and what +, -, *, / and ** make of them. Whatever else makes a statement of a
test (a loop, a value that a function computes) is left out.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from judgecore.problems.python_signature import parameters_of

_TOLERANCE = 1e-5
_MOST_POWER, _MOST_ITEMS = 200, 100_000
_MOST_PRODUCTS = 20  # in a statement
_MOST_IN_ALL = 5_000_000
_SEQUENCES = (str, bytes, list, tuple)
_WRAPS = {"tuple": tuple, "list": list, "set": set, "float": float, "int": int, "str": str}
_NO_MATTER = ("tuple", "list")  # a result is a list whichever of them it is
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


class _NotRead(ValueError):
    """A statement is none of those that can be read."""


@dataclass(frozen=True, slots=True)
class Asserted:
    """A call of a test, what it must return, and how much a float may differ."""

    arguments: tuple[Any, ...]
    expected: Any
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Asserts:
    """The calls of a function's tests; `left_out`: the lines that could not be read."""

    name: str
    parameters: tuple[str, ...]
    calls: tuple[Asserted, ...]
    left_out: tuple[str, ...]

    @property
    def tolerance(self) -> float:
        """The largest of the calls' tolerances; 1e-5 where none has one."""
        return max((one.tolerance for one in self.calls), default=0.0) or _TOLERANCE


def asserts_of(name: str, source: str, test: str) -> Asserts:
    """What a test says about the function of this name, which the source begins.

    Raises `ValueError` or `SyntaxError` where there is no call that can be read.
    """
    calls: list[Asserted] = []
    left_out: list[str] = []
    size = 0
    for statement in _statements(ast.parse(test)):
        try:
            found = _read(statement, (name, "candidate"))
        except (ValueError, TypeError, ArithmeticError, LookupError):
            left_out.append(ast.unparse(statement).partition("\n")[0])
            continue
        calls += found
        size += sum(_size(one.arguments) + _size(one.expected) for one in found)
        if size > _MOST_IN_ALL:
            raise ValueError("the values of the asserts are too large")
    if not calls:
        raise ValueError(f"no assert about {name} has values that can be read")
    counts = {len(one.arguments) for one in calls}
    if len(counts) > 1:
        raise ValueError("the calls differ in their number of arguments")
    names = parameters_of(source, name, counts.pop())
    return Asserts(name, names, tuple(calls), tuple(left_out))


def called(test: str, source: str) -> str:
    """The name of the function of the source that a test calls first."""
    defined = {one.name for one in ast.walk(ast.parse(source)) if isinstance(one, ast.FunctionDef)}
    for node in ast.walk(ast.parse(test)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in defined:
            return ast.unparse(node.func)
    raise ValueError("the tests call no function of the code")


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Those of `check(candidate)` and of the module that may say something about the function."""
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name == "check":
            yield from (inner for inner in one.body if isinstance(inner, ast.Assert | ast.For))
        elif isinstance(one, ast.Assert | ast.For):
            yield one


def _read(statement: ast.stmt, names: tuple[str, ...]) -> Sequence[Asserted]:
    if not isinstance(statement, ast.Assert) or _products(statement) > _MOST_PRODUCTS:
        raise _NotRead
    test = statement.test
    if isinstance(test, ast.Constant):
        return ()
    if isinstance(test, ast.Tuple):  # assert (f(1) == 2, "text"), which always holds
        test = test.elts[0]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return (Asserted(_arguments(test.operand, names), expected=False),)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return (_compared(test.left, test.ops[0], test.comparators[0], names),)
    if isinstance(test, ast.Call) and ast.unparse(test.func) in ("math.isclose", "isclose"):
        return (_close(test, names),)
    return (Asserted(_arguments(test, names), expected=True),)


def _products(statement: ast.stmt) -> int:
    return sum(isinstance(node, ast.Mult) for node in ast.walk(statement))


def _compared(left: ast.expr, sign: ast.cmpop, right: ast.expr, names: tuple[str, ...]) -> Asserted:
    if isinstance(sign, ast.Lt | ast.LtE):
        return _near(left, right, names)
    if not isinstance(sign, ast.Eq | ast.Is):
        raise _NotRead
    if not _is_call(left, names):
        left, right = right, left
    return Asserted(_arguments(left, names), _value(right))


def _near(left: ast.expr, right: ast.expr, names: tuple[str, ...]) -> Asserted:
    """`abs(f(x) - y) < e`."""
    if not (isinstance(left, ast.Call) and ast.unparse(left.func) in ("abs", "math.fabs", "fabs")):
        raise _NotRead
    inner = left.args[0]
    if not (isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub)):
        raise _NotRead
    call, value = inner.left, inner.right
    if not _is_call(call, names):
        call, value = value, call
    return Asserted(_arguments(call, names), _value(value), _value(right))


def _close(test: ast.Call, names: tuple[str, ...]) -> Asserted:
    """`math.isclose(f(x), y, rel_tol=e)`."""
    tolerances = [_value(one.value) for one in test.keywords]
    return Asserted(
        _arguments(test.args[0], names), _value(test.args[1]), max(tolerances or [1e-9])
    )


def _is_call(node: ast.expr, names: tuple[str, ...]) -> bool:
    return any(isinstance(n, ast.Call) and ast.unparse(n.func) in names for n in ast.walk(node))


def _arguments(node: ast.expr, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The arguments of a call of the function, which may stand in tuple(…)."""
    if not isinstance(node, ast.Call) or node.keywords:
        raise _NotRead
    function = ast.unparse(node.func)
    if function in _NO_MATTER and len(node.args) == 1:
        return _arguments(node.args[0], names)
    if function not in names:
        raise _NotRead
    return tuple(_value(one) for one in node.args)


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        pass
    if isinstance(node, ast.BinOp):
        return _operated(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.List | ast.Tuple):
        made = [_value(one) for one in node.elts]
        return made if isinstance(node, ast.List) else tuple(made)
    if isinstance(node, ast.Call) and not node.keywords and len(node.args) <= 1:
        wrap = _WRAPS.get(ast.unparse(node.func))
        if wrap is not None:
            return wrap(*map(_value, node.args))
    raise _NotRead


def _operated(node: ast.BinOp) -> Any:
    left, right = _value(node.left), _value(node.right)
    operation = _OPERATIONS.get(type(node.op))
    if operation is None or _is_too_large(operation, left, right):
        raise _NotRead
    return operation(left, right)


def _is_too_large(operation: Callable[[Any, Any], Any], left: Any, right: Any) -> bool:
    """Whether much more may come of two values than what their text has."""
    if operation is operator.mod:
        return isinstance(left, str | bytes)  # "%999999999d"
    if operation is operator.pow:
        return bool(max(abs(left), abs(right)) > _MOST_POWER)
    if operation is not operator.mul:
        return False
    held, times = (left, right) if isinstance(left, _SEQUENCES) else (right, left)
    return isinstance(held, _SEQUENCES) and bool(times * _size(held) > _MOST_ITEMS)


def _size(value: Any) -> int:
    """How many values and characters there are in it."""
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, dict):
        return 1 + sum(map(_size, value)) + sum(map(_size, value.values()))
    if isinstance(value, list | tuple | set):
        return 1 + sum(map(_size, value))
    return 1

"""Signatures of function problems from a piece of Python, such as a starter code.

    class Solution:
        def f(self, a: List[int], b: Optional[str] = None) -> int:

becomes `f(a: list[int], b: optional[string]) -> int`. A body may be missing.
"""

from __future__ import annotations

import ast
import textwrap

_WORDS = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "string",
    "bytes": "bytes",
    "None": "void",
    "List": "list",
    "list": "list",
    "Sequence": "list",
    "Iterable": "list",
    "Dict": "map",
    "dict": "map",
    "Mapping": "map",
    "Set": "set",
    "set": "set",
    "Tuple": "tuple",
    "tuple": "tuple",
    "Optional": "optional",
    "Any": "any",
    "object": "any",
    "ListNode": "linked_list[int]",
    "TreeNode": "tree[int]",
}
_NODES = ("linked_list[int]", "tree[int]")  # None is the empty one
_BODIES = ("", ":\n    pass", "\n    pass", "\n        pass")


def signature_of(source: str, name: str | None = None) -> str:
    """The signature of the function of that name, or of the first one that is no `__init__`.

    Raises `ValueError` or `SyntaxError` where there is none, or where it has no or other types.
    """
    for node in ast.walk(_tree(textwrap.dedent(source).rstrip())):
        if isinstance(node, ast.FunctionDef) and node.name == (name or node.name) != "__init__":
            return _signature(node)
    raise ValueError(f"there is no function {name or ''}".rstrip())


def parameters_of(source: str, name: str, count: int) -> tuple[str, ...]:
    """The names of a function's first `count` parameters; p1, p2 and so on without one."""
    for node in ast.walk(_tree(textwrap.dedent(source).rstrip())):
        if isinstance(node, ast.FunctionDef) and node.name == name and len(node.args.args) >= count:
            return tuple(one.arg for one in node.args.args[:count])
    return tuple(f"p{number}" for number in range(1, count + 1))


def _tree(source: str) -> ast.Module:
    for body in _BODIES[:-1]:
        try:
            return ast.parse(source + body)
        except SyntaxError:
            continue
    return ast.parse(source + _BODIES[-1])


def _signature(function: ast.FunctionDef) -> str:
    given = function.args
    if given.vararg or given.kwarg or given.kwonlyargs:
        raise ValueError(f"{function.name} takes arguments by name, or any number of them")
    parameters = [one for one in (*given.posonlyargs, *given.args) if one.arg != "self"]
    inner = ", ".join(f"{one.arg}: {_type(one.annotation)}" for one in parameters)
    return f"{function.name}({inner}) -> {_type(function.returns)}"


def _type(node: ast.expr | None) -> str:
    if node is None:
        raise ValueError("a parameter or the result has no type")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.BinOp):  # int | None
        return _union(node, [node.left, node.right])
    if not isinstance(node, ast.Subscript):
        return _word(node)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if ast.unparse(node.value).rpartition(".")[2] == "Union":
        return _union(node, parts)
    word = _word(node.value)
    if word == "tuple" and len(parts) == 2 and ast.unparse(parts[1]) == "...":
        return f"list[{_type(parts[0])}]"
    inner = [_type(part) for part in parts]
    if word == "optional":
        return _optional(inner[0])
    return f"{word}[{', '.join(inner)}]"


def _union(node: ast.expr, parts: list[ast.expr]) -> str:
    """That of the one part that is not None; of several ones it is `any`."""
    found = {_type(part) for part in parts} - {"void"}
    if not found:
        raise ValueError(f"the type {ast.unparse(node)[:60]} is not supported")
    if len(found) > 1:
        return "any"
    (one,) = found
    return _optional(one) if any(ast.unparse(part) == "None" for part in parts) else one


def _optional(inner: str) -> str:
    has_none = inner in (*_NODES, "any") or inner.startswith("optional[")
    return inner if has_none else f"optional[{inner}]"


def _word(node: ast.expr) -> str:
    text = ast.unparse(node)
    word = _WORDS.get(text.rpartition(".")[2])
    if word is None:
        raise ValueError(f"the type {text[:60]} is not supported")
    return word

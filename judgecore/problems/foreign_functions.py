"""Function problems as others write them: LeetCode's metadata, LiveCodeBench's rows, plain calls.

    LeetCode        {"metaData": {"name", "params", "return"}, "tests": [{"input", "output"}]}
                    one JSON value a line in `input`; of a class two lines, names and arguments
    LiveCodeBench   {"starter_code", "public_test_cases", "private_test_cases"}, whose tests are
                    {"input", "output", "testtype": "functional"}
    calls           {"signature", "calls": [[…], …], "expected": […]}; the signature is one of ours
                    or a line of Python, `def f(a: list[int]) -> int:`

An int of LeetCode and Python is an int, or a long where a value needs one.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.functions import Comparison, Function, InvalidSignature, parse
from judgecore.problem import Problem, TestCase

_LEETCODE = {
    "integer": "int",
    "long": "long",
    "double": "float",
    "float": "float",
    "boolean": "bool",
    "character": "char",
    "string": "string",
    "void": "void",
    "ListNode": "linked_list[int]",
    "TreeNode": "tree[int]",
}
_PYTHON = {
    "int": "int",
    "float": "float",
    "bool": "bool",
    "str": "string",
    "None": "void",
    "List": "list",
    "list": "list",
    "Dict": "map",
    "dict": "map",
    "Set": "set",
    "set": "set",
    "Tuple": "tuple",
    "tuple": "tuple",
    "Optional": "optional",
    "ListNode": "linked_list[int]",
    "TreeNode": "tree[int]",
}
_NODES = ("linked_list[int]", "tree[int]")
_INT = re.compile(r"\bint\b")
_LIST = re.compile(r"list<(.*)>")
_Row = Mapping[str, Any]


def problem_from(row: _Row) -> Problem:
    """The problem of a row in any of these forms; raises `InvalidPackage`."""
    try:
        if "metaData" in row:
            return _from_leetcode(row)
        if "starter_code" in row:
            return _from_livecodebench(row)
        if "calls" in row:
            return _from_calls(row)
    except (KeyError, TypeError, ValueError, SyntaxError, RecursionError) as exc:
        raise InvalidPackage(f"the row cannot be read: {type(exc).__name__}: {exc}") from None
    raise InvalidPackage("the row has neither metaData, nor starter_code, nor calls")


def _made(signature: str, tests: list[TestCase], title: str) -> Problem:
    """The problem; with long for int where values ask for it, and a tolerance for floats."""
    tried = dict.fromkeys((signature, _INT.sub("long", signature)))
    for number, text in enumerate(tried, start=1):
        try:
            floats = "float" in parse(text).types
            compare = Comparison(kind="float", absolute=1e-5) if floats else Comparison()
            function = Function(signature=text, compare=compare)
            return Problem(title=title, tests=tuple(tests), harness=function)
        except InvalidSignature as exc:
            raise InvalidPackage(str(exc)) from None
        except InvalidSubmission as exc:
            if number == len(tried) or "beyond what int holds" not in str(exc):
                raise InvalidPackage(str(exc)) from None
    raise AssertionError("unreachable")


# ---------------------------------------------------------------- LeetCode


def _from_leetcode(row: _Row) -> Problem:
    meta = row["metaData"]
    meta = json.loads(meta) if isinstance(meta, str) else meta
    signature = _class(meta) if "classname" in meta else _function(meta)
    tests = [_leetcode_test(meta, test, n) for n, test in enumerate(row["tests"], start=1)]
    return _made(signature, tests, str(row.get("title", "")))


def _type(name: str) -> str:
    name = name.strip()
    if name.endswith("[]"):
        return f"list[{_type(name[:-2])}]"
    if found := _LIST.fullmatch(name):
        return f"list[{_type(found[1])}]"
    if name not in _LEETCODE:
        raise ValueError(f"type {name[:60]!r} is not supported")
    return _LEETCODE[name]


def _parameters(params: list[_Row]) -> str:
    return ", ".join(f"{one['name']}: {_type(one['type'])}" for one in params)


def _function(meta: _Row) -> str:
    output = meta.get("output", {}).get("paramindex")
    mutates = "" if output is None else f" mutates {output}"
    returns = _type(meta["return"]["type"])
    return f"{meta['name']}({_parameters(meta['params'])}) -> {returns}{mutates}"


def _class(meta: _Row) -> str:
    methods = "; ".join(map(_function, meta["methods"]))
    constructor = meta.get("constructor", {}).get("params", [])
    return f"{meta['classname']}({_parameters(constructor)}) {{ {methods} }}"


def _leetcode_test(meta: _Row, test: _Row, number: int) -> TestCase:
    lines = [json.loads(one) for one in str(test["input"]).splitlines() if one.strip()]
    if "classname" in meta:
        names, arguments = lines
        lines = [[name, given] for name, given in zip(names, arguments, strict=True)]
    return _test(lines, json.loads(str(test["output"])), number)


def _test(given: object, expected: object, number: int) -> TestCase:
    return TestCase(name=f"sample/{number}", input=json.dumps(given), expected=json.dumps(expected))


# ---------------------------------------------------------------- Python's words


def _from_livecodebench(row: _Row) -> Problem:
    tests = [*_tests(row.get("public_test_cases")), *_tests(row.get("private_test_cases"))]
    made = []
    for number, test in enumerate(tests, start=1):
        given = [json.loads(one) for one in str(test["input"]).splitlines() if one.strip()]
        made.append(_test(given, json.loads(str(test["output"])), number))
    name = str(row.get("question_title", ""))
    return _made(_python(str(row["starter_code"])), made, name)


def _tests(cases: Any) -> Iterator[_Row]:
    cases = json.loads(cases) if isinstance(cases, str) else cases or []
    for one in cases:
        if one.get("testtype", "functional") != "functional":
            raise ValueError("a test that is not functional: it is no function problem")
        yield one


def _from_calls(row: _Row) -> Problem:
    text = str(row["signature"]).strip()
    signature = _python(text) if text.startswith("def ") else text
    pairs = zip(row["calls"], row["expected"], strict=True)
    tests = [_test(given, expected, n) for n, (given, expected) in enumerate(pairs, start=1)]
    return _made(signature, tests, str(row.get("title", "")))


def _python(source: str) -> str:
    """The signature of the first function in a piece of Python, whose body may be missing."""
    tree = ast.parse(source.rstrip() + ("\n        pass" if "class " in source else "\n    pass"))
    found = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    parameters = [one for one in found.args.args if one.arg != "self"]
    inner = ", ".join(f"{one.arg}: {_worded(one.annotation)}" for one in parameters)
    return f"{found.name}({inner}) -> {_worded(found.returns)}"


def _worded(node: ast.expr | None) -> str:
    if node is None:
        raise ValueError("a parameter or the result has no type")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.BinOp):  # int | None
        return f"optional[{_worded(node.left)}]"
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        inner = [_worded(part) for part in parts]
        word = _PYTHON[ast.unparse(node.value)]
        node_within = word == "optional" and inner[0] in _NODES
        return inner[0] if node_within else f"{word}[{', '.join(inner)}]"
    return _PYTHON[ast.unparse(node)]

"""Function problems as others write them: LeetCode's metadata, LiveCodeBench's rows, plain calls.

    LeetCode        {"metaData": {"name", "params", "return"}, "tests": [{"input", "output"}]}
                    one JSON value a line in `input`; of a class two lines, names and arguments
    LiveCodeBench   {"starter_code", "public_test_cases", "private_test_cases"}, whose tests are
                    {"input", "output", "testtype": "functional"}; private ones may be packed
    fn_name         {"fn_name", "starter_code", "inputs": […], "outputs": […]}; an input is JSON
                    values, one a line, or the list of arguments
    calls           {"signature", "calls": [[…], …], "expected": […]}; the signature is one of ours
                    or a line of Python, `def f(a: list[int]) -> int:`
    HumanEval       {"prompt", "test", "entry_point"}: asserts of Python; `left_out` says which of
                    them could not be read
    MBPP            {"code", "test_list"}: asserts, too

An int of LeetCode and Python is an int, or a long or bigint where a value needs one. `compare` of a
row has the fields of a `Comparison`; without it floats may differ by 1e-5.
"""

from __future__ import annotations

import base64
import binascii
import json
import pickletools
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.functions import Comparison, Function, InvalidSignature, parse
from judgecore.limits import MIB
from judgecore.problem import Problem, TestCase
from judgecore.problems.asserted import Asserts, asserts_of, called
from judgecore.problems.python_signature import signature_of
from judgecore.problems.value_types import is_finite, json_of_value, type_of_values

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
# LeetCode calls several classes Node; which one is meant is known by the function, or by a row's
# `node`.
_NODES = {"cloneGraph": "graph", "copyRandomList": "linked_random[int]"}
_INT = re.compile(r"\bint\b")
_LIST = re.compile(r"list<(.*)>")
_MAX_PACKED_BYTES = 256 * MIB
_PICKLED = {"PROTO", "FRAME", "MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT", "STOP"}
_TEXTS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"}
_NAMES = ("slug", "titleSlug", "question_id", "task_id", "id")
# What code has that looks at what its arguments are.
_LOOKS = re.compile(r"\b(?:isinstance|type|str|repr)[ \t]*\(")
_NO_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_Row = Mapping[str, Any]


def rows(path: Path) -> Mapping[str, str]:
    """The rows of a file by the place that complaints name, as text: one, or one in each line."""
    try:
        text = path.read_text("utf-8")
    except OSError as exc:
        raise InvalidPackage(f"{path}: {exc.strerror or exc}") from None
    except UnicodeDecodeError as exc:
        raise InvalidPackage(f"{path}: {exc}") from None
    if path.suffix.lower() != ".jsonl":
        return {str(path): text}
    return {f"{path}:{n}": one for n, one in enumerate(text.split("\n"), 1) if one.strip()}


def row_of(text: str) -> _Row:
    """A row from its text; raises `InvalidPackage`."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidPackage(f"not JSON: {exc}") from None
    if not isinstance(row, dict):
        raise InvalidPackage("not an object")
    return row


def row_name(row: _Row, problem: Problem, number: int) -> str:
    """A folder's name for a row: what identifies it where it comes from, or the function's name."""
    found = next((str(row[key]) for key in _NAMES if row.get(key)), "")
    if not found and isinstance(problem.harness, Function):
        found = f"{number}-{problem.harness.parsed.name}"
    return _NO_NAME.sub("-", found).strip("-.")[:100] or str(number)


def problem_from(row: _Row) -> Problem:
    """The problem of a row in any of these forms; raises `InvalidPackage`."""
    try:
        for key, read in _FORMS.items():
            if key in row:
                return read(row)
    except InvalidSubmission as exc:
        raise InvalidPackage(str(exc)) from None
    except KeyError as exc:
        raise InvalidPackage(f"the row cannot be read: {exc} is missing") from None
    except (AttributeError, TypeError, ValueError, SyntaxError, RecursionError) as exc:
        raise InvalidPackage(f"the row cannot be read: {exc}") from None
    raise InvalidPackage(f"the row has none of {', '.join(_FORMS)}")


def _made(row: _Row, signature: str, tests: Iterable[TestCase], title: object) -> Problem:
    """The problem; a wider type for int where values ask for it, and a tolerance for floats."""
    tests = tuple(tests)
    tried = dict.fromkeys((signature, *(_INT.sub(one, signature) for one in ("long", "bigint"))))
    for number, text in enumerate(tried, start=1):
        try:
            function = Function(signature=text, compare=_comparison(row, text))
            return Problem(title=str(title or ""), tests=tests, harness=function)
        except InvalidSignature as exc:
            raise InvalidPackage(str(exc)) from None
        except InvalidSubmission as exc:
            if number == len(tried) or "beyond what" not in str(exc):
                raise
    raise AssertionError("unreachable")


def _comparison(row: _Row, signature: str) -> Comparison:
    if "compare" in row:
        return Comparison(**row["compare"])
    floats = {"float", "any"} & parse(signature).types
    absolute = row.get("tolerance", 1e-5)
    return Comparison(kind="float", absolute=absolute) if floats else Comparison()


def _values(text: object) -> list[Any]:
    """The JSON values of a text, one a line."""
    return [json.loads(one) for one in str(text).splitlines() if one.strip()]


def _test(given: object, expected: object, number: int, kind: str = "sample") -> TestCase:
    return TestCase(name=f"{kind}/{number}", input=json.dumps(given), expected=json.dumps(expected))


def _parsed(value: Any) -> Any:
    """What a field holds, which may be JSON in a text."""
    return json.loads(value) if isinstance(value, str) else value


# ---------------------------------------------------------------- LeetCode


def _from_leetcode(row: _Row) -> Problem:
    meta = _parsed(row["metaData"])
    if meta.get("manual"):
        raise ValueError("manual: its calls are made by a program that the metadata does not have")
    node = str(row.get("node") or _NODES.get(meta.get("name", ""), "nary[int]"))
    signature = _class(meta, node) if "classname" in meta else _function(meta, node)
    tests = [_leetcode_test(meta, test, n) for n, test in enumerate(row["tests"], start=1)]
    return _made(row, signature, tests, row.get("title"))


def _type(name: str, node: str) -> str:
    name = name.strip()
    if name.endswith("[]"):
        return f"list[{_type(name[:-2], node)}]"
    if found := _LIST.fullmatch(name):
        return f"list[{_type(found[1], node)}]"
    if name == "Node":
        return node
    if name not in _LEETCODE:
        raise ValueError(f"the type {name[:60]!r} is not supported")
    return _LEETCODE[name]


def _parameters(params: list[_Row], node: str) -> str:
    return ", ".join(f"{one['name']}: {_type(one['type'], node)}" for one in params)


def _function(meta: _Row, node: str) -> str:
    output = (meta.get("output") or {}).get("paramindex")
    returns = _type(meta["return"]["type"], node)
    if output is not None and returns != "void":
        # The expected value is a part of the parameter, as long as the result says.
        raise ValueError("output: a parameter is judged beside a result; that is not supported")
    mutates = "" if output is None else f" mutates {output}"
    return f"{meta['name']}({_parameters(meta['params'], node)}) -> {returns}{mutates}"


def _class(meta: _Row, node: str) -> str:
    methods = "; ".join(_function(one, node) for one in meta["methods"])
    constructor = (meta.get("constructor") or {}).get("params", [])
    return f"{meta['classname']}({_parameters(constructor, node)}) {{ {methods} }}"


def _leetcode_test(meta: _Row, test: _Row, number: int) -> TestCase:
    values = _values(test["input"])
    if "classname" in meta:
        names, arguments = values
        values = [[name, given] for name, given in zip(names, arguments, strict=True)]
    return _test(values, json.loads(str(test["output"])), number)


# ---------------------------------------------------------------- LiveCodeBench


def _from_livecodebench(row: _Row) -> Problem:
    kinds = (("sample", "public_test_cases"), ("secret", "private_test_cases"))
    tests = [
        _test(_values(test["input"]), json.loads(str(test["output"])), number, kind)
        for kind, key in kinds
        for number, test in enumerate(_functional(row.get(key)), start=1)
    ]
    name = (_parsed(row.get("metadata")) or {}).get("func_name")
    signature = signature_of(str(row["starter_code"]), name)
    return _made(row, signature, tests, row.get("question_title"))


def _functional(cases: Any) -> Iterator[_Row]:
    if isinstance(cases, str):
        cases = json.loads(cases if cases.lstrip()[:1] in ("", "[") else _unpacked(cases))
    for one in cases or []:
        if one.get("testtype", "functional") != "functional":
            raise ValueError("a test that is not functional: it is no function problem")
        yield one


def _unpacked(text: str) -> str:
    """A text that was pickled, deflated and put in base64. Unpickling could run commands."""
    try:
        data = zlib.decompressobj().decompress(base64.b64decode(text), _MAX_PACKED_BYTES)
        steps = [(step.name, value) for step, value, _ in pickletools.genops(data)]
    except (binascii.Error, zlib.error) as exc:
        raise ValueError(f"tests are neither JSON nor packed: {exc}") from None
    texts = [str(value) for name, value in steps if name in _TEXTS]
    if len(texts) != 1 or {name for name, _ in steps} - _PICKLED - _TEXTS:
        raise ValueError("packed tests hold something else than a text")
    return texts[0]


# ---------------------------------------------------------------- calls


def _from_fn_name(row: _Row) -> Problem:
    signature = signature_of(str(row["starter_code"]), row["fn_name"])
    given = [_values(one) if isinstance(one, str) else one for one in row["inputs"]]
    expected = [json.loads(one) if isinstance(one, str) else one for one in row["outputs"]]
    try:
        return _from_pairs(row, signature, given, expected)
    except InvalidSubmission:
        # Some wrap each result in a list.
        if not all(isinstance(one, list) and len(one) == 1 for one in expected):
            raise
        return _from_pairs(row, signature, given, [one[0] for one in expected])


def _from_calls(row: _Row) -> Problem:
    text = str(row["signature"]).strip()
    signature = signature_of(text) if text.startswith("def ") else text
    return _from_pairs(row, signature, row["calls"], row["expected"])


def _from_pairs(row: _Row, signature: str, given: list[Any], expected: list[Any]) -> Problem:
    pairs = enumerate(zip(given, expected, strict=True), start=1)
    return _made(row, signature, (_test(*pair, n) for n, pair in pairs), row.get("title"))


# ---------------------------------------------------------------- asserts of Python


def left_out(row: _Row) -> tuple[str, ...]:
    """The statements of a row's tests that became no test of its problem."""
    read = _ASSERTED.get(next((key for key in _FORMS if key in row), ""))
    return read(row).left_out if read else ()


def _humaneval(row: _Row) -> Asserts:
    source = str(row["prompt"]) + str(row.get("canonical_solution", ""))
    return asserts_of(str(row["entry_point"]), source, str(row["test"]))


def _mbpp(row: _Row) -> Asserts:
    code, test = str(row["code"]), "\n".join(map(str, row["test_list"]))
    return asserts_of(called(test, code), code, test)


def _from_humaneval(row: _Row) -> Problem:
    whole = _LOOKS.search(str(row.get("canonical_solution", ""))) is not None
    return _from_asserts(row, _humaneval(row), str(row["prompt"]), whole)


def _from_mbpp(row: _Row) -> Problem:
    code = str(row["code"])
    return _from_asserts(row, _mbpp(row), code, _LOOKS.search(code) is not None)


def _from_asserts(row: _Row, found: Asserts, source: str, whole: bool) -> Problem:
    """The signature is the written one where it has all types and the values fit them.

    `whole`: to the function an int and a float of the same value are different things.
    """
    tests = [
        _test(json_of_value(one.arguments), json_of_value(one.expected), number)
        for number, one in enumerate(found.calls, start=1)
    ]
    row = {"tolerance": found.tolerance, **row}
    try:
        signature = signature_of(source, found.name)
        made = _made(row, signature, tests, row.get("title"))
    except (InvalidSubmission, InvalidPackage, SyntaxError, ValueError):
        signature = _signature_of_values(found, whole)
        made = _made(row, signature, tests, row.get("title"))
    finite = all(is_finite(one.arguments) and is_finite(one.expected) for one in found.calls)
    if not finite and "any" in parse(signature).types:
        raise InvalidPackage("no test can have NaN or an infinity where a type is any")
    return made


def _signature_of_values(found: Asserts, whole: bool) -> str:
    columns = zip(*(one.arguments for one in found.calls), strict=True)
    pairs = zip(found.parameters, columns, strict=False)
    parameters = ", ".join(
        f"{name}: {type_of_values(values, whole=whole)}" for name, values in pairs
    )
    return f"{found.name}({parameters}) -> {type_of_values(one.expected for one in found.calls)}"


_ASSERTED = {"test_list": _mbpp, "entry_point": _humaneval}
_FORMS = {
    "metaData": _from_leetcode,
    "fn_name": _from_fn_name,
    "starter_code": _from_livecodebench,
    "calls": _from_calls,
    "test_list": _from_mbpp,
    "entry_point": _from_humaneval,
}

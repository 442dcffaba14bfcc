"""SandboxFusion, ScaleBox, Piston and Jobe: shapes by tables, and programs that really run."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from serving import Http, faked

from consumers.gateway.backends import FakeBackend
from consumers.gateway.jobe import BASE, FileCache
from consumers.gateway.piston.wanted import LIMITS
from consumers.gateway.sandboxfusion.calls import type_of
from consumers.gateway.sandboxfusion.completions import extracted
from judgecore.verdict import Verdict

RUN = {"code": "print(1)", "language": "python"}
EXECUTE = {"language": "python", "version": "*", "files": [{"content": "print(1)"}]}
FILES = EXECUTE["files"]
EXECUTED = {"language", "version", "run"}
SPEC = {"language_id": "python3", "sourcecode": "print(1)", "input": ""}
STAGE = {
    "stdout", "stderr", "output", "code", "signal", "message", "status", "cpu_time", "wall_time",
    "memory",
}  # fmt: skip


def _file(content: str, encoding: str) -> dict[str, str]:
    return {"name": "", "content": content, "encoding": encoding}


def _batch(**changes: Any) -> dict[str, Any]:
    cases = {"type": "stdin_stdout", "input": ["1", "2"], "output": ["1", "3"], **changes}
    return {
        "id": 3,
        "completion": "```python\nprint(input())\n```",
        "config": {
            "language": "python",
            "provided_data": {"test_cases": cases},
            "extra": {"run_all_cases": True},
        },
    }


def _call(language: str = "python", **changes: Any) -> dict[str, Any]:
    cases = {"fn_name": "add", "input": [[1, 2], [3, 4]], "output": [[3], [8]], **changes}
    return {
        "completion": f"```{language}\ndef add(a, b):\n    return a + b\n```",
        "config": {
            "language": language,
            "provided_data": {"test_cases": {"type": "function_call", **cases}},
            "extra": {"run_all_cases": True},
        },
    }


def _submission(test: Any, **changes: Any) -> dict[str, Any]:
    """A test of `/submit`: its input and its output."""
    made = [] if test is None else [{"input": test[0], "output": test[1]}]
    config = {
        "dataset_type": "CommonOJDataset", "language": "python", "locale": None,
        "is_fewshot": None, "compile_timeout": None, "run_timeout": None,
        "custom_extract_logic": None, "provided_data": {"test": made}, "extra": {},
    }  # fmt: skip
    completion = "```python\nprint(input())\n```"
    return {"dataset": "x", "id": 7, "completion": completion, "config": {**config, **changes}}


RAN = {"status", "message", "compile_result", "run_result", "executor_pod_name", "files"}
OUTCOME = {"run_id", "outcome", "cmpinfo", "stdout", "stderr"}
# CodeRunner calls the file of every language but Java so.
AS_CODERUNNER = {
    "c": '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", n); }',
    "cpp": "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n << '\\n'; }",
    "nodejs": "console.log(require('fs').readFileSync(0, 'utf8').trim())",
    "python3": "print(input())",
}
EVALUATED = {
    "id", "accepted", "extracted_code", "full_code", "test_code", "tests", "extracted_type", "extra"
}  # fmt: skip
CONTRACT: list[tuple[str, str, Any, int, set[str] | None]] = [
    ("GET", "/v1/ping", None, 200, None),
    (
        "POST",
        "/run_code",
        RUN,
        200,
        RAN,
    ),
    ("POST", "/run_code", {**RUN, "language": "brainless"}, 422, {"detail"}),
    ("POST", "/run_code", {"language": "python"}, 422, {"detail"}),
    ("POST", "/run_code", {**RUN, "files": {"a": "?"}}, 422, {"detail"}),
    ("POST", "/run_code", {**RUN, "files": {"../a": ""}}, 400, {"detail"}),
    ("POST", "/run_code", {**RUN, "memory_limit_MB": 60_000}, 400, {"detail"}),
    ("POST", "/run_code", [], 422, {"detail"}),
    ("POST", "/run_jupyter", {}, 501, {"detail"}),
    ("POST", "/faas/sandbox/", RUN, 200, RAN),
    ("POST", "/faas/sandbox/run_code", RUN, 200, RAN),
    ("GET", "/list_datasets", None, 200, None),
    ("POST", "/get_prompts", {"dataset": "x"}, 400, {"detail"}),
    ("POST", "/submit", {"dataset": "x", "config": {}}, 400, {"detail"}),
    ("POST", "/submit", {"dataset": "humaneval_python", "id": 1}, 400, {"detail"}),
    ("POST", "/submit", {"config": {"dataset_type": "CommonOJDataset"}}, 400, {"detail"}),
    ("POST", "/submit", _submission([{"stdin": "1"}, {"stdout": "1"}]), 200, EVALUATED),
    ("POST", "/submit", _submission([{"stdin": "1"}, {"out.txt": "1"}]), 422, {"detail"}),
    (
        "POST",
        "/submit",
        _submission([{"stdin": "1"}, {"stdout": "1"}], language=None),
        400,
        {"detail"},
    ),
    ("POST", "/submit", _submission(None, provided_data={"test": "[{"}), 422, {"detail"}),
    ("POST", "/submit", _submission(None, provided_data=[{"id": 8, "test": []}]), 400, {"detail"}),
    ("POST", "/run_code", {**RUN, "run_timeout": 0}, 422, {"detail"}),
    ("POST", "/run_code", {**RUN, "stdin": None, "files": {"a": None}}, 200, RAN),
    ("POST", "/run_code", {**RUN, "memory_limit_MB": 1024, "compile_timeout": 1.5}, 200, RAN),
    ("POST", "/common_evaluate_batch", _batch(type="function_call"), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(input=[[1], [2, 3]]), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(input=[["a"], [1]]), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(input=[[1 << 70], [1]]), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(input=[1, 2]), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(fn_name="a b"), 400, {"detail"}),
    (
        "POST",
        "/common_evaluate_batch",
        _call(input=["[" * 100_000] * 2, json_input=True),
        422,
        {"detail"},
    ),
    (
        "POST",
        "/common_evaluate_batch",
        _call(input=["[" + "[]," * 250_000 + "1]"] * 2, json_input=True),
        422,
        {"detail"},
    ),
    ("POST", "/common_evaluate_batch", _call("verilog"), 400, {"detail"}),
    ("POST", "/common_evaluate_batch", _call(), 200, EVALUATED),
    ("POST", "/common_evaluate_batch", _batch(), 200, EVALUATED),
    ("POST", "/common_evaluate_batch", _batch(type="assert"), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _batch(input=[], output=[]), 422, {"detail"}),
    ("POST", "/common_evaluate_batch", _batch(input=["1"]), 422, {"detail"}),
    ("GET", "/api/v2/runtimes", None, 200, {"language", "version", "aliases"}),
    ("GET", "/api/v2/piston/runtimes", None, 200, {"language", "version", "aliases"}),
    ("GET", "/api/v2/packages", None, 200, {"language", "language_version", "installed"}),
    ("POST", "/api/v2/packages", {"language": "c"}, 200, {"language", "version"}),
    ("POST", "/api/v2/packages", {"language": "nothing"}, 404, {"message"}),
    ("DELETE", "/api/v2/packages", {"language": "c"}, 403, {"message"}),
    ("POST", "/api/v2/execute", EXECUTE, 200, {"language", "version", "run"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "language": 5}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "language": "nothing"}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "version": None}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "files": []}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "files": [{"name": "x"}]}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "run_timeout": 10**6}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "run_timeout": -1}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "args": [1]}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "stdin": 1}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "version": ""}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "run_memory_limit": "1"}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "run_memory_limit": -2}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "run_memory_limit": -1}, 200, EXECUTED),
    ("POST", "/api/v2/execute", {**EXECUTE, "files": [_file("eA==", "base64")]}, 400, {"message"}),
    ("POST", "/api/v2/execute", {**EXECUTE, "files": [_file("x", "latin1")]}, 400, {"message"}),
    (
        "POST",
        "/api/v2/execute",
        {**EXECUTE, "files": [*FILES, _file("zz", "hex")]},
        400,
        {"message"},
    ),
    ("POST", "/api/v2/execute", {**EXECUTE, "files": [*FILES, _file("78", "hex")]}, 200, EXECUTED),
    ("DELETE", "/api/v2/packages", {"language": "nothing"}, 404, {"message"}),
    ("POST", "/api/v2/execute", [1], 400, {"message"}),
    ("GET", f"{BASE}/languages", None, 200, None),
    (
        "POST",
        f"{BASE}/runs",
        {"run_spec": SPEC},
        200,
        OUTCOME,
    ),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "language_id": "x"}}, 400, None),
    ("POST", f"{BASE}/runs", {"run_spec": {"language_id": "c"}}, 400, None),
    ("POST", f"{BASE}/runs", {}, 400, None),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "parameters": []}}, 200, OUTCOME),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "input": None, "debug": 1}}, 200, OUTCOME),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "parameters": {"numprocs": 501}}}, 400, None),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "file_list": [["a"]]}}, 400, None),
    ("PUT", f"{BASE}/files/abc", {}, 400, None),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "parameters": {"cputime": 999}}}, 400, None),
    ("POST", f"{BASE}/runs", {"run_spec": {**SPEC, "file_list": [["a", "b"]]}}, 404, None),
    ("HEAD", f"{BASE}/files/none", None, 404, None),
    ("PUT", f"{BASE}/files/abc", {"file_contents": "eA=="}, 204, None),
    ("PUT", f"{BASE}/files/abc", {"file_contents": "?"}, 400, None),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "keys"),
    CONTRACT,
    ids=[f"{n}-{method}-{path}" for n, (method, path, *_) in enumerate(CONTRACT)],
)
def test_contract(
    method: str, path: str, sent: Any, status: int, keys: set[str] | None, fake: Http
) -> None:
    """Every request of these APIs gets the status and the keys of the table."""
    reply = fake.ask(method, path, sent)
    item = reply.data[0] if isinstance(reply.data, list) and keys else reply.data

    assert status == reply.status, reply.body
    assert keys is None or keys == set(item)


@pytest.mark.parametrize(
    ("verdict", "facts", "fusion", "piston", "jobe"),
    [
        (Verdict.OK, {"exit_code": 0}, ("Success", "Finished", 0), (None, 0, None), 15),
        (Verdict.RE, {"exit_code": 3}, ("Failed", "Finished", 3), ("RE", 3, None), 12),
        (Verdict.RE, {"signal": 11}, ("Failed", "Finished", -11), ("SG", None, "SIGSEGV"), 12),
        (
            Verdict.TLE,
            {"signal": 9},
            ("Failed", "TimeLimitExceeded", None),
            ("TO", None, "SIGKILL"),
            13,
        ),
        (Verdict.MLE, {"signal": 9}, ("Failed", "Finished", -9), ("SG", None, "SIGKILL"), 17),
        (Verdict.OLE, {"signal": 9}, ("Failed", "Finished", -9), ("OL", None, "SIGKILL"), 12),
        (Verdict.IE, {}, ("SandboxError", None, None), None, 20),
    ],
)
def test_what_a_verdict_is_called(
    verdict: Verdict, facts: dict[str, Any], fusion: Any, piston: Any, jobe: int
) -> None:
    """Each API has its own words; only a failure of the judge is a SandboxError."""
    with faked(FakeBackend(verdict, **facts)) as (http, _):
        ran = http.ask("POST", "/run_code", RUN).data
        executed = http.ask("POST", "/api/v2/execute", EXECUTE)
        outcome = http.ask("POST", f"{BASE}/runs", {"run_spec": SPEC}).data["outcome"]
    result = ran["run_result"] or {}
    stage = executed.data.get("run", {})

    assert fusion == (ran["status"], result.get("status"), result.get("return_code"))
    if piston is None:
        assert 500 == executed.status
    else:
        assert piston == (stage["status"], stage["code"], stage["signal"])
        assert set(stage) == STAGE
    assert jobe == outcome


def test_what_requests_become() -> None:
    """Defaults, final newlines and names of files are those that each API has."""
    with faked() as (http, backend):
        files = [*FILES, {"content": "x"}, {"name": "a/b", "content": "y"}]
        http.ask("POST", "/api/v2/execute", {**EXECUTE, "files": files, "stdin": "hi"})
        http.ask("POST", f"{BASE}/runs", {"run_spec": SPEC})
        http.ask("POST", "/submit", _submission([{"stdin": "1", "data": "2"}, {"stdout": "1"}]))
        http.ask("POST", "/run_code", {"language": "php", "code": "echo 1;"})
    piston, jobe, fusion, php = backend.messages.values()
    limits = [(one.problem.limits.wall_ms, one.problem.limits.cpu_ms) for one in (piston, jobe)]

    assert {"file1.code": "x", "a/b": "y"} == dict(piston.files)
    assert "hi\n" == piston.problem.tests[0].input
    assert [(3000, 3000), (10_000, 5000)] == limits
    assert (400 << 20, 30) == (jobe.problem.limits.memory_bytes, jobe.problem.limits.processes)
    assert {"data": "2"} == dict(fusion.problem.tests[0].files)
    assert "<?php\necho 1;" == php.source


def test_who_may_use_jobe() -> None:
    """Without a known key the status is 403, and beyond the rate 429."""
    with faked(tokens=("secret",), rate=0.001) as (http, _):
        refused = [
            http.ask("GET", f"{BASE}/languages", headers=headers).status
            for headers in ({}, {"X-API-KEY": "x"})
        ]
        key = {"X-API-KEY": "secret"}
        runs = [http.ask("POST", f"{BASE}/runs", {}, headers=key).status for _ in range(21)]
        listed = http.ask("GET", f"{BASE}/languages", headers=key).data

    assert [403, 403] == refused
    assert [400] * 20 + [429] == runs
    names = ["c", "cpp", "java", "nodejs", "octave", "pascal", "php", "python3"]
    assert names == [one[0] for one in listed]


def test_languages_have_the_names_that_clients_look_for(fake: Http) -> None:
    """Clients look for Piston's name in the list, and send it, or an alias."""
    listed = {one["language"]: one["aliases"] for one in fake.ask("GET", "/api/v2/runtimes").data}
    replies = [
        fake.ask("POST", "/api/v2/execute", {**EXECUTE, "language": name})
        for name in ("c++", "cpp", "lisp", "rscript", "sqlite3")
    ]

    assert {"c++", "c", "python", "javascript", "java", "rscript", "sqlite3"} <= set(listed)
    assert "cpp" in listed["c++"]
    assert "c++" not in listed["c++"]
    assert [200] * 5 == [reply.status for reply in replies]
    assert "c++" == replies[1].data["language"]


def test_piston_takes_json_that_is_not_called_so(fake: Http) -> None:
    """A form is refused with 415; a body of no type is read."""
    body = b'{"language": "python", "version": "*", "files": [{"name": null, "content": ""}]}'
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    assert 200 == fake.ask("POST", "/api/v2/execute", body=body).status
    assert 415 == fake.ask("POST", "/api/v2/execute", body=body, headers=form).status
    assert {"run_timeout", "compile_timeout"} <= set(LIMITS)


@pytest.mark.parametrize(
    ("completion", "language", "code", "kind"),
    [
        ("Text\n```python\nx\n```\n```c\ny\n```", "python", "x\n", "fenced"),
        ("```c\ny\n```\n```py\nx\n```", "python", "x\n", "fenced"),
        ("```\nx\n```", "cpp", "x\n", "fenced"),
        ("```cpp\nx\n", "cpp", "x\n", "incomplete_fenced"),
        ("x = 1", "python", "x = 1", "heuristic"),
        (" ", "python", " ", "empty"),
        ("```" + "a" * 300_000, "python", "```" + "a" * 300_000, "heuristic"),
        ("```x " * 100_000 + "\nx\n```", "python", "x\n", "fenced"),
    ],
    ids=range(8),
)
def test_code_of_a_completion(completion: str, language: str, code: str, kind: str) -> None:
    """It is the fenced block of the language, else any fenced block, else everything."""
    assert (code, kind) == extracted(completion, language)


def test_files_unused_for_longest_go_first() -> None:
    """Jobe's files are kept within a number of bytes, which empty ones use up, too."""
    files = FileCache(1_600)
    for name in ("a", "b", "c"):
        files.put("", name, b"")
    files.get("", "a")
    files.put("", "d", b"x")

    assert [b"", None, b"", b"x"] == [files.get("", name) for name in ("a", "b", "c", "d")]


def test_nobody_replaces_files_of_others() -> None:
    """A file that a client put under a name is its own."""
    with faked(tokens=("one", "other")) as (http, _):
        path = "/jobe/index.php/restapi/files/x"
        put = http.ask("PUT", path, {"file_contents": ""}, headers={"X-API-KEY": "one"})
        asked = [http.ask("HEAD", path, headers={"X-API-KEY": key}) for key in ("one", "other")]

    assert 204 == put.status
    assert [204, 404] == [one.status for one in asked]


def test_scalebox_batch(gateway: Http) -> None:
    """Every input is run, and the answer says which outputs are as expected."""
    found = gateway.ask("POST", "/common_evaluate_batch", _batch()).data

    assert [True, False] == [one["passed"] for one in found["tests"]]
    assert (3, False, "fenced") == (found["id"], found["accepted"], found["extracted_type"])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, -(1 << 31)], "int"),
        ([1, 1 << 31], "long"),
        ([1, 0.5], "float"),
        ([True], "bool"),
        (["a", None], "optional[string]"),
        ([[], [[1.5]]], "list[list[float]]"),
        ([[]], "list[int]"),
        ([{"a": [1]}], "map[string, list[int]]"),
    ],
)
def test_types_follow_from_values(values: list[Any], expected: str) -> None:
    """Calls come without a signature: it is what fits all values of a place."""
    assert expected == type_of(values, "input")


SPECIAL = """\
import sys
read = lambda name: open(name).read().split()
a, b = map(int, read("answer.txt"))
sys.exit(0 if a + b == int(read("stdin.txt")[0]) and read("stdout.txt") else 3)
"""


@pytest.mark.local
@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        (_call(), [True, False]),
        (_call(input=["1\n2", "3\n4"], output=["3", "7"], json_input=True), [True, True]),
        (_call(input=[[1, "x"], [3, "y"]], output=[["1x"], ["3y"]]), [False, False]),
        (
            {
                "completion": "```python\nc = int(input())\nprint(c - 1, 1 if c < 7 else 2)\n```",
                "config": {
                    "language": "python",
                    "provided_data": {
                        "test_cases": {"input": ["3", "7"], "output": ["1 2", "3 4"]}
                    },
                    "extra": {"run_all_cases": True, "special_judge_program": SPECIAL},
                },
            },
            [True, False],
        ),
        (_batch(input=["Yes", "1.000001"], output=["YES", "1"]), [True, True]),
    ],
    ids=["calls", "calls in JSON", "exceptions", "special judge", "nearly equal"],
)
def test_scalebox_evaluates(asked: Any, passed: list[bool], gateway: Http) -> None:
    """Functions are called, and a program of the client decides about outputs that differ."""
    found = gateway.ask("POST", "/common_evaluate_batch", asked).data
    statuses = {one["exec_info"]["status"] for one in found["tests"]}

    assert passed == [one["passed"] for one in found["tests"]], found
    assert all(passed) == found["accepted"]
    assert "SandboxError" not in statuses


@pytest.mark.local
@pytest.mark.parametrize(
    ("language", "code", "failed", "other"),
    [
        ("python", "print(", "run_result", "compile_result"),
        ("bash", "if", "run_result", "compile_result"),
        ("cpp", "int main(", "compile_result", "run_result"),
    ],
)
def test_where_a_fault_is_shown(
    language: str, code: str, failed: str, other: str, gateway: Http
) -> None:
    """What SandboxFusion does not compile has run, for its clients, and all others not."""
    fusion = gateway.ask("POST", "/run_code", {"language": language, "code": code}).data
    piston = gateway.ask(
        "POST",
        "/api/v2/execute",
        {"language": language, "version": "*", "files": [{"content": code}]},
    ).data

    assert "Failed" == fusion["status"]
    assert fusion[other] is None
    assert 0 < fusion[failed]["return_code"]
    assert fusion[failed]["stderr"]
    assert isinstance(fusion[failed]["execution_time"], float)
    assert piston["run"] == piston.get("compile", piston["run"])
    assert piston["run"]["stderr"]


@pytest.mark.local
@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"language_id": "c", "sourcecode": "int main(void) { return X; }",
             "parameters": {"compileargs": ["-DX", "-DX"], "cputime": 1}},
            {"outcome": 12},
        ),
        (
            {"language_id": "java", "sourcefilename": "NO_PUBLIC_CLASS_FOUND.java", "input": "5",
             "sourcecode": "public class Twice { public static void main(String[] a) {"
             " System.out.println(2 * new java.util.Scanner(System.in).nextInt()); } }"},
            {"outcome": 15, "stdout": "10\n", "stderr": "", "cmpinfo": ""},
        ),
        (
            {"language_id": "python3", "sourcecode": "print(open('data').read())",
             "file_list": [["0cc175b9", "data"]]},
            {"outcome": 15, "stdout": "text\n"},
        ),
        (
            {"language_id": "python3", "sourcecode": "import os; os.write(1, b'\\xff')"},
            {"outcome": 15, "stdout": "\\xff"},
        ),
        (
            {"language_id": "python3", "sourcecode": "import sys; print(1, file=sys.stderr)"},
            {"outcome": 12, "stderr": "1\n"},
        ),
        ({"language_id": "c", "sourcecode": "int main("}, {"outcome": 11}),
        *(
            (
                {"language_id": name, "sourcecode": source, "sourcefilename": f"__tester__.{name}",
                 "input": "7\n", "file_list": [],
                 "parameters": {"cputime": 10, "memorylimit": 500, "numprocs": 100}},
                {"outcome": 15, "stdout": "7\n"},
            )
            for name, source in AS_CODERUNNER.items()
        ),
        (
            {"language_id": "python3", "sourcecode": "while True: pass",
             "parameters": {"cputime": 1}},
            {"outcome": 13},
        ),
    ],
)  # fmt: skip
def test_jobe_runs_a_program(spec: Any, expected: dict[str, Any], gateway: Http) -> None:
    """What a program does is what CodeRunner reads."""
    text = base64.b64encode(b"text").decode()
    gateway.ask("PUT", f"{BASE}/files/0cc175b9", {"file_contents": text})
    found = gateway.ask("POST", f"{BASE}/runs", {"run_spec": spec}).data

    assert expected == {name: found[name] for name in expected}

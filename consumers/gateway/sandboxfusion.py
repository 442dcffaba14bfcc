"""SandboxFusion's API, and ScaleBox's batch request: programs run for trainers of models.

A fault of the program is never `SandboxError`: clients send that again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from consumers.gateway import running
from consumers.gateway.api import bearer, unavailable
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route, as_bool
from consumers.gateway.running import Did, Wanted, as_list, as_mapping, as_number, as_text
from consumers.gateway.service import Service
from consumers.messages import SubmissionMessage
from judgecore.errors import UsageError
from judgecore.limits import MIB
from judgecore.problem import Checker, CheckerKind, TestCase
from judgecore.report import Limit
from judgecore.result import CompileResult, TestResult
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

T = TypeVar("T")

LANGUAGES = {
    "python": "python", "python2": "python2", "cpp": "cpp", "nodejs": "javascript", "go": "go",
    "java": "java", "php": "php", "csharp": "csharp", "bash": "bash", "typescript": "typescript",
    "sql": "sqlite", "rust": "rust", "lua": "lua", "R": "r", "perl": "perl", "ruby": "ruby",
    "scala": "scala", "kotlin_script": "kotlin", "verilog": "verilog", "racket": "racket",
    "c": "c", "javascript": "javascript",
}  # fmt: skip
DEFAULT_TIMEOUT_S = 10.0
_FENCE = "```"
_TAG = re.compile(r"[ \t]*([A-Za-z0-9_+#.-]*)")
_TAGS = {
    "cpp": {"cpp", "c++", "cc", "cxx"},
    "python": {"python", "py", "python3"},
    "nodejs": {"javascript", "js", "nodejs", "node"},
    "csharp": {"csharp", "c#", "cs"},
    "bash": {"bash", "sh", "shell"},
    "R": {"r"},
}


class SandboxFusion:
    """SandboxFusion's API before a service."""

    name = "sandboxfusion"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("GET", "/v1/ping", lambda _: Answer(200, "pong")),
            Route("POST", "/run_code", self._run_code),
            Route("POST", "/submit", self._submit),
            Route("POST", "/common_evaluate_batch", self._evaluate),
            Route("POST", "/run_jupyter", self._run_jupyter),
        ]

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        body = {"detail": str(exc)}
        if isinstance(exc, UsageError):
            return Answer(400, body)
        return unavailable(exc, body)

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(status, {"detail": text})

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""
        return bearer(request)

    def callback(self, entry: Entry) -> None:
        """It has no callbacks."""

    def _run_code(self, request: Request) -> Later:
        wanted = _checked(request, _program)
        return self._judged(request, wanted, _run_response)

    def _submit(self, request: Request) -> Later:
        asked = _checked(request, _submission)
        return self._evaluated(request, asked)

    def _evaluate(self, request: Request) -> Later:
        asked = _checked(request, _batch)
        return self._evaluated(request, asked)

    def _run_jupyter(self, request: Request) -> Answer:
        return Answer(501, {"detail": "notebooks are not run here; use /run_code"})

    def _evaluated(self, request: Request, asked: _Evaluation) -> Later:
        return self._judged(request, asked.wanted, lambda found: _evaluation(asked, found))

    def _judged(
        self, request: Request, wanted: Wanted, response: Callable[[Did], dict[str, Any]]
    ) -> Later:
        message: SubmissionMessage = wanted.message(self._service.offered)
        awaited = self._service.judge(message, request.client)
        backend = self._service.backend

        def answer(done: bool) -> Answer:
            return Answer(200, response(running.did(backend, message, done=done)))

        return Later(awaited, self._config.wait_s, answer)


# Reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """A completion with its tests; `kind`: how its code was found."""

    id: Any
    wanted: Wanted
    code: str
    kind: str


def _checked(request: Request, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(as_mapping(request.json(), "the body"))
    except ValueError as exc:
        error = {"loc": ["body"], "msg": str(exc), "type": "value_error"}
        raise Refused(Answer(422, {"detail": [error]})) from None


def _program(data: Mapping[str, Any]) -> Wanted:
    if "code" not in data:
        raise ValueError("code is missing")
    fetched = tuple(as_text(path, "fetch_files") for path in as_list(data.get("fetch_files"), ""))
    return Wanted(
        language=_language(data.get("language")),
        source=as_text(data["code"], "code"),
        tests=(TestCase(input=as_text(data.get("stdin"), "stdin")),),
        wall_ms=_ms(data, "run_timeout"),
        memory_bytes=_memory(data),
        output_bytes=4 * MIB,
        files=_files(data.get("files")),
        collect=fetched,
    )


def _submission(data: Mapping[str, Any]) -> _Evaluation:
    config = as_mapping(data.get("config"), "config")
    kind = config.get("dataset_type") or data.get("dataset")
    if kind != "CommonOJDataset":
        raise ValueError("config.dataset_type: only CommonOJDataset is judged here")
    provided = as_mapping(config.get("provided_data"), "config.provided_data")
    tests = [_standard_test(one) for one in as_list(provided.get("test"), "test")]
    return _evaluation_of(data, config, tests)


def _standard_test(one: Any) -> TestCase:
    given = as_mapping(as_mapping(one, "test").get("input"), "input")
    wanted = as_mapping(one.get("output"), "output")
    if set(given) - {"stdin"} or set(wanted) - {"stdout"}:
        raise ValueError("tests: only stdin and stdout are judged here")
    return TestCase(
        input=as_text(given.get("stdin"), "stdin"),
        expected=as_text(wanted.get("stdout"), "stdout"),
    )


def _batch(data: Mapping[str, Any]) -> _Evaluation:
    config = as_mapping(data.get("config"), "config")
    provided = as_mapping(config.get("provided_data"), "config.provided_data")
    cases = as_mapping(provided.get("test_cases"), "test_cases")
    if cases.get("type", "stdin_stdout") != "stdin_stdout":
        raise ValueError("test_cases.type: only stdin_stdout is judged here")
    extra = as_mapping(config.get("extra") or {}, "extra")
    if extra.get("special_judge_program"):
        raise ValueError("extra.special_judge_program: not supported; outputs are compared")
    inputs, outputs = as_list(cases.get("input"), "input"), as_list(cases.get("output"), "output")
    if len(inputs) != len(outputs):
        raise ValueError("test_cases: input and output differ in length")
    tests = [
        TestCase(input=as_text(given, "input"), expected=as_text(wanted, "output"))
        for given, wanted in zip(inputs, outputs, strict=True)
    ]
    return _evaluation_of(data, config, tests)


def _evaluation_of(
    data: Mapping[str, Any], config: Mapping[str, Any], tests: list[TestCase]
) -> _Evaluation:
    language = config.get("language")
    code, kind = extracted(as_text(data.get("completion"), "completion"), str(language))
    extra = as_mapping(config.get("extra") or {}, "extra")
    wanted = Wanted(
        language=_language(language),
        source=code,
        tests=tests,
        wall_ms=_ms(config, "run_timeout"),
        memory_bytes=_memory(config),
        checker=Checker(kind=CheckerKind.LINES),
        stop_at_first_failure=not as_bool(extra.get("run_all_cases")),
    )
    return _Evaluation(data.get("id", 0), wanted, code, kind)


def extracted(completion: str, language: str) -> tuple[str, str]:
    """The code in a completion, and how it was found: a fenced block of the language, or of any."""
    found = list(_blocks(completion))
    tags = _TAGS.get(language, {language.lower()})
    fitting = [one for one in found if one[0].lower() in tags] or found
    if fitting:
        _, code, is_whole = fitting[0]
        return code, "fenced" if is_whole else "incomplete_fenced"
    return completion, "heuristic" if completion.strip() else "empty"


def _blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Fenced blocks: the tag, what is inside, and whether the block is closed.

    No pattern: one that looks for the next fence may look through all of the text for each.
    """
    begin = text.find(_FENCE)
    while begin >= 0 and (line_end := text.find("\n", begin)) >= 0:
        tag = _TAG.match(text, begin + len(_FENCE))
        assert tag is not None  # it matches nothing, too
        end = text.find(_FENCE, line_end + 1)
        yield tag[1], text[line_end + 1 : None if end < 0 else end], end >= 0
        begin = -1 if end < 0 else text.find(_FENCE, end + len(_FENCE))


def _language(value: Any) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        raise ValueError(f"language: {value!r:.40} is none that is run here")
    return LANGUAGES[value]


def _ms(data: Mapping[str, Any], name: str) -> int:
    seconds = as_number(data.get(name), name, DEFAULT_TIMEOUT_S)
    if not 0 < seconds <= 3600:
        raise ValueError(f"{name} must be more than 0 and at most 3600")
    return round(seconds * 1000)


def _memory(data: Mapping[str, Any]) -> int | None:
    wanted = as_number(data.get("memory_limit_MB"), "memory_limit_MB", -1)
    if wanted > 65_536:
        raise ValueError("memory_limit_MB must be at most 65536")
    return None if wanted <= 0 else max(round(wanted), 4) * MIB


def _files(value: Any) -> dict[str, bytes]:
    found = {}
    for path, content in as_mapping(value or {}, "files").items():
        if content is None:
            continue
        try:
            found[path] = base64.b64decode(as_text(content, "files"), validate=True)
        except binascii.Error:
            raise ValueError(f"files: {path!r:.80} is not base64") from None
    return found


# Answering -------------------------------------------------------------------------------


def _run_response(found: Did) -> dict[str, Any]:
    if found.failure is not None:
        return _response("SandboxError", found.failure, None, None, {})
    compiled = None if found.compiled is None else _compiled(found.compiled)
    if not found.is_compiled:
        return _response("Failed", "", compiled, None, {})
    (test,) = found.tests
    return _test_response(compiled, test)


def _test_response(compiled: dict[str, Any] | None, test: TestResult) -> dict[str, Any]:
    ran = _ran(test)
    well = ran["status"] == "Finished" and ran["return_code"] == 0
    files = {
        path: base64.b64encode(as_bytes(content)).decode() for path, content in test.files.items()
    }
    return _response("Success" if well else "Failed", "", compiled, ran, files)


def _response(
    status: str,
    message: str,
    compiled: dict[str, Any] | None,
    ran: dict[str, Any] | None,
    files: dict[str, str],
) -> dict[str, Any]:
    return {
        "status": status,
        "message": message,
        "compile_result": compiled,
        "run_result": ran,
        "executor_pod_name": None,
        "files": files,
    }


def _compiled(found: CompileResult) -> dict[str, Any]:
    late = found.limit in (Limit.CPU, Limit.WALL)
    return {
        "status": "TimeLimitExceeded" if late else "Finished",
        "execution_time": found.wall_ms / 1000,
        "return_code": None if late else 0 if found.ok else found.exit_code or 1,
        "stdout": "",
        "stderr": found.output or found.detail,
    }


def _ran(test: TestResult) -> dict[str, Any]:
    late = test.verdict is Verdict.TLE
    code = test.exit_code if test.signal is None else -test.signal
    if code in (0, None) and test.verdict in (Verdict.MLE, Verdict.OLE, Verdict.RE):
        code = 1
    return {
        "status": "TimeLimitExceeded" if late else "Finished",
        "execution_time": test.wall_ms / 1000,
        "return_code": None if late else code,
        "stdout": running.text_of(running.stdout_of(test)),
        "stderr": running.text_of(running.stderr_of(test)),
    }


def _evaluation(asked: _Evaluation, found: Did) -> dict[str, Any]:
    cases = asked.wanted.tests
    if found.failure is not None or not found.is_compiled:
        tests = [_case(False, _run_response(found), cases[0])] if cases else []
        return _evaluated(asked, False, tests)
    compiled = None if found.compiled is None else _compiled(found.compiled)
    tests = [
        _case(test.verdict is Verdict.AC, _test_response(compiled, test), case)
        for test, case in zip(found.tests, cases, strict=False)
    ]
    accepted = len(tests) == len(cases) and all(one["passed"] for one in tests)
    return _evaluated(asked, accepted, tests)


def _case(passed: bool, info: dict[str, Any], case: TestCase) -> dict[str, Any]:
    test = {"input": {"stdin": case.input}, "output": {"stdout": case.expected}}
    return {"passed": passed, "exec_info": info, "test_info": test}


def _evaluated(asked: _Evaluation, accepted: bool, tests: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": asked.id,
        "accepted": accepted,
        "extracted_code": asked.code,
        "full_code": asked.code,
        "test_code": None,
        "tests": tests,
        "extracted_type": asked.kind,
        "extra": None,
    }

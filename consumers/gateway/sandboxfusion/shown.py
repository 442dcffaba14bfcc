"""What programs did, as clients of SandboxFusion read it.

A fault of the program is never `SandboxError`: clients send that again.
"""

from __future__ import annotations

import base64
from typing import Any

from consumers.gateway import running
from consumers.gateway.running import Did
from consumers.gateway.sandboxfusion.wanted import INTERPRETED, Evaluation
from judgecore.report import Limit
from judgecore.result import CompileResult, TestResult
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict


def run_response(found: Did, language: str) -> dict[str, Any]:
    """The answer to `/run_code`."""
    if found.failure is not None:
        return _response("SandboxError", found.failure, None, None, {})
    if not found.is_compiled and found.compiled is not None:
        failed = _compiled(found.compiled)
        if language in INTERPRETED:
            return _response("Failed", "", None, failed, {})
        return _response("Failed", "", failed, None, {})
    (test,) = found.tests
    return _test_response(_compiling(found, language), test)


def _compiling(found: Did, language: str) -> dict[str, Any] | None:
    """How it was compiled; None where clients expect that the language is not compiled."""
    if found.compiled is None or language in INTERPRETED:
        return None
    return _compiled(found.compiled)


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


def evaluated(
    asked: Evaluation, found: Did, overruled: frozenset[int] | None = None
) -> dict[str, Any]:
    """The answer about a completion. `overruled`: the tests, by number, that the special judge has
    decided about and accepted; None: it has decided about none.
    """
    if found.failure is not None or not found.is_compiled:
        info = run_response(found, asked.wanted.language)
        return _evaluation(asked, False, [_case(False, info, one) for one in asked.shown[:1]])
    compiled = _compiling(found, asked.wanted.language)
    tests = []
    for number, (test, case) in enumerate(zip(found.tests, asked.shown, strict=False)):
        tests.append(
            _case(_passes(asked, test, number, overruled), _info(asked, compiled, test), case)
        )
        if asked.first_failure and not tests[-1]["passed"]:
            break
    accepted = len(tests) == len(asked.shown) and all(one["passed"] for one in tests)
    return _evaluation(asked, accepted, tests)


def to_be_judged(asked: Evaluation, found: Did) -> list[int]:
    """The tests, by number, that the special judge is to decide about."""
    if asked.judge is None or found.failure is not None or not found.is_compiled:
        return []
    wanted = {Verdict.WA, Verdict.AC} if asked.judge.decides_all else {Verdict.WA}
    return [number for number, test in enumerate(found.tests) if test.verdict in wanted]


def accepting(numbers: list[int], found: Did) -> frozenset[int]:
    """Those of these tests that the special judge has accepted, by exit code 0."""
    verdicts = zip(numbers, found.tests, strict=False)
    accepted = (number for number, test in verdicts if test.verdict is Verdict.OK)
    return frozenset(accepted if found.is_compiled else ())


def _passes(
    asked: Evaluation, test: TestResult, number: int, overruled: frozenset[int] | None
) -> bool:
    if overruled is not None and (test.verdict is Verdict.WA or _decides_all(asked, test)):
        return number in overruled
    return test.verdict is Verdict.AC


def _decides_all(asked: Evaluation, test: TestResult) -> bool:
    return asked.judge is not None and asked.judge.decides_all and test.verdict is Verdict.AC


def _info(asked: Evaluation, compiled: dict[str, Any] | None, test: TestResult) -> dict[str, Any]:
    """How a run went. A call that returned the wrong value is a run that failed."""
    if asked.wanted.harness is None:
        return _test_response(compiled, test)
    passed = test.verdict is Verdict.AC
    late = test.verdict is Verdict.TLE
    stderr = running.text_of(as_bytes(test.stderr))
    ran = {
        "status": "TimeLimitExceeded" if late else "Finished",
        "execution_time": test.wall_ms / 1000,
        "return_code": None if late else 0 if passed else 1,
        "stdout": running.text_of(as_bytes(test.stdout)),
        "stderr": stderr if passed else f"{stderr}{test.detail}\n",
    }
    return _response("Success" if passed else "Failed", "", compiled, ran, {})


def _case(passed: bool, info: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    return {"passed": passed, "exec_info": info, "test_info": case}


def _evaluation(asked: Evaluation, accepted: bool, tests: list[dict[str, Any]]) -> dict[str, Any]:
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

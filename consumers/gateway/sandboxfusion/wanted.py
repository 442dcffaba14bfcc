"""What a client of SandboxFusion asks for, checked: a program to run, or one to evaluate."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumers.gateway.exchange import as_bool, read_json
from consumers.gateway.running import Wanted, as_list, as_mapping, as_number, as_text
from consumers.gateway.sandboxfusion.calls import FunctionCall, function_of
from consumers.gateway.sandboxfusion.completions import extracted
from judgecore.limits import MIB
from judgecore.problem import Checker, CheckerKind, TestCase

LANGUAGES = {
    "python": "python", "python2": "python2", "cpp": "cpp", "nodejs": "javascript", "go": "go",
    "java": "java", "php": "php", "csharp": "csharp", "bash": "bash", "typescript": "typescript",
    "sql": "sqlite", "rust": "rust", "lua": "lua", "R": "r", "perl": "perl", "ruby": "ruby",
    "scala": "scala", "kotlin_script": "kotlin", "verilog": "verilog", "racket": "racket",
    "c": "c", "javascript": "javascript", "js": "javascript", "ts": "typescript",
}  # fmt: skip
# SandboxFusion does not compile these, so clients expect a syntax error to be one of the run.
INTERPRETED = frozenset(
    ("bash", "csharp", "javascript", "kotlin", "lua", "perl", "php", "python", "python2", "r",
     "racket", "ruby", "sqlite", "typescript")
)  # fmt: skip
DEFAULT_TIMEOUT_S = 10.0
TOTAL_TIMEOUT_S = 300.0
DATASET = "CommonOJDataset"
# As SandboxFusion compares: letters of either case, and numbers that are nearly equal.
COMPARISON = Checker(kind=CheckerKind.FLOATS, case_sensitive=False, absolute=0.0, relative=1e-5)
_OTHERS = {
    "assert": "programs that check themselves are not evaluated here; run them with /run_code",
}


class NotHere(ValueError):
    """The request needs data that it does not bring: status 400."""


@dataclass(frozen=True, slots=True)
class SpecialJudge:
    """A program that decides about outputs that differ from the expected ones, or about all."""

    language: str
    source: str
    decides_all: bool

    def wanted(self, cases: list[tuple[TestCase, bytes]]) -> Wanted:
        """Its runs, for tests and what was printed for them."""
        tests = [
            TestCase(
                files={
                    "stdin.txt": case.input,
                    "stdout.txt": case.expected or "",
                    "answer.txt": answer,
                }
            )
            for case, answer in cases
        ]
        return Wanted(self.language, self.source, tests, wall_ms=round(DEFAULT_TIMEOUT_S * 1000))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A completion with its tests. `kind`: how its code was found; `shown`: the tests as clients
    see them. `first_failure`: nothing after the first test that fails is shown.
    """

    id: Any
    wanted: Wanted
    code: str
    kind: str
    shown: tuple[dict[str, Any], ...]
    timeout_s: float = TOTAL_TIMEOUT_S
    judge: SpecialJudge | None = None
    first_failure: bool = False


def program_of(data: Mapping[str, Any]) -> Wanted:
    """A program to run; raises `ValueError` about one that will not do."""
    if "code" not in data:
        raise ValueError("code is missing")
    fetched = tuple(as_text(path, "fetch_files") for path in as_list(data.get("fetch_files"), ""))
    language = _language(data.get("language"))
    return Wanted(
        language=language,
        source=_source(language, as_text(data["code"], "code")),
        tests=(TestCase(input=as_text(data.get("stdin"), "stdin")),),
        wall_ms=_ms(data, "run_timeout"),
        memory_bytes=_memory(data),
        output_bytes=4 * MIB,
        files=_files(data.get("files")),
        collect=fetched,
    )


def submission_of(data: Mapping[str, Any]) -> Evaluation:
    """A completion of `/submit`; raises `ValueError`."""
    config = as_mapping(data.get("config") or {}, "config")
    kind = config.get("dataset_type") or data.get("dataset")
    if kind != DATASET:
        raise NotHere(
            f"no eval class found for dataset {kind!s:.60}: there are no datasets here; send tests"
            f" with config.dataset_type {DATASET}"
        )
    if "provided_data" not in config:
        raise NotHere("there are no datasets here; send tests in config.provided_data")
    tests = _row(config["provided_data"], data.get("id")).get("test")
    if isinstance(tests, str):
        tests = read_json(tests.encode())
    return _compared(data, config, [_standard_test(one) for one in as_list(tests, "test")])


def _row(provided: Any, wanted_id: Any) -> Mapping[str, Any]:
    """The request's problem; of several, the one with this id."""
    if not isinstance(provided, list):
        return as_mapping(provided, "config.provided_data")
    rows = [as_mapping(one, "config.provided_data") for one in provided]
    for row in rows:
        if row.get("id") == wanted_id:
            return row
    raise NotHere(f"config.provided_data has no problem with the id {wanted_id!r:.60}")


def _standard_test(one: Any) -> TestCase:
    given = dict(as_mapping(as_mapping(one, "test").get("input"), "input"))
    wanted = as_mapping(one.get("output"), "output")
    if set(wanted) - {"stdout"}:
        raise ValueError("tests: of what a program makes, only its stdout is judged here")
    return TestCase(
        input=as_text(given.pop("stdin", None), "stdin"),
        expected=as_text(wanted.get("stdout"), "stdout"),
        files={path: as_text(content, "input") for path, content in given.items()},
    )


def batch_of(data: Mapping[str, Any]) -> Evaluation:
    """A completion of ScaleBox's `/common_evaluate_batch`; raises `ValueError`."""
    config = as_mapping(data.get("config"), "config")
    provided = as_mapping(config.get("provided_data"), "config.provided_data")
    cases = as_mapping(provided.get("test_cases"), "test_cases")
    inputs, outputs = as_list(cases.get("input"), "input"), as_list(cases.get("output"), "output")
    if len(inputs) != len(outputs):
        raise ValueError("test_cases: input and output differ in length")
    kind = cases.get("type") or ("function_call" if cases.get("fn_name") else "stdin_stdout")
    if kind == "function_call":
        call = function_of(cases, inputs, outputs)
        return _called(data, config, call)
    if kind != "stdin_stdout":
        why = _OTHERS.get(str(kind), "must be stdin_stdout or function_call")
        raise ValueError(f"test_cases.type: {why}")
    tests = [
        TestCase(input=as_text(given, "input"), expected=as_text(wanted, "output"))
        for given, wanted in zip(inputs, outputs, strict=True)
    ]
    return _compared(data, config, tests)


def _compared(
    data: Mapping[str, Any], config: Mapping[str, Any], tests: list[TestCase]
) -> Evaluation:
    """A completion whose output is compared, or judged by a program of the client's."""
    shown = tuple(
        {"input": {"stdin": one.input}, "output": {"stdout": one.expected}} for one in tests
    )
    judge = _judge(as_mapping(config.get("extra") or {}, "extra"))
    return _evaluation(data, config, tests, shown, judge=judge, checker=COMPARISON)


def _called(data: Mapping[str, Any], config: Mapping[str, Any], call: FunctionCall) -> Evaluation:
    return _evaluation(data, config, list(call.tests), call.shown, harness=call.function)


def _evaluation(
    data: Mapping[str, Any],
    config: Mapping[str, Any],
    tests: list[TestCase],
    shown: tuple[dict[str, Any], ...],
    judge: SpecialJudge | None = None,
    **how: Any,
) -> Evaluation:
    named = config.get("language")
    if named is None:
        raise NotHere("config.language is needed")
    if not tests:
        raise ValueError("there are no tests")
    code, kind = extracted(as_text(data.get("completion"), "completion"), str(named))
    extra = as_mapping(config.get("extra") or {}, "extra")
    first = not as_bool(extra.get("run_all_cases"))
    language = _language(named)
    wanted = Wanted(
        language=language,
        source=_source(language, code),
        tests=tests,
        wall_ms=_ms(config, "run_timeout"),
        memory_bytes=_memory(config),
        stop_at_first_failure=first and judge is None,
        **how,
    )
    timeout_s = _seconds(extra, "total_timeout", TOTAL_TIMEOUT_S)
    return Evaluation(data.get("id", 0), wanted, code, kind, shown, timeout_s, judge, first)


def _judge(extra: Mapping[str, Any]) -> SpecialJudge | None:
    source = as_text(extra.get("special_judge_program"), "extra.special_judge_program")
    if not source:
        return None
    language = _language(extra.get("special_judge_language") or "python")
    return SpecialJudge(language, source, as_bool(extra.get("force_special_judge")))


def _language(value: Any) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        raise ValueError(f"language: {value!r:.40} is none that is run here")
    return LANGUAGES[value]


def _source(language: str, code: str) -> str:
    """The program: PHP may come without the tag that it begins with."""
    return f"<?php\n{code}" if language == "php" and "<?" not in code else code


def _ms(data: Mapping[str, Any], name: str) -> int:
    return round(_seconds(data, name, DEFAULT_TIMEOUT_S) * 1000)


def _seconds(data: Mapping[str, Any], name: str, default: float) -> float:
    seconds = as_number(data.get(name), name, default)
    if not 0 < seconds <= 3600:
        raise ValueError(f"{name} must be more than 0 and at most 3600")
    return seconds


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

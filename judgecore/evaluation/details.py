"""How much one result may hold of what programs wrote."""

from __future__ import annotations

import json
from typing import Any

from judgecore.limits import MIB
from judgecore.result import TestResult
from judgecore.validation import as_bytes

DETAILS_BYTES = 2 * MIB
# `detail` is a sentence of our own, which may quote some words.
_DETAIL_CHARACTERS = 200
_TEXTS = ("message", "staff_message", "transcript", "stderr", "stdout")
_CUT = "…"
_NOTHING_BYTES = len(json.dumps(""))


class DetailBudget:
    """The texts of one result's tests, `most_bytes` of JSON in all.

    JSON may have twelve bytes for one of the program's. Once a text does not fit, it and all later
    ones are left out: `stdout_truncated` and `stderr_truncated` say so, and messages and
    transcripts are `…`.
    """

    def __init__(self, most_bytes: int = DETAILS_BYTES) -> None:
        self._left_bytes = most_bytes

    def within(self, test: TestResult) -> TestResult:
        """The test with the texts that there is room for."""
        texts = [test.detail, *(getattr(test, name) for name in _TEXTS)]
        size = sum(len(json.dumps(text)) if text else _NOTHING_BYTES for text in texts)
        if size <= self._left_bytes:
            self._left_bytes -= size
            return test
        self._left_bytes = 0
        return test.model_copy(update=_cut(test))


def _cut(test: TestResult) -> dict[str, Any]:
    cut: dict[str, Any] = {name: _CUT for name in _TEXTS[:3] if getattr(test, name)}
    for name in _TEXTS[3:]:
        if getattr(test, name):
            cut |= {name: "", f"{name}_truncated": True}
    if len(test.detail) > _DETAIL_CHARACTERS:
        cut["detail"] = test.detail[:_DETAIL_CHARACTERS] + _CUT
    return cut


class KeptBudget:
    """The outputs and files that results keep whole, `most_bytes` in all; None: without a bound.

    A test's that do not fit are left out: `detail` says so, and `stdout_truncated`.
    """

    def __init__(self, most_bytes: int | None) -> None:
        self._most_bytes = most_bytes
        self._used_bytes = 0

    def within(self, test: TestResult) -> TestResult:
        """The test with its output and files, if there is room for them."""
        if self._most_bytes is None:
            return test
        contents = (test.output or b"", test.error_output or b"", *test.files.values())
        size = sum(len(as_bytes(content)) for content in contents)
        if self._used_bytes + size <= self._most_bytes:
            self._used_bytes += size
            return test
        said = f"output and files left out: a result keeps {self._most_bytes} bytes of them"
        detail = f"{test.detail}; {said}" if test.detail else said
        truncated = test.stdout_truncated or test.output is not None
        left_out: dict[str, Any] = {
            "output": None,
            "error_output": None,
            "files": {},
            "stdout_truncated": truncated,
        }
        return test.model_copy(update={**left_out, "detail": detail})

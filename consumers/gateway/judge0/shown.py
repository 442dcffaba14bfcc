"""A submission as clients of Judge0 read it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consumers.gateway.backends import State
from consumers.gateway.entries import Entry
from consumers.gateway.judge0 import tables
from consumers.gateway.judge0.wanted import COMPILE_FAILED, COMPILE_OUTPUT
from judgecore.report import Limit
from judgecore.result import Result, TestResult
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

DEFAULT_FIELDS = (
    "token", "time", "memory", "stdout", "stderr", "compile_output", "message", "status"
)  # fmt: skip
# Client libraries fail on these where they do not expect them: shown when they are asked for.
ON_REQUEST = ("queued_at", "started_at", "updated_at", "queue_host", "execution_host")
KEPT_FIELDS = (
    "source_code", "language_id", "stdin", "expected_output", "number_of_runs", "cpu_time_limit",
    "cpu_extra_time", "wall_time_limit", "memory_limit", "stack_limit",
    "max_processes_and_or_threads", "enable_per_process_and_thread_time_limit",
    "enable_per_process_and_thread_memory_limit", "max_file_size", "compiler_options",
    "command_line_arguments", "redirect_stderr_to_stdout", "callback_url", "additional_files",
    "enable_network",
)  # fmt: skip
MADE_FIELDS = (
    "stdout", "stderr", "compile_output", "message", "status", "status_id", "exit_code",
    "exit_signal", "time", "wall_time", "memory",
)  # fmt: skip
ALL_FIELDS = (*KEPT_FIELDS, *MADE_FIELDS, "token", "language", "created_at", "finished_at")
CONTENTS = frozenset(
    ("source_code", "stdin", "expected_output", "stdout", "stderr", "compile_output", "message")
)
_DECIMALS = frozenset(("cpu_time_limit", "cpu_extra_time", "wall_time_limit"))
_LINE_BYTES = 45  # become sixty characters


class NotText(Exception):
    """Contents that are no UTF-8 can only be shown as base64."""


def fields_named(text: str | None) -> tuple[str, ...]:
    """The fields that a client asks for; raises `ValueError` that names the unknown ones."""
    if not text:
        return DEFAULT_FIELDS
    names = [name.strip() for name in text.split(",") if name.strip()]
    if "*" in names:
        return ALL_FIELDS
    known = {*ALL_FIELDS, *ON_REQUEST}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"invalid fields: [{', '.join(unknown)[:200]}]")
    return tuple(dict.fromkeys(names)) or DEFAULT_FIELDS


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry with how far its submission is."""

    entry: Entry
    state: State
    language_name: str
    mle_status: int = tables.OTHER

    def values(self) -> dict[str, Any]:
        """Every field, contents as text or bytes."""
        entry, state = self.entry, self.state
        kept = dict(entry.request)
        ended = state.ended
        at = None if ended is None else stamp(ended.at)
        created = stamp(entry.created_at)
        made = self._made() if ended is not None else self._waiting()
        return {
            **dict.fromkeys(MADE_FIELDS),
            **{name: str(v) if name in _DECIMALS else v for name, v in kept.items()},
            **made,
            "status": _status(made["status_id"]),
            "token": str(entry.token),
            "language": {"id": kept["language_id"], "name": self.language_name},
            "created_at": created,
            "finished_at": at,
            "queued_at": created,
            "started_at": None if state.verdict is Verdict.PENDING else created,
            "updated_at": at or created,
            "queue_host": None,
            "execution_host": None,
        }

    def _waiting(self) -> dict[str, Any]:
        begun = self.state.verdict is Verdict.JUDGING
        return {"status_id": tables.PROCESSING if begun else tables.IN_QUEUE}

    def _made(self) -> dict[str, Any]:
        assert self.state.ended is not None
        result = self.state.ended.result
        if result.verdict in (Verdict.IE, Verdict.CANCELLED) or not (
            result.tests or result.verdict is Verdict.CE
        ):
            return {"status_id": tables.INTERNAL_ERROR, "message": result.cause}
        if result.verdict is Verdict.CE:
            return _not_compiled(result)
        first, count = self.entry.first, self.entry.tests
        tests = [t for t in result.tests[first : first + count] if t.verdict is not Verdict.SKIPPED]
        return _ran(tests, result, self.mle_status)


def shown(seen: Seen, fields: Iterable[str], *, encoded: bool) -> dict[str, Any]:
    """The fields of a submission as JSON; `NotText` where base64 is needed and not wanted."""
    values = seen.values()
    return {name: _shown(name, values.get(name), encoded) for name in fields}


def _shown(name: str, value: Any, encoded: bool) -> Any:
    if name == "additional_files":
        return None if value is None else mime(as_bytes(value))
    if name not in CONTENTS or value is None:
        return value
    if encoded:
        return mime(as_bytes(value))
    try:
        return value if isinstance(value, str) else value.decode()
    except UnicodeDecodeError:
        raise NotText from None


def mime(data: bytes) -> str:
    """Base64 with a line's end after sixty characters and at the end, as Ruby makes it."""
    pieces = range(0, len(data), _LINE_BYTES)
    return "".join(f"{base64.b64encode(data[n : n + _LINE_BYTES]).decode()}\n" for n in pieces)


def stamp(at: datetime) -> str:
    """A time with milliseconds, in UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _status(number: int) -> dict[str, Any]:
    return {"id": number, "description": tables.ALL_STATUSES[number]}


def _not_compiled(result: Result) -> dict[str, Any]:
    compiled = result.compile
    timed_out = compiled is not None and compiled.limit in (Limit.CPU, Limit.WALL)
    output = "" if compiled is None else compiled.output or compiled.detail
    return {
        "status_id": tables.COMPILATION_ERROR,
        "compile_output": "Compilation time limit exceeded." if timed_out else output or None,
    }


def _ran(tests: Sequence[TestResult], result: Result, mle_status: int) -> dict[str, Any]:
    last = tests[-1]
    compiled = result.compile
    own = last.files.get(COMPILE_OUTPUT)
    said = own if own is not None or compiled is None else compiled.output
    if COMPILE_FAILED in last.files:
        return {"status_id": tables.COMPILATION_ERROR, "compile_output": said or None}
    return {
        "status_id": status_of(last, mle_status),
        "stdout": (last.output if last.output is not None else last.stdout) or None,
        "stderr": (last.error_output or last.stderr) or None,
        "compile_output": said or None,
        "message": message_of(last),
        "exit_code": last.exit_code,
        "exit_signal": last.signal,
        "time": _seconds([test.cpu_ms for test in tests]),
        "wall_time": _seconds([test.wall_ms for test in tests]),
        "memory": sum(test.memory_bytes for test in tests) // len(tests) // tables.KIB,
    }


def _seconds(each_ms: Sequence[float]) -> str:
    return str(round(sum(each_ms) / len(each_ms) / 1000, 3))


_STATUS: Mapping[Verdict, int] = {
    Verdict.AC: tables.ACCEPTED,
    Verdict.OK: tables.ACCEPTED,
    Verdict.WA: tables.WRONG_ANSWER,
    Verdict.PE: tables.WRONG_ANSWER,
    Verdict.PS: tables.WRONG_ANSWER,
    Verdict.TLE: tables.TIME_LIMIT,
    Verdict.OLE: tables.SIGXFSZ,
    Verdict.CE: tables.COMPILATION_ERROR,
}


def status_of(test: TestResult, mle_status: int = tables.OTHER) -> int:
    """Judge0's number for how a run ended. It has none for memory: `mle_status`."""
    if test.verdict is Verdict.MLE:
        return mle_status
    if test.verdict is not Verdict.RE:
        return _STATUS.get(test.verdict, tables.INTERNAL_ERROR)
    if test.signal is not None:
        return tables.BY_SIGNAL.get(test.signal, tables.OTHER)
    return tables.NZEC if test.exit_code is not None else tables.EXEC_FORMAT


def message_of(test: TestResult) -> str | None:
    """The sentence that goes with a status."""
    if test.verdict is Verdict.TLE:
        by_wall = test.limit in (Limit.WALL, Limit.IDLE)
        return "Time limit exceeded (wall clock)" if by_wall else "Time limit exceeded"
    if test.verdict is Verdict.MLE:
        return "Memory limit exceeded"
    if test.verdict is Verdict.RE and test.signal is not None:
        return f"Caught fatal signal {test.signal}"
    if test.verdict is Verdict.RE and test.exit_code is not None:
        return f"Exited with error status {test.exit_code}"
    return test.detail or None if test.verdict in (Verdict.RE, Verdict.OLE) else None

"""What a client of Judge0 asks for: its fields checked, and the submission they become."""

from __future__ import annotations

import base64
import binascii
import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from consumers.gateway.archives import unpacked
from consumers.gateway.callbacks import is_callback
from consumers.gateway.exchange import as_bool
from consumers.gateway.judge0.languages import Numbered
from consumers.gateway.judge0.tables import KIB, MULTI_FILE
from consumers.gateway.service import made_message
from consumers.messages import SubmissionMessage
from judgecore.errors import InvalidSubmission, UsageError
from judgecore.limits import MIB, MOST_MS, Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.validation import as_bytes

ENCODED = ("source_code", "stdin", "expected_output")
NUMBERS = {
    "cpu_time_limit": 0.0,
    "cpu_extra_time": 0.0,
    "wall_time_limit": 1.0,
    "memory_limit": 2048,
    "stack_limit": 0,
    "max_processes_and_or_threads": 1,
    "max_file_size": 0,
    "number_of_runs": 1,
}
FLAGS = (
    "enable_per_process_and_thread_time_limit",
    "enable_per_process_and_thread_memory_limit",
    "redirect_stderr_to_stdout",
    "enable_network",
)
TEXTS = ("compiler_options", "command_line_arguments")
FIELDS = (
    *ENCODED, *TEXTS, *NUMBERS, *FLAGS, "language_id", "additional_files", "callback_url"
)  # fmt: skip
_MOST_TEXT = 512
_OPTION = re.compile(
    r"-(O([0-3sgz]|fast)?|g[0-3]?|w|pedantic(-errors)?|ansi|pthread|static|s|pipe|lm"
    r"|l[A-Za-z0-9_+.-]+|std=[a-z0-9+:]+|W(?![lap],)[A-Za-z0-9=+-]*|[DU][A-Za-z_]\w*(=[\w.+-]*)?"
    r"|m[a-z0-9=.-]+|f(no-)?[a-z0-9-]+(=[a-z0-9]+)?)"
)
# Those of `-f` that read or write files, or load code into the compiler.
_FILES = re.compile(
    r"-f.*(plugin|dump|profile|save|specs|prefix-map|output|report|info|graph|usage|lto|module"
    r"|coverage|trace|dir)"
)
# A program of many files brings its own scripts; what it prints while it compiles is kept apart.
MULTI_FILE_SCRIPT = """\
for script in compile compile.sh; do
    if [ -f "$script" ]; then
        if ! bash "$script" >.compile-output 2>&1; then
            : >.compile-failed
            exit 1
        fi
        break
    fi
done
for script in run run.sh; do
    if [ -f "$script" ]; then exec bash "$script" "$@"; fi
done
echo "the archive has neither run nor run.sh" >&2
exit 127
"""
COMPILE_OUTPUT, COMPILE_FAILED = ".compile-output", ".compile-failed"
_MULTI_FILE_MEMORY = 512 * MIB
_MULTI_FILE_ENTRY = ".multi-file"


class Invalid(Exception):
    """Fields that will not do, each with what is wrong with it: status 422."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(errors))
        self.errors = dict(errors)


@dataclass(slots=True)
class Wanted:
    """A submission as a client asks for it.

    `fields`: what Judge0 shows of it, with the defaults in force; contents are text or bytes.
    """

    fields: dict[str, Any]
    language: Numbered
    files: dict[str, bytes] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    @property
    def is_multi_file(self) -> bool:
        """Whether it brings scripts that compile and run it."""
        return self.language.number == MULTI_FILE

    def limits(self) -> Limits:
        """The limits of a run. Nothing ends a program that sleeps but its wall time."""
        asked = self.fields
        wall_ms = min(_ms(asked["wall_time_limit"]), MOST_MS)
        memory = max(int(asked["memory_limit"]) * KIB, 4 * MIB)
        size = max(1, int(asked["max_file_size"]) * KIB)
        return Limits(
            cpu_ms=_ms(asked["cpu_time_limit"]),
            wall_ms=wall_ms,
            idle_ms=wall_ms,
            memory_bytes=max(memory, _MULTI_FILE_MEMORY) if self.is_multi_file else memory,
            stack_bytes=max(int(asked["stack_limit"]) * KIB, 64 * KIB),
            output_bytes=size,
            file_bytes=64 * MIB if self.is_multi_file else size,
            processes=int(asked["max_processes_and_or_threads"]),
        )

    def tests(self) -> tuple[TestCase, ...]:
        """One test for each run that is asked for."""
        asked = self.fields
        test = TestCase(
            input=asked["stdin"] or "",
            expected=asked["expected_output"],
            arguments=self.arguments,
        )
        return (test,) * int(asked["number_of_runs"])

    @property
    def group(self) -> tuple[Any, ...]:
        """Equal for submissions that can be judged as tests of one."""
        asked = self.fields
        settings = tuple(asked[name] for name in (*NUMBERS, *FLAGS))
        judged = asked["expected_output"] is not None
        files = tuple(sorted(self.files.items()))
        return (self.language.number, asked["source_code"], files, self.options, settings, judged)

    def message(self, submission_id: UUID, tests: tuple[TestCase, ...]) -> SubmissionMessage:
        """The submission that it becomes, with its own tests or those of its group."""
        if self.is_multi_file:
            return self._multi_file(submission_id, tests)
        return made_message(
            submission_id=submission_id,
            language=self.language.language.id,
            source=self.fields["source_code"],
            files=dict(self.files),
            tests=tests,
            limits=self.limits(),
            checker=Checker(kind=CheckerKind.RSTRIP),
            keep_output=True,
            options=self.options,
            merge_stderr=self.fields["redirect_stderr_to_stdout"],
        )

    def _multi_file(self, submission_id: UUID, tests: tuple[TestCase, ...]) -> SubmissionMessage:
        limits, checker = self.limits(), Checker(kind=CheckerKind.RSTRIP)
        return made_message(
            submission_id=submission_id,
            language=self.language.language.id,
            source=MULTI_FILE_SCRIPT,
            entry=_MULTI_FILE_ENTRY,
            files=dict(self.files),
            problem=Problem(tests=tests, limits=limits, checker=checker, writable=True),
            keep_output=True,
            collect=(COMPILE_OUTPUT, COMPILE_FAILED),
            merge_stderr=self.fields["redirect_stderr_to_stdout"],
        )


class Reader:
    """Reads what clients send, within the limits of a configuration (Judge0's `config_info`)."""

    def __init__(self, config: Mapping[str, Any], languages: Mapping[int, Numbered]) -> None:
        self._config = config
        self._languages = languages

    def read(self, given: Mapping[str, Any], *, encoded: bool) -> Wanted:
        """Read a submission; `encoded`: its contents are base64. Raises `Invalid`."""
        errors: dict[str, list[str]] = {}
        fields: dict[str, Any] = {}

        def take(name: str, read: Any) -> None:
            try:
                fields[name] = read(given.get(name), name)
            except ValueError as exc:
                errors[name] = [str(exc)]

        for name in ENCODED:
            take(name, _decoded if encoded else _text)
        for name in TEXTS:
            take(name, self._short_text)
        for name in NUMBERS:
            take(name, self._number)
        for name in FLAGS:
            take(name, self._flag)
        take("callback_url", self._callback)
        take("language_id", self._language)
        take("additional_files", _decoded)
        if errors:
            raise Invalid(errors)
        wanted = Wanted(fields, self._languages[fields["language_id"]])
        self._complete(wanted)
        return wanted

    def _complete(self, wanted: Wanted) -> None:
        """Read what depends on the language."""
        fields = wanted.fields
        archive = fields["additional_files"]
        if wanted.is_multi_file and fields["source_code"]:
            raise Invalid({"source_code": ["must be absent for a multi-file program"]})
        if wanted.is_multi_file and not archive:
            raise Invalid({"additional_files": ["can't be blank"]})
        if not wanted.is_multi_file and not as_bytes(fields["source_code"] or b"").strip():
            raise Invalid({"source_code": ["can't be blank"]})
        if archive:
            most_bytes = self._config["max_extract_size"] * KIB
            try:
                wanted.files = unpacked(as_bytes(archive), most_bytes)
            except ValueError as exc:
                raise Invalid({"additional_files": [str(exc)]}) from None
        wanted.options = _options(fields["compiler_options"], wanted.language)
        wanted.arguments = _arguments(fields["command_line_arguments"])

    def _number(self, value: object, name: str) -> float | int:
        default, least = self._config[name], NUMBERS[name]
        most = self._config.get(f"max_{name}")
        found = default if value is None or value == "" else _as_number(value)
        if found < least:
            raise ValueError(f"must be greater than or equal to {least:g}")
        if most is not None and found > most:
            raise ValueError(f"must be less than or equal to {most:g}")
        return float(found) if isinstance(least, float) else int(found)

    def _flag(self, value: object, name: str) -> bool:
        wanted = as_bool(value, self._config[name])
        if wanted and not self._config.get(f"allow_{name}", True):
            raise ValueError("is not allowed here")
        return wanted

    def _short_text(self, value: object, name: str) -> str | None:
        found = _text(value, name)
        if found is not None and len(found) > _MOST_TEXT:
            raise ValueError(f"is too long (maximum is {_MOST_TEXT} characters)")
        if found and not self._config[f"enable_{name}"]:
            raise ValueError("is not allowed here")
        return found

    def _callback(self, value: object, name: str) -> str | None:
        found = _text(value, name)
        if found and not self._config["enable_callbacks"]:
            raise ValueError("is not allowed here")
        if found and not is_callback(found):
            raise ValueError("must be a URL, not too long, that starts with http:// or https://")
        return found or None

    def _language(self, value: object, name: str) -> int:
        if value is None or value == "":
            raise ValueError("can't be blank")
        number = _as_number(value)
        if number not in self._languages:
            raise ValueError(f"language with id {value!s:.20} doesn't exist")
        return int(number)


def _text(value: object, name: str) -> str | None:
    if value is None or isinstance(value, str):
        found = value
    elif isinstance(value, int | float):
        found = str(value)
    else:
        raise ValueError("must be a text")
    if found is not None and "\0" in found:
        raise ValueError("holds a NUL character; send it as base64")
    return found


def _decoded(value: object, name: str) -> bytes | None:
    found = _text(value, name)
    if found is None:
        return None
    bare = "".join(found.split())
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    return data


def _as_number(value: object) -> float:
    try:
        found = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError("is not a number")
    return found


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _words(text: str | None, name: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text or ""))
    except ValueError as exc:
        raise Invalid({name: [str(exc)]}) from None


def _arguments(text: str | None) -> tuple[str, ...]:
    return _words(text, "command_line_arguments")


def _options(text: str | None, numbered: Numbered) -> tuple[str, ...]:
    """The compiler's options: only such as read and write no files."""
    options = _words(text, "compiler_options")
    if options and numbered.language.define is None:
        raise Invalid({"compiler_options": ["setting compiler options is not allowed for it"]})
    for option in options:
        if not _OPTION.fullmatch(option) or _FILES.match(option):
            raise Invalid({"compiler_options": [f"option {option!r:.60} is not allowed"]})
    return options


def complaint(exc: UsageError) -> Invalid:
    """What the judge itself says about a submission, as Judge0 would."""
    if isinstance(exc, InvalidSubmission):
        return Invalid({exc.field: [exc.problem], **{name: [text] for name, text in exc.others}})
    return Invalid({"submission": [str(exc)]})

"""Options that several commands have, and how they become values of the library."""

from __future__ import annotations

import math
import os
import re
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from judgecore import Judge
from judgecore.config import Config
from judgecore.errors import InvalidSubmission, UnknownLanguage
from judgecore.kinds import Pipes
from judgecore.limits import MIB, Limits
from judgecore.problem import MAX_TEST_BYTES
from judgecore.problems.package import Format
from judgecore.submission import MAX_SOURCE_BYTES

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LenientFlag = Annotated[
    bool, typer.Option("--lenient", help="Warn of a package's keys that are not known.")
]
IncludeOption = Annotated[
    Path | None,
    typer.Option(
        "--include", help="A folder with a testlib.h, for packages that do not bring their own."
    ),
]
FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="The package's format; auto: the first that fits. A version is read as that one where"
        " the package gives none, and refused where it gives another.",
    ),
]
PipesOption = Annotated[
    Pipes | None,
    typer.Option(
        "--pipes",
        help="For interactive problems: whose rules hold for closed pipes; default: the problem's.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", help="auto, docker, local or process; default: $JUDGECORE_ENGINE."),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--language", "-l", help="Language id; default: guessed from the file's ending."),
]
TimeOption = Annotated[
    float | None,
    typer.Option(
        "--time",
        min=0.001,
        max=3600,
        help="CPU time limit in seconds; default: the problem's, or 2.",
    ),
]
MemoryOption = Annotated[
    int | None,
    typer.Option(
        "--memory", min=4, max=65_536, help="Memory limit in MiB; default: the problem's, or 256."
    ),
]

# Endings that the ICPC problem package format and judges use: those that no language names, and
# those that several do.
ENDINGS = {
    **dict.fromkeys((".cc", ".cxx", ".c++", ".C", ".cp"), "cpp"),
    **dict.fromkeys((".f95", ".f03", ".f08", ".for"), "fortran"),
    **dict.fromkeys((".4th", ".forth", ".frt", ".fs"), "forth"),
    **dict.fromkeys((".plg", ".prolog"), "prolog"),
    **dict.fromkeys((".p", ".pp"), "pascal"),
    **dict.fromkeys((".mjs", ".cjs"), "javascript"),
    ".ads": "ada",
    ".bash": "bash",
    ".cbl": "cobol",
    ".cl": "common-lisp",
    ".ex": "elixir",
    ".mod": "modula2",
    ".pm": "perl",
    ".py2": "python2",
    ".py3": "python",
    ".r": "r",
    ".sv": "verilog",
}

# Endings of two languages, told apart by the text: what only the first one has, and both.
SHARED_ENDINGS = {
    ".pl": (re.compile(rb"^\s*:-|^[a-z]\w*(\([^#;]*\))?\s*(:-|\.\s*$)", re.M), "prolog", "perl"),
    ".m": (re.compile(rb"^\s*(#\s*(import|include)\b|@\w+)", re.M), "objective-c", "octave"),
}


def configured(engine: str | None) -> Config:
    config = Config.from_env(os.environ)
    return replace(config, engine=engine) if engine else config


def read_source(path: Path) -> bytes:
    """Read a source file; `-` is this command's stdin."""
    return _bounded(path, MAX_SOURCE_BYTES)


def guess_language(path: Path, judge: Judge, given: str | None, content: bytes = b"") -> str:
    """The language as given, else by the ending and, where two share it, by the text."""
    if given:
        return judge.resolve_language(given)
    if path.suffix in ENDINGS:
        return ENDINGS[path.suffix]
    if content and path.suffix in SHARED_ENDINGS:
        sign, first, second = SHARED_ENDINGS[path.suffix]
        return first if sign.search(content) else second
    ending = path.suffix.removeprefix(".")
    fitting = [x.id for x in judge.registry.values() if Path(x.file).suffix == path.suffix]
    with suppress(UnknownLanguage):  # the language that the ending is an alias of
        if ending and (named := judge.resolve_language(ending)) in fitting:
            return named
    if ending and len(fitting) == 1:
        return fitting[0]
    said = f": it may be {', '.join(fitting)}" if ending and fitting else ""
    raise InvalidSubmission(
        "language", f"cannot be guessed from {path.name!r}{said}; give --language"
    )


def limits_from(base: Limits, time_s: float | None, memory_mb: int | None) -> Limits:
    changes: dict[str, Any] = {}
    if time_s is not None and math.isnan(time_s):  # which is in no range and outside of none
        raise InvalidSubmission("--time", "nan is not a number of seconds")
    if time_s is not None:
        changes["cpu_ms"] = round(time_s * 1000)
    if memory_mb is not None:
        changes["memory_bytes"] = memory_mb * MIB
    return base.model_copy(update=changes)  # the options have ranges


def read_data(path: Path) -> bytes:
    """A test's input or expected output; `-` is stdin."""
    return _bounded(path, MAX_TEST_BYTES)


def read_text(path: Path) -> str:
    """UTF-8 text, in whatever locale; `-` is stdin."""
    try:
        return read_data(path).decode()
    except UnicodeDecodeError as exc:
        raise InvalidSubmission(_called(path), f"not valid UTF-8 at byte {exc.start}") from None


def _called(path: Path) -> str:
    return "stdin" if str(path) == "-" else str(path)


def _bounded(path: Path, most: int) -> bytes:
    """Read a file that may be endless, but never more than one byte beyond `most`."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                data = file.read(most + 1)
    except OSError as exc:
        raise InvalidSubmission(str(path), exc.strerror or str(exc)) from None
    if len(data) > most:
        raise InvalidSubmission(_called(path), f"more than {most} bytes")
    return data

"""What programs did, as clients of Piston read it."""

from __future__ import annotations

import re
import signal
from typing import Any

from consumers.gateway import running
from consumers.gateway.running import Did
from judgecore.languages import Language
from judgecore.result import CompileResult, TestResult
from judgecore.verdict import Verdict

_STATUS = {
    Verdict.TLE: "TO", Verdict.OLE: "OL", Verdict.MLE: "SG", Verdict.IE: "XX"
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+){0,2}")


# Clients look in the list of runtimes for the names that Piston has.
NAMES = {
    "common-lisp": "lisp",
    "cpp": "c++",
    "nasm": "nasm64",
    "r": "rscript",
    "sqlite": "sqlite3",
}
IDS = {name: language_id for language_id, name in NAMES.items()}


def name_of(language: Language) -> str:
    """What Piston calls a language."""
    return NAMES.get(language.id, language.id)


def aliases_of(language: Language) -> list[str]:
    """Its other names."""
    own = name_of(language)
    names = [alias for alias in language.aliases if not alias.isdecimal()]
    return [name for name in dict.fromkeys((language.id, *names)) if name != own]


def version_of(language: Language) -> str:
    """A version for clients to name: the number in the language's name, else 1.0.0."""
    found = _NUMBER.search(language.name)
    parts = found[0].split(".") if found else ["1"]
    return ".".join((*parts, "0", "0")[:3])


def response(language: Language, found: Did) -> dict[str, Any]:
    """What the stages did."""
    made: dict[str, Any] = {"language": name_of(language), "version": version_of(language)}
    if found.compiled is not None:
        made["compile"] = compiled_stage(found.compiled)
    if not found.is_compiled:
        return {**made, "run": made.get("compile", _nothing())}
    return {**made, "run": stage(found.tests[0])}


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(
        ("stdout", "stderr", "output", "code", "signal", "message", "status", "cpu_time",
         "wall_time", "memory")
    )  # fmt: skip


def compiled_stage(found: CompileResult) -> dict[str, Any]:
    """What compiling did."""
    return {
        "stdout": "",
        "stderr": found.output,
        "output": found.output,
        "code": 0 if found.ok else found.exit_code or 1,
        "signal": None,
        "message": None if found.ok else found.detail or None,
        "status": None if found.ok else "RE",
        "cpu_time": round(found.cpu_ms),
        "wall_time": round(found.wall_ms),
        "memory": found.memory_bytes,
    }


def stage(test: TestResult) -> dict[str, Any]:
    """What a run did. The two streams are one after the other in `output`."""
    stdout = running.text_of(running.stdout_of(test))
    stderr = running.text_of(running.stderr_of(test))
    status = _STATUS.get(test.verdict)
    killed = test.verdict in (Verdict.TLE, Verdict.OLE, Verdict.MLE)
    if test.verdict is Verdict.RE:
        status = "RE" if test.signal is None else "SG"
    number = test.signal if test.signal is not None else 9 if killed else None
    return {
        "stdout": stdout,
        "stderr": stderr,
        "output": stdout + stderr,
        "code": None if number is not None else test.exit_code,
        "signal": None if number is None else signal_name(number),
        "message": test.detail or None,
        "status": status,
        "cpu_time": round(test.cpu_ms),
        "wall_time": round(test.wall_ms),
        "memory": test.memory_bytes,
    }


def signal_name(number: int) -> str:
    """The name of a signal, as `SIGKILL`."""
    return next((one.name for one in signal.Signals if one == number), f"SIG{number}")

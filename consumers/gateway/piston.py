"""Piston's API, version 2."""

from __future__ import annotations

import base64
import binascii
import re
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from consumers.gateway import running
from consumers.gateway.api import bearer, unavailable
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route
from consumers.gateway.running import Did, Wanted, as_list
from consumers.gateway.service import Service
from judgecore.errors import UsageError
from judgecore.languages import Language
from judgecore.problem import TestCase
from judgecore.result import CompileResult, TestResult
from judgecore.verdict import Verdict

BASES = ("/api/v2", "/api/v2/piston")
# Name, default and maximum; times in milliseconds, memory in bytes, -1 is no limit of its own.
LIMITS = {
    "compile_timeout": (10_000, 60_000),
    "run_timeout": (3_000, 20_000),
    "compile_cpu_time": (10_000, 60_000),
    "run_cpu_time": (3_000, 20_000),
    "compile_memory_limit": (-1, 1 << 40),
    "run_memory_limit": (-1, 1 << 40),
}
_STATUS = {
    Verdict.TLE: "TO", Verdict.OLE: "OL", Verdict.MLE: "SG", Verdict.IE: "XX"
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+){0,2}")


class Piston:
    """Piston's API before a service."""

    name = "piston"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        found = []
        for base in BASES:
            found += [
                Route("GET", f"{base}/runtimes", self._runtimes),
                Route("POST", f"{base}/execute", self._execute),
                Route("GET", f"{base}/packages", self._packages),
                Route("POST", f"{base}/packages", self._install),
                Route("DELETE", f"{base}/packages", self._uninstall),
            ]
        return found

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        body = {"message": str(exc)}
        return Answer(400, body) if isinstance(exc, UsageError) else unavailable(exc, body)

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(status, {"message": text})

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings; some clients send it bare."""
        bare = request.headers.get("authorization", "")
        return [*bearer(request), *filter(None, (bare,))]

    def callback(self, entry: Entry) -> None:
        """It has no callbacks."""

    def _runtimes(self, request: Request) -> Answer:
        found = [
            {"language": one.id, "version": version_of(one), "aliases": _aliases(one)}
            for one in self._service.offered.all()
        ]
        return Answer(200, found)

    def _packages(self, request: Request) -> Answer:
        found = [
            {"language": one.id, "language_version": version_of(one), "installed": True}
            for one in self._service.offered.all()
        ]
        return Answer(200, found)

    def _install(self, request: Request) -> Answer:
        language = self._named(request)
        return Answer(200, {"language": language.id, "version": version_of(language)})

    def _uninstall(self, request: Request) -> Answer:
        self._named(request)
        raise Refused(Answer(403, {"message": "languages are not removed over HTTP"}))

    def _named(self, request: Request) -> Language:
        data = _body(request)
        name = data.get("language")
        language = self._service.offered.get(name) if isinstance(name, str) else None
        if language is None:
            raise Refused(Answer(404, {"message": "the requested package does not exist"}))
        return language

    def _execute(self, request: Request) -> Later:
        data = _body(request)
        try:
            language, wanted = self._wanted(data)
        except ValueError as exc:
            raise Refused(Answer(400, {"message": str(exc)})) from None
        message = wanted.message(self._service.offered)
        awaited = self._service.judge(message, request.client)
        backend = self._service.backend

        def answer(done: bool) -> Answer:
            found = running.did(backend, message, done=done)
            if found.failure is not None:
                return (
                    Answer(500, {"message": found.failure})
                    if done
                    else Answer(503, {"message": found.failure}, {"Retry-After": "5"})
                )
            return Answer(200, response(language, found))

        return Later(awaited, self._config.wait_s, answer)

    def _wanted(self, data: Mapping[str, Any]) -> tuple[Language, Wanted]:
        for name in ("language", "version"):
            if not isinstance(data.get(name), str) or not data[name]:
                raise ValueError(f"{name} is required as a string")
        language = self._service.offered.get(data["language"])
        if language is None:
            raise ValueError(f"{data['language']:.40}-{data['version']:.40} runtime is unknown")
        files = _files(data.get("files"))
        limits = {name: _limit(data, name) for name in LIMITS}
        arguments = as_list(data.get("args"), "args")
        if not all(isinstance(one, str) for one in arguments):
            raise ValueError("args must be a list of strings")
        stdin = data.get("stdin")
        if stdin is not None and not isinstance(stdin, str):
            raise ValueError("stdin must be a string")
        if stdin and not stdin.endswith("\n"):
            stdin += "\n"
        (entry, source), *others = files
        memory = limits["run_memory_limit"]
        return language, Wanted(
            language=language.id,
            source=source,
            entry=entry,
            files={path or f"file{n}.code": content for n, (path, content) in enumerate(others, 1)},
            tests=(TestCase(input=stdin or "", arguments=tuple(arguments)),),
            wall_ms=limits["run_timeout"],
            cpu_ms=limits["run_cpu_time"],
            memory_bytes=None if memory < 0 else memory,
            output_bytes=self._config.output_bytes,
        )


def _body(request: Request) -> Mapping[str, Any]:
    # One client library sends JSON and does not say so; a form is not read.
    if request.media_type not in ("", "application/json", "text/plain"):
        raise Refused(Answer(415, {"message": "requests must be of type application/json"}))
    try:
        found = request.json()
    except ValueError as exc:
        raise Refused(Answer(400, {"message": f"the body is not JSON: {exc}"})) from None
    if not isinstance(found, dict):
        raise Refused(Answer(400, {"message": "the body must be a JSON object"}))
    return found


def _files(value: Any) -> list[tuple[str | None, bytes]]:
    if not isinstance(value, list) or not value:
        raise ValueError("files is required as an array")
    found: list[tuple[str | None, bytes]] = []
    is_text = False
    for number, one in enumerate(value):
        if not isinstance(one, dict) or not isinstance(one.get("content"), str):
            raise ValueError(f"files[{number}].content is required as a string")
        encoding = one.get("encoding") or "utf8"
        is_text = is_text or encoding == "utf8"
        given = one.get("name")
        if given is not None and not isinstance(given, str):
            raise ValueError(f"files[{number}].name must be a string")
        found.append((given or None, _content(one["content"], encoding, number)))
    if not is_text:
        raise ValueError("files must include at least one utf8 encoded file")
    return found


def _content(text: str, encoding: Any, number: int) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        if encoding == "hex":
            return bytes.fromhex(text)
    except (binascii.Error, ValueError):
        raise ValueError(f"files[{number}].content is not {encoding}") from None
    if encoding != "utf8":
        raise ValueError(f"files[{number}].encoding must be utf8, base64 or hex")
    return text.encode()


def _limit(data: Mapping[str, Any], name: str) -> int:
    default, most = LIMITS[name]
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"if specified, {name} must be a number")
    if value < 0 and not (default == -1 and value == -1):
        raise ValueError(f"{name} must be positive")
    if value > most:
        raise ValueError(f"{name} cannot exceed the configured limit of {most}")
    return int(value)


def version_of(language: Language) -> str:
    """A version for clients to name: the number in the language's name, else 1.0.0."""
    found = _NUMBER.search(language.name)
    parts = found[0].split(".") if found else ["1"]
    return ".".join((*parts, "0", "0")[:3])


def _aliases(language: Language) -> list[str]:
    return [alias for alias in language.aliases if not alias.isdecimal()]


def response(language: Language, found: Did) -> dict[str, Any]:
    """What the stages did."""
    made: dict[str, Any] = {"language": language.id, "version": version_of(language)}
    if found.compiled is not None:
        made["compile"] = _compiled(found.compiled)
    if not found.is_compiled:
        return {**made, "run": made.get("compile", _nothing())}
    return {**made, "run": stage(found.tests[0])}


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(
        ("stdout", "stderr", "output", "code", "signal", "message", "status", "cpu_time",
         "wall_time", "memory")
    )  # fmt: skip


def _compiled(found: CompileResult) -> dict[str, Any]:
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

"""Jobe's API, which Moodle's CodeRunner speaks."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from consumers.gateway import running
from consumers.gateway.api import bearer, unavailable
from consumers.gateway.backends import Overloaded
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.exchange import Answer, Later, Refused, Request, Route
from consumers.gateway.running import Did, Wanted, as_list, as_mapping, as_number, as_text
from consumers.gateway.service import Service
from judgecore.errors import UsageError
from judgecore.limits import MIB
from judgecore.problem import TestCase
from judgecore.result import TestResult
from judgecore.verdict import Verdict

BASE = "/jobe/index.php/restapi"
LANGUAGES = {
    "c": "c", "cpp": "cpp", "java": "java", "nodejs": "javascript", "octave": "octave",
    "pascal": "pascal", "php": "php", "python3": "python",
}  # fmt: skip
# What CodeRunner calls a file of Java in which it finds no public class with a main.
NAMELESS = ("prog.java", "NO_PUBLIC_CLASS_FOUND.java")
COMPILE_ERROR, RUNTIME_ERROR, TIME_LIMIT, OK = 11, 12, 13, 15
MEMORY_LIMIT, INTERNAL_ERROR, OVERLOAD = 17, 20, 21
MOST_CPU_S, MOST_MEMORY_MB, MOST_PROCESSES = 60, 2_000, 500
FILES_BYTES = 128 * MIB
_OVERHEAD_BYTES = 500  # of a file, beside its contents
_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_OPTION = re.compile(
    r"-(std=[a-z0-9+:]+|W(?![lap],)[A-Za-z0-9=+-]*|O[0-3s]?|g|l[A-Za-z0-9_]+|D\w+)"
)


class FileCache:
    """Files that clients put before runs need them; those unused for longest go first.

    A client has names of its own: nobody replaces another one's file.
    """

    def __init__(self, most_bytes: int = FILES_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size_bytes = 0

    def put(self, client: str, name: str, data: bytes) -> None:
        """Keep a file under a name, in place of one that has it."""
        key = client, name
        with self._lock:
            if (old := self._files.pop(key, None)) is not None:
                self._size_bytes -= _OVERHEAD_BYTES + len(old)
            self._files[key] = data
            self._size_bytes += _OVERHEAD_BYTES + len(data)
            while self._size_bytes > self._most_bytes:
                _, old = self._files.popitem(last=False)
                self._size_bytes -= _OVERHEAD_BYTES + len(old)

    def get(self, client: str, name: str) -> bytes | None:
        """The file of a name, if it is still kept."""
        key = client, name
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
            return self._files.get(key)


class Jobe:
    """Jobe's API before a service."""

    name = "jobe"

    def __init__(self, service: Service, config: GatewayConfig) -> None:
        self._service = service
        self._config = config
        self._files = FileCache()

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("GET", f"{BASE}/languages", self._languages),
            Route("POST", f"{BASE}/runs", self._run),
            Route("PUT", f"{BASE}/files/{{id}}", self._put),
            Route("HEAD", f"{BASE}/files/{{id}}", self._head),
        ]

    def failure(self, exc: Exception) -> Answer | None:
        """The answer to a request that raised this; None: the API has no answer of its own."""
        if isinstance(exc, Overloaded):
            return Answer(200, _outcome(OVERLOAD))
        return Answer(400, str(exc)) if isinstance(exc, UsageError) else unavailable(exc, str(exc))

    def refusal(self, status: int, text: str) -> Answer:
        """The answer where the gateway itself refuses the request."""
        return Answer(403 if status == 401 else status, text)

    def tokens(self, request: Request) -> Sequence[str]:
        """The tokens that a request brings."""
        return [*bearer(request), *filter(None, (request.headers.get("x-api-key"),))]

    def callback(self, entry: Entry) -> None:
        """It has no callbacks."""

    def _languages(self, request: Request) -> Answer:
        offered = {name: self._service.offered.get(ours) for name, ours in LANGUAGES.items()}
        found = [[name, one.name] for name, one in sorted(offered.items()) if one is not None]
        return Answer(200, found)

    def _put(self, request: Request) -> Answer:
        name = request.values["id"]
        try:
            text = as_mapping(request.json(), "the body").get("file_contents")
            data = base64.b64decode(as_text(text, "file_contents"), validate=True)
        except (ValueError, binascii.Error) as exc:
            raise Refused(Answer(400, f"put: {exc}")) from None
        if text is None or not _ID.fullmatch(name):
            raise Refused(Answer(400, "put: file_contents or the id is missing"))
        self._files.put(request.client, name, data)
        return Answer(204)

    def _head(self, request: Request) -> Answer:
        found = self._files.get(request.client, request.values["id"])
        return Answer(404 if found is None else 204)

    def _run(self, request: Request) -> Later:
        try:
            spec = as_mapping(as_mapping(request.json(), "the body").get("run_spec"), "run_spec")
            wanted = self._wanted(spec, request.client)
        except ValueError as exc:
            raise Refused(Answer(400, str(exc))) from None
        message = wanted.message(self._service.offered)
        awaited = self._service.judge(message, request.client)
        backend = self._service.backend

        def answer(done: bool) -> Answer:
            found = running.did(backend, message, done=done)
            return Answer(200, _outcome(INTERNAL_ERROR) if found.failure else outcome(found))

        return Later(awaited, self._config.wait_s, answer)

    def _wanted(self, spec: Mapping[str, Any], client: str) -> Wanted:
        for name in ("language_id", "sourcecode"):
            if spec.get(name) is None:
                raise ValueError(f"run_spec is missing the required attribute '{name}'")
        named = as_text(spec["language_id"], "language_id")
        language = self._service.offered.get(LANGUAGES.get(named, ""))
        if language is None:
            raise ValueError(f"Language '{named:.40}' is not known")
        given = as_mapping(spec.get("parameters") or {}, "parameters")
        if as_list(given.get("interpreterargs"), "interpreterargs"):
            raise ValueError("interpreterargs are not taken here")
        options = self._options(given) if language.define is not None else ()
        source = as_text(spec["sourcecode"], "sourcecode")
        entry = as_text(spec.get("sourcefilename"), "sourcefilename")
        if named == "java" and entry in NAMELESS:  # the public class names the file
            entry = ""
        if entry.endswith(f".{named}"):  # some interpreters want to see an ending that they know
            entry = PurePath(entry).with_suffix(PurePath(language.file).suffix).as_posix()
        arguments = tuple(
            as_text(one, "runargs") for one in as_list(given.get("runargs"), "runargs")
        )
        cpu_s = _bounded(given, "cputime", 5, MOST_CPU_S)
        memory = _bounded(given, "memorylimit", 400, MOST_MEMORY_MB)
        return Wanted(
            language=language.id,
            source=source,
            entry=entry or None,
            files=self._listed(spec.get("file_list"), client),
            tests=(TestCase(input=as_text(spec.get("input"), "input"), arguments=arguments),),
            wall_ms=round(cpu_s * 2000),
            cpu_ms=round(cpu_s * 1000),
            memory_bytes=max(4, round(memory)) * MIB,
            output_bytes=self._config.output_bytes,
            processes=max(1, round(_bounded(given, "numprocs", 30, MOST_PROCESSES))),
            options=options,
        )

    def _options(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        words = [*as_list(given.get("compileargs"), "compileargs")]
        words += as_list(given.get("linkargs"), "linkargs")
        for word in words:
            if not isinstance(word, str) or not _OPTION.fullmatch(word):
                raise ValueError(f"compileargs: {word!r:.60} is not taken here")
        return tuple(words)

    def _listed(self, value: Any, client: str) -> dict[str, bytes]:
        found = {}
        for one in as_list(value, "file_list"):
            if (
                not isinstance(one, list)
                or len(one) < 2
                or not all(isinstance(s, str) for s in one[:2])
            ):
                raise ValueError("file_list must hold pairs of an id and a name")
            data = self._files.get(client, one[0])
            if data is None:
                raise Refused(
                    Answer(404, "One or more of the specified files is missing/unavailable")
                )
            found[one[1]] = data
        return found


def _bounded(given: Mapping[str, Any], name: str, default: float, most: float) -> float:
    """A limit; 0 and absence are the default."""
    found = as_number(given.get(name), name, default) or default
    if not 0 < found <= most:
        raise ValueError(f"{name} must be more than 0 and at most {most:g}")
    return found


def outcome(found: Did) -> dict[str, Any]:
    """What came of a run."""
    if not found.is_compiled:
        assert found.compiled is not None
        said = found.compiled.output or found.compiled.detail or "compilation failed"
        return _outcome(COMPILE_ERROR, cmpinfo=said)
    (test,) = found.tests
    stderr = _escaped(running.stderr_of(test))
    number = _number(test, stderr)
    if number == RUNTIME_ERROR and not stderr:
        stderr = test.detail
    return _outcome(number, stdout=_escaped(running.stdout_of(test)), stderr=stderr)


def _number(test: TestResult, stderr: str) -> int:
    if test.verdict is Verdict.TLE:
        return TIME_LIMIT
    if test.verdict is Verdict.MLE:
        return MEMORY_LIMIT
    return RUNTIME_ERROR if stderr or test.verdict is not Verdict.OK else OK


def _outcome(number: int, cmpinfo: str = "", stdout: str = "", stderr: str = "") -> dict[str, Any]:
    return {
        "run_id": None,
        "outcome": number,
        "cmpinfo": cmpinfo,
        "stdout": stdout,
        "stderr": stderr,
    }


def _escaped(data: bytes) -> str:
    """Bytes as text; what is no UTF-8 as backslash, x and two digits."""
    return data.decode(errors="backslashreplace")

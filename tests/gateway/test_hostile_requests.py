"""Whatever is sent, the gateway answers it, and goes on."""

from __future__ import annotations

import io
import socket
import string
import threading
import time
import zipfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from anything import CHARACTERS, NO_NUL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Http, faked

from consumers.gateway.archives import unpacked
from consumers.gateway.backends import FakeBackend, State
from consumers.gateway.exchange import Request
from consumers.gateway.web import app, server
from consumers.messages import SubmissionMessage
from judgecore.errors import StoreUnavailable

PATHS = [
    "/submissions", "/submissions?wait=true&base64_encoded=true", "/submissions/batch",
    "/run_code", "/submit", "/common_evaluate_batch", "/api/v2/execute", "/api/v2/packages",
    "/jobe/index.php/restapi/runs", "/v1/submissions?wait=1",
]  # fmt: skip
NAMES = [
    "source_code", "language_id", "stdin", "expected_output", "additional_files", "submissions",
    "cpu_time_limit", "memory_limit", "number_of_runs", "compiler_options", "callback_url",
    "code", "language", "files", "fetch_files", "run_timeout", "memory_limit_MB", "config",
    "completion", "version", "args", "content", "run_spec", "sourcecode", "parameters", "cputime",
    "file_list", "source", "tests", "input", "problem", "limits", "test_cases", "provided_data",
]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=20)
    | st.sampled_from([71, 50, 89, "python", "c", "*", "python3", "CommonOJDataset", "UEsFBg=="]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from(PATHS), data=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=10)
)
def test_any_json_is_answered(path: str, data: dict[str, Any], fake: Http) -> None:
    """No JSON object is the gateway's fault."""
    reply = fake.ask("POST", path, data)

    assert reply.status < 500, (path, data, reply.body)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=200),
    query=st.text(string.printable, max_size=50),
)
def test_any_bytes_are_answered(path: str, body: bytes, query: str, fake: Http) -> None:
    """No body and no query is the gateway's fault."""
    with socket.create_connection(("127.0.0.1", fake.port), timeout=30) as connection:
        target = f"{path.partition('?')[0]}?{query.encode().hex()}=%{query[:2].encode().hex()}"
        head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
        status = int(connection.makefile("rb").readline().split()[1])

    assert 400 <= status < 500


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-Auth-Token: \xff\xfe\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n"
        b"Connection: close\r\n\r\n",
        b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
        b"\0\1\2\3\r\n\r\n",
        b"GET /submissions/%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
)
def test_hostile_heads_end_nothing(head: bytes, fake: Http) -> None:
    """The connection gets an answer or is closed, and the next request is answered."""
    with socket.create_connection(("127.0.0.1", fake.port), timeout=30) as connection:
        connection.sendall(head)
        connection.settimeout(10)
        said = connection.recv(100)

    assert b" 5" not in said[:12]
    assert 200 == fake.ask("GET", "/healthz").status


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/readyz", None),
        ("POST", "/v1/submissions", {"language": "python", "source": "x", "tests": [{}]}),
        ("POST", "/submissions", {"language_id": 71, "source_code": "x"}),
        ("POST", "/run_code", {"language": "python", "code": "x"}),
    ],
)
def test_an_outage_names_no_hosts(method: str, path: str, body: Any) -> None:
    """What the database's library says of an outage is for the log alone."""

    class Away(FakeBackend):
        def check(self) -> None:
            raise StoreUnavailable("connection to db (10.0.0.1) failed for user judge")

        def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
            self.check()

    with faked(Away()) as (http, _):
        reply = http.ask(method, path, body)

    assert 503 == reply.status
    assert b"10.0.0.1" not in reply.body


def test_an_outage_after_waiting_is_told_as_such() -> None:
    """A request that has waited is answered as any other when the store is away by then."""

    class Away(FakeBackend):
        def state(self, submission_id: UUID) -> State | None:
            raise StoreUnavailable("away")

    with faked(Away()) as (http, _):
        reply = http.ask("POST", "/run_code", {"language": "python", "code": "x"})

    assert 503 == reply.status


def test_json_of_very_many_values_is_not_read() -> None:
    """Sixteen MiB of empty lists would take twenty times as much memory."""
    body = b"[" + b"[]," * 500_000 + b"[]]"

    with pytest.raises(ValueError, match="more than"):
        Request("POST", "/", body=body).json()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_archives_that_unpack_without_a_bound_are_refused(method: int) -> None:
    """Of a zip archive only what is stored or deflated is unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("a", b"x")

    with pytest.raises(ValueError, match="another method"):
        unpacked(made.getvalue(), 1 << 20)


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@settings(max_examples=40)
@given(
    # zipfile writes no name that begins with NUL; `changes` may put one there.
    files=st.dictionaries(
        st.text(NO_NUL, min_size=1, max_size=8), st.binary(max_size=50), max_size=3
    ),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=8),
    end=st.integers(0, 500),
)
def test_any_archive_is_read_or_refused(
    files: dict[str, bytes], changes: list[tuple[int, int]], end: int
) -> None:
    """A broken one is a `ValueError`, and nothing else; what is unpacked is within the bound."""
    data = bytearray(_zipped(files))
    for place, value in changes:
        data[place % len(data)] = value
    with suppress(ValueError):
        found = unpacked(bytes(data[: end + len(data) // 2]), 100)

        assert sum(map(len, found.values())) <= 100


def test_requests_at_work_at_once_are_bounded() -> None:
    """Each may hold connections to the database, which has a hundred; the others wait."""
    at_work: list[int] = [0]
    most: list[int] = [0]
    lock = threading.Lock()

    class Slow(FakeBackend):
        def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            time.sleep(0.05)
            with lock:
                at_work[0] -= 1
                super().submit(message, queue)

    sent = {"source_code": "x", "language_id": 71}
    with faked(Slow()) as (http, _), ThreadPoolExecutor(60) as clients:
        asked = [clients.submit(http.ask, "POST", "/submissions", sent) for _ in range(60)]
        statuses = {one.result().status for one in asked}

    assert {201} == statuses
    assert 1 < most[0] <= app.THREADS


def test_who_sends_no_whole_head_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is closed after a while, also after a first request on it."""
    monkeypatch.setattr(server, "HEAD_S", 0.5)
    monkeypatch.setattr(server, "PAUSE_S", 0.5)
    whole, half = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\nX: "
    said = []
    with faked() as (http, _):
        for pieces in ([half], [whole + half], [whole, half]):
            with socket.create_connection(("127.0.0.1", http.port), timeout=60) as connection:
                connection.sendall(pieces[0])
                first = connection.recv(1 << 16)
                for piece in pieces[1:]:
                    connection.sendall(piece)
                said.append(first + connection.makefile("rb").read())

    assert b"" == said[0]
    for answer in said[1:]:
        assert b" 200 " in answer[:20]
        assert 1 == answer.count(b"HTTP/1.1")


def test_who_sends_no_whole_body_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the status is 408."""
    monkeypatch.setattr(app, "BODY_S", 0.5)
    head = b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    with (
        faked() as (http, _),
        socket.create_connection(("127.0.0.1", http.port), timeout=60) as connection,
    ):
        connection.sendall(head)
        said = connection.recv(100)

    assert b" 408 " in said[:20]


def test_who_reads_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection is ended, and what was to be sent is dropped."""
    left: dict[tuple[str, int], threading.Event] = defaultdict(threading.Event)

    class Noted(server.PatientProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            left[self.client].set()

    monkeypatch.setattr(server, "READER_S", 0.5)
    monkeypatch.setattr(server, "PatientProtocol", Noted)
    wanted, got = 600, 0
    with faked() as (http, _), socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(("127.0.0.1", http.port))
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * wanted)
        size = len(http.ask("GET", "/openapi.json").body)
        assert left[connection.getsockname()].wait(60)
        with suppress(ConnectionError):
            while piece := connection.recv(1 << 20):
                got += len(piece)

    assert got < wanted * size


LARGE = b'{"source_code": "%s"}' % (b"A" * 9_000_000)
TWICE = b'{"source_code": 1, "language_id": 1, "language_id": 71}'
LETTERS = '{"source_code": "ü\\u0301😀", "language_id": "71"}'.encode()


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/submissions", {"X-HTTP-Method-Override": "DELETE"}, b"{}", 422),
        (
            "POST",
            "/submissions",
            {},
            TWICE,
            201,
        ),
        (
            "POST",
            "/submissions",
            {},
            LETTERS,
            201,
        ),
        (
            "POST",
            "/submissions?base64_encoded=true",
            {},
            LARGE,
            422,
        ),
        ("GET", "/submissions/..%2f..%2fetc%2fpasswd", {}, None, 404),
        ("GET", "/%2e%2e/languages", {}, None, 404),
        ("HEAD", "/languages", {}, None, 200),
        ("OPTIONS", "/languages", {}, None, 405),
        ("TRACE", "/languages", {}, None, 405),
        ("CONNECT", "/languages", {}, None, 405),
    ],
)
def test_tricks(
    method: str, path: str, headers: dict[str, str], body: bytes | None, status: int, fake: Http
) -> None:
    """Other methods and paths get what any request of their kind gets."""
    assert status == fake.ask(method, path, body=body, headers=headers).status

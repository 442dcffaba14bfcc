"""Judge0's API: status codes, keys and types by a table, and programs that really run."""

from __future__ import annotations

import base64
import io
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from serving import Http, faked

from consumers.gateway.backends import FakeBackend
from consumers.gateway.judge0.shown import ALL_FIELDS, DEFAULT_FIELDS, ON_REQUEST, mime
from consumers.gateway.judge0.tables import CONFIG, STATUSES
from judgecore.verdict import Verdict

PYTHON = {"source_code": "print(input())", "language_id": 71}
JSON = "application/json; charset=utf-8"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ADMIN = {"X-Auth-User": "admin"}

# Method, path, what is sent, the status, and the keys of the answer (of its items, for a list).
CONTRACT: list[tuple[str, str, Any, int, set[str] | None]] = [
    ("GET", "/", None, 200, None),
    ("HEAD", "/", None, 200, None),
    ("POST", "/submissions", PYTHON, 201, {"token"}),
    ("POST", "/submissions/", PYTHON, 201, {"token"}),
    ("POST", "/submissions?wait=true", PYTHON, 201, set(DEFAULT_FIELDS)),
    ("POST", "/submissions?wait=true&fields=*", PYTHON, 201, set(ALL_FIELDS)),
    ("POST", "/submissions?wait=true&fields=time,queued_at", PYTHON, 201, {"time", "queued_at"}),
    ("POST", "/submissions?fields=nonsense", PYTHON, 400, {"error"}),
    ("POST", "/submissions", {"language_id": 71}, 422, {"source_code"}),
    ("POST", "/submissions", {"source_code": "x"}, 422, {"language_id"}),
    ("POST", "/submissions", {**PYTHON, "language_id": 9999}, 422, {"language_id"}),
    ("POST", "/submissions", {**PYTHON, "language_id": "71"}, 201, {"token"}),
    ("POST", "/submissions", {**PYTHON, "unknown": [1]}, 201, {"token"}),
    ("POST", "/submissions", {**PYTHON, "memory_limit": 2047}, 422, {"memory_limit"}),
    ("POST", "/submissions", {**PYTHON, "cpu_time_limit": 16}, 422, {"cpu_time_limit"}),
    ("POST", "/submissions", {**PYTHON, "cpu_time_limit": "1.5"}, 201, {"token"}),
    ("POST", "/submissions", {**PYTHON, "wall_time_limit": 0.5}, 422, {"wall_time_limit"}),
    ("POST", "/submissions", {**PYTHON, "number_of_runs": 0}, 422, {"number_of_runs"}),
    ("POST", "/submissions", {**PYTHON, "enable_network": True}, 422, {"enable_network"}),
    ("POST", "/submissions", {**PYTHON, "callback_url": "ftp://x"}, 422, {"callback_url"}),
    ("POST", "/submissions", {**PYTHON, "compiler_options": "-O2"}, 422, {"compiler_options"}),
    ("POST", "/submissions", {**PYTHON, "stdin": "a\0b"}, 422, {"stdin"}),
    ("POST", "/submissions?base64_encoded=true", PYTHON, 422, {"source_code"}),
    ("POST", "/submissions", {**PYTHON, "additional_files": "AAAA"}, 422, {"additional_files"}),
    ("POST", "/submissions", {**PYTHON, "source_code": "#" * (7 << 20)}, 422, {"source"}),
    ("POST", "/submissions", {"language_id": 89}, 422, {"additional_files"}),
    ("POST", "/submissions/batch", {"submissions": [PYTHON, {}]}, 201, None),
    ("POST", "/submissions/batch", {"submissions": [{}]}, 422, None),
    ("POST", "/submissions/batch", {"submissions": []}, 400, {"error"}),
    ("POST", "/submissions/batch", {"submissions": [PYTHON] * 21}, 400, {"error"}),
    ("GET", f"/submissions/{UNKNOWN}", None, 404, {"error"}),
    ("GET", "/submissions/nonsense", None, 404, {"error"}),
    ("GET", f"/submissions/batch?tokens={UNKNOWN}", None, 200, {"submissions"}),
    ("GET", "/submissions/batch", None, 400, {"error"}),
    ("GET", "/submissions", None, 403, None),
    ("DELETE", f"/submissions/{UNKNOWN}", None, 403, None),
    ("GET", "/languages", None, 200, {"id", "name"}),
    ("GET", "/languages/all", None, 200, {"id", "name", "is_archived"}),
    (
        "GET",
        "/languages/50",
        None,
        200,
        {"id", "name", "is_archived", "source_file", "compile_cmd", "run_cmd"},
    ),
    ("GET", "/languages/9999", None, 404, {"error"}),
    ("GET", "/statuses", None, 200, {"id", "description"}),
    ("GET", "/about", None, 200, {"version", "homepage", "source_code", "maintainer"}),
    ("GET", "/version", None, 200, None),
    ("GET", "/isolate", None, 200, None),
    ("GET", "/license", None, 200, None),
    ("GET", "/config_info", None, 200, set(CONFIG)),
    (
        "GET",
        "/workers",
        None,
        200,
        {"queue", "size", "available", "idle", "working", "paused", "failed"},
    ),
    (
        "GET",
        "/statistics",
        None,
        200,
        {"created_at", "cached_until", "submissions", "languages", "statuses", "database"},
    ),
    ("GET", "/system_info", None, 200, None),
    ("POST", "/authenticate", None, 200, None),
    ("POST", "/authorize", None, 200, None),
    ("GET", "/nonsense", None, 404, {"error"}),
    ("PUT", "/submissions", {}, 405, {"error"}),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "keys"),
    CONTRACT,
    ids=[f"{n}-{method}-{path}" for n, (method, path, *_) in enumerate(CONTRACT)],
)
def test_contract(
    method: str, path: str, sent: Any, status: int, keys: set[str] | None, fake: Http
) -> None:
    """Every request of Judge0's API gets the status and the keys of the table."""
    reply = fake.ask(method, path, sent)
    item = reply.data[0] if isinstance(reply.data, list) and keys else reply.data

    assert status == reply.status, reply.body
    assert keys is None or keys == set(item)


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1]", b'"x"', b"[" * 100_000, b'{"source_code": "\\ud800", "language_id": 71}',
     b'{"a": NaN}', b"\xff", b'{"language_id": 1e999}'],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_the_clients_fault(body: bytes, fake: Http) -> None:
    """Whatever is sent, the status is 400 or 422."""
    reply = fake.ask("POST", "/submissions", body=body)

    assert reply.status in (400, 422)


def test_types_of_a_submission(fake: Http) -> None:
    """Decimals are texts, times have a fraction and a Z, and five fields come on request only."""
    path = "/submissions?wait=true&fields=*"
    found = fake.ask("POST", path, {**PYTHON, "cpu_time_limit": 2, "stdin": "x"}).data

    assert "2.0" == found["cpu_time_limit"]
    assert isinstance(found["time"], str)
    assert isinstance(found["memory"], int)
    assert found["created_at"].endswith("Z")
    assert "." in found["created_at"]
    assert {"id": 71, "name": "Python (Python 3 (CPython))"} == found["language"]
    assert not {*ON_REQUEST} & {*found}


def test_parameters_may_come_as_a_form(fake: Http) -> None:
    """A form is read as JSON is, and the query too."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    by_form = fake.ask(
        "POST", "/submissions?language_id=71", body=b"source_code=print(1)", headers=kind
    )

    assert 201 == by_form.status


def test_every_route_needs_a_token_where_there_are_some() -> None:
    """Without one the status is 401 and the body empty; header, query and bearer will do."""
    with faked(tokens=("secret",)) as (http, _):
        without = [http.ask("GET", path) for path in ("/", "/about", "/submissions")]
        by_header = http.ask("GET", "/about", headers={"X-Auth-Token": "secret"})
        by_query = http.ask("GET", "/about?X-Auth-Token=secret")
        by_bearer = http.ask("GET", "/about", headers={"Authorization": "Bearer secret"})
        wrong = http.ask("GET", "/about", headers={"X-Auth-Token": "secreT"})
        probe = http.ask("GET", "/healthz")

    assert [(401, b"")] * 3 == [(reply.status, reply.body) for reply in without]
    assert [200, 200, 200] == [reply.status for reply in (by_header, by_query, by_bearer)]
    assert 401 == wrong.status
    assert 200 == probe.status


@pytest.mark.parametrize(
    ("settings", "origin", "may"),
    [
        ({}, "http://localhost:3000", True),
        ({}, "https://example.org", False),
        ({}, "http://localhost.example.org", False),
        ({}, "null", False),
        ({"origins": ("*",)}, "https://example.org", True),
        ({"origins": ("https://example.org",)}, "https://example.org", True),
        ({"origins": ("https://example.org",)}, "http://localhost:3000", False),
        ({"tokens": ("x",)}, "https://example.org", True),
    ],
)
def test_which_web_pages_may_ask(settings: dict[str, Any], origin: str, may: bool) -> None:
    """Others get no permission in advance, and a request that needs none is refused."""
    preflight = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "X-Auth-Token",
    }
    with faked(**settings) as (http, _):
        asked = http.ask("OPTIONS", "/submissions", headers=preflight)
        headers = {"Origin": origin, "X-Auth-Token": "x"}
        sent = http.ask("POST", "/submissions", PYTHON, headers=headers)

    assert (200 if may else 400) == asked.status
    assert (201 if may else 403) == sent.status
    assert may == ("access-control-allow-origin" in sent.headers)


def test_too_large_a_body_is_refused() -> None:
    """Beyond the limit the status is 413, with and without a Content-Length."""
    with faked(body_bytes=1000) as (http, _):
        reply = http.ask("POST", "/submissions", {**PYTHON, "stdin": "x" * 2000})

    assert 413 == reply.status


def test_a_full_queue_says_when_to_come_again() -> None:
    """Beyond the limit the status is 503 with Retry-After, and no token was made."""
    with faked(FakeBackend(None, most_waiting=1)) as (http, _):
        taken = http.ask("POST", "/submissions", PYTHON)
        refused = http.ask("POST", "/submissions", PYTHON)

    assert 201 == taken.status
    assert (503, {"error": "queue is full"}) == (refused.status, refused.data)
    assert int(refused.headers["retry-after"]) > 0


def test_waiting_ends_with_a_token() -> None:
    """Where there is no verdict in time, the token comes with the status 2."""
    with faked(FakeBackend(None), wait_s=0.1) as (http, _):
        reply = http.ask("POST", "/submissions?wait=true", PYTHON)

    assert 201 == reply.status
    assert 2 == reply.data["status"]["id"]
    assert reply.data["token"]


def test_an_idempotency_key_gives_the_same_token(fake: Http) -> None:
    """The same key again makes no second submission; another key does."""
    tokens = [
        fake.ask("POST", "/submissions", PYTHON, headers={"Idempotency-Key": key}).data["token"]
        for key in ("one", "one", "two")
    ]

    assert tokens[0] == tokens[1] != tokens[2]


@pytest.mark.parametrize(
    ("verdict", "facts", "status", "message"),
    [
        (Verdict.AC, {}, 3, None),
        (Verdict.OK, {}, 3, None),
        (Verdict.WA, {}, 4, None),
        (Verdict.TLE, {"limit": "cpu"}, 5, "Time limit exceeded"),
        (Verdict.TLE, {"limit": "wall"}, 5, "Time limit exceeded (wall clock)"),
        (Verdict.RE, {"signal": 11}, 7, "Caught fatal signal 11"),
        (Verdict.OLE, {}, 8, None),
        (Verdict.RE, {"signal": 8}, 9, "Caught fatal signal 8"),
        (Verdict.RE, {"signal": 6}, 10, "Caught fatal signal 6"),
        (Verdict.RE, {"exit_code": 3}, 11, "Exited with error status 3"),
        (Verdict.RE, {"signal": 9}, 12, "Caught fatal signal 9"),
        (Verdict.MLE, {}, 12, "Memory limit exceeded"),
        (Verdict.IE, {}, 13, None),
        (Verdict.CANCELLED, {}, 13, None),
        (Verdict.RE, {}, 14, None),
    ],
)
def test_status_of_a_verdict(
    verdict: Verdict,
    facts: dict[str, Any],
    status: int,
    message: str | None,
    undecided: tuple[Http, FakeBackend],
) -> None:
    """Each verdict has the number and the sentence that clients of Judge0 know."""
    http, backend = undecided
    token = http.ask("POST", "/submissions", PYTHON).data["token"]
    before = http.ask("GET", f"/submissions/{token}").data["status"]
    backend.finish(list(backend.messages)[-1], verdict, **facts)
    found = http.ask("GET", f"/submissions/{token}").data

    assert {"id": 1, "description": "In Queue"} == before
    assert {"id": status, "description": STATUSES[status]} == found["status"]
    assert message == found["message"]


def test_output_that_is_no_text_needs_base64(undecided: tuple[Http, FakeBackend]) -> None:
    """Without base64 it is not shown."""
    http, backend = undecided
    token = http.ask("POST", "/submissions", PYTHON).data["token"]
    backend.finish(list(backend.messages)[-1], Verdict.OK, output=b"\xff")
    plain = http.ask("GET", f"/submissions/{token}")
    encoded = http.ask("GET", f"/submissions/{token}?base64_encoded=true")

    assert (400, {"error"}) == (plain.status, set(plain.data))
    assert "/w==\n" == encoded.data["stdout"]


def test_base64_has_lines_of_sixty_characters() -> None:
    """As Ruby makes it: a line's end after sixty characters, and at the end."""
    assert f"{'YWFh' * 15}\nYQ==\n" == mime(b"a" * 46)
    assert "" == mime(b"")


def test_equal_programs_of_a_batch_are_judged_together() -> None:
    """Six inputs of one C program are six tests of one submission, each with its own token."""
    program = {"source_code": "int main(void) {}", "language_id": 50}
    batch = [{**program, "stdin": str(n)} for n in range(6)]
    with faked() as (http, backend):
        made = http.ask("POST", "/submissions/batch", {"submissions": [*batch, PYTHON]})
        tokens = [one["token"] for one in made.data]
        found = http.ask("GET", f"/submissions/batch?tokens={','.join(tokens)}&fields=stdin,status")

    assert [6, 1] == [len(message.tests or ()) for message in backend.messages.values()]
    assert 7 == len(set(tokens))
    assert [*map(str, range(6)), None] == [one["stdin"] for one in found.data["submissions"]]


@pytest.mark.parametrize(
    "options",
    ["-o /tmp/x", "@file", "-wrapper sh", "-fplugin=x.so", "-specs=x", "-include /etc/passwd",
     "-Wl,-T,x", "-fdump-tree-all", "-fprofile-generate", "-ftest-coverage",
     "-ftime-trace", "-I/", "-x c", "--help", "'"],
)  # fmt: skip
def test_compiler_options_that_touch_files_are_refused(options: str, fake: Http) -> None:
    """Only options of a list reach the compiler."""
    program = {"source_code": "int main(void) {}", "language_id": 50, "compiler_options": options}

    assert {"compiler_options"} == set(fake.ask("POST", "/submissions", program).data)


def _zip(files: dict[str, bytes], **more: Any) -> str:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in more.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return base64.b64encode(made.getvalue()).decode()


@pytest.mark.parametrize(
    "archive",
    [
        _zip({"../x": b""}),
        _zip({"/etc/x": b""}),
        _zip({"a\\..\\b": b""}),
        _zip({"link": b"/etc/passwd"}, external_attr=0o120777 << 16),
        _zip({"bomb": b"\0" * (11 << 20)}),
        _zip({str(n): b"" for n in range(1001)}),
        _zip({"a": b"", "a/b": b""}),
        base64.b64encode(b"PK\x05\x06 nonsense").decode(),
    ],
    ids=["up", "absolute", "backslash", "link", "bomb", "many", "both", "nonsense"],
)
def test_hostile_archives_are_refused(archive: str, fake: Http) -> None:
    """What is no set of plain files below the folder, or too large, is a 422."""
    reply = fake.ask("POST", "/submissions", {**PYTHON, "additional_files": archive})

    assert (422, {"additional_files"}) == (reply.status, set(reply.data))


# Programs that run ---------------------------------------------------------------------------


@pytest.mark.local
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {**PYTHON, "stdin": "hi", "expected_output": "hi  \n\n"},
            {"stdout": "hi\n", "status_id": 3, "exit_code": 0, "stderr": None},
        ),
        ({**PYTHON, "stdin": "hi", "expected_output": "ho"}, {"status_id": 4}),
        (
            {"source_code": "import sys; print(sys.argv[1:])", "language_id": 71,
             "command_line_arguments": "a 'b c'"},
            {"stdout": "['a', 'b c']\n"},
        ),
        (
            {"source_code": "echo out; echo err >&2; exit 3", "language_id": 46},
            {"stdout": "out\n", "stderr": "err\n", "exit_code": 3, "status_id": 11},
        ),
        (
            {"source_code": "echo out; echo err >&2", "language_id": 46,
             "redirect_stderr_to_stdout": True},
            {"stdout": "out\nerr\n", "stderr": None},
        ),
        (
            {"source_code": "sleep 9", "language_id": 46, "wall_time_limit": 1},
            {"status_id": 5, "message": "Time limit exceeded (wall clock)"},
        ),
        (
            {"source_code": "int main(void) { return X; }", "language_id": 50,
             "compiler_options": "-DX=7 -O3"},
            {"exit_code": 7},
        ),
        (
            {"source_code": "int main(void) {", "language_id": 50},
            {"status_id": 6, "stdout": None, "time": None, "memory": None},
        ),
        (
            {"source_code": "import data; print(data.X)", "language_id": 71,
             "additional_files": _zip({"data.py": b"X = 5"})},
            {"stdout": "5\n"},
        ),
        (
            {"language_id": 89, "stdin": "4",
             "additional_files": _zip(
                 {"compile": b"echo 'echo $(($(cat) * 2))' > made", "run": b"bash made"}
             )},
            {"stdout": "8\n", "status_id": 3},
        ),
        (
            {"language_id": 89,
             "additional_files": _zip({"compile.sh": b"echo no >&2; exit 1", "run.sh": b"echo x"})},
            {"status_id": 6, "compile_output": "no\n", "stdout": None},
        ),
        ({**PYTHON, "stdin": "hi", "number_of_runs": 3}, {"stdout": "hi\n", "number_of_runs": 3}),
        (
            {"source_code": "head -c 5000 /dev/zero | tr '\\0' e >&2", "language_id": 46},
            {"stderr": "e" * 5000},
        ),
    ],
)  # fmt: skip
def test_a_program_runs(given: Any, expected: dict[str, Any], gateway: Http) -> None:
    """What a program does is what a client of Judge0 reads."""
    found = gateway.ask("POST", "/submissions?wait=true&fields=*", given).data

    assert expected == {name: found[name] for name in expected}


@pytest.mark.local
def test_polling_index_and_delete(gateway: Http) -> None:
    """A token is found by polling and in the index, and not after it was deleted."""
    token = gateway.ask("POST", "/submissions", {**PYTHON, "stdin": "x"}).data["token"]
    deadline = time.monotonic() + 60
    while gateway.ask("GET", f"/submissions/{token}").data["status"]["id"] < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page = gateway.ask("GET", "/submissions?per_page=1", headers=ADMIN).data
    deleted = gateway.ask("DELETE", f"/submissions/{token}", headers=ADMIN)

    assert [token] == [one["token"] for one in page["submissions"]]
    assert 1 == page["meta"]["current_page"]
    assert 200 == deleted.status
    assert 404 == gateway.ask("GET", f"/submissions/{token}").status


@pytest.mark.local
def test_a_callback_is_sent_until_it_is_taken(gateway: Http) -> None:
    """It is a PUT with the default fields in base64; a server that fails is asked again."""
    got: list[bytes] = []
    done = threading.Event()

    class Listener(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(503 if len(got) == 1 else 200)
            self.end_headers()
            if len(got) == 2:
                done.set()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Listener) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{listener.server_address[1]}/done"
        gateway.ask("POST", "/submissions", {**PYTHON, "stdin": "x", "callback_url": url})
        was_called = done.wait(60)
        listener.shutdown()

    assert was_called
    assert got[0] == got[1]
    assert b'"stdout": "eAo=\\n"' in got[1]

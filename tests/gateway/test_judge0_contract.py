"""Judge0's API sentence by sentence: fields and their types, limits, and what settings change."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from serving import Http, faked

from consumers.gateway.backends import Ended, FakeBackend, State
from consumers.gateway.entries import Entry
from consumers.gateway.judge0.shown import Seen
from consumers.gateway.judge0.tables import CONFIG
from judgecore.result import Result, TestResult
from judgecore.verdict import Verdict

PYTHON = {"source_code": "print(input())", "language_id": 71}
C = {"source_code": "int main(void) {}", "language_id": 50}
ADMIN = {"X-Auth-User": "admin"}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
NULL = type(None)

# Every column of Judge0's but its id, with the types that one may have, or a pattern.
TYPES: dict[str, Any] = {
    "source_code": str, "language_id": int, "stdin": (str, NULL), "expected_output": (str, NULL),
    "stdout": (str, NULL), "status_id": int, "created_at": TIME, "finished_at": TIME,
    "time": r"\d+\.\d+", "memory": int, "stderr": (str, NULL), "token": r"[0-9a-f-]{36}",
    "number_of_runs": int, "cpu_time_limit": r"5\.0", "cpu_extra_time": r"1\.0",
    "wall_time_limit": r"10\.0", "memory_limit": int, "stack_limit": int,
    "max_processes_and_or_threads": int, "enable_per_process_and_thread_time_limit": bool,
    "enable_per_process_and_thread_memory_limit": bool, "max_file_size": int,
    "compile_output": (str, NULL), "exit_code": (int, NULL), "exit_signal": (int, NULL),
    "message": (str, NULL), "wall_time": r"\d+\.\d+", "compiler_options": (str, NULL),
    "command_line_arguments": (str, NULL), "redirect_stderr_to_stdout": bool,
    "callback_url": (str, NULL), "additional_files": (str, NULL), "enable_network": bool,
    "started_at": TIME, "queued_at": TIME, "updated_at": TIME, "queue_host": (str, NULL),
    "execution_host": (str, NULL), "status": dict, "language": dict,
}  # fmt: skip
# Judge0's numbers that stand for a language here.
NUMBERS = {
    *range(45, 47), *range(48, 83), 85, 86, 88, 89, 91, 98, 99, 101, 102, 103, 105, 107, 108, 110,
    111, 112, 113,
}  # fmt: skip


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return isinstance(value, str) and re.fullmatch(wanted, value) is not None
    return isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))


def test_fields_and_their_types(fake: Http) -> None:
    """Each column can be asked for by name, and has Judge0's type."""
    path = f"/submissions?wait=true&fields={','.join(TYPES)}"
    found = fake.ask("POST", path, PYTHON).data

    assert list(TYPES) == list(found)
    assert {} == {name: found[name] for name in TYPES if not _fits(found[name], TYPES[name])}
    assert {"id", "description"} == set(found["status"])
    assert {"id", "name"} == set(found["language"])


def test_fields_while_it_waits(undecided: tuple[Http, FakeBackend]) -> None:
    """What is not known yet is null."""
    token = undecided[0].ask("POST", "/submissions", PYTHON).data["token"]
    found = undecided[0].ask("GET", f"/submissions/{token}?fields=*,finished_at").data
    unknown = ("stdout", "stderr", "time", "memory", "finished_at", "exit_code", "message")

    assert {None} == {found[name] for name in unknown}
    assert UUID(token).version == 4


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("cpu_time_limit", (0, 15, "2.5", None), (-1, 15.1, "x", [])),
        ("cpu_extra_time", (0, 5), (-0.1, 5.1)),
        ("wall_time_limit", (1, 20), (0.9, 20.1)),
        ("memory_limit", (2048, 512_000), (2047, 512_001)),
        ("stack_limit", (0, 128_000), (-1, 128_001)),
        ("max_processes_and_or_threads", (1, 120), (0, 121)),
        ("max_file_size", (0, 4096), (-1, 4097)),
        ("number_of_runs", (1, 20), (0, 21)),
        ("enable_per_process_and_thread_time_limit", (False, None), (True,)),
        ("enable_per_process_and_thread_memory_limit", (False, None), (True,)),
        ("enable_network", (False, None), (True, "true", 1)),
        ("redirect_stderr_to_stdout", (True, False, None), ()),
        ("command_line_arguments", ("a" * 512, None), ("a" * 513,)),
        ("compiler_options", ("-DX=" + "1" * 508, "", None), ("-O2 " * 129, "-o x")),
        ("callback_url", ("https://example.org/x", "", None), ("example.org", "file:///x")),
        ("language_id", (50, "50", 50.0), (43, 47, 0, -1, "c", None, 10**12)),
        ("stdin", ("x", 5, None), ([], {}, "\0")),
        ("additional_files", ("", None), ("?", "UEs=")),
    ],
)
def test_limits_of_fields(field: str, good: Any, bad: Any, fake: Http) -> None:
    """A value within the limits is taken; another one gets 422 with its field's messages."""
    accepted = [fake.ask("POST", "/submissions", {**C, field: value}) for value in good]
    refused = [fake.ask("POST", "/submissions", {**C, field: value}) for value in bad]

    assert {201} >= {reply.status for reply in accepted}
    assert {422} >= {reply.status for reply in refused}
    for reply in refused:
        assert {field} == set(reply.data)
        assert all(isinstance(text, str) for text in reply.data[field])


def test_a_batch_in_its_order(fake: Http) -> None:
    """Tokens and errors stand where their programs do; `wait` and `fields` are ignored."""
    path = "/submissions/batch?wait=true&fields=nonsense"
    made = fake.ask("POST", path, {"submissions": [PYTHON, {"language_id": 71}, C, 5]}).data
    tokens = f"{made[2]['token']},{UNKNOWN},{made[0]['token']}"
    by_header = fake.ask("GET", "/submissions/batch?fields=token", headers={"tokens": tokens})

    assert [{"token"}, {"source_code"}, {"token"}, {"language_id"}] == [set(one) for one in made]
    assert {
        "submissions": [{"token": made[2]["token"]}, None, {"token": made[0]["token"]}]
    } == by_header.data


def test_pages() -> None:
    """The newest comes first, and a page knows its neighbours."""
    with faked(admin_tokens=("admin",)) as (http, _):
        tokens = [http.ask("POST", "/submissions", PYTHON).data["token"] for _ in range(3)]
        pages = [
            http.ask("GET", f"/submissions?page={n}&per_page=2&fields=token", headers=ADMIN).data
            for n in (1, 2)
        ]
        wrong = [
            http.ask("GET", f"/submissions?{query}", headers=ADMIN).status
            for query in ("page=0", "page=x", "per_page=0", "per_page=-1", "fields=nonsense")
        ]
        by_query = http.ask("GET", "/submissions?X-Auth-User=admin").status

    assert [[tokens[2], tokens[1]], [tokens[0]]] == [
        [one["token"] for one in page["submissions"]] for page in pages
    ]
    meta = {"total_pages": 2, "total_count": 3}
    assert {**meta, "current_page": 1, "next_page": 2, "prev_page": None} == pages[0]["meta"]
    assert {**meta, "current_page": 2, "next_page": None, "prev_page": 1} == pages[1]["meta"]
    assert [400] * 5 == wrong
    assert 200 == by_query


def test_who_may_delete_what() -> None:
    """Only what has been judged, where the settings allow it; the answer is in base64."""
    with faked(FakeBackend(None), admin_tokens=("admin",), delete=True) as (http, backend):
        token = http.ask("POST", "/submissions", PYTHON).data["token"]
        without = http.ask("DELETE", f"/submissions/{token}")
        early = http.ask("DELETE", f"/submissions/{token}", headers=ADMIN)
        backend.finish(UUID(token), Verdict.OK)
        done = http.ask("DELETE", f"/submissions/{token}?fields=stdout", headers=ADMIN)
        gone = http.ask("DELETE", f"/submissions/{token}", headers=ADMIN)
    with faked(admin_tokens=("admin",)) as (http, _):
        forbidden = http.ask("DELETE", f"/submissions/{token}", headers=ADMIN)

    assert (403, b"") == (without.status, without.body)
    assert (400, {"error"}) == (early.status, set(early.data))
    assert (200, {"stdout": "b3V0Cg==\n"}) == (done.status, done.data)
    assert 404 == gone.status
    assert (400, {"error"}) == (forbidden.status, set(forbidden.data))


def test_authorization() -> None:
    """With tokens of its own a wrong one, or none, gets 403 without a body."""
    with faked(admin_tokens=("admin", "other")) as (http, _):
        replies = [
            http.ask("POST", "/authorize", headers=headers)
            for headers in ({}, {"X-Auth-User": "x"}, {"X-Auth-User": "other"})
        ]

    assert [(403, b""), (403, b""), (200, b"")] == [(one.status, one.body) for one in replies]


def test_output_that_is_no_text(undecided: tuple[Http, FakeBackend]) -> None:
    """Without base64 a batch is refused; the answer to a request that waited has the token."""
    http, backend = undecided
    token = http.ask("POST", "/submissions", PYTHON).data["token"]
    backend.finish(UUID(token), Verdict.OK, output=b"\xff")
    batch = http.ask("GET", f"/submissions/batch?tokens={token}")
    with faked(FakeBackend(Verdict.OK, output=b"\xff")) as (other, _):
        waited = other.ask("POST", "/submissions?wait=true", PYTHON)

    assert (400, {"error"}) == (batch.status, set(batch.data))
    assert (201, {"error", "token"}) == (waited.status, set(waited.data))


def test_what_is_in_base64(undecided: tuple[Http, FakeBackend]) -> None:
    """Sources, inputs, outputs and the message are; empty output is null."""
    http, backend = undecided
    sent = {**PYTHON, "source_code": "eA==", "stdin": "eQ==", "expected_output": "eg=="}
    token = http.ask("POST", "/submissions?base64_encoded=true", sent).data["token"]
    backend.finish(UUID(token), Verdict.RE, exit_code=1, output=b"", error_output=b"e")
    path = f"/submissions/{token}?fields=*&base64_encoded="
    encoded, plain = (http.ask("GET", path + text).data for text in ("true", "false"))

    expected = {"source_code": "x", "stdin": "y", "expected_output": "z", "stderr": "e"}
    message = "Exited with error status 1"
    assert {**expected, "message": message} == {n: plain[n] for n in [*expected, "message"]}
    assert ["eA==\n", "eQ==\n", "eg==\n", "ZQ==\n"] == [encoded[name] for name in expected]
    assert "RXhpdGVkIHdpdGggZXJyb3Igc3RhdHVzIDE=\n" == encoded["message"]
    assert (None, None) == (plain["stdout"], encoded["stdout"])


def test_averages_of_several_runs() -> None:
    """Time and memory are averages, up to the first run that was not accepted."""
    token = UUID(UNKNOWN)
    tests = [
        TestResult(name=str(n), verdict=verdict, cpu_ms=cpu_ms, wall_ms=2 * cpu_ms, memory_bytes=m)
        for n, (verdict, cpu_ms, m) in enumerate(
            ((Verdict.AC, 100, 4096), (Verdict.WA, 300, 8192), (Verdict.SKIPPED, 0, 0))
        )
    ]
    result = Result(submission_id=token, language="python", verdict=Verdict.WA, tests=tests)
    entry = Entry(token, token, "judge0", {"language_id": 71, "number_of_runs": 3}, tests=3)
    ended = Ended(result, datetime.now(UTC))
    values = Seen(entry, State(Verdict.WA, ended), "Python").values()

    assert ("0.2", "0.4", 6, 4) == tuple(
        values[name] for name in ("time", "wall_time", "memory", "status_id")
    )


def test_the_service_about_itself(fake: Http) -> None:
    """Names, types and order are Judge0's; three answers are plain text."""
    statuses = fake.ask("GET", "/statuses").data
    languages = fake.ask("GET", "/languages").data
    (workers,) = fake.ask("GET", "/workers").data
    statistics = fake.ask("GET", "/statistics?invalidate_cache=true").data
    texts = [fake.ask("GET", path) for path in ("/version", "/isolate", "/license")]
    about, system = (fake.ask("GET", path) for path in ("/about", "/system_info"))

    assert list(range(1, 15)) == [one["id"] for one in statuses]
    assert "Runtime Error (SIGXFSZ)" == statuses[7]["description"]
    assert NUMBERS <= {one["id"] for one in languages}
    assert sorted(one["name"] for one in languages) == [one["name"] for one in languages]
    assert {"default"} == {workers.pop("queue")}
    assert {int} == {type(count) for count in workers.values()}
    assert {"total", "today", "last_30_days"} == set(statistics["submissions"])
    assert 30 == len(statistics["submissions"]["last_30_days"])
    assert {"language", "count"} == set(statistics["languages"][0])
    assert {"id", "name"} == set(statistics["statuses"][0]["status"])
    assert {"size_pretty", "size_in_bytes"} == set(statistics["database"])
    assert ["text/plain; charset=utf-8"] * 3 == [one.headers["content-type"] for one in texts]
    assert "1.13.1" == about.data["version"]
    assert {str} == {type(value) for value in (*about.data.values(), *system.data.values())}
    assert about.headers["server"].startswith("judgecore/")
    assert "application/json; charset=utf-8" == about.headers["content-type"]


def test_configuration(fake: Http) -> None:
    """All forty keys have Judge0's defaults, but for what the documents say."""
    found = fake.ask("GET", "/config_info").data
    types = {name: type(value) for name, value in CONFIG.items()}
    ours = {
        "callbacks_max_tries": 8, "max_queue_size": 2000, "submission_cache_duration": 0,
        "allow_enable_per_process_and_thread_time_limit": False,
        "allow_enable_per_process_and_thread_memory_limit": False, "allow_enable_network": False,
        "disable_implicit_base64_encoding": True,
    }  # fmt: skip
    defaults = {
        "cpu_time_limit": 5, "max_cpu_time_limit": 15, "cpu_extra_time": 1, "wall_time_limit": 10,
        "max_wall_time_limit": 20, "memory_limit": 128_000, "max_memory_limit": 512_000,
        "stack_limit": 64_000, "max_stack_limit": 128_000, "max_processes_and_or_threads": 60,
        "max_max_processes_and_or_threads": 120, "max_file_size": 1024, "max_max_file_size": 4096,
        "number_of_runs": 1, "max_number_of_runs": 20, "max_extract_size": 10_240,
        "max_submission_batch_size": 20, "enable_wait_result": True, "maintenance_mode": False,
        "enable_submission_delete": False, "callbacks_timeout": 5,
    }  # fmt: skip

    assert 40 == len(found)
    assert types == {name: type(value) for name, value in found.items()}
    assert ours | defaults == {name: found[name] for name in ours | defaults}


def test_waiting_may_be_forbidden() -> None:
    """Then a request that would wait gets 400, before its fields are looked at."""
    with faked(wait_s=0.0) as (http, _):
        reply = http.ask("POST", "/submissions?wait=true&fields=nonsense", {})
        allowed = http.ask("GET", "/config_info").data["enable_wait_result"]

    assert (400, {"error": "wait not allowed"}) == (reply.status, reply.data)
    assert not allowed


def test_base64_without_the_parameter() -> None:
    """By a setting contents are base64 unless the request says no, as in Judge0's code."""
    with faked(judge0_implicit_base64=True) as (http, _):
        path = "/submissions?wait=true&fields=source_code"
        implied = http.ask("POST", path, {**PYTHON, "source_code": "eA=="})
        denied = http.ask("POST", f"{path}&base64_encoded=false", PYTHON)
        said = http.ask("GET", "/config_info").data["disable_implicit_base64_encoding"]

    assert {"source_code": "eA==\n"} == implied.data
    assert {"source_code": PYTHON["source_code"]} == denied.data
    assert said is False


@pytest.mark.parametrize(("number", "name"), [(11, "NZEC"), (12, "Other"), (15, "Memory Limit")])
def test_the_status_of_too_much_memory(number: int, name: str) -> None:
    """It is one of Judge0's, or one of its own, by a setting."""
    with faked(FakeBackend(Verdict.MLE), judge0_mle=number) as (http, _):
        found = http.ask("POST", "/submissions?wait=true", PYTHON).data
        known = {one["id"] for one in http.ask("GET", "/statuses").data}

    assert number == found["status"]["id"]
    assert name in found["status"]["description"]
    assert "Memory limit exceeded" == found["message"]
    assert number in known


def test_a_token_is_of_one_api(fake: Http) -> None:
    """An id of another API is no token here."""
    sent = {"language": "python", "source": "x", "tests": [{}]}
    made = fake.ask("POST", "/v1/submissions", sent).data["id"]

    assert 404 == fake.ask("GET", f"/submissions/{made}").status

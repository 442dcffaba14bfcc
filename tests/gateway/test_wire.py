"""Requests as clients, proxies and browsers really write them."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
from typing import Any

import pytest
from serving import Http, faked

from consumers.gateway.config import GatewayConfig
from consumers.gateway.exchange import Request
from consumers.gateway.forms import MOST_FIELDS, read_multipart
from judgecore.errors import InvalidConfig

PYTHON = {"source_code": "print(input())", "language_id": 71}
BODY = json.dumps(PYTHON).encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
IN_PARTS = {"Content-Type": "multipart/form-data; boundary=x-x"}


def _part(name: str, value: str, more: str = "") -> str:
    head = f'Content-Disposition: form-data; name="{name}"{more}'
    return f"--x-x\r\n{head}\r\n\r\n{value}\r\n"


PARTS = _part("language_id", "71") + _part("source_code", "print(1)", '; filename="a.py"')
FORM = f"{PARTS}--x-x--\r\n".encode()


def _said(server: Http, head: bytes, body: bytes = b"") -> bytes:
    """All that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head + body)
        return connection.makefile("rb").read()


HEADS = {
    "HTTP/1.0": b"POST /submissions HTTP/1.0\r\n" + LENGTH,
    "a whole address": b"POST http://localhost/submissions HTTP/1.1\r\nHost: localhost\r\n"
    + LENGTH,
    "waits for 100": b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
    + LENGTH,
    "through proxies": b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nVia: 1.1 x\r\n"
    b"X-Forwarded-For: 203.0.113.9, nonsense\r\nX-Forwarded-Proto: https\r\n"
    b"X-Forwarded-Host: example.org\r\nForwarded: for=_x\r\n" + LENGTH,
    "accepts anything": b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
    b"Accept-Encoding: gzip, br\r\nAccept-Charset: utf-8\r\n" + LENGTH,
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_request_in_another_form_is_answered(head: bytes, fake: Http) -> None:
    """Old versions, proxies, and clients that would rather speak another version are served."""
    said = _said(fake, head + b"Connection: close\r\n\r\n", BODY)

    assert said.startswith((b"HTTP/1.1 201 ", b"HTTP/1.1 100 "))
    assert b"HTTP/1.1 201 " in said
    assert b'{"token": "' in said


def test_requests_may_follow_each_other_at_once(fake: Http) -> None:
    """Those that come before the first answer are answered in their order."""
    first = b"POST /submissions HTTP/1.1\r\nHost: localhost\r\n" + LENGTH + b"\r\n" + BODY
    last = b"GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    said = _said(fake, first * 3 + last)

    assert [3, 1] == [said.count(b"HTTP/1.1 201 "), said.count(b"HTTP/1.1 200 ")]
    assert said.endswith(b"1.13.1")


def test_a_connection_goes_on_after_an_offer_of_http_2(fake: Http) -> None:
    """Java's client offers HTTP/2 with its first request, and keeps the connection."""
    offer = {
        "Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
    }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=60)
    statuses = []
    for headers in (offer, {}, offer):
        connection.request("POST", "/submissions", BODY, headers)
        answer = connection.getresponse()
        statuses.append((answer.version, answer.status, b"token" in answer.read()))
    connection.close()

    assert [(11, 201, True)] * 3 == statuses


def test_a_body_may_come_in_chunks(fake: Http) -> None:
    """A body whose length is not known at first is read as any other."""
    head = b"POST /submissions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)

    assert b"HTTP/1.1 201 " in _said(fake, head + b"Connection: close\r\n\r\n", chunks)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (URLENCODED, b"language_id=71&source_code=print(1)", 201),
        (URLENCODED, BODY, 201),
        (URLENCODED, b"a=1&" * 2000, 400),
        (URLENCODED, b"source_code=%ff&language_id=71", 201),
        (IN_PARTS, FORM, 201),
        (IN_PARTS, FORM[:-20], 422),
        (IN_PARTS, b"nonsense", 400),
        (IN_PARTS, FORM.replace(b"print", b"\xff"), 400),
        ({"Content-Type": "multipart/form-data"}, FORM, 400),
        ({"Content-Type": "text/plain"}, BODY, 201),
        ({"Content-Type": "application/vnd.api+json; charset=utf-8"}, BODY, 201),
        ({}, BODY, 201),
        ({"Content-Encoding": "gzip"}, gzip.compress(BODY, mtime=0), 415),
        ({"Content-Encoding": "identity"}, BODY, 201),
    ],
    ids=range(14),
)
def test_bodies_of_all_kinds(headers: dict[str, str], body: bytes, status: int, fake: Http) -> None:
    """JSON is read whatever it is called, both kinds of forms too; compressed bodies are not."""
    assert status == fake.ask("POST", "/submissions", body=body, headers=headers).status


def test_a_form_in_parts_has_an_end() -> None:
    """Its fields come as they are, and there are not very many."""
    fields = read_multipart(FORM, IN_PARTS["Content-Type"])
    many = (_part("a", "") * (MOST_FIELDS + 1) + "--x-x--\r\n").encode()

    assert {"language_id": "71", "source_code": "print(1)"} == fields
    with pytest.raises(ValueError, match="more than"):
        Request("POST", "/", body=many, headers={"content-type": IN_PARTS["Content-Type"]}).fields()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "//submissions//?base64_encoded=false", 201),
        ("GET", "//languages", 200),
        ("GET", "/languages/all/", 200),
        ("POST", "/faas/sandbox//run_code", 422),
        ("POST", "/api/v2//execute/", 400),
        ("HEAD", "/languages", 200),
        ("HEAD", "/submissions", 403),
        ("GET", "/submissions/..%2f..%2fetc", 404),
    ],
)
def test_slashes(method: str, path: str, status: int, fake: Http) -> None:
    """Base addresses that end in a slash make two of one, and some clients add one."""
    reply = fake.ask(method, path, PYTHON if method == "POST" else None)

    assert status == reply.status
    assert method != "HEAD" or b"" == reply.body


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("False", False), ("0", False),
     ("", False)],
)  # fmt: skip
def test_flags_of_a_query(text: str, is_so: bool, fake: Http) -> None:
    """Every language writes its booleans in its own way."""
    sent = {"language_id": 71, "source_code": "MQ=="}
    path = f"/submissions?base64_encoded={text}&wait={text}&fields=source_code,token"
    token = fake.ask("POST", path, sent).data["token"]
    shown = fake.ask("GET", f"/submissions/{token}?fields=source_code").data

    assert {"source_code": "1" if is_so else "MQ=="} == shown


@pytest.mark.parametrize(
    ("settings", "host", "may"),
    [
        ({}, "localhost", True),
        ({}, "localhost:2358", True),
        ({}, "LOCALHOST.:2358", True),
        ({}, "judge.localhost", True),
        ({}, "127.0.0.1:2358", True),
        ({}, "127.1.2.3", True),
        ({}, "[::1]:2358", True),
        ({}, "example.org", False),
        ({}, "localhost.example.org:2358", False),
        ({}, "127.0.0.1.example.org", False),
        ({}, "192.168.1.1", False),
        ({}, "a:b:c", False),
        ({}, "", False),
        ({"hosts": ("judge.example.org",)}, "judge.example.org:80", True),
        ({"hosts": ("judge.example.org",)}, "localhost", False),
        ({"hosts": ("*",)}, "example.org", True),
        ({"tokens": ("x",)}, "example.org", True),
        ({"tokens": ("x",), "hosts": ("judge.example.org",)}, "example.org", False),
        ({"tokens": ("x",), "host": "10.0.0.1"}, None, True),
    ],
)
def test_by_which_names_it_may_be_called(
    settings: dict[str, Any], host: str | None, may: bool
) -> None:
    """Without tokens only by those of this machine."""
    assert may == GatewayConfig(**settings).allows_host(host)


def test_a_page_whose_name_leads_here_is_refused() -> None:
    """A browser sends its requests to the gateway as to the page's own server."""
    with faked() as (gateway, _):
        reply = gateway.ask("POST", "/submissions", PYTHON, headers={"Host": "evil.example:2358"})
        event = gateway.ask("GET", "/v1/languages", headers={"Host": "evil.example:2358"})

    assert [403, 403] == [reply.status, event.status]
    assert "JUDGECORE_HTTP_HOSTS" in event.data["error"]


def test_names_of_hosts_are_checked() -> None:
    """An address is no name, and a name in brackets is an address."""
    found = GatewayConfig.from_env({"JUDGECORE_HTTP_HOSTS": "Judge.example.org, [::1]"})

    assert ("judge.example.org", "::1") == found.hosts
    with pytest.raises(InvalidConfig, match="JUDGECORE_HTTP_HOSTS"):
        GatewayConfig.from_env({"JUDGECORE_HTTP_HOSTS": "http://example.org"})


@pytest.mark.parametrize(
    "header", ["X-Auth-Token", "X-RapidAPI-Key", "x-rapidapi-key", "Authorization"]
)
def test_tokens_in_the_headers_that_clients_have(header: str) -> None:
    """Judge0's own header, that of the service that sells it, and the usual one."""
    value = "Bearer secret" if header == "Authorization" else "secret"
    with faked(tokens=("secret",)) as (gateway, _):
        reply = gateway.ask("GET", "/about", headers={header: value, "X-RapidAPI-Host": "x"})

    assert 200 == reply.status


def test_the_requests_of_judge0s_page_for_programmers(fake: Http) -> None:
    """A page in a browser asks first whether it may, sends empty fields, and reads the answer."""
    page = {"Origin": "http://localhost:8000"}
    asks = {
        **page,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-rapidapi-key",
    }
    sent = {
        "source_code": "c2VsZWN0IDE7", "language_id": 82, "stdin": "", "compiler_options": "",
        "command_line_arguments": "", "additional_files": "", "redirect_stderr_to_stdout": True,
    }  # fmt: skip
    path = "/submissions?base64_encoded=true&wait=false"
    may = fake.ask("OPTIONS", path, headers=asks)
    made = fake.ask("POST", path, sent, headers={**page, "X-RapidAPI-Key": ""})
    shown = fake.ask("GET", f"/submissions/{made.data['token']}?base64_encoded=true", headers=page)

    assert (200, 201, 200) == (may.status, made.status, shown.status)
    assert "x-rapidapi-key" in may.headers["access-control-allow-headers"].lower()
    assert page["Origin"] == shown.headers["access-control-allow-origin"]
    assert {"status", "stdout", "compile_output", "time", "memory"} <= set(shown.data)

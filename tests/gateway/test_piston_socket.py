"""Piston's websocket, talked to by a client library."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from serving import Http, faked
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from consumers.gateway import live
from consumers.gateway.backends import FakeBackend
from consumers.gateway.exchange import Left
from consumers.gateway.piston import routes
from consumers.gateway.piston.connection import Closed, Session
from consumers.gateway.web import sockets
from judgecore.verdict import Verdict

PATH = "/api/v2/connect"
PYTHON = {"type": "init", "language": "python", "version": "*"}
ECHO = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)"


def _init(source: str, **more: Any) -> dict[str, Any]:
    return {**PYTHON, "files": [{"content": source}], **more}


def _to(http: Http, **more: Any) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{http.port}{PATH}", **more)


def _say(socket: ClientConnection, *messages: Any) -> None:
    for message in messages:
        socket.send(message if isinstance(message, str | bytes) else json.dumps(message))


def _until_closed(socket: ClientConnection) -> tuple[list[dict[str, Any]], int | None]:
    got = []
    with suppress(ConnectionClosed):
        while True:
            got.append(json.loads(socket.recv(timeout=60)))
    return got, socket.close_code


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "data", "stream": "stdin", "data": "x"}], 4003),
        (["["], 4002),
        ([b"\xff"], 4002),
        (["[1]"], 4002),
        (['{"type": "init", "language": "\\ud800"}'], 4002),
        ([{**PYTHON, "files": []}], 4002),
        ([{**PYTHON, "language": "nothing", "files": [{"content": "x"}]}], 4002),
        ([_init("x", run_timeout=10**9)], 4002),
        ([_init("x"), _init("x")], 4000),
        ([_init("x"), {"type": "data", "stream": "stdout", "data": "x"}], 4004),
        ([_init("x"), {"type": "signal", "signal": "SIGNOTHING"}], 4005),
        ([_init("x"), {"type": "data", "stream": "stdin", "data": "x"}], 4002),
    ],
)
def test_why_a_connection_is_closed(
    messages: list[Any], code: int, undecided: tuple[Http, FakeBackend]
) -> None:
    """Each fault has its code; 4002 comes after a message that says what is wrong."""
    with _to(undecided[0]) as socket:
        _say(socket, *messages)
        got, closed = _until_closed(socket)

    assert code == closed
    assert (code == 4002) == any(one["type"] == "error" for one in got)


class _Says:
    """A client that has sent these messages, and leaves no trace otherwise."""

    def __init__(self, *messages: Any) -> None:
        self._messages = [json.dumps(one) for one in messages]

    def receive(self, timeout_s: float) -> str | None:
        return self._messages.pop(0) if self._messages else None

    def send(self, message: Any) -> None: ...

    def close(self, code: int) -> None: ...

    def when_left(self, act: Any) -> None: ...


def test_input_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends more than a runner keeps for a program is closed, and the slot stays whole."""
    monkeypatch.setattr("consumers.gateway.piston.connection.MOST_TYPED_BYTES", 10)
    one = {"type": "data", "stream": "stdin", "data": "12345"}

    assert [b"12345", b"12345"] == list(Session(_Says(one, one)).typed())
    with pytest.raises(Closed, match="more than 10 bytes"):
        list(Session(_Says(one, one, one)).typed())


class _Ended:
    """A program that has ended, and whose output is taken slowly."""

    over, ended = True, False
    stopped = False

    def read(self, timeout_s: float) -> None: ...

    def stop(self) -> None:
        self.stopped = True

    def finish(self) -> None: ...

    def start(self, run: Any) -> _Ended:
        return self


def test_a_client_that_reads_slowly_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slot does not wait for ever for what its last program wrote to be taken."""
    monkeypatch.setattr(live, "PASS_S", 0.01)
    with pytest.raises(Left):
        live._to_its_end(_Ended(), None, Session(_Says()))  # type: ignore[arg-type]


def test_who_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while without a first message the code is 4001."""
    monkeypatch.setattr(routes, "FIRST_S", 0.3)
    with faked() as (http, _), _to(http) as socket:
        _, code = _until_closed(socket)

    assert 4001 == code


def test_without_live_input_all_is_sent_at_the_end() -> None:
    """Before workers, output and exit come once there is a verdict."""
    with (
        faked(FakeBackend(Verdict.RE, exit_code=3)) as (http, _),
        _to(http) as socket,
    ):
        _say(socket, _init("x", stdin="1"))
        got, code = _until_closed(socket)

    assert 4999 == code
    assert ["runtime", "stage", "data", "exit"] == [one["type"] for one in got]
    assert {"type": "exit", "stage": "run", "code": 3, "signal": None} == got[-1]


def test_a_websocket_needs_a_token_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The handshake without one gets 401."""
    monkeypatch.setattr(routes, "FIRST_S", 0.3)
    with faked(tokens=("secret",)) as (http, _):
        with pytest.raises(InvalidStatus, match="401"), _to(http):
            pass
        with _to(http, additional_headers={"Authorization": "Bearer secret"}) as socket:
            _, code = _until_closed(socket)

    assert 4001 == code


def test_there_is_room_for_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more gets 503: of one client, or of all; and requests are answered meanwhile."""
    monkeypatch.setattr(sockets, "MOST_SOCKETS", 5)
    monkeypatch.setattr(sockets, "MOST_OF_ONE", 3)
    one, other = ({"additional_headers": {"Authorization": name}} for name in ("one", "other"))
    with faked(FakeBackend(None), tokens=("one", "other")) as (http, _), ExitStack() as all_open:
        for client, count in ((one, 3), (other, 2)):
            for _ in range(count):
                _say(all_open.enter_context(_to(http, **client)), _init("x"))
            with pytest.raises(InvalidStatus, match="503"), _to(http, **client):
                pass
        answered = http.ask("GET", "/api/v2/runtimes", headers={"Authorization": "one"}).status

    assert 200 == answered


@pytest.mark.local
def test_input_and_output_pass_while_a_program_runs(gateway: Http) -> None:
    """Each line is answered before the next one is sent; a signal ends the program."""
    with _to(gateway) as socket:
        _say(socket, _init(ECHO, run_timeout=20_000, run_cpu_time=10_000))
        begun = []
        while {"type": "stage", "stage": "run"} not in begun:
            begun.append(json.loads(socket.recv(timeout=60)))
        answers = []
        for line in ("one\n", "zwei: ü\n"):
            _say(socket, {"type": "data", "stream": "stdin", "data": line})
            answers.append(json.loads(socket.recv(timeout=60)))
        _say(
            socket, {"type": "signal", "signal": "SIGCONT"}, {"type": "signal", "signal": "SIGINT"}
        )
        got, code = _until_closed(socket)

    assert ("runtime", "python") == (begun[0]["type"], begun[0]["language"])
    assert ["ONE\n", "ZWEI: Ü\n"] == [one["data"] for one in answers]
    assert 4999 == code
    assert {"type": "exit", "stage": "run", "code": None, "signal": "SIGINT"} == got[-1]


@pytest.mark.local
@pytest.mark.parametrize(
    ("source", "language", "stages", "last"),
    [
        ("read line; echo $line", "bash", ["compile", "run"], {"code": 0, "signal": None}),
        ("exit 4", "bash", ["compile", "run"], {"code": 4, "signal": None}),
        ("while :; do :; done", "bash", ["compile", "run"], {"code": None, "signal": "SIGKILL"}),
        ("int main() { return 5; }", "c", ["compile", "run"], {"code": 5, "signal": None}),
        ("int main() {", "c", ["compile"], {"code": 1, "signal": None}),
    ],
)
def test_how_a_live_program_ends(
    source: str, language: str, stages: list[str], last: dict[str, Any], gateway: Http
) -> None:
    """The last message says how; a program that does not compile is not run."""
    with _to(gateway) as socket:
        _say(socket, _init(source, language=language, stdin="x", run_cpu_time=500))
        got, code = _until_closed(socket)

    assert 4999 == code
    assert stages == [one["stage"] for one in got if one["type"] == "stage"]
    assert last == {name: got[-1][name] for name in last}


@pytest.mark.local
def test_a_client_that_leaves_ends_its_program(gateway: Http) -> None:
    """Its slot is free soon after, and not at the end of the time limit."""
    with _to(gateway) as socket:
        _say(socket, _init("input()", run_timeout=20_000))
        while json.loads(socket.recv(timeout=60)).get("stage") != "run":
            pass
    begun = time.monotonic()
    while "judgecore_gateway_busy_slots 0\n" not in gateway.ask("GET", "/metrics").body.decode():
        assert time.monotonic() - begun < 15
        time.sleep(0.05)

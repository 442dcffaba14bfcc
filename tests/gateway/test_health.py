"""Probes and figures of the gateway."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from serving import faked

from consumers.gateway.backends import FakeBackend
from consumers.gateway.latencies import CLASSES
from consumers.gateway.web.app import PROBES, THREADS
from consumers.messages import SubmissionMessage
from judgecore.errors import StoreUnavailable
from judgecore.verdict import Verdict

PYTHON = {"source_code": "print(1)", "language_id": 71}
LINE = re.compile(r'judgecore_gateway_\w+(\{(\w+="[^"]*",?)+\})? [0-9.e+-]+')


def test_figures_for_prometheus() -> None:
    """Every line is one of Prometheus's, and each count has its label."""
    with faked(FakeBackend(Verdict.WA), client_batch_after=0) as (http, _):
        http.ask("POST", "/submissions?wait=true", PYTHON)
        http.ask("POST", "/submissions", PYTHON)
        http.ask("POST", "/submissions", {})
        reply = http.ask("GET", "/metrics")
    lines = reply.body.decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    name = "judgecore_gateway_"

    assert "text/plain; version=0.0.4; charset=utf-8" == reply.headers["content-type"]
    assert [] == [one for one in lines if not one.startswith("# ") and not LINE.fullmatch(one)]
    assert ["2", "1", "2"] == [
        values[f'{name}requests_total{{status="201"}}'],
        values[f'{name}requests_total{{status="422"}}'],
        values[f'{name}verdicts_total{{verdict="WA"}}'],
    ]
    assert {"waiting", "oldest_seconds", "busy_slots", "slots"} <= {
        one.removeprefix(name) for one in values
    }
    assert f'{name}seconds{{quantile="0.95"}}' in values
    assert ["1", "1", "0"] == [
        values[f'{name}latency_seconds_count{{class="{group}"}}'] for group in CLASSES
    ]


@pytest.mark.parametrize(("path", "away"), [("/healthz", 200), ("/readyz", 503), ("/metrics", 200)])
def test_probes_need_no_token(path: str, away: int) -> None:
    """They are answered to anybody by any name; only readiness needs the services."""

    class Away(FakeBackend):
        def check(self) -> None:
            raise StoreUnavailable("away")

    headers = {"Host": "10.0.0.9", "Origin": "https://example.org"}
    with faked(tokens=("secret",)) as (here, _), faked(Away()) as (gone, _):
        found = [http.ask("GET", path, headers=headers).status for http in (here, gone)]

    assert [200, away] == found


def test_a_probe_waits_for_nothing_else() -> None:
    """While a database holds up all requests and all other probes, the gateway is alive."""
    at_work, goes_on = threading.Semaphore(0), threading.Event()

    class Slow(FakeBackend):
        def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
            self.check()
            super().submit(message, queue)

        def check(self) -> None:
            at_work.release()
            goes_on.wait(60)

    with faked(Slow()) as (http, _), ThreadPoolExecutor(2 * THREADS) as clients:
        held = [
            *(clients.submit(http.ask, "POST", "/submissions", PYTHON) for _ in range(THREADS + 1)),
            *(clients.submit(http.ask, "GET", "/readyz") for _ in range(PROBES + 1)),
        ]
        for _ in range(THREADS + PROBES):
            assert at_work.acquire(timeout=60)
        alive = http.ask("GET", "/healthz").status
        held_up = [one.done() for one in held]
        goes_on.set()
        statuses = {one.result().status for one in held}

    assert 200 == alive
    assert not any(held_up)
    assert {200, 201} == statuses

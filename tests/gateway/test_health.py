"""Probes and figures of the gateway."""

from __future__ import annotations

import re

import pytest
from serving import faked

from consumers.gateway.backends import FakeBackend
from consumers.gateway.latencies import CLASSES
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

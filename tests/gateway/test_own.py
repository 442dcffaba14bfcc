"""judgecore's own API, its document, and how much one client may ask for."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from serving import Http, faked

from consumers.gateway.backends import FakeBackend, Overloaded
from consumers.gateway.openapi import document
from consumers.gateway.quotas import Quotas, RateLimit

PYTHON = {"language": "python", "source": "print(input())", "tests": [{"input": "a"}]}
SCORED = {
    "language": "python",
    "source": "print(input())",
    "problem": {
        "tests": [
            {"input": "1", "expected": "1", "group": "small"},
            {"input": "2", "expected": "3", "group": "large"},
        ],
        "total": {
            "kind": "scoring",
            "groups": [{"name": "small", "points": "30"}, {"name": "large", "points": "70"}],
        },
    },
}
UNKNOWN = "/v1/submissions/00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "keys"),
    [
        ("POST", "/v1/submissions", PYTHON, 202, {"id", "verdict", "result"}),
        ("POST", "/v1/submissions?wait=5", PYTHON, 200, {"id", "verdict", "result"}),
        ("POST", "/v1/submissions?wait=x", PYTHON, 400, {"error"}),
        ("POST", "/v1/submissions", {}, 422, {"error", "fields"}),
        ("POST", "/v1/submissions", {**PYTHON, "language": "nothing"}, 422, {"error"}),
        ("POST", "/v1/submissions", {**PYTHON, "kind": "batch"}, 422, {"error", "fields"}),
        (
            "POST",
            "/v1/submissions",
            {**PYTHON, "submission_id": UNKNOWN[-36:]},
            422,
            {"error", "fields"},
        ),
        (
            "POST",
            "/v1/submissions",
            {**PYTHON, "callback_url": f"http://x/{'a' * 2000}"},
            422,
            {"error", "fields"},
        ),
        ("POST", "/v1/submissions", [1], 400, {"error"}),
        ("GET", UNKNOWN, None, 404, {"error"}),
        ("GET", f"{UNKNOWN}/events", None, 404, {"error"}),
        ("GET", "/v1/submissions/x", None, 404, {"error"}),
        ("GET", "/openapi.json", None, 200, set(document())),
    ],
)
def test_contract(
    method: str, path: str, sent: Any, status: int, keys: set[str], fake: Http
) -> None:
    """Every request gets the status and the keys of the table."""
    reply = fake.ask(method, path, sent)

    assert status == reply.status, reply.body
    assert keys == set(reply.data)


def test_a_request_may_be_sent_again() -> None:
    """The same key of the same client gives the same id."""
    with faked(tokens=("one", "other")) as (http, _):
        ids = [
            http.ask(
                "POST",
                "/v1/submissions",
                PYTHON,
                headers={"X-Auth-Token": token, "Idempotency-Key": key},
            ).data["id"]
            for token, key in (("one", "a"), ("one", "a"), ("one", "b"), ("other", "a"))
        ]

    assert ids[0] == ids[1]
    assert 3 == len(set(ids))


def test_the_document_has_every_route() -> None:
    """Methods and paths of the document are those that are answered, and its references lead on."""
    from serving import service_of

    from consumers.gateway.config import GatewayConfig
    from consumers.gateway.own import Own

    made = document()
    routes = Own(service_of(FakeBackend()), GatewayConfig()).routes
    described = {(m.upper(), path) for path, item in made["paths"].items() for m in item}
    text = json.dumps(made)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert {(route.method, route.path) for route in routes} == described
    assert named <= set(made["components"]["schemas"])
    assert "#/$defs" not in text


def test_a_client_has_its_own_bucket() -> None:
    """Beyond the burst a client waits, and others don't."""
    limit = RateLimit(0.001, burst=2)

    assert [0, 0] == [limit.wait_s("a"), limit.wait_s("a")]
    assert limit.wait_s("a") > 0
    assert 0 == limit.wait_s("b")
    assert 0 == RateLimit(0).wait_s("a")


def test_a_quota_sends_to_the_batch_queue_and_then_refuses() -> None:
    """What has ended makes room again."""
    quotas = Quotas(batch_after=1, most=2)

    assert ["default", "batch"] == [quotas.begin("a", 1), quotas.begin("a", 1)]
    with pytest.raises(Overloaded):
        quotas.begin("a", 1)
    assert "default" == quotas.begin("b", 1)
    quotas.end("a", 2)
    assert "default" == quotas.begin("a", 1)


def test_limits_over_http() -> None:
    """Too many requests are 429, too many that wait 503, both with Retry-After."""
    with faked(FakeBackend(None), rate=0.001) as (fast, _):
        replies = [fast.ask("POST", "/v1/submissions", PYTHON) for _ in range(21)]

    assert [202] * 20 + [429] == [reply.status for reply in replies]
    assert int(replies[-1].headers["retry-after"]) > 0


@pytest.mark.local
def test_events_tell_progress_and_the_verdict(gateway: Http) -> None:
    """Each test is an event, and the last one has score and groups."""
    slow = {**SCORED, "source": "import time; time.sleep(0.5); print(input())"}
    made = gateway.ask("POST", "/v1/submissions", slow).data
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    connection.request("GET", f"/v1/submissions/{made['id']}/events")
    events = [part.split("\n") for part in connection.getresponse().read().decode().split("\n\n")]
    connection.close()
    kinds = [lines[0] for lines in events if lines[0].startswith("event")]
    last = json.loads(events[-2][1].removeprefix("data: "))

    assert "event: verdict" == kinds[-1]
    assert {"event: progress"} >= set(kinds[:-1])
    assert ("30", {"small": "30", "large": "0"}) == (last["score"], last["scores"])
    assert last == gateway.ask("GET", f"/v1/submissions/{made['id']}").data["result"]

"""What came of it: what the chaos test finds in the database, in the queues and on the host."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import docker

from bench.faults import NONSENSE, abandoned
from bench.services import Services
from consumers.events import VerdictEvent, decode_event
from judgecore.engine import cgroups
from judgecore.verdict import Verdict

SPY = "chaos.spy"
FINAL = "verdict NOT IN ('PENDING', 'JUDGING')"


def listen_in(services: Services) -> None:
    """A queue that keeps every result that is ever told, whoever hears it."""
    connection = services.connect()
    channel = connection.channel()
    channel.exchange_declare("judgecore.verdicts", "topic", durable=True)
    channel.queue_declare(SPY, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind(SPY, "judgecore.verdicts", "result.#")
    connection.close()


def told(services: Services) -> dict[UUID, set[Verdict]]:
    """Every verdict that was told, by submission."""
    found: dict[UUID, set[Verdict]] = {}
    connection = services.connect()
    channel = connection.channel()
    while (got := channel.basic_get(SPY, auto_ack=True))[0] is not None:
        event = decode_event(got[2])
        if isinstance(event, VerdictEvent):
            found.setdefault(event.submission_id, set()).add(event.verdict)
    connection.close()
    return found


def examine(services: Services, promised: dict[UUID, Verdict], tests: int) -> dict[str, Any]:
    """Compare what is stored and told with what was promised; each has so many tests."""
    rows: dict[UUID, list[str]] = {}
    for submission_id, verdict in services.query(
        f"SELECT id, verdict FROM submissions WHERE {FINAL}"
    ):
        rows.setdefault(UUID(submission_id), []).append(verdict)
    doubled = {one for one, verdicts in rows.items() if len(verdicts) > 1}
    doubled |= {one for one, verdicts in told(services).items() if len(verdicts) > 1}
    doubled |= {
        UUID(one)
        for (one,) in services.query(
            "SELECT submission_id FROM submission_results"
            f" GROUP BY submission_id HAVING count(*) > {tests}"
        )
    }
    wrong = [
        (str(one), verdict, str(promised.get(one)))
        for one, verdicts in rows.items()
        for verdict in verdicts
        if verdict != promised.get(one)
    ]
    discard_nonsense(services)
    for line in wrong[:20]:
        print("wrong: {} is {}, promised {}".format(*line), file=sys.stderr)
    return {
        "submitted": len(promised),
        "lost": len(promised.keys() - rows.keys()),
        "doubled": len(doubled),
        "wrong": len(wrong),
        "left": {"messages": messages_left(services), "outbox": outbox_left(services)},
    }


def messages_left(services: Services) -> dict[str, int]:
    """What is in any queue of ours, taken or not; nothing but zeros is good."""
    listed = services.rabbitmqctl("list_queues", "name", "messages", "--no-table-headers")
    pairs = (line.split("\t") for line in listed.splitlines() if line.startswith("judgecore."))
    return {name: int(count) for name, count in pairs if int(count)}


def discard_nonsense(services: Services) -> None:
    """Take the dead letters away that we made ourselves; others are a finding."""
    connection = services.connect()
    channel = connection.channel()
    while (got := channel.basic_get("judgecore.dead"))[0] is not None:
        if got[2] == NONSENSE:
            channel.basic_ack(got[0].delivery_tag or 0)
    connection.close()  # gives back the others
    deadline = time.monotonic() + 15  # a quorum queue's count lags some seconds behind
    while messages_left(services) and time.monotonic() < deadline:
        time.sleep(0.5)


def outbox_left(services: Services) -> int:
    """What was stored and has not been published."""
    return int(services.query("SELECT count(*) FROM outbox")[0][0])


def left_on_host(owners: set[str]) -> dict[str, int]:
    """Containers and control groups of our dead workers, a moment after the last."""
    client = docker.from_env()
    deadline = time.monotonic() + 10
    while True:
        left = {
            "containers": len(abandoned(client, owners)),
            "groups": sum(_owner_of(name) in owners for name in _groups()),
        }
        if not any(left.values()) or time.monotonic() > deadline:
            client.close()
            return left
        time.sleep(0.5)


def _groups() -> Iterator[str]:
    # os.walk, since another judgecore's groups may go while we look.
    for _, folders, _ in os.walk(cgroups.ROOT):
        yield from (name for name in folders if name.startswith("judgecore-"))


def _owner_of(group: str) -> str:
    return group.removeprefix("judgecore-").rpartition("-")[0]

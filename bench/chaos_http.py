"""Break things at random while clients use HTTP gateways: `python -m bench.chaos --http`.

Clients send submissions to two gateways, and ask for the verdicts, over HTTP alone. Meanwhile
gateways and workers are killed with -9, the broker and the database are restarted, and connections
cut. A client that gets no answer asks the other gateway, with the same idempotency key. In the end
every key must have one token, and every token its right verdict, over HTTP and in the database.
"""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.faults import FAULTS, Victims
from bench.findings import examine, left_on_host, listen_in
from bench.services import Services, WorkerProcess, environment, free_port, started
from bench.submissions import TESTS, some
from consumers.gateway.openapi import OURS
from consumers.messages import SubmissionMessage
from judgecore.verdict import Verdict

GATEWAYS, WORKERS, SLOTS, CLIENTS = 2, 2, 2, 16
KINDS = ("gateway_killed", "worker_killed", "connections_cut", "broker_restarted",
         "database_restarted")  # fmt: skip
STALLED_S = 300.0
REPLIES = "judgecore.replies."
FINAL = {str(verdict) for verdict in Verdict if verdict.final}


class GatewayProcess:
    """`judgecore serve` as a process of its own, its log in a file."""

    def __init__(self, services: Services, log: Path) -> None:
        self.port = free_port()
        self._log = log
        self._environ = {
            **environment(services),
            "JUDGECORE_HTTP_MOST_AGE_S": "86400",
            "JUDGECORE_HTTP_MOST_WAITING": "1000000",
        }
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "judgecore", "serve", "--port", str(self.port)]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, env=self._environ, stderr=log)

    def revive(self) -> bool:
        """Start it again where it has ended by itself; whether it had."""
        if self._process.poll() is None:
            return False
        self._process = self._start()
        return True

    def kill_and_restart(self) -> None:
        """kill -9, and another one on the same port."""
        self.kill()
        self._process = self._start()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()


@dataclass(slots=True)
class Clients:
    """Clients that send submissions to any of these ports until they have an answer."""

    ports: list[int]
    promised: dict[UUID, Verdict] = field(default_factory=dict)
    doubled: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, body: dict[str, Any], verdict: Verdict) -> None:
        """Send a submission; one in ten is sent again with its key, as after a lost answer."""
        key = str(uuid4())
        token = self._token(body, key)
        again = self._token(body, key) if token.int % 10 == 0 else token
        with self._lock:
            self.promised[token] = verdict
            self.doubled += again != token

    def verdict(self, token: UUID) -> str:
        """The verdict of a token, from the first gateway that answers."""
        return str(self._asked("GET", f"/v1/submissions/{token}", None, {})["verdict"])

    def _token(self, body: dict[str, Any], key: str) -> UUID:
        headers = {"Idempotency-Key": key}
        return UUID(self._asked("POST", "/v1/submissions", body, headers)["id"])

    def _asked(self, method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
        deadline = time.monotonic() + STALLED_S
        while time.monotonic() < deadline:
            try:
                status, found = _ask(random.choice(self.ports), method, path, body, headers)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.1)  # it has been killed, or is starting
                continue
            with self._lock:
                self.statuses[status] += 1
            if status < 300:
                answer: dict[str, Any] = found
                return answer
            assert status == 503, (status, found)
            time.sleep(0.3)
        raise SystemExit(f"no gateway has answered {method} {path} for {STALLED_S:g} s")


def _ask(port: int, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@dataclass(slots=True)
class Scene:
    """What runs, and what was broken."""

    services: Services
    gateways: list[GatewayProcess]
    workers: list[WorkerProcess]
    dice: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    died: int = 0

    def break_something(self, kind: str) -> None:
        """Inject one fault."""
        if kind == "gateway_killed":
            self.dice.choice(self.gateways).kill_and_restart()
        else:
            FAULTS[kind](Victims(self.services, self.workers, self.dice))
        self.faults[kind] += 1

    def revive(self) -> None:
        """Restart what has ended by itself, which nothing should."""
        self.died += sum(worker.revive() for worker in self.workers)
        self.died += sum(gateway.revive() for gateway in self.gateways)


def chaos_http(submissions: int, faults: int, seed: int, logs: Path) -> dict[str, Any]:
    """Run it all; returns the findings."""
    dice, began = random.Random(seed), time.monotonic()
    with started() as services, ExitStack() as opened:
        listen_in(services)
        scene = Scene(services, [], [], dice)
        for number in range(GATEWAYS):
            scene.gateways.append(GatewayProcess(services, logs / f"gateway-{number}.log"))
            opened.callback(scene.gateways[-1].kill)
        for number in range(WORKERS):
            log = logs / f"worker-{number}.log"
            scene.workers.append(WorkerProcess(services, log, slots=SLOTS))
            opened.callback(scene.workers[-1].kill)
        clients = Clients([one.port for one in scene.gateways])
        play(scene, clients, submissions, faults)
        services.wait()
        unheard = until_told(clients, scene)
        codes = [worker.stop(60) for worker in scene.workers]
        findings = examine(services, clients.promised, len(TESTS))
    findings["doubled"] += clients.doubled
    findings["left"]["messages"] = _of_the_living(findings["left"]["messages"])
    return {
        **findings,
        "unheard": unheard,
        "worker_exit_codes": codes,
        "workers_died": scene.died,
        "left": {
            **findings["left"],
            **left_on_host(set().union(*(w.owners for w in scene.workers))),
        },
        "statuses": dict(clients.statuses),
        "faults": dict(scene.faults),
        "seed": seed,
        "took_s": round(time.monotonic() - began),
    }


def _of_the_living(messages: dict[str, int]) -> dict[str, int]:
    """Without the messages for gateways that were killed: the broker soon deletes their queues."""
    return {name: n for name, n in messages.items() if not name.startswith(REPLIES)}


def play(scene: Scene, clients: Clients, submissions: int, faults: int) -> None:
    """Send submissions from many threads, and break something now and then."""
    work = [(_body(one), verdict) for one, verdict in some(scene.dice, submissions)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        sent = [threads.submit(clients.submit, *one) for one in work]
        for number, kind in enumerate(_kinds(faults, scene.dice), start=1):
            while sum(one.done() for one in sent) < len(sent) * number // (faults + 1):
                scene.revive()
                time.sleep(0.05)
            scene.break_something(kind)
        for one in sent:
            one.result()


def _body(message: SubmissionMessage) -> dict[str, Any]:
    made = message.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in made.items() if name not in OURS}


def _kinds(count: int, dice: random.Random) -> Iterator[str]:
    kinds = [KINDS[number % len(KINDS)] for number in range(count)]
    dice.shuffle(kinds)
    yield from kinds


def until_told(clients: Clients, scene: Scene) -> int:
    """How many tokens got no verdict over HTTP, or a wrong one."""
    waiting, wrong = set(clients.promised), 0
    moved = time.monotonic()
    while waiting and time.monotonic() - moved < STALLED_S:
        scene.revive()
        for token in list(waiting):
            if (verdict := clients.verdict(token)) in FINAL:
                waiting.discard(token)
                wrong += verdict != clients.promised[token]
                moved = time.monotonic()
        time.sleep(0.2)
    return len(waiting) + wrong

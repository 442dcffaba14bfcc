"""What the HTTP gateway costs: `python -m bench.http [--json] [--engine local] [--durable]`.

A gateway with a judge in its process, and clients on the same machine:

- Python programs that print a line, twenty sent at once, against the same twenty judged by the
  library with as many slots;
- the time from a verdict to the answer of a request that waits for it;
- two hundred clients at once, each with a connection of its own: answers that are not 201, and
  tokens without a verdict.

With `--durable` the last two also with a broker, a database and a worker; there the time is counted
from the moment when the gateway has the verdict's event.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from bench.services import WorkerProcess, started
from bench.starting import run
from consumers.gateway.backends import Ended
from consumers.gateway.config import GatewayConfig
from consumers.gateway.offered import Offered
from consumers.gateway.pipeline import PipelineBackend, PipelineEntries
from consumers.gateway.service import Service
from consumers.gateway.starting import apis, embedded
from consumers.gateway.web.app import make_app
from consumers.gateway.web.server import server
from consumers.messages import SubmissionMessage
from consumers.postgres import migrate
from judgecore import Judge, Submission, TestCase
from judgecore.config import DEFAULT_SLOT_MEMORY_BYTES, Config
from judgecore.languages import Registry

SOURCE = "print('hello, world')"
AT_ONCE, CLIENTS, ROUNDS = 20, 200, 5
ASKED = {"source_code": SOURCE, "language_id": 71, "expected_output": "hello, world"}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and what it should be at most; `unit` of both."""

    name: str
    value: float
    most: float
    unit: str


@contextmanager
def gateway(service: Service) -> Iterator[int]:
    """The port of a gateway that serves in a thread."""
    config = GatewayConfig(port=0, apis=("judge0",))
    made = server(make_app(service, apis(service, config), config), config)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    while not made.started:
        time.sleep(0.01)
    try:
        yield made.servers[0].sockets[0].getsockname()[1]
    finally:
        made.should_exit = True
        thread.join()


def asked(port: int, method: str, path: str, data: Any = None) -> tuple[int, Any]:
    """One request on a connection of its own: status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    body = None if data is None else json.dumps(data)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def by_library(judge: Judge) -> float:
    """Seconds for the programs, by the library."""
    test = TestCase(expected="hello, world")
    wanted = [Submission(language="python", source=SOURCE, tests=(test,)) for _ in range(AT_ONCE)]
    begun = time.perf_counter()
    assert all(result.verdict == "AC" for result in judge.judge_many(wanted))
    return time.perf_counter() - begun


def by_http(port: int) -> float:
    """Seconds for the programs, each a request that waits, sent at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = time.perf_counter()
        replies = list(pool.map(lambda _: _waited(port), range(AT_ONCE)))
        took_s = time.perf_counter() - begun
    assert all((status, body["status"]["id"]) == (201, 3) for status, body in replies)
    return took_s


def _waited(port: int) -> tuple[int, Any]:
    return asked(port, "POST", "/submissions?wait=true", ASKED)


def after_the_verdict(port: int, service: Service) -> float:
    """Milliseconds from the verdict to the answer: the median of some requests."""
    found = []
    for _ in range(AT_ONCE):
        _, body = _waited(port)
        answered_at = time.time()
        known = service.find(UUID(body["token"]))
        assert known is not None
        assert known[1].ended is not None
        found.append(1000 * (answered_at - known[1].ended.at.timestamp()))
    return statistics.median(found)


def many_clients(port: int) -> tuple[int, int]:
    """Answers that are not 201, and tokens without a verdict, of `CLIENTS` clients at once."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        sent = [pool.submit(asked, port, "POST", "/submissions", ASKED) for _ in range(CLIENTS)]
        replies = [one.result() for one in sent]
    tokens = [body["token"] for status, body in replies if status == 201]
    deadline = time.monotonic() + 300
    while tokens and time.monotonic() < deadline:
        tokens = [token for token in tokens if _status(port, token) < 3]
    return sum(status != 201 for status, _ in replies), len(tokens)


class Timed(PipelineBackend):
    """A backend that keeps what it knew, and when, about each submission."""

    def __init__(self, *addresses: str) -> None:
        super().__init__(*addresses)
        self.known: dict[UUID, Future[Ended]] = {}

    def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
        super().submit(message, queue)
        self.known[message.submission_id] = self.awaited(message.submission_id)


def measure_durable(engine: str, slots: int) -> list[Row]:
    """The figures with workers."""
    with started() as services, TemporaryDirectory() as folder:
        migrate(services.database_url)
        log = Path(folder) / "worker.log"
        chosen = {} if engine == "auto" else {"JUDGECORE_ENGINE": engine}
        worker = WorkerProcess(services, log, slots=slots, JUDGECORE_MIN_TIER="process", **chosen)
        backend = Timed(services.rabbitmq_url, services.database_url)
        offered = Offered(Registry(), DEFAULT_SLOT_MEMORY_BYTES)
        service = Service(backend, PipelineEntries(backend.table), offered)
        try:
            with gateway(service) as port:
                late_ms = statistics.median(_late_ms(port, backend) for _ in range(AT_ONCE))
                failed, lost = many_clients(port)
        finally:
            worker.kill()
    return [
        Row("durable: from the verdict's event to the answer", round(late_ms, 1), 20.0, "ms"),
        Row(f"durable: {CLIENTS} clients at once: other answers than 201", failed, 0, ""),
        Row(f"durable: {CLIENTS} clients at once: tokens without a verdict", lost, 0, ""),
    ]


def _late_ms(port: int, backend: Timed) -> float:
    _, body = _waited(port)
    answered_at = time.time()
    return 1000 * (answered_at - backend.known[UUID(body["token"])].result().at.timestamp())


def _status(port: int, token: str) -> int:
    found: int = asked(port, "GET", f"/submissions/{token}")[1]["status"]["id"]
    return found


def measure(engine: str, slots: int) -> list[Row]:
    """Every figure."""
    with Judge(Config(engine=engine, min_tier="process"), slots=slots) as judge:
        judge.warm()
        service = embedded(judge, GatewayConfig())
        with gateway(service) as port:
            by_library(judge), by_http(port)
            pairs = [(by_http(port), by_library(judge)) for _ in range(ROUNDS)]
            ratio = statistics.median(ours / library for ours, library in pairs)
            late_ms = after_the_verdict(port, service)
            failed, lost = many_clients(port)
    return [
        Row(f"{AT_ONCE} programs at once, against the library", round(ratio, 2), 1.5, "times"),
        Row("from the verdict to the answer", round(late_ms, 1), 20.0, "ms"),
        Row(f"{CLIENTS} clients at once: other answers than 201", failed, 0, ""),
        Row(f"{CLIENTS} clients at once: tokens without a verdict", lost, 0, ""),
    ]


def main() -> None:
    """Print the figures; exit code 1 where one is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--durable", action="store_true", help="with services and a worker, too")
    given = parser.parse_args()
    rows = measure(given.engine, given.slots)
    if given.durable:
        rows += measure_durable(given.engine, given.slots)
    if given.json:
        print(json.dumps([asdict(row) for row in rows]))
    else:
        for row in rows:
            print(f"{row.name}: {row.value:g} {row.unit} (at most {row.most:g})")
    sys.exit(any(row.value > row.most for row in rows))


if __name__ == "__main__":
    run(main)

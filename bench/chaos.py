"""Does anything get lost, doubled or wrong? `python -m bench.chaos [--json]`.

Real RabbitMQ (with `--cluster` three nodes, the client's among the victims), real Postgres, two
workers with real slots. While small submissions of known verdicts, for problems of every kind, flow
in, things are broken at random: workers killed with -9, the broker and the database restarted
(politely or not) or silent, slots killed, connections cut, the broker short of memory, a
subscriber's queue full, a worker's Docker daemon gone. Two submissions take longer than the broker
waits for an acknowledgement. In the end every submission must have exactly one current verdict, the
right one; the queues must be empty; no container and no control group may be left; and the client,
which went through the same, must have heard every verdict. With `--http` the clients send requests
to gateways (`bench/chaos_http.py`).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.chaos_http import chaos_http
from bench.cluster import until_done
from bench.faults import IN_CLUSTER, Victims, schedule
from bench.findings import (
    FINAL,
    examine,
    left_on_host,
    listen_in,
    messages_left,
    outbox_left,
)
from bench.gate import DaemonGate
from bench.services import Services, WorkerProcess, started
from bench.starting import run
from bench.submissions import TESTS, some
from consumers.client import Client
from consumers.events import VerdictEvent
from consumers.messages import SubmissionMessage
from judgecore.errors import JudgecoreError
from judgecore.limits import Limits
from judgecore.verdict import Verdict

STALLED_S = 300.0
WORKERS, SLOTS = 2, 2
WORK = {"judgecore.default", "judgecore.batch"}


@dataclass(slots=True)
class Run:
    """The state of a run: what was sent and what is promised, who works, what was broken."""

    services: Services
    client: Client
    workers: list[WorkerProcess]
    dice: random.Random
    promised: dict[UUID, Verdict] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    died: int = 0
    gates: tuple[DaemonGate, ...] = ()
    long_s: float = 150.0

    def submit(self, count: int) -> None:
        """Send some more, through whatever is going on."""
        messages = []
        for message, verdict in some(self.dice, count):
            self.promised[message.submission_id] = verdict
            messages.append(message)
        self.client.submit_many(messages, timeout_s=STALLED_S)

    def submit_long(self) -> None:
        """Send one that takes longer than the broker waits."""
        wall_ms = int(self.long_s + 300) * 1000
        message = SubmissionMessage(
            submission_id=uuid4(),
            language="bash",
            source=f"sleep {self.long_s}; read a b; echo $((a + b))",
            limits=Limits(cpu_ms=10_000, wall_ms=wall_ms, idle_ms=wall_ms),
            tests=TESTS[:1],
        )
        self.promised[message.submission_id] = Verdict.AC
        self.client.submit(message, timeout_s=STALLED_S)

    def break_something(self, kind: str) -> None:
        """Inject one fault."""
        IN_CLUSTER[kind](Victims(self.services, self.workers, self.dice, self.gates))
        self.faults[kind] += 1

    def revive(self) -> None:
        """Restart a worker that ended by itself, which none should."""
        self.died += sum(worker.revive() for worker in self.workers)

    def judged(self) -> int:
        """How many have a verdict; 0 when the database does not answer just now."""
        with suppress(psycopg2.Error):
            return int(self.services.query(f"SELECT count(*) FROM submissions WHERE {FINAL}")[0][0])
        return 0


def chaos(
    submissions: int,
    faults: int,
    seed: int,
    logs: Path,
    long_s: float,
    patience_s: float,
    *,
    clustered: bool = False,
) -> dict[str, Any]:
    """Run it all; returns the findings."""
    dice = random.Random(seed)
    began = time.monotonic()
    with started(clustered=clustered) as services, ExitStack() as opened:
        listen_in(services)
        make_impatient(services, patience_s)
        # A path of a socket may have about a hundred characters.
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="gates-")))
        gates = tuple(DaemonGate(folder / f"{n}.sock") for n in range(WORKERS))
        for gate in gates:
            opened.callback(gate.close)
        workers = [
            WorkerProcess(services, logs / f"worker-{n}.log", slots=SLOTS, DOCKER_HOST=gate.url)
            for n, gate in enumerate(gates)
        ]
        try:
            # In a cluster the reply queue outlives every fault, so the client needs no database.
            database_url = None if clustered else services.database_url
            with Client(services.rabbitmq_url, database_url=database_url) as client:
                run = Run(services, client, workers, dice, gates=gates, long_s=long_s)
                play(run, submissions, schedule(faults, dice, clustered=clustered))
                services.wait()
                unheard = count_unheard(run)
            let_workers_settle(services)
            codes = [worker.stop(60) for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
        findings = examine(services, run.promised, len(TESTS))
    return {
        **findings,
        "unheard": unheard,
        "worker_exit_codes": codes,
        "workers_died": run.died,
        "left": {
            **findings["left"],
            **left_on_host(set().union(*(worker.owners for worker in workers))),
        },
        "broker_waits_s": patience_s,
        "faults": dict(run.faults),
        "seed": seed,
        "took_s": round(time.monotonic() - began),
    }


def make_impatient(services: Services, patience_s: float) -> None:
    """The broker takes back what is not acknowledged for so long; it looks every few seconds."""
    definition = json.dumps({"consumer-timeout": int(patience_s * 1000), "delivery-limit": 50})
    services.rabbitmqctl("set_policy", "chaos", "^judgecore.(default|batch)$", definition)
    tick = f"application:set_env(rabbit, channel_tick_interval, {int(patience_s * 250)})."
    for node in services.nodes:
        until_done(node, "eval", tick)


def let_workers_settle(services: Services) -> None:
    """Give the workers a minute for what was published twice and is only to be acknowledged.

    A client sends again what a restarted broker did not confirm, so messages may wait although
    every verdict is there; what is still left after that is left for good.
    """
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (
        messages_left(services).keys() & WORK or outbox_left(services)
    ):
        time.sleep(0.2)


def play(run: Run, submissions: int, kinds: list[str]) -> None:
    """Submit and break by turns, then wait until everything is judged or nothing moves."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), disable=not sys.stderr.isatty()
    ) as bar:
        judged = bar.add_task("judged", total=submissions)
        broken = bar.add_task("faults", total=len(kinds))
        run.submit_long()
        for count, kind in zip(portions(submissions, len(kinds)), kinds, strict=True):
            run.submit(count)
            time.sleep(run.dice.uniform(0.2, 2.0))
            run.break_something(kind)
            run.revive()
            bar.advance(broken)
            bar.update(judged, completed=run.judged())
        run.submit_long()
        moved, seen = time.monotonic(), -1
        while seen < len(run.promised) and time.monotonic() - moved < STALLED_S:
            if (now := run.judged()) != seen:
                moved, seen = time.monotonic(), now
            run.revive()
            bar.update(judged, completed=now)
            time.sleep(0.3)


def portions(total: int, count: int) -> Iterator[int]:
    """`total` in `count` parts of nearly one size."""
    for n in range(count):
        yield total * (n + 1) // count - total * n // count


def count_unheard(run: Run) -> int:
    """How many verdicts the client was not told, or was told wrongly, a while after the end."""
    heard = {}
    try:
        for event in run.client.stream(*run.promised, timeout_s=60):
            if isinstance(event, VerdictEvent):
                heard[event.submission_id] = event.verdict
    except (TimeoutError, JudgecoreError) as exc:
        print(f"the client: {exc}", file=sys.stderr)
    return sum(1 for one, verdict in run.promised.items() if heard.get(one) is not verdict)


def good(findings: dict[str, Any]) -> bool:
    """Whether nothing was lost, doubled, wrong, unheard or left."""
    kinds = ("lost", "doubled", "wrong", "unheard", "workers_died")
    left = findings["left"]
    return (
        not any(findings[kind] for kind in kinds)
        and not any(left.values())
        and not any(findings["worker_exit_codes"])
    )


def _played(options: argparse.Namespace, seed: int, logs: Path) -> dict[str, Any]:
    if options.http:
        return chaos_http(options.submissions, options.faults, seed, logs)
    return chaos(
        options.submissions,
        options.faults,
        seed,
        logs,
        options.long_s,
        options.patience_s,
        clustered=options.cluster,
    )


def main() -> int:
    """Print the findings; the exit code says whether they are good."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--submissions", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None, help="of the order of things")
    parser.add_argument("--logs", type=Path, default=None, help="where the workers' logs go")
    parser.add_argument(
        "--long-s", type=float, default=150.0, help="how long the longest submissions take"
    )
    parser.add_argument(
        "--patience-s", type=float, default=60.0, help="how long the broker waits for them"
    )
    parser.add_argument(
        "--cluster",
        action="store_true",
        help="a broker of three nodes, of which that of the client is killed, too",
    )
    parser.add_argument(
        "--http", action="store_true", help="clients of HTTP gateways, which are killed, too"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    logs = options.logs or Path(tempfile.mkdtemp(prefix="judgecore-chaos-"))
    logs.mkdir(parents=True, exist_ok=True)
    findings = _played(options, seed, logs)
    if options.json:
        print(json.dumps(findings))
    else:
        print("\n".join(f"{key}: {value}" for key, value in findings.items()))
    if not good(findings):
        print(f"the workers' logs: {logs}", file=sys.stderr)
    return 0 if good(findings) else 1


if __name__ == "__main__":
    run(main)

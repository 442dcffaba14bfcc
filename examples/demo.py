"""The whole job on a few programs: publish, judge, store, show.

Every program under `sum/submissions/` is published to a queue, judged by the same `Worker` that
production runs, stored, and shown in a table beside the verdict that its folder promises. Queue
and store live in this process, unless RABBITMQ_URL and DATABASE_URL name real ones.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from consumers.memory import MemoryQueue, MemoryStore
from consumers.messages import SubmissionMessage
from consumers.outbox import OutboxPublisher
from consumers.worker import Worker
from judgecore import Judge, Result, Verdict
from judgecore.errors import JudgecoreError
from judgecore.limits import MIB
from judgecore.problems import package

HERE = Path(__file__).parent
LANGUAGES = {".c": "c", ".py": "python", ".sh": "bash", ".java": "java", ".js": "javascript"}
PROMISED = {
    "accepted": Verdict.AC,
    "wrong_answer": Verdict.WA,
    "time_limit_exceeded": Verdict.TLE,
    "memory_limit_exceeded": Verdict.MLE,
    "run_time_error": Verdict.RE,
    "compile_error": Verdict.CE,
    "output_limit_exceeded": Verdict.OLE,
}
TIERS = {
    "container": "a container per slot: no network, read-only root, five capabilities, seccomp",
    "namespaces": "namespaces of its own, without Docker: no network, a read-only view of this"
    " machine's toolchains, seccomp",
}


@dataclass(frozen=True)
class Example:
    """A program, and what its folder promises."""

    path: Path
    promised: Verdict
    message: SubmissionMessage


def examples(problem: Path) -> list[Example]:
    """The programs of a problem package, as messages that carry the package's tests."""
    found = package.load(problem)
    return [
        Example(
            path,
            PROMISED[path.parent.name],
            SubmissionMessage(
                submission_id=uuid4(),
                language=LANGUAGES[path.suffix],
                source=path.read_text(),
                tests=found.tests,
                limits=found.limits,
                checker=found.checker,
                stop_at_first_failure=True,
            ),
        )
        for path in sorted((problem / "submissions").glob("*/*"))
    ]


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """A worker at work in the background."""
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()


def judge_embedded(judge: Judge, todo: list[Example]) -> dict[UUID, Result]:
    """Everything in this process: the twins of broker and database."""
    queue, store = MemoryQueue(), MemoryStore()
    worker = Worker(queue, store, judge, OutboxPublisher(queue, store), slots=judge.slots)
    ids = [example.message.submission_id for example in todo]
    with Progress(console=Console(stderr=True), transient=True) as bar, running(worker):
        task = bar.add_task("judging", total=len(todo))
        for example in todo:
            queue.put(example.message.encode())
        done: dict[UUID, Result] = {}
        while len(done) + len(queue.dead) < len(todo):
            done = {i: result for i in ids if (result := store.result(i)) is not None}
            bar.update(task, completed=len(done))
            time.sleep(0.02)
    for dead in queue.dead:
        print(f"dead letter: {dead.reason}", file=sys.stderr)
    return done


def judge_with_services(
    judge: Judge, todo: list[Example], broker: str, database: str
) -> dict[UUID, Result]:
    """A real broker and a real database, in queues of this demo's own."""
    from consumers.client import Client
    from consumers.postgres import PostgresStore, migrate
    from consumers.rabbit import RabbitEventPublisher, RabbitQueue

    migrate(database)
    prefix = "judgecore-demo"
    queue = RabbitQueue.open(broker, prefetch=judge.slots, prefix=prefix)
    store = PostgresStore(database)
    outbox = OutboxPublisher(RabbitEventPublisher(broker, prefix=prefix), store)
    worker = Worker(queue, store, judge, outbox, slots=judge.slots)
    with Client(broker, prefix=prefix) as client, running(worker):
        ids = client.submit_many([example.message for example in todo])
        events = [client.wait(one, timeout_s=60) for one in ids]
    return {event.submission_id: event.result for event in events}


def show(todo: list[Example], done: dict[UUID, Result]) -> bool:
    """Print the table; true when every verdict is the promised one."""
    table = Table(box=None)
    table.add_column("promised/program", min_width=30, no_wrap=True)
    table.add_column("verdict", min_width=7)
    table.add_column("cpu ms", min_width=6, justify="right")
    table.add_column("MiB", min_width=4, justify="right")
    table.add_column("why")
    good = True
    for example in todo:
        result = done.get(example.message.submission_id)
        verdict = result.verdict if result else Verdict.IE
        right = verdict is example.promised
        good &= right
        why = next((t.detail for t in result.tests if t.detail), "") if result else "no verdict"
        table.add_row(
            f"{example.path.parent.name}/{example.path.name}",
            f"[green]{verdict}[/]" if right else f"[bold red]{verdict}[/], not {example.promised}",
            f"{result.cpu_ms:.1f}" if result else "",
            f"{result.memory_bytes / MIB:.1f}" if result else "",
            why,
        )
    Console().print(table)
    return good


def main() -> int:
    """Run the demo; the exit code says whether every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    options = parser.parse_args()
    todo = examples(HERE / "sum")
    broker, database = os.environ.get("RABBITMQ_URL"), os.environ.get("DATABASE_URL")
    began = time.monotonic()
    try:
        with Judge(engine=options.engine) as judge:
            print(f"tier: {judge.engine.tier} ({TIERS.get(judge.engine.tier, '')})")
            if broker and database:
                print("queue and store: RABBITMQ_URL and DATABASE_URL")
                done = judge_with_services(judge, todo, broker, database)
            else:
                print(
                    "queue and store: in this process"
                    " (set RABBITMQ_URL and DATABASE_URL for real ones)"
                )
                done = judge_embedded(judge, todo)
    except JudgecoreError as exc:
        print(f"demo: {exc}", file=sys.stderr)
        return 1
    good = show(todo, done)
    print(f"{len(done)} of {len(todo)} judged in {time.monotonic() - began:.1f} s; ", end="")
    print("every verdict as promised" if good else "some verdicts are not as promised")
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

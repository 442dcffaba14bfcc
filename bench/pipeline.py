"""What the pipeline costs over the library: `python -m bench.pipeline [--json]`.

The library judges in this process; the pipeline is RabbitMQ, Postgres and `python -m consumers`
with as many slots, pinned to the same cores. Both judge the same programs by turns, so that both
see the same machine.

*Latency*: from publishing to the committed row (which Postgres tells by NOTIFY), one at a time,
against the same judgement in process. *Throughput*: a lot of submissions, judged by as many threads
as there are slots, against as many through the pipeline: with ten waiting at any time, with 10,000
waiting behind them; and all that again with a million submissions in the table.

What the pipeline does for a submission is the same for each, so the smaller the submission, the
larger that part: throughput is measured for a usual one (C++ that includes what people include, ten
tests), a small one (Python, five tests), a short one of some 5 ms, and the smallest there can be.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg2
import psycopg2.extensions
from rich.console import Console
from rich.progress import Progress

from bench.services import Services, WorkerProcess, image, started
from bench.starting import run
from consumers.client import Client
from consumers.messages import SubmissionMessage
from consumers.outbox import MARK_AFTER_S
from judgecore import Judge
from judgecore.config import Config
from judgecore.problem import TestCase
from judgecore.submission import Submission

MANY_ROWS = 1_000_000
FEW_WAITING, MANY_WAITING = 10, 10_000
LONGEST_S = 120.0
SETTLES_S = MARK_AFTER_S + 0.3  # what a verdict causes is done so long after it
CPP = """
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>
int main() {
    long long a, b;
    std::cin >> a >> b;
    std::cout << a + b << "\\n";
}
"""


@dataclass(frozen=True, slots=True)
class Program:
    """What is judged. `comment`: how the language begins one; then no two sources are the same."""

    language: str
    source: str
    tests: int
    comment: str = ""

    def submission(self) -> Submission:
        """For the library."""
        return Submission(language=self.language, source=self._source(), tests=self._tests())

    def message(self) -> SubmissionMessage:
        """For the pipeline."""
        return SubmissionMessage(
            submission_id=uuid4(),
            language=self.language,
            source=self._source(),
            tests=self._tests(),
        )

    def _source(self) -> str:
        return f"{self.source}{self.comment} {uuid4()}\n" if self.comment else self.source

    def _tests(self) -> tuple[TestCase, ...]:
        return tuple(TestCase(input=f"{n} 2\n", expected=f"{n + 2}\n") for n in range(self.tests))


SMALLEST = Program("bash", "read a b; echo $((a + b))", 1)
SHORT = Program("bash", "read a b; for ((i = 0; i < 900; i++)); do :; done; echo $((a + b))", 1)
SMALL = Program("python", "for _ in range(700_000): pass\nprint(sum(map(int, input().split())))", 5)
USUAL = Program("cpp", CPP, 10, comment="//")  # compiled each time
# So many in a lot that lots last about as long; a small one takes some 60 ms.
PROGRAMS = {"usual": (USUAL, 10), "small": (SMALL, 60)}


class Rows:
    """Hears of committed rows."""

    def __init__(self, database_url: str) -> None:
        self._connection = psycopg2.connect(database_url)
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute("LISTEN judgecore_verdicts")
        self._there: set[UUID] = set()

    def await_all(self, ids: set[UUID]) -> None:
        """Return when each of them has its row."""
        deadline = time.monotonic() + LONGEST_S
        while ids - self._there:
            self._hear(deadline)

    def time_of(self, count: int) -> float:
        """How long so many rows take from the next one on, seconds."""
        self._hear(time.monotonic() + LONGEST_S)
        self._there.clear()
        began = time.perf_counter()
        while len(self._there) < count:
            self._hear(time.monotonic() + LONGEST_S)
        # A notice may bring several; each counts.
        return (time.perf_counter() - began) * count / len(self._there)

    def _hear(self, deadline: float) -> None:
        left_s = max(0.0, deadline - time.monotonic())
        if not select.select([self._connection], [], [], left_s)[0]:
            raise SystemExit(f"no row within {LONGEST_S:.0f} s")
        self._connection.poll()
        for notice in self._connection.notifies:
            self._there.add(UUID(json.loads(notice.payload)["submission_id"]))
        self._connection.notifies.clear()

    def close(self) -> None:
        """Hear no more."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Bench:
    """Both sides, ready."""

    services: Services
    client: Client
    rows: Rows
    judge: Judge
    worker: WorkerProcess

    def latency(self, pairs: int) -> dict[str, float]:
        """Medians of one judgement each way, by turns, ms."""
        alone, through = [], []
        for n in range(pairs + 5):
            took_ms = timed(lambda: self.judge.judge(SMALLEST.submission()))
            piped_ms = timed(lambda: self._through([SMALLEST.message()]))
            if n >= 5:  # the first ones warm up
                alone.append(took_ms)
                through.append(piped_ms)
        library_ms, pipeline_ms = statistics.median(alone), statistics.median(through)
        return {
            "library_ms": round(library_ms, 2),
            "pipeline_ms": round(pipeline_ms, 2),
            "overhead_ms": round(pipeline_ms - library_ms, 2),
        }

    def throughput(self, program: Program, lots: int, lot: int) -> dict[str, float]:
        """Submissions a second each way, by turns, with never more than ten ahead of the rows."""
        return _by_turns(
            lots,
            lambda: lot / timed(lambda: self.in_process(program, lot)) * 1000,
            lambda: lot / timed(lambda: self.with_few_waiting(program, lot)) * 1000,
        )

    def throughput_behind(self, program: Program, lots: int, lot: int) -> dict[str, float]:
        """The same while thousands wait; the worker is frozen while it is the library's turn."""
        backlog = (program.message() for _ in range(MANY_WAITING + (lots + 1) * lot))
        self.client.submit_many(backlog, watch=False)
        try:
            return _by_turns(
                lots,
                lambda: self._with_frozen_worker(program, lot),
                lambda: lot / self.rows.time_of(lot),
            )
        finally:
            self._purge()

    def in_process(self, program: Program, lot: int) -> None:
        """Judge so many in this process, in as many threads as there are slots."""
        with ThreadPoolExecutor(self.judge.slots) as threads:
            for future in [
                threads.submit(self.judge.judge, program.submission()) for _ in range(lot)
            ]:
                future.result()

    def _through(self, messages: list[SubmissionMessage]) -> None:
        self.client.submit_many(messages, watch=False)
        self.rows.await_all({message.submission_id for message in messages})

    def with_few_waiting(self, program: Program, lot: int) -> None:
        """All of them, never more than ten ahead of the verdicts."""
        sent: set[UUID] = set()
        for n in range(0, lot, FEW_WAITING):
            messages = [program.message() for _ in range(min(FEW_WAITING, lot - n))]
            self.client.submit_many(messages, watch=False)
            if sent:
                self.rows.await_all(sent)
            sent = {message.submission_id for message in messages}
        self.rows.await_all(sent)

    def _with_frozen_worker(self, program: Program, lot: int) -> float:
        os.kill(self.worker.pid, signal.SIGSTOP)
        try:
            return lot / timed(lambda: self.in_process(program, lot)) * 1000
        finally:
            os.kill(self.worker.pid, signal.SIGCONT)

    def _purge(self) -> None:
        """Forget the backlog, and wait until the worker has put down what it holds of it."""
        connection = self.services.connect()
        connection.channel().queue_purge("judgecore.default")
        connection.close()
        deadline = time.monotonic() + 60
        while "judgecore.default\t0" not in self.services.rabbitmqctl(
            "list_queues", "name", "messages", "--no-table-headers"
        ):
            if time.monotonic() > deadline:
                raise SystemExit("the queue does not become empty")
            time.sleep(0.2)


def _by_turns(
    lots: int, library: Callable[[], float], pipeline: Callable[[], float]
) -> dict[str, float]:
    """Medians of what each says, per second, and the median of their ratios."""
    pairs = [(library(), pipeline()) for _ in range(lots)]
    return {
        "library_per_s": round(statistics.median(alone for alone, _ in pairs), 2),
        "pipeline_per_s": round(statistics.median(through for _, through in pairs), 2),
        "ratio": round(statistics.median(through / alone for alone, through in pairs), 3),
    }


def timed(action: Callable[[], object]) -> float:
    """How long it takes, ms."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def fill(services: Services, count: int) -> None:
    """Put old submissions into the tables, each with a result, as if judged over a year."""
    services.query(f"""
        INSERT INTO users (name) SELECT 'user ' || n FROM generate_series(1, 1000) AS n;
        INSERT INTO submissions (shard, id, user_id, language, source, verdict, starts,
                                 cpu_ms, wall_ms, memory_bytes, tier,
                                 submitted_at, started_at, judged_at)
        SELECT get_byte(uuid_send(id), 15) % 64, id, 1 + n % 1000, 'python', 'print(3)',
               (ARRAY['AC', 'WA', 'TLE', 'RE'])[1 + n % 4]::verdict, 1, 15, 20, 9000000,
               'container', at, at, at
        FROM (SELECT n, gen_random_uuid() AS id, now() - n * interval '30 s' AS at
              FROM generate_series(1, {count}) AS n) AS made;
        INSERT INTO submission_results (shard, submission_id, ordinal, name, verdict, detail,
                                        stderr, cpu_ms, wall_ms, memory_bytes, exit_code,
                                        cpu_source, memory_source)
        SELECT shard, id, 0, '1', verdict, '', '', 15, 20, 9000000, 0, 'cgroup', 'cgroup'
        FROM submissions WHERE user_id IS NOT NULL""")
    connection = psycopg2.connect(services.database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE submissions, submission_results")
    connection.close()


@contextmanager
def ready(slots: int, step: Callable[[str], None]) -> Iterator[Bench]:
    """Services, a worker and a judge of our own."""
    step("starting")
    with (
        tempfile.TemporaryDirectory() as scratch,
        started(direct=True) as services,
        Judge(Config(engine="docker", image=image("SLOTS"), slots=slots)) as judge,
    ):
        worker = WorkerProcess(services, Path(scratch) / "worker.log", slots=slots)
        try:
            judge.warm()
            with Client(services.rabbitmq_url) as client:
                client.wait(client.submit(SMALLEST.message()), timeout_s=120)
                rows = Rows(services.database_url)
                yield Bench(services, client, rows, judge, worker)
                rows.close()
        finally:
            worker.stop(60)


def measure(
    *, slots: int, pairs: int, lots: int, rows: int, step: Callable[[str], None]
) -> dict[str, Any]:
    """Everything, with an empty table and with a full one."""
    found: dict[str, Any] = {"slots": slots}
    with ready(slots, step) as bench:
        for name, many in (("empty_table", 0), (f"{rows}_rows", rows)):
            if many:
                step(f"filling the table with {many} rows")
                fill(bench.services, many)
            step(f"latency, {name}")
            figures: dict[str, Any] = {"latency": bench.latency(pairs)}
            for size, (program, lot) in PROGRAMS.items():
                step(f"throughput, {size}, {FEW_WAITING} waiting, {name}")
                ten = bench.throughput(program, lots, lot)
                step(f"throughput, {size}, {MANY_WAITING} waiting, {name}")
                thousands = bench.throughput_behind(program, lots, lot)
                figures[size] = {
                    f"backlog_{FEW_WAITING}": ten,
                    f"backlog_{MANY_WAITING}": thousands,
                }
            found[name] = figures
        for name, program in (("smallest_program", SMALLEST), ("short_program", SHORT)):
            step(f"throughput, {name}")
            found[name] = bench.throughput(program, lots, 150)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=200, help="of judgements, for the latency")
    parser.add_argument("--lots", type=int, default=5, help="each way, for the throughput")
    parser.add_argument("--rows", type=int, default=MANY_ROWS, help="in the table at last")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        figures = measure(
            slots=options.slots,
            pairs=options.pairs,
            lots=options.lots,
            rows=options.rows,
            step=lambda what: bar.update(task, description=what),
        )
    print(json.dumps(figures, indent=None if options.json else 2))


if __name__ == "__main__":
    run(main)

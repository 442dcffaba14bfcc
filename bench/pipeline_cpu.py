"""CPU time of the pipeline for the smallest submission: `python -m bench.pipeline_cpu [--json]`.

Of the worker, the broker and the database, each apart, and of judging the same in this process. By
turns, so that both see the same machine; medians, ms. A busy machine makes all of them dearer. Also
how many transactions the database committed for each submission.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable

from bench import pipeline
from bench.starting import run
from bench.through import group_s, process_of, process_s

PARTS = ("worker", "broker", "database")
COMMITTED = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


def measure(lots: int, lot: int, step: Callable[[str], None]) -> dict[str, float]:
    """The figures of so many lots of so many submissions."""
    with pipeline.ready(2, step) as bench:
        broker, database = map(process_of, (bench.services.rabbitmq, bench.services.postgres))
        turns: dict[str, list[float]] = {name: [] for name in (*PARTS, "library", "commits")}

        def used() -> tuple[float, ...]:
            return process_s(bench.worker.pid), group_s(broker), group_s(database)

        bench.with_few_waiting(pipeline.SMALLEST, lot)  # warms up
        for n in range(lots):
            step(f"lot {n + 1} of {lots}")
            before, commits = used(), _commits(bench)
            bench.with_few_waiting(pipeline.SMALLEST, lot)
            time.sleep(pipeline.SETTLES_S)
            for name, now_s, then_s in zip(PARTS, used(), before, strict=True):
                turns[name].append((now_s - then_s) * 1000 / lot)
            turns["commits"].append((_commits(bench) - commits) / lot)
            began_s = time.process_time()
            bench.in_process(pipeline.SMALLEST, lot)
            turns["library"].append((time.process_time() - began_s) * 1000 / lot)
    found = {name: round(statistics.median(each), 2) for name, each in turns.items()}
    beyond = sum(found[name] for name in PARTS) - found["library"]
    return {**found, "beyond_library": round(beyond, 2)}


def _commits(bench: pipeline.Bench) -> int:
    return int(bench.services.query(COMMITTED)[0][0])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lots", type=int, default=5)
    parser.add_argument("--lot", type=int, default=200, help="submissions in a lot")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.lots, options.lot, lambda what: print(what, file=sys.stderr))
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:16} {value:8.2f}{'' if name == 'commits' else ' ms'}")


if __name__ == "__main__":
    run(main)

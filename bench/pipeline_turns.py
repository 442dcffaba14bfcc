"""Workers with different settings by turns: `python -m bench.pipeline_turns SETTINGS SETTINGS …`.

SETTINGS are those of one worker, such as `JUDGECORE_AHEAD=0` or
`JUDGECORE_AHEAD=1,JUDGECORE_PROGRESS=no`; `-` stands for none. Another version of judgecore, in a
folder: `PYTHONSAFEPATH=1,PYTHONPATH=DIR`. The workers share a broker, a database and the cores;
each has queues of its own. In each round every worker and the library (in this process) judge as
many of the same submissions, one after another.

Printed are, for each worker: submissions a second, the ratio to the library's in the same round,
the ratio to the first worker's, and the CPU time of worker, broker and database for each
submission. Medians of the rounds; of the ratios the quartiles, too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import pipeline
from bench.services import WorkerProcess, image, started
from bench.starting import run
from bench.through import group_s, process_of, process_s
from consumers.client import Client
from judgecore import Judge
from judgecore.config import Config

SIZES = {
    "smallest": (pipeline.SMALLEST, 120),
    "short": (pipeline.SHORT, 400),
    "small": (pipeline.SMALL, 40),
    "usual": (pipeline.USUAL, 10),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the workers, with what its settings were given as."""

    settings: str
    bench: pipeline.Bench


@contextmanager
def ready(settings: Sequence[str], slots: int) -> Iterator[list[Side]]:
    """The workers, each of which has judged something."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        started(direct=True) as services,
        Judge(Config(engine="docker", image=image("SLOTS"), slots=slots)) as judge,
        ExitStack() as opened,
    ):
        judge.warm()
        rows = pipeline.Rows(services.database_url)
        opened.callback(rows.close)
        sides = []
        for n, text in enumerate(settings):
            environ = dict(one.split("=", 1) for one in text.split(",") if one != "-")
            environ["JUDGECORE_QUEUE_PREFIX"] = prefix = f"turn{n}"
            worker = WorkerProcess(services, Path(scratch) / f"{n}.log", slots=slots, **environ)
            opened.callback(worker.stop, 60)
            client = opened.enter_context(Client(services.rabbitmq_url, prefix=prefix))
            client.wait(client.submit(pipeline.SMALLEST.message()), timeout_s=120)
            sides.append(Side(text, pipeline.Bench(services, client, rows, judge, worker)))
        yield sides


def measure(
    sides: Sequence[Side], program: pipeline.Program, rounds: int, lot: int
) -> list[dict[str, Any]]:
    """The figures of each side; a first round is not counted."""
    judge = sides[0].bench
    groups = [process_of(one) for one in (judge.services.rabbitmq, judge.services.postgres)]
    library: list[float] = []
    turns: list[list[tuple[float, float]]] = [[] for _ in sides]
    for n in range(rounds + 1):
        library.append(lot / pipeline.timed(lambda: judge.in_process(program, lot)) * 1000)
        order = list(range(len(sides)))
        for at in order if n % 2 else reversed(order):
            turns[at].append(_turn(sides[at].bench, program, lot, groups))
    return [
        {
            "settings": side.settings,
            "per_s": round(statistics.median(speed for speed, _ in turns[at][1:]), 2),
            "to_library": _spread(one[0] / alone for one, alone in _pairs(turns[at], library)),
            "to_first": _spread(one[0] / first[0] for one, first in _pairs(turns[at], turns[0])),
            "cpu_ms": round(statistics.median(cpu_ms for _, cpu_ms in turns[at][1:]), 3),
        }
        for at, side in enumerate(sides)
    ]


def _turn(
    bench: pipeline.Bench, program: pipeline.Program, lot: int, groups: Sequence[int]
) -> tuple[float, float]:
    """Submissions a second, and the CPU time of each in ms, with that of what follows a verdict."""

    def used_s() -> float:
        return process_s(bench.worker.pid) + sum(map(group_s, groups))

    before_s = used_s()
    took_ms = pipeline.timed(lambda: bench.with_few_waiting(program, lot))
    time.sleep(pipeline.SETTLES_S)
    return lot / took_ms * 1000, (used_s() - before_s) * 1000 / lot


def _pairs(one: Sequence[Any], other: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(one, other, strict=True))[1:]


def _spread(ratios: Iterable[float]) -> list[float]:
    """A quarter, the half and three quarters are below these."""
    return [round(one, 3) for one in statistics.quantiles(list(ratios), n=4, method="inclusive")]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("settings", nargs="+")
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--size", action="append", choices=tuple(SIZES), help="default: all")
    options = parser.parse_args()
    with ready(options.settings, options.slots) as sides:
        for size in options.size or SIZES:
            print(f"measuring {size}", file=sys.stderr)
            program, lot = SIZES[size]
            print(json.dumps({size: measure(sides, program, options.rounds, lot)}, indent=1))


if __name__ == "__main__":
    run(main)

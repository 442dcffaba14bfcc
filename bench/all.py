"""All ratios that say how fast judging is: `python -m bench all [--json] [--rows WORD]`.

Each is what judgecore needs over what is needed without it, or with a fast path over without it,
the two measured by turns on one machine: a busy one changes the ratio less than the figures. The
first pair of each is left out. The method: bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench import judging, peers, pipeline, through
from bench.measure import Measure, Row, taken
from bench.picture import svg
from bench.services import image
from bench.sides import Bench
from bench.starting import run
from judgecore.config import Config

MEASURES = (
    Measure("warm run of a trivial C program ÷ bare", 1.05, judging.warm),
    Measure("the same with a cold cache", 1.3, judging.cold),
    *(
        Measure(
            f"the same with a cold cache ÷ {name}",
            0.25 if name == "isolate --run" else None,
            judging.against(peer),
        )
        for name, peer in peers.PEERS.items()
    ),
    Measure("100 trivial C tests ÷ 100 bare runs, compiled before", 0.8, judging.hundred),
    Measure("the same in one slot", None, partial(judging.hundred, slots=1)),
    Measure("C++ with bits/stdc++.h and 20 tests, first time ÷ bare", 0.4, judging.cpp_first),
    Measure("the same judged again ÷ bare", 0.03, judging.cpp_again),
    Measure(
        "C++ with <iostream>: CPU of compiling, fast paths on ÷ off", 1.03, judging.stream_only
    ),
    Measure("trivial Python, 20 tests ÷ bare", 0.3, judging.python),
    Measure(
        "trivial Python, warm starts off ÷ bare", None, partial(judging.python, warm_starts=False)
    ),
    Measure("Python with numpy, 5 tests ÷ bare", 0.1, judging.numpy),
    Measure("numpy, warm starts off ÷ bare", None, partial(judging.numpy, warm_starts=False)),
    *(
        Measure(f"trivial {name}, {how} ÷ bare", None, partial(way, warm_starts=warm))
        for name, way in (("Ruby", judging.ruby), ("PHP", judging.php))
        for how, warm in (("20 tests", True), ("warm starts off", False))
    ),
    Measure("trivial JavaScript, 20 tests ÷ bare", None, judging.javascript),
    Measure(
        "JavaScript, nothing prebuilt ÷ bare", None, partial(judging.javascript, prebuilt=False)
    ),
    Measure("Java, 20 tests, first time ÷ bare, one slot", 0.7, judging.java),
    Measure("the same with the slots of a default judge", None, partial(judging.java, slots=None)),
    Measure(
        "Java, warm starts off ÷ bare, one slot", None, partial(judging.java, warm_starts=False)
    ),
    Measure("TypeScript, one test, first time ÷ bare", 0.6, judging.typescript),
    Measure("20 tests of 0.5 s in two idle slots ÷ in one", 0.55, judging.spread),
    Measure("64 MB of input over 10 tests, second submission ÷ bare", 1.1, judging.large_input),
    Measure("throughput of 2 slots ÷ 1 slot", 1.9, judging.two_slots, least=True),
    Measure("cost of a test among 1,000 ÷ among 10", 1.05, judging.per_test),
    Measure("pipeline, smallest submission: CPU beyond the library's", 3, through.cpu, unit="ms"),
    *(
        Measure(
            f"pipeline ÷ library, throughput, {name}",
            aim,
            through.throughput(program, lot),
            least=True,
        )
        for name, program, lot, aim in (
            ("smallest (5 ms)", pipeline.SHORT, 400, 0.65),
            ("the smallest there can be", pipeline.SMALLEST, 400, None),
            ("small", pipeline.SMALL, 80, 0.95),
            ("usual", pipeline.USUAL, 20, 0.98),
        )
    ),
    Measure("memory of a worker with 4 idle slots (PSS)", 120, through.memory, unit="MB"),
)


def shown(row: Row) -> str:
    """A line of the table."""
    aim = "" if row.aim is None else f"{'≥' if row.least else '≤'} {row.aim:g} {row.unit}".rstrip()
    if row.ratio is None or row.spread is None:
        what = "failed" if row.failed else "not measured"
        return f"| {row.name} | {what}: {row.why} | {aim} | |"
    low, high = row.spread
    met = {None: "", True: "yes", False: "no"}[row.met]
    return f"| {row.name} | {row.ratio:g} ({low:g} to {high:g}) | {aim} | {met} |"


def machine(config: Config) -> dict[str, str | int | None]:
    """What the figures were measured on."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "image": config.image,
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _progress_of(name: str) -> Callable[[int], None]:
    began = time.monotonic()
    return lambda pairs: _log(f"{name}: {pairs} pairs, {time.monotonic() - began:.0f} s")


def rows_of(bench: Bench, wanted: list[str], budget_s: float) -> Iterator[Row]:
    """The measures in whose names one of the words occurs, or all."""
    for measure in MEASURES:
        if not wanted or any(word.lower() in measure.name.lower() for word in wanted):
            with bench.row():
                row = taken(measure, bench, budget_s, _progress_of(measure.name))
            yield row


def main() -> int:
    """Take the measures, and print them; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description="All ratios that say how fast judging is.")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--image", default=os.environ.get("JUDGECORE_IMAGE", image("SLOTS")))
    full = os.environ.get("JUDGECORE_TEST_IMAGE_FULL", "judgecore/polyglot:full")
    parser.add_argument("--full-image", default=full, help="with every language")
    parser.add_argument("--pairs", type=int, default=7, help="measured pairs of each")
    parser.add_argument("--rows", action="append", default=[], help="those with this in the name")
    parser.add_argument("--budget", type=float, default=40, help="of a row, seconds")
    parser.add_argument("--picture", type=Path, help="an SVG file to write")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = Config(engine=options.engine, image=options.image)
    here = machine(config)
    if not options.json:
        print(", ".join(f"{key} {value}" for key, value in here.items()), end="\n\n")
        print("| measure | ratio (quartiles of the pairs) | aim | met |\n| --- | --- | --- | --- |")
    rows = []
    with ExitStack() as stack:
        bench = Bench(config, options.full_image, options.pairs, stack)
        for row in rows_of(bench, options.rows, options.budget):
            rows.append(row)
            print(shown(row), file=sys.stderr if options.json else sys.stdout, flush=True)
    if options.picture:
        options.picture.write_text(svg(rows, f"judgecore: {here['processor']}"))
    if options.json:
        print(json.dumps({"machine": here, "measures": [row.as_json() for row in rows]}))
    return int(any(row.failed for row in rows))


if __name__ == "__main__":
    run(main)

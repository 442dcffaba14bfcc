"""What a sandboxed run costs over a bare one: `python -m bench.run_overhead [--json]`.

A trivial C program (reads two integers, prints their sum) is run by turns in a warm slot and by
a bare `subprocess.run`, interleaved, so that both see the same machine at the same time. Printed
are the medians and their ratio: as they follow one another, and with a cold cache, that is with
another program and a walk through 32 MiB before each run.

Then the same run is compared with itself: while another `Judge` judges in a slot of its own, and
while a process of somebody else keeps the slot's core busy. Whatever disturbs is stopped for every
other portion of runs.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.starting import run
from judgecore import Judge, Program, Run
from judgecore.config import Config
from judgecore.engine import SlotSpec
from judgecore.engine.kinds import make_engine
from judgecore.limits import Limits
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

SOURCE = """
#include <stdio.h>
int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("%d\\n", a + b);
    return 0;
}
"""
STDIN = b"2 40\n"
_WARM_UP = 20
_PORTION = 20
_SETTLE_S = 6.0
_CACHE_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: two medians, milliseconds, and the first over the second."""

    name: str
    ms: float
    against: str
    against_ms: float
    ratio: float
    aim: float | None = None


def _row(
    name: str, times: list[float], against: str, others: list[float], aim: float | None = None
) -> Row:
    ms, other_ms = statistics.median(times), statistics.median(others)
    return Row(name, round(ms, 3), against, round(other_ms, 3), round(ms / other_ms, 3), aim)


def timed(action: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    output = action()
    took = time.perf_counter() - began
    if output != b"42\n":
        raise SystemExit(f"the program printed {output!r}")
    return took * 1000


@contextmanager
def compiled() -> Iterator[Path]:
    """The program, linked statically: the same bytes run inside and outside, whatever the libc."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)  # containers run as other users
        program, source = Path(scratch) / "main", Path(scratch) / "main.c"
        source.write_text(SOURCE)
        subprocess.run(["gcc", "-O2", "-static", "-o", program, source], check=True)
        yield program


def bare(program: Path) -> bytes:
    command = [str(program)]
    return subprocess.run(command, input=STDIN, capture_output=True, check=True).stdout


def cool() -> None:
    """Run something else and walk through memory, so that the caches hold other things."""
    subprocess.run([sys.executable, "-S", "-c", ""], check=True)
    bytearray(_CACHE_BYTES).count(1)


def by_turns(
    first: Callable[[], bytes],
    second: Callable[[], bytes],
    runs: int,
    before: Callable[[], None],
    warm_up: int = _WARM_UP,
) -> tuple[list[float], list[float]]:
    """Milliseconds of so many runs each way; `before` is done before each, and not measured."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs + warm_up):
        for action, found in zip((first, second), times, strict=True):
            before()
            found.append(timed(action))
    return times[0][warm_up:], times[1][warm_up:]


@contextmanager
def warm_slot(config: Config, program: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The tier of a slot that holds the program, and what runs it there.

    The slot itself and no executor, which would compile the program inside. It has a core, as a
    judge gives it one.
    """
    engine = make_engine(config)
    slot = Slot(engine.start(SlotSpec(core=engine.cores[-1] if engine.cores else None), "bench"))
    try:
        slot.put("main", program.read_bytes(), 0o755)
        command = Command(("./main",), Limits(), STDIN)
        yield str(engine.tier), lambda: slot.run(command).stdout
    finally:
        slot.destroy()
        engine.close()


def against_bare(engine_name: str, runs: int) -> tuple[str, list[Row]]:
    """The tier, and a warm run against a bare one, with warm and with cold caches."""
    config = Config(engine=engine_name)
    with compiled() as program, warm_slot(config, program) as (tier, sandboxed):
        actions = (sandboxed, lambda: bare(program))
        warm = by_turns(*actions, runs, lambda: None)
        cold = by_turns(*actions, max(1, runs // 5), cool)
    rows = [_row("warm", warm[0], "bare", warm[1]), _row("cold", cold[0], "bare", cold[1], 1.4)]
    return tier, rows


def disturbed(engine_name: str, runs: int) -> list[Row]:
    """A run in a `Judge` of one slot beside a second busy `Judge`, and beside a busy stranger."""
    program = Program("c", SOURCE.encode(), reused=True)
    with Judge(Config(engine=engine_name), slots=1) as judge:

        def portion() -> list[float]:
            """A submission of its own, so that the pool may go to another core in between."""
            with judge.executors.open(program) as (executor,):
                run = Run(stdin=STDIN)
                return [timed(lambda: executor.run(run).report.stdout) for _ in range(_PORTION)]

        second = [sys.executable, "-m", "bench.run_overhead", "--busy", "--engine", engine_name]
        with _disturbing(second) as process:
            beside, alone = _in_portions(portion, process, runs)
        rows = [_row("beside a second Judge", beside, "alone", alone, 1.2)]
        core = min(os.sched_getaffinity(0))
        spin = f"import os\nos.sched_setaffinity(0, [{core}])\nprint(flush=True)\nwhile True: pass"
        with _disturbing([sys.executable, "-c", spin]) as process:
            _settle(portion)
            beside, alone = _in_portions(portion, process, runs)
        return [*rows, _row("beside a stranger on its core", beside, "alone", alone)]


@contextmanager
def _disturbing(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that prints a line when it begins to disturb."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait()


def _settle(portion: Callable[[], list[float]]) -> None:
    """Judge until the pool has seen that its core is shared; as soon as any submissions would."""
    until = time.monotonic() + _SETTLE_S
    while time.monotonic() < until:
        portion()


def _in_portions(
    portion: Callable[[], list[float]], process: subprocess.Popen[bytes], runs: int
) -> tuple[list[float], list[float]]:
    beside: list[float] = []
    alone: list[float] = []
    while len(alone) < runs:
        for found, which in ((beside, signal.SIGCONT), (alone, signal.SIGSTOP)):
            process.send_signal(which)
            time.sleep(0.02)
            found += portion()
    return beside, alone


def _be_busy(engine_name: str) -> None:
    """Judge for ever, in one slot: what the second `Judge` of a comparison does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    source = b"int main(void) { for (volatile long n = 0; n < 1e8; n++); }"
    with (
        Judge(Config(engine=engine_name), slots=1) as judge,
        judge.executors.open(Program("c", source)) as (executor,),
    ):
        print(flush=True)
        while True:
            executor.run(Run())


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--runs", type=int, default=1000, help="interleaved pairs")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--busy", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.busy:
        _be_busy(options.engine)
    tier, rows = against_bare(options.engine, options.runs)
    rows += disturbed(options.engine, max(_PORTION, options.runs // 5))
    if options.json:
        figures = {"tier": tier, "runs": options.runs, "rows": [asdict(r) for r in rows]}
        figures |= {"sandboxed_ms": rows[0].ms, "bare_ms": rows[0].against_ms}
        print(json.dumps(figures | {"ratio": rows[0].ratio}))
        return
    print(f"tier {tier}, {options.runs} runs")
    for row in rows:
        aim = f"  (aim {row.aim})" if row.aim else ""
        print(f"{row.name}: {row.ms} ms, {row.against} {row.against_ms} ms, ratio {row.ratio}{aim}")


if __name__ == "__main__":
    run(main)

"""How exact figures and verdicts are: `python -m bench.accuracy [--json]`; exit code 1 on a miss.

CPU time: a program (bench/accuracy.c) runs in a slot and bare, by turns; the slot's figure must be
within 5 % or 5 ms of what `wait4` says of the bare run. Memory: the figure must be within 3 % or
1 MiB of what the program holds. Verdicts: a program that needs 80 % of its CPU limit, by the
kernel's account, is judged 200 times while every other slot is busy, and 200 times while its tests
are spread over idle slots; it must be accepted each time. One that needs 130 % must be TLE each
time. Under load: small correct programs must be accepted while 40 other processes are busy; an
internal error counts as a miss.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bench.starting import run
from judgecore import Judge, Limits, Submission, TestCase, Verdict
from judgecore.config import Config
from judgecore.engine import SlotSpec
from judgecore.engine.kinds import make_engine
from judgecore.errors import InfrastructureError
from judgecore.limits import MIB
from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

CPU_MS = 300
SIZES_MB = (1, 64, 200)
LIMIT_MS = 100
LOAD = 40
# Only the CPU clock is on trial: a loaded machine must not make another limit fire first.
PATIENT = {"wall_ms": 600_000, "idle_ms": 300_000}
BURN = """
#include <time.h>
int main(void) {
    struct timespec now;
    do {
        for (volatile int i = 0; i < 20000; i++) {}
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    } while (now.tv_sec * 1000000 + now.tv_nsec / 1000 < @US@);
    return 0;
}
"""

Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the result: the worst of `runs`, against what it may be at most."""

    what: str
    runs: int
    worst: float
    allowed: float
    unit: str
    source: str
    passed: bool


def _worst(
    what: str, pairs: list[tuple[float, float]], share: float, floor: float, unit: str, source: str
) -> Line:
    """The pair (figure, truth) that is furthest off, measured by what is allowed for it."""
    figure, truth = max(pairs, key=lambda p: abs(p[0] - p[1]) / max(floor, share * p[1]))
    off, allowed = abs(figure - truth), max(floor, share * truth)
    return Line(
        what, len(pairs), round(off, 3), round(allowed, 3), unit, source, passed=off <= allowed
    )


# ------------------------------------------------------------------ figures


def _bare_cpu_ms(program: Path, arguments: list[str]) -> float:
    child = subprocess.Popen([program, *arguments])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        raise SystemExit(f"the bare program ended with {status}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def _in_slot(slot: Slot, *arguments: str) -> Report:
    limits = Limits(cpu_ms=60_000, memory_bytes=512 * MIB, file_bytes=512 * MIB, **PATIENT)
    report = slot.run(Command(("./main", *arguments), limits))
    if report.exit_code != 0:
        raise SystemExit(f"{' '.join(arguments)} in a slot: {report}")
    return report


def cpu(slot: Slot, program: Path, runs: int, tick: Tick) -> Iterator[Line]:
    """CPU time of one thread, of four, and of four children."""
    for how in ("single", "threads", "forks"):
        pairs, source = [], ""
        for _ in range(runs):
            arguments = ["cpu", how, str(CPU_MS)]
            report = _in_slot(slot, *arguments)
            pairs.append((report.cpu_ms, _bare_cpu_ms(program, arguments)))
            source = report.cpu_source
            tick()
        yield _worst(f"cpu {how}", pairs, 0.05, 5, "ms", source)


def memory(slot: Slot, runs: int, tick: Tick) -> Iterator[Line]:
    """Memory of one process, of three, and of a mapped file."""
    for how in ("single", "three", "file"):
        for size in SIZES_MB:
            reports = []
            for _ in range(runs):
                reports.append(_in_slot(slot, "memory", how, str(size * MIB)))
                tick()
            pairs = [(r.memory_bytes / MIB, float(size)) for r in reports]
            yield _worst(
                f"memory {how} {size} MiB", pairs, 0.03, 1, "MiB", reports[0].memory_source
            )


# ------------------------------------------------------------------ verdicts


def _submission(share: float, tests: int) -> Submission:
    return Submission(
        language="c",
        source=BURN.replace("@US@", str(round(LIMIT_MS * 1000 * share))),
        tests=[TestCase(expected="")] * tests,
        limits=Limits(cpu_ms=LIMIT_MS, **PATIENT),
    )


@contextmanager
def _busy(judge: Judge) -> Iterator[None]:
    """Keeps every slot but one at work."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            judge.judge(_submission(0.9, 5))

    threads = [threading.Thread(target=work) for _ in range(judge.slots - 1)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def flips(judge: Judge, runs: int, tick: Tick) -> Iterator[Line]:
    """Verdicts that should not be, at 80 % and at 130 % of the limit."""
    beside = (
        (_busy, f"{judge.slots - 1} other slots busy"),
        (_idle, "in idle slots as well" if judge.config.spread else "in one slot"),
    )
    turns = product(beside, ((0.8, Verdict.AC), (1.3, Verdict.TLE)))
    for (others, where), (share, wanted) in turns:
        with others(judge):
            result = judge.judge(_submission(share, runs), lambda _: tick())
        wrong = sum(test.verdict is not wanted for test in result.tests)
        what = f"verdict at {share:.0%} of the limit, {where}"
        source = result.tests[0].cpu_source
        yield Line(what, runs, wrong, 0, "flips", source, passed=not wrong)


def _idle(judge: Judge) -> AbstractContextManager[None]:
    """Leaves the other slots to the same submission."""
    return nullcontext()


@contextmanager
def _loaded() -> Iterator[None]:
    """Keeps as many processes busy as `LOAD` says."""
    spin = ["sh", "-c", "while :; do :; done"]
    crowd = [subprocess.Popen(spin) for _ in range(LOAD)]
    try:
        yield
    finally:
        for process in crowd:
            process.kill()
        for process in crowd:
            process.wait()


def under_load(judge: Judge, programs: int, tick: Tick) -> Line:
    """Correct small programs that are not accepted on a busy machine; an IE counts as one."""
    wrong = 0
    with _loaded():
        for number in range(programs):
            source = f'#include <stdio.h>\nint main(void) {{ puts("{number}"); return 0; }}\n'
            tests = [TestCase(expected=f"{number}\n")]
            submission = Submission(language="c", source=source, tests=tests)
            try:
                wrong += judge.judge(submission).verdict is not Verdict.AC
            except InfrastructureError:
                wrong += 1
            tick()
    what = f"verdict on small programs, {LOAD} busy processes"
    return Line(what, programs, wrong, 0, "flips", "verdicts", passed=not wrong)


# ------------------------------------------------------------------ all of it


def measure(config: Config, runs: int, judged: int) -> tuple[str, list[Line]]:
    """Every line, and the tier it holds for."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as scratch, _bar() as bar:
        task = bar.add_task("accuracy", total=12 * runs + 4 * judged)
        program = Path(scratch) / "main"
        source = Path(__file__).with_suffix(".c")
        subprocess.run(["gcc", "-O2", "-static", "-pthread", "-o", program, source], check=True)

        def tick() -> None:
            bar.advance(task)

        engine = make_engine(config)
        # The slot itself and no executor, which would compile the program inside: the same bytes
        # have to run in and outside.
        slot = Slot(engine.start(SlotSpec(core=min(os.sched_getaffinity(0))), "accuracy"))
        try:
            slot.put("main", program.read_bytes(), 0o755)
            lines += cpu(slot, program, runs, tick)
            lines += memory(slot, runs, tick)
        finally:
            slot.destroy()
            engine.close()
        with Judge(config, slots=max(2, config.effective_slots)) as judge:
            lines += flips(judge, judged, tick)
            return str(judge.engine.tier), lines


def _bar() -> Progress:
    return Progress(console=Console(stderr=True), transient=True)


def main() -> None:
    """Print the lines; exit code 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--runs", type=int, default=5, help="of each figure")
    parser.add_argument("--judged", type=int, default=200, help="submissions' tests at each share")
    parser.add_argument("--loaded", type=int, default=200, help="small programs under load")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = replace(Config.from_env(os.environ), engine=options.engine)
    tier, lines = measure(config, options.runs, options.judged)
    with Judge(config, slots=1) as judge, _bar() as bar:
        task = bar.add_task("under load", total=options.loaded)
        lines.append(under_load(judge, options.loaded, lambda: bar.advance(task)))
    passed = all(line.passed for line in lines)
    if options.json:
        rows = [asdict(line) for line in lines]
        print(json.dumps({"tier": tier, "passed": passed, "lines": rows}, indent=2))
    else:
        for line in lines:
            verdict = "pass" if line.passed else "FAIL"
            off = f"worst of {line.runs}: {line.worst} {line.unit}, allowed {line.allowed}"
            print(f"{verdict}  {line.what:50} {off}  ({line.source})")
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    run(main)

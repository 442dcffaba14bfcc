"""Which kernel memory nobody counts: `python -m bench.kernel_objects [--json] [--engine ENGINE]`.

A program makes kernel objects of one kind by the thousand, kind after kind (kernel_objects.c).
Printed are, for each: how many it got, the error that ended it, by how much the kernel's own memory
grew on the whole machine while they were made, what the run was charged, and the difference. What
is far above zero can be had without limit. Other work on the machine is in the figures, so a kind
that stands out is measured again.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from importlib.resources import files

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.starting import run
from judgecore import Judge, Limits, Program, Run
from judgecore.config import Config
from judgecore.execution import Executor

MIB = 1 << 20
_LIMITS = Limits(cpu_ms=20_000, memory_bytes=1024 * MIB, processes=64, open_files=20_000)
_COUNT = 20_000
# Time that grows with the square (the program's CPU time: its limit bounds it); a page each.
_FEWER = {"record_lock": 4_000, "socket_name": 5_000, "memory_policy": 8_000}
_SUSPICIOUS_BYTES = 8 * MIB
_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind: `made` objects, `ended` by an errno's name; sizes in bytes, or None: no figure."""

    kind: str
    made: int
    ended: str
    grown: int | None
    charged: int | None

    @property
    def uncounted(self) -> int:
        """What the kernel has more than the run was charged."""
        return max(0, (self.grown or 0) - (self.charged or 0))


def look(judge: Judge, source: bytes, kind: str) -> Finding:
    """Make objects of one kind; the smallest difference of a few runs where one stands out."""
    found: list[Finding] = []
    while not found or (found[-1].uncounted > _SUSPICIOUS_BYTES and len(found) < _REPEATS):
        # A sandbox each time: one whose run cannot be cleared away in time is lost.
        with judge.executors.open(Program("c", source)) as (executor,):
            found.append(_once(executor, kind))
    return min(found, key=lambda finding: finding.uncounted)


def _once(executor: Executor, kind: str) -> Finding:
    count = str(_FEWER.get(kind, _COUNT))
    ran = executor.run(Run(limits=_LIMITS, arguments=(kind, count)))
    words = ran.report.stdout.decode().split()
    if len(words) != 3:
        return Finding(kind, 0, str(ran.verdict or ran.detail), None, ran.report.memory_bytes)
    made, ended, grown = int(words[0]), words[1], int(words[2])
    return Finding(kind, made, ended, grown * 1024 if grown >= 0 else None, ran.report.memory_bytes)


def measure(judge: Judge) -> list[Finding]:
    """Every kind, in one slot."""
    source = files("bench").joinpath("kernel_objects.c").read_bytes()
    with judge.executors.open(Program("c", source)) as (executor,):
        if executor.compiled is not None and not executor.compiled.ok:
            raise SystemExit(executor.compiled.output)
        kinds = executor.run(Run()).report.stdout.decode().split()
    return [look(judge, source, kind) for kind in track(kinds, transient=True, console=_STDERR)]


_STDERR = Console(stderr=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.kernel_objects", description=__doc__)
    parser.add_argument("--engine", default="docker", help="docker or local; default: docker")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with Judge(Config(engine=arguments.engine), slots=1) as judge:
        found = measure(judge)
    if arguments.json:
        print(json.dumps([asdict(one) | {"uncounted": one.uncounted} for one in found], indent=2))
        return
    table = Table("kind", "made", "ended by", "kernel grew", "charged", "not counted")
    for one in found:
        sizes = (_mib(size) for size in (one.grown, one.charged, one.uncounted))
        table.add_row(one.kind, str(one.made), one.ended, *sizes)
    Console().print(table)


def _mib(size: int | None) -> str:
    return "?" if size is None else f"{size / MIB:.1f} MiB"


if __name__ == "__main__":
    run(main)

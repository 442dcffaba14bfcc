"""The measures of the pipeline: what broker, database and worker cost beside judging."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import docker
from docker.models.containers import Container

from bench import pipeline
from bench.measure import NotMeasured, Pair
from bench.services import WorkerProcess, started
from bench.sides import Bench
from consumers.client import Client
from judgecore.engine import Tier
from judgecore.engine.docker import OWNER_LABEL

_LOT = 100
_IDLE_SLOTS = 4
_TICKS = os.sysconf("SC_CLK_TCK")  # of a second of CPU time in /proc/PID/stat
_GROUPS = Path("/sys/fs/cgroup")


def throughput(program: pipeline.Program, lot: int) -> Callable[[Bench], Iterator[Pair]]:
    """Submissions a second through the pipeline, and in this process."""

    def pairs(bench: Bench) -> Iterator[Pair]:
        through = bench.through()
        for _ in bench.turns():
            figures = through.throughput(program, 1, lot)
            yield figures["pipeline_per_s"], figures["library_per_s"]

    return pairs


def cpu(bench: Bench) -> Iterator[Pair]:
    """CPU time of worker, broker and database for a submission, ms, less that of judging here."""
    through = bench.through()
    containers = [process_of(through.services.rabbitmq), process_of(through.services.postgres)]

    def used_s() -> float:
        return process_s(through.worker.pid) + sum(map(group_s, containers))

    for _ in bench.turns():
        began_s = used_s()
        through.with_few_waiting(pipeline.SMALLEST, _LOT)
        time.sleep(pipeline.SETTLES_S)
        piped_s, alone = used_s() - began_s, time.process_time()
        through.in_process(pipeline.SMALLEST, _LOT)
        yield (piped_s - (time.process_time() - alone)) * 1000 / _LOT, 1.0


def process_of(container: Container) -> int:
    """The first process of a container, as this machine numbers it."""
    container.reload()
    return int(container.attrs["State"]["Pid"])


def process_s(pid: int) -> float:
    """Of a process and all its threads, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def group_s(pid: int) -> float:
    """Of the control group of a container's first process, and so of the container, seconds."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpuacct" in controllers.split(","):
            return int((_GROUPS / "cpuacct" / path[1:] / "cpuacct.usage").read_text()) / 1e9
        stat = _GROUPS / path[1:] / "cpu.stat"
        if not controllers and stat.is_file():
            return int(stat.read_text().split()[1]) / 1e6
    raise NotMeasured("no control group counts the CPU time of containers")


def memory(bench: Bench) -> Iterator[Pair]:
    """Memory of a worker with idle slots and of their runners, MB."""
    if bench.judge().engine.tier is not Tier.CONTAINER:
        raise NotMeasured("needs Docker for the broker and the database")
    with tempfile.TemporaryDirectory() as scratch, started(direct=True) as services:
        for n in range(3):
            worker = WorkerProcess(services, Path(scratch) / f"log{n}", slots=_IDLE_SLOTS)
            try:
                with Client(services.rabbitmq_url) as client:
                    client.wait(client.submit(pipeline.SMALLEST.message()), timeout_s=120)
                time.sleep(2)
                yield sum(map(_pss_bytes, _processes(worker))) / 1e6, 1.0
            finally:
                worker.stop(60)


def _processes(worker: WorkerProcess) -> list[int]:
    """The worker's processes, and the first one of each of its slots."""
    found = [worker.pid]
    for n in count():
        if n == len(found):
            break
        for task in Path(f"/proc/{found[n]}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    client = docker.from_env()
    try:
        for owner in worker.owners:
            slots = client.containers.list(filters={"label": f"{OWNER_LABEL}={owner}"})
            found += [process_of(slot) for slot in slots]
    finally:
        client.close()
    return found


def _pss_bytes(pid: int) -> int:
    """Its memory, with its part of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024

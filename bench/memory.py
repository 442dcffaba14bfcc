"""How much memory a worker takes with the largest messages and results: `python -m bench.memory`.

A worker with two slots is given messages of nearly 16 MiB, invalid ones of 16 MiB, submissions that
print control characters in each test, and submissions for a stored problem of 1,000 tests whose
outputs are large and kept, all of them at once. Printed is the most memory that it had (VmHWM of
/proc), MiB. The exit code is 0 when that is below 400 MiB and every verdict came.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from uuid import uuid4

from bench.services import Services, WorkerProcess, started
from bench.starting import run
from consumers.client import Client
from consumers.messages import MAX_BODY_BYTES, MAX_INLINE_BYTES, SubmissionMessage
from consumers.postgres import PostgresStore, migrate
from judgecore.limits import KIB, MIB
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict

MOST_MIB = 400
SLOTS = 2
WIDE_TESTS, WIDE_BYTES = 1_000, 16 * KIB
# JSON doubles a quote, and one character beyond the others' range makes Python's text four times as
# wide.
_WIDE = "\N{GRINNING FACE}"
_NOISE = r"""
#include <stdio.h>
#include <string.h>
int main(void) {
    char noise[4096];
    memset(noise, 1, sizeof noise);
    fwrite(noise, 1, sizeof noise, stdout);
    fwrite(noise, 1, sizeof noise, stderr);
}
"""


def large() -> SubmissionMessage:
    """As large as a message may be, with a program that reads all of it."""
    text = '"' * (MAX_INLINE_BYTES - len(_WIDE.encode()) - 1) + _WIDE
    source = "import sys; print(len(sys.stdin.buffer.read()))\n#" + "x" * (3 * MIB)
    tests = (TestCase(input=text, expected="x"),)
    return SubmissionMessage(submission_id=uuid4(), language="python", source=source, tests=tests)


def noisy(tests: int) -> SubmissionMessage:
    """A program that fills whatever a result keeps, in so many tests."""
    cases = (TestCase(expected="x"),) * tests
    return SubmissionMessage(submission_id=uuid4(), language="c", source=_NOISE, tests=cases)


def wide() -> SubmissionMessage:
    """A program that prints the large output of each test of the stored problem, all to be kept."""
    source = f'#include <stdio.h>\nint main(void) {{ printf("%0{WIDE_BYTES}d", 0); }}\n'
    return SubmissionMessage(
        submission_id=uuid4(), language="c", source=source, problem="wide", keep_output=True
    )


def put_wide(database_url: str) -> None:
    """The problem of 1,000 tests whose outputs are large."""
    store = PostgresStore(database_url)
    tests = (TestCase(expected="0" * WIDE_BYTES),) * WIDE_TESTS
    store.add_problem("wide", Problem(tests=tests))
    store.close()


def nonsense() -> bytes:
    """An invalid message of 16 MiB with as many unknown fields as fit."""
    names = ",".join(f'"{n:x}":1' for n in range(MAX_BODY_BYTES // 12))
    return b"{" + names.encode()[: MAX_BODY_BYTES - 1]


def publish_nonsense(services: Services, count: int) -> None:
    """As any publisher may."""
    connection = services.connect()
    channel = connection.channel()
    for _ in range(count):
        channel.basic_publish("judgecore.submissions", "default", nonsense())
    connection.close()


def most_mib(pid: int) -> int:
    """The most memory that a process has had, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) >> 10


def measure(
    large_ones: int, noisy_ones: int, tests: int, wide_ones: int = 0, slots: int = SLOTS
) -> dict[str, int]:
    """Give a worker all of that at once; its memory before and at most, MiB, and the verdicts."""
    with tempfile.TemporaryDirectory() as scratch, started() as services:
        migrate(services.database_url)
        if wide_ones:
            put_wide(services.database_url)
        worker = WorkerProcess(services, Path(scratch) / "log", slots=slots)
        try:
            with Client(services.rabbitmq_url) as client:
                first = client.submit(large())
                client.wait(first, 300)
                before = most_mib(worker.pid)
                publish_nonsense(services, large_ones // 4)
                sent = [client.submit(noisy(tests)) for _ in range(noisy_ones)]
                sent += [client.submit(wide()) for _ in range(wide_ones)]
                sent += [client.submit(large()) for _ in range(large_ones)]
                found = [client.wait(one, 900).verdict for one in sent]
            peak = most_mib(worker.pid)
        finally:
            worker.kill()
    return {
        "one_message_mib": before,
        "peak_mib": peak,
        "judged": found.count(Verdict.WA) + found.count(Verdict.AC),
    }


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--large", type=int, default=20, help="messages of nearly 16 MiB")
    parser.add_argument("--noisy", type=int, default=2, help="submissions with the largest results")
    parser.add_argument("--tests", type=int, default=10_000, help="of each noisy submission")
    parser.add_argument("--wide", type=int, default=2, help="submissions with large outputs kept")
    parser.add_argument("--slots", type=int, default=SLOTS, help="of the worker")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.large, options.noisy, options.tests, options.wide, options.slots)
    if options.json:
        print(json.dumps(found))
    else:
        print("  ".join(f"{key} {value}" for key, value in found.items()))
    good = found["judged"] == options.large + options.noisy + options.wide
    return 0 if good and found["peak_mib"] < MOST_MIB else 1


if __name__ == "__main__":
    run(main)

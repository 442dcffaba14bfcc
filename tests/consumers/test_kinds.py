"""Problems of every kind the whole way: RabbitMQ, a worker that judges, PostgreSQL, the event."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from doubles import Running, message
from engines import SPEED

from consumers.client import Client
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore import CheckerProgram, Interactive, Judge, Limits, Problem, TestCase
from judgecore.config import Config
from judgecore.problems.package import load_all

pytestmark = [pytest.mark.services, pytest.mark.local]
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
# Each kind: a submission and the verdict and score that it gets.
EXPECTED = {
    "parts": ("wrong_answer/one.py", "WA", None),
    "divisor": ("wrong_answer/one.py", "WA", None),
    "guess": ("accepted/search.py", "AC", None),
    "relay": ("accepted/letters.py", "AC", None),
    "telephone": ("sol/solution.py", "AC", Decimal(100)),
    "stairs": ("mixed/recursive.py", "PS", Decimal(30)),
}

QUICK = Limits(cpu_ms=1000, wall_ms=2000, output_bytes=1 << 20)
# What a solution and the problem's own program do, whether they talk, the verdict, and its cause.
FAULTS = {
    "checker crashes": ("print(1)", "import os; os.abort()", False, "IE", "exit code 134"),
    "checker floods": ("print(1)", "while True: print('x' * 9999)", False, "IE", "one stream"),
    "never the last pass": (
        "print(1)",
        "import sys; open(sys.argv[3] + 'nextpass.in', 'w').write('1'); sys.exit(42)",
        False,
        "IE",
        "more than 2 passes",
    ),
    "solution dies first": ("1 / 0", "import sys; input(); sys.exit(42)", True, "RE", ""),
    "solution is rejected": ("while True: print(1)", "import sys; sys.exit(43)", True, "WA", ""),
    "interactor hangs": ("input()", "import time; time.sleep(60)", True, "IE", "wall time"),
}


def test_faults_through_the_pipeline(broker_url: str, prefix: str, database_url: str) -> None:
    """Each side's fault has its verdict, and a fault of the problem's program its cause."""
    migrate(database_url)
    store = PostgresStore(database_url)
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
    results = {}
    with (
        Judge(Config(speed=SPEED), engine="local", slots=1) as judge,
        Running(Worker(queue, store, judge, outbox, slots=1)),
        Client(broker_url, prefix=prefix) as client,
    ):
        for name, (solution, program, talks, *_) in FAULTS.items():
            problem = Problem(
                tests=(TestCase(input="1", expected="1"),),
                checker=CheckerProgram(language="python", source=program, limits=QUICK),
                passes=1 if talks else 2,
                limits=QUICK,
                **({"procedure": Interactive()} if talks else {}),
            )
            one = message(language="python", source=solution, tests=None, problem=problem)
            results[name] = client.wait(client.submit(one), 60).result

    assert {name: fault[3] for name, fault in FAULTS.items()} == {
        name: result.verdict for name, result in results.items()
    }
    for name, (*_, cause) in FAULTS.items():
        assert cause in (results[name].cause or "")
        assert bool(cause) == bool(results[name].cause)


@pytest.mark.parametrize("stored", [True, False])
def test_every_kind_through_the_pipeline(
    stored: bool, broker_url: str, prefix: str, database_url: str
) -> None:
    """Stored under a slug or brought by the message, a problem is judged as in the library."""
    migrate(database_url)
    store = PostgresStore(database_url)
    sent = []
    for slug, (name, *_) in EXPECTED.items():
        problem, labelled = load_all(EXAMPLES / slug, strict=True)
        store.add_problem(slug, problem)
        code = next(one.code for one in labelled if one.name == name)
        sent.append((code, problem))
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
    with (
        Judge(engine="local", slots=1) as judge,
        Running(Worker(queue, store, judge, outbox, slots=1)),
        Client(broker_url, prefix=prefix) as client,
    ):
        results = []
        for code, problem in sent:
            given: Problem | str | None = problem.slug if stored else problem
            one = message(language=code.language, source=code.source, tests=None, problem=given)
            results.append(client.wait(client.submit(one), 60).result)

    assert list(EXPECTED.values()) == [
        (name, result.verdict, result.score)
        for (name, *_), result in zip(EXPECTED.values(), results, strict=True)
    ]

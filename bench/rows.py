"""What each statement costs with many rows: `python -m bench.rows [--rows 3000000] [--json]`.

Fills the tables of a database of its own (fsync on), and makes every seventh submission PENDING as
a large rejudge does, without the ANALYZE that would tell the planner. Then each statement of the
worker and each look-up by id is done many times, each time for another row; those that change
something are rolled back, so the disk's part of a commit is not in the figures. Also what the plan
reads. `--migrations 4` measures the schema as it was after that migration.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

from bench.services import database
from bench.starting import run
from consumers.contracts import RejudgeFilter
from consumers.postgres import PostgresStore, migrate, migrating, migrations
from consumers.postgres.driver import Connection, connect
from consumers.postgres.statements import execute, queries
from judgecore.errors import JudgecoreError

TIMES = 40
PREPARED = frozenset({"begin", "finish"})  # as the worker does
OPTIONS = (
    "-c", "max_wal_size=8GB", "-c", "checkpoint_timeout=1h", "-c", "autovacuum=off",
    "-c", "shared_buffers=1GB",
)  # fmt: skip
NAMES = """
    INSERT INTO users (name) SELECT 'user ' || n FROM generate_series(1, 1000) AS n;
    INSERT INTO problems (slug, title, limits, checker, content_hash)
    SELECT 'p' || n, 'P', '{}', '{}', n FROM generate_series(1, 300) AS n;
"""
FILL = """
    SET synchronous_commit = off;
    SET session_replication_role = replica;  -- no look at each row that another one refers to
    WITH made AS (
        INSERT INTO submissions (shard, id, user_id, problem_id, language, source, verdict, starts,
                                 cpu_ms, wall_ms, memory_bytes, tier,
                                 submitted_at, started_at, judged_at)
        SELECT get_byte(uuid_send(id), 15) % 64, id, 1 + n % 1000, 1 + n % 300, 'python',
               'print(3)', (ARRAY['AC', 'WA', 'TLE', 'RE'])[1 + n % 4]::verdict, 1, 15, 20,
               9000000, 'container', at, at, at
        FROM (SELECT n, gen_random_uuid() AS id, now() - n * interval '10 s' AS at
              FROM generate_series({first}, {last}) AS n) AS made
        RETURNING shard, id, user_id, verdict
    ), results AS (
        INSERT INTO submission_results (shard, submission_id, ordinal, name, verdict, detail,
                                        stderr, cpu_ms, wall_ms, memory_bytes, exit_code,
                                        cpu_source, memory_source)
        SELECT shard, id, 0, '1', verdict, '', '', 15, 20, 9000000, 0, 'cgroup', 'cgroup'
        FROM made
    )
    INSERT INTO attempts (shard, submission_id, attempt, verdict, starts, tests)
    SELECT shard, id, 1, 'WA', 1, '[]' FROM made WHERE user_id % 7 = 0;
"""
PORTION = 100_000
PENDING = """
    SET synchronous_commit = off;
    UPDATE submissions SET verdict = 'PENDING', attempt = 2, starts = 0, judged_at = NULL
    WHERE user_id % 7 = 0
"""
BY_ID = {
    "row by id": "SELECT * FROM submissions WHERE id = %(id)s::uuid",
    "tests by id": "SELECT * FROM submission_results WHERE submission_id = %(id)s::uuid",
    "history by id": "SELECT * FROM submission_history WHERE submission_id = %(id)s::uuid",
}
TESTS = json.dumps(
    [
        {
            "ordinal": 100 + n, "name": str(n), "verdict": "AC", "detail": "", "stderr": "",
            "cpu_ms": 1, "wall_ms": 1, "memory_bytes": 1,
            "cpu_source": "cgroup", "memory_source": "cgroup",
        }
        for n in range(10)
    ]
)  # fmt: skip
# What a statement needs beside the key of a PENDING submission.
STATEMENTS: dict[str, dict[str, Any]] = {
    "begin": {
        "batch": None, "user": "user 7", "problem": "p7", "language": "python", "source": "x",
        "inline": None, "published_s": None, "holder": None, "lease_s": None, "shown_holder": None,
        "publisher": None, "slot": "judgecore.row_0", "hasty": False,
    },
    "begin_again": {"attempt": 2, "holder": None, "lease_s": None, "shown_holder": None},
    "leave": {"attempt": 2, "queue": "batch"},
    "recall": {},
    "fail": {"attempt": 2, "cause": "x"},
    "finish": {
        "attempt": 2, "starts": 1, "verdict": "AC", "language": "c", "cpu_ms": 1, "wall_ms": 1,
        "memory_bytes": 1, "tier": "x", "compile": None, "cause": None, "more": None,
        "tests": TESTS, "event": "{}", "own_s": 5,
        "slot": "judgecore.row_0", "hasty": False,
    },
    "refuse": {"attempt": 2, "reason": "x"},
    "verdict": {},
    "result_tests": {},
    "history": {},
    "claim": {"limit": 100, "most_bytes": 4 << 20, "own_s": 5, "kind": "result"},
    "wake": {},
    "clock_set_back": {"longest_s": 600},
    "problem_hash": {"slug": "p7"},
    **{name: {} for name in BY_ID},
}  # fmt: skip


def key_of(row: tuple[int, str]) -> dict[str, Any]:
    """The key of a row as statements name it."""
    return {"shard": row[0], "id": row[1]}


def timed_ms(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def measure(connection: Connection, name: str, keys: list[tuple[int, str]]) -> dict[str, Any]:
    """How long a statement takes when warm, ms, and what its plan reads."""
    sql = BY_ID.get(name) or queries()[name]
    with connection.cursor() as cursor:

        def once(row: tuple[int, str]) -> float:
            values = {**key_of(row), **STATEMENTS[name]}
            if name == "begin":  # a new one, as nearly all are
                new = uuid4()
                values |= {"id": str(new), "shard": new.bytes[15] % 64}
            cursor.execute("BEGIN")
            if name in PREPARED:
                took = timed_ms(lambda: execute(cursor, name, values))
            else:
                took = timed_ms(lambda: cursor.execute(sql, values))
            cursor.execute("ROLLBACK")
            return took

        took = [once(row) for row in keys][len(keys) // 4 :]  # the first ones warm up
        cursor.execute(f"EXPLAIN {sql}", {**key_of(keys[0]), **STATEMENTS[name]})
        plan = " ".join(line for (line,) in cursor.fetchall())
    return {**figures(took), "reads": reads(plan)}


def figures(took_ms: list[float]) -> dict[str, float]:
    """The median, and the fastest of ten: a busy machine makes the median longer."""
    fastest = statistics.quantiles(took_ms, n=10)[0]
    return {"median_ms": round(statistics.median(took_ms), 2), "fastest_ms": round(fastest, 2)}


def reads(plan: str) -> list[str]:
    """Which indexes and tables a plan reads, partitions of one table once."""
    found = re.findall(r"((?:Seq|Index|Index Only|Bitmap Index) Scan (?:using|on) \w+)", plan)
    return sorted({re.sub(r"_\d+\b|_\d+(?=_)", "", scan) for scan in found})


def rejudges(url: str, keys: list[tuple[int, str]]) -> dict[str, Any] | None:
    """How long a rejudge of one submission takes, ms; None where the schema is too old."""
    with closing(PostgresStore(url)) as store:
        try:
            took = [
                timed_ms(lambda: store.rejudge(RejudgeFilter(submission_ids=(UUID(one),))))  # noqa: B023
                for _, one in keys[:12]
            ]
        except JudgecoreError:
            return None
    return {**figures(took[2:]), "reads": []}


def some(connection: Connection, verdict: str) -> list[tuple[int, str]]:
    """The keys of some submissions, from all over the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shard, id::text FROM submissions WHERE verdict = %s AND random() < 0.02"
            " LIMIT 5000",
            [verdict],
        )
        return random.Random(7).sample(cursor.fetchall(), TIMES)


def fill(url: str, rows: int) -> None:
    """Make so many rows of submissions, with their tests, over some connections at once."""

    def portion(first: int) -> None:
        with closing(connect(url, autocommit=True)) as connection, connection.cursor() as cursor:
            cursor.execute(FILL.format(first=first, last=min(first + PORTION - 1, rows)))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(portion, range(1, rows + 1, PORTION)))


def measure_all(url: str, rows: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Fill, then measure everything."""
    with closing(connect(url, autocommit=True)) as connection, connection.cursor() as cursor:
        step(f"filling the tables with {rows} submissions")
        cursor.execute(NAMES)
        took_s = timed_ms(lambda: fill(url, rows)) / 1000
        cursor.execute("VACUUM ANALYZE")
        step("making every seventh PENDING")
        cursor.execute(PENDING)
        cursor.execute("SELECT count(*) FROM submissions GROUP BY tableoid ORDER BY 1")
        partitions = [count for (count,) in cursor.fetchall()]
        pending, judged = some(connection, "PENDING"), some(connection, "WA")
        found: dict[str, Any] = {"rows": rows, "fill_s": round(took_s), "partitions": partitions}
        for name in STATEMENTS:
            step(name)
            found[name] = measure(connection, name, pending)
        step("rejudge")
        found["rejudge of one"] = rejudges(url, judged)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--migrations", type=int, default=None, help="apply only the first ones")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    applied = migrations()[: options.migrations]
    migrating.migrations = lambda: applied
    with database(*OPTIONS) as url:
        migrate(url)
        found = measure_all(url, options.rows, lambda what: print(what, file=sys.stderr))
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            fastest = f"(fastest tenth {value['fastest_ms']:.2f})"
            value = f"{value['median_ms']:8.2f} ms {fastest:24} {', '.join(value['reads'])}"
        print(f"{name:16} {value}")


if __name__ == "__main__":
    run(main)

"""How many slots a day needs for a short wait: `python -m bench.scale [--json] [--day FILE]`.

A day is how many submissions arrive in each of its hours: 24 numbers, one a line, in a file. The
built-in one is a course whose deadline is in the evening. Within an hour they arrive independently
of each other. How long a submission takes a slot is measured here, by judging a mix of small and
usual ones; with more slots than cores of this machine, the model takes as many cores as slots.
Printed is the fewest slots with which 95 in 100 submissions wait less than two seconds, for the
whole day and for its worst hour.

Then the model is checked: submissions are judged as they arrive in one slot and in two, and the
waits that were measured are compared with what the model says for the same arrivals: it draws how
long each takes many times, and nine draws in ten give a wait within `p95_model_range_s`.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.pipeline import SMALL, USUAL
from bench.services import image
from bench.starting import run
from judgecore import Judge, Submission
from judgecore.config import Config
from judgecore.verdict import Verdict

DAY = (
    20, 10, 5, 5, 5, 10, 30, 80, 200, 400, 500, 500,
    400, 500, 600, 600, 700, 900, 1300, 2000, 3000, 4500, 6000, 900,
)  # fmt: skip
MOST_WAIT_S = 2.0
_MOST_SLOTS = 1024
_USUAL_IN = 10  # one of so many submissions is usual; the others are small
_MEASURED = 20  # submissions of each size
_DRAWS = 200
_LOAD = 0.7  # of the slots' time, in the check


def arrivals_of(day: Sequence[float], seed: int, hour_s: float = 3600.0) -> list[float]:
    """When submissions arrive, seconds from midnight on: Poisson within each hour."""
    chance = random.Random(seed)
    found = []
    for hour, count in enumerate(day):
        at = chance.expovariate(count / hour_s) if count else hour_s
        while at < hour_s:
            found.append(hour * hour_s + at)
            at += chance.expovariate(count / hour_s)
    return found


def waits_of(arrivals: Sequence[float], takes: Sequence[float], slots: int) -> list[float]:
    """How long each waits for a slot, first come, first served; `takes`: for how long it has it."""
    free = [0.0] * slots
    waits = []
    for at, needed in zip(arrivals, takes, strict=True):
        begins = max(at, free[0])
        heapq.heapreplace(free, begins + needed)
        waits.append(begins - at)
    return waits


def p95(waits: Sequence[float]) -> float:
    """What 95 in 100 do not exceed; 0 of none."""
    return sorted(waits)[(len(waits) * 95 - 1) // 100] if waits else 0.0


def worst_hour(arrivals: Sequence[float], waits: Sequence[float]) -> float:
    """The 95th percentile of the hour in which it is largest."""
    hours: dict[int, list[float]] = {}
    for at, wait in zip(arrivals, waits, strict=True):
        hours.setdefault(int(at // 3600), []).append(wait)
    return max(map(p95, hours.values()), default=0.0)


def needed(day: Sequence[float], measured: Sequence[float], seed: int) -> dict[str, float]:
    """The fewest slots for the whole day and for its worst hour, and the waits with them."""
    arrivals = arrivals_of(day, seed)
    chance = random.Random(seed)
    takes = [chance.choice(measured) for _ in arrivals]
    found: dict[str, float] = {"submissions": len(arrivals)}
    for slots in range(1, _MOST_SLOTS + 1):
        waits = waits_of(arrivals, takes, slots)
        day_s, hour_s = p95(waits), worst_hour(arrivals, waits)
        if day_s < MOST_WAIT_S and "slots" not in found:
            found |= {"slots": slots, "p95_s": round(day_s, 3)}
        if hour_s < MOST_WAIT_S:
            return found | {"slots_worst_hour": slots, "p95_worst_hour_s": round(hour_s, 3)}
    raise SystemExit(f"bench.scale: {_MOST_SLOTS} slots are too few for that day")


def mixed(count: int, seed: int) -> list[Submission]:
    """Small ones and usual ones, each of which is compiled."""
    chance = random.Random(seed)
    programs = (USUAL if chance.randrange(_USUAL_IN) == 0 else SMALL for _ in range(count))
    return [program.submission() for program in programs]


def measured_in(judge: Judge, seed: int) -> list[float]:
    """Times of submissions, seconds, all slots busy; as many of each size as there are in a day.

    The size of a submission makes most of the difference, and few of a random mix are usual ones:
    so as many of both are measured, and the small ones repeated.
    """
    programs = [SMALL, USUAL] * _MEASURED
    random.Random(seed).shuffle(programs)
    with ThreadPoolExecutor(judge.slots) as threads:
        submissions = [program.submission() for program in programs]
        took_s = list(threads.map(lambda one: _time_of(judge, one), submissions))
    sized = list(zip(programs, took_s, strict=True))
    small, usual = ([s for one, s in sized if one is size] for size in (SMALL, USUAL))
    return small * (_USUAL_IN - 1) + usual


def _time_of(judge: Judge, submission: Submission) -> float:
    began = time.perf_counter()
    result = judge.judge(submission)
    if result.verdict is not Verdict.AC:
        raise SystemExit(f"bench.scale: {result.verdict} instead of AC: {result.cause or ''}")
    return time.perf_counter() - began


def real(
    judge: Judge, arrivals: Sequence[float], submissions: Sequence[Submission]
) -> tuple[list[float], list[float]]:
    """Judge each when it arrives; how long each waited, and how long it took, seconds."""
    began = time.perf_counter()

    def one(n: int) -> tuple[float, float]:
        waited_s = time.perf_counter() - began - arrivals[n]
        return waited_s, _time_of(judge, submissions[n])

    found = []
    with ThreadPoolExecutor(judge.slots) as threads:
        for n, at in enumerate(arrivals):
            time.sleep(max(0.0, began + at - time.perf_counter()))
            found.append(threads.submit(one, n))
    return [one.result()[0] for one in found], [one.result()[1] for one in found]


def checked(config: Config, slots: int, lasting_s: float, seed: int) -> dict[str, object]:
    """A real run in so many slots beside what the model says of the same arrivals."""
    with Judge(config, slots=slots) as judge:
        judge.warm()
        for program in (SMALL, USUAL):  # caches
            _time_of(judge, program.submission())
        measured = measured_in(judge, seed)
        rate = _LOAD * slots / statistics.mean(measured)
        arrivals = arrivals_of([rate * lasting_s], seed, lasting_s)
        waits, takes = real(judge, arrivals, mixed(len(arrivals), seed + 2))
    chance = random.Random(seed)
    draws = (chance.choices(measured, k=len(arrivals)) for _ in range(_DRAWS))
    model = statistics.quantiles([p95(waits_of(arrivals, one, slots)) for one in draws], n=20)
    exact = waits_of(arrivals, takes, slots)
    return {
        "slots": slots,
        "submissions": len(arrivals),
        "mean_s": round(statistics.mean(measured), 3),
        "p95_real_s": round(p95(waits), 3),
        "p95_model_s": round(model[9], 3),
        "p95_model_range_s": [round(model[0], 3), round(model[-1], 3)],
        "p95_model_same_times_s": round(p95(exact), 3),
    }


def day_of(path: Path | None) -> tuple[float, ...]:
    """The day in a file."""
    if path is None:
        return DAY
    found = tuple(float(word) for word in path.read_text().split())
    if len(found) != len(DAY) or min(found) < 0:
        raise SystemExit(f"bench.scale: {path}: 24 numbers are needed, none below 0")
    return found


def main() -> None:
    """Print the slots that are needed, and the check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--day", type=Path, help="24 numbers: submissions of each hour")
    parser.add_argument("--takes", type=float, nargs="*", help="seconds, instead of measuring")
    parser.add_argument("--lasting", type=float, default=60, help="of each check, seconds; 0: none")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = Config(engine=options.engine, image=image("SLOTS"))
    takes = options.takes
    if not takes:
        with Judge(config, slots=1) as judge:
            for program in (SMALL, USUAL):
                _time_of(judge, program.submission())
            takes = measured_in(judge, options.seed)
    figures = {
        "mean_s": round(statistics.mean(takes), 3),
        "day": needed(day_of(options.day), takes, options.seed),
        "checks": [
            checked(config, slots, options.lasting, options.seed)
            for slots in (1, 2)
            if options.lasting
        ],
    }
    print(json.dumps(figures, indent=None if options.json else 2))


if __name__ == "__main__":
    run(main)

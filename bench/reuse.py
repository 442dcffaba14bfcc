"""What each reuse setting costs: `python -m bench.reuse [--json]`.

A trivial submission (one test, a shell script) is judged again and again under `fast`, `balanced`
and `strict`, by turns, so that all three see the same machine. Printed are the
median and the mean time of a submission, milliseconds, and the ratio of the means to that of
`fast`. A round has more submissions than `balanced` gives to one slot, so that its replacement is
in the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from contextlib import ExitStack
from dataclasses import replace

from rich.console import Console
from rich.progress import Progress

from bench.starting import run
from judgecore import Judge, Submission, TestCase, Verdict
from judgecore.config import DEFAULT_REPLACE_AFTER, Config, Reuse

# These take turns submission by submission; `strict` apart: its starts would slow the others.
_REUSING = (Reuse.FAST, Reuse.BALANCED)


def _submission() -> Submission:
    return Submission(
        language="bash",
        source="read a b; echo $((a + b))",
        tests=[TestCase(input="2 40", expected="42")],
    )


def _timed(judge: Judge) -> float:
    began = time.perf_counter()
    verdict = judge.judge(_submission()).verdict
    if verdict is not Verdict.AC:
        raise SystemExit(f"the program got {verdict}")
    return (time.perf_counter() - began) * 1000


def measure(config: Config, rounds: int, each: int) -> dict[str, dict[str, float]]:
    """Times of `rounds` times `each` submissions, a fifth of that for `strict`, milliseconds."""
    times: dict[str, list[float]] = {setting: [] for setting in Reuse}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("submissions", total=rounds * (2 * each + each // 5))
        for settings, count in ((_REUSING, each), ((Reuse.STRICT,), each // 5)) * rounds:
            with ExitStack() as stack:
                judges = {
                    setting: stack.enter_context(Judge(replace(config, reuse=setting), slots=1))
                    for setting in settings
                }
                for setting in settings * (count + 1):
                    times[setting].append(_timed(judges[setting]))
                    bar.advance(task)
                for setting in settings:  # the first submission waited for the first slot
                    times[setting].pop(-count - 1)
    return {name: _summary(values, times["fast"]) for name, values in times.items()}


def _summary(values: list[float], fast: list[float]) -> dict[str, float]:
    return {
        "submissions": len(values),
        "median_ms": round(statistics.median(values), 2),
        "mean_ms": round(statistics.fmean(values), 2),
        "ratio": round(statistics.fmean(values) / statistics.fmean(fast), 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--each", type=int, default=110, help="submissions a round and setting")
    parser.add_argument("--replace-after", type=int, default=DEFAULT_REPLACE_AFTER)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    config = Config(engine=options.engine, replace_after=options.replace_after)
    figures = measure(config, options.rounds, options.each)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, row in figures.items():
            print(f"{name:9}", "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    run(main)

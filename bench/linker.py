"""What the images' fast linker saves: `python -m bench linker [LANGUAGE …] [--pairs N]`.

The program that proves a language is compiled by turns with the fast linker and with the usual
one, in one slot. Printed are the medians of the CPU time, their ratio and the quartiles of the
pairs' own ratios; then the peak memory of the program that each made. Without names: the languages
that use the fast linker.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
from typing import NamedTuple

from bench.starting import run
from judgecore import Judge, Program, Run
from judgecore.config import Config
from judgecore.languages import Language
from judgecore.limits import MIB, Limits

IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE_FULL", "judgecore/polyglot:full")
FOLDER = "/opt/prebuilt/linker"
_SIDES = f"{'fast':>8}{'usual':>8}"
_LIMITS = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=512 * MIB)


class Built(NamedTuple):
    """One side: CPU time of compiling, and the peak memory of a run."""

    cpu_ms: float
    memory_bytes: int


def sides(language: Language) -> tuple[Language, Language]:
    """The language with the fast linker and with the usual one, and the same otherwise."""
    usual = {k: v for k, v in language.prebuilt.compile_env.items() if k != "COMPILER_PATH"}
    made = []
    for name, env in (("fast", {**usual, "COMPILER_PATH": FOLDER}), ("usual", usual)):
        prebuilt = language.prebuilt.model_copy(update={"compile_env": env})
        update = {"id": f"{language.id}-{name}", "aliases": (), "prebuilt": prebuilt}
        made.append(language.model_copy(update=update))
    return made[0], made[1]


def _built(judge: Judge, language: Language) -> Built:
    source, stdin, expected = language.proof()
    with judge.executors.open(Program(language.id, source.encode())) as (executor,):
        compiled = executor.compiled
        if compiled is None or not compiled.ok:
            raise SystemExit(f"{language.id}: {compiled}")
        ran = executor.run(Run(limits=_LIMITS, stdin=stdin.encode())).report
    if ran.stdout.split() != expected.encode().split():
        raise SystemExit(f"{language.id}: {ran.stdout!r} {ran.stderr!r}")
    return Built(compiled.cpu_ms or 0, ran.memory_bytes or 0)


def _row(judge: Judge, language: Language, pairs: int) -> str:
    both = sides(language)
    for one in both:
        judge.registry.add(one)
    taken = [[_built(judge, one) for one in both] for _ in range(pairs + 1)][1:]
    cpu = [statistics.median(pair[side].cpu_ms for pair in taken) for side in (0, 1)]
    kib = [statistics.median(pair[side].memory_bytes for pair in taken) / 1024 for side in (0, 1)]
    low, _, high = statistics.quantiles([fast.cpu_ms / usual.cpu_ms for fast, usual in taken], n=4)
    compiling = f"{cpu[0]:>8.0f}{cpu[1]:>8.0f}{cpu[0] / cpu[1]:>7.2f}   {low:.2f} to {high:.2f}"
    return f"{language.id:<16}{compiling}{kib[0]:>9.0f}{kib[1]:>8.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0] if __doc__ else None)
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE")
    parser.add_argument("--image", default=IMAGE, help=f"where compilers are (default: {IMAGE})")
    parser.add_argument("--pairs", type=int, default=15, help="of each language (default: 15)")
    given = parser.parse_args()
    config = dataclasses.replace(
        Config.from_env(os.environ), image=given.image, compile_cache_bytes=0, spread=False
    )
    with Judge(config, slots=1) as judge:
        users = [
            one.id for one in judge.registry.values() if "COMPILER_PATH" in one.prebuilt.compile_env
        ]
        print(f"{'':<16}{'compiling, CPU ms':>23}{'':15}{'a run, KiB':>17}")
        print(f"{'language':<16}{_SIDES}{'ratio':>7}{'quartiles':>15} {_SIDES}")
        for name in given.languages or users:
            print(_row(judge, judge.registry[name], given.pairs), flush=True)


if __name__ == "__main__":
    run(main)

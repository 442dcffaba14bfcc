"""What is ready before a program comes, and what that saves.

`python -m bench prebuilt WHAT [LANGUAGE …]`

The program that proves a language is compiled and run in one slot, by turns with WHAT and without:

- `linker`: the faster linker
- `header`: <bits/stdc++.h>, precompiled; the program then includes it first
- `archives`: archives of the classes that compilers and programs on the JVM load
- `programs`: builds of programs that begin faster than the distribution's: Node's own
- `place`: these archives are mapped where they were made for, and not moved
- `garbage`: compilers that are programs in Go collect none while there is room (this has no switch)
- `warm`: interpreters that have started and wait; all others are measured without them
- `thresholds`: the JVM compiles methods later, since a slot has one core (this has no switch)

`--program FILE` takes this program, which reads nothing, in place of the proof: bench/java has some
that work for a tenth of a second and more.

Printed are the medians of the CPU time of compiling and of a run, and of its peak memory, their
ratios, and the quartiles of the pairs' own. Without names: the languages that use it.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.starting import run
from judgecore import Judge, Program, Run
from judgecore.config import Config
from judgecore.languages import Language
from judgecore.limits import MIB, Limits

IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE_FULL", "judgecore/polyglot:full")
FOLDER = "/opt/prebuilt/linker"
_LIMITS = Limits(cpu_ms=20_000, wall_ms=120_000, memory_bytes=512 * MIB)
_IN_PLACE = ("UnlockDiagnosticVMOptions", "ArchiveRelocationMode")
_HEAD = f"{'':<16}{'with':>8}{'without':>8}  ratio   quartiles"

Change = Callable[[Language], dict[str, Any]]
Proof = tuple[str, str, str | None]  # source, input, expected output if any


class Built(NamedTuple):
    """One side: CPU time of compiling and of a run, and the peak memory of the run."""

    compiling_ms: float
    run_ms: float
    memory_kib: float


def _variable(name: str) -> Change:
    """Without a variable of the compiler's environment."""

    def changed(language: Language) -> dict[str, Any]:
        env = {k: v for k, v in language.prebuilt.compile_env.items() if k != name}
        return {"prebuilt": language.prebuilt.model_copy(update={"compile_env": env})}

    return changed


def _words(*parts: str) -> Change:
    """Without the words of a command that have one of these in them."""

    def changed(language: Language) -> dict[str, Any]:
        ready = language.prebuilt
        kept = {
            field: tuple(word for word in words if not any(part in word for part in parts))
            for field, words in (("compile", ready.compile), ("run", ready.run))
        }
        return {"prebuilt": ready.model_copy(update=kept)}

    return changed


def _no_programs(language: Language) -> dict[str, Any]:
    """Commands that are run by what the distribution has."""
    return {"prebuilt": language.prebuilt.model_copy(update={"programs": {}})}


def _no_room(language: Language) -> dict[str, Any]:
    """A compiler that is told that it has no memory to spare."""
    return {"compile": tuple(word.replace("{memory_mb}", "0") for word in language.compile)}


def _usual_thresholds(language: Language) -> dict[str, Any]:
    """Commands that leave it to the JVM when a method is compiled."""
    return {
        field: tuple(word for word in words if "InvocationThreshold" not in word)
        for field, words in (("compile", language.compile), ("run", language.run))
    }


def _cold(_: Language) -> dict[str, Any]:
    """Runs that start an interpreter each."""
    return {"warm": None}


WITHOUT: dict[str, Change] = {
    "linker": _variable("COMPILER_PATH"),
    "header": _variable("CPLUS_INCLUDE_PATH"),
    "archives": _words("SharedArchiveFile", *_IN_PLACE),
    "place": _words(*_IN_PLACE),
    "programs": _no_programs,
    "garbage": _no_room,
    "warm": _cold,
    "thresholds": _usual_thresholds,
}


def sides(language: Language, what: str) -> tuple[Language, Language]:
    """The language with it and without, and the same otherwise."""
    without = language.model_copy(update=WITHOUT[what](language))
    using = language
    if what == "linker":  # also one that does not use it
        env = {**language.prebuilt.compile_env, "COMPILER_PATH": FOLDER}
        ready = language.prebuilt.model_copy(update={"compile_env": env})
        using = language.model_copy(update={"prebuilt": ready})
    made = [
        one.model_copy(update={"id": f"{language.id}-{side}", "aliases": ()})
        for side, one in (("fast", using), ("usual", without))
    ]
    return made[0], made[1]


def _built(judge: Judge, language: Language, proof: Proof) -> Built:
    source, stdin, expected = proof
    with judge.executors.open(Program(language.id, source.encode())) as (executor,):
        if (compiled := executor.compiled) is not None and not compiled.ok:
            raise SystemExit(f"{language.id}: {compiled}")
        ran = executor.run(Run(limits=_LIMITS, stdin=stdin.encode())).report
    same = expected is None or ran.stdout.split() == expected.encode().split()
    if ran.exit_code or not same:
        raise SystemExit(f"{language.id}: {ran.stdout!r} {ran.stderr!r}")
    return Built(
        compiled.cpu_ms or 0 if compiled else 0, ran.cpu_ms, (ran.memory_bytes or 0) / 1024
    )


def _rows(judge: Judge, what: str, name: str, proof: Proof, pairs: int) -> Iterator[str]:
    both = sides(judge.registry[name], what)
    for one in both:
        judge.registry.add(one)
    if what == "header":
        proof = f"#include <bits/stdc++.h>\n{proof[0]}", *proof[1:]
    taken = [[_built(judge, one, proof) for one in both] for _ in range(pairs + 1)][1:]
    for row, figures in (
        ("compiling, ms", [(fast.compiling_ms, usual.compiling_ms) for fast, usual in taken]),
        ("a run, ms", [(fast.run_ms, usual.run_ms) for fast, usual in taken]),
        ("a run, KiB", [(fast.memory_kib, usual.memory_kib) for fast, usual in taken]),
    ):
        if all(usual for _, usual in figures):
            yield _row(row, figures)


def _row(name: str, figures: Sequence[tuple[float, float]]) -> str:
    fast, usual = (statistics.median(pair[side] for pair in figures) for side in (0, 1))
    low, _, high = statistics.quantiles([one / other for one, other in figures], n=4)
    return f"  {name:<14}{fast:>8.1f}{usual:>8.1f}{fast / usual:>7.2f}   {low:.2f} to {high:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0] if __doc__ else None)
    parser.add_argument("what", choices=WITHOUT, metavar="WHAT", help=", ".join(WITHOUT))
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE")
    parser.add_argument("--program", action="append", type=Path, help="in place of the proof")
    parser.add_argument("--image", default=IMAGE, help=f"where compilers are (default: {IMAGE})")
    parser.add_argument("--pairs", type=int, default=15, help="of each language (default: 15)")
    given = parser.parse_args()
    config = dataclasses.replace(
        Config.from_env(os.environ),
        image=given.image,
        compile_cache_bytes=0,
        spread=False,
        warm_starts=given.what == "warm",
    )
    with Judge(config, slots=1) as judge:
        change = WITHOUT[given.what]
        users = [
            one.id
            for one in judge.registry.values()
            if any(getattr(one, field) != value for field, value in change(one).items())
        ]
        print(_HEAD)
        for name in given.languages or users:
            for path in given.program or (None,):
                proof = (path.read_text(), "", None) if path else judge.registry[name].proof()
                print(f"{name} {path.name}" if path else name)
                for line in _rows(judge, given.what, name, proof, given.pairs):
                    print(line, flush=True)


if __name__ == "__main__":
    run(main)

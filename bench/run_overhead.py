"""What a sandboxed run costs over a bare one: `python -m bench.run_overhead [--json]`.

A trivial C program (reads two integers, prints their sum) is run by turns in a warm slot and by
a bare `subprocess.run`, interleaved, so that both see the same machine at the same time. Printed
are the two medians and their ratio.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.starting import run
from judgecore.config import Config
from judgecore.engine import SlotSpec
from judgecore.engine.kinds import make_engine
from judgecore.limits import Limits
from judgecore.runner.protocol import Command
from judgecore.slot import Slot

SOURCE = """
#include <stdio.h>
int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("%d\\n", a + b);
    return 0;
}
"""
STDIN = b"2 40\n"


def _timed(action: Callable[[], bytes]) -> float:
    began = time.perf_counter()
    output = action()
    took = time.perf_counter() - began
    if output != b"42\n":
        raise SystemExit(f"the program printed {output!r}")
    return took * 1000


def measure(engine_name: str, runs: int) -> dict[str, float | str | int]:
    """Medians of `runs` interleaved pairs, milliseconds, and their ratio."""
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "main"
        source = Path(scratch) / "main.c"
        source.write_text(SOURCE)
        # Linked statically: the same bytes run inside and outside, whatever libc the image has.
        subprocess.run(["gcc", "-O2", "-static", "-o", program, source], check=True)
        engine = make_engine(Config(engine=engine_name))
        # The slot itself and no executor, which would compile the program inside: the same bytes
        # have to run in and outside.
        slot = Slot(engine.start(SlotSpec(), "bench"))
        try:
            slot.put("main", program.read_bytes(), 0o755)
            command = Command(("./main",), Limits(), STDIN)
            sandboxed, bare = [], []
            for _ in range(runs + 20):
                sandboxed.append(_timed(lambda: slot.run(command).stdout))
                bare.append(
                    _timed(
                        lambda: (
                            subprocess.run(
                                [program], input=STDIN, capture_output=True, check=True
                            ).stdout
                        )
                    )
                )
        finally:
            slot.destroy()
            engine.close()
    sandboxed_ms = statistics.median(sandboxed[20:])
    bare_ms = statistics.median(bare[20:])
    return {
        "tier": str(engine.tier),
        "runs": runs,
        "sandboxed_ms": round(sandboxed_ms, 3),
        "bare_ms": round(bare_ms, 3),
        "ratio": round(sandboxed_ms / bare_ms, 3),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--engine", choices=("auto", "docker", "local"), default="auto")
    parser.add_argument("--runs", type=int, default=1000, help="interleaved pairs")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.engine, options.runs)
    if options.json:
        print(json.dumps(figures))
    else:
        print("  ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    run(main)

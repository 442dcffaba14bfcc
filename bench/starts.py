"""How long interpreters take to start, in the full image: `python -m bench.starts [--runs N]`.

Each runs an empty program by itself, without a sandbox, by turns with all others. Printed are the
medians, and the ratios to a shell's: what starts as fast as that gains nothing from an interpreter
that has started before. `threads` is how many each has when it reads its program: a fork copies
one of them alone, and the others have to be started again.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess

from bench.bare import bare
from bench.starting import run

IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE_FULL", "judgecore/polyglot:full")
INTERPRETERS = {
    "sh": "",
    "lua5.4": "",
    "perl": "",
    "python3": "",
    "php": "<?php",
    "ruby": "",
    "node": "",
}
_COUNT = "for i; do sleep 4 | $i & sleep 1; ls /proc/$!/task | wc -l; done"


def _threads() -> list[str]:
    """Of each interpreter, while it waits for its program."""
    command = ["docker", "run", "--rm", "--network=none", IMAGE, "sh", "-c", _COUNT, "sh"]
    made = subprocess.run([*command, *INTERPRETERS], stdout=subprocess.PIPE, text=True, check=True)
    return made.stdout.split()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=30, help="of each interpreter (default: 30)")
    runs = parser.parse_args().runs
    took: dict[str, list[float]] = {name: [] for name in INTERPRETERS}
    with bare(IMAGE) as elsewhere:
        for _ in range(runs + 1):
            for name, program in INTERPRETERS.items():
                files = {"main": program}
                took[name].append(elsewhere.seconds([name, "main"], [""], files) * 1000)
    medians = {name: statistics.median(times[1:]) for name, times in took.items()}
    print(f"{'interpreter':<12}{'ms':>8}{'÷ sh':>8}{'threads':>9}")
    for (name, median), threads in zip(medians.items(), _threads(), strict=True):
        print(f"{name:<12}{median:>8.1f}{median / medians['sh']:>8.1f}{threads:>9}")


if __name__ == "__main__":
    run(main)

"""`python -m bench NAME …` is `python -m bench.NAME …`."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run the bench that is named first."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem[0] != "_")
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(f"usage: python -m bench NAME …, NAME one of {', '.join(names)}")
    del sys.argv[0]
    runpy.run_module(f"bench.{sys.argv[0]}", run_name="__main__", alter_sys=True)


main()

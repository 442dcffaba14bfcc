"""Measurements and long trials, each a command: `python -m bench.NAME`, from a checkout."""

import sys
from importlib.util import find_spec

if _missing := [name for name in ("docker", "pika", "psycopg2", "pydantic") if not find_spec(name)]:
    sys.exit(
        f"bench: {', '.join(_missing)} cannot be imported by {sys.executable}; `make venv` prepares"
        " .venv, and `.venv/bin/python -m bench.NAME` starts a bench"
    )

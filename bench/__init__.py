"""Measurements and long trials, each a command: `python -m bench.NAME`, from a checkout."""

import sys
from importlib.util import find_spec

_NEEDED = ("docker", "pika", "psycopg2", "pydantic")
_as_command = sys.argv[:1] == ["-m"]  # while `python -m` looks for the module

if _as_command and (_missing := [name for name in _NEEDED if not find_spec(name)]):
    sys.exit(
        f"bench: {', '.join(_missing)} cannot be imported by {sys.executable}; `make venv` prepares"
        " .venv, and `.venv/bin/python -m bench.NAME` starts a bench"
    )

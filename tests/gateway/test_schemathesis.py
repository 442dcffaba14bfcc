"""Requests that schemathesis makes of the OpenAPI document."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from serving import Http

FETCHED = Path(__file__).parents[2] / ".cache" / "clients" / "schemathesis"
EXAMPLES = os.environ.get("JUDGECORE_TEST_SCHEMATHESIS", "")


def test_no_request_is_the_gateways_fault(fake: Http, tmp_path: Path) -> None:
    """No answer is a 5xx, and each has a status and a media type that the document names.

    JUDGECORE_TEST_SCHEMATHESIS=12 tries that many requests of each operation. The library alone
    takes a quarter of a minute of CPU time.
    """
    if not EXAMPLES:
        pytest.skip("set JUDGECORE_TEST_SCHEMATHESIS to a number of requests")
    if not (FETCHED / "stamp").exists():
        why = "schemathesis is not in .cache/clients: run scripts/clients"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
    checks = "not_a_server_error,status_code_conformance,content_type_conformance"
    command = [
        *(sys.executable, "-P", "-m", "schemathesis.cli", "run", f"{fake.url}/openapi.json"),
        *("--checks", checks, "--phases", "examples,fuzzing", "--max-examples", EXAMPLES),
        *("--seed", "1", "--generation-database", "none", "--no-color"),
        *("--suppress-health-check", "all", "--exclude-path-regex", "events$"),
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(FETCHED)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )

    assert 0 == done.returncode, done.stdout[-5000:] + done.stderr[-2000:]

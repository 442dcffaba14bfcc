"""What a user would do instead: the same commands without a sandbox, where the sandboxes run."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

# Runs in the same image, by `subprocess.run`, and measures itself: the way there and back is in no
# figure.
_DRIVER = """
import json, os, subprocess, sys, tempfile, time
os.chdir(tempfile.mkdtemp())
for line in sys.stdin:
    asked = json.loads(line)
    for path, text in asked["files"].items():
        open(path, "w").write(text)
    if asked["before"]:
        subprocess.run(asked["before"], check=True, capture_output=True)
    began = time.perf_counter()
    if asked["compile"]:
        subprocess.run(asked["compile"], check=True, capture_output=True)
    for text in asked["inputs"]:
        subprocess.run(asked["run"], input=text.encode(), check=True, capture_output=True)
    print(time.perf_counter() - began, flush=True)
"""


class Bare:
    """A Python that runs commands, in a container of the image or on this machine."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def seconds(
        self,
        run: Sequence[str],
        inputs: Sequence[str],
        files: dict[str, str] | None = None,
        compiling: Sequence[str] = (),
        before: Sequence[str] = (),
    ) -> float:
        """How long compiling takes, and a run for each input. `before` is not measured."""
        asked = {"run": run, "inputs": inputs, "files": files or {}}
        asked |= {"compile": compiling, "before": before}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextmanager
def bare(image: str | None) -> Iterator[Bare]:
    """A Python in a container of this image; None: on this machine."""
    prefix = [] if image is None else ["docker", "run", "--rm", "-i", "--network=none", image]
    process = subprocess.Popen(
        [*prefix, "python3", "-u", "-c", _DRIVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Bare(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()

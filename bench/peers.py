"""What others offer for one run of a program: each a way to run the same binary, once a call.

Whatever is not installed is not measured. bench/README.md says how to install the others.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.measure import NotMeasured
from bench.run_overhead import STDIN

Ran = Callable[[], bytes]
Peer = Callable[[Path, str], AbstractContextManager[Ran]]
_BOX = "--box-id=93"
_JUDGER = Path("/usr/lib/judger/libjudger.so")


def _command(words: Sequence[str]) -> Ran:
    return lambda: subprocess.run(words, input=STDIN, capture_output=True, check=True).stdout


def _need(command: str) -> None:
    if shutil.which(command) is None:
        raise NotMeasured(f"{command} is not installed")


def _said(*words: str) -> str:
    """What a command prints; one that fails cannot be measured."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(f"{words[0]}: {(done.stderr or done.stdout).strip()[:200]}")
    return done.stdout.strip()


@contextmanager
def bare(program: Path, _image: str) -> Iterator[Ran]:
    """No sandbox."""
    yield _command([str(program)])


@contextmanager
def isolate(program: Path, _image: str) -> Iterator[Ran]:
    """isolate's `--run` in a box that is there; without control groups."""
    _need("isolate")
    box = Path(_said("isolate", _BOX, "--init")) / "box"
    try:
        shutil.copy(program, box / "main")
        with tempfile.TemporaryDirectory() as scratch:
            limits = ["--time=10", "--wall-time=20", "--mem=262144", f"--meta={scratch}/meta"]
            yield _command(["isolate", _BOX, "--silent", *limits, "--run", "--", "./main"])
    finally:
        subprocess.run(["isolate", _BOX, "--cleanup"], check=False, capture_output=True)


@contextmanager
def bubblewrap(program: Path, _image: str) -> Iterator[Ran]:
    """bubblewrap: namespaces of its own for each run; it measures and limits nothing."""
    _need("bwrap")
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", str(program.parent)]
    words += ["/box", "--proc", "/proc", "--dev", "/dev", "--chdir", "/box", "./main"]
    _said("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true")
    yield _command(words)


@contextmanager
def docker_run(program: Path, image: str) -> Iterator[Ran]:
    """A new container for each run."""
    _need("docker")
    _said("docker", "image", "inspect", "--format", "{{.Id}}", image)
    words = ["docker", "run", "--rm", "-i", "--network=none", f"--volume={program.parent}:/box:ro"]
    yield _command([*words, "--entrypoint=/box/main", image])


@contextmanager
def docker_exec(program: Path, image: str) -> Iterator[Ran]:
    """`docker exec` in a container that is there."""
    _need("docker")
    words = ["docker", "run", "--detach", "--rm", "--network=none", "--entrypoint=sleep"]
    container = _said(*words, f"--volume={program.parent}:/box:ro", image, "infinity")
    try:
        yield _command(["docker", "exec", "-i", container, "/box/main"])
    finally:
        subprocess.run(["docker", "rm", "-f", container], check=False, capture_output=True)


@contextmanager
def dmoj(program: Path, _image: str) -> Iterator[Ran]:
    """DMOJ's tracer, in this process, as its judge uses it."""
    if importlib.util.find_spec("dmoj") is None:
        raise NotMeasured("DMOJ's judge (the Python package dmoj) is not installed")
    cptbox = importlib.import_module("dmoj.cptbox")

    def once() -> bytes:
        process = cptbox.TracedPopen(
            [bytes(program)],
            executable=bytes(program),
            security=cptbox.IsolateTracer(read_fs=[], write_fs=[]),
            time=10,
            memory=262144,
            env={},
            cwd=bytes(program.parent),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        output, _ = process.communicate(STDIN)
        assert isinstance(output, bytes)
        return output

    yield once


@contextmanager
def qingdao(program: Path, _image: str) -> Iterator[Ran]:
    """The sandbox of QingdaoU's judge: a program with files for the streams."""
    if not _JUDGER.exists():
        raise NotMeasured(f"QingdaoU's sandbox ({_JUDGER}) is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        given, output = Path(scratch) / "in", Path(scratch) / "out"
        given.write_bytes(STDIN)
        words = [str(_JUDGER), f"--exe_path={program}", f"--input_path={given}"]
        words += [f"--output_path={output}", f"--error_path={output}", f"--log_path={scratch}/log"]
        words += ["--seccomp_rule_name=c_cpp", "--uid=65534", "--gid=65534", "--max_cpu_time=10000"]
        words += ["--max_real_time=20000", f"--max_memory={256 << 20}"]

        def once() -> bytes:
            subprocess.run(words, check=True, capture_output=True)
            return output.read_bytes()

        yield once


PEERS: dict[str, Peer] = {
    "isolate --run": isolate,
    "bubblewrap": bubblewrap,
    "docker exec": docker_exec,
    "docker run": docker_run,
    "DMOJ's sandbox": dmoj,
    "QingdaoU's sandbox": qingdao,
}

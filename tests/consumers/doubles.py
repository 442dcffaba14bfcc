"""What the tests of the consumers share: a judge that plays a script, and makers of messages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from uuid import UUID, uuid4

from consumers.messages import SubmissionMessage
from consumers.worker import Worker
from judgecore.errors import EngineUnavailable, JudgingTimeout, UnknownLanguage
from judgecore.interruption import Interruption
from judgecore.problem import TestCase
from judgecore.report import Limit
from judgecore.result import CompileResult, Result, TestResult
from judgecore.submission import Submission
from judgecore.tally import FastPaths
from judgecore.verdict import Verdict

LEASE_S = 0.6  # how long a claim holds in the stores of the tests
OWN_S = 0.2  # how long the stores of the tests leave an event to whoever stored it
TESTS = (TestCase(input="1 2\n", expected="3\n"),)


class ScriptedJudge:
    """Knows python only; does what `script` says, then accepts everything."""

    def __init__(self, *script: Exception | Verdict) -> None:
        self.script = list(script)
        self.judged: list[Submission] = []
        self.hold = threading.Event()
        self.hold.set()
        self.started = threading.Event()
        self.gone = False
        self._lock = threading.Lock()
        self._busy = 0

    @property
    def busy(self) -> int:
        return self._busy

    @property
    def fast_paths(self) -> FastPaths:
        return FastPaths()

    def resolve_language(self, name: str) -> str:
        if name not in ("python", "py"):
            raise UnknownLanguage(f"language: {name!r} is unknown")
        return "python"

    def check(self) -> None:
        if self.gone:
            raise EngineUnavailable("no Docker daemon answers")

    def _waited(self, timeout_s: float, interruption: Interruption) -> bool:
        deadline = time.monotonic() + timeout_s
        while not self.hold.wait(0.01):
            interruption.check()
            if time.monotonic() > deadline:
                return False
        return True

    def judge(
        self,
        submission: Submission,
        progress: Callable[[TestResult], None] | None = None,
        *,
        timeout_s: float | None = None,
        interruption: Interruption | None = None,
    ) -> Result:
        with self._lock:
            self.judged.append(submission)
            step = self.script.pop(0) if self.script else Verdict.AC
            self._busy += 1
        self.started.set()
        try:
            in_time = self._waited(timeout_s or 30, interruption or Interruption())
        finally:
            with self._lock:
                self._busy -= 1
        if not in_time and timeout_s is not None:
            raise JudgingTimeout(f"no result within {timeout_s:g} s")
        if isinstance(step, Exception):
            raise step
        result = result_of(submission.id, step)
        for test in result.tests if progress else ():
            progress(test)  # type: ignore[misc]
        return result


def result_of(submission_id: UUID, verdict: Verdict = Verdict.AC) -> Result:
    """A result with a bit of everything in it."""
    test = TestResult(
        name="1", verdict=verdict, detail="said so", stderr="warning\n", cpu_ms=1.5, wall_ms=2.5,
        memory_bytes=4096, exit_code=0, cpu_source="cgroup", memory_source="cgroup",
        stdout="4\n", limit=Limit.CPU, stdout_truncated=True,
    )  # fmt: skip
    return Result(
        submission_id=submission_id,
        language="python",
        verdict=verdict,
        tests=(test, test.model_copy(update={"name": "2"})),
        compile=CompileResult(ok=True, output="fine", exit_code=0),
        cpu_ms=1.5,
        wall_ms=2.5,
        memory_bytes=4096,
        tier="scripted",
    )


def message(**changes: object) -> SubmissionMessage:
    """A submission that any consumer would take."""
    values: dict[str, object] = {
        "submission_id": uuid4(),
        "language": "python",
        "source": "print(3)",
        "tests": TESTS,
    }
    return SubmissionMessage.model_validate({**values, **changes})


def until(holds: Callable[[], object], within_s: float = 10.0) -> None:
    """Wait for something to become true, or fail."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Running:
    """A worker in a thread; leaving the block stops it and raises what it raised."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.worker.run()
        except BaseException as exc:
            self.error = exc

    def __enter__(self) -> Worker:
        self._thread.start()
        return self.worker

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the worker did not end"
        if self.error is not None:
            raise self.error

"""The backend without a broker: a `Judge` in this process.

What it has accepted is in memory, and gone when the process ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from consumers.events import quiet
from consumers.gateway.backends import Ended, Load, Overloaded, State, Update, ended_now
from consumers.gateway.listeners import Listeners
from consumers.messages import SubmissionMessage
from judgecore import Judge
from judgecore.errors import InfrastructureError, InvalidSubmission, PoolClosed, UsageError
from judgecore.limits import MIB
from judgecore.problem import Problem
from judgecore.result import Result, TestResult
from judgecore.submission import Submission
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

log = logging.getLogger(__name__)

MOST_WAITING = 2_000
MOST_AGE_S = 60.0
MOST_WAITING_BYTES = 512 * MIB  # of programs and tests
KEPT_BYTES = 256 * MIB  # of all results
OUTPUT_BYTES = 64 * MIB  # of one result
_OVERHEAD_BYTES = 4_000
_EACH_TEST_BYTES = 2_000


@dataclass(slots=True, eq=False)
class _Job:
    message: SubmissionMessage | None
    begun: bool = False
    queued_at: float = field(default_factory=time.monotonic)
    future: Future[Ended] = field(default_factory=Future)
    size_bytes: int = 0


class EmbeddedBackend:
    """Judges in `judge`, and closes it.

    It refuses submissions when `most_waiting` wait, or `most_waiting_bytes` of them, or the first
    of them has waited for more than `most_age_s` and every slot has another one to take. Results
    are kept within `most_kept_bytes`; the oldest go first.
    """

    kept_bytes = OUTPUT_BYTES

    def __init__(
        self,
        judge: Judge,
        *,
        most_waiting: int = MOST_WAITING,
        most_age_s: float = MOST_AGE_S,
        most_kept_bytes: int = KEPT_BYTES,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
    ) -> None:
        self._judge = judge
        self._listeners = Listeners()
        self.spread = judge.slots
        self._most_waiting = most_waiting
        self._most_age_s = most_age_s
        self._most_kept_bytes = most_kept_bytes
        self._most_waiting_bytes = most_waiting_bytes
        self._waiting_bytes = 0
        self._lock = threading.Lock()
        self._jobs: dict[UUID, _Job] = {}
        self._waiting: OrderedDict[UUID, _Job] = OrderedDict()
        self._ended: OrderedDict[UUID, int] = OrderedDict()
        self._size_bytes = 0
        self._threads = ThreadPoolExecutor(judge.slots, thread_name_prefix="gateway-judge")

    def __repr__(self) -> str:
        return f"<EmbeddedBackend {self._judge!r}>"

    def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
        if message.slug is not None:
            raise InvalidSubmission("problem", "no problem is stored here; send it whole")
        job = _Job(message, size_bytes=_message_bytes(message))
        with self._lock:
            if message.submission_id in self._jobs:
                return
            self._require_room(job.size_bytes)
            self._waiting_bytes += job.size_bytes
            self._jobs[message.submission_id] = self._waiting[message.submission_id] = job
        try:
            self._threads.submit(self._work, message.submission_id, job)
        except RuntimeError:  # the threads have ended
            with self._lock:
                del self._jobs[message.submission_id], self._waiting[message.submission_id]
                self._waiting_bytes -= job.size_bytes
            raise PoolClosed("the gateway is stopping") from None

    def awaited(self, submission_id: UUID) -> Future[Ended]:
        with self._lock:
            return self._jobs[submission_id].future

    def state(self, submission_id: UUID) -> State | None:
        with self._lock:
            job = self._jobs.get(submission_id)
        if job is None:
            return None
        if not job.future.done():
            return State(Verdict.JUDGING if job.begun else Verdict.PENDING)
        ended = job.future.result()
        return State(ended.result.verdict, ended)

    def follow(self, submission_id: UUID, push: Callable[[Update], None]) -> Callable[[], None]:
        return self._listeners.add(submission_id, push)

    def load(self) -> Load:
        with self._lock:
            oldest_s = self._oldest_s()
            return Load(len(self._waiting), self._judge.busy, self._judge.slots, oldest_s)

    def check(self) -> None:
        self._judge.check()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._judge.close(now=True)
        self._threads.shutdown()

    def _require_room(self, size_bytes: int) -> None:
        late = self._oldest_s() > self._most_age_s and len(self._waiting) >= self._judge.slots
        # What is judged already has left the queue, so that a single one always finds room.
        large = self._waiting and self._waiting_bytes + size_bytes > self._most_waiting_bytes
        if late or large or len(self._waiting) >= self._most_waiting:
            raise Overloaded("the queue is full")

    def _oldest_s(self) -> float:
        first = next(iter(self._waiting.values()), None)
        return 0.0 if first is None else time.monotonic() - first.queued_at

    def _work(self, submission_id: UUID, job: _Job) -> None:
        with self._lock:
            self._waiting.pop(submission_id, None)
            self._waiting_bytes -= job.size_bytes
            job.begun = True
            message, job.message = job.message, None
        assert message is not None
        result = self._judged(message)
        with self._lock:
            job.size_bytes = _size_bytes(result)
            self._ended[submission_id] = job.size_bytes
            self._size_bytes += job.size_bytes
            while self._size_bytes > self._most_kept_bytes and len(self._ended) > 1:
                oldest, size = self._ended.popitem(last=False)
                self._size_bytes -= size
                del self._jobs[oldest]
        job.future.set_result(ended_now(result))

    def _judged(self, message: SubmissionMessage) -> Result:
        try:
            language = self._judge.resolve_language(message.language)
            submission = message.submission(language, None)
            kept = submission.model_copy(update={"keep_bytes": self.kept_bytes})
            return self._judge.judge(kept, self._progress_of(kept))
        except (UsageError, InfrastructureError) as exc:
            log.warning("submission %s cannot be judged: %s", message.submission_id, exc)
            cause = str(exc)
        except Exception:
            log.exception("judging %s failed", message.submission_id)
            cause = "unexpected error in the judge; its log says more"
        return Result.internal_error(message.submission_id, message.language, cause)

    def _progress_of(self, submission: Submission) -> Callable[[TestResult], None]:
        total = len(submission.judged_against.tests)
        done = 0

        def tell(test: TestResult) -> None:
            nonlocal done
            done += 1
            data = {"done": done, "total": total, "tests": [quiet(test).model_dump(mode="json")]}
            self._listeners.send(submission.id, Update("progress", data))

        return tell


def _message_bytes(message: SubmissionMessage) -> int:
    problem = message.problem if isinstance(message.problem, Problem) else None
    return message.characters + (0 if problem is None else problem.transfer_bytes)


def _size_bytes(result: Result) -> int:
    kept = 0
    for test in result.tests:
        texts = (test.stdout, test.stderr, test.output, test.error_output, test.transcript)
        contents = (*texts, test.message, test.staff_message, *test.files.values())
        kept += _EACH_TEST_BYTES + sum(len(as_bytes(one)) for one in contents if one)
    return _OVERHEAD_BYTES + kept

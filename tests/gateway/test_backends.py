"""The backends: one contract, and what is special to the embedded one."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from backend_contract import obeys

from consumers.gateway.backends import FakeBackend, Overloaded
from consumers.gateway.embedded import EmbeddedBackend
from consumers.gateway.service import made_message
from judgecore import Judge
from judgecore.engine.fake import FakeEngine
from judgecore.errors import InvalidSubmission, PoolClosed
from judgecore.result import Result, TestResult
from judgecore.submission import Submission
from judgecore.verdict import Verdict


def _message(**fields: object) -> Any:
    return made_message(
        **{"submission_id": uuid4(), "language": "python", "source": "x", "tests": [{}], **fields}
    )


def test_the_fake_obeys() -> None:
    """The fake one obeys the contract."""
    obeys(FakeBackend())


def test_the_embedded_one_obeys() -> None:
    """The embedded one obeys the contract."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        backend = EmbeddedBackend(judge)
        obeys(backend)
        backend.close()


def test_the_oldest_results_go_first() -> None:
    """Beyond the bound on all results, the first one is not known any more."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        backend = EmbeddedBackend(judge, most_kept_bytes=7_000)
        messages = [_message() for _ in range(3)]
        for one in messages:
            backend.submit(one)
            backend.awaited(one.submission_id).result(60)
        known = [backend.state(one.submission_id) is not None for one in messages]
        backend.close()

    assert [False, False, True] == known


def test_files_of_results_count_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program wrote into files takes room like what it printed."""

    def with_file(submission: Submission, *_: Any) -> Result:
        test = TestResult(name="1", verdict=Verdict.OK, files={"a": b"x" * 10_000})
        return Result(
            submission_id=submission.id, language="python", verdict=Verdict.OK, tests=(test,)
        )

    with Judge(engine=FakeEngine(), slots=1) as judge:
        monkeypatch.setattr(judge, "judge", with_file)
        backend = EmbeddedBackend(judge, most_kept_bytes=20_000)
        messages = [_message() for _ in range(2)]
        for one in messages:
            backend.submit(one)
            backend.awaited(one.submission_id).result(60)
        known = [backend.state(one.submission_id) is not None for one in messages]
        backend.close()

    assert [False, True] == known


def test_what_waits_is_bounded_by_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few large submissions fill the queue as many small ones do."""
    begun, over = threading.Event(), threading.Event()

    def slow(submission: Submission, *_: Any) -> Result:
        begun.set()
        assert over.wait(60)
        return Result.internal_error(submission.id, "python", "")

    with Judge(engine=FakeEngine(), slots=1) as judge:
        monkeypatch.setattr(judge, "judge", slow)
        backend = EmbeddedBackend(judge, most_waiting_bytes=1_000)
        backend.submit(_message(source="x" * 900))
        assert begun.wait(60)
        backend.submit(_message(source="x" * 900))
        with pytest.raises(Overloaded):
            backend.submit(_message(source="x" * 900))
        over.set()
        backend.close()


def test_what_it_cannot_take_is_refused() -> None:
    """A stored problem is none of its, a full queue takes nothing, nor does one that is closed."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        backend = EmbeddedBackend(judge, most_waiting=0)
        with pytest.raises(InvalidSubmission, match="problem"):
            backend.submit(_message(tests=None, problem="sum"))
        with pytest.raises(Overloaded):
            backend.submit(_message())
        backend.close()
        closed = EmbeddedBackend(judge)
        closed.close()
        with pytest.raises(PoolClosed):
            closed.submit(_message())

"""What every backend promises, as one function for the fake, the embedded one and the pipeline."""

from __future__ import annotations

from uuid import uuid4

from consumers.gateway.backends import Backend
from consumers.gateway.service import made_message
from judgecore.verdict import Verdict


def obeys(backend: Backend) -> None:
    """Nothing is known of an unknown id; what was submitted, once or twice, ends in one result."""
    one = made_message(
        submission_id=uuid4(),
        language="python",
        source="print(3)",
        tests=[{"input": "", "expected": "3"}],
    )
    assert backend.state(one.submission_id) is None
    backend.check()
    backend.submit(one)
    assert backend.state(one.submission_id) is not None
    backend.submit(one)
    leave = backend.follow(one.submission_id, lambda _: None)
    ended = backend.awaited(one.submission_id).result(60)
    leave()
    state = backend.state(one.submission_id)

    assert one.submission_id == ended.result.submission_id
    assert ended.result.verdict.final
    assert state is not None
    assert state.ended is not None
    assert ended.result.verdict == state.verdict != Verdict.PENDING
    assert backend.awaited(one.submission_id).result(60).result == state.ended.result
    assert backend.load().waiting >= 0
    assert backend.kept_bytes > 0
    assert backend.spread > 0

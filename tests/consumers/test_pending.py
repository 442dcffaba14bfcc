"""What a client keeps, and for how long, without a broker."""

from __future__ import annotations

import queue
from uuid import UUID, uuid4

import pytest
from doubles import message, result_of

from consumers.events import ProgressEvent, VerdictEvent
from consumers.kept import KeptVerdicts
from consumers.messages import InvalidMessage
from consumers.missed import MissedVerdicts
from consumers.pending import KEPT_PROGRESS_BYTES, Gap, Inbox, PendingVerdicts, Update
from judgecore.errors import InvalidConfig, QueueUnavailable


def verdict(submission_id: UUID, attempt: int = 1) -> VerdictEvent:
    """The event of a verdict."""
    return VerdictEvent.of(result_of(submission_id), attempt=attempt)


THREE = 3 * (len(verdict(uuid4()).encode()) + 500)


def pending_with(kept: KeptVerdicts | None = None) -> PendingVerdicts:
    """What a client without a broker waits for."""
    return PendingVerdicts(lambda _: None, lambda _: None, kept)


def heard(pending: PendingVerdicts, submission_id: UUID, attempt: int = 1) -> list[Update]:
    """What a listener gets at once."""
    inbox: Inbox = queue.SimpleQueue()
    pending.listen(submission_id, "", inbox, attempt)
    pending.leave(submission_id, inbox)
    return [inbox.get()[1] for _ in range(inbox.qsize())]


def test_many_verdicts_are_kept_until_they_are_asked_for() -> None:
    """Twelve thousand verdicts that came before anybody asked are all there."""
    pending, ids = pending_with(), [uuid4() for _ in range(12_000)]
    for one in ids:
        pending.add(one, "", "")
    for one in ids:
        pending.finish(one, verdict(one))

    assert [[verdict(ids[0])], [verdict(ids[-1])]] == [
        heard(pending, ids[0]),
        heard(pending, ids[-1]),
    ]
    assert "0 pending, 12000 ended" == repr(pending)


def test_what_was_read_is_forgotten_first() -> None:
    """Beyond the bound in bytes a verdict that somebody has goes before one that nobody has."""
    kept, ids = KeptVerdicts(most_bytes=THREE), [uuid4() for _ in range(8)]
    kept.put(ids[0], verdict(ids[0]), is_read=False)
    kept.put(ids[1], verdict(ids[1]), is_read=True)
    for one in ids[2:4]:
        kept.put(one, verdict(one), is_read=False)

    assert [True, False, True, True] == [one in kept for one in ids[:4]]
    assert not kept.has_forgotten(ids[1])


def test_what_went_unread_is_named() -> None:
    """A verdict that was forgotten before anybody asked is an error that says so, no long wait."""
    kept, ids = KeptVerdicts(most_bytes=THREE), [uuid4() for _ in range(8)]
    pending = pending_with(kept)
    for one in ids:
        pending.add(one, "", "")
        pending.finish(one, verdict(one))
    (gap,) = heard(pending, ids[0])
    assert isinstance(gap, Gap)
    missed = MissedVerdicts(None, pending, lambda: None)

    with pytest.raises(QueueUnavailable, match=f"{ids[0]} came and was forgotten"):
        missed.recover(ids[0], gap)
    assert [gap] == heard(pending, ids[0])  # who asks once more does not wait for ever, either
    assert [verdict(ids[-1])] == heard(pending, ids[-1])


def test_a_verdict_on_an_older_attempt_ends_no_wait_for_a_newer_one() -> None:
    """Who waits for the second attempt is not content with the first."""
    pending, one = pending_with(), uuid4()
    pending.add(one, "", "")
    pending.finish(one, verdict(one))

    assert [Gap(False)] == heard(pending, one, attempt=2)
    pending.finish(one, verdict(one))
    assert one in pending
    pending.finish(one, verdict(one, 2))
    assert [verdict(one, 2)] == heard(pending, one, attempt=2)


def test_a_newer_verdict_takes_the_place_of_an_older_one() -> None:
    """A verdict after a rejudge that comes although nobody waits is the one that is kept."""
    pending, one = pending_with(), uuid4()
    pending.add(one, "", "")
    pending.finish(one, verdict(one))
    pending.finish(one, verdict(one, 2))
    pending.finish(one, verdict(one))  # at least once, so it may come late and again

    assert [verdict(one, 2)] == heard(pending, one)


@pytest.mark.parametrize(("submitted", "is_own", "ends"), [
    (True, True, True),  # a message of ours
    (True, False, False),  # somebody else reuses our id
    (False, False, True),  # submitted by another process, and we wait
])  # fmt: skip
def test_whose_refusal_ends_a_wait(submitted: bool, is_own: bool, ends: bool) -> None:
    """A publisher's wait is ended by the refusal of its own message alone."""
    pending, one, inbox = pending_with(), uuid4(), queue.SimpleQueue()
    if submitted:
        pending.add(one, "", "")
    pending.listen(one, "", inbox)
    pending.refuse(one, InvalidMessage("source", "is empty"), is_own=is_own)

    assert ends is (one not in pending)


def test_progress_is_kept_within_a_bound() -> None:
    """Progress that nobody listens to does not grow without end."""
    pending, one = pending_with(), uuid4()
    pending.add(one, "", "")
    event = ProgressEvent(submission_id=one, language="python", done=1, total=2)
    for _ in range(20):
        pending.receive(event, KEPT_PROGRESS_BYTES // 10)

    assert [event] * 10 == heard(pending, one)


def test_what_is_sent_after_a_gap_has_missed_nothing() -> None:
    """Its verdict is still to come, or comes again; what was sent before may have been missed."""
    pending, before, after = pending_with(), uuid4(), uuid4()
    missed = MissedVerdicts(None, pending, lambda: None)
    for one in (before, after):
        pending.add(one, "", "")
        pending.note_sent(one)
    pending.note_gap(True)
    (gap,) = heard(pending, after)
    assert isinstance(gap, Gap)
    pending.note_sent(after)

    assert missed.recover(after, gap)  # of one who waited already
    assert [] == heard(pending, after)
    with pytest.raises(QueueUnavailable, match=f"{before} may have been missed"):
        missed.recover(before, gap)


def test_cancelling_needs_a_database() -> None:
    """A client without a database says what is missing."""
    missed = MissedVerdicts(None, pending_with(), lambda: None)

    with pytest.raises(InvalidConfig, match="database_url"):
        missed.cancel(uuid4(), "no")


def test_verdict_on_another_program() -> None:
    """A verdict on what somebody else submitted under an id of ours is no verdict on ours."""
    pending, one = pending_with(), uuid4()
    own, other = message(), message(source="print(4)")
    pending.add(one, "", own.program_hash)
    result = result_of(one).model_copy(update={"program_hash": other.program_hash})
    pending.finish(one, VerdictEvent.of(result))
    (end,) = heard(pending, one)

    assert "submission_id: another program came before" in str(end)
    assert message().program_hash == own.program_hash

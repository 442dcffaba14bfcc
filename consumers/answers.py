"""What a coroutine waits for at the store; see `consumers.steps`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from consumers.contracts import Answer, Store
from consumers.steps import Resume, Step, aside, nothing
from judgecore.errors import StoreUnavailable

_T = TypeVar("_T")


async def answer(
    ask: Callable[[Callable[[Answer[_T]], None]], None], again: Callable[[], _T]
) -> _T:
    """What the store answers; in an outage what it answers when asked `again`, which waits."""
    try:
        found = await Step[Answer[_T]](lambda resume: ask(lambda found: resume(lambda: found)))
        if not found.at_once:
            await aside()
        return found.get()
    except StoreUnavailable:
        await aside()
    return again()


async def next_commit(store: Store, patience_s: float) -> None:
    """Go on when verdicts are stored next, which is within `patience_s`."""

    def leave(resume: Resume[None]) -> None:
        store.before_commit(lambda: resume(nothing), patience_s)

    with suppress(StoreUnavailable):  # it was closed: whoever stores something is told so
        await Step(leave)

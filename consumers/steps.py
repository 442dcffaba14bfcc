"""Coroutines whose steps run in different threads.

What is done for a submission has steps, between which it waits: for the database, for a slot. A
thread for each submission that sleeps meanwhile is woken for each step, and has to get the
interpreter's lock each time. So the steps of a submission are one coroutine, and each runs in the
thread that ended the wait before it.
What waits for something else goes `aside`, into a thread of its own.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

AGAIN_S = 0.5

_T = TypeVar("_T")
_threads = threading.local()

Outcome = Callable[[], _T]
Resume = Callable[[Outcome[_T]], None]


class Step(Generic[_T]):
    """Where a coroutine waits.

    `leave` is called with what resumes it, which must be called once, in the thread in which the
    coroutine is to go on, with a function that returns the step's value or raises.
    """

    def __init__(self, leave: Callable[[Resume[_T]], None]) -> None:
        self.leave = leave

    def __await__(self) -> Generator[Step[_T], Outcome[_T], _T]:
        outcome = yield self
        return outcome()


Steps = Coroutine[Step[Any], Outcome[Any], None]


def follow(steps: Steps, ended: Callable[[], None]) -> None:
    """Run the first step of a coroutine here, and each of the others where its wait ends.

    `ended` is called after the last one. The coroutine has a context of its own, as a thread has.
    """
    _go_on(steps, contextvars.copy_context(), ended, None)


def _go_on(
    steps: Steps,
    context: contextvars.Context,
    ended: Callable[[], None],
    outcome: Outcome[Any] | None,
) -> None:
    try:
        step = context.run(steps.send, outcome)  # type: ignore[arg-type]
    except StopIteration:
        ended()
        return
    except BaseException:
        log.exception("steps that should end in no error ended in one")
        ended()
        return
    resume = partial(_go_on, steps, context, ended)
    try:
        step.leave(resume)
    except Exception as exc:
        resume(partial(_throw, exc))


async def aside() -> None:
    """Go on in a thread in which it is no matter how long a step takes."""
    if not getattr(_threads, "aside", False):
        await Step(go_aside)


def go_aside(resume: Resume[_T], outcome: Outcome[_T] | None = None) -> None:
    """Resume in a thread of its own. Waits while the machine has none, and never raises."""
    while True:
        made = threading.Thread(
            target=_in_thread, args=(resume, outcome), name="aside", daemon=True
        )
        try:
            made.start()
        except RuntimeError as exc:
            log.warning("no thread can be started, trying again: %s", exc)
            time.sleep(AGAIN_S)
        else:
            return


def _in_thread(resume: Resume[Any], outcome: Outcome[Any] | None) -> None:
    _threads.aside = True
    resume(outcome or nothing)


def nothing() -> None:
    """The outcome of a step that has no value."""


def _throw(exc: Exception) -> None:
    raise exc

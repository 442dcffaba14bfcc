"""Waiting for a service that is not up: the database, the broker, the engine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_never,
    stop_when_event_set,
    wait_random_exponential,
)

from judgecore.errors import StoreUnavailable

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 10.0
LONGEST_OUTAGE_PAUSE_S = 30.0
_T = TypeVar("_T")


class Retries(Retrying):
    """tenacity's, without its bookkeeping for what succeeds at once.

    That is nearly every call, and the bookkeeping takes as long as a small statement.
    """

    def __call__(self, fn: Callable[..., _T], *args: Any, **more: Any) -> _T:
        """What `fn` returns in the end; raises what it raised last."""
        try:
            return fn(*args, **more)
        except Exception as exc:
            first: Exception | None = exc

        def again() -> _T:
            nonlocal first
            if first is not None:
                failed, first = first, None
                raise failed
            return fn(*args, **more)

        return super().__call__(again)


def wait_for(
    what: str,
    act: Callable[[], _T],
    *,
    passing: Callable[[BaseException], bool],
    stop: threading.Event,
    most_s: float | None = None,
    say: Callable[[BaseException], str] = str,
) -> _T:
    """What `act` returns, once it raises nothing that is `passing`, with a warning at each try.

    Raises what `act` raised last when that does not pass, when `stop` is set, and after `most_s`.
    """

    def warn(state: RetryCallState) -> None:
        exc = state.outcome and state.outcome.exception()
        log.warning("waiting for %s: %s", what, exc and say(exc))

    late = stop_never if most_s is None else stop_after_delay(most_s)
    retrying = Retries(
        retry=retry_if_exception(passing),
        stop=late | stop_when_event_set(stop),
        wait=wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE_S),
        sleep=sleep_using_event(stop),
        before_sleep=warn,
        reraise=True,
    )
    return retrying(act)


def store_retries(
    *, stop: Callable[[], bool], sleep: Callable[[float], None], backoff_s: float
) -> Retries:
    """What calls a function again while that raises `StoreUnavailable`, until `stop` says so.

    The pauses grow from `backoff_s`; `sleep` is called with their seconds.
    """

    def warn(state: RetryCallState) -> None:
        log.warning("waiting for the database: %s", state.outcome and state.outcome.exception())

    return Retries(
        retry=retry_if_exception_type(StoreUnavailable),
        stop=lambda _: stop(),
        wait=wait_random_exponential(multiplier=backoff_s, max=LONGEST_OUTAGE_PAUSE_S),
        sleep=sleep,
        before_sleep=warn,
        reraise=True,
    )

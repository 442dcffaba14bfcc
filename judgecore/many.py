"""Many pieces of work in several threads, all of which end when their user goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from judgecore.interruption import Interruption

T = TypeVar("T")
R = TypeVar("R")


def in_threads(
    work: Callable[[T, Interruption], R], items: Iterable[T], threads: int
) -> Generator[R]:
    """Do `work` with each item, in so many threads; yields the results in the items' order.

    Items are taken as threads become free, so there may be any number. When the iterator ends
    early, whatever the reason, what is under way is interrupted and waited for.
    """
    under_way: deque[tuple[Future[R], Interruption]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="judgecore-many")
    try:
        for item in items:
            interruption = Interruption()
            under_way.append((pool.submit(work, item, interruption), interruption))
            if len(under_way) > 2 * threads:
                yield _first(under_way)
        while under_way:
            yield _first(under_way)
    finally:
        for future, interruption in under_way:
            future.cancel()
            interruption.request("nobody waits for its result any more")
        pool.shutdown()


def _first(under_way: deque[tuple[Future[R], Interruption]]) -> R:
    result = under_way[0][0].result()
    under_way.popleft()
    return result

"""Calling something again while it fails."""

from __future__ import annotations

import pytest
from tenacity import retry_if_exception_type, stop_after_attempt

from consumers.waiting import Retries


@pytest.mark.parametrize(("failures", "calls"), [(0, 1), (1, 2), (2, 3), (5, 3)])
def test_the_first_call_counts(failures: int, calls: int) -> None:
    """A function is called as often as tenacity would, and its last failure is raised."""
    called: list[int] = []

    def act(value: str) -> str:
        called.append(len(called))
        if len(called) <= failures:
            raise OSError(len(called))
        return value

    retries = Retries(
        retry=retry_if_exception_type(OSError), stop=stop_after_attempt(3), reraise=True
    )
    if failures < 3:
        assert "said" == retries(act, "said")
    else:
        with pytest.raises(OSError, match="3"):
            retries(act, "said")

    assert calls == len(called)


def test_another_failure_is_not_retried() -> None:
    """What is not to be retried is raised at once, after one call."""
    called: list[None] = []

    def act() -> None:
        called.append(None)
        raise KeyError("key")

    with pytest.raises(KeyError):
        Retries(retry=retry_if_exception_type(OSError), reraise=True)(act)

    assert 1 == len(called)

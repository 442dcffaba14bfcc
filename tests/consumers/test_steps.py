"""Coroutines whose steps run in different threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar

import pytest
from doubles import until

from consumers.steps import Resume, Step, aside, follow

FIELD: ContextVar[str] = ContextVar("field", default="unset")


class Waits:
    """Steps that wait until the test lets them go on."""

    def __init__(self) -> None:
        self.resumes: list[Resume[int]] = []
        self.ended = 0

    def step(self) -> Step[int]:
        """One that waits."""
        return Step(self.resumes.append)

    def end(self) -> None:
        """What is called at the end of a coroutine."""
        self.ended += 1


def here() -> str:
    return threading.current_thread().name


def in_thread(name: str, act: Callable[[], None]) -> None:
    thread = threading.Thread(target=act, name=name)
    thread.start()
    thread.join()


def test_each_step_runs_where_the_wait_ended() -> None:
    """In the thread that resumes it; with the value that this one gives."""
    waits, seen = Waits(), [here()]

    async def steps() -> None:
        value = await waits.step()
        seen.append(f"{here()} {value}")
        await aside()
        seen.append(here())
        await aside()  # it is there already
        seen.append(here())

    follow(steps(), waits.end)
    assert 0 == waits.ended
    in_thread("other", lambda: waits.resumes[0](lambda: 5))
    until(lambda: waits.ended)

    assert [here(), "other 5", "aside", "aside"] == seen
    assert 1 == waits.ended


def test_error_of_a_wait_is_raised_in_the_coroutine() -> None:
    """Where it can be handled as any other, and the exception is still there after a wait."""
    waits, seen = Waits(), []

    def fail() -> int:
        raise ValueError("broken")

    async def steps() -> None:
        try:
            await waits.step()
        except ValueError:
            await waits.step()
            try:
                raise
            except ValueError as exc:
                seen.append(str(exc))

    follow(steps(), waits.end)
    in_thread("other", lambda: waits.resumes[0](fail))
    in_thread("another", lambda: waits.resumes[1](lambda: 1))

    assert (["broken"], 1) == (seen, waits.ended)


def test_wait_that_cannot_begin() -> None:
    """Its error is raised in the coroutine, too."""
    seen = []

    def refuse(_: Resume[int]) -> None:
        raise OSError("no such thing")

    async def steps() -> None:
        try:
            await Step(refuse)
        except OSError as exc:
            seen.append(str(exc))

    waits = Waits()
    follow(steps(), waits.end)

    assert (["no such thing"], 1) == (seen, waits.ended)


def test_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes aside once there is one: what ends elsewhere would keep its delivery for ever."""
    waits, seen, start, missing = Waits(), [], threading.Thread.start, [1, 2]

    def refuse(thread: threading.Thread) -> None:
        if missing and thread.name == "aside":
            missing.pop()
            raise RuntimeError("can't start new thread")
        start(thread)

    async def steps() -> None:
        await aside()
        seen.append(here())

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr("consumers.steps.AGAIN_S", 0.01)
    follow(steps(), waits.end)
    until(lambda: waits.ended)

    assert ["aside"] == seen


def test_context_goes_along() -> None:
    """What is set for the coroutine is set in each of its steps, and nowhere else."""
    waits, seen = Waits(), []

    async def steps(name: str) -> None:
        token = FIELD.set(name)
        await waits.step()
        seen.append(FIELD.get())
        FIELD.reset(token)
        seen.append(FIELD.get())

    follow(steps("one"), waits.end)
    follow(steps("two"), waits.end)
    in_thread("other", lambda: [resume(lambda: 1) for resume in waits.resumes] and None)

    assert ["one", "unset", "two", "unset"] == seen
    assert "unset" == FIELD.get()


def test_error_that_nobody_handles(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the end is told."""
    waits = Waits()

    async def steps() -> None:
        raise ValueError("not expected")

    follow(steps(), waits.end)

    assert 1 == waits.ended
    assert "not expected" in caplog.text

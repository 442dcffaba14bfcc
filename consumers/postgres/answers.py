"""Asking for something that is committed together with others, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from consumers.contracts import Answer
from consumers.large import in_turn
from consumers.postgres.together import ALONE_BYTES

_T = TypeVar("_T")


def ask_in_turn(
    ask: Callable[[Callable[[Answer[_T]], None]], None],
    size_bytes: int,
    done: Callable[[Answer[_T]], None],
) -> None:
    """Ask for something of that size: what is large waits for its turn, in `get`."""

    def in_its_turn() -> _T:
        with in_turn(size_bytes):
            return wait_for_answer(ask)

    if size_bytes > ALONE_BYTES:
        done(Answer(in_its_turn, at_once=False))
    else:
        ask(done)


def wait_for_answer(ask: Callable[[Callable[[Answer[_T]], None]], None]) -> _T:
    """Ask, and wait for the answer."""
    answers: SimpleQueue[Answer[_T]] = SimpleQueue()
    ask(answers.put)
    return answers.get().get()

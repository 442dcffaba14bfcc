"""Programs in several slots that talk to each other, over pipes between them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from judgecore.report import Report
from judgecore.runner.protocol import Command
from judgecore.running import Record, relay
from judgecore.slot import Slot


def connect(
    first: Slot,
    command: Command,
    second: Slot,
    other: Command,
    record: Record | None = None,
    *,
    held: bool = True,
    over: Callable[[Report], bool] = lambda report: False,
) -> tuple[Report, Report]:
    """Run two programs of which each reads what the other writes; their reports, without stdout.

    As `connect_each`. Where the host cannot pass the ends of pipes to both runners, or where
    `record` is to get what passes, it relays; then `over` ends nothing.
    """
    if first.passes_pipes and second.passes_pipes and record is None:
        two, (one,) = connect_each(second, other, [(first, command)], held=held, over=over)
        return one, two
    with _losing(first, second):
        return _relayed(first, command, second, other, record)


def connect_each(
    slot: Slot,
    command: Command,
    others: Sequence[tuple[Slot, Command]],
    *,
    held: bool = True,
    over: Callable[[Report], bool] = lambda report: False,
) -> tuple[Report, list[Report]]:
    """Run a program and others beside it, of which each talks to it alone; without stdout.

    The first of the others has its stdin and stdout; to the next ones its descriptors from
    `protocol.FURTHER` on belong, in pairs. It reads the end-of-file of one of the others only when
    the end of that one was noted, whatever that one closes before: so the order of `ended_ms` is
    that of cause and effect. Where the pipes are not `held`, it reads it as soon as the output is
    closed. `over` says of its report whether the others are to be ended then.
    The host makes the pipes and passes their ends to the runners. When something goes wrong with
    one slot, all are destroyed.
    """
    with _losing(slot, *(one for one, _ in others)):
        with ExitStack() as ends:
            mine: list[int] = []
            for one, _ in others:
                its_in, my_out = _pipe(ends)
                my_in, its_out = _pipe(ends)
                one.pass_pipes(its_in, its_out)
                mine += (my_in, my_out)
            slot.pass_pipes(*mine)
        begun = [(one, one.begin(replace(its, connected=True, held=held))) for one, its in others]
        answer = slot.begin(replace(command, connected=True))

        def ended() -> Report:
            report = slot.end(answer)
            for one, _ in begun:
                if over(report) and one.alive:
                    one.stop()
            return report

        first, *rest = _all([*(partial(one.end, its) for one, its in begun), ended])
        return rest.pop(), [first, *rest]


@contextmanager
def _losing(*slots: Slot) -> Iterator[None]:
    """Destroy all of them when something goes wrong."""
    try:
        yield
    except BaseException:
        for slot in slots:
            slot.destroy()
        raise


def _pipe(ends: ExitStack) -> tuple[int, int]:
    read, write = os.pipe()
    for end in (read, write):
        ends.callback(os.close, end)
    os.fchmod(read, 0o666)  # opening /dev/stdin asks the mode of the pipe, which is ours
    return read, write


def _all(waits: Sequence[Callable[[], Report]]) -> list[Report]:
    """What each of these returns, at the same time."""
    found: dict[int, Report | BaseException] = {}

    def wait(number: int) -> None:
        try:
            found[number] = waits[number]()
        except BaseException as exc:
            found[number] = exc

    threads = [
        threading.Thread(target=wait, args=(number,), name="judgecore-connected")
        for number in range(1, len(waits))
    ]
    for thread in threads:
        thread.start()
    try:
        reports = [waits[0]()]
    finally:
        for thread in threads:
            thread.join()  # the end of one is the end of another one's input
    for number in range(1, len(waits)):
        one = found[number]
        if isinstance(one, BaseException):
            raise one
        reports.append(one)
    return reports


def _relayed(
    first: Slot, command: Command, second: Slot, other: Command, record: Record | None
) -> tuple[Report, Report]:
    one, two = first.start(command), second.start(other)
    relay(one, two, record)
    return one.finish().changed(stdout=b""), two.finish().changed(stdout=b"")

"""Submissions of one batch that are the same program: they are compiled once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consumers.gateway.judge0.wanted import Wanted
from judgecore.limits import MIB
from judgecore.validation import as_bytes

_MOST_INPUT_BYTES = 4 * MIB


def grouped(wanted: Mapping[int, Wanted], kept_bytes: int, slots: int) -> Iterator[list[int]]:
    """The numbers of submissions that are to be judged as tests of one, in groups.

    A group's outputs fit into `kept_bytes`, and its inputs into a message. Programs that need not
    be compiled are spread over the slots.
    """
    by_program: dict[tuple[Any, ...], list[int]] = {}
    for number, one in wanted.items():
        alone = one.is_multi_file or int(one.fields["number_of_runs"]) > 1
        by_program.setdefault((number,) if alone else one.group, []).append(number)
    for numbers in by_program.values():
        one = wanted[numbers[0]]
        most = max(1, kept_bytes // one.limits().output_bytes)
        if not one.language.language.compile:
            most = min(most, -(-len(numbers) // slots))
        yield from _split(numbers, wanted, most)


def _split(numbers: list[int], wanted: Mapping[int, Wanted], most: int) -> Iterator[list[int]]:
    group: list[int] = []
    size = 0
    for number in numbers:
        fields = wanted[number].fields
        more = sum(len(as_bytes(fields[name] or b"")) for name in ("stdin", "expected_output"))
        if group and (len(group) == most or size + more > _MOST_INPUT_BYTES):
            yield group
            group, size = [], 0
        group.append(number)
        size += more
    if group:
        yield group

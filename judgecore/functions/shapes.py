"""Checks of values beyond their shape: a number that points to a node must be that of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from judgecore.functions.types import Type

Value = Any


class BadValue(ValueError):
    """A value that is not of its type; the message says which and why."""


def short(value: object) -> str:
    """A value as complaints quote it."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of more digits than a bigint has"
    return text if len(text) <= 60 else f"{text[:60]}…"


def checked(kind: Type, value: Value) -> Value:
    """The value of a type, from one of its shape; raises `BadValue`."""
    check = _CHECKS.get(kind.name)
    return value if check is None else check(value)


def _tree(items: list[Value]) -> Value:
    """Without what is missing at its end."""
    _strip(items)
    places = 1
    for item in items:
        if places == 0:
            raise BadValue(f"{short(items)} is no tree: a node has no parent")
        places += -1 if item is None else 1
    return items


def _strip(items: list[Value]) -> None:
    while items and items[-1] is None:
        items.pop()


def _nary(items: list[Value]) -> Value:
    _strip(items)
    nodes = groups = 0
    for item in items:
        if item is None:
            groups += 1
        else:
            nodes += 1
        if groups > nodes or (groups == 0 and nodes > 1):
            raise BadValue(f"{short(items)} is no tree: a node has no parent")
    return items


def _graph(nodes: list[list[int]]) -> Value:
    for beside in nodes:
        for one in beside:
            if not 0 < one <= len(nodes):
                raise BadValue(f"{short(nodes)} is no graph: it has no node {one}")
    return nodes


def _linked_cycle(value: list[Value]) -> Value:
    items, to = value
    if not -1 <= to < len(items):
        raise BadValue(f"{short(value)} is no list: it has no node {to}")
    return value


def _linked_random(nodes: list[Value]) -> Value:
    for _, to in nodes:
        if to is not None and not 0 <= to < len(nodes):
            raise BadValue(f"{short(nodes)} is no list: it has no node {to}")
    return nodes


def _array(items: list[Value]) -> Value:
    _extent(items)
    return items


def _extent(items: Value) -> tuple[int, ...]:
    """The lengths in all dimensions."""
    if not isinstance(items, list):
        return ()
    found = {_extent(one) for one in items}
    if len(found) > 1:
        raise BadValue(f"{short(items)} is no array: its rows have different lengths")
    return (len(items), *(found.pop() if found else ()))


_CHECKS: dict[str, Callable[[Value], Value]] = {
    "array": _array,
    "graph": _graph,
    "linked_cycle": _linked_cycle,
    "linked_random": _linked_random,
    "nary": _nary,
    "tree": _tree,
}

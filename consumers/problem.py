"""A problem as the store keeps it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from sys import getsizeof

from judgecore.limits import Limits
from judgecore.problem import Checker, TestCase


@dataclass(frozen=True, slots=True)
class Problem:
    """What a submission is judged against when it names a problem by its slug."""

    slug: str
    title: str
    limits: Limits
    checker: Checker
    tests: tuple[TestCase, ...]

    @property
    def size_bytes(self) -> int:
        """How much the tests weigh in memory; a text outside ASCII takes up to 4 bytes a letter."""
        return sum(getsizeof(test.input) + getsizeof(test.expected) for test in self.tests)


def content_hash(limits: Limits, checker: Checker, tests: tuple[TestCase, ...]) -> str:
    """SHA-256 of everything that can change a verdict: the key under which it may be cached."""
    digest = hashlib.sha256()
    for part in (limits, checker, *tests):
        text = part.model_dump_json().encode()
        digest.update(b"%d:" % len(text) + text)
    return digest.hexdigest()

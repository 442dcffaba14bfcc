"""Which languages are offered, and what is refused before it is accepted."""

from __future__ import annotations

from collections.abc import Collection

from consumers.messages import SubmissionMessage
from judgecore.errors import InvalidSubmission, UnknownLanguage
from judgecore.evaluation import with_driver
from judgecore.execution import Program
from judgecore.functions import Function
from judgecore.languages import Language, Registry, Sources
from judgecore.limits import MIB, Limits
from judgecore.problem import Problem
from judgecore.validation import as_bytes

USUAL_MEMORY = 1024 * MIB


class Offered:
    """The languages that programs can be in.

    `ids`: those that are installed where programs run; None: all of the registry.
    `most_memory_bytes`: what a slot has.
    """

    def __init__(
        self, registry: Registry, most_memory_bytes: int, ids: Collection[str] | None = None
    ) -> None:
        self._registry = registry
        self.most_memory_bytes = most_memory_bytes
        self._ids = frozenset(registry if ids is None else ids)

    def get(self, name: str) -> Language | None:
        """The language of an id or alias, if it is offered."""
        try:
            language = self._registry.resolve(name)
        except UnknownLanguage:
            return None
        return language if language.id in self._ids else None

    def all(self) -> list[Language]:
        """All of them, by id."""
        return [self._registry[one] for one in sorted(self._ids)]

    def memory_of(self, name: str) -> int:
        """The memory limit of a program that names none, bytes: what a slot has room for."""
        language = self._registry.resolve(name)
        extra = language.run_limits(Limits()).memory_bytes - Limits().memory_bytes
        return min(USUAL_MEMORY, self.most_memory_bytes - extra)

    def check(self, message: SubmissionMessage) -> None:
        """Raise `UsageError` about a program that no slot could be asked to run."""
        language = self._registry.resolve(message.language)
        files = {path: as_bytes(content) for path, content in message.files.items()}
        language.stage(Sources(as_bytes(message.source), files, message.entry))
        language.compiler_options(message.options, {})
        brought = message.problem if isinstance(message.problem, Problem) else None
        if brought is not None and isinstance(brought.harness, Function):
            program = Program(language.id, as_bytes(message.source), files, message.entry)
            with_driver(program, language, brought.harness)
        limits = brought.limits if brought is not None else message.limits
        if limits is not None:
            needed = language.run_limits(limits).memory_bytes
            if needed > self.most_memory_bytes:
                raise InvalidSubmission(
                    "memory_limit",
                    f"{language.id} needs {needed} bytes with this limit, and a slot has"
                    f" {self.most_memory_bytes}",
                )

"""Which languages are offered, and what is refused before it is accepted."""

from __future__ import annotations

from collections.abc import Collection

from consumers.messages import SubmissionMessage
from judgecore.errors import InvalidSubmission, UnknownLanguage
from judgecore.languages import Language, Registry, Sources
from judgecore.validation import as_bytes


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

    def check(self, message: SubmissionMessage) -> None:
        """Raise `UsageError` about a program that no slot could be asked to run."""
        language = self._registry.resolve(message.language)
        files = {path: as_bytes(content) for path, content in message.files.items()}
        language.stage(Sources(as_bytes(message.source), files, message.entry))
        language.compiler_options(message.options, {})
        limits = message.limits
        if limits is not None:
            needed = language.run_limits(limits).memory_bytes
            if needed > self.most_memory_bytes:
                raise InvalidSubmission(
                    "memory_limit",
                    f"{language.id} needs {needed} bytes with this limit, and a slot has"
                    f" {self.most_memory_bytes}",
                )

"""Who follows which submission's progress."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

from consumers.gateway.backends import Update

Push = Callable[[Update], None]


class Listeners:
    """Listeners by submission. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[UUID, list[Push]] = {}

    def add(self, submission_id: UUID, push: Push) -> Callable[[], None]:
        """Have a listener called; what is returned ends that."""
        with self._lock:
            self._by_id.setdefault(submission_id, []).append(push)

        def leave() -> None:
            with self._lock:
                found = self._by_id.get(submission_id, [])
                if push in found:
                    found.remove(push)
                if not found:
                    self._by_id.pop(submission_id, None)

        return leave

    def send(self, submission_id: UUID, update: Update) -> None:
        """Call whoever follows the submission."""
        with self._lock:
            found = list(self._by_id.get(submission_id, ()))
        for push in found:
            push(update)

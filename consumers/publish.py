"""Publishing a submission, and waiting for its verdict if wanted."""

from __future__ import annotations

import time
from types import TracebackType

from consumers.events import VerdictEvent, decode_event
from consumers.messages import InvalidMessage, SubmissionMessage
from consumers.rabbit import RabbitClient, Topology


class Publisher:
    """Publishes over a connection of its own. For one thread; a context manager.

    Raises `QueueUnavailable` when the broker cannot be reached or does not confirm.
    """

    def __init__(self, url: str, *, prefix: str = "judgecore") -> None:
        self._client = RabbitClient(url, Topology(prefix))

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def publish(self, message: SubmissionMessage, *, queue: str = "default") -> None:
        """Publish, and return when the broker has it on disk."""
        self._client.send(message.encode(), str(message.submission_id), queue)

    def publish_and_wait(
        self, message: SubmissionMessage, *, queue: str = "default", timeout_s: float = 60.0
    ) -> VerdictEvent | None:
        """Publish and wait for the verdict; None when there is none in time.

        Raises `InvalidMessage` with the reason when a consumer makes it a dead letter. A
        submission that was judged before has no second event.
        """
        wanted = str(message.submission_id)
        self._client.listen(wanted)  # before publishing: a verdict can be very quick
        self.publish(message, queue=queue)
        try:
            return self._wait_for(wanted, timeout_s)
        finally:
            self._client.forget(wanted)

    def close(self) -> None:
        """Disconnect."""
        self._client.close()

    def _wait_for(self, wanted: str, timeout_s: float) -> VerdictEvent | None:
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            heard = self._client.hear(left)
            if heard is None or heard.message_id != wanted:
                continue
            if heard.reason is not None:
                raise InvalidMessage("submission", heard.reason)
            event = decode_event(heard.body)
            if isinstance(event, VerdictEvent):
                return event
        return None

"""A connection that one thread serves itself: nothing happens on it but in a call.

pika's `BlockingConnection` does that, too. It has a layer of its own around each channel, which
waits after each call and takes about as long as the rest of pika together.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.connection_workflow import AMQPConnectionWorkflowFailed
from pika.channel import Channel

from consumers.rabbit.driver import FOREIGN_TYPES, all_parameters
from consumers.rabbit.tolerant_headers import Connection


class ServedConnection:
    """One connection with some channels, from its opening to its loss. Raises pika's exceptions.

    It is lost when one of its channels is.
    """

    def __init__(self, url: str, channels: int) -> None:
        self._channels: list[Channel] = []
        self._wanted = channels
        self._connection: Any = None
        self._lost: BaseException | None = None
        self._loop = IOLoop()
        self._loop.activate_poller()
        try:
            Connection.create_connection(all_parameters(url), self._on_connected, self._loop)
            self._serve_until(lambda: len(self._channels) == channels)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Disconnect, after everything that was to be sent before."""
        with suppress(*FOREIGN_TYPES):
            if self._connection is not None and self._connection.is_open:
                self._connection.close()
                while not self._connection.is_closed:
                    self._turn()
        self._loop.deactivate_poller()
        self._loop.close()

    def _serve_until(self, done: Callable[[], bool]) -> None:
        self._check()
        while not done():
            self._turn()
            self._check()

    def _turn(self) -> None:
        """Wait until there is something to read or to write, or a timer is due, and do that."""
        self._loop.poll()
        self._loop.process_timeouts()

    def _check(self) -> None:
        if self._lost is not None:
            raise self._lost

    # pika's callbacks ------------------------------------------------------------------------

    def _on_connected(self, found: Any) -> None:
        if isinstance(found, AMQPConnectionWorkflowFailed):  # one for each address that was tried
            self._lost = found.exceptions[-1]
            return
        self._connection = found
        found.add_on_close_callback(self._on_lost)
        for _ in range(self._wanted):
            found.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_lost)
        self._channels.append(channel)

    def _on_lost(self, _: object, why: Exception) -> None:
        if self._lost is None:  # the first reason tells: that of a channel, before its connection
            self._lost = why

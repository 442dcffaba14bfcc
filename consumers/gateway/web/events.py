"""Server-sent events about a submission."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from anyio import to_thread

from consumers.gateway.backends import Update
from consumers.gateway.exchange import Stream
from consumers.gateway.service import Service

KEEPALIVE_S = 15.0
MOST_UPDATES = 1_000  # kept for a client that reads slowly; the verdict is sent in any case


async def events(stream: Stream, service: Service) -> AsyncIterator[bytes]:
    """Progress as it comes, a comment now and then, and the verdict."""
    loop = asyncio.get_running_loop()
    updates: asyncio.Queue[Update | None] = asyncio.Queue()

    def keep(update: Update) -> None:
        if updates.qsize() < MOST_UPDATES:
            updates.put_nowait(update)

    def push(update: Update) -> None:
        loop.call_soon_threadsafe(keep, update)

    leave = service.backend.follow(stream.token, push)
    ended = asyncio.wrap_future(stream.ended)
    ended.add_done_callback(lambda _: updates.put_nowait(None))
    deadline = loop.time() + stream.timeout_s
    try:
        while (left_s := deadline - loop.time()) > 0:
            try:
                update = await asyncio.wait_for(updates.get(), min(KEEPALIVE_S, left_s))
            except TimeoutError:
                yield b": waiting\n\n"
                continue
            if update is None:
                yield _event(await to_thread.run_sync(stream.last))
                return
            yield _event(update)
    finally:
        leave()


def _event(update: Update) -> bytes:
    data = json.dumps(update.data, ensure_ascii=False)
    return f"event: {update.kind}\ndata: {data}\n\n".encode(errors="replace")

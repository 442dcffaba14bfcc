"""Messages whose headers pika cannot read.

pika decodes properties while it reads the connection, and whatever that raises ends the connection:
one message with a header like NaN, a date beyond the year 9999 or tables hundreds deep would bring
down each worker that it is handed to, one after the other. Such a message is read without headers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pika
import pika.frame
from pika import spec
from pika.spec import BasicProperties

_JOINED_BYTES = 64 * 1024  # more than that is copied only with a loss
_FRAME = struct.Struct(">BHL")  # kind, channel, bytes that follow but for the end mark
_HEADER = struct.Struct(">HHQ")  # class, weight, bytes of the body


class Connection(pika.SelectConnection):
    """A connection that no header of a message can end; it sends a message at once."""

    @property
    def unsent_bytes(self) -> int:
        """What the broker has not read yet, and the system's own buffers do not hold."""
        return int(super()._get_write_buffer_size())  # type: ignore[misc]

    # What follows is pika's own business, and in no stub.
    def _output_marshaled_frames(self, frames: Sequence[bytes]) -> None:
        # A message is three frames at least. Sent apart, as pika does, they are three system calls
        # and three packets, each of which wakes the broker.
        together = frames if sum(map(len, frames)) > _JOINED_BYTES else [b"".join(frames)]
        super()._output_marshaled_frames(together)  # type: ignore[misc]

    def _read_frame(self) -> tuple[int, object]:
        try:
            read: tuple[int, object] = super()._read_frame()  # type: ignore[misc]
        except Exception:
            data: bytes = self._frame_buffer  # type: ignore[attr-defined]
            if data[:1] != bytes([spec.FRAME_HEADER]):
                raise
            return _read_without_headers(data)
        return read


def _read_without_headers(data: bytes) -> tuple[int, pika.frame.Header]:
    _, channel, size = _FRAME.unpack_from(data)
    end = _FRAME.size + size
    _, _, body_bytes = _HEADER.unpack_from(data, _FRAME.size)
    properties = BasicProperties()
    properties.decode(without_headers(data[_FRAME.size + _HEADER.size : end]))
    return end + 1, pika.frame.Header(channel, body_bytes, properties)


def without_headers(encoded: bytes) -> bytes:
    """Encoded properties less the table of headers, which comes third."""
    (flags,) = struct.unpack_from(">H", encoded)
    if not flags & BasicProperties.FLAG_HEADERS:
        return encoded
    start = 2
    for flag in (BasicProperties.FLAG_CONTENT_TYPE, BasicProperties.FLAG_CONTENT_ENCODING):
        if flags & flag:
            start += 1 + encoded[start]
    (size,) = struct.unpack_from(">I", encoded, start)
    kept = struct.pack(">H", flags & ~BasicProperties.FLAG_HEADERS)
    return kept + encoded[2:start] + encoded[start + 4 + size :]

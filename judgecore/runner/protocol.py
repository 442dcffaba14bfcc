"""The frames between host and runner: pure encoding and decoding, no I/O.

A frame is a 32-bit little-endian payload length, a type byte, and the payload. Requests carry
fields (tag byte, 32-bit length, bytes, NUL); answers carry `key:value` lines. The whole is
specified in docs/protocol.md; frames.c is the other side.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from judgecore.errors import SlotLost
from judgecore.limits import Limits
from judgecore.report import BuiltFile, CallAnswer

PROTOCOL = 2
HEADER = struct.Struct("<IB")
MAX_FRAME_BYTES = 80 << 20
MAX_FILES = 128  # of one run; as many may be collected
MAX_PAIRS = 16  # of pipes that one run has, each to a partner of its own
FURTHER = 5  # the descriptors of the second pair, and of those after it, begin here
MAX_STORED_BYTES = 256 << 20  # inputs that one slot keeps
MAX_STORED = 10_240
MAX_REPLY_BYTES = 16 << 10  # fits any stream's buffer, so that nobody waits to send it
MAX_BUILT = 4096  # files that a compiler may leave, if they are to be kept
_FIELD = struct.Struct("<BI")
_NUMBER = struct.Struct("<Q")
_SIZE = struct.Struct("<I")
_RESULT = struct.Struct("<4Q")


class Frame(IntEnum):
    """Frame types; those from 65 come from the runner."""

    HELLO = 1
    PUT = 2
    RUN = 3
    RESET = 4
    STORE = 5
    FEED = 6
    CLOSE_STDIN = 7
    STOP = 8
    PIPES = 9
    REPLY = 10
    READY = 65
    OUTPUT = 66
    REPORT = 67
    DONE = 68
    FATAL = 69
    COLLECTED = 70
    BUILT = 71
    RESULT = 72
    QUERY = 73


class Tag(IntEnum):
    """Fields of RUN, PUT, STORE, COLLECTED and BUILT."""

    ARG = 1
    ENV = 2
    STDIN = 3
    CPU_MS = 4
    WALL_MS = 5
    IDLE_MS = 6
    MEMORY = 7
    STACK = 8
    OUTPUT = 9
    FILE = 10
    PROCESSES = 11
    OPEN_FILES = 12
    WRITABLE_BOX = 13
    PATH = 14
    MODE = 15
    DATA = 16
    INPUT = 17
    RUN_FILE = 18
    COLLECT = 19
    LIVE = 20
    CONNECT = 21
    WRITABLE_RUN = 22
    CORE = 23
    BUILT = 24
    CALLS = 25
    CALL_CPU_MS = 26
    CALL_WALL_MS = 27
    WARM = 28
    QUERIES = 29


class Digest(bytes):
    """The SHA-256 of an input: names it where it is stored."""

    __slots__ = ()

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The digest of an input."""
        return cls(hashlib.sha256(data).digest())


@dataclass(frozen=True, slots=True)
class Calls:
    """What a program is called with, one payload after another, and the limits of each call.

    The limits of a `Command` that has calls are those of all of them together.
    `replies`: answers what the program asks during a call, given the call's number, from 0, and
    the query; None ends the program. Where it is None itself, the program may not ask.
    """

    payloads: tuple[bytes, ...]
    cpu_ms: int
    wall_ms: int
    replies: Callable[[int, bytes], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run in a slot.

    `stdin`: the input, or the `Digest` of one that the slot has stored.
    `writable_box`: the working directory may be written (compiling) and what is there afterwards
    is kept, sealed, for the runs that follow.
    `files`: by path; in the working directory of this run alone, where they come before files of
    the box that have the same name; a path that ends with a slash is an empty directory.
    `writable_run`: the program may write its working directory, and nothing of that is there in the
    next run. `collect`: paths of regular files in the working directory that the report is to hold;
    together they may have as many bytes as one stream.
    `live`: stdin stays open and is fed while the program runs (`Slot.start`). `connected`: stdin
    and stdout are pipes to another program (`connect`). Neither has an idle limit or a `stdin`.
    `held`: its partner sees no pipe close before the end of this program was noted.
    `core`: the program starts on this one and stays there unless it asks for another.
    `most_built`: of a run that writes the box; the report is to hold all files of the box, if they
    have no more bytes than that. 0: none of them.
    `calls`: the program is called: it reads them from descriptor 3, and its answers are in the
    report.
    `warm`: the program is started by an interpreter that has started before and has imported this
    module (empty: none). Where that cannot be, it is started as others are.
    """

    argv: tuple[str, ...]
    limits: Limits
    stdin: bytes | Digest = b""
    env: tuple[tuple[str, str], ...] = ()
    writable_box: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)
    collect: tuple[str, ...] = ()
    writable_run: bool = False
    live: bool = False
    connected: bool = False
    held: bool = False
    core: int | None = None
    most_built: int = 0
    calls: Calls | None = None
    warm: str | None = None

    def __post_init__(self) -> None:
        if self.writable_box and (self.writable_run or self.files):
            raise ValueError("a run that writes the box gets its files by put()")
        if self.most_built and not self.writable_box:
            raise ValueError("what was built is sent by a run that writes the box")
        if self.live + self.connected + bool(self.stdin) > 1:
            raise ValueError("stdin is either given, or live, or connected")
        if self.calls is not None and (self.live or self.connected):
            raise ValueError("a run that is called is neither live nor connected")
        if max(len(self.files), len(self.collect)) > MAX_FILES:
            raise ValueError(f"a run has at most {MAX_FILES} files")


def frame(kind: Frame, payload: bytes) -> bytes:
    """One frame, ready to send."""
    return HEADER.pack(len(payload), kind) + payload


def _field(tag: Tag, value: bytes) -> bytes:
    return _FIELD.pack(tag, len(value)) + value + b"\0"


def _text(tag: Tag, value: str) -> bytes:
    data = value.encode()
    if b"\0" in data:
        raise ValueError(f"{tag.name.lower()} holds a NUL character")
    return _field(tag, data)


def _number(tag: Tag, value: int) -> bytes:
    return _field(tag, _NUMBER.pack(value))


def hello(uid_base: int, uid_count: int) -> bytes:
    """The first frame: protocol version and the uids this slot may use."""
    text = f"protocol:{PROTOCOL}\nuid_base:{uid_base}\nuid_count:{uid_count}\n"
    return frame(Frame.HELLO, text.encode())


def put(path: str, data: bytes, mode: int = 0o644) -> bytes:
    """Stage a file at `path`, relative to the box."""
    return frame(
        Frame.PUT, _text(Tag.PATH, path) + _number(Tag.MODE, mode) + _field(Tag.DATA, data)
    )


def run(command: Command, head: bytes | None = None) -> bytes:
    """Run a program. `head`: what `run_head` gives for this command, where that is known."""
    return frame(Frame.RUN, b"".join((head or run_head(command), *_extras(command))))


def run_head(command: Command) -> bytes:
    """What the frames of runs share that differ in what they read and write alone."""
    limits = command.limits
    numbers = {
        Tag.CPU_MS: limits.cpu_ms,
        Tag.WALL_MS: limits.effective_wall_ms,
        Tag.IDLE_MS: limits.effective_idle_ms,
        Tag.MEMORY: limits.memory_bytes,
        Tag.STACK: limits.effective_stack_bytes,
        Tag.OUTPUT: limits.output_bytes,
        Tag.FILE: limits.file_bytes,
        Tag.PROCESSES: limits.processes,
        Tag.OPEN_FILES: limits.open_files,
        Tag.WRITABLE_BOX: int(command.writable_box),
    }
    parts = [_number(tag, value) for tag, value in numbers.items()]
    parts += [_text(Tag.ARG, arg) for arg in command.argv]
    parts += [_text(Tag.ENV, f"{key}={value}") for key, value in command.env]
    return b"".join(parts)


def _extras(command: Command) -> Iterator[bytes]:
    if isinstance(command.stdin, Digest):
        yield _field(Tag.INPUT, command.stdin)
    elif command.live or command.connected:
        yield _number(*((Tag.LIVE, 1) if command.live else (Tag.CONNECT, 1 + command.held)))
    else:
        yield _field(Tag.STDIN, command.stdin)
    if command.writable_run:
        yield _number(Tag.WRITABLE_RUN, 1)
    if command.core is not None:
        yield _number(Tag.CORE, command.core)
    if command.warm is not None:
        yield _text(Tag.WARM, command.warm)
    if command.most_built:
        yield _number(Tag.BUILT, command.most_built)
    if command.calls is not None:
        yield from _calls(command.calls)
    for path, data in command.files.items():
        if "\0" in path:
            raise ValueError("a path holds a NUL character")
        yield _field(Tag.RUN_FILE, path.encode() + b"\0" + data)
    for path in command.collect:
        yield _text(Tag.COLLECT, path)


def _calls(calls: Calls) -> Iterator[bytes]:
    framed = (_SIZE.pack(len(payload)) + payload for payload in calls.payloads)
    yield _field(Tag.CALLS, b"".join(framed))
    yield _number(Tag.CALL_CPU_MS, calls.cpu_ms) + _number(Tag.CALL_WALL_MS, calls.wall_ms)
    if calls.replies is not None:
        yield _number(Tag.QUERIES, 1)


def store(digest: Digest, data: bytes) -> bytes:
    """Keep an input until the slot is reset."""
    return frame(Frame.STORE, _field(Tag.INPUT, digest) + _field(Tag.DATA, data))


def reset() -> bytes:
    """Empty the box and every place a program could write."""
    return frame(Frame.RESET, b"")


def fields(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Decode fields; a malformed one is a broken slot."""
    at = 0
    while at < len(payload):
        if len(payload) - at < _FIELD.size + 1:
            raise SlotLost("the runner sent half a field")
        tag, size = _FIELD.unpack_from(payload, at)
        at += _FIELD.size
        if at + size >= len(payload) or payload[at + size]:
            raise SlotLost("the runner sent a field that does not end where it says")
        yield tag, payload[at : at + size]
        at += size + 1


def collected_frame(path: str, data: bytes) -> bytes:
    """A file that a run left, as the runner sends it."""
    return frame(Frame.COLLECTED, _text(Tag.PATH, path) + _field(Tag.DATA, data))


def built_frame(file: BuiltFile) -> bytes:
    """A file that a compiler left, as the runner sends it."""
    mode = _number(Tag.MODE, 0o755 if file.executable else 0o644)
    return frame(Frame.BUILT, mode + _text(Tag.PATH, file.path) + _field(Tag.DATA, file.data))


def built(payload: bytes) -> BuiltFile | None:
    """A file that a compiler left; None where its path is no text, so that it cannot be kept."""
    found = dict(fields(payload))
    if set(found) != {Tag.MODE, Tag.PATH, Tag.DATA} or len(found[Tag.MODE]) != _NUMBER.size:
        raise SlotLost("the runner sent a built file without its mode, its path or its bytes")
    (mode,) = _NUMBER.unpack(found[Tag.MODE])
    try:
        path = found[Tag.PATH].decode()
    except UnicodeDecodeError:
        return None
    return BuiltFile(path, found[Tag.DATA], bool(mode & 0o100))


def collected(payload: bytes) -> tuple[str, bytes]:
    """Path and bytes of a file that a run left."""
    found = dict(fields(payload))
    if set(found) != {Tag.PATH, Tag.DATA}:
        raise SlotLost("the runner sent a collected file without a path or its bytes")
    try:
        return found[Tag.PATH].decode(), found[Tag.DATA]
    except UnicodeDecodeError as exc:
        raise SlotLost(f"the runner sent a path that is no text: {exc}") from None


def result_frame(answer: CallAnswer) -> bytes:
    """The answer to a call, as the runner sends it."""
    times = round(answer.cpu_ms * 1000), round(answer.wall_ms * 1000)
    head = _RESULT.pack(*times, answer.stdout_bytes, answer.stderr_bytes)
    return frame(Frame.RESULT, head + answer.data)


def result(payload: bytes) -> CallAnswer:
    """The answer to a call."""
    if len(payload) < _RESULT.size:
        raise SlotLost("the runner sent half an answer to a call")
    cpu_us, wall_us, stdout, stderr = _RESULT.unpack_from(payload)
    return CallAnswer(payload[_RESULT.size :], cpu_us / 1000, wall_us / 1000, stdout, stderr)


def reply(answer: bytes | None) -> bytes:
    """What is said to a query; None: there is no answer, and the program is ended."""
    if answer is not None and len(answer) >= MAX_REPLY_BYTES:
        raise ValueError(f"an answer of {len(answer)} bytes; a reply has {MAX_REPLY_BYTES} at most")
    return frame(Frame.REPLY, b"\0" if answer is None else b"\1" + answer)

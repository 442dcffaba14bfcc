"""Writes the seeds of the fuzzers: frames as the host sends them, good and slightly wrong."""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judgecore import Limits
from judgecore.runner import protocol
from judgecore.runner.protocol import Calls, Command, Digest, Frame, Tag


def frames() -> Iterator[bytes]:
    """One stream each, some of several frames."""
    command = Command(("./main", "-x"), Limits(), b"1 2\n", (("PATH", "/bin"), ("HOME", "/tmp")))
    compiling = Command(("/usr/bin/gcc", "main.c"), Limits(), writable_box=True)
    yield protocol.hello(100_000, 1024)
    yield protocol.put("main.c", b"int main(void) {}\n")
    yield protocol.put("deep/down/main.sh", b"echo", 0o755) + protocol.run(command)
    for path in ("../out", "/etc/x", "a/../b", "", ".", "a//b", "a/", "x" * 300):
        yield protocol.put(path, b"x")
    yield protocol.run(command)
    yield protocol.run(compiling) + protocol.reset()
    digest = Digest.of(b"1 2\n")
    own = Command(
        ("./main",),
        Limits(),
        digest,
        files={"in.txt": b"1", "a/b": b"", "../x": b"x"},
        collect=("in.txt", "a/b", "../box/main.c", "/etc/passwd"),
        writable_run=True,
    )
    live = Command(("./main",), Limits(), live=True)
    yield protocol.store(digest, b"1 2\n") + protocol.run(own) + protocol.reset()
    yield protocol.run(own)
    yield protocol.run(live) + protocol.frame(Frame.FEED, b"xyz") * 3
    yield protocol.frame(Frame.CLOSE_STDIN, b"") + protocol.frame(Frame.STOP, b"")
    yield protocol.frame(Frame.PIPES, b"\0") + protocol.run(
        replace(live, live=False, connected=True)
    )
    called = Command(("./main",), Limits(), calls=Calls((b"", b"abc"), 1000, 2000))
    yield protocol.run(called) + protocol.run(replace(called, calls=Calls((), 1, 1)))
    yield protocol.frame(Frame.RUN, struct.pack("<BII", Tag.CALLS, 4, 99) + b"\0")
    yield protocol.run(Command(("a",) * 5000, Limits()))
    yield protocol.frame(Frame.RUN, b"")
    yield protocol.frame(Frame.PUT, struct.pack("<BI", Tag.PATH, 1 << 31) + b"x\0")
    yield struct.pack("<IB", protocol.MAX_FRAME_BYTES + 1, Frame.RUN)
    yield struct.pack("<IB", 1000, Frame.RUN) + b"short"
    for tag in Tag:
        yield protocol.frame(Frame.RUN, struct.pack("<BI", tag, 8) + b"\1" * 8 + b"\0")


def main(folder: str) -> None:
    """Write each into a file of its own."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(frames()):
        (place / f"seed-{number:02}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1])

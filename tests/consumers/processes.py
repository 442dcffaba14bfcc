"""`python -m consumers` as a process, and a gate between it and its services."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start(*, stderr: int = subprocess.PIPE, **environ: str) -> subprocess.Popen[str]:
    """A consumer with just these settings; its log is on `stderr`."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "consumers"],
        env={**kept, **environ},
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
    )


class Gate:
    """A port of this machine that leads to a service once it is opened; refused before.

    While `flowing` is cleared nothing gets through, and nothing says so.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._pairs: list[socket.socket] = []
        self.flowing = threading.Event()
        self.flowing.set()

    def open(self) -> None:
        self._socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.flowing.set()
        for one in (self._socket, *self._pairs):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def cut(self) -> None:
        """Close every connection; new ones are accepted."""
        for one in self._pairs:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._socket.accept()
                there = socket.create_connection(self._target)
                self._pairs += [here, there]
                for a, b in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(a, b), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self.flowing.wait()
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

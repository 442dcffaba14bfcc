"""A unix socket in front of the Docker daemon's, so that a worker's daemon can be gone."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

DAEMON = Path("/var/run/docker.sock")


class DaemonGate:
    """Passes everything on between `path` and the daemon, until it is shut."""

    def __init__(self, path: Path, daemon: Path = DAEMON) -> None:
        self.path = path
        self._daemon = daemon
        self._open = True
        self._lock = threading.Lock()
        self._pairs: list[socket.socket] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """For DOCKER_HOST."""
        return f"unix://{self.path}"

    def shut(self) -> None:
        """Cut what passes, and hang up on whoever comes."""
        with self._lock:
            self._open = False
            pairs, self._pairs = self._pairs, []
        for one in pairs:
            _hang_up(one)

    def reopen(self) -> None:
        """Let everything pass again."""
        self._open = True

    def close(self) -> None:
        """Shut for good."""
        self.shut()
        _hang_up(self._socket)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                here, _ = self._socket.accept()
                try:
                    self._let_in(here)
                except OSError:  # the daemon itself is away
                    _hang_up(here)

    def _let_in(self, here: socket.socket) -> None:
        with self._lock:
            if not self._open:
                here.close()
                return
            there = socket.socket(socket.AF_UNIX)
            self._pairs += [here, there]
            there.connect(str(self._daemon))
        for ends in ((here, there), (there, here)):
            threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()

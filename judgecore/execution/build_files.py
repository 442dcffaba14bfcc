"""Builds on disk: one file each, named by the build's key; it begins with a hash of the rest."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import struct
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidConfig

_MAGIC = b"judgecore build 1\n"
_SIZES = struct.Struct("<QI")  # bytes of the head, number of parts
_DIGEST = hashlib.sha256().digest_size
_SUFFIX = ".build"
_TEMPORARY = ".part"
_log = logging.getLogger(__name__)


class BuildFiles:
    """Heads (JSON) and parts (bytes) by key, at most `most_bytes` of them in a folder.

    Several processes of one user may share the folder: a file appears whole, and is never changed.
    A file whose hash no longer fits counts as absent, and is removed.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._evicting = threading.Lock()
        _require_private(folder)

    def read(self, key: bytes) -> tuple[dict[str, Any], list[bytes]] | None:
        """What was written under this key, or None."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if (found := _unpacked(data)) is None:
            _log.warning("%s is damaged; it is removed, and the program compiled again", path)
            path.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            os.utime(path)  # used last
        return found

    def write(self, key: bytes, head: dict[str, Any], parts: list[bytes]) -> None:
        """Keep a build, and remove those that were not used for longest. Never raises."""
        data = _packed(head, parts)
        if len(data) > self._most_bytes:
            return
        try:
            self._evict(len(data))
            self._write(self._path(key), data)
        except OSError as exc:
            _log.warning("a build is not kept on disk: %s", exc)

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}{_SUFFIX}"

    def _write(self, path: Path, data: bytes) -> None:
        number, name = tempfile.mkstemp(suffix=_TEMPORARY, dir=self._folder)
        try:
            with open(number, "wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), 0o444)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _evict(self, room: int) -> None:
        with self._evicting:
            found = sorted(_entries(self._folder))
            excess = sum(size for _, size, _ in found) + room - self._most_bytes
            for _, size, path in found:
                if excess <= 0:
                    break
                path.unlink(missing_ok=True)
                excess -= size


def _entries(folder: Path) -> list[tuple[float, int, Path]]:
    """When each file was used last, its size and path; half-written ones of a crash, too."""
    found = []
    for entry in os.scandir(folder):
        if entry.name.endswith((_SUFFIX, _TEMPORARY)):
            with suppress(FileNotFoundError):
                facts = entry.stat(follow_symlinks=False)
                found.append((facts.st_mtime, facts.st_size, Path(entry.path)))
    return found


def _require_private(folder: Path) -> None:
    """Make the folder; raise `InvalidConfig` when anybody else may write in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError as exc:
        raise InvalidConfig(f"the folder of the compile cache: {exc}") from None
    ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid()
    if not ours or facts.st_mode & 0o022:
        raise InvalidConfig(
            f"the folder of the compile cache, {folder}, must belong to this user, who alone may"
            " write in it: programs from it are run"
        )


def _packed(head: dict[str, Any], parts: list[bytes]) -> bytes:
    text = json.dumps({**head, "sizes": [len(part) for part in parts]}).encode()
    body = b"".join((_SIZES.pack(len(text), len(parts)), text, *parts))
    return _MAGIC + hashlib.sha256(body).digest() + body


def _unpacked(data: bytes) -> tuple[dict[str, Any], list[bytes]] | None:
    start = len(_MAGIC) + _DIGEST
    digest, body = data[len(_MAGIC) : start], data[start:]
    if not data.startswith(_MAGIC) or hashlib.sha256(body).digest() != digest:
        return None
    length, _ = _SIZES.unpack_from(body)
    at = _SIZES.size + length
    head: dict[str, Any] = json.loads(body[_SIZES.size : at])
    parts = []
    for size in head["sizes"]:
        parts.append(body[at : at + size])
        at += size
    return head, parts

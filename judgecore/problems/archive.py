"""A package as the format also allows it: a ZIP archive of its folder, named .zip or .kpp."""

from __future__ import annotations

import lzma
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from judgecore.errors import InvalidPackage
from judgecore.limits import GIB, MIB

ENDINGS = (".zip", ".kpp")
_MAX_BYTES = GIB
# A small archive that makes a large package may be a bomb.
_ALWAYS_BYTES = 64 * MIB
_MAX_RATIO = 100
_MAX_LINK_BYTES = 4096
_MAX_FILES = 100_000


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The archive's content in a folder that goes away; complaints name the archive."""
    with TemporaryDirectory(prefix="judgecore-package-") as temporary:
        folder = Path(temporary).resolve()
        try:
            with zipfile.ZipFile(archive) as opened:
                _unpack(opened, archive, folder)
        except (
            OSError,
            RuntimeError,  # it is encrypted, or compressed in a way that is not known
            EOFError,
            ValueError,  # two names of one file, in two encodings
            lzma.LZMAError,
            zipfile.BadZipFile,
            zlib.error,
        ) as exc:
            said = str(exc).replace(f"{folder}/", "")
            raise InvalidPackage(f"{archive}: cannot be unpacked: {said:.300}") from None
        try:
            yield folder
        except InvalidPackage as exc:
            raise InvalidPackage(str(exc).replace(str(folder), str(archive))) from None


def _unpack(opened: zipfile.ZipFile, archive: Path, folder: Path) -> None:
    entries = opened.infolist()
    packed_bytes = archive.stat().st_size
    most_bytes = min(_MAX_BYTES, max(_ALWAYS_BYTES, _MAX_RATIO * packed_bytes))
    if len(entries) > _MAX_FILES or sum(entry.file_size for entry in entries) > most_bytes:
        raise InvalidPackage(
            f"{archive}: of an archive of {packed_bytes} bytes at most {_MAX_FILES} files and"
            f" {most_bytes} bytes are unpacked; unpack it yourself and name the folder"
        )
    links = []
    seen = set()
    for entry in entries:
        path = _place(archive, folder, entry.filename)
        if path is None or entry.is_dir():
            continue
        if path in seen:
            raise InvalidPackage(
                f"{archive}: {entry.filename!r:.100}: an entry that is there twice"
            )
        seen.add(path)
        if stat.S_ISLNK(entry.external_attr >> 16):
            links.append((path, entry))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(entry) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    # Last, so that nothing is written through one. Where they lead is looked at on reading.
    for path, entry in links:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(_target(opened, entry))


def _target(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with opened.open(entry) as link:
        return link.read(_MAX_LINK_BYTES).decode("utf-8", "replace").replace("\0", "?")


def _place(archive: Path, folder: Path, name: str) -> Path | None:
    """Where an entry goes; None: nowhere (macOS leaves folders of its own)."""
    given = PurePosixPath(name.replace("\\", "/"))
    if given.is_absolute() or ".." in given.parts:
        raise InvalidPackage(f"{archive}: {name!r:.100}: an entry outside the archive's folder")
    return None if given.parts[:1] in ((), ("__MACOSX",)) else folder.joinpath(*given.parts)

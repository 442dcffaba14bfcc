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
from judgecore.limits import GIB

ENDINGS = (".zip", ".kpp")
_MAX_BYTES = 4 * GIB
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
            raise InvalidPackage(f"{archive}: cannot be unpacked: {exc}") from None
        try:
            yield folder
        except InvalidPackage as exc:
            raise InvalidPackage(str(exc).replace(str(folder), str(archive))) from None


def _unpack(opened: zipfile.ZipFile, archive: Path, folder: Path) -> None:
    entries = opened.infolist()
    if len(entries) > _MAX_FILES or sum(entry.file_size for entry in entries) > _MAX_BYTES:
        raise InvalidPackage(
            f"{archive}: at most {_MAX_FILES} files of {_MAX_BYTES} bytes are unpacked"
        )
    links = []
    for entry in entries:
        path = _place(archive, folder, entry.filename)
        if path is None or entry.is_dir():
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            links.append((path, entry))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(entry) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    # Last, so that nothing is written through one. Where they lead is looked at on reading.
    for path, entry in links:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(opened.read(entry)[:4096].decode("utf-8", "replace").replace("\0", "?"))


def _place(archive: Path, folder: Path, name: str) -> Path | None:
    """Where an entry goes; None: nowhere (macOS leaves folders of its own)."""
    given = PurePosixPath(name.replace("\\", "/"))
    if given.is_absolute() or ".." in given.parts:
        raise InvalidPackage(f"{archive}: {name!r:.100}: an entry outside the archive's folder")
    return None if given.parts[:1] in ((), ("__MACOSX",)) else folder.joinpath(*given.parts)

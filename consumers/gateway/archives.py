"""Zip archives that clients send: read within bounds, and nothing but plain files."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from judgecore.paths import check_paths

MOST_FILES = 1_000
_PIECE_BYTES = 64 << 10
# Others are unpacked without a bound: 150 bytes become 40 MB before anybody can look at them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError)


def unpacked(data: bytes, most_bytes: int) -> dict[str, bytes]:
    """The files of an archive by path, or `ValueError` that says what is wrong with it.

    `most_bytes` bounds what they are together, whatever the archive's own figures say. Refused are
    paths that leave the folder, links and devices, names that occur twice, encrypted files, and
    other methods of compression than deflate.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _files(archive, most_bytes)
    except _BAD as exc:
        raise ValueError(f"not a zip archive that can be read: {exc}") from None


def _files(archive: zipfile.ZipFile, most_bytes: int) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise ValueError(f"{len(infos)} files; at most {MOST_FILES} are accepted")
    names = [_name(info) for info in infos]
    if len(set(names)) < len(names):
        raise ValueError("a name occurs twice")
    check_paths(names, "the archive has")
    files: dict[str, bytes] = {}
    left = most_bytes
    for name, info in zip(names, infos, strict=True):
        files[name] = _content(archive, info, left)
        left -= len(files[name])
    return files


def _name(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ValueError(f"{info.filename!r:.80} is no plain file")
    if info.flag_bits & 1:
        raise ValueError(f"{info.filename!r:.80} is encrypted")
    if info.compress_type not in _METHODS:
        raise ValueError(f"{info.filename!r:.80} is compressed by another method than deflate")
    return info.filename.removeprefix("./")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most_bytes: int) -> bytes:
    made = bytearray()
    with archive.open(info) as file:
        while piece := file.read(_PIECE_BYTES):
            made += piece
            if len(made) > most_bytes:
                raise ValueError("the files are larger than what is accepted")
    return bytes(made)

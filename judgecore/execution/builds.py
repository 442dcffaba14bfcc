"""Compiled programs that are kept, so that the same files are compiled once for many submissions.

A build is what the runner sent after a compiler and all of its processes had ended. No judged
program can write to a kept build: builds are in this process's memory and, where a folder is set,
in files of this process's user.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from judgecore.execution.build_files import BuildFiles
from judgecore.execution.program import Prepared
from judgecore.report import BuiltFile, Report
from judgecore.result import CompileResult
from judgecore.runner.protocol import Command
from judgecore.tally import Compilations, Tally

MOST_BUILT_BYTES = 64 << 20  # of one build; a larger one is not kept
_OVERHEAD_BYTES = 2048  # of an entry in memory, beside the contents of its files
_FILE_BYTES = 250  # of a file in memory, beside its path and contents
_SHELL_MAX = 127  # exit codes beyond stand for signals


class Build(NamedTuple):
    """What a compiler said, and all files that it left; none where the program does not compile."""

    compiled: CompileResult
    files: tuple[BuiltFile, ...]

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        texts = len(self.compiled.output) + sum(len(file.path) for file in self.files)
        contents = sum(len(file.data) + _FILE_BYTES for file in self.files)
        return _OVERHEAD_BYTES + texts + contents


@dataclass(slots=True)
class _Kept:
    builds: OrderedDict[bytes, Build] = field(default_factory=OrderedDict)
    size_bytes: int = 0


class Builds:
    """The builds used last, by the hash of all that they were made from. Safe from several threads.

    `most_bytes`: of all builds in memory. `folder`: where they outlast this process, at most
    `folder_bytes` of them; None: nowhere. Raises `InvalidConfig` when others may write there.
    """

    def __init__(
        self, most_bytes: int, folder: Path | None = None, folder_bytes: int = 1 << 30
    ) -> None:
        self._most_bytes = most_bytes
        self._files = None if folder is None else BuildFiles(folder, folder_bytes)
        self._lock = threading.Lock()
        self._kept = _Kept()
        self._tally = Tally(Compilations)

    def __repr__(self) -> str:
        return f"<Builds kept={len(self._kept.builds)} {self.compilations}>"

    @property
    def compilations(self) -> Compilations:
        """How often a build was found, was not, and could not be kept."""
        return self._tally.counts

    @property
    def kept_bytes(self) -> int:
        """About how much memory those take that are kept in it."""
        return self._kept.size_bytes

    def get(self, key: bytes) -> Build | None:
        """What was made of the same files by the same compiler before, if it is kept."""
        with self._lock:
            found = self._kept.builds.get(key)
            if found is not None:
                self._kept.builds.move_to_end(key)
        if found is None and (found := self._from_disk(key)) is not None:
            self._remember(key, found)
        self._tally.note("made" if found is None else "found")
        return found

    def keep(self, key: bytes, build: Build | None) -> None:
        """Keep a build; those that were not used for longest are removed. None: it cannot be."""
        if build is None:
            self._tally.note("unfit")
            return
        self._remember(key, build)
        if self._files is not None:
            self._files.write(key, *_encoded(build))

    def _from_disk(self, key: bytes) -> Build | None:
        data = None if self._files is None else self._files.read(key)
        if data is None:
            return None
        with suppress(ValidationError, KeyError):  # of another version of this package
            return _decoded(*data)
        return None

    def _remember(self, key: bytes, build: Build) -> None:
        with self._lock:
            kept = self._kept
            if (old := kept.builds.pop(key, None)) is not None:
                kept.size_bytes -= old.size_bytes
            kept.builds[key] = build
            kept.size_bytes += build.size_bytes
            while kept.size_bytes > self._most_bytes:
                _, dropped = kept.builds.popitem(last=False)
                kept.size_bytes -= dropped.size_bytes


def key_of(prepared: Prepared, command: Command, where: Iterable[str]) -> bytes:
    """The SHA-256 of everything that a build depends on.

    `command` compiles. The limits that were asked for count too, since they decide whether it ends
    well. `where`: what tells the compiler from others of the same name: image, digest, version.
    """
    language = prepared.language.model_dump_json(exclude={"aliases", "name"})
    limits = prepared.compile_limits.model_dump_json()
    words = (prepared.program.tenant, language, limits, prepared.staged.entry)
    environment = (f"{name}={value}" for name, value in sorted(command.env))
    groups = (words, where, command.argv, environment)
    lists = [[word.encode("utf-8", "surrogateescape") for word in group] for group in groups]
    files = sorted(prepared.staged.files.items())
    lists.append([part for path, content in files for part in (path.encode(), content)])
    return hashlib.sha256(b"".join(map(_joined, lists))).digest()


def _joined(parts: Iterable[bytes]) -> bytes:
    """A list as bytes that no other lists give."""
    return b"".join(b"%d:%b" % (len(part), part) for part in parts) + b";"


def build_of(report: Report, compiled: CompileResult) -> Build | None:
    """What may be kept of a compilation; None: nothing.

    A compiler that exceeded a limit, was killed, or left processes may succeed another time. An
    error of the compiler depends on the program alone.
    """
    odd = report.anomaly or report.left_processes or report.disk_full or report.oom_kills
    if odd or report.limit != "none" or report.exit_code is None:
        return None
    if compiled.ok:
        return None if report.built is None else Build(compiled, report.built)
    cut = compiled.stdout_truncated or compiled.stderr_truncated
    return None if cut or report.exit_code > _SHELL_MAX else Build(compiled, ())


def _encoded(build: Build) -> tuple[dict[str, Any], list[bytes]]:
    files = [[file.path, file.executable] for file in build.files]
    head = {"compiled": build.compiled.model_dump(mode="json"), "files": files}
    return head, [file.data for file in build.files]


def _decoded(head: dict[str, Any], parts: list[bytes]) -> Build:
    files = zip(head["files"], parts, strict=True)
    return Build(
        CompileResult.model_validate(head["compiled"]),
        tuple(BuiltFile(path, data, executable) for (path, executable), data in files),
    )

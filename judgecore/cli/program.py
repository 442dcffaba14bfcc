"""A program as it lies on disk: a file, or a folder of them, as packages have submissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from judgecore import Judge
from judgecore.cli.options import ENDINGS, guess_language, read_source
from judgecore.errors import InvalidSubmission
from judgecore.languages import Language
from judgecore.submission import MAX_FILES

ProgramArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The program: a file or a folder; - for stdin.")
]
EntryOption = Annotated[
    str | None,
    typer.Option(
        "--entry", help="File of the folder to start; default: main.*, or the only one that fits."
    ),
]
_COMPILE_C = {"cpp", "objective-c", "objective-cpp"}  # a C file beside theirs is part of it
_MAIN = re.compile(rb"\bmain\s*\(")


@dataclass(frozen=True, slots=True)
class Program:
    """Contents by path. `entry`: the path of the file to start, None where the language decides."""

    path: Path
    files: dict[str, bytes]
    entry: str | None
    is_folder: bool

    def language(self, judge: Judge, given: str | None) -> Language:
        """As given, else by the endings of the files."""
        if given or not self.is_folder:
            content = b"" if self.is_folder else next(iter(self.files.values()))
            return judge.registry[guess_language(self.path, judge, given, content)]
        found = self._languages(judge)
        if found & _COMPILE_C:
            found.discard("c")
        if len(found) != 1:
            said = f": it may be {', '.join(sorted(found))}" if found else ""
            raise InvalidSubmission(
                "language",
                f"cannot be guessed from the files of {self.path}{said}; give --language",
            )
        return judge.registry[found.pop()]

    def _languages(self, judge: Judge) -> set[str]:
        """The languages that the entry file may be in: that of `main.*`, else those of all."""
        names = list(self.files) if self.entry is None else [self.entry]
        found: dict[str, set[str]] = {}
        for name in names:
            with suppress(InvalidSubmission):  # a header, a list of words
                language = guess_language(Path(name), judge, None, self.files[name])
                found.setdefault(Path(name).stem.lower(), set()).add(language)
        return found.get("main") or set().union(*found.values())

    def has_main(self, name: str) -> bool:
        """Whether a file seems to define or call a `main`."""
        return bool(_MAIN.search(self.files[name]))

    def fields(self, language: Language | None) -> dict[str, Any]:
        """`source`, `files` and `entry` as a submission has them; a folder's need the language."""
        if language is None or not self.is_folder:
            (source,) = self.files.values()
            return {"source": source, "files": {}, "entry": self.entry}
        entry = self.entry or self._start(language)
        files = {name: text for name, text in self.files.items() if name != entry}
        return {"source": self.files[entry], "files": files, "entry": entry}

    def _start(self, language: Language) -> str:
        """The file to start: `main.*`, the only one, or the only one that has a `main`."""
        endings = {Path(language.file).suffix, *language.endings}
        endings |= {ending for ending, name in ENDINGS.items() if name == language.id}
        names = [name for name in self.files if Path(name).suffix in endings]
        stems = {name: Path(name).stem for name in names}
        at_top = [name for name in names if "/" not in name]
        for fitting in (
            [name for name in at_top if stems[name] == Path(language.file).stem],
            [name for name in at_top if stems[name] == "__main__"],
            names,
            [name for name in names if _MAIN.search(self.files[name])],
        ):
            if len(fitting) == 1:
                return fitting[0]
        raise InvalidSubmission(
            "entry",
            f"{len(names)} files of {self.path} could be the one to start; name it with --entry",
        )


def read_program(path: Path, entry: str | None) -> Program:
    """Read a program, or raise `InvalidSubmission` that names the path at fault."""
    if not path.is_dir():
        return Program(path, {path.name: read_source(path)}, entry, is_folder=False)
    files: dict[str, bytes] = {}
    for found in _files(path, path.resolve()):
        if len(files) > MAX_FILES:
            raise InvalidSubmission(str(path), f"more than {MAX_FILES} files")
        files[found.relative_to(path).as_posix()] = read_source(found)
    if not files:
        raise InvalidSubmission(str(path), "the folder has no files")
    if entry is not None and entry not in files:
        raise InvalidSubmission("--entry", f"{path} has no file {entry!r}")
    return Program(path, files, entry, is_folder=True)


def folder_entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name, without what editors and interpreters leave there."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as exc:
        raise InvalidSubmission(str(folder), exc.strerror or str(exc)) from None
    return [p for p in entries if not p.name.startswith(".") and p.name != "__pycache__"]


def may_be_main(name: str) -> bool:
    """Whether a file is called as the one of several that is started."""
    return Path(name).stem.lower() in ("main", "__main__")


def _files(folder: Path, top: Path) -> Iterator[Path]:
    for path in folder_entries(folder):
        # Packages come from anybody, and what is read here is shown to programs.
        if path.is_symlink() and not path.resolve().is_relative_to(top):
            raise InvalidSubmission(str(path), "links to a place outside the folder")
        if not path.is_dir():
            yield path
        elif not path.is_symlink():
            yield from _files(path, top)

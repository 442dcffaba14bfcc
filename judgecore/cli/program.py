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
    Path, typer.Argument(metavar="FILE", help="The program: a file, or a folder; - for stdin.")
]
EntryOption = Annotated[
    str | None,
    typer.Option("--entry", help="Which file of the folder to start; default: main.*, or the one."),
]
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
            return judge.registry[guess_language(self.path, judge, given)]
        found = set()
        for name in self.files if self.entry is None else (self.entry,):
            with suppress(InvalidSubmission):  # a header, a list of words
                found.add(guess_language(Path(name), judge, None))
        if len(found) != 1:
            said = f": it may be {', '.join(sorted(found))}" if found else ""
            raise InvalidSubmission(
                "language",
                f"cannot be guessed from the files of {self.path}{said}; give --language",
            )
        return judge.registry[found.pop()]

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
        ending = Path(language.file).suffix
        names = [
            name
            for name in self.files
            if Path(name).suffix == ending or ENDINGS.get(Path(name).suffix) == language.id
        ]
        for name in (language.file, f"__main__{ending}"):
            if name in names:
                return name
        with_main = [name for name in names if _MAIN.search(self.files[name])]
        for fitting in (names, with_main):
            if len(fitting) == 1:
                return fitting[0]
        raise InvalidSubmission(
            "entry", f"{len(names)} files of {self.path} may be the one to start; give --entry"
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
        raise InvalidSubmission(str(path), "a folder without files")
    if entry is not None and entry not in files:
        raise InvalidSubmission("--entry", f"{path} has no file {entry!r}")
    return Program(path, files, entry, is_folder=True)


def _files(folder: Path, top: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as exc:
        raise InvalidSubmission(str(folder), exc.strerror or str(exc)) from None
    for path in entries:
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        # Packages come from anybody, and what is read here is shown to programs.
        if path.is_symlink() and not path.resolve().is_relative_to(top):
            raise InvalidSubmission(str(path), "a link out of the folder")
        if not path.is_dir():
            yield path
        elif not path.is_symlink():
            yield from _files(path, top)

"""The files of a submission: what they are called in the box, and which of them is the entry."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from judgecore.languages.classes import erlang_module, java_file_name

_NAME = re.compile(r"\w{1,60}")  # anything else is no name for a file of ours
_BOX = re.compile(r"(?<![\w./-])/box/")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Staged:
    """Files as they lie in the box: bytes by path. `entry` is the one to compile or run.

    `endings`: those of the language's own files. `main_class`: the class whose `main` is run,
    where the language has such.
    """

    entry: str
    files: Mapping[str, bytes]
    endings: tuple[str, ...] = ()
    main_class: str = ""

    @property
    def stem(self) -> str:
        """The entry's path without its ending."""
        folder, slash, name = self.entry.rpartition("/")
        return folder + slash + (name.rpartition(".")[0] or name)

    @property
    def others(self) -> tuple[str, ...]:
        """The other files with the entry's ending, or one of the language's, by name."""
        return self.ending_in(self.entry[len(self.stem) :], *self.endings)

    def ending_in(self, *endings: str) -> tuple[str, ...]:
        """The files beside the entry with one of these endings, by name; hidden ones are none."""
        wanted = tuple(filter(None, endings))
        shown = (p for p in self.files if p != self.entry and not p.startswith("."))
        return tuple(sorted(p for p in shown if p.endswith(wanted)))


@dataclass(frozen=True, slots=True)
class Sources:
    """A submission's files as bytes: `source` is the entry file, `files` are the others, by path.

    `entry`: the path of the entry file; None: as the language names it.
    """

    source: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    entry: str | None = None

    @property
    def text(self) -> str:
        """The entry file as far as it can be read, for what it says about itself."""
        return self.source.decode("utf-8", "replace")

    def entry_path(self, default: str, rule: str | None) -> str:
        """Where the entry file lies. `rule`: by which the source names its file.

        A name that the source insists on wins over the submission's, as the compiler would refuse
        any other; the folder is the submission's all the same.
        """
        given = self.entry or default
        name = None if rule is None else FILE_NAME_FROM[rule](self.text, self.entry is not None)
        if not name or not _NAME.fullmatch(name):
            return given
        folder, slash, _ = given.rpartition("/")
        path = f"{folder}{slash}{name}.{default.rpartition('.')[2]}"
        return given if self.entry is not None and path in self.files else path


# How a source says what its file is to be called, by the name of the rule: source, and whether
# the submission gives a name of its own.
FILE_NAME_FROM: dict[str, Callable[[str, bool], str | None]] = {
    "public class": java_file_name,
    "erlang module": erlang_module,
}


def without_mark(source: bytes) -> bytes:
    """The source without a byte order mark, and as UTF-8 where the mark says that it is UTF-16."""
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return source.decode("utf-16", "replace").encode()
    return source.removeprefix(BOM_UTF8)


def readable(text: str) -> str:
    """What a compiler said, with paths as the submitter knows them and without colours."""
    return _BOX.sub("", _COLOUR.sub("", text))

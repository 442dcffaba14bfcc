"""The files of a submission: what they are called in the box, and which of them is the entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from judgecore.languages.classes import public_class

_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")  # anything else is no name for a file of ours
_BOX = re.compile(r"(?<![\w./-])/box/")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Staged:
    """Files as they lie in the box: text by path. `entry` is the one to compile or run.

    `begins_in`: the class whose `main` is run, where the language has such.
    """

    entry: str
    files: Mapping[str, str]
    begins_in: str = ""

    @property
    def stem(self) -> str:
        """The entry's path without its ending."""
        return self.entry.rpartition(".")[0] or self.entry

    @property
    def others(self) -> tuple[str, ...]:
        """The other files with the entry's ending, by name."""
        ending = self.entry[len(self.stem) :]
        others = sorted(p for p in self.files if p != self.entry and p.endswith(ending))
        return tuple(others) if ending else ()


@dataclass(frozen=True, slots=True)
class Sources:
    """A submission's text: `source` is the entry file, `files` are the others, by path.

    `entry`: the path of the entry file; None: as the language names it.
    """

    source: str
    files: Mapping[str, str] = field(default_factory=dict)
    entry: str | None = None

    def staged(self, default: str, named_by: str | None) -> Staged:
        """The files with their names. `default`: the entry's, unless the source asks for one."""
        entry = self.entry or default
        if self.entry is None and named_by is not None:
            name = NAMED_BY[named_by](self.source)
            if name and _NAME.fullmatch(name):
                entry = f"{name}.{default.rpartition('.')[2]}"
        return Staged(entry=entry, files={**self.files, entry: self.source})


# How a source says what its file is to be called, by the name of the rule.
NAMED_BY: dict[str, Callable[[str], str | None]] = {"public class": public_class}


def readable(text: str) -> str:
    """What a compiler said, with paths as the submitter knows them and without colours."""
    return _BOX.sub("", _COLOUR.sub("", text))

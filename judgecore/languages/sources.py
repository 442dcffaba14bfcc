"""The files of a submission: what they are called in the box, and which of them is the entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# Comments and strings of C's descendants: a class named in one of them is none.
_NOT_CODE = re.compile(
    r"""//[^\n]* | /\*.*?(?:\*/|\Z)
      | "{3}.*?(?:"{3}|\Z) | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?""",
    re.DOTALL | re.VERBOSE,
)
_TOKEN = re.compile(
    r"(?P<brace>[{}])|(?P<public>\bpublic\b)|(?P<main>\bvoid\s+main\s*\()"
    r"|\b(?:class|interface|enum|record)\s+(?P<name>\w+)"
)
_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")  # anything else is no name for a file of ours
_BOX = re.compile(r"(?<![\w./-])/box/")


@dataclass(frozen=True, slots=True)
class Staged:
    """Files as they lie in the box: text by path. `entry` is the one to compile or run."""

    entry: str
    files: Mapping[str, str]

    @property
    def stem(self) -> str:
        """The entry's path without its ending."""
        return self.entry.rpartition(".")[0] or self.entry

    @property
    def alike(self) -> tuple[str, ...]:
        """All files with the entry's ending, the entry first."""
        ending = self.entry[len(self.stem) :]
        others = sorted(p for p in self.files if p != self.entry and p.endswith(ending))
        return (self.entry, *(others if ending else ()))


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


def public_class(source: str) -> str | None:
    """The class that names a Java file: the public one, else the one that holds `main`."""
    depth, public, current, with_main = 0, False, None, None
    for token in _TOKEN.finditer(_NOT_CODE.sub(" ", source)):
        if token["brace"]:
            depth += 1 if token["brace"] == "{" else -1
            public = False
        elif token["public"]:
            public = depth == 0
        elif token["main"]:
            with_main = with_main or current
        elif depth == 0:
            if public:
                return token["name"]
            current = token["name"]
    return with_main


# How a source says what its file is to be called, by the name of the rule.
NAMED_BY: dict[str, Callable[[str], str | None]] = {"public class": public_class}


def without_box(text: str) -> str:
    """What a compiler said, with paths as the submitter knows them."""
    return _BOX.sub("", text)

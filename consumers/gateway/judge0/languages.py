"""Languages by Judge0's numbers."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any

from consumers.gateway.judge0.tables import EXTRA, FAMILIES, MULTI_FILE
from consumers.gateway.offered import Offered
from judgecore.languages import Language


@dataclass(frozen=True, slots=True)
class Numbered:
    """A language under a number. `language`: what runs; Bash where it is a program of many files.

    The name begins as Judge0's does, since clients look for that.
    """

    number: int
    family: str
    language: Language

    @property
    def name(self) -> str:
        """The name that clients see."""
        if self.number == MULTI_FILE or self.language.name.startswith(f"{self.family} ("):
            return self.family if self.number == MULTI_FILE else self.language.name
        return f"{self.family} ({self.language.name})"

    def summary(self) -> dict[str, Any]:
        """An item of the list of languages."""
        return {"id": self.number, "name": self.name}

    def details(self) -> dict[str, Any]:
        """All about it."""
        language = self.language
        return {
            **self.summary(),
            "is_archived": False,
            "source_file": language.file,
            "compile_cmd": shlex.join(language.compile) if language.compile else None,
            "run_cmd": shlex.join(language.run),
        }


def numbered(offered: Offered, *, extra: bool = False) -> dict[int, Numbered]:
    """The languages that are offered, by number; `extra`: with those of that flavour."""
    names = {number: (str(number), family) for number, family in FAMILIES.items()}
    names[MULTI_FILE] = ("46", FAMILIES[MULTI_FILE])
    if extra:
        names |= EXTRA
    found = {}
    for number, (alias, family) in names.items():
        if (language := offered.get(alias)) is not None:
            found[number] = Numbered(number, family, language)
    return found

"""Drivers: programs that call a submission's functions in its own language.

A language has one where its folder, or that of the language that it extends, holds `driver.toml`
and the template that this names. docs/functions.md says how one is written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from judgecore.errors import InvalidConfig, InvalidSubmission
from judgecore.functions.names import Style, spelled
from judgecore.functions.signature import Signature
from judgecore.functions.types import Type
from judgecore.languages.patterns import (
    NEVER,
    Imports,
    Insertion,
    Offers,
    Patterns,
    Records,
    Replacement,
    Stubs,
)
from judgecore.languages.registry import Registry
from judgecore.languages.spec import Language

CLASS = "Solution"
CALLBACKS = "functions to call"
_DEFINES = (
    r"^[ \t]*(?:(?:pub|public|final|static|export|data)[ \t]+)*(?:class|struct|type|function)\s+"
    r"{name}\b(?!\s*[*&])"
)


class Driver(BaseModel):
    """One language's driver.

    `file`: the driver's file name, which is started. `template`: its file in the folder.
    `solution`: the submission's file name, where the language does not decide it. `style`: of the
    names of functions and parameters; `method_style`: of a class's methods, where it differs;
    `class_style`: of classes. `container`: whether stubs put a function into a class Solution;
    `contained`: a pattern that is found in sources with such a class.
    `types`: the language's words for types, `{0}` for what is in the brackets, `{all}` for all of
    it, `{n}` for how many those are; `lists`: for lists of a type (Kotlin's IntArray); `boxed`: for
    a type in another one that is no list (Java's Integer). A type without a word is not supported;
    neither is one that the pattern `refused` finds, written as in a signature. `codes`: what the
    driver needs for types, in place of letters.
    `prefixed`: whether a class's methods are functions whose names begin with its name.
    `field_style`: of the names of a record's fields, where it differs; `record`: how records are
    written.
    `helpers`: classes that the driver adds unless the submission has them, by name. A name may be
    followed by a type (`Node graph`): then the class is for signatures with that type. `wires`, by
    type: text for the place `wires` where a signature has the type. `defines`: a pattern that is
    found in sources with the class `{name}`. `places`: more of the template's places, by name.
    `prelude`: what is put before a submission, in its first line, unless the pattern
    `prelude_unless` is found in it. `insertions`: what is put elsewhere into it; `replacements`,
    `imports`: what is changed in it before. `enclosing`: a pattern for the beginning of a class, in
    a language in which each function is in one, which need not be called Solution. `offers`: how a
    submission calls functions of the problem; None: it cannot.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    template: str = "driver.template"
    solution: str
    style: Style = Style.SNAKE
    method_style: Style | None = None
    prefixed: bool = False
    class_style: Style = Style.PASCAL
    container: bool = False
    contained: str = r"\b(?:class|struct)\s+Solution\b"
    keywords: tuple[str, ...] = ()
    escape: str = "{name}_"
    types: Annotated[dict[str, str], Field(min_length=1)]
    refused: str = NEVER
    boxed: dict[str, str] = {}
    lists: dict[str, str] = {}
    codes: dict[str, str] = {}
    glue: str = ", "
    field_style: Style | None = None
    record: Records | None = None
    wires: dict[str, str] = {}
    helpers: dict[str, str] = {}
    defines: str = _DEFINES
    places: dict[str, str] = {}
    prelude: str = ""
    prelude_unless: str = NEVER
    insertions: tuple[Insertion, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    imports: Imports | None = None
    enclosing: str = NEVER
    patterns: Patterns
    offers: Offers | None = None
    stub: Stubs
    folder: Annotated[Path, Field(exclude=True)]
    language: Annotated[str, Field(exclude=True)]

    def spell(self, name: str, *, of_class: bool = False) -> str:
        """The name of a function, a parameter or a class's method in the language's style."""
        style = self.method_style if of_class and self.method_style else self.style
        return self.escaped(spelled(name, style))

    def escaped(self, name: str) -> str:
        """The name, written so that it is no keyword."""
        return self.escape.replace("{name}", name) if name in self.keywords else name

    def class_name(self, signature: Signature) -> str:
        """The name of the class that holds what is called."""
        if not signature.is_class:
            return CLASS
        pascal = self.class_style is Style.PASCAL
        as_given = pascal and signature.name[0].isupper() and "_" not in signature.name
        return signature.name if as_given else spelled(signature.name, self.class_style)

    def field(self, name: str) -> str:
        """The name of a record's field in the language's style."""
        return self.escaped(spelled(name, self.field_style or self.style))

    def type(self, kind: Type) -> str:
        """The language's word for a type."""
        words = {**self.types, **{f"list of {of}": word for of, word in self.lists.items()}}
        return _worded(kind.plain, words, self.boxed, self.glue)

    def code(self, kind: Type) -> str:
        """The code of a type that is put into the driver."""
        if self.codes:
            return _worded(kind.plain, self.codes, {}, self.glue)
        return kind.plain.code_as(self.field)

    def missing(self, signature: Signature) -> list[str]:
        """The types of the signature that it has no word for."""
        refused = {str(one) for one in signature.kinds if re.search(self.refused, str(one))}
        return sorted((signature.types - set(self.types)) | refused | self._not_offered(signature))

    def _not_offered(self, signature: Signature) -> set[str]:
        """What it lacks for the functions that a submission may call."""
        if self.offers is None:
            return {CALLBACKS} if signature.offered else set()
        kinds = [kind for one in signature.offered for kind in (one.returns, *one.types)]
        return {
            f"{kind} in {CALLBACKS}"
            for kind in map(str, kinds)
            if re.search(self.offers.refused, kind)
        }

    def require(self, signature: Signature) -> None:
        """Raise `InvalidSubmission` about a type that it lacks; it names languages with it."""
        if not (lacking := self.missing(signature)):
            return
        others = [one.id for one in Registry().values() if has_types(one, signature)]
        raise InvalidSubmission(
            "language",
            f"{self.language}: its driver has no {', '.join(lacking)}, which the problem's"
            f" signature needs; languages that have it: {', '.join(others) or 'none'}",
        )


def _worded(kind: Type, words: Mapping[str, str], boxed: Mapping[str, str], glue: str) -> str:
    box = boxed if kind.name != "list" else {}
    inner = [box.get(part.name) or _worded(part, words, boxed, glue) for part in kind.of]
    word = words.get(f"{kind.name} of {kind.of[0].name}" if kind.of else "") or words[kind.name]
    word = word.replace("{all}", glue.join(inner))
    word = word.replace("{n}", str(len(inner))).replace("{name}", kind.label)
    for number, one in enumerate(inner):
        word = word.replace(f"{{{number}}}", one)
    return word


# ---------------------------------------------------------------- reading


def driver_of(language: Language) -> Driver | None:
    """The language's driver; None where it has none."""
    return _load(language.folder, language.id)


def has_types(language: Language, signature: Signature) -> bool:
    """Whether the language has a driver that has a word for each type of the signature."""
    driver = driver_of(language)
    return driver is not None and not driver.missing(signature)


@lru_cache(maxsize=256)
def _load(folder: Path, language: str) -> Driver | None:
    path = folder / "driver.toml"
    if not path.is_file():
        return None
    try:
        data, home = _tables(folder)
        return Driver.model_validate({**data, "folder": home, "language": language})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidConfig(f"{path}: {exc}") from None
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        raise InvalidConfig(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _tables(folder: Path) -> tuple[dict[str, Any], Path]:
    """What a driver says, on top of the one that it extends; and where the template lies."""
    data = tomllib.loads((folder / "driver.toml").read_text("utf-8"))
    base = data.pop("extends", None)
    if base is None:
        return data, folder
    inherited, home = _tables(folder.parent / str(base))
    return {**inherited, **data}, folder if "template" in data else home


def prefix(name: str) -> str:
    """What the functions of a class begin with, in a language without classes."""
    return name[:1].lower() + name[1:]

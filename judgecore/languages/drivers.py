"""Drivers: programs that call a submission's functions in its own language.

A language has one where its folder, or that of the language that it extends, holds `driver.toml`
and the template that this names. docs/functions.md says how one is written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from judgecore.errors import InvalidConfig, InvalidSubmission
from judgecore.functions.names import Style, spelled
from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID, Type
from judgecore.languages.patterns import (
    NEVER,
    Imports,
    Insertion,
    Patterns,
    Records,
    Replacement,
    Stubs,
    filled,
)
from judgecore.languages.sources import without_mark
from judgecore.languages.spec import Language
from judgecore.languages.spellings import enclosing, found, without_comments

CLASS = "Solution"
_PLACE = re.compile(r"\{\{(\w+)\}\}")
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
    a language in which each function is in one, which need not be called Solution.
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
        made = spelled(name, self.field_style or self.style)
        return self.escape.replace("{name}", made) if made in self.keywords else made

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
        return sorted((signature.types - set(self.types)) | refused)

    def require(self, signature: Signature) -> None:
        """Raise `InvalidSubmission` where it has no word for a type of the signature."""
        missing = self.missing(signature)
        if missing:
            raise InvalidSubmission(
                "language",
                f"{self.language}: its driver has no {', '.join(missing)}, which the problem's"
                " signature needs",
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


# ---------------------------------------------------------------- making


@dataclass(frozen=True, slots=True)
class Driven:
    """What a submission is compiled as. `own`: what its source is called, with the prelude."""

    entry: str
    driver: bytes
    own: str
    source: bytes


def driven(driver: Driver, signature: Signature, given: bytes, own: str | None) -> Driven:
    """The driver for a signature, with names in the spelling that the submission uses."""
    driver.require(signature)
    source = given.decode("utf-8", "replace")
    own = own or driver.solution
    name = found(signature.name, driver.class_name(signature), source)
    name = name if signature.is_class else _enclosing(driver, signature, source)
    places = {
        **driver.places,
        "methods": "\n".join(_methods(driver, signature, source, name)),
        "helpers": "\n".join(_helpers(driver, signature, source)),
        "brought": " ".join(_definitions(driver, signature)),
        "wires": "\n".join(_wires(driver, signature)),
        "class": name,
        "solution": own,
        "module": Path(own).stem,
        "object": _object(driver, name) if signature.is_class else "",
    }
    template = (driver.folder / driver.template).read_text("utf-8")
    made = _PLACE.sub(lambda found: places.get(found[1], found[0]), template)
    plain = re.search(driver.prelude_unless, source, re.M) is not None
    whole = given if plain else driver.prelude.encode() + without_mark(given)
    return Driven(driver.file, made.lstrip("\n").encode(), own, _changed(driver, whole))


def _enclosing(driver: Driver, signature: Signature, source: str) -> str:
    """The class that holds the function."""
    if _is_contained(driver, source):
        return CLASS
    name = found(signature.name, driver.spell(signature.name), source)
    return enclosing(driver.enclosing, name, source) or CLASS


def _is_contained(driver: Driver, source: str) -> bool:
    """Whether the source has a class Solution."""
    return re.search(driver.contained, without_comments(source)) is not None


def _changed(driver: Driver, given: bytes) -> bytes:
    """The submission as it is compiled."""
    source = before = without_mark(given).decode("utf-8", "surrogateescape")
    for replacement in driver.replacements:
        source = replacement.into(source)
    for insertion in driver.insertions:
        source = insertion.into(source)
    if driver.imports is not None:
        source = driver.imports.into(source)
    return given if source == before else source.encode("utf-8", "surrogateescape")


def prefix(name: str) -> str:
    """What the functions of a class begin with, in a language without classes."""
    return name[:1].lower() + name[1:]


def _object(driver: Driver, name: str) -> str:
    return filled(driver.patterns.object, {"class": name, "prefix": prefix(name)})


def _helpers(driver: Driver, signature: Signature, source: str) -> Iterable[str]:
    for name, text in _definitions(driver, signature).items():
        if not re.search(driver.defines.replace("{name}", name), source, re.M):
            yield text


def _definitions(driver: Driver, signature: Signature) -> dict[str, str]:
    """The classes that the driver brings, by name."""
    found = {}
    for key, text in driver.helpers.items():
        name, _, kind = key.partition(" ")
        if not kind or kind in signature.types:
            found[name] = text
    if driver.record is not None:
        for record in signature.records:
            found[record.label] = _record(driver, driver.record.definition, record)
    return found


def _wires(driver: Driver, signature: Signature) -> Iterable[str]:
    yield from (text for kind, text in driver.wires.items() if kind in signature.types)
    if driver.record is not None and driver.record.wire:
        yield from (_record(driver, driver.record.wire, kind) for kind in signature.records)


def _record(driver: Driver, pattern: str, kind: Type) -> str:
    """The pattern with a record's name and with what each of its fields needs."""
    how = driver.record
    assert how is not None
    ofs = [
        {
            **_of(driver, str(number), part),
            "name": driver.field(field),
            "record": kind.label,
        }
        for number, (field, part) in enumerate(zip(kind.fields, kind.of, strict=True))
    ]
    made = {
        "name": kind.label,
        "fields": how.field_glue.join(filled(how.field, of) for of in ofs),
        "parameters": how.parameters_glue.join(filled(how.parameter, of) for of in ofs),
        "sets": "".join(filled(how.set, of) for of in ofs),
        "reads": how.read_glue.join(filled(how.read, of) for of in ofs),
        "writes": "".join(filled(how.write, of) for of in ofs),
    }
    return filled(pattern, made)


def _methods(driver: Driver, signature: Signature, source: str, name: str) -> Iterable[str]:
    patterns = driver.patterns
    contained = (
        not signature.is_class and re.search(driver.contained, without_comments(source)) is not None
    )
    for number, method in enumerate(signature.every, start=0 if signature.is_class else 1):
        pattern = (patterns.member if contained else None) or patterns.function
        if signature.is_class:
            pattern = patterns.method or patterns.member or patterns.function
        if number == 0:
            pattern = patterns.constructor or pattern
        fields = _fields(driver, method)
        default = driver.spell(method.name, of_class=signature.is_class)
        if signature.is_class and driver.prefixed:
            fields["name"] = prefix(name) + default
        else:
            fields["name"] = found(method.name, default, source)
        more = {"number": str(number), "class": name, "contained": str(int(contained))}
        yield filled(pattern, {**fields, **more, "prefix": prefix(name)})


def _fields(driver: Driver, method: Method) -> dict[str, str]:
    patterns = driver.patterns
    ofs = [_of(driver, str(i), p.type) for i, p in enumerate(method.parameters)]
    writes = [filled(patterns.write, ofs[i]) for i in method.mutates]
    if method.returns != VOID:
        pattern = patterns.write if patterns.write_returned is None else patterns.write_returned
        writes.insert(0, filled(pattern, _of(driver, "r", method.returns)))
    mutated = patterns.argument_mutated or patterns.argument
    arguments = [
        filled(mutated if i in method.mutates else patterns.argument, of)
        for i, of in enumerate(ofs)
    ]
    return {
        "returns": driver.code(method.returns),
        "outs": driver.code(method.result),
        "parameters": patterns.parameters_glue.join(filled(patterns.parameter, of) for of in ofs),
        "mutates": ", ".join(map(str, method.mutates)),
        "count": str(len(ofs)),
        "types": ", ".join(of["type"] for of in ofs),
        "reads": "".join(filled(patterns.read, of) for of in ofs),
        "arguments": patterns.arguments_glue.join(arguments) or patterns.no_arguments,
        "writes": "".join(writes),
    }


def _of(driver: Driver, i: str, kind: Type) -> dict[str, str]:
    return {"i": i, "code": driver.code(kind), "type": driver.type(kind)}

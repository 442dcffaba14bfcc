"""Drivers: what calls a submission's functions in its own language.

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
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from judgecore.errors import InvalidConfig, InvalidSubmission
from judgecore.functions.names import Style, spelled, spellings
from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID, Type
from judgecore.languages.spec import Language

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_FIELD = re.compile(r"\{(\w+)\}")
_CLASS = "Solution"
_DEFINES = (
    r"^[ \t]*(?:(?:pub|public|final|static|export|data)\s+)*(?:class|struct|type|function)\s+"
)


class Patterns(BaseModel):
    """What the template's places are filled with; in each, `{name}` and the like are replaced.

    `function`, `member`, `method`, `constructor`: one of a signature's methods: a function, a
    function in the class Solution, one of a class problem, its constructor. Fields: `number` (0 for
    the constructor), `name`, `class`, `returns`, `parameters`, `mutates`, `reads`, `arguments`,
    `writes`. `parameter`: one of `parameters`, `read`: one of `reads`, `argument`: one of
    `arguments`, `write`: one of `writes`; fields `i`, `code`, `type`, `name`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    member: str | None = None
    method: str | None = None
    constructor: str | None = None
    parameter: str = "{code}"
    parameters_glue: str = ", "
    read: str = ""
    argument: str = "a{i}"
    write: str = ""
    write_returned: str = ""


class Stubs(BaseModel):
    """What a stub is made of. `function`: fields `name`, `parameters`, `returns`, `class`;
    `void_function` where nothing is returned. `member`, `constructor`: those of a class.
    `head`: what precedes; `opens`, `closes`: the class. `mutable`: a parameter's type where the
    function changes it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    function: str
    void_function: str | None = None
    member: str | None = None
    void_member: str | None = None
    constructor: str = ""
    parameter: str = "{name}"
    glue: str = ", "
    opens: str = ""
    closes: str = ""
    between: str = "\n"
    mutable: str = "{type}"


class Driver(BaseModel):
    """One language's driver.

    `file`: what the driver is called, and so started as. `template`: its file in the folder.
    `solution`: what the submission is called where nothing else names it. `style`: of functions and
    parameters; `class_style` of classes. `container`: whether stubs put a function into a class
    Solution. `contained`: the pattern by which a source that has such a class is known.
    `types`: the language's words for types, `{0}` for what is in the brackets; `codes`: what the
    driver needs for them. A type without a word is not supported. `nested`: words for a type within
    another one (Java's Integer). `helpers`: classes that the driver brings unless the submission
    has them. `files`: more files of the folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    template: str = "driver.template"
    solution: str
    style: Style = Style.SNAKE
    class_style: Style = Style.PASCAL
    container: bool = False
    contained: str = r"\b(?:class|struct)\s+Solution\b"
    keywords: tuple[str, ...] = ()
    escape: str = "{name}_"
    types: Annotated[dict[str, str], Field(min_length=1)]
    nested: dict[str, str] = {}
    codes: dict[str, str] = {}
    glue: str = ", "
    helpers: dict[str, str] = {}
    files: tuple[str, ...] = ()
    patterns: Patterns
    stub: Stubs
    folder: Annotated[Path, Field(exclude=True)]
    language: Annotated[str, Field(exclude=True)]

    def spell(self, name: str) -> str:
        """A function's or parameter's name as the language has it."""
        made = spelled(name, self.style)
        return self.escape.format(name=made) if made in self.keywords else made

    def type(self, kind: Type) -> str:
        """The language's word for a type."""
        return _worded(kind, self.types, self.nested, self.glue)

    def code(self, kind: Type) -> str:
        """What the driver is told of a type."""
        return _worded(kind, self.codes, {}, self.glue) if self.codes else kind.code

    def require(self, signature: Signature) -> None:
        """Raise `InvalidSubmission` where it has no word for a type of the signature."""
        missing = sorted(signature.types - set(self.types))
        if missing:
            raise InvalidSubmission(
                "language",
                f"{self.language}: its driver has no {', '.join(missing)}, which the problem's"
                " signature needs",
            )


def _worded(kind: Type, words: Mapping[str, str], nested: Mapping[str, str], glue: str) -> str:
    inner = [_worded(part, {**words, **nested}, nested, glue) for part in kind.of]
    word = words[kind.name]
    if "{0}" not in word:
        return word.replace("{all}", glue.join(inner)).replace("{count}", str(len(inner)))
    for number, one in enumerate(inner):
        word = word.replace(f"{{{number}}}", one)
    return word


@lru_cache(maxsize=256)
def _load(folder: Path, language: str) -> Driver | None:
    path = folder / "driver.toml"
    if not path.is_file():
        return None
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        base = data.pop("extends", None)
        if base is not None:
            inherited = tomllib.loads((folder.parent / base / "driver.toml").read_text("utf-8"))
            inherited.pop("extends", None)
            folder, data = folder.parent / base, {**inherited, **data}
        return Driver.model_validate({**data, "folder": folder, "language": language})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidConfig(f"{path}: {exc}") from None
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        raise InvalidConfig(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def driver_of(language: Language) -> Driver | None:
    """The language's driver; None where it has none."""
    return _load(language.folder, language.id)


@dataclass(frozen=True, slots=True)
class Driven:
    """The files that a submission is compiled with. `own`: what its source is called."""

    entry: str
    driver: bytes
    own: str
    files: Mapping[str, bytes]


def driven(driver: Driver, signature: Signature, source: str, own: str | None) -> Driven:
    """The driver for a signature and a submission that spells its names somehow."""
    driver.require(signature)
    places = {
        "methods": "\n".join(_methods(driver, signature, source)),
        "helpers": "\n".join(_helpers(driver, source)),
        "class": _class_name(driver, signature, source),
        "solution": own or driver.solution,
    }
    template = (driver.folder / driver.template).read_text("utf-8")
    made = _PLACE.sub(lambda found: places.get(found[1], found[0]), template)
    files = {name: (driver.folder / name).read_bytes() for name in driver.files}
    return Driven(driver.file, made.encode(), own or driver.solution, files)


def _class_name(driver: Driver, signature: Signature, source: str) -> str:
    if signature.constructor is None:
        return _CLASS
    default = spelled(signature.name, driver.class_style)
    return _found(signature.name, default, source)


def _found(name: str, default: str, source: str) -> str:
    """The name as the source spells it."""
    ways = (default, *spellings(name))
    return next((way for way in ways if _occurs(way, source)), default)


def _occurs(name: str, source: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", source) is not None


def _helpers(driver: Driver, source: str) -> Iterable[str]:
    for name, text in driver.helpers.items():
        if not re.search(rf"{_DEFINES}{name}\b", source, re.M):
            yield text


def _methods(driver: Driver, signature: Signature, source: str) -> Iterable[str]:
    patterns = driver.patterns
    contained = re.search(driver.contained, source) is not None
    for number, method in enumerate(signature.every, start=0 if signature.is_class else 1):
        if signature.is_class:
            own = patterns.method or patterns.member or patterns.function
            pattern = (patterns.constructor or own) if number == 0 else own
        else:
            pattern = (patterns.member or patterns.function) if contained else patterns.function
        fields = _fields(driver, method, number, source)
        fields["class"] = _class_name(driver, signature, source)
        fields["contained"] = "1" if contained and not signature.is_class else "0"
        yield filled(pattern, fields)


def filled(pattern: str, fields: Mapping[str, str]) -> str:
    """The pattern with its fields replaced; what is no field stays as it is."""
    return _FIELD.sub(lambda found: fields.get(found[1], found[0]), pattern)


def _fields(driver: Driver, method: Method, number: int, source: str) -> dict[str, str]:
    patterns = driver.patterns
    ofs = [
        {"i": str(i), "code": driver.code(p.type), "type": driver.type(p.type)}
        for i, p in enumerate(method.parameters)
    ]
    writes = [filled(patterns.write, ofs[i]) for i in method.mutates]
    if method.returns != VOID:
        returned = {"code": driver.code(method.returns), "type": driver.type(method.returns)}
        writes.insert(0, filled(patterns.write_returned or patterns.write, {**returned, "i": "r"}))
    return {
        "number": str(number),
        "name": _found(method.name, driver.spell(method.name), source),
        "returns": driver.code(method.returns),
        "parameters": patterns.parameters_glue.join(filled(patterns.parameter, of) for of in ofs),
        "mutates": ", ".join(map(str, method.mutates)),
        "reads": "".join(filled(patterns.read, of) for of in ofs),
        "arguments": ", ".join(filled(patterns.argument, of) for of in ofs),
        "writes": "".join(writes),
    }


def stub(driver: Driver, signature: Signature) -> str:
    """The source that a submission may begin with."""
    driver.require(signature)
    parts, stubs = [], driver.stub
    in_class = signature.is_class or driver.container
    name = spelled(signature.name, driver.class_style) if signature.is_class else _CLASS
    for number, method in enumerate(signature.every):
        constructor = signature.is_class and number == 0
        parts.append(
            filled(
                _stub_pattern(stubs, method, constructor, in_class),
                {
                    "name": name if constructor else driver.spell(method.name),
                    "class": name,
                    "parameters": stubs.glue.join(_stub_parameters(driver, method)),
                    "returns": driver.type(method.returns),
                },
            )
        )
    opened = filled(stubs.opens, {"class": name}) if in_class else ""
    closed = filled(stubs.closes, {"class": name}) if in_class else ""
    return opened + stubs.between.join(filter(None, parts)) + closed


def _stub_pattern(stubs: Stubs, method: Method, constructor: bool, in_class: bool) -> str:
    if constructor:
        return stubs.constructor
    void = method.returns == VOID
    function = (stubs.void_function if void else None) or stubs.function
    if not in_class:
        return function
    return (stubs.void_member if void else None) or stubs.member or function


def _stub_parameters(driver: Driver, method: Method) -> Iterable[str]:
    for number, parameter in enumerate(method.parameters):
        word = driver.type(parameter.type)
        if number in method.mutates:
            word = filled(driver.stub.mutable, {"type": word})
        yield filled(driver.stub.parameter, {"name": driver.spell(parameter.name), "type": word})

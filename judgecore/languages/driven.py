"""What a submission becomes beside a driver: the template of its language, filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID, Type
from judgecore.languages.drivers import CLASS, Driver, prefix
from judgecore.languages.offering import definitions
from judgecore.languages.patterns import filled
from judgecore.languages.sources import without_mark
from judgecore.languages.spellings import (
    enclosing,
    found,
    function_found,
    occurs,
    without_comments,
)

_PLACE = re.compile(r"\{\{(\w+)\}\}")


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
        **definitions(driver, signature, source),
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
    return Driven(driver.file, made.lstrip("\n").encode(), own, _changed(driver, signature, whole))


def absent(driver: Driver, signature: Signature, source: str) -> list[str]:
    """The class and functions that a source does not have, in any spelling: `function two_sum`."""
    if signature.is_class and driver.prefixed:
        return []
    names = []
    if signature.is_class:
        names.append(("class", found(signature.name, driver.class_name(signature), source)))
    for method in signature.methods:
        default = driver.spell(method.name, of_class=signature.is_class)
        find = found if signature.is_class else function_found
        names.append(("function", find(method.name, default, source)))
    return [f"{what} {name}" for what, name in names if not occurs(name, source)]


def _enclosing(driver: Driver, signature: Signature, source: str) -> str:
    """The class that holds the function."""
    if _is_contained(driver, source):
        return CLASS
    name = function_found(signature.name, driver.spell(signature.name), source)
    return enclosing(driver.enclosing, name, source) or CLASS


def _is_contained(driver: Driver, source: str) -> bool:
    """Whether the source has a class Solution."""
    return re.search(driver.contained, without_comments(source)) is not None


def _changed(driver: Driver, signature: Signature, given: bytes) -> bytes:
    """The submission as it is compiled."""
    source = before = without_mark(given).decode("utf-8", "surrogateescape")
    for replacement in driver.replacements:
        source = replacement.into(source)
    helpers = "".join(_helpers(driver, signature, before))
    for insertion in driver.insertions:
        if not insertion.types or signature.types & set(insertion.types):
            source = insertion.into(source, helpers)
    if driver.imports is not None:
        source = driver.imports.into(source)
    return given if source == before else source.encode("utf-8", "surrogateescape")


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
    contained = not signature.is_class and _is_contained(driver, source)
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
            find = found if signature.is_class else function_found
            fields["name"] = find(method.name, default, source)
        more = {"number": str(number), "class": name, "contained": str(int(contained))}
        called = name if signature.is_class and number == 0 else fields["name"]
        more["absent"] = "" if occurs(called, source) else filled(patterns.absent, {"name": called})
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

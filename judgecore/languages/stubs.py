"""Stubs: the function or class of a signature with an empty body, in each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from judgecore.errors import InvalidSubmission
from judgecore.functions.names import spelled
from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID, Type
from judgecore.languages import offering
from judgecore.languages.drivers import Driver, driver_of, has_types, prefix
from judgecore.languages.patterns import filled
from judgecore.languages.registry import Registry
from judgecore.languages.spec import Language


def stub(driver: Driver, signature: Signature) -> str:
    """A source that compiles and does nothing; `InvalidSubmission` about a type without a word."""
    driver.require(signature)
    name = driver.class_name(signature)
    parts = [_part(driver, signature, method, name) for method in signature.every]
    stubs, whole = driver.stub, driver.stub.between.join(filter(None, parts))
    offered = "".join(offering.shown(driver, signature))
    if not signature.is_class and not driver.container:
        return offered + whole
    opens = (stubs.class_opens if signature.is_class else None) or stubs.opens
    fields = {"class": name, "extends": offering.extending(driver, signature)}
    return offered + filled(opens, fields) + whole + filled(stubs.closes, fields)


def stubs_of(signature: Signature, name: str) -> Iterator[tuple[Language, str]]:
    """A stub in the language of that name; for `all` in each whose driver has the types."""
    registry = Registry()
    if name != "all":
        language = registry.resolve(name)
        driver = driver_of(language)
        if driver is None:
            raise InvalidSubmission("language", f"{language.id}: there is no driver for functions")
        yield language, stub(driver, signature)
        return
    for language in registry.values():
        driver = driver_of(language)
        if driver is not None and has_types(language, signature):
            yield language, stub(driver, signature)


def _part(driver: Driver, signature: Signature, method: Method, name: str) -> str:
    stubs = driver.stub
    pattern = (stubs.member if driver.container else None) or stubs.function
    if signature.is_class:
        pattern = stubs.method or stubs.member or stubs.function
    if method is signature.constructor:
        pattern = stubs.constructor
    spelled_name = driver.spell(method.name, of_class=signature.is_class)
    of_class = signature.is_class and driver.prefixed
    given = list(parameters(driver, method))
    if of_class and given and method is not signature.constructor:
        given.insert(0, "")  # after the object
    fields = {
        "name": prefix(name) + spelled_name if of_class else spelled_name,
        "class": name,
        "prefix": prefix(name),
        "parameters": stubs.glue.join(given) or stubs.no_parameters,
        "returns": driver.type(method.returns),
        "names": stubs.glue.join(_named(driver, one.name) for one in method.parameters),
        "types": ", ".join(driver.type(one.type) for one in method.parameters),
        "result": driver.type(method.result),
        "body": stubs.void_body if method.returns == VOID else stubs.body,
    }
    return filled(pattern, fields)


def parameters(driver: Driver, method: Method) -> Iterable[str]:
    """A function's parameters as a stub has them, and those that say the sizes of its result."""
    for number, parameter in enumerate(method.parameters):
        word = driver.type(parameter.type)
        if number in method.mutates:
            word = filled(driver.stub.mutable, {"type": word})
        pattern = _of_list(driver.stub.parameter_of, parameter.type.plain) or driver.stub.parameter
        yield filled(pattern, {"name": _named(driver, parameter.name), "type": word})
    if returned := _of_list(driver.stub.returned, method.returns.plain):
        yield returned


def _of_list(patterns: Mapping[str, str], kind: Type) -> str | None:
    inner = " of list" if kind.of and kind.of[0].name == "list" else ""
    return patterns.get(kind.name + inner)


def _named(driver: Driver, name: str) -> str:
    return driver.escaped(spelled(name, driver.stub.parameter_style or driver.style))

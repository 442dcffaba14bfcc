"""Functions of a problem that a submission may call, as a driver defines and a stub shows them."""

from __future__ import annotations

from collections.abc import Iterator

from judgecore.functions.names import spellings
from judgecore.functions.signature import Method, Signature
from judgecore.functions.types import VOID
from judgecore.languages.drivers import Driver
from judgecore.languages.patterns import Offers, filled
from judgecore.languages.spellings import found


def definitions(driver: Driver, signature: Signature, source: str) -> dict[str, str]:
    """The template's places `offered` and `declared`; names are spelled as the source does."""
    how = driver.offers
    if how is None or not signature.offered:
        return {"offered": "", "declared": ""}
    offered, declared = [], []
    for number, method in enumerate(signature.offered):
        name = found(method.name, driver.spell(method.name), source)
        fields = _fields(driver, how, method) | {"number": str(number), "name": name}
        nothing = how.void if method.returns == VOID else None
        offered.append(filled(nothing or how.function, fields))
        declared.append(filled(how.declared, fields))
    api = {"api": signature.api}
    whole = filled(how.opens, api) + "\n".join(offered) + filled(how.closes, api)
    return {"offered": whole, "declared": "\n".join(declared)}


def shown(driver: Driver, signature: Signature) -> Iterator[str]:
    """What a stub says about each function."""
    how = driver.offers
    for method in signature.offered if how is not None else ():
        assert how is not None
        yield filled(how.stub, _fields(driver, how, method) | {"api": signature.api})


def extending(driver: Driver, signature: Signature) -> str:
    """What stands after the name of a stub's class, in languages whose functions are in classes."""
    how = driver.offers
    if how is None or not signature.offered:
        return ""
    return filled(how.extends, {"api": signature.api})


def _fields(driver: Driver, how: Offers, method: Method) -> dict[str, str]:
    ofs = [
        {
            "i": str(i),
            "name": driver.spell(one.name),
            "type": driver.type(one.type),
            "code": driver.code(one.type),
        }
        for i, one in enumerate(method.parameters)
    ]
    word = driver.type(method.returns)
    return {
        "name": driver.spell(method.name),
        "spellings": " ".join(spellings(method.name)),
        "parameters": ", ".join(filled(how.parameter, of) for of in ofs),
        "arguments": how.arguments_glue.join(filled(how.argument, of) for of in ofs),
        "writes": "".join(filled(how.write, of) for of in ofs),
        "codes": " ".join(of["code"] for of in ofs),
        "returns": word,
        "boxed": driver.boxed.get(method.returns.name, word),
        "code": driver.code(method.returns),
    }

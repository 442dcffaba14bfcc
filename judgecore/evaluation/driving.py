"""A submission with the driver that calls its functions. Nothing is run here."""

from __future__ import annotations

from dataclasses import replace

from judgecore.errors import InvalidSubmission
from judgecore.execution import Program
from judgecore.functions import Function
from judgecore.languages import Language, Sources
from judgecore.languages.driven import driven
from judgecore.languages.drivers import Driver, driver_of


def with_driver(program: Program, language: Language, function: Function) -> Program:
    """The program as it is compiled, or `InvalidSubmission` where there is no driver for it."""
    driver = driver_of(language)
    if driver is None:
        raise InvalidSubmission(
            "language", f"{language.id}: there is no driver for functions in this language yet"
        )
    own = _own_name(program, language, driver)
    made = driven(driver, function.parsed, program.source, own)
    if made.entry in (*program.files, made.own) or made.own in program.files:
        raise InvalidSubmission("files", f"{made.entry!r} and {made.own!r} are the driver's names")
    files = {**program.files, made.own: made.source}
    return replace(program, source=made.driver, files=files, entry=made.entry)


def _own_name(program: Program, language: Language, driver: Driver) -> str | None:
    """What the language's compiler wants the source to be called."""
    if language.file_name_from is None:
        return None
    named = Sources(program.source, {}, None).entry_path(driver.solution, language.file_name_from)
    return None if named == driver.file else named

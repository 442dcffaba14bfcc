"""A submission with the driver that calls its functions. Nothing is run here."""

from __future__ import annotations

from dataclasses import replace

from judgecore.errors import InvalidSubmission
from judgecore.execution import Program
from judgecore.functions import Function
from judgecore.languages import Language, Sources
from judgecore.languages.driven import absent, driven
from judgecore.languages.drivers import Driver, driver_of
from judgecore.result import CompileResult
from judgecore.submission import Submission
from judgecore.validation import as_bytes


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


def explained(
    compiled: CompileResult | None, submission: Submission, language: Language
) -> CompileResult | None:
    """What came of compiling; a failure begins with the functions that the submission lacks.

    A compiler says that about a line of the driver, which the submission's author does not know.
    """
    harness, driver = submission.judged_against.harness, driver_of(language)
    if compiled is None or compiled.ok or driver is None or not isinstance(harness, Function):
        return compiled
    sources = (submission.source, *submission.files.values())
    source = "\n".join(as_bytes(one).decode("utf-8", "replace") for one in sources)
    names = absent(driver, harness.parsed, source)
    if not names:
        return compiled
    said = f"the submission has no {', no '.join(names)}"
    return compiled.model_copy(update={"output": f"{said}\n\n{compiled.output}"})


def _own_name(program: Program, language: Language, driver: Driver) -> str | None:
    """What the language's compiler wants the source to be called."""
    if language.file_name_from is None:
        return None
    named = Sources(program.source, {}, None).entry_path(driver.solution, language.file_name_from)
    return None if named == driver.file else named

"""A submission with the code that its problem puts beside it: pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from judgecore.errors import InvalidSubmission, UnknownLanguage
from judgecore.execution import Program
from judgecore.kinds import Included, Support
from judgecore.languages import Language, Registry, Sources
from judgecore.validation import as_bytes

_DEFAULT = "default"
# Called like Python's files, and another language.
_ALONE = frozenset(("python2",))
_MOVED = "submission"


def with_included(
    program: Program, language: Language, included: Included, registry: Registry
) -> Program:
    """The program as it is compiled, or `InvalidSubmission` where there is no code for it."""
    support = _support(language, included, registry)
    theirs = {path: as_bytes(content) for path, content in support.files.items()}
    entry = support.entry or (language.file if language.file in theirs else None)
    own = _own_path(program, language, included)
    if own == entry:
        own = _with_ending(_MOVED, language)
    if own in theirs:
        raise InvalidSubmission("entry", f"{own!r} is the name of a file of the problem")
    files = {**program.files, **theirs}
    if entry is None:
        files.pop(own, None)
        return replace(program, files=files, entry=own)
    files[own] = program.source
    return replace(program, source=files.pop(entry), files=files, entry=entry)


def _support(language: Language, included: Included, registry: Registry) -> Support:
    known = included.by_language
    for name, support in known.items():
        if name == language.id:
            return support
    for name, support in known.items():
        with suppress(UnknownLanguage):
            if name != _DEFAULT and _alike(language, registry.resolve(name)):
                return support
    if _DEFAULT in known:
        return known[_DEFAULT]
    raise InvalidSubmission(
        "language",
        f"{language.id}: the problem has no grader for it; it has one for"
        f" {', '.join(sorted(known))}",
    )


def _alike(language: Language, other: Language) -> bool:
    alone = _ALONE & {language.id, other.id} and language.id != other.id
    return language.file == other.file and not alone


def _own_path(program: Program, language: Language, included: Included) -> str:
    if included.source_name is not None:
        return _with_ending(included.source_name, language)
    return language.stage(Sources(program.source, {}, program.entry)).entry


def _with_ending(stem: str, language: Language) -> str:
    return stem + PurePosixPath(language.file).suffix

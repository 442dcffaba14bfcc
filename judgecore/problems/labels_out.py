"""The submissions of a package, as the format 2025-09 has them: files and submissions.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from judgecore.problems.labels import FOUR, Labelled
from judgecore.problems.programs import LANGUAGES

# A set of verdicts for the whole submission, and the folder that means it.
_FOLDERS = {
    frozenset(("AC",)): "accepted",
    frozenset(("WA",)): "wrong_answer",
    frozenset(("TLE",)): "time_limit_exceeded",
    frozenset(("RTE",)): "run_time_error",
    FOUR - {"AC"}: "rejected",
}
_AS_FOUR = {"PE": "WA", "MLE": "RTE", "OLE": "RTE"}


def write(submissions: Iterable[Labelled], package: Path) -> list[str]:
    """Write the submissions into a package; returns what of them the format cannot say."""
    top = package / "submissions"
    settings: dict[str, Any] = {}
    left_out = []
    for one in submissions:
        if one.permitted is not None and "CE" in one.permitted and len(one.permitted) == 1:
            left_out.append(f"{one.name}: left out: the format has no label 'does not compile'")
            continue
        name = _name(one)
        _write_code(one, top / name)
        if said := _said(one, name):
            settings[name] = said
    if settings:
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        (top / "submissions.yaml").write_text(text, "utf-8")
    return left_out


def _name(one: Labelled) -> str:
    """`folder/file`, in the folder that has its label, if one has."""
    folder, _, name = one.name.rpartition("/")
    if one.permitted is not None:
        folder = _FOLDERS.get(_as_four(one.permitted), "mixed")
    return f"{PurePosixPath(folder or 'mixed').name}/{name}"


def _as_four(verdicts: frozenset[str]) -> frozenset[str]:
    return frozenset(_AS_FOUR.get(word, word) for word in verdicts)


def _write_code(one: Labelled, path: Path) -> None:
    code = one.code
    if code.entry is None and not code.files:
        files = {path: code.source}
    else:
        inside = {**code.files, code.entry or code.path.name: code.source}
        files = {path / name: content for name, content in inside.items()}
    for place, content in files.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _said(one: Labelled, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    suffix = PurePosixPath(one.code.entry or name).suffix
    if LANGUAGES.get(suffix) != one.code.language:
        made["language"] = one.code.language
    if one.permitted is not None:
        made |= _of_whole(one, name)
    for each in one.expected:
        said = dict(_of_tests(each))
        if each.part:
            made[each.part] = said
        else:
            made |= said
    return made


def _of_whole(one: Labelled, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    verdicts = _as_four(one.permitted or frozenset())
    if name.startswith("mixed/"):
        partly = "PS" in verdicts
        made["permitted"] = sorted(FOUR if partly else (verdicts & FOUR) | {"AC"})
        if not partly:
            made["required"] = sorted(verdicts & FOUR)
    if one.score is not None:
        made["score"] = [float(end) for end in one.score]
    return made


def _of_tests(each: Any) -> Iterator[tuple[str, Any]]:
    yield "permitted", sorted(each.permitted)
    yield "required", sorted(each.required)
    if each.score is not None:
        yield "score", [float(end) for end in each.score]
    if each.message:
        yield "message", each.message
    if each.bound is not None:
        yield "use_for_time_limit", each.bound or False

"""From the models to the values of the columns, and back.

What has no column of its own is in the column `more`, as JSON, so that a new field of a model needs
no migration.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from consumers.messages import SubmissionMessage
from consumers.postgres.statements import Utf8
from judgecore.limits import Limits
from judgecore.problem import Checker, Problem, TestCase
from judgecore.result import Result
from judgecore.texts import shown
from judgecore.validation import Content, as_bytes

RESULT_COLUMNS = frozenset(
    ("version", "submission_id", "language", "verdict", "tests", "compile", "cpu_ms", "wall_ms",
     "memory_bytes", "tier", "cause")
)  # fmt: skip
TEST_COLUMNS = {
    "name", "verdict", "detail", "stderr", "cpu_ms", "wall_ms", "memory_bytes", "exit_code",
    "signal", "cpu_source", "memory_source",
}  # fmt: skip


def extra_of(model: BaseModel, columns: Set[str]) -> dict[str, Any] | None:
    """What a model says beyond these columns; None when all of that is at its default."""
    return model.model_dump(mode="json", exclude=set(columns), exclude_defaults=True) or None


def jsonb(value: Any) -> str | None:
    """JSON that a column of type jsonb takes: a content with NUL is base64 in it."""
    if value is None:
        return None
    text = json.dumps(value)
    return json.dumps(_without_nul(value)) if "\\u0000" in text else text


def _without_nul(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, str) and "\0" in value:  # only a `Content` may hold one
        return {"base64": base64.b64encode(value.encode()).decode()}
    return value


def merged(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a model, from its row: those that are NULL are at their default."""
    extra = row.pop("more") or {}
    return {**{name: value for name, value in row.items() if value is not None}, **extra}


def rows_of_tests(result: Result) -> str:
    """The rows of `submission_results`, as JSON."""
    rows = [
        {
            **test.model_dump(mode="json", include=TEST_COLUMNS),
            "ordinal": n,
            "more": extra_of(test, TEST_COLUMNS),
        }
        for n, test in enumerate(result.tests)
    ]
    return json.dumps(rows)


class _Inline(BaseModel):
    # What came with the message and is in no table of its own. As bytes, since tests may hold NUL.
    model_config = ConfigDict(frozen=True, extra="ignore")

    source: Content | None = None  # where it is no text that the column can hold
    files: dict[str, Content] = {}
    entry: str | None = None
    problem: Problem | None = None  # where it is not a stored one
    tests: tuple[TestCase, ...] | None = None
    limits: Limits | None = None
    checker: Checker | None = None
    stop_at_first_failure: bool = False
    keep_output: bool = False
    transcript: bool = False
    collect: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    merge_stderr: bool = False


def row_of_message(
    message: SubmissionMessage, language: str, published_ms: int | None
) -> dict[str, Any]:
    """The values of a new row of `submissions`, but for its key."""
    source = _as_text(message.source)
    changed = {
        "source": message.source if source != message.source else None,
        "problem": None if message.slug is not None else message.problem,
    }
    inline = _Inline.model_validate({**dict(message), **changed})
    return {
        "batch": None if message.batch_id is None else str(message.batch_id),
        "user": message.user,
        "problem": message.slug,
        "language": language,
        "source": source,
        # Bytes at once: a text of it may take four bytes a character.
        "inline": Utf8(to_json(said))
        if (said := inline.model_dump(mode="json", exclude_defaults=True))
        else None,
        "published_s": _past_s(published_ms),
    }


def fields_of_message(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of the message that a row was, but for its id.

    Raises pydantic's `ValidationError` where a newer version stored it.
    """
    inline = _Inline.model_validate_json(bytes(row["inline"] or b"{}"))
    given = {name: value for name, value in inline if value is not None}
    return {**{name: value for name, value in row.items() if name != "inline"}, **given}


def _as_text(source: str | bytes) -> str:
    """A source for people to read in the database, which holds no NUL and nothing but UTF-8."""
    return shown(as_bytes(source))


def _past_s(published_ms: int | None) -> float | None:
    # Whatever a publisher's clock says, nothing was submitted in the future, or before 1970.
    if published_ms is None:
        return None
    return min(published_ms / 1000, datetime.now(UTC).timestamp())

"""The base of what callers make: a field that won't do is an `InvalidSubmission` that names it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from judgecore.errors import InvalidSubmission


class Given(BaseModel):
    """A frozen model without unknown fields; making one raises `InvalidSubmission`.

    `model_validate` and its like, and so FastAPI and what else is built on pydantic, still raise
    pydantic's `ValidationError`, which lists every field at fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as exc:
            raise invalid(exc) from None

    # As pydantic marks an __init__ that its validators need not call: theirs are the inner models.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


def invalid(exc: ValidationError) -> InvalidSubmission:
    """The first complaint of pydantic as one clear error that names the field."""
    first = exc.errors(include_url=False, include_context=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        field = "JSON"
    if not field:
        field = message.split(" ", 1)[0]
    return InvalidSubmission(field, message)

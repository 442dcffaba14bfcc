"""The base of what callers make, and the text or bytes that they hand over."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError
from pydantic.json_schema import WithJsonSchema

from judgecore.errors import InvalidSubmission

_BASE64 = "base64"
_MOST_COMPLAINTS = 20
_MESSAGE_CHARACTERS = 500
_NAME_CHARACTERS = 80


class StrictModel(BaseModel):
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
    """The complaints of pydantic as one error, which names each field at fault, 20 at most."""
    errors = exc.errors(include_url=False, include_context=False, include_input=False)
    if len(errors) <= _MOST_COMPLAINTS:
        errors = [error for error in errors if not _follows(error, errors)]
    found = [_complaint(error) for error in errors[:_MOST_COMPLAINTS]]
    if len(errors) > len(found):
        found.append(("…", f"and {len(errors) - len(found)} more"))
    return InvalidSubmission(*found[0], others=found[1:])


def _follows(error: Any, errors: Sequence[Any]) -> bool:
    """Whether a list is called too short only because items of it are wrong."""
    at = error["loc"]
    return error["type"] == "too_short" and any(
        other["loc"][: len(at)] == at and len(other["loc"]) > len(at) for other in errors
    )


def _complaint(error: Any) -> tuple[str, str]:
    message = _quoted(error["msg"].removeprefix("Value error, "), _MESSAGE_CHARACTERS)
    # The tags of unions are in parentheses; they are no part of a field's name.
    parts = (_quoted(str(part), _NAME_CHARACTERS) for part in error["loc"])
    field = ".".join(part for part in parts if not part.startswith("("))
    if error["type"] == "json_invalid":
        field = "JSON"
    if field:
        return field, message
    name, colon, rest = message.partition(": ")
    if colon and " " not in name:
        return name, rest
    return message.split(" ", 1)[0], message


def _quoted(text: str, most: int) -> str:
    """Text of anybody's as it may stand in a log line: not long, and no control characters."""
    short = text if len(text) <= most else f"{text[:most]}…"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in short)


def _decoded(value: Any) -> Any:
    """Text where the bytes are UTF-8, so that equal contents are equal values."""
    if isinstance(value, dict) and set(value) == {_BASE64} and isinstance(value[_BASE64], str):
        try:
            value = base64.b64decode(value[_BASE64], validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("base64 holds characters that are not base64") from None
    if isinstance(value, bytes | bytearray | memoryview):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return bytes(value)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("not valid UTF-8 text; give bytes instead") from None
        return value
    raise ValueError('neither text nor bytes; in JSON, bytes are {"base64": "…"}')


def _encoded(value: str | bytes) -> str | dict[str, str]:
    return value if isinstance(value, str) else {_BASE64: base64.b64encode(value).decode()}


def _printed(value: Any) -> Any:
    content = _decoded(value)
    return content.encode() if isinstance(content, str) and "\0" in content else content


_TO_JSON = PlainSerializer(_encoded, when_used="json")
_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {_BASE64: {"type": "string", "contentEncoding": "base64"}},
                "required": [_BASE64],
                "additionalProperties": False,
            },
        ],
        "description": "Text, or bytes that are no UTF-8 text, in base64.",
    }
)
# Text, or bytes that are no UTF-8. In JSON the latter are {"base64": "…"}.
Content = Annotated[str | bytes, BeforeValidator(_decoded), _TO_JSON, _SCHEMA]
# What a program printed or wrote: bytes also where there is a NUL, which databases take in no text.
Printed = Annotated[str | bytes, BeforeValidator(_printed), _TO_JSON, _SCHEMA]


def as_bytes(content: str | bytes) -> bytes:
    """The bytes of a `Content`."""
    return content.encode() if isinstance(content, str) else content


def as_text(content: str | bytes) -> str:
    """The text of a `Content`, which has replacement characters where it is no UTF-8."""
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


def oversized(content: str | bytes, most_bytes: int) -> str | None:
    """Why a content is too large, or None when it is not."""
    size = len(as_bytes(content))
    return f"{size} bytes; at most {most_bytes} are accepted" if size > most_bytes else None

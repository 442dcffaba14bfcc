"""The OpenAPI document of judgecore's own API."""

from __future__ import annotations

from functools import cache
from typing import Any

from consumers.messages import SubmissionMessage
from judgecore import __version__
from judgecore.result import Result

# Fields of a message that no client may give. Whoever knows an id may read its result: who could
# choose one would be told of a submission that somebody else made.
OURS = ("version", "kind", "batch_id", "submission_id")
_STATUSES = {
    "400": "The request cannot be read.",
    "401": "A token is needed.",
    "413": "The body is too large.",
    "422": "A field will not do.",
    "429": "Too many requests; see Retry-After.",
    "503": "Too much waits, or a service is away; see Retry-After.",
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of this API; made once, since anybody may ask for it."""
    place = "#/components/schemas/{model}"
    schemas: dict[str, Any] = {
        "Submission": SubmissionMessage.model_json_schema(ref_template=place),
        "Result": Result.model_json_schema(ref_template=place, mode="serialization"),
    }
    for schema in list(schemas.values()):
        schemas |= schema.pop("$defs", {})
    asked = schemas["Submission"]
    asked["properties"] = {k: v for k, v in asked["properties"].items() if k not in OURS}
    asked["properties"]["callback_url"] = {"type": "string"}
    asked["required"] = ["language", "source"]
    schemas["Seen"] = _object(
        {"id": _text("uuid"), "verdict": _text(), "result": {"anyOf": [_ref("Result"), _NULL]}}
    )
    schemas["Error"] = {**_object({"error": _text()}), "additionalProperties": True}
    schemas["Language"] = _object(
        {"id": _text(), "name": _text(), "aliases": {"type": "array", "items": _text()}}
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "judgecore", "version": __version__},
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


_NULL = {"type": "null"}


def _text(kind: str | None = None) -> dict[str, Any]:
    return {"type": "string", **({} if kind is None else {"format": kind})}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _answer(text: str, schema: dict[str, Any], media_type: str = "application/json") -> Any:
    return {"description": text, "content": {media_type: {"schema": schema}}}


def _operation(summary: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    refused = {status: _answer(text, _ref("Error")) for status, text in _STATUSES.items()}
    return {"summary": summary, **more, "responses": {**answers, **refused}}


def _paths() -> dict[str, Any]:
    listed = {"type": "array", "items": _ref("Language")}
    languages = {"200": _answer("Languages.", listed)}
    this = {"200": _answer("The document.", {"type": "object"})}
    return {
        "/v1/submissions": {"post": _submit()},
        "/v1/submissions/{id}": {"get": _of_one("Read a submission.", _ref("Seen"))},
        "/v1/submissions/{id}/events": {
            "get": _of_one(
                "Server-sent events: `progress`, then `verdict`.", _text(), "text/event-stream"
            )
        },
        "/v1/languages": {"get": _operation("The languages of programs.", languages)},
        "/openapi.json": {"get": _operation("This document.", this)},
    }


def _submit() -> dict[str, Any]:
    seen = _answer("How far it is.", _ref("Seen"))
    wait = {
        "name": "wait",
        "in": "query",
        "description": "Seconds to wait for the verdict.",
        "schema": {"type": "number", "minimum": 0, "maximum": 86_400},
    }
    body = {"required": True, "content": {"application/json": {"schema": _ref("Submission")}}}
    return _operation(
        "Submit a program, with tests or a problem.",
        {"200": seen, "202": seen},
        parameters=[wait],
        requestBody=body,
    )


def _of_one(
    summary: str, schema: dict[str, Any], media_type: str = "application/json"
) -> dict[str, Any]:
    by_id = [{"name": "id", "in": "path", "required": True, "schema": _text("uuid")}]
    answers = {
        "200": _answer(summary, schema, media_type),
        "404": _answer("There is no such submission.", _ref("Error")),
    }
    return _operation(summary, answers, parameters=by_id)

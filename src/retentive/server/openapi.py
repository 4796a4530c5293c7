"""The REST part in OpenAPI 3.1; a test holds it to the routes and to their answers."""

from __future__ import annotations

from typing import Any

from retentive import __version__
from retentive.records import Kind, Origin, Status

__all__ = ["document"]

_Schema = dict[str, Any]
_TEXT: _Schema = {"type": "string"}
_WHOLE: _Schema = {"type": "integer"}
_TIME: _Schema = {"type": "string", "format": "date-time"}
_SHARE: _Schema = {"type": "number", "minimum": 0, "maximum": 1}
_OBJECT: _Schema = {"type": "object"}
_YES: _Schema = {"type": "boolean"}
_CONDITIONS: _Schema = {
    "session": {**_TEXT, "description": "The session that asks."},
    "now": {**_TIME, "description": "The asker's present."},
    "where": {**_OBJECT, "description": "Conditions on metadata."},
    "kinds": {"type": "array", "items": {"enum": [kind.value for kind in Kind]}},
    "origins": {"type": "array", "items": {"enum": [o.value for o in Origin]}},
    "sessions": {"type": "array", "items": _TEXT},
    "since": _TIME,
    "until": _TIME,
}
_CHANGES: _Schema = {
    "content": _TEXT,
    "kind": {"enum": [kind.value for kind in Kind]},
    "speaker": _TEXT,
    "occurred_at": _TIME,
    "valid_until": _TIME,
    "importance": _SHARE,
    "pinned": _YES,
    "expires_at": _TIME,
    "metadata": _OBJECT,
}


def document() -> dict[str, Any]:
    """Return the description of ``/memories`` and what is beside it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Retentive", "version": __version__},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}, {}],
        "paths": {
            "/healthz": {"get": _operation("Whether it runs", answer=_OBJECT)},
            "/openapi.json": {"get": _operation("This document", answer=_OBJECT)},
            "/memories": _all(),
            "/memories/recall": {"post": _recall()},
            "/memories/context": {"post": _context()},
            "/memories/{id}": {"parameters": [_ID], **_one()},
            "/memories/{id}/why-not": {"parameters": [_ID], "post": _why_not()},
        },
    }


_ID: _Schema = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_ASKED: _Schema = {"query": _TEXT, **_CONDITIONS}


def _all() -> _Schema:
    """Describe what is done with all memories."""
    return {
        "get": _operation(
            "List memories by id, a page at a time",
            query={"limit": _WHOLE, "after": _TEXT},
            answer=_ref("Page"),
        ),
        "post": _operation(
            "Remember a text or messages",
            body={
                "content": _TEXT,
                "messages": {"type": "array", "items": _OBJECT},
                "session": _TEXT,
                "at": _TIME,
            },
            answer=_object({"ids": {"type": "array", "items": _TEXT}}),
            status="201",
        ),
    }


def _recall() -> _Schema:
    return _operation(
        "Find memories for a question, best first",
        body={**_ASKED, "limit": _WHOLE},
        answer=_object({"hits": _many("Hit")}),
    )


def _context() -> _Schema:
    return _operation(
        "Write a block of memories for a prompt",
        body={**_ASKED, "budget": _WHOLE},
        answer=_object({"text": _TEXT, "tokens": _WHOLE, "hits": _many("Hit")}),
    )


def _one() -> _Schema:
    """Describe what is done with one memory."""
    return {
        "get": _operation("Return one memory", answer=_ref("Memory")),
        "patch": _operation(
            "Correct one memory",
            body={**_CHANGES, "expected_version": _WHOLE},
            answer=_ref("Memory"),
        ),
        "delete": _operation(
            "Forget one memory for good",
            answer=_object({"forgotten": {"type": "array", "items": _TEXT}}),
        ),
    }


def _why_not() -> _Schema:
    rank = {"type": ["integer", "null"]}
    return _operation(
        "Say why a question does not find a memory",
        body=_ASKED,
        answer=_object({"id": _TEXT, "reason": _TEXT, "rank": rank}),
    )


def _schemas() -> _Schema:
    memory: _Schema = {
        "id": _TEXT,
        "namespace": {"type": "array", "items": _TEXT},
        "content": _TEXT,
        "kind": {"enum": [kind.value for kind in Kind]},
        "status": {"enum": [status.value for status in Status]},
        "origin": {"enum": [origin.value for origin in Origin]},
        "role": _TEXT,
        "speaker": _TEXT,
        "session": _TEXT,
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "importance": _SHARE,
        "pinned": _YES,
        "support_count": _WHOLE,
        "version": _WHOLE,
    }
    required = ["id", "namespace", "content", "kind", "status", "origin"]
    hit = {**memory, "score": {"type": "number"}, "signals": _OBJECT}
    error = _object({"message": _TEXT, "type": _TEXT, "code": _TEXT})
    return {
        "Memory": {"type": "object", "properties": memory, "required": required},
        "Hit": {
            "type": "object",
            "properties": hit,
            "required": [*required, "score", "signals"],
        },
        "Page": _object(
            {"memories": _many("Memory"), "next": {"type": ["string", "null"]}}
        ),
        "Error": _object({"error": {**error, "required": ["message", "type"]}}),
    }


def _operation(
    summary: str,
    *,
    answer: _Schema,
    body: _Schema | None = None,
    query: _Schema | None = None,
    status: str = "200",
) -> _Schema:
    operation: _Schema = {
        "summary": summary,
        "responses": {
            status: {"description": "Done", **_content(answer)},
            "4XX": {"description": "Refused", **_content(_ref("Error"))},
        },
    }
    if body is not None:
        fields = {**_object(body), "required": [], "additionalProperties": False}
        operation["requestBody"] = {"required": True, **_content(fields)}
    if query:
        operation["parameters"] = [
            {"name": name, "in": "query", "schema": schema}
            for name, schema in query.items()
        ]
    return operation


def _content(schema: _Schema) -> _Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _object(properties: _Schema) -> _Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _many(name: str) -> _Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}

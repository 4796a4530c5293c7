"""``/memories``: remember, look, ask, correct, forget."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from retentive.errors import InvalidInputError, RecordNotFoundError
from retentive.formats.codec import record_to_json
from retentive.memory import Memory
from retentive.processors.revise import CHANGEABLE
from retentive.records import Hit, MemoryRecord
from retentive.server.callers import Caller, NamespaceRule

__all__ = ["Memories"]

_MOST = 1_000  # memories of one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Memories:
    """The resource, for callers whose namespace a rule tells.

    Attributes:
        memory: Over the store that holds them all.
        rule: Whose memories a request is about.
    """

    memory: Memory
    rule: NamespaceRule

    def routes(self) -> list[BaseRoute]:
        """Return the routes."""
        one = "/memories/{id}"
        return [
            Route("/memories", self.look, methods=["GET"]),
            Route("/memories", self.remember, methods=["POST"]),
            Route("/memories/recall", self.recall, methods=["POST"]),
            Route("/memories/context", self.context, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.update, methods=["PATCH"]),
            Route(one, self.forget, methods=["DELETE"]),
            Route(one + "/why-not", self.why_not, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """List memories by id, a page at a time."""
        limit = _number(request.query_params.get("limit", "100"), name="limit")
        after = request.query_params.get("after")
        mine = self._mine(request)
        found = await to_thread(
            lambda: mine.store.scan(mine.namespace, after=after, limit=limit)
        )
        following = found[-1].id if len(found) == limit else None
        return _json({"memories": [shown(r) for r in found], "next": following})

    async def remember(self, request: Request) -> Response:
        """Remember a text or messages."""
        fields = await _fields(request, {"content", "messages", "session", "at"})
        if ("content" in fields) == ("messages" in fields):
            raise InvalidInputError("send either 'content' or 'messages'")
        said = fields.get("messages", fields.get("content"))
        if not isinstance(said, str | list):
            raise InvalidInputError(
                f"cannot remember {said!r:.100}; send text or a list"
            )
        mine = self._mine(request)
        session, at = _text(fields, "session"), _time(fields, "at")
        ids = await to_thread(mine.remember, said, session=session, at=at)
        return _json({"ids": ids}, status=201)

    async def recall(self, request: Request) -> Response:
        """Find memories for a question, best first."""
        fields = await _fields(request, {"query", "limit", *_CONDITIONS})
        mine = self._mine(request)
        hits = await to_thread(
            lambda: mine.recall(
                fields.get("query", ""),
                limit=fields.get("limit", 10),
                **_conditions(fields),
            )
        )
        return _json({"hits": [_hit(hit) for hit in hits]})

    async def context(self, request: Request) -> Response:
        """Write a block of memories for a prompt."""
        fields = await _fields(request, {"query", "budget", *_CONDITIONS})
        mine = self._mine(request)
        block = await to_thread(
            lambda: mine.context(
                fields.get("query", ""),
                budget=fields.get("budget"),
                **_conditions(fields),
            )
        )
        hits = [_hit(hit) for hit in block.hits]
        return _json({"text": block.text, "tokens": block.tokens, "hits": hits})

    async def get(self, request: Request) -> Response:
        """Return one memory."""
        mine = self._mine(request)
        return _json(shown(await to_thread(mine.get, request.path_params["id"])))

    async def update(self, request: Request) -> Response:
        """Correct one memory."""
        fields = await _fields(request, {*CHANGEABLE, "expected_version"})
        changes = {name: fields[name] for name in CHANGEABLE if name in fields}
        for name in _TIMES & set(changes):
            changes[name] = _time(changes, name)
        if not isinstance(changes.get("pinned", False), bool):
            raise InvalidInputError(f"pinned must be true or false: {changes!r:.100}")
        mine = self._mine(request)
        changed = await to_thread(
            lambda: mine.update(
                request.path_params["id"],
                expected_version=fields.get("expected_version"),
                **changes,
            )
        )
        return _json(shown(changed))

    async def forget(self, request: Request) -> Response:
        """Delete one memory for good."""
        mine = self._mine(request)
        id = request.path_params["id"]
        gone = await to_thread(mine.forget, [id])
        if not gone:
            raise RecordNotFoundError(f"no memory {id!r} in {mine.namespace!r}")
        return _json({"forgotten": gone})

    async def why_not(self, request: Request) -> Response:
        """Say why a question does not find a memory."""
        fields = await _fields(request, {"query", *_CONDITIONS})
        mine = self._mine(request)
        found = await to_thread(
            lambda: mine.why_not(
                request.path_params["id"],
                fields.get("query", ""),
                **_conditions(fields),
            )
        )
        return _json({"id": found.id, "reason": found.reason, "rank": found.rank})

    def _mine(self, request: Request) -> Memory:
        caller = Caller(headers=request.headers, fields=dict(request.query_params))
        return self.memory.within(*self.rule.namespace(caller))


def shown(record: MemoryRecord) -> dict[str, Any]:
    """Return a memory as JSON, without its vector."""
    fields = record_to_json(record)
    for name in ("vector", "embedder", "content_key"):
        fields.pop(name, None)
    return {**fields, "namespace": list(record.namespace)}


_TIMES = frozenset({"occurred_at", "valid_until", "expires_at"})


def _conditions(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: read(fields, name) for name, read in _CONDITIONS.items() if name in fields
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {**shown(hit.record), "score": hit.score, "signals": dict(hit.signals)}


async def _fields(request: Request, known: set[str]) -> dict[str, Any]:
    try:
        fields = json.loads(await request.body())
    except (ValueError, RecursionError) as exc:
        raise InvalidInputError(f"the body is no JSON: {exc}; send an object") from exc
    if not isinstance(fields, dict):
        raise InvalidInputError(f"the body must be an object, got {fields!r:.100}")
    if unknown := sorted(set(fields) - known):
        raise InvalidInputError(
            f"unknown fields {unknown!r}; this takes {', '.join(sorted(known))}"
        )
    return fields


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInputError(f"{name} must be text, got {value!r:.100}")
    return value


def _time(fields: Mapping[str, Any], name: str) -> datetime | None:
    value = _text(fields, name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError as exc:
        raise InvalidInputError(
            f"{name} must be a time such as 2026-05-01T10:00Z, got {value!r:.100}"
        ) from exc


def _list(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields[name]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise InvalidInputError(f"{name} must be a list of texts, got {value!r:.100}")
    return value


def _object(fields: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = fields[name]
    if not isinstance(value, dict):
        raise InvalidInputError(f"{name} must be an object, got {value!r:.100}")
    return value


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    "session": _text,
    "now": _time,
    "where": _object,
    "kinds": _list,
    "origins": _list,
    "sessions": _list,
    "since": _time,
    "until": _time,
}


def _number(text: str, *, name: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST:
        raise InvalidInputError(
            f"{name} must be a whole number from 1 to {_MOST}, got {text!r:.20}"
        )
    return int(text)


def _json(fields: Mapping[str, Any], *, status: int = 200) -> Response:
    return JSONResponse(fields, status_code=status)

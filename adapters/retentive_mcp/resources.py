"""The resources: who the user is, and what was said in a session."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError

from retentive.errors import RetentiveError
from retentive.formats.codec import message_to_json
from retentive.memory import Memory
from retentive.recall.filters import Scope
from retentive.records import MemoryRecord
from retentive_mcp.answers import Noted

__all__ = ["Resources"]

_PROFILE_SIZE = 50  # memories: what a model reads at the start of a conversation
_NEWEST = 200  # messages of a session


class Resources:
    """Resources on one memory, or on the one that each request is about."""

    def __init__(
        self, memory_of: Callable[[Context], Memory], *, fixed: Memory | None
    ) -> None:
        """Choose whose memory.

        Args:
            memory_of: Tells it of a request; see :meth:`Tools.of`.
            fixed: The memory of every request, if it is the same.
        """
        self._memory_of = memory_of
        self._fixed = fixed

    def register(self, server: MCPServer[Any]) -> None:
        """Add the resources to a server.

        A profile that depends on the request can only be a template: the protocol
        lists other resources once for everybody.
        """
        profile: dict[str, Any] = {
            "name": "profile",
            "title": "Profile",
            "description": "The memories that count most: pinned, then by importance.",
            "mime_type": "application/json",
        }
        if self._fixed is None:
            server.resource("memory://profile{?limit}", **profile)(self.profile)
        else:
            memory = self._fixed

            def whole() -> str:
                return _profile(memory, limit=_PROFILE_SIZE)

            server.resource("memory://profile", **profile)(whole)
        server.resource(
            "memory://sessions/{session}",
            name="session",
            title="Session",
            description="The newest messages of a conversation, word for word.",
            mime_type="application/json",
        )(self.session)

    def profile(self, context: Context, limit: int = _PROFILE_SIZE) -> str:
        """Return the memories that count most."""
        try:
            memory = self._memory_of(context)
        except RetentiveError as error:
            raise ResourceError(str(error)) from error
        return _profile(memory, limit=max(1, min(limit, _PROFILE_SIZE)))

    def session(self, session: str, context: Context) -> str:
        """Return a transcript's end."""
        try:
            messages = self._memory_of(context).messages(session, last=_NEWEST)
        except RetentiveError as error:
            raise ResourceError(str(error)) from error
        return _json([message_to_json(message) for message in messages])


def _profile(memory: Memory, *, limit: int) -> str:
    try:
        best = most_important(memory, now=datetime.now(UTC), limit=limit)
    except RetentiveError as error:
        raise ResourceError(str(error)) from error
    return _json([Noted.of(record).model_dump() for record in best])


def most_important(memory: Memory, *, now: datetime, limit: int) -> list[MemoryRecord]:
    """Return the memories that may be recalled now and count most, best first.

    Args:
        memory: Whose.
        now: The present.
        limit: Most memories. Pinned ones come first, then by importance; of equal
            ones the newer.
    """
    frame = memory.frame()
    mine = [
        n
        for n, name in enumerate(frame.holdings.namespaces)
        if name == memory.namespace
    ]
    allowed = Scope().allows(frame, now=now) & np.isin(frame.namespace, mine)
    places = np.flatnonzero(allowed)
    columns = (-frame.occurred_at, -frame.importance, ~frame.pinned)
    best = places[np.lexsort([column[places] for column in columns])][:limit]
    ids = [frame.id_at(int(place)) for place in best]
    found = {r.id: r for r in memory.store.get(memory.namespace, ids)}
    return [found[id] for id in ids if id in found]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

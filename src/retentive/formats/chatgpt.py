"""ChatGPT's ``conversations.json``: a tree of messages per conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from retentive.formats.entry import Entry, from_posix, required
from retentive.records import ContentPart, Message

__all__ = ["read"]

_ROLES = frozenset({"user", "assistant", "tool"})


def read(conversations: Any) -> Iterator[Entry]:
    """Yield the messages of each conversation's present branch, oldest first.

    The session is the conversation's id. Hidden messages of the system and empty
    ones are left out; parts that are no text are kept with their JSON.
    """
    for place, conversation in enumerate(conversations):
        where = f"conversation {place + 1}"
        mapping = required(conversation, "mapping", where)
        session = str(
            conversation.get("conversation_id") or conversation.get("id") or where
        )
        started = from_posix(conversation.get("create_time")) or _EPOCH
        for node in _branch(conversation, mapping):
            message = _message(node, session, started, title=conversation.get("title"))
            if message is not None:
                yield Entry(message)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _branch(
    conversation: Mapping[str, Any], mapping: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Follow parents from the current node; without one, take the newest leaf."""
    current = str(conversation.get("current_node"))
    if current not in mapping:
        leaves = [id for id, node in mapping.items() if not node.get("children")]
        current = leaves[-1] if leaves else ""
    branch: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    while current in mapping and current not in seen:
        seen.add(current)
        branch.append(mapping[current])
        current = str(mapping[current].get("parent"))
    return branch[::-1]


def _message(
    node: Mapping[str, Any], session: str, started: datetime, *, title: str | None
) -> Message | None:
    source = node.get("message")
    if not source:
        return None
    role = (source.get("author") or {}).get("role")
    text, parts = _content(source.get("content") or {})
    if role not in _ROLES or not (text or parts):
        return None
    known = {"author", "content", "create_time", "id"}
    extra = {key: value for key, value in source.items() if key not in known and value}
    return Message(
        role=role,
        content=text,
        id=str(source.get("id") or node["id"]),
        session=session,
        at=from_posix(source.get("create_time")) or started,
        name=(source.get("author") or {}).get("name"),
        parts=parts,
        raw={**extra, "title": title} if title else extra,
    )


def _content(content: Mapping[str, Any]) -> tuple[str, tuple[ContentPart, ...]]:
    texts: list[str] = []
    parts: list[ContentPart] = []
    for part in content.get("parts") or [content.get("text")]:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, Mapping):
            kind = str(part.get("content_type") or "file")
            parts.append(ContentPart(type=kind.split("_", maxsplit=1)[0], data=part))
    return "\n".join(texts).strip(), tuple(parts)

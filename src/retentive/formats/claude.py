"""Claude's ``conversations.json``: a list of messages per conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from retentive.errors import InvalidInputError
from retentive.formats.entry import Entry, required
from retentive.records import ContentPart, Message

__all__ = ["read"]

_ROLES = {"human": "user", "assistant": "assistant"}


def read(conversations: Any) -> Iterator[Entry]:
    """Yield the messages of each conversation; the session is its uuid.

    Attachments are parts whose extracted text is searched with the message.
    """
    for place, conversation in enumerate(conversations):
        where = f"conversation {place + 1}"
        session = str(required(conversation, "uuid", where))
        for number, source in enumerate(required(conversation, "chat_messages", where)):
            message = _message(source, session, f"{where}, message {number + 1}")
            if message.content or message.parts:
                yield Entry(message)


def _message(source: Mapping[str, Any], session: str, where: str) -> Message:
    sender = required(source, "sender", where)
    if sender not in _ROLES:
        raise InvalidInputError(
            f"{where}: sender must be human or assistant, got {sender!r}"
        )
    known = {"uuid", "text", "content", "sender", "created_at", "attachments"}
    return Message(
        role=_ROLES[sender],
        content=_text(source),
        id=str(required(source, "uuid", where)),
        session=session,
        at=_time(required(source, "created_at", where), where),
        parts=tuple(map(_attachment, source.get("attachments") or ())),
        raw={key: value for key, value in source.items() if key not in known and value},
    )


def _text(source: Mapping[str, Any]) -> str:
    blocks = source.get("content") or ()
    texts = [block.get("text") or "" for block in blocks if block.get("type") == "text"]
    return ("\n".join(texts) or str(source.get("text") or "")).strip()


def _attachment(attachment: Mapping[str, Any]) -> ContentPart:
    return ContentPart(
        type="file", data=attachment, text=attachment.get("extracted_content") or None
    )


def _time(text: Any, where: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as exc:
        raise InvalidInputError(f"{where}: created_at is no time: {text!r}") from exc
    return at if at.tzinfo else at.replace(tzinfo=UTC)

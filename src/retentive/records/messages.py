"""Messages as they were said, with parts and tool calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from retentive.records.checks import (
    MAX_CONTENT_CHARS,
    MAX_LABEL_CHARS,
    check_optional,
    check_text,
    frozen_json,
    set_fields,
    to_utc,
)
from retentive.records.ids import new_id

__all__ = ["ContentPart", "Message", "ToolCall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPart:
    """One part of multimodal content, kept as it came.

    Attributes:
        type: ``text``, ``image``, ``audio``, ``file`` or the provider's own name.
        data: The provider's JSON for the part, unchanged.
        text: What the part says or shows, in words, if known; this is searched.
    """

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None

    def __post_init__(self) -> None:
        check_text(self.type, name="type", limit=MAX_LABEL_CHARS)
        if self.text is not None:
            check_text(self.text, name="text", limit=MAX_CONTENT_CHARS, empty=True)
        set_fields(self, data=frozen_json(self.data, name="data"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that an assistant asked for: ``arguments`` is the JSON text as sent."""

    id: str
    name: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A lossless transcript entry.

    Attributes:
        role: ``user``, ``assistant``, ``system``, ``developer``, ``tool``, ….
        content: The text of the message; text parts joined by newlines.
        id: Unique within its session; appending the same id twice keeps one.
        session: The conversation that it belongs to.
        at: When it was said, UTC.
        name: The speaker's name, where the role is not enough.
        parts: Multimodal content in order, empty for plain text.
        tool_calls: Calls that an assistant message asks for.
        tool_call_id: For a tool's message: the call that it answers.
        raw: Whatever else the framework's message carried, as JSON.
    """

    role: str
    content: str
    id: str = field(default_factory=new_id)
    session: str = "default"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    name: str | None = None
    parts: tuple[ContentPart, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_text(self.role, name="role", limit=MAX_LABEL_CHARS)
        check_text(self.content, name="content", limit=MAX_CONTENT_CHARS, empty=True)
        check_text(self.id, name="id", limit=MAX_LABEL_CHARS)
        check_text(self.session, name="session", limit=MAX_LABEL_CHARS)
        check_optional(self, "name", "tool_call_id")
        set_fields(
            self,
            at=to_utc(self.at, name="at"),
            parts=tuple(self.parts),
            tool_calls=tuple(self.tool_calls),
            raw=frozen_json(self.raw, name="raw"),
        )

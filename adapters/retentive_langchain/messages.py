"""Messages of LangChain as Retentive's, and back, without loss.

What both sides have a place for is translated; whatever a message would lose on the
way travels along: LangChain's extras in ``Message.raw["langchain"]``, Retentive's in
``additional_kwargs["retentive"]``. So a message comes back equal, from either side.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import BaseMessage, messages_from_dict
from pydantic_core import to_jsonable_python

from retentive.errors import InvalidInputError
from retentive.formats.codec import message_from_json, message_to_json
from retentive.records import ContentPart, Message, ToolCall, new_id

__all__ = ["from_langchain", "to_langchain"]

_EXTRAS = "langchain"
_OWN = "retentive"
_ROLES = {
    "human": "user",
    "ai": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "function",
}
_TYPES = {role: type_ for type_, role in _ROLES.items()}


def from_langchain(
    message: BaseMessage, *, session: str, at: datetime | None = None
) -> Message:
    """Return LangChain's message as one of Retentive's.

    Args:
        message: Of any type but ``RemoveMessage``. What JSON cannot hold (an
            artifact that is an object, say) is kept as its text.
        session: The conversation that it belongs to.
        at: When it was said; now if omitted. A message that came from Retentive
            keeps its own time.

    Raises:
        InvalidInputError: It is a ``RemoveMessage``, which says nothing.
    """
    if message.type == "remove":
        raise InvalidInputError(
            f"a RemoveMessage is an order to a graph, nothing that was said: "
            f"{message!r}; leave it out"
        )
    data = _data(message)
    own = data["additional_kwargs"].pop(_OWN, None)
    translated = _translated(
        message.type, data, session=session, at=at or datetime.now(UTC)
    )
    if own is None:
        return translated
    fields = {**message_to_json(translated), **own}
    return message_from_json(
        {name: value for name, value in fields.items() if value is not None}
    )


def to_langchain(message: Message) -> BaseMessage:
    """Return Retentive's message as one of LangChain's."""
    extras = message.raw.get(_EXTRAS)
    if isinstance(extras, Mapping):
        data = {**_plain(message), **extras}
        return _built(data.pop("type"), data)
    built = _built(_type(message), _plain(message))
    here = message_to_json(message)
    there = message_to_json(
        _translated(built.type, _data(built), session=message.session, at=message.at)
    )
    lost = {name: here.get(name) for name in there if here.get(name) != there[name]}
    new = {name: here[name] for name in here if name not in there}
    built.additional_kwargs[_OWN] = {**lost, **new, "at": here["at"]}
    return built


def _data(message: BaseMessage) -> dict[str, Any]:
    """Return the fields of a message, those of its class included, as JSON."""
    fields: dict[str, Any] = to_jsonable_python(
        message.model_dump(exclude={"type"}),
        serialize_unknown=True,
        inf_nan_mode="strings",
    )
    return fields


def _translated(
    type_: str, data: Mapping[str, Any], *, session: str, at: datetime
) -> Message:
    """Return the message whose fields these are, with what it would lose."""
    kind = type_.removesuffix("MessageChunk").lower()
    text, parts = _content(data["content"])
    message = Message(
        role=_ROLES.get(kind) or data["role"],
        content=text,
        id=data["id"] or new_id(),
        session=session,
        at=at,
        name=data["name"] or None,
        parts=parts,
        tool_calls=tuple(map(_tool_call, data.get("tool_calls", ()))),
        tool_call_id=data.get("tool_call_id") or None,
    )
    rebuilt = _data(_built(_type(message), _plain(message)))
    lost = {
        name: value
        for name, value in data.items()
        if name not in rebuilt or rebuilt[name] != value
    }
    return replace(message, raw={_EXTRAS: {"type": type_, **lost}})


def _plain(message: Message) -> dict[str, Any]:
    """Return LangChain's fields as far as a message's own say them."""
    fields: dict[str, Any] = {
        "content": [_block(part) for part in message.parts] or message.content,
        "id": message.id,
        "name": message.name,
    }
    if message.role == "assistant":
        calls = [_call(call) for call in message.tool_calls]
        fields["tool_calls"] = [c for c in calls if c["type"] == "tool_call"]
        fields["invalid_tool_calls"] = [c for c in calls if c["type"] != "tool_call"]
    if message.role == "tool":
        fields["tool_call_id"] = message.tool_call_id or ""
    if message.role == "function":
        fields["name"] = message.name or "function"
    if _type(message) == "chat":
        fields["role"] = message.role
    return fields


def _type(message: Message) -> str:
    return _TYPES.get(message.role, "chat")


def _built(type_: str, data: Mapping[str, Any]) -> BaseMessage:
    [message] = messages_from_dict([{"type": type_, "data": dict(data)}])
    return message


def _content(
    content: str | list[str | dict[str, Any]],
) -> tuple[str, tuple[ContentPart, ...]]:
    if isinstance(content, str):
        return content, ()
    parts = tuple(map(_part, content))
    texts = [part.text for part in parts if part.type == "text" and part.text]
    return "\n".join(texts), parts


def _part(block: str | dict[str, Any]) -> ContentPart:
    if isinstance(block, str):
        return ContentPart(type="text", text=block)
    said = block.get("text")
    return ContentPart(
        type=str(block.get("type") or "unknown"),
        data=block,
        text=said if isinstance(said, str) else None,
    )


def _block(part: ContentPart) -> str | dict[str, Any]:
    return dict(part.data) if part.data else part.text or ""


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    arguments = json.dumps(call["args"], ensure_ascii=False)
    return ToolCall(id=call["id"] or "", name=call["name"], arguments=arguments)


def _call(call: ToolCall) -> dict[str, Any]:
    """Return a call as LangChain has it; one without readable arguments is invalid."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        arguments = None
    if isinstance(arguments, dict):
        return {
            "name": call.name,
            "args": arguments,
            "id": call.id,
            "type": "tool_call",
        }
    return {
        "name": call.name,
        "args": call.arguments,
        "id": call.id,
        "error": "the arguments are no JSON object",
        "type": "invalid_tool_call",
    }

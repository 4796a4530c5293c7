"""LlamaIndex's chat messages as ours, and back, without loss.

Only what plain text cannot say is kept beside the text: a message of one text block
without further arguments is a role and its words, whoever reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import (
    BaseContentBlock,
    ChatMessage,
    CitableBlock,
    CitationBlock,
    ContentBlock,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ToolCallBlock,
)
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from retentive.errors import InvalidInputError
from retentive.records import ContentPart, Message, ToolCall
from retentive.stores.codec import pack_parts, pack_tool_calls, to_json

__all__ = ["from_chat", "said", "text_of", "to_chat"]

_RAW = "llama_index"  # where our own extras lie in a message's `raw`
_ARGUMENTS = "additional_kwargs"
_BLOCK: TypeAdapter[BaseContentBlock] = TypeAdapter(ContentBlock)
_BLOCKS = {
    block.model_fields["block_type"].default: block
    for block in BaseContentBlock.__subclasses__()
    if "block_type" in block.model_fields
} | {"citable": CitableBlock, "citation": CitationBlock}
_TYPES = {"document": "file"}  # what others call it


def text_of(message: ChatMessage) -> str:
    """Return the words of a message; those of its text blocks, on lines of their own."""
    return message.content or ""


def from_chat(message: ChatMessage, *, session: str, at: datetime) -> Message:
    """Return our message of one of LlamaIndex's, with a fresh id.

    Args:
        message: What was said; it is not changed.
        session: The conversation that it belongs to.
        at: When it was said.

    Raises:
        InvalidInputError: A block or an argument holds what JSON cannot.
    """
    arguments = _arguments(message)
    name, call = arguments.get("name"), arguments.get("tool_call_id")
    return Message(
        role=message.role.value,
        content=text_of(message),
        session=session,
        at=at,
        name=name if isinstance(name, str) and name.strip() else None,
        parts=() if _is_plain(message) else tuple(map(_part, message.blocks)),
        tool_calls=_tool_calls(message.blocks, arguments.get("tool_calls")),
        tool_call_id=call if isinstance(call, str) and call.strip() else None,
        raw={_RAW: {_ARGUMENTS: arguments}} if arguments else {},
    )


def to_chat(message: Message) -> ChatMessage:
    """Return LlamaIndex's message of one of ours.

    A message that another framework's adapter stored keeps its text, its pictures by
    their address, its calls and what they answer.
    """
    chat = ChatMessage(role=_role(message.role), blocks=_blocks(message))
    # Set afterwards: pictures among the arguments stand in the blocks already.
    chat.additional_kwargs = _kept_arguments(message)
    return chat


def said(message: Message) -> tuple[str | None, ...]:
    """Return all of a message but who it is: its id, its session and its time."""
    return (
        message.role,
        message.content,
        message.name,
        message.tool_call_id,
        pack_parts(message.parts),
        pack_tool_calls(message.tool_calls),
        to_json(message.raw),
    )


# --- from LlamaIndex ------------------------------------------------------------


def _arguments(message: ChatMessage) -> dict[str, Any]:
    if not message.additional_kwargs:
        return {}
    try:
        # Pydantic would write what is no number as null, and say nothing.
        json.dumps(message.additional_kwargs, allow_nan=False, default=str)
        dumped = message.model_dump(mode="json", include={_ARGUMENTS})
    except (PydanticSerializationError, TypeError, ValueError) as exc:
        raise InvalidInputError(
            f"additional_kwargs {sorted(message.additional_kwargs)} of a message hold "
            f"what JSON cannot: {exc}; leave it out, or turn it into text"
        ) from exc
    found: dict[str, Any] = dumped[_ARGUMENTS]
    return found


def _is_plain(message: ChatMessage) -> bool:
    """Return whether role and text say it all; no blocks are not one empty one."""
    blocks = message.blocks
    if len(blocks) != 1:
        return not blocks
    return type(blocks[0]) is TextBlock and bool(blocks[0].text)


def _part(block: BaseContentBlock) -> ContentPart:
    try:
        data = block.model_dump(mode="json", exclude_none=True)
    except PydanticSerializationError as exc:
        raise InvalidInputError(
            f"a block of type {type(block).__name__} holds what JSON cannot: {exc}"
        ) from exc
    kind = data["block_type"]
    return ContentPart(type=_TYPES.get(kind, kind), data=data, text=_words(block))


def _words(block: BaseContentBlock) -> str | None:
    """Return what a block says, for recall to find; reasoning is not said."""
    if isinstance(block, TextBlock):
        return block.text
    if isinstance(block, DocumentBlock):
        return block.title
    if isinstance(block, CitableBlock):
        return "\n".join(filter(None, map(_words, block.content))) or None
    if isinstance(block, CitationBlock):
        return _words(block.cited_content)
    return None


def _tool_calls(blocks: Sequence[BaseContentBlock], older: Any) -> tuple[ToolCall, ...]:
    """Return the calls of the blocks, or else those of the older ``tool_calls``."""
    calls = [block for block in blocks if isinstance(block, ToolCallBlock)]
    if calls:
        return tuple(
            ToolCall(
                id=call.tool_call_id or "",
                name=call.tool_name,
                arguments=_json(call.tool_kwargs),
            )
            for call in calls
        )
    found = older if isinstance(older, list) else ()
    return tuple(filter(None, map(_older_call, found)))


def _older_call(call: Any) -> ToolCall | None:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None
    return ToolCall(
        id=str(call.get("id") or ""),
        name=function["name"],
        arguments=_json(function.get("arguments", {})),
    )


def _json(arguments: Any) -> str:
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False, default=str)


# --- to LlamaIndex --------------------------------------------------------------


def _role(role: str) -> MessageRole:
    try:
        return MessageRole(role)
    except ValueError:
        return MessageRole.USER


def _blocks(message: Message) -> list[Any]:
    if not message.parts:
        said: list[Any] = [TextBlock(text=message.content)] if message.content else []
        return said + [_call_block(call) for call in _unspoken(message)]
    blocks = [_block(part) for part in message.parts]
    if any(isinstance(block, ToolCallBlock) for block in blocks):
        return blocks
    return blocks + [_call_block(call) for call in _unspoken(message)]


def _unspoken(message: Message) -> Sequence[ToolCall]:
    """Return the calls that neither blocks nor arguments carry."""
    ours = message.raw.get(_RAW, {})
    return () if "tool_calls" in ours.get(_ARGUMENTS, {}) else message.tool_calls


def _call_block(call: ToolCall) -> ToolCallBlock:
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        arguments = call.arguments
    return ToolCallBlock(
        tool_call_id=call.id or None,
        tool_name=call.name,
        tool_kwargs=arguments if isinstance(arguments, dict) else call.arguments,
    )


def _block(part: ContentPart) -> BaseContentBlock:
    kind = part.data.get("block_type")
    if kind not in _BLOCKS:
        return _foreign_block(part)
    try:
        return _BLOCK.validate_python(dict(part.data))
    except ValidationError:
        # A file that is gone, say: what was said stays, whatever became of it.
        kept = dict(part.data)
        if isinstance(kept.get("path"), str):
            kept["path"] = Path(kept["path"])
        return _BLOCKS[kind].model_construct(**kept)


def _foreign_block(part: ContentPart) -> BaseContentBlock:
    """Return the block of a part as OpenAI-compatible endpoints write it."""
    image = part.data.get("image_url")
    address = image.get("url") if isinstance(image, Mapping) else image
    if isinstance(address, str):
        return ImageBlock(url=address)
    return TextBlock(text=part.text if part.text is not None else f"[{part.type}]")


def _kept_arguments(message: Message) -> dict[str, Any]:
    ours = message.raw.get(_RAW)
    if ours is not None:
        return dict(ours[_ARGUMENTS])
    named = {"name": message.name, "tool_call_id": message.tool_call_id}
    return {key: value for key, value in named.items() if value is not None}

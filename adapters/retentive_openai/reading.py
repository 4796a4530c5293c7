"""Reads requests of both APIs as chat messages, and says what is wrong with others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from retentive.errors import InvalidInputError
from retentive.text.block import strip_blocks
from retentive.turns import ChatMessage, is_block

__all__ = [
    "INSTRUCTIONS",
    "as_message",
    "chain",
    "check_messages",
    "has_breakpoint",
    "input_items",
    "kept",
]

Item = Mapping[str, Any]
"""An input or output item of the Responses API."""

INSTRUCTIONS = frozenset({"system", "developer"})
_SAID = ("role", "content", "tool_calls", "tool_call_id")
_BREAKPOINTS = ("prompt_cache_breakpoint", "cache_control")
_LONGEST_DATA = 1_000  # characters; a longer one in a part is a picture or a sound


def check_messages(messages: object) -> Sequence[ChatMessage]:
    """Return a list of chat messages.

    Raises:
        InvalidInputError: It is none; the message names the place.
    """
    if not isinstance(messages, Sequence) or isinstance(messages, str | bytes):
        raise InvalidInputError(f"messages must be a list, got {messages!r:.100}")
    for place, message in enumerate(messages):
        where = f"messages[{place}]"
        if not isinstance(message, Mapping):
            raise InvalidInputError(f"{where} must be an object, got {message!r:.100}")
        if not isinstance(message.get("role"), str) or not message["role"].strip():
            raise InvalidInputError(
                f"{where} needs a 'role' such as 'user', got {message.get('role')!r:.100}"
            )
        _check_content(message.get("content"), f"{where}.content")
        _check_calls(message.get("tool_calls"), f"{where}.tool_calls")
    return messages


def input_items(given: object) -> Sequence[Item]:
    """Return the input of a response as items; a text is the user's message.

    Raises:
        InvalidInputError: It is neither a text nor a list of items.
    """
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        raise InvalidInputError(f"input must be text or a list, got {given!r:.100}")
    for place, item in enumerate(given):
        where = f"input[{place}]"
        if not isinstance(item, Mapping):
            raise InvalidInputError(f"{where} must be an object, got {item!r:.100}")
        kind = item.get("type", "message")
        if not isinstance(kind, str):
            raise InvalidInputError(f"{where}.type must be text, got {kind!r:.100}")
        if kind == "message":
            check_messages([item])
    return given


def as_message(item: Item) -> ChatMessage:
    """Return an item as a chat message; what is none of the user's is the model's."""
    kind = item.get("type", "message")
    if kind == "message":
        return item
    if kind.endswith("_output"):
        output = item.get("output")
        said = output if isinstance(output, str | list) else json.dumps(output)
        return {"role": "tool", "tool_call_id": _text(item, "call_id"), "content": said}
    if kind in ("function_call", "custom_tool_call"):
        arguments = _text(item, "arguments") or _text(item, "input") or "{}"
        function = {"name": _text(item, "name") or kind, "arguments": arguments}
        call = {"id": _text(item, "call_id"), "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    return {"role": "assistant", "content": None}


def kept(message: ChatMessage) -> dict[str, Any] | None:
    """Return a message as a transcript keeps it, ``None`` if it is only our block.

    Without blocks of memories, and without the bytes of pictures, sounds and files: a
    digest stands for them.
    """
    if is_block(message):
        return None
    fields = {key: _lean(value, key=key) for key, value in message.items()}
    fields["content"] = _content(message)
    for name in ("name", "tool_call_id"):
        if not (isinstance(fields.get(name), str) and fields[name].strip()):
            fields.pop(name, None)
    if message.get("tool_calls"):
        fields["tool_calls"] = [_call(call) for call in message["tool_calls"]]
    return fields


def chain(messages: Sequence[ChatMessage], *, seed: str = "") -> list[str]:
    """Return a key per message: of it and of all that was said before it.

    The same conversation has the same keys, in any process: blocks do not count, nor
    do instructions, which often tell the time.
    """
    begun = blake2b(seed.encode("utf-8", "replace"), digest_size=12)
    keys = []
    for message in messages:
        digest = begun
        if message.get("role") in INSTRUCTIONS:
            digest = begun.copy()
        if not is_block(message):
            said = {key: message.get(key) for key in _SAID}
            digest.update(json.dumps(said, sort_keys=True, default=str).encode())
        keys.append(digest.hexdigest())
    return keys


def has_breakpoint(item: Mapping[str, Any]) -> bool:
    """Return whether the caller wants what ends here to be cached."""
    content = item.get("content")
    parts = content if isinstance(content, list | tuple) else ()
    marked = (item, *(part for part in parts if isinstance(part, Mapping)))
    return any(part.get(name) for part in marked for name in _BREAKPOINTS)


def _check_content(content: object, where: str) -> None:
    if content is None or isinstance(content, str):
        return
    if not isinstance(content, Sequence) or isinstance(content, bytes):
        raise InvalidInputError(
            f"{where} must be text, null or a list of parts, got {content!r:.100}"
        )
    for place, part in enumerate(content):
        if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
            raise InvalidInputError(
                f"{where}[{place}] needs a 'type' such as 'text', got {part!r:.100}"
            )


def _check_calls(calls: object, where: str) -> None:
    if calls is None:
        return
    if not isinstance(calls, Sequence) or isinstance(calls, str | bytes):
        raise InvalidInputError(f"{where} must be a list, got {calls!r:.100}")
    for place, call in enumerate(calls):
        if not isinstance(call, Mapping):
            raise InvalidInputError(
                f"{where}[{place}] must be an object, got {call!r:.100}"
            )


def _content(message: ChatMessage) -> Any:
    """Return the words or parts of a message; of a spoken one what it said."""
    content = message.get("content")
    audio = message.get("audio")
    if not content and isinstance(audio, Mapping):
        content = audio.get("transcript")
    if isinstance(content, str):
        return strip_blocks(content).strip()
    if not isinstance(content, Sequence):
        return None
    cleaned = [_without_block(_lean(part, key="")) for part in content]
    return [part for part in cleaned if part is not None]


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call of any kind of tool as a call of a function."""
    inner = call.get("function") or call.get("custom") or call
    fields = inner if isinstance(inner, Mapping) else {}
    arguments = _text(fields, "arguments") or _text(fields, "input") or "{}"
    name = _text(fields, "name") or _text(call, "type") or "tool"
    function = {"name": name, "arguments": arguments}
    return {"id": _text(call, "id"), "type": "function", "function": function}


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _lean(value: Any, *, key: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _lean(inner, key=name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lean(inner, key=key) for inner in value]
    if not isinstance(value, str) or key == "text" or len(value) <= _LONGEST_DATA:
        return value
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"[{len(value):,} characters, blake2b {digest}]"


def _without_block(part: Any) -> Any:
    """Return a part without our block, ``None`` if it held nothing else."""
    text = part.get("text") if isinstance(part, Mapping) else None
    if not isinstance(text, str):
        return part
    rest = strip_blocks(text).strip()
    return {**part, "text": rest} if rest or not text.strip() else None

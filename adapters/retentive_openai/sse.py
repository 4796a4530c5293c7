"""Reads a stream of server-sent events as it passes, and puts its answer together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

__all__ = ["Assembler", "ChatAssembler", "EventReader", "ResponseAssembler"]

_MOST_CHARS = 4_000_000  # of one answer; what follows is passed on, not remembered
_END_OF_EVENT = re.compile(rb"\r\n\r\n|\n\n|\r\r")


class Assembler(Protocol):
    """Makes one answer of many events."""

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in an event."""

    def answer(self) -> Mapping[str, Any] | None:
        """Return the answer so far, as it would stand in a body; ``None``: nothing."""


class EventReader:
    """Cuts bytes into events; data that is no JSON object is passed over."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Mapping[str, Any]]:
        """Yield the data of every event that these bytes complete."""
        *whole, self._rest = _END_OF_EVENT.split(self._rest + data)
        if len(self._rest) > _MOST_CHARS:
            self._rest = b""
        for event in whole:
            lines = event.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            texts = [line[5:].strip() for line in lines if line.startswith(b"data:")]
            fields = _json(b"\n".join(texts))
            if fields is not None:
                yield fields


class ChatAssembler:
    """Puts the first choice of a streamed chat completion together."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._texts: dict[str, list[str]] = {"content": [], "refusal": []}
        self._calls: dict[int, dict[str, Any]] = {}
        self._ended = False
        self._room = _MOST_CHARS

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in a chunk."""
        choices = event.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and choice.get("index", 0) == 0:
                self._ended |= choice.get("finish_reason") is not None
                self._grow(choice.get("delta") or {})

    def answer(self) -> Mapping[str, Any] | None:
        """Return a completion with one choice; calls count once they are whole."""
        message: dict[str, Any] = {"role": "assistant", "content": None}
        for name, pieces in self._texts.items():
            if pieces:
                message[name] = "".join(pieces)
        if self._calls and self._ended:
            message["tool_calls"] = [self._calls[n] for n in sorted(self._calls)]
        said = message["content"] is not None or len(message) > 2
        return {"choices": [{"message": message}]} if said else None

    def _grow(self, delta: Mapping[str, Any]) -> None:
        for name, pieces in self._texts.items():
            pieces.extend(self._taken(delta.get(name)))
        for place, part in enumerate(delta.get("tool_calls") or ()):
            call = self._calls.setdefault(
                part.get("index", place),
                {"id": "", "type": "function", "function": _empty_function()},
            )
            call["id"] = part.get("id") or call["id"]
            for name, value in (part.get("function") or {}).items():
                if name in call["function"]:
                    call["function"][name] += "".join(self._taken(value))

    def _taken(self, text: Any) -> list[str]:
        if not isinstance(text, str) or not text or len(text) > self._room:
            return []
        self._room -= len(text)
        return [text]


class ResponseAssembler:
    """Finds the whole response among its events, or joins what came of its text."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._whole: Mapping[str, Any] | None = None
        self._texts = ChatAssembler()

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in an event."""
        kind = event.get("type")
        if kind in ("response.completed", "response.incomplete", "response.failed"):
            self._whole = event.get("response")
        elif kind == "response.output_text.delta":
            delta = {"content": event.get("delta")}
            self._texts.add({"choices": [{"delta": delta}]})

    def answer(self) -> Mapping[str, Any] | None:
        """Return the response; of one that was cut off, what it had said."""
        if self._whole is not None:
            return self._whole
        said = self._texts.answer()
        if said is None:
            return None
        return {"output": [{"type": "message", **said["choices"][0]["message"]}]}


def _empty_function() -> dict[str, str]:
    return {"name": "", "arguments": ""}


def _json(data: bytes) -> Mapping[str, Any] | None:
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None

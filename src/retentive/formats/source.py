"""Opens a file of any known format as one stream of entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from retentive.errors import InvalidInputError
from retentive.formats import chatgpt, claude, locomo, native, openai_messages
from retentive.formats.entry import Entry

__all__ = ["FORMATS", "Entry", "Source", "open_source"]

_Reader = Callable[[Any], Iterator[Entry]]
_DOCUMENTS: Mapping[str, _Reader] = {
    "chatgpt": chatgpt.read,
    "claude": claude.read,
    "locomo": locomo.read,
}
_LINES: Mapping[str, Callable[[int, Any], list[Entry]]] = {
    "openai": openai_messages.read_line,
    "retentive": native.read_line,
}
FORMATS = tuple(sorted((*_DOCUMENTS, *_LINES)))
"""Names of the formats that can be read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's entries.

    Attributes:
        format: One of :data:`FORMATS`.
        entries: In the file's order; a broken one raises ``InvalidInputError``
            that names its place.
        total: How many there are, if known before they are read.
    """

    format: str
    entries: Iterator[Entry]
    total: int | None


def open_source(file: IO[str], *, format: str | None = None) -> Source:
    """Read a file or a stream.

    JSON documents are read whole, JSON lines one by one.

    Args:
        file: Opened for text.
        format: One of :data:`FORMATS`; found out if omitted.

    Raises:
        InvalidInputError: The format is unknown or cannot be told, or the file
            is no JSON.
    """
    if format is not None and format not in FORMATS:
        raise InvalidInputError(
            f"unknown format {format!r}; known: {', '.join(FORMATS)}"
        )
    name = getattr(file, "name", "the input")
    first = file.readline()
    found = format or _of_first_line(first)
    if found is not None and found in _LINES:
        return Source(found, _lines(chain([first], file), found, name), None)
    document = _parsed(first + file.read(), name)
    found = found or _of_document(document, name)
    entries = list(_DOCUMENTS[found](document))
    return Source(found, iter(entries), len(entries))


def _lines(lines: Iterator[str], format: str, name: str) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        yield from _LINES[format](number, _parsed(line, place))


def _of_first_line(line: str) -> str | None:
    """Return the format of JSON lines, ``None`` for a document."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    if value.get("format") == native.FORMAT:
        return "retentive"
    return "openai" if "role" in value or "messages" in value else None


def _of_document(document: Any, name: str) -> str:
    first = document[0] if isinstance(document, list) and document else document
    fields = set(first) if isinstance(first, dict) else set()
    for format, telling in (
        ("chatgpt", {"mapping"}),
        ("claude", {"chat_messages"}),
        ("locomo", {"conversation", "sample_id"}),
    ):
        if telling <= fields:
            return format
    raise InvalidInputError(
        f"{name} is in no format that Retentive knows (first entry has the fields "
        f"{sorted(fields)[:8]}); known: {', '.join(FORMATS)}"
    )


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as exc:
        raise InvalidInputError(
            f"{place}: not valid JSON: {exc}; nothing of it was imported"
        ) from exc

"""Our own JSON lines: everything that a store holds, and nothing lost.

The first line is ``{"format": "retentive", "version": 1}``; each other line is a
message or a record, with the labels of its namespace.
"""

from __future__ import annotations

import json
from typing import Any

from retentive.errors import InvalidInputError
from retentive.formats.codec import (
    message_from_json,
    message_to_json,
    record_from_json,
    record_to_json,
)
from retentive.formats.entry import Entry
from retentive.records import MemoryRecord, Message, Namespace

__all__ = ["FORMAT", "VERSION", "header", "read_line", "write_line"]

FORMAT = "retentive"
VERSION = 1


def header() -> str:
    """Return the first line."""
    return json.dumps({"format": FORMAT, "version": VERSION})


def write_line(item: Message | MemoryRecord, namespace: Namespace) -> str:
    """Return the line of a message or a record."""
    if isinstance(item, Message):
        fields = {"message": message_to_json(item), "namespace": list(namespace)}
    else:
        fields = {"record": record_to_json(item), "namespace": list(namespace)}
    return json.dumps(fields, ensure_ascii=False)


def read_line(number: int, fields: Any) -> list[Entry]:
    """Return the entry of one line, none for the header.

    Raises:
        InvalidInputError: The version is newer, or the line is no entry.
    """
    if not isinstance(fields, dict):
        raise InvalidInputError(
            f"line {number}: expected a JSON object, got {fields!r}"
        )
    if fields.get("format") == FORMAT:
        if fields.get("version") != VERSION:
            raise InvalidInputError(
                f"the file has version {fields.get('version')!r}, this Retentive reads "
                f"{VERSION}; upgrade: pip install -U retentive"
            )
        return []
    labels = tuple(fields.get("namespace") or ())
    try:
        if "message" in fields:
            return [Entry(message_from_json(fields["message"]), labels, captured=True)]
        return [Entry(record_from_json(fields["record"], namespace=labels), labels)]
    except (KeyError, TypeError, ValueError) as exc:
        raise InvalidInputError(
            f"line {number}: no message or record that can be read: {exc!r}"
        ) from exc

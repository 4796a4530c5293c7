"""What an engine is given of a record: numbers and hashes, never its words.

Words are indexed as the hashes of our own index terms, so that every language is
cut as it is in the process; names and metadata as hashes, too. No text of a caller
ever stands in a query, and the index holds none. Two values of one hash are told
apart by the exact filter that candidates pass afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from retentive.protocols import Narrowing
from retentive.records import MemoryRecord
from retentive.text.counters import rough_tokens
from retentive.text.cues import Cue, find_cues
from retentive.text.dates import find_times
from retentive.text.hashing import term_hash
from retentive.text.tokenise import terms

__all__ = [
    "NEVER",
    "Document",
    "document",
    "tag",
    "term_tag",
    "value_tag",
    "wanted_tags",
    "wanted_values",
]

NEVER = 1e15
"""Stands for a time that does not come, in POSIX seconds."""

_MOST_TERMS = 20_000  # of a text of megabytes; they are hashed into 18 bytes each
_ANALYSED_CHARS = 20_000  # in which times are looked for, as in the process
_EPOCH_SHIFT = 1 << 62  # times before 1970 sort before those after it


@dataclass(frozen=True, slots=True)
class Document:
    """A record as engines see it.

    Attributes:
        terms: Hashed index terms, repetitions included.
        tokens: Estimated.
        session: Hashed; empty for none.
        place: 16 hexadecimal digits that sort as the record's time.
        heir: The hashed id of what replaced it; empty for nothing.
        tags: By field, hashed or enumerated values.
        numbers: By field.
    """

    terms: tuple[str, ...]
    tokens: int
    session: str
    place: str
    heir: str
    tags: Mapping[str, str]
    numbers: Mapping[str, float]


def tag(value: str) -> str:
    """Return 16 hexadecimal digits for a caller's text."""
    data = value.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=8).hexdigest()


def term_tag(term: str) -> str:
    """Return a term's number as an indexed word."""
    return f"t{term_hash(term):016x}"


def value_tag(key: str, value: str | float) -> str:
    """Return the tag of a value in metadata; 1 and 1.0 share theirs, true has its own."""
    if isinstance(value, str):
        return tag(f"{key}\0s{value}")
    if isinstance(value, bool):
        return tag(f"{key}\0b{value}")
    try:
        return tag(f"{key}\0n{float(value)!r}")
    except OverflowError:  # an integer beyond any float
        return tag(f"{key}\0i{value}")


def wanted_tags(within: Narrowing) -> list[tuple[str, list[str]]]:
    """Return the tags that a narrowing lets through, by field; none for all."""
    return [
        ("status", [status.value for status in within.statuses]),
        ("kind", [kind.value for kind in within.kinds]),
        ("origin", [origin.value for origin in within.origins]),
        ("session", [tag(session) for session in within.sessions]),
        ("speaker", [tag(speaker) for speaker in within.speakers]),
    ]


def wanted_values(within: Narrowing) -> list[list[str]]:
    """Return the tags of the values that a narrowing asks for, key by key."""
    return [
        [value_tag(key, value) for value in values]
        for key, values in within.equal.items()
    ]


def document(record: MemoryRecord) -> Document:
    """Return what is indexed of a record."""
    told = terms(record.content)[:_MOST_TERMS]
    heir = record.superseded_by
    tags = {
        "status": record.status.value,
        "kind": record.kind.value,
        "origin": record.origin.value,
        "session": "" if record.session is None else tag(record.session),
        "speaker": "" if record.speaker is None else tag(record.speaker),
        "data": ",".join(sorted(set(_values(record.metadata)))),
    }
    return Document(
        terms=tuple(term_tag(term) for term in told),
        tokens=rough_tokens(record.content),
        session=tags["session"],
        place=_sortable(record.occurred_at),
        heir="" if heir is None else tag(heir),
        tags=tags,
        numbers=_numbers(record),
    )


def _numbers(record: MemoryRecord) -> dict[str, float]:
    ends = [_seconds(record.valid_until), _seconds(record.expires_at)]
    named_from, named_until = _times_named(record)
    return {
        "occurred": record.occurred_at.timestamp(),
        "recorded": _seconds(record.recorded_at),
        "ends": min(ends),
        "from": named_from,
        "until": named_until,
    }


def _seconds(time: datetime | None) -> float:
    return NEVER if time is None else time.timestamp()


def _times_named(record: MemoryRecord) -> tuple[float, float]:
    """Return the first time that the content itself names; never before never."""
    head = record.content[:_ANALYSED_CHARS]
    if Cue.TIME_WORD in find_cues(head):
        for time in find_times(head, now=record.occurred_at):
            return time.start.timestamp(), time.end.timestamp()
    return NEVER, -NEVER


def _sortable(time: datetime) -> str:
    return f"{int(time.timestamp() * 1e6) + _EPOCH_SHIFT:016x}"


def _values(metadata: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the tags of all single values, however deep."""
    for key, value in metadata.items():
        if isinstance(value, Mapping):
            yield from _values(value, f"{path}{key}.")
        elif isinstance(value, str | int | float):
            yield value_tag(f"{path}{key}", value)

"""Turns records into the columns, terms and vectors of new rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.records import Kind, MemoryRecord, Namespace, Origin, Status
from retentive.text.counters import rough_tokens
from retentive.text.cues import Cue, cue_bits
from retentive.text.dates import find_times
from retentive.text.hashing import hash_terms, simhash
from retentive.text.tokenise import ascii_terms, ascii_words, terms
from retentive.text.topics import topics_told

__all__ = ["KINDS", "ORIGINS", "STATUSES", "Fresh", "Names", "digest", "prepare"]

KINDS = tuple(Kind)
ORIGINS = tuple(Origin)
STATUSES = tuple(Status)

_KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
_ORIGIN_CODES = {origin: code for code, origin in enumerate(ORIGINS)}
_STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}

_NO_TIME = float("nan")
_TELLS_TIME = int(Cue.TIME_WORD)  # an enumeration's operators are slow
# What a scorer needs of a long text is in its first pages: analysing all of
# 10 MB would hold up every reader for seconds. Terms are taken from all of it.
_ANALYSED_CHARS = 20_000


@dataclass(slots=True)
class Names:
    """Codes for the names that columns refer to; -1 stands for no name."""

    namespaces: list[Namespace] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    _codes: dict[tuple[str, Any], int] = field(default_factory=dict)

    def code(self, kind: str, name: Any, *, scope: int = 0) -> int:
        """Return the code of a name, a new one where it is new.

        Args:
            kind: ``namespaces``, ``sessions``, ``speakers`` or ``roles``.
            name: The name; ``None`` has code -1.
            scope: Sessions of different namespaces differ, whatever their names.
        """
        if name is None:
            return -1
        known = self._codes.get((kind, (scope, name)))
        if known is None:
            names: list[Any] = getattr(self, kind)
            known = self._codes[kind, (scope, name)] = len(names)
            names.append(name)
        return known


@dataclass(frozen=True, slots=True)
class Fresh:
    """New rows, ready to append.

    Attributes:
        columns: One array per column but the links, which the replica sets.
        hashes: Terms of all rows, one row after the other.
        vectors: ``(n, dim)``, zero where a record has none; ``None`` if all lack one.
        further: Row within the batch and time of each further occurrence.
    """

    columns: dict[str, NDArray[Any]]
    hashes: NDArray[np.uint64]
    vectors: NDArray[np.float32] | None
    further: list[tuple[int, float]]


def prepare(
    records: Sequence[MemoryRecord], namespaces: Sequence[int], names: Names
) -> Fresh:
    """Analyse records into rows.

    Args:
        records: What to index.
        namespaces: The code of each record's namespace.
        names: Gives sessions, speakers and roles their codes.
    """
    spelled = [
        ascii_words(record.content) if record.content.isascii() else None
        for record in records
    ]
    bags = [
        terms(record.content) if words is None else ascii_terms(words)
        for record, words in zip(records, spelled, strict=True)
    ]
    lengths = np.array([len(bag) for bag in bags], np.int32)
    hashes = hash_terms(chain.from_iterable(bags))
    columns: dict[str, NDArray[Any]] = {
        "alive": np.ones(len(records), np.bool_),
        "namespace": np.array(namespaces, np.int32),
        "length": lengths,
        "simhash": simhash(hashes, lengths),
        "topics": np.array([topics_told(bag) for bag in bags], np.uint64),
        "digest": np.array([digest(record) for record in records], np.uint64),
        **{
            name: np.array(column)
            for name, column in _fixed(records, namespaces, names, spelled)
        },
        **volatile(records),
    }
    further = [
        (row, occurrence.at.timestamp())
        for row, record in enumerate(records)
        for occurrence in record.occurrences
    ]
    return Fresh(columns, hashes, _vectors(records), further)


def volatile(records: Sequence[MemoryRecord]) -> dict[str, NDArray[Any]]:
    """Return the columns that may change while the content stays."""
    return {
        "recorded_at": np.array([seconds(r.recorded_at) for r in records]),
        "last_accessed_at": np.array([seconds(r.last_accessed_at) for r in records]),
        "valid_until": np.array([seconds(r.valid_until) for r in records]),
        "expires_at": np.array([seconds(r.expires_at) for r in records]),
        "importance": np.array([r.importance for r in records], np.float32),
        "support_count": np.array([r.support_count for r in records], np.int32),
        "access_count": np.array([r.access_count for r in records], np.int32),
        "status": np.array([_STATUS_CODES[r.status] for r in records], np.int8),
        "pinned": np.array([r.pinned for r in records], np.bool_),
    }


def digest(record: MemoryRecord) -> int:
    """Return a number of all that makes up a row but its volatile columns."""
    parts = (
        record.content,
        record.speaker or "",
        record.role or "",
        record.session or "",
        record.kind,
        record.origin,
        repr(record.occurred_at.timestamp()),  # isoformat takes five times as long
        json.dumps(_plain(record.metadata), sort_keys=True) if record.metadata else "",
        "" if record.embedding is None else "vector",
    )
    hashed = blake2b("\0".join(parts).encode(), digest_size=8)
    if record.embedding is not None:
        hashed.update(record.embedding.vector.tobytes())
    return int.from_bytes(hashed.digest(), "little")


def seconds(time: datetime | None) -> float:
    """Return POSIX seconds, NaN for no time."""
    return _NO_TIME if time is None else time.timestamp()


def _fixed(
    records: Sequence[MemoryRecord],
    namespaces: Sequence[int],
    names: Names,
    spelled: Sequence[Sequence[str] | None],
) -> list[tuple[str, list[Any]]]:
    heads = [record.content[:_ANALYSED_CHARS] for record in records]
    cues = [
        cue_bits(head, words=words if len(head) < _ANALYSED_CHARS else None)
        for head, words in zip(heads, spelled, strict=True)
    ]
    mentioned = [
        _mentioned(head, record.occurred_at) if cue & _TELLS_TIME else _NEVER
        for head, cue, record in zip(heads, cues, records, strict=True)
    ]
    pairs = list(zip(records, namespaces, strict=True))
    return [
        ("occurred_at", [record.occurred_at.timestamp() for record in records]),
        ("mentioned_from", [start for start, _ in mentioned]),
        ("mentioned_until", [end for _, end in mentioned]),
        ("kind", [_KIND_CODES[record.kind] for record in records]),
        ("origin", [_ORIGIN_CODES[record.origin] for record in records]),
        ("session", [names.code("sessions", r.session, scope=s) for r, s in pairs]),
        ("speaker", [names.code("speakers", r.speaker) for r in records]),
        ("role", [names.code("roles", r.role) for r in records]),
        ("tokens", [rough_tokens(record.content) for record in records]),
        ("cues", cues),
    ]


_NEVER = (_NO_TIME, _NO_TIME)


def _mentioned(text: str, said_at: datetime) -> tuple[float, float]:
    times = find_times(text, now=said_at)
    if not times:
        return _NEVER
    return times[0].start.timestamp(), times[0].end.timestamp()


def _vectors(records: Sequence[MemoryRecord]) -> NDArray[np.float32] | None:
    dim = next((len(r.embedding.vector) for r in records if r.embedding), 0)
    if not dim:
        return None
    vectors = np.zeros((len(records), dim), np.float32)
    for row, record in enumerate(records):
        if record.embedding is not None:
            vectors[row] = record.embedding.vector
    return vectors


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value

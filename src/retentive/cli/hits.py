"""Hits as lines and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retentive.cli.tables import cut, pad, width, wrap
from retentive.records import Hit, MemoryRecord

__all__ = ["as_json", "hit_line", "hit_lines", "strongest", "who"]

_LEAST = 0.05  # contributions below this are noise to a reader
_WHO_COLUMNS = 12


def who(record: MemoryRecord) -> str:
    """Return who said it, in a word."""
    return record.speaker or record.role or record.origin.value


def strongest(signals: Mapping[str, float], *, count: int = 3) -> str:
    """Return the signals that added most, such as ``context +2.1, date +4.5``."""
    best = sorted(signals.items(), key=lambda item: -item[1])[:count]
    return ", ".join(f"{name} {value:+.1f}" for name, value in best if value > _LEAST)


def hit_line(hit: Hit, *, rank: int, columns: int) -> str:
    """Return rank, date, speaker and text, cut to some columns."""
    return "\n".join(hit_lines(hit, rank=rank, columns=columns, lines=1))


def hit_lines(hit: Hit, *, rank: int, columns: int, lines: int) -> list[str]:
    """Return the same with the text on at most some lines."""
    date = hit.record.occurred_at.date().isoformat()
    speaker = pad(cut(who(hit.record), _WHO_COLUMNS), _WHO_COLUMNS)
    start = f"{rank:>3}  {date}  {speaker}  "
    room = columns - width(start)
    first, *others = wrap(hit.record.content, room, lines=lines)
    return [start + first, *(" " * width(start) + other for other in others)]


def as_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as JSON."""
    record = hit.record
    return {
        "id": record.id,
        "namespace": list(record.namespace),
        "content": record.content,
        "kind": record.kind.value,
        "role": record.role,
        "speaker": record.speaker,
        "session": record.session,
        "message_id": record.message_id,
        "occurred_at": record.occurred_at.isoformat(),
        "importance": record.importance,
        "support_count": record.support_count,
        "origin": record.origin.value,
        "score": hit.score,
        "signals": dict(hit.signals),
    }

"""Reads what has changed, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from retentive.protocols import Change, Changes
from retentive.records import Namespace
from retentive.stores.redis.rows import unpack_records
from retentive.stores.redis.spaces import Spaces

__all__ = ["Feed", "Midway", "unpack_changes"]

_PAGE = 2_000  # rows that one script reads: the server does nothing else meanwhile


class Midway(int):
    """A sequence within a first reading, which needs no tombstones from before it.

    Attributes:
        floor: Up to which version tombstones had been forgotten when it began.
    """

    floor: int

    @classmethod
    def at(cls, sequence: int, *, floor: int) -> Self:
        """Return a sequence that knows its reading's floor."""
        made = cls(sequence)
        made.floor = floor
        return made


class Feed:
    """The changes of each namespace, in the order of its commits.

    A reader that stands below the floor, up to which tombstones are forgotten, has to
    begin anew. Not so one that has just begun, and has come only so far.
    """

    def __init__(self, spaces: Spaces) -> None:
        """Read nothing yet."""
        self._spaces = spaces

    def after(self, namespace: Namespace, since: int, *, limit: int) -> Changes:
        """Return what changed after a sequence; see :meth:`Store.changes`."""
        items: dict[str, Change] = {}
        first, known = not since, since.floor if isinstance(since, Midway) else 0
        while True:
            size = min(_PAGE, max(1, limit - len(items)))
            page = self._spaces.run("changes", namespace, [int(since), size, known])
            since, epoch, embedder, more, rows, floor = page
            for change in unpack_changes(namespace, rows, embedder):
                items.pop(change.id, None)  # it has changed again since we read it
                items[change.id] = change
            if first:
                first, known = False, floor
            if not more or len(items) >= limit:
                break
        return Changes(
            items=list(items.values()),
            sequence=Midway.at(since, floor=known) if since < known else since,
            epoch=epoch.decode(),
            more=bool(more),
        )


def unpack_changes(
    namespace: Namespace, rows: Sequence[Any], embedder: bytes | None
) -> list[Change]:
    """Return the changes of rows as the scripts give them.

    Args:
        namespace: Whose they are.
        rows: ``id, value, version, use, vector`` of each, one after the other.
        embedder: Fingerprint of the vectors.
    """
    records = {r.id: r for r in unpack_records(namespace, rows, embedder=embedder)}
    ids = [id.decode() for id in rows[::5]]
    versions = [int(version) for version in rows[2::5]]
    return [
        Change(id, version, records.get(id))
        for id, version in zip(ids, versions, strict=True)
    ]

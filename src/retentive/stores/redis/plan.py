"""What a commit asks the server to check and to write, as its script takes it.

The script knows fields and commands, and no rule: it compares, and does as it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retentive.stores.redis.keys import PARTS

__all__ = ["ANY_EMBEDDER", "FIXED_FIELDS", "Order", "Plan"]

ANY_EMBEDDER = "*"
"""Stands for the embedder where it does not matter."""

FIXED_FIELDS = ("epoch", "embedder", "sequence")
"""What the script reads of a namespace before all else."""

Order = tuple[str, str, Sequence[Any]]
"""A command, the part that it changes, and its arguments."""

_MOST = 4_000
"""Fields and values of a commit that one command takes: Lua unpacks no more."""

_PLACE = {part: place for place, part in enumerate(PARTS, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A commit before it is sent.

    Attributes:
        embedder: That the namespace must have, or :data:`ANY_EMBEDDER`.
        fields: Fields of the namespace's hash that must hold certain values.
        values: These values, ``""``: none; empty where there must be none at all.
        versions: Those that records must have, by id.
        counts: By how much the number of records of each status changes.
        pairs: Fields and values to write, one after the other.
        orders: Further commands.
        changed: Ids that changed, those that are new first.
        created: How many of them are new.
        rewritten: Ids of records that say something else than before.
    """

    embedder: str
    fields: Sequence[str]
    values: Sequence[str] = ()
    versions: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int]
    pairs: Sequence[Any]
    orders: Sequence[Order] = ()
    changed: Sequence[str]
    created: int
    rewritten: Sequence[str] = ()

    def told(self, *, nonce: str, lane: str, messages: Sequence[Any]) -> list[Any]:
        """Return the script's arguments behind the epoch and the lease.

        Args:
            nonce: By which a retry is known.
            lane: Where the script notes it.
            messages: Arguments about transcripts.
        """
        counts = self.counts
        told = [self.embedder, nonce, len(counts)]
        told += (len(FIXED_FIELDS) + 1 + len(counts) + len(self.fields), *FIXED_FIELDS)
        told += (lane, *counts, *self.fields)
        told += (len(self.values), *self.values)
        told += (len(self.versions), *self.versions, *self.versions.values())
        told += (4 + 2 * len(counts) + len(self.pairs), "sequence", "", lane, "")
        for status, more in counts.items():
            told += (status, more)
        told += self.pairs
        told.append(len(self.orders))
        for command, part, arguments in self.orders:
            told += (command, _PLACE[part], len(arguments), *arguments)
        told += (len(self.changed), self.created, *self.changed)
        told += (len(self.rewritten), *self.rewritten, *messages)
        return told

    def told_shortly(
        self, *, nonce: str, lane: str, messages: Sequence[Any]
    ) -> list[Any] | None:
        """Return the arguments of the script for new things, if there is no more.

        Args:
            nonce: By which a retry is known.
            lane: Where the script notes it.
            messages: Arguments about transcripts.
        """
        size = len(self.fields) + len(self.pairs)
        if self.orders or len(self.counts) > 1 or size > _MOST:
            return None
        status = next(iter(self.counts), "n:active")
        told = [self.embedder, nonce, len(self.changed), 5 + len(self.fields)]
        told += (*FIXED_FIELDS, lane, status, *self.fields)
        told += (6 + len(self.pairs), "sequence", "", lane, "", status, "")
        told += self.pairs
        told += self.changed
        told += messages
        return told

"""Nodes of a summary tree: which are there, and what the others would say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np

from retentive.policies.codes import of_kinds, of_status
from retentive.policies.condensing import Condenser
from retentive.policies.grouping import Group, digest
from retentive.protocols import MemoryView, Passage, Put
from retentive.records import Kind, MemoryRecord, Origin, Status

__all__ = ["HELD", "SUMMARY_KEY", "Node", "Workshop", "node_id", "nodes_of"]

SUMMARY_KEY = "retentive:summary:"
"""How the keys of summary nodes begin."""

HELD = (Status.ACTIVE, Status.ARCHIVED)
"""Of what a summary tells: what has faded stays in it."""

_TRUST = (Origin.IMPORT, Origin.ASSISTANT, Origin.SYSTEM, Origin.USER)  # ascending


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node that should be there.

    Attributes:
        level: ``session``, ``month`` or ``whole``.
        label: Which.
        digest: Changes with what it stands for.
        record: The node as it is or will be.
        put: How it gets there; ``None`` if it is there already.
    """

    level: str
    label: str
    digest: str
    record: MemoryRecord
    put: Put | None = None


@dataclass(frozen=True, slots=True)
class Workshop:
    """Makes nodes of what a view holds.

    Attributes:
        view: The memories.
        now: The present, UTC.
        there: The nodes that there are, by id.
        condense: Writes.
    """

    view: MemoryView
    now: datetime
    there: Mapping[str, MemoryRecord]
    condense: Condenser

    def kept(self, before: MemoryRecord) -> Node:
        """Return a node as it is."""
        told = before.metadata["summary"]
        return Node(
            level=told["level"],
            label=told["label"],
            digest=told["digest"],
            record=before,
        )

    def session(self, group: Group, *, budget: int) -> Node | None:
        """Return the node over a session's memories."""
        before = self.there.get(node_id("session", group.label))
        if before is not None and _holds(before, group.digest):
            return self.kept(before)
        leaves = self.view.records(group.places)
        if not leaves:
            return None
        vectors = self.view.vectors_at(group.places)
        text = self.condense(
            [
                Passage(text=r.content, speaker=r.speaker or r.role or "")
                for r in leaves
            ],
            budget=budget,
            vectors=vectors if len(vectors) == len(leaves) else None,
        )
        return self._made(
            "session", group.label, text, leaves, mark=group.digest, before=before
        )

    def join(
        self, level: str, label: str, below: Sequence[Node], *, budget: int
    ) -> Node | None:
        """Return the node over at least two nodes; ``None`` if there are fewer."""
        if len(below) < 2:
            return None
        mark = digest([f"{node.record.id}:{node.digest}" for node in below])
        before = self.there.get(node_id(level, label))
        if before is not None and _holds(before, mark):
            return self.kept(before)
        records = [node.record for node in below]
        text = self.condense(
            [Passage(text=line) for r in records for line in r.content.splitlines()],
            budget=budget,
        )
        return self._made(level, label, text, records, mark=mark, before=before)

    def _made(
        self,
        level: str,
        label: str,
        text: str,
        parts: Sequence[MemoryRecord],
        *,
        mark: str,
        before: MemoryRecord | None,
    ) -> Node | None:
        if not text.strip():
            return None
        last = max(part.occurred_at for part in parts)
        record = MemoryRecord(
            id=node_id(level, label),
            key=SUMMARY_KEY + node_id(level, label),
            namespace=parts[0].namespace,
            content=text,
            kind=Kind.SUMMARY,
            occurred_at=last,
            recorded_at=self.now,
            origin=_least_trusted(part.origin for part in parts),
            derived_from=tuple(part.id for part in parts),
            metadata={"summary": _told(level, label, parts, mark)},
        )
        if before is not None:
            record = record.but(
                version=before.version,
                pinned=before.pinned,
                importance=before.importance,
            )
        put = Put(record=record, expected_version=before.version if before else None)
        return Node(
            level=level,
            label=label,
            digest=mark,
            record=record,
            put=put,
        )


def nodes_of(view: MemoryView) -> dict[str, MemoryRecord]:
    """Return the nodes that there are, by id."""
    rows = of_kinds(view, [Kind.SUMMARY]) & of_status(view, HELD)
    return {
        record.id: record
        for record in view.records(np.flatnonzero(rows).astype(np.int32))
        if (record.key or "").startswith(SUMMARY_KEY) and "summary" in record.metadata
    }


def node_id(level: str, label: str) -> str:
    """Return the id of a node: the same in every process."""
    return sha256(f"{SUMMARY_KEY}{level}:{label}".encode()).hexdigest()[:26]


def _holds(before: MemoryRecord, mark: str) -> bool:
    told = before.metadata["summary"]["digest"]
    return before.status is Status.ACTIVE and told == mark


def _least_trusted(origins: Iterable[Origin]) -> Origin:
    found = set(origins)
    return next((origin for origin in _TRUST if origin in found), Origin.ASSISTANT)


def _told(
    level: str, label: str, parts: Sequence[MemoryRecord], mark: str
) -> dict[str, str]:
    first = min(
        str(part.metadata["summary"]["since"])
        if "summary" in part.metadata
        else part.occurred_at.isoformat()
        for part in parts
    )
    return {"level": level, "label": label, "since": first, "digest": mark}

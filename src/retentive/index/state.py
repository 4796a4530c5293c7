"""Everything that a replica holds: what a snapshot saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from retentive.index.ingest import Names
from retentive.index.postings import Postings
from retentive.index.table import Table
from retentive.index.vectors import Vectors
from retentive.records import Namespace

__all__ = ["State"]


@dataclass(slots=True)
class State:
    """The mutable insides of a replica.

    Attributes:
        seen: Sequence up to which each namespace's feed was absorbed.
        epochs: Identity of each feed.
        names: Codes of namespaces, sessions, speakers and roles.
        table: One row per record, dead ones included.
        postings: The inverted index over all rows.
        vectors: One per row, ``None`` while no record has any.
        ids: One per row.
        metadata: One per row, ``None`` where it is empty.
        row_of: The living row of each record: by its id in the first namespace,
            by ``(namespace code, id)`` in others. Ids are long and a pair would
            double their cost; most replicas hold one namespace.
        tails: The last row of each session.
        further: Rows and times (POSIX seconds) of further occurrences.
        successors: By row, the id of the record that replaced it.
        saved_rows: Rows that the snapshot on disk holds.
    """

    seen: dict[Namespace, int]
    epochs: dict[Namespace, str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    table: Table = field(default_factory=Table)
    postings: Postings = field(default_factory=Postings)
    vectors: Vectors | None = None
    ids: list[str] = field(default_factory=list)
    metadata: list[Mapping[str, Any] | None] = field(default_factory=list)
    row_of: dict[str | tuple[int, str], int] = field(default_factory=dict)
    tails: dict[int, int] = field(default_factory=dict)
    further: tuple[NDArray[np.int32], NDArray[np.float64]] = field(
        default_factory=lambda: (np.empty(0, np.int32), np.empty(0, np.float64))
    )
    successors: Mapping[int, str] = field(default_factory=dict)
    saved_rows: int = 0

    @classmethod
    def of(cls, namespaces: Sequence[Namespace]) -> Self:
        """Return the state of a replica that has read nothing yet."""
        state = cls(seen=dict.fromkeys(namespaces, 0))
        for namespace in namespaces:
            state.names.code("namespaces", namespace)
        return state

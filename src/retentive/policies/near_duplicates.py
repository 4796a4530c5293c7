"""Joins memories that say the same in nearly the same words."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.policies.codes import active, of_kinds, who_said
from retentive.policies.joining import clusters, merge_plan
from retentive.policies.lsh import (
    agreement,
    band_pairs,
    jaccard,
    merged_pairs,
    minhash_bands,
    minhashes,
    simhash_pairs,
)
from retentive.policies.wording import Wording
from retentive.protocols import MemoryView, Plan
from retentive.records import Kind

__all__ = ["NearDuplicates"]

_KINDS = (Kind.EPISODIC, Kind.SEMANTIC, Kind.PROCEDURAL)


class NearDuplicates:
    """Finds near-duplicates in hash buckets and keeps one of each.

    Candidates agree in a band of their SimHash or of their MinHashes. Of those,
    what the same speaker said, of the same kind, whose terms overlap enough and
    whose words mean the same (:func:`retentive.policies.wording.Wording`) is
    joined: the record that stays takes over support, times, importance and use of
    the others, which are archived. Records with a caller's key are left alone.

    Not merged: numbers, names, negations or pronouns that differ; paraphrases in
    other words, which are for rules about what a memory says.
    """

    name = "near_duplicates"

    def __init__(
        self, *, similarity: float = 0.4, permutations: int = 96, rows: int = 3
    ) -> None:
        """Set what counts as near.

        Args:
            similarity: Least Jaccard similarity of the terms of two memories, in
                (0, 1].
            permutations: MinHashes of each memory, a multiple of ``rows``.
            rows: MinHashes in a band: fewer find less similar pairs, at a cost.
        """
        if not 0.0 < similarity <= 1.0:
            raise InvalidInputError(
                f"similarity must be in (0, 1], got {similarity!r}; 0.4 finds copies "
                "with a few words more or less"
            )
        if rows < 1 or permutations < rows or permutations % rows:
            raise InvalidInputError(
                f"permutations must be a multiple of rows, got {permutations!r} and "
                f"{rows!r}"
            )
        self._similarity = similarity
        self._permutations = permutations
        self._rows = rows

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to merge."""
        usable = active(view, now_s=now.timestamp()) & of_kinds(view, _KINDS)
        places = np.flatnonzero(usable & (view.length > 0)).astype(np.int32)
        if len(places) < 2:
            return Plan()
        pairs = self._candidates(view, places)
        chosen = np.unique(pairs)
        held = {record.id: record for record in view.records(chosen)}
        ids = {int(place): view.ids[int(place)] for place in chosen}
        said = {
            place: Wording.of(held[id].content)
            for place, id in ids.items()
            if id in held and held[id].key is None
        }
        alike = [
            (one, other)
            for one, other in pairs.tolist()
            if one in said and other in said and said[one].same(said[other])
        ]
        return merge_plan(
            [
                ([held[ids[place]] for place in group], "says the same as")
                for group in clusters(alike)
            ]
        )

    def _candidates(
        self, view: MemoryView, places: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Return pairs of places whose terms overlap enough."""
        hashes, lengths = view.bags()
        signatures = minhashes(hashes, lengths, permutations=self._permutations)
        groups = who_said(view) * len(Kind) + view.kind
        groups = groups[places]
        bands = minhash_bands(signatures[places], rows=self._rows)
        close_prints = simhash_pairs(view.simhash[places], groups=groups)
        pairs = places[merged_pairs(band_pairs(bands, groups=groups), close_prints)]
        # The estimate's deviation is at most 1 / (2 sqrt(permutations)).
        margin = 1.5 / np.sqrt(self._permutations)
        likely = agreement(signatures, pairs) >= self._similarity - margin
        pairs = pairs[likely]
        close: NDArray[np.int32] = pairs[
            jaccard(hashes, lengths, pairs) >= self._similarity
        ]
        return close

"""A tree of summaries: sessions, months and the whole; nodes point to their leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.policies.codes import of_kinds, of_status
from retentive.policies.condensing import Condenser
from retentive.policies.grouping import Group, period_of, sessions_of
from retentive.policies.nodes import HELD, Node, Workshop, node_id, nodes_of
from retentive.protocols import (
    LanguageModel,
    MemoryView,
    Plan,
    StatusChange,
    TokenCounter,
)
from retentive.records import Kind, MemoryRecord, Origin, Status
from retentive.text.counters import estimate_tokens

__all__ = ["Summaries"]

_KINDS = (Kind.EPISODIC, Kind.SEMANTIC)
_UNTRUSTED = (Origin.TOOL, Origin.WEB)  # would speak with the summary's voice


class Summaries:
    """Summarises sessions that have ended, months of sessions, and all of it.

    A node is a record of kind ``summary`` whose ``derived_from`` are the nodes or
    memories below it. It is written anew only when what it stands for has changed:
    said more, superseded, forgotten or erased. Central memories are kept word for
    word; with a model, the model writes. Text from tools and the web is left out: in
    a summary it would speak with a trust that it does not have.
    """

    name = "summaries"

    def __init__(
        self,
        *,
        idle_s: float = 3_600.0,
        least: int = 4,
        tokens: int = 150,
        counter: TokenCounter = estimate_tokens,
        model: LanguageModel | None = None,
    ) -> None:
        """Set what is worth a summary.

        Args:
            idle_s: Seconds without a new memory after which a session has ended.
            least: Memories of a session that are worth a summary, at least 2.
            tokens: Most tokens of a session's summary; a month's may be twice, the
                whole's three times as long.
            counter: Counts tokens.
            model: Writes the summaries.
        """
        if idle_s < 0.0 or least < 2 or tokens < 1:
            raise InvalidInputError(
                "idle_s must be at least 0, least at least 2 and tokens at least 1, "
                f"got {idle_s!r}, {least!r} and {tokens!r}"
            )
        self._idle_s, self._least, self._tokens = idle_s, least, tokens
        self._condense = Condenser(counter=counter, model=model)

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return the nodes to write and those that stand for nothing any more."""
        there = nodes_of(view)
        shop = Workshop(view, now, there, self._condense)
        wanted: dict[str, Node] = {}
        months: defaultdict[str, list[Node]] = defaultdict(list)
        for group in sessions_of(view, _leaves(view, now_s=now.timestamp())):
            node = self._session(group, shop)
            if node is not None:
                wanted[node.record.id] = node
                months[period_of(node.record.occurred_at)].append(node)
        upper: list[Node] = []
        for month, below in sorted(months.items()):
            node = shop.join("month", month, below, budget=2 * self._tokens)
            upper += [node] if node is not None else below
            wanted |= {node.record.id: node} if node is not None else {}
        whole = shop.join("whole", "", upper, budget=3 * self._tokens)
        wanted |= {whole.record.id: whole} if whole is not None else {}
        return _plan(wanted, there)

    def _session(self, group: Group, shop: Workshop) -> Node | None:
        """Return a session's node; ``None`` if it is too small, or goes on."""
        if len(group.places) < self._least:
            return None
        if shop.now.timestamp() - group.until_s >= self._idle_s:
            return shop.session(group, budget=self._tokens)
        before = shop.there.get(node_id("session", group.label))
        if before is None or before.status is not Status.ACTIVE:
            return None
        ids = {shop.view.ids[int(place)] for place in group.places}
        if ids.issuperset(before.derived_from):
            return shop.kept(before)  # it has only grown, and may grow further
        return shop.session(group, budget=self._tokens)


def _plan(wanted: Mapping[str, Node], there: Mapping[str, MemoryRecord]) -> Plan:
    puts = [node.put for node in wanted.values() if node.put]
    stale = [
        record
        for id, record in there.items()
        if id not in wanted and record.status is Status.ACTIVE and not record.pinned
    ]
    reasons = {node.record.id: _why(node) for node in wanted.values() if node.put}
    reasons |= {record.id: "nothing is left that it stands for" for record in stale}
    return Plan(
        puts=puts,
        status_changes=[
            StatusChange(
                id=record.id, status=Status.ARCHIVED, expected_version=record.version
            )
            for record in stale
        ],
        reasons=reasons,
    )


def _why(node: Node) -> str:
    count = len(node.record.derived_from)
    name = {"session": f"session {node.label!r}", "month": node.label}.get(
        node.level, "everything so far"
    )
    return f"summarises {count} {'memories' if node.level == 'session' else 'parts'} of {name}"


def _leaves(view: MemoryView, *, now_s: float) -> NDArray[np.bool_]:
    """Return ``(n,)``: memories that a summary may tell of."""
    trusted = ~np.isin(view.origin, [list(Origin).index(o) for o in _UNTRUSTED])
    gone = (view.expires_at <= now_s) | (view.valid_until <= now_s)
    return of_kinds(view, _KINDS) & of_status(view, HELD) & trusted & ~gone

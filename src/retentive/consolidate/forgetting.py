"""Forgets what somebody asks for, with all that was made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from retentive.consolidate import journal
from retentive.index.frame import ColumnFrame
from retentive.protocols import (
    Batch,
    Delete,
    MessageDelete,
    Store,
    SupportsSnapshots,
)
from retentive.records import MemoryRecord, Message, Namespace
from retentive.text.tokenise import terms

__all__ = ["drop_snapshots", "forget", "matching"]

_PAGE = 1_000


def matching(frame: ColumnFrame, query: str) -> list[str]:
    """Return the ids of the memories that hold every term of a text.

    Whatever their status; none for a text without terms.
    """
    wanted = list(dict.fromkeys(terms(query)))
    if not wanted:
        return []
    found = [rows for rows, _ in frame.holdings.postings_of(wanted)]
    rows = found[0]
    for more in found[1:]:
        rows = np.intersect1d(rows, more, assume_unique=True)
    return [frame.holdings.ids[row] for row in rows.tolist()]


def forget(store: Store, namespace: Namespace, ids: Sequence[str]) -> list[str]:
    """Delete records for good, and what was made of them.

    With them go their merged copies, the summaries and facts derived from them, the
    messages that said them (with the calls of tools that such a message belongs
    to), what the journal keeps of them, and snapshots on disk. The content of the
    records and of their copies is barred: it is not learnt again.

    Returns:
        Those of the ids that were there.
    """
    asked = store.get(namespace, ids)
    if not asked:
        return []
    gone = _with_copies_and_derived(store, namespace, asked)
    wanted = {record.id for record in asked}
    wanted |= {r.id for r in gone.values() if r.superseded_by in wanted}
    deletes, messages = _cut_journal(store, namespace, set(gone))
    store.apply(
        Batch(
            namespace=namespace,
            deletes=[Delete(id=id, bar=id in wanted) for id in gone],
            message_deletes=[*_sources(store, namespace, gone.values()), *deletes],
            messages=messages,
        )
    )
    drop_snapshots(store, namespace)
    return [record.id for record in asked]


def drop_snapshots(store: Store, namespace: Namespace) -> int:
    """Remove the files in which replicas of a namespace were saved; count them."""
    if not isinstance(store, SupportsSnapshots):
        return 0
    path = store.snapshot_path(namespace)
    if path is None or not path.parent.is_dir():
        return 0
    files = list(path.parent.glob(f"{path.stem}*"))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _with_copies_and_derived(
    store: Store, namespace: Namespace, asked: Sequence[MemoryRecord]
) -> dict[str, MemoryRecord]:
    """Return records with their archived copies and all that derives from them."""
    linked: dict[str, list[MemoryRecord]] = {}
    for record in _all(store, namespace):
        sources = set(record.derived_from)
        if record.status.value == "archived" and record.superseded_by is not None:
            sources.add(record.superseded_by)
        for source in sources:
            linked.setdefault(source, []).append(record)
    gone = {record.id: record for record in asked}
    waiting = list(gone)
    while waiting:
        fresh = {r.id: r for r in linked.get(waiting.pop(), ()) if r.id not in gone}
        gone |= fresh
        waiting += fresh
    return gone


def _all(store: Store, namespace: Namespace) -> Iterator[MemoryRecord]:
    after: str | None = None
    while page := store.scan(namespace, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id


def _sources(
    store: Store, namespace: Namespace, records: Iterable[MemoryRecord]
) -> list[MessageDelete]:
    """Return the removal of the messages that said records.

    A call of a tool and its result go together: neither makes sense alone.
    """
    said: dict[str, set[str]] = {}
    for record in records:
        for told in record.said_at():
            if told.session is not None and told.message_id is not None:
                said.setdefault(told.session, set()).add(told.message_id)
    return [
        MessageDelete(session=session, id=id)
        for session, ids in said.items()
        for id in _with_tools(store.messages(namespace, session), ids)
    ]


def _with_tools(transcript: Sequence[Message], ids: set[str]) -> list[str]:
    """Return these messages of a transcript, and the calls or results they need."""
    calls: dict[str, str] = {}
    group = {message.id: message.id for message in transcript}
    for message in transcript:
        calls |= {call.id: message.id for call in message.tool_calls}
        if message.tool_call_id in calls:
            group[message.id] = calls[message.tool_call_id or ""]
    groups = {group[id] for id in ids if id in group}
    return [message.id for message in transcript if group[message.id] in groups]


def _cut_journal(
    store: Store, namespace: Namespace, gone: set[str]
) -> tuple[list[MessageDelete], list[Message]]:
    """Return how to write the journal anew without what is forgotten."""
    deletes: list[MessageDelete] = []
    messages: list[Message] = []
    for kept in journal.read(store, namespace):
        if gone.isdisjoint(kept.changes):
            continue
        deletes.append(MessageDelete(session=journal.JOURNAL, id=kept.shown.id))
        rest = {id: what for id, what in kept.changes.items() if id not in gone}
        if rest:
            shown = kept.shown
            messages.append(
                journal.entry(
                    shown.id,
                    rest,
                    policy=shown.policy,
                    at=shown.at,
                    undoes=kept.undoes,
                )
            )
    return deletes, messages

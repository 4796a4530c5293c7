"""Copies memories and transcripts from one store to another, and compares them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retentive.protocols import Batch, Put, Store
from retentive.records import MemoryRecord, Message, Namespace

__all__ = ["Migrated", "migrate"]

_PAGE = 500

Progress = Callable[[int], None]
"""Told how many records and messages have been looked at so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What became of one namespace.

    Attributes:
        namespace: Which.
        copied: Records that were made.
        present: Records that were there already, under the same id.
        messages: Messages that were appended.
        apart: Ids of records, and names of sessions, that differ in the end; empty:
            all is the same.
    """

    namespace: Namespace
    copied: int
    present: int
    messages: int
    apart: tuple[str, ...]


def migrate(
    source: Store,
    target: Store,
    namespace: Namespace,
    *,
    progress: Progress | None = None,
) -> Migrated:
    """Copy a namespace, then read both again and compare.

    What is there already is left alone, so an interrupted run is gone on with by
    another one. Bars of erased contents stay behind: they are made with a secret
    of their store.

    Args:
        source: Where the memories are; is not changed.
        target: Where they shall be.
        namespace: Whose.
        progress: Told after each page.

    Raises:
        ConflictError: The target holds the same words, or the same key, under
            another id; what was copied before it stays.
        EmbedderMismatchError: The target holds vectors of another embedder.
    """
    copied = present = messages = 0
    for page in _records(source, namespace):
        known = {r.id for r in target.get(namespace, [record.id for record in page])}
        puts = [Put(record=r, expected_version=0) for r in page if r.id not in known]
        if puts:
            target.apply(Batch(namespace=namespace, puts=puts))
        copied, present = copied + len(puts), present + len(known)
        if progress is not None:
            progress(copied + present)
    for transcript in _messages(source, namespace):
        commit = target.apply(Batch(namespace=namespace, messages=transcript))
        messages += commit.messages
    return Migrated(
        namespace=namespace,
        copied=copied,
        present=present,
        messages=messages,
        apart=tuple(_apart(source, target, namespace)),
    )


def _records(store: Store, namespace: Namespace) -> Iterator[list[MemoryRecord]]:
    after: str | None = None
    while page := store.scan(namespace, after=after, limit=_PAGE, vectors=True):
        yield page
        after = page[-1].id


def _messages(store: Store, namespace: Namespace) -> Iterator[list[Message]]:
    for session in store.sessions(namespace):
        after: str | None = None
        while page := store.messages(namespace, session, after=after, first=_PAGE):
            yield page
            after = page[-1].id


def _apart(source: Store, target: Store, namespace: Namespace) -> Iterator[str]:
    """Yield the ids of what is not the same in both stores."""
    for page in _records(source, namespace):
        ids = [record.id for record in page]
        there = {r.id: _bare(r) for r in target.get(namespace, ids)}
        yield from (r.id for r in page if there.get(r.id) != _bare(r))
    for session in source.sessions(namespace):
        after: str | None = None
        while said := source.messages(namespace, session, after=after, first=_PAGE):
            heard = target.messages(namespace, session, after=after, first=_PAGE)
            if said != heard:
                yield session
                break
            after = said[-1].id


def _bare(record: MemoryRecord) -> MemoryRecord:
    """Return a record without what each store gives it anew."""
    return record.but(version=0, content_key="", embedding=None)

"""Watching a memory: what others change, as it happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from retentive.protocols import Store
from retentive.records import MemoryRecord, Namespace

__all__ = ["Position", "Watched", "listening", "look", "position", "watch"]

Position = Mapping[Namespace, tuple[int, str]]
"""Up to where each namespace's feed was seen, and the feed's epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A change that was seen.

    Attributes:
        namespace: Where.
        id: Of the record.
        version: The commit that made it so.
        record: As it is now; ``None``: it was deleted.
    """

    namespace: Namespace
    id: str
    version: int
    record: MemoryRecord | None


def watch(
    store: Store,
    namespaces: Sequence[Namespace],
    *,
    poll_s: float = 0.1,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Watched]:
    """Yield changes from now on, in the order of each namespace's commits.

    Where the store tells of commits, we look when it does, and now and then besides,
    since word may be lost; else every ``poll_s``. A look where nothing is new costs
    one round trip per namespace. Where the data was replaced beneath us, what is
    there now comes as changed.

    Args:
        store: What to watch.
        namespaces: Whose memories.
        poll_s: Seconds between looks while nothing happens, or between questions to
            ``stop`` where the store tells of commits.
        stop: Asked after each look; the watch ends when it says so.
    """
    with listening(store, namespaces) as told:
        seen = position(store, namespaces)
        while True:
            changes, seen = look(store, seen)
            yield from changes
            if stop is not None and stop():
                return
            while not changes and not told(poll_s):
                if stop is not None and stop():
                    return


@contextmanager
def listening(
    store: Store, namespaces: Sequence[Namespace]
) -> Iterator[Callable[[float], bool]]:
    """Give what waits for changes; see :class:`retentive.protocols.SupportsNotify`."""
    listen = getattr(store, "listen", None)
    if listen is None:
        yield _slept
        return
    with listen(namespaces) as told:
        yield told


def _slept(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def position(store: Store, namespaces: Sequence[Namespace]) -> Position:
    """Return where the feeds end, for :func:`look`."""
    return {name: _end(store, name) for name in namespaces}


def look(store: Store, seen: Position) -> tuple[list[Watched], Position]:
    """Return what has changed since a position, and the next position."""
    found: list[Watched] = []
    after: dict[Namespace, tuple[int, str]] = {}
    for name, (since, epoch) in seen.items():
        page = store.changes(name, since)
        if page.epoch != epoch or page.sequence < since:
            page = store.changes(name, 0)
        after[name] = (page.sequence, page.epoch)
        found += [
            Watched(namespace=name, id=c.id, version=c.version, record=c.record)
            for c in page.items
        ]
    return found, after


def _end(store: Store, namespace: Namespace) -> tuple[int, str]:
    since = 0
    while True:
        page = store.changes(namespace, since)
        since = page.sequence
        if not page.more:
            return since, page.epoch

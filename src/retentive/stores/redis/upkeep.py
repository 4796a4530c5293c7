"""What keeps a namespace that lives for long from growing: deletes that are old."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from retentive.errors import ConfigError, ConflictError, StoreError
from retentive.protocols import Batch, Delete, Store
from retentive.records import Namespace
from retentive.stores.codec import from_micros
from retentive.stores.redis.spaces import Spaces

__all__ = ["DAY_S", "Upkeep", "UpkeepSettings"]

DAY_S = 86_400.0
"""A day."""

_PAGE = 2_000
_PAGES = 20
"""Pages that one upkeep goes through; the next goes on."""

_FIRST = 1 / 16
"""How likely the first write of a process tends to a namespace: many are short-lived."""

_KNOWN = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepSettings:
    """How a namespace is kept.

    Attributes:
        every_s: Seconds after which the next write tends to it; 0: none does.
        tombstones_s: Seconds for which the feed tells of a delete. A replica that was
            away for longer reads everything anew.
        sweep: Whether what has expired is deleted, too.
    """

    every_s: float = 3_600.0
    tombstones_s: float = 30 * DAY_S
    sweep: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        for name in ("every_s", "tombstones_s"):
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise ConfigError(
                    f"{name} of a store's upkeep must be seconds, 0 or more, got "
                    f"{getattr(self, name)!r}"
                )


class Upkeep:
    """Tends to namespaces at their writes: one process does, and once in a while."""

    def __init__(
        self,
        store: Store,
        spaces: Spaces,
        settings: UpkeepSettings,
        *,
        now: Callable[[], int | str],
    ) -> None:
        """Tend to nothing yet.

        Args:
            store: Whose namespaces.
            spaces: Runs scripts on them.
            settings: How often, and what.
            now: Tells the present in microseconds, or nothing: the server knows it.
        """
        self._store, self._spaces, self._settings = store, spaces, settings
        self._now = now
        self._due: dict[Namespace, float] = {}

    def after_write(self, namespace: Namespace) -> None:
        """Tend to a namespace if it may be time; what fails is done next time."""
        every = self._settings.every_s
        now = time.monotonic()
        due = self._due.get(namespace)
        if not every or (due is not None and now < due):
            return
        if len(self._due) >= _KNOWN:
            self._due.clear()
        chance = random.random()  # noqa: S311 - no secret
        self._due[namespace] = now + every * (chance if due is None else 1.0)
        if due is None and chance >= _FIRST:
            return
        with suppress(StoreError):
            self.tend(namespace)

    def tend(self, namespace: Namespace) -> bool:
        """Tend to a namespace if it is time; return whether it was."""
        micros = [int(s * 1e6) for s in (self._settings.every_s, self._settings.tombstones_s)]  # fmt: skip
        arguments = [self._now(), *micros]
        upto = self._spaces.run("tend", namespace, arguments, how="write")
        if upto is None:
            return False
        if upto:
            self.prune(namespace, int(upto), pages=_PAGES)
        if self._settings.sweep:
            given = self._now()
            present = from_micros(int(given)) if given else None
            self.sweep(namespace, present or datetime.now(UTC))
        return True

    def sweep(self, namespace: Namespace, now: datetime, *, limit: int = 1_000) -> int:
        """Delete records whose time is over, but what is pinned or just changes."""
        ids = self._spaces.run("expired", namespace, [repr(now.timestamp()), limit])
        deletes = [
            Delete(id=record.id, expected_version=record.version)
            for record in self._store.get(namespace, [id.decode() for id in ids])
            if record.expires_at and record.expires_at <= now and not record.pinned
        ]
        if not deletes:
            return 0
        try:
            commit = self._store.apply(Batch(namespace=namespace, deletes=deletes))
        except ConflictError:
            return 0  # the next sweep looks again
        return sum(item.action == "deleted" for item in commit.deletes)

    def prune(
        self, namespace: Namespace, before: int, *, pages: int | None = None
    ) -> None:
        """Forget the tombstones of deletes up to a version."""
        more = True
        while more and pages != 0:
            more = self._spaces.run("prune", namespace, [before, _PAGE], how="write")
            pages = None if pages is None else pages - 1

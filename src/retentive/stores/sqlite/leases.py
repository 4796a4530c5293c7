"""Leases that all processes on one file respect."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from retentive.errors import FencedError
from retentive.protocols import Lease
from retentive.stores.codec import to_micros
from retentive.stores.leases import check_ttl
from retentive.stores.sqlite.connections import Connections

__all__ = ["check_lease", "hold"]


@dataclass(frozen=True, slots=True)
class _FileLease:
    """A lease that was granted; see :class:`retentive.protocols.Lease`."""

    name: str
    fence: int
    ttl_s: float
    connections: Connections = field(repr=False, compare=False)
    clock: Callable[[], datetime] = field(repr=False, compare=False)

    def renew(self) -> None:
        """Extend by the original time."""
        now = self.clock()
        with self.connections.writing() as connection:
            check_lease(connection, self, now)
            connection.execute(
                "UPDATE leases SET ends = ? WHERE name = ?",
                (to_micros(now + timedelta(seconds=self.ttl_s)), self.name),
            )

    def release(self) -> None:
        """Give it up."""
        with self.connections.writing() as connection:
            connection.execute(
                "UPDATE leases SET ends = NULL WHERE name = ? AND fence = ?",
                (self.name, self.fence),
            )


@contextmanager
def hold(
    connections: Connections, name: str, ttl_s: float, clock: Callable[[], datetime]
) -> Iterator[_FileLease | None]:
    """Hold a name for a block; ``None`` inside while another holds it."""
    check_ttl(ttl_s)
    lease = _acquire(connections, name, ttl_s, clock)
    try:
        yield lease
    finally:
        if lease is not None:
            lease.release()


def check_lease(connection: sqlite3.Connection, lease: Lease, now: datetime) -> None:
    """Refuse a lease that is no longer held.

    Raises:
        FencedError: It ran out, was released, or another has the name.
    """
    row = connection.execute(
        "SELECT 1 FROM leases WHERE name = ? AND fence = ? AND ends > ?",
        (lease.name, lease.fence, to_micros(now)),
    ).fetchone()
    if row is None:
        raise FencedError(
            f"the lease {lease.name!r} (fence {lease.fence}) is no longer held; "
            "acquire it again and plan anew"
        )


def _acquire(
    connections: Connections, name: str, ttl_s: float, clock: Callable[[], datetime]
) -> _FileLease | None:
    now = clock()
    ends = to_micros(now + timedelta(seconds=ttl_s))
    with connections.writing() as connection:
        row = connection.execute(
            "INSERT INTO leases VALUES (?1, 1, ?2) ON CONFLICT (name) DO UPDATE "
            "SET fence = fence + 1, ends = ?2 WHERE ends IS NULL OR ends <= ?3 "
            "RETURNING fence",
            (name, ends, to_micros(now)),
        ).fetchone()
    if row is None:
        return None
    return _FileLease(name, int(row[0]), ttl_s, connections, clock)

"""Leases of a store in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from retentive.errors import FencedError, InvalidInputError
from retentive.protocols import Lease

__all__ = ["HeldLease", "LeaseTable", "check_ttl"]


@dataclass(slots=True)
class _Claim:
    fence: int
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease that was granted; see :class:`retentive.protocols.Lease`."""

    name: str
    fence: int
    ttl_s: float
    table: LeaseTable = field(repr=False, compare=False)

    def renew(self) -> None:
        """Extend by the original time.

        Raises:
            FencedError: It was lost.
        """
        self.table.renew(self)

    def release(self) -> None:
        """Give it up."""
        self.table.release(self)


class LeaseTable:
    """Who holds which name, until when."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start with nothing claimed.

        Args:
            clock: Tells the present, UTC.
        """
        self._clock = clock
        self._lock = Lock()
        self._claims: dict[str, _Claim] = {}

    def acquire(self, name: str, ttl_s: float) -> HeldLease | None:
        """Claim a name; ``None`` while another holds it."""
        check_ttl(ttl_s)
        with self._lock:
            claim = self._claims.setdefault(name, _Claim(0, None))
            now = self._clock()
            if claim.ends is not None and claim.ends > now:
                return None
            claim.fence += 1
            claim.ends = now + timedelta(seconds=ttl_s)
            return HeldLease(name, claim.fence, ttl_s, self)

    def check(self, lease: Lease) -> None:
        """Refuse a lease that is no longer held.

        Raises:
            FencedError: It ran out, was released, or another has the name.
        """
        claim = self._claims.get(lease.name)
        held = claim is not None and claim.fence == lease.fence
        if not (held and claim and claim.ends and claim.ends > self._clock()):
            raise FencedError(
                f"the lease {lease.name!r} (fence {lease.fence}) is no longer held; "
                "acquire it again and plan anew"
            )

    def renew(self, lease: HeldLease) -> None:
        """Extend a held lease."""
        with self._lock:
            self.check(lease)
            ends = self._clock() + timedelta(seconds=lease.ttl_s)
            self._claims[lease.name].ends = ends

    def release(self, lease: HeldLease) -> None:
        """Free the name if this lease still holds it."""
        with self._lock:
            claim = self._claims[lease.name]
            if claim.fence == lease.fence:
                claim.ends = None


def check_ttl(ttl_s: float) -> None:
    """Refuse a time to live that is not a number of seconds above 0."""
    if not 0.0 < ttl_s < float("inf"):
        raise InvalidInputError(f"ttl_s must be seconds above 0, got {ttl_s!r}")

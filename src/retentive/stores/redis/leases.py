"""Leases that all processes on one server respect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from retentive.errors import FencedError
from retentive.protocols import Lease
from retentive.stores.codec import to_micros
from retentive.stores.leases import check_ttl
from retentive.stores.redis.keys import lease_key
from retentive.stores.redis.server import Server

__all__ = ["Leases", "lost"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _ServerLease:
    """A lease that was granted; see :class:`retentive.protocols.Lease`."""

    name: str
    fence: int
    ttl_s: float
    leases: Leases = field(repr=False, compare=False)

    def renew(self) -> None:
        """Extend by the original time."""
        if not self.leases.ask("renew", self.name, self.fence, self.ttl_s):
            raise lost(self)

    def release(self) -> None:
        """Give it up."""
        self.leases.ask("release", self.name, self.fence)


class Leases:
    """Who holds which name, by the server's clock."""

    def __init__(self, server: Server, *, prefix: str, clock: Clock | None) -> None:
        """Claim nothing yet.

        Args:
            server: Where claims stand.
            prefix: Of their keys.
            clock: Tells the present instead of the server, for tests.
        """
        self._server, self._prefix, self._clock = server, prefix, clock

    @contextmanager
    def hold(self, name: str, ttl_s: float) -> Iterator[Lease | None]:
        """Hold a name for a block; ``None`` inside while another holds it."""
        check_ttl(ttl_s)
        fence = self.ask("acquire", name, 0, ttl_s)
        lease = _ServerLease(name, fence, ttl_s, self) if fence else None
        try:
            yield lease
        finally:
            if lease is not None:
                lease.release()

    def check(self, lease: Lease) -> None:
        """Refuse a lease that is no longer held.

        Raises:
            FencedError: It ran out, was released, or another has the name.
        """
        if not self.ask("check", lease.name, lease.fence):
            raise lost(lease)

    def key(self, lease: Lease) -> str:
        """Return where a lease stands."""
        return lease_key(self._prefix, lease.name)

    def now(self) -> int | str:
        """Return the present in microseconds, or nothing: the server knows it."""
        if self._clock is None:
            return ""
        return to_micros(self._clock()) or 0

    def ask(self, action: str, name: str, fence: int, ttl_s: float = 0.0) -> int:
        """Run the script of leases."""
        arguments = (action, fence, int(ttl_s * 1e6), self.now())
        key = lease_key(self._prefix, name)
        return int(self._server.write("lease", [key], arguments))


def lost(lease: Lease) -> FencedError:
    """Return the error of a lease that is no longer held."""
    return FencedError(
        f"the lease {lease.name!r} (fence {lease.fence}) is no longer held; "
        "acquire it again and plan anew"
    )

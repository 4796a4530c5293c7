"""A claim on a name, for one writer at a time."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Lease"]


class Lease(Protocol):
    """A claim on a name that ends by itself; see :meth:`Store.lease`."""

    @property
    def name(self) -> str:
        """What is claimed."""

    @property
    def fence(self) -> int:
        """A number that grows with every lease of this name."""

    def renew(self) -> None:
        """Extend by the original time.

        Raises:
            FencedError: Another holder has it, or it ran out.
        """

    def release(self) -> None:
        """Give it up; releasing a lost or released lease is no error."""

"""What stands before a store, and hands on what it does not do itself."""

from __future__ import annotations

from typing import Any

from retentive.protocols import Store

__all__ = ["Before"]


class Before:
    """Does all that the store behind it does, its further abilities included.

    Attributes:
        inner: The store behind; closed with this one.
    """

    def __init__(self, inner: Store) -> None:
        """Stand before a store."""
        self.inner = inner
        # As attributes of its own, for what is asked by isinstance of a protocol: from
        # Python 3.12 on, that does not see what __getattr__ would return.
        for name in dir(inner):
            ability = getattr(inner, name)
            own = name.startswith("_") or hasattr(type(self), name)
            if callable(ability) and not own:
                setattr(self, name, self._handed_on(name, ability))

    def __getattr__(self, name: str) -> Any:
        """Return what the inner store has."""
        if name == "inner":  # not yet: it is being made
            raise AttributeError(name)
        return getattr(self.inner, name)

    def _handed_on(self, name: str, ability: Any) -> Any:
        """Return what stands for a method of the inner store."""
        del name
        return ability

"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import datetime, timedelta

from retentive.records import to_utc

__all__ = ["ManualClock"]


class ManualClock:
    """Tells the time that it was set to."""

    def __init__(self, now: datetime) -> None:
        """Start at a time with a zone."""
        self.now = to_utc(now, name="now")

    def __call__(self) -> datetime:
        """Return the present."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass; a negative number sets the clock back."""
        self.now += timedelta(seconds=seconds)

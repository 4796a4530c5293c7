"""What all stores check about a part of a transcript."""

from __future__ import annotations

from retentive.errors import InvalidInputError

__all__ = ["check_one_end"]


def check_one_end(*, first: int | None, last: int | None) -> None:
    """Refuse to read from both ends of a transcript at once.

    Raises:
        InvalidInputError: Both numbers are given.
    """
    if first is not None and last is not None:
        raise InvalidInputError(
            f"a transcript is read from one end: give first={first!r} or "
            f"last={last!r}, not both"
        )

"""Asks a model about drafts, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from retentive import asking
from retentive.errors import InvalidInputError
from retentive.protocols import Draft, LanguageModel

__all__ = ["asked", "check_window", "windows"]


def asked(
    model: LanguageModel,
    task: str,
    drafts: Sequence[Draft],
    *,
    schema: Mapping[str, Any],
    field: str,
) -> list[Mapping[str, Any]]:
    """Return those entries of a model's reply that are about one of the drafts.

    Args:
        model: Whom to ask.
        task: What to do with the notes.
        drafts: The notes.
        schema: JSON Schema of the reply.
        field: Where in it the list of entries is.
    """
    notes = [draft.record for draft in drafts]
    entries = asking.asked(model, task, notes, schema=schema, field=field)
    return [e for e in entries if asking.is_note(e.get("note"), len(notes))]


def windows(drafts: Sequence[Draft], size: int) -> Iterator[list[Draft]]:
    """Yield the drafts in runs of at most so many."""
    remaining = iter(drafts)
    while window := list(islice(remaining, size)):
        yield window


def check_window(window: int) -> int:
    """Return how many notes are asked about at once.

    Raises:
        InvalidInputError: It is no whole number above 0.
    """
    if isinstance(window, bool) or not isinstance(window, int) or window < 1:
        raise InvalidInputError(
            f"window must be a whole number of notes above 0, got {window!r}"
        )
    return window

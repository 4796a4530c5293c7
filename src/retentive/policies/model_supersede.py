"""Lets a language model propose what has changed; rules decide whether it may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from retentive.asking import asked, is_note
from retentive.errors import InvalidInputError
from retentive.policies.closing import Draft
from retentive.policies.codes import active, of_kinds
from retentive.policies.facts import facts_of, may_close, told_by
from retentive.protocols import LanguageModel, MemoryView, Plan
from retentive.records import Kind, MemoryRecord
from retentive.text.normalise import canonical
from retentive.text.sentences import sentences
from retentive.text.slots.stating import is_stated
from retentive.text.slots.subjects import people
from retentive.text.tokenise import terms

__all__ = ["ModelSupersede"]

_DAY_S = 86_400.0
_KINDS = (Kind.EPISODIC, Kind.SEMANTIC)
_LONGEST_TOKENS = 60  # a longer memory tells more than one fact
_MOST_REPLIES = 256  # kept, so that the same question is not paid for twice
_ATTRIBUTES = (
    "name", "home", "work", "study", "age", "relationship", "relative", "contact",
    "favourite", "likes", "dislikes", "allergy", "diet", "health", "habit", "possession",
    "language", "plan", "appointment", "schedule", "price", "measure",
)  # fmt: skip

_TASK = (
    "The notes were told by one person, oldest first. Find pairs in which a later note "
    "says that something in an earlier note is no longer so: the same attribute of the "
    "same person or thing has another value now. Both may not be true at one time; what "
    "adds to the earlier note, or is about somebody or something else, is no pair. For "
    "each pair give the numbers of both notes, the attribute, and both values in the "
    "very words of their notes. Most notes are in no pair."
)
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "old": {"type": "integer"},
                    "new": {"type": "integer"},
                    "attribute": {"type": "string", "enum": list(_ATTRIBUTES)},
                    "old_value": {"type": "string"},
                    "new_value": {"type": "string"},
                },
                "required": ["old", "new", "attribute", "old_value", "new_value"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["changes"],
    "additionalProperties": False,
}


class ModelSupersede:
    """Closes what a model finds changed, where nothing speaks against it.

    It is shown statements of one person about the same people, and only where one of
    them is recent. A proposal counts if both notes were shown, the later one is recent
    and was told later, both values stand in their notes and differ, and the attribute
    is one of a list. What is pinned, has a caller's key or says more than one thing is
    never closed. Where the rules of :class:`~retentive.policies.supersede.Supersede`
    read both notes, theirs is the last word. A model that is down closes nothing.

    Put it behind ``supersede``: what rules close needs no model.
    """

    name = "model_supersede"

    def __init__(
        self, *, model: LanguageModel, recent_s: float = 7 * _DAY_S, window: int = 30
    ) -> None:
        """Choose the model, and how much it is shown.

        Args:
            model: Asked once for each window.
            recent_s: Seconds since a note was recorded within which it may close
                others; at least as long as the time between two runs.
            window: Notes shown at once, at least 4.

        Raises:
            InvalidInputError: A number is out of range.
        """
        if not recent_s > 0.0 or isinstance(window, bool) or window < 4:
            raise InvalidInputError(
                "recent_s must be above 0 and window at least 4, got "
                f"{recent_s!r} and {window!r}"
            )
        self._model, self._recent_s, self._window = model, recent_s, window
        self._replies: dict[tuple[tuple[str, int], ...], list[Mapping[str, Any]]] = {}

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what has changed by the model's word, as far as it may be taken."""
        since = _earlier(now, self._recent_s)
        draft = Draft()
        for group in _groups(view, now=now):
            for notes in _windows(group, since=since, size=self._window):
                for entry in self._proposed(notes):
                    self._consider(entry, notes, since, draft)
        return draft.plan()

    def _proposed(self, notes: Sequence[MemoryRecord]) -> list[Mapping[str, Any]]:
        """Ask about notes, once for as long as they stay as they are."""
        key = tuple((note.id, note.version) for note in notes)
        if key not in self._replies:
            if len(self._replies) >= _MOST_REPLIES:
                self._replies.pop(next(iter(self._replies)))
            self._replies[key] = asked(
                self._model, _TASK, notes, schema=_SCHEMA, field="changes"
            )
        return self._replies[key]

    def _consider(
        self,
        entry: Mapping[str, Any],
        notes: Sequence[MemoryRecord],
        since: datetime,
        draft: Draft,
    ) -> None:
        if not all(is_note(entry.get(end), len(notes)) for end in ("old", "new")):
            return
        old, new = notes[entry["old"]], notes[entry["new"]]
        if new.recorded_at < since or not _may_be(old, new):
            return
        if _is_founded(entry, old, new):
            draft.supersede(
                old,
                new,
                reason=f"{entry['attribute']} is now {entry['new_value']!r}, was "
                f"{entry['old_value']!r}, says the model: {new.content!r}",
            )


def _may_be(old: MemoryRecord, new: MemoryRecord) -> bool:
    """Return whether a record may be closed by another, whoever proposes it."""
    if _when(old) >= _when(new) or old.pinned or old.key is not None:
        return False
    if len([s for s in sentences(old.content) if canonical(s)]) != 1:
        return False
    before, after = facts_of(old), facts_of(new)
    if not before or not after:
        return True
    return any(may_close(one, other) for one in before for other in after)


def _is_founded(entry: Mapping[str, Any], old: MemoryRecord, new: MemoryRecord) -> bool:
    """Return whether a proposal says what its notes say."""
    values = entry.get("old_value"), entry.get("new_value")
    if entry.get("attribute") not in _ATTRIBUTES or canonical(
        str(values[0])
    ) == canonical(str(values[1])):
        return False
    return _says(old, values[0]) and _says(new, values[1])


def _says(record: MemoryRecord, value: object) -> bool:
    if not isinstance(value, str) or not terms(value):
        return False
    said, words = canonical(record.content), canonical(value)
    return f" {words} " in f" {said} " or (not words.isascii() and words in said)


def _groups(view: MemoryView, *, now: datetime) -> list[list[MemoryRecord]]:
    """Return statements by who told them and of whom they are, oldest first."""
    usable = active(view, now_s=now.timestamp()) & of_kinds(view, _KINDS)
    usable &= view.tokens <= _LONGEST_TOKENS
    groups: dict[object, list[MemoryRecord]] = {}
    for record in view.records(np.flatnonzero(usable).astype(np.int32)):
        if is_stated(record.content):
            whose = told_by(record), people(record.content)
            groups.setdefault(whose, []).append(record)
    return [sorted(group, key=_when) for group in groups.values() if len(group) > 1]


def _windows(
    group: Sequence[MemoryRecord], *, since: datetime, size: int
) -> Iterator[list[MemoryRecord]]:
    """Yield what is shown at once: recent notes, and those most like them."""
    fresh = [record for record in group if record.recorded_at >= since]
    if fresh and len(group) <= size:
        yield list(group)
        return
    step = max(1, size // 3)
    for start in range(0, len(fresh), step):
        some = fresh[start : start + step]
        words = {term for record in some for term in terms(record.content)}
        chosen = {record.id for record in some}
        others = [record for record in group if record.id not in chosen]
        others.sort(key=lambda r: -len(words.intersection(terms(r.content))))
        yield sorted([*some, *others[: size - len(some)]], key=_when)


def _when(record: MemoryRecord) -> tuple[datetime, datetime, str]:
    return record.occurred_at, record.recorded_at, record.id


def _earlier(now: datetime, seconds: float) -> datetime:
    try:
        return now - timedelta(seconds=seconds)
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)

"""Lets a language model propose facts; what its notes do not say is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from retentive.processors.asking import asked, check_window, windows
from retentive.processors.facts import fact_draft
from retentive.protocols import Draft, LanguageModel
from retentive.records import Kind, Origin
from retentive.text.tokenise import terms

__all__ = ["ModelFacts"]

_LONGEST_CHARS = 400
_GROUNDED = 0.6  # of a fact's terms stand in the notes; the rest may be its wording

_TASK = (
    "List the lasting facts that the notes state: who someone is, where they live and "
    "work, what they like, own, plan, decided or promised. One short sentence each, in "
    "the language of its note, that can be understood alone: names instead of pronouns, "
    "dates instead of 'tomorrow'. Add nothing that is not said, nothing supposed or "
    "asked. Give the number of the note that states it, and its importance from 0 to 1."
)
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "note": {"type": "integer"},
                    "attribute": {"type": "string"},
                    "text": {"type": "string"},
                    "importance": {"type": "number"},
                },
                "required": ["note", "attribute", "text", "importance"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}


class ModelFacts:
    """Adds the facts that a model finds in messages, as semantic memories.

    Each keeps the message that states it, that message's time and its trust. A fact
    is refused that names no such message, has less than 60 % of its terms in the
    notes shown, or is longer than 400 characters. The messages themselves stay.
    """

    def __init__(
        self,
        *,
        model: LanguageModel,
        window: int = 20,
        origins: Collection[str] = ("user",),
    ) -> None:
        """Choose the model and what it may draw from.

        Args:
            model: Asked once per window.
            window: Notes that it sees at once.
            origins: Trust labels of notes that may state facts; the others are
                shown, so that answers are understood.
        """
        self._model = model
        self._window = check_window(window)
        self._origins = frozenset(Origin(origin) for origin in origins)

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts, and behind each window's the facts of it."""
        out: list[Draft] = []
        for window in windows(drafts, self._window):
            out += window
            shown = [draft for draft in window if draft.record.kind is Kind.EPISODIC]
            if any(draft.record.origin in self._origins for draft in shown):
                out += self._facts(shown)
        return out

    def _facts(self, shown: Sequence[Draft]) -> list[Draft]:
        found = asked(self._model, _TASK, shown, schema=_SCHEMA, field="facts")
        said = {
            term
            for draft in shown
            for term in terms(f"{draft.record.speaker or ''} {draft.record.content}")
        }
        return [
            fact_draft(
                shown[entry["note"]],
                entry["text"].strip(),
                fact={"attribute": str(entry.get("attribute", ""))},
                importance=_share(entry.get("importance")),
            )
            for entry in found
            if shown[entry["note"]].record.origin in self._origins
            and _is_grounded(entry.get("text"), said)
        ]


def _is_grounded(text: Any, said: Collection[str]) -> bool:
    if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST_CHARS:
        return False
    told = terms(text)
    return bool(told) and sum(t in said for t in told) >= _GROUNDED * len(told)


def _share(value: Any) -> float | None:
    """Return a number in [0, 1]; ``None`` for anything else."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number and 0.0 <= value <= 1.0 else None

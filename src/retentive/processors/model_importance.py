"""Lets a language model rate how much each memory matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retentive.processors.asking import asked, check_window, windows
from retentive.processors.importance import NEUTRAL, estimate_importance
from retentive.protocols import Draft, LanguageModel
from retentive.records import trusted_copy

__all__ = ["ModelImportance"]

_TASK = (
    "Rate how much each note will matter in later conversations, from 0 (small talk, "
    "forgotten at once) to 10 (must never be forgotten: health, family, promises, "
    "decisions). Rate every note, by its number."
)
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "ratings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "note": {"type": "integer"},
                    "rating": {"type": "number"},
                },
                "required": ["note", "rating"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["ratings"],
    "additionalProperties": False,
}


class ModelImportance:
    """Rates drafts that nobody has rated by a model; by rules where it does not.

    Source: Park et al. 2023, "Generative Agents": poignancy from 1 to 10 at the time
    of writing, here from 0 and divided by 10.
    """

    def __init__(self, *, model: LanguageModel, window: int = 20) -> None:
        """Choose the model.

        Args:
            model: Asked once per window.
            window: Notes that it rates at once.
        """
        self._model = model
        self._window = check_window(window)

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts, each with an importance."""
        unrated = [draft for draft in drafts if draft.record.importance == NEUTRAL]
        rated: dict[int, float] = {}
        for window in windows(unrated, self._window):
            for entry in asked(
                self._model, _TASK, window, schema=_SCHEMA, field="ratings"
            ):
                if (rating := _rating(entry.get("rating"))) is not None:
                    rated[id(window[entry["note"]])] = rating
        return [
            _with_importance(draft, rated.get(id(draft)))
            if draft.record.importance == NEUTRAL
            else draft
            for draft in drafts
        ]


def _rating(value: Any) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) / 10.0 if number and 0.0 <= value <= 10.0 else None


def _with_importance(draft: Draft, importance: float | None) -> Draft:
    record = draft.record
    if importance is None:
        importance = estimate_importance(record.content, origin=record.origin)
    rated = trusted_copy(record, importance=importance)
    return Draft(record=rated, messages=draft.messages)

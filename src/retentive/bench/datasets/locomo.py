"""LoCoMo: ten long two-person conversations with labelled questions.

Source: Maharana et al. 2024, "Evaluating Very Long-Term Conversational Memory of
LLM Agents"; the file ``locomo10.json`` of github.com/snap-research/locomo, or any
file with some of its conversations. CC BY-NC 4.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import (
    ASKED_AFTER,
    Conversation,
    Dataset,
    Question,
)
from retentive.errors import InvalidInputError
from retentive.formats.locomo import messages as messages_of
from retentive.formats.locomo import session_numbers, session_time

__all__ = ["load"]

_SEPARATORS = re.compile(r"[;,\s]+")


def load(path: Path) -> Dataset:
    """Read a LoCoMo file.

    A memory is a turn; a turn with a picture reads ``text [image: caption]``. The
    questions are asked one day after the last session. Malformed evidence labels
    are split; a question of which no label exists is dropped. Categories are
    ``1`` multi-hop, ``2`` temporal, ``3`` open-domain, ``4`` single-hop and ``5``
    adversarial, which the headline ``cat1-4`` leaves out.

    Raises:
        InvalidInputError: The file holds no conversations.
    """
    samples = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(samples, list) or not samples:
        raise InvalidInputError(
            f"{str(path)!r} holds no list of conversations; "
            "pass locomo10.json or a part of it"
        )
    pairs = [_conversation(sample) for sample in samples]
    return Dataset(
        name="locomo",
        conversations=tuple(conversation for conversation, _ in pairs),
        headline="cat1-4",
        headline_categories=frozenset("1234"),
        dropped=sum(dropped for _, dropped in pairs),
    )


def _conversation(sample: Mapping[str, Any]) -> tuple[Conversation, int]:
    messages = tuple(messages_of(sample["conversation"]))
    known = {message.id for message in messages}
    asked_at = _last_session(sample["conversation"]) + ASKED_AFTER
    questions = [
        Question(
            text=str(item["question"]),
            asked_at=asked_at,
            evidence=_evidence(item["evidence"], known=known),
            category=str(item["category"]),
        )
        for item in sample["qa"]
    ]
    kept = tuple(question for question in questions if question.evidence)
    conversation = Conversation(
        id=str(sample["sample_id"]), memories=messages, questions=kept
    )
    return conversation, len(questions) - len(kept)


def _last_session(conversation: Mapping[str, Any]) -> datetime:
    return max(session_time(conversation, n) for n in session_numbers(conversation))


def _evidence(labels: list[str] | str, *, known: set[str]) -> frozenset[str]:
    joined = labels if isinstance(labels, str) else " ".join(labels)
    return frozenset(_SEPARATORS.split(joined)) & known

"""LoCoMo: ten long two-person conversations with labelled questions.

Source: Maharana et al. 2024, "Evaluating Very Long-Term Conversational Memory of
LLM Agents"; the file ``locomo10.json`` of github.com/snap-research/locomo, or any
file with some of its conversations. CC BY-NC 4.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import (
    ASKED_AFTER,
    Conversation,
    Dataset,
    Question,
)
from retentive.errors import InvalidInputError
from retentive.records import Message

__all__ = ["load"]

_SESSION = re.compile(r"session_(\d+)")
_SEPARATORS = re.compile(r"[;,\s]+")
_TIME_FORMAT = "%I:%M %p on %d %B, %Y"
# The file gives one time per session; a second per turn keeps the turns in order.
_TURN = timedelta(seconds=1)


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
    messages = tuple(_messages(sample["conversation"]))
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


def _messages(conversation: Mapping[str, Any]) -> Iterator[Message]:
    for number in _sessions(conversation):
        start = _session_time(conversation, number)
        for place, turn in enumerate(conversation[f"session_{number}"]):
            yield Message(
                role="user",
                name=turn["speaker"],
                content=_content(turn),
                id=turn["dia_id"],
                session=f"session_{number}",
                at=start + place * _TURN,
            )


def _sessions(conversation: Mapping[str, Any]) -> list[int]:
    # Some files date sessions that have no turns; those never took place.
    found = (_SESSION.fullmatch(key) for key in conversation)
    numbers = sorted(int(match[1]) for match in found if match)
    return [number for number in numbers if conversation[f"session_{number}"]]


def _session_time(conversation: Mapping[str, Any], number: int) -> datetime:
    text = conversation[f"session_{number}_date_time"]
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC)


def _last_session(conversation: Mapping[str, Any]) -> datetime:
    return max(_session_time(conversation, n) for n in _sessions(conversation))


def _content(turn: Mapping[str, Any]) -> str:
    text = str(turn.get("text") or "").strip()
    caption = turn.get("blip_caption")
    return f"{text} [image: {caption}]".strip() if caption else text


def _evidence(labels: list[str] | str, *, known: set[str]) -> frozenset[str]:
    joined = labels if isinstance(labels, str) else " ".join(labels)
    return frozenset(_SEPARATORS.split(joined)) & known

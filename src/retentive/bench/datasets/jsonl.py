"""Your own data: one JSON object per line, memories and questions in any order.

A memory (``id`` is what evidence names; all but the first four are optional)::

    {"type": "memory", "conversation": "c1", "id": "m1", "content": "I like tea.",
     "role": "user", "speaker": "Ann", "session": "s1", "at": "2024-05-01T10:00:00Z"}

A question (``asked_at`` defaults to one day after the conversation's last memory,
``category`` to ``"all"``)::

    {"type": "question", "conversation": "c1", "text": "What does Ann drink?",
     "evidence": ["m1"], "category": "drinks", "asked_at": "2024-06-01T10:00:00Z"}
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import (
    ASKED_AFTER,
    Conversation,
    Dataset,
    Question,
    said_when,
)
from retentive.errors import InvalidInputError
from retentive.records import Message

__all__ = ["load"]

# A memory without a time still needs one; the same for all, so that none is newer.
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_FIELDS = {
    "memory": {"type", "conversation", "id", "content", "role", "speaker"}
    | {"session", "at"},
    "question": {"type", "conversation", "text", "evidence", "category", "asked_at"},
}
_REQUIRED = {
    "memory": ("conversation", "id", "content"),
    "question": ("conversation", "text", "evidence"),
}


def load(path: Path) -> Dataset:
    """Read a JSONL file as the module describes it.

    Memories keep the order of their lines. Evidence that does not exist is left
    out, and a question with none left is dropped.

    Raises:
        InvalidInputError: A line is no such object; the message gives its number.
    """
    memories: dict[str, list[Message]] = defaultdict(list)
    asked: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        item = _checked(line, place=f"{path.name}, line {number}")
        if item["type"] == "memory":
            memories[item["conversation"]].append(_message(item))
        else:
            asked[item["conversation"]].append(item)
    conversations = [
        _conversation(name, memories=said, asked=asked[name])
        for name, said in memories.items()
    ]
    kept = sum(len(conversation.questions) for conversation in conversations)
    return Dataset(
        name=path.stem,
        conversations=tuple(conversations),
        dropped=sum(map(len, asked.values())) - kept,
    )


def _checked(line: str, *, place: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except json.JSONDecodeError as exc:
        raise InvalidInputError(
            f"{place}: not JSON ({exc.msg}): {line[:80]!r}"
        ) from exc
    kind = item.get("type") if isinstance(item, dict) else None
    if kind not in _FIELDS:
        raise InvalidInputError(
            f"{place}: 'type' must be 'memory' or 'question', got {kind!r}"
        )
    missing = [name for name in _REQUIRED[kind] if name not in item]
    unknown = sorted(set(item) - _FIELDS[kind])
    if missing or unknown:
        raise InvalidInputError(
            f"{place}: a {kind} lacks {missing!r} and has unknown fields {unknown!r}; "
            f"it takes {sorted(_FIELDS[kind])!r}"
        )
    return dict(item)


def _message(item: Mapping[str, Any]) -> Message:
    return Message(
        role=item.get("role", "user"),
        content=item["content"],
        id=str(item["id"]),
        session=item.get("session", "default"),
        name=item.get("speaker"),
        at=_time(item.get("at")) or _NO_TIME,
    )


def _conversation(
    name: str, *, memories: Sequence[Message], asked: Sequence[Mapping[str, Any]]
) -> Conversation:
    known = {message.id for message in memories}
    later = max(map(said_when, memories)) + ASKED_AFTER
    questions = [
        Question(
            text=item["text"],
            asked_at=_time(item.get("asked_at")) or later,
            evidence=frozenset(map(str, item["evidence"])) & known,
            category=str(item.get("category", "all")),
        )
        for item in asked
    ]
    return Conversation(
        id=str(name),
        memories=tuple(memories),
        questions=tuple(question for question in questions if question.evidence),
    )


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)

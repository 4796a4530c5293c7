"""LongMemEval: each question has a history of user and assistant sessions of its own.

Source: Wu et al. 2024, "LongMemEval: Benchmarking Chat Assistants on Long-Term
Interactive Memory"; ``longmemeval_s*.json``, ``_m*`` or ``_oracle*`` of
github.com/xiaowu0162/LongMemEval. MIT.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from retentive.bench.datasets.model import Conversation, Dataset, Question
from retentive.errors import InvalidInputError
from retentive.records import Message

__all__ = ["load"]

_TURN = timedelta(seconds=30)  # turns have no times of their own


def load(path: Path) -> Dataset:
    """Read a LongMemEval file.

    A memory is a turn; the evidence is the turns marked ``has_answer``. Questions that
    cannot be answered (ids ending in ``_abs``) and those without a marked turn are
    dropped. Categories are the question types.

    Raises:
        InvalidInputError: The file holds no questions.
    """
    items = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(items, list) or not items:
        raise InvalidInputError(
            f"{str(path)!r} holds no list of questions; pass a longmemeval_*.json"
        )
    found = [_conversation(item) for item in items if not _unanswerable(item)]
    kept = tuple(conversation for conversation in found if conversation.questions)
    return Dataset(name=path.stem, conversations=kept, dropped=len(items) - len(kept))


def _unanswerable(item: Mapping[str, Any]) -> bool:
    return str(item["question_id"]).endswith("_abs")


def _conversation(item: Mapping[str, Any]) -> Conversation:
    turns = list(_turns(item))
    question = Question(
        text=item["question"],
        asked_at=_time(item["question_date"]),
        evidence=frozenset(message.id for message, answers in turns if answers),
        category=item["question_type"],
    )
    return Conversation(
        id=str(item["question_id"]),
        memories=tuple(message for message, _ in turns),
        questions=(question,) if question.evidence else (),
    )


def _turns(item: Mapping[str, Any]) -> Iterator[tuple[Message, bool]]:
    """Yield messages and whether they answer, by time: some files are not sorted."""
    sessions = zip(
        item["haystack_session_ids"],
        item["haystack_dates"],
        item["haystack_sessions"],
        strict=True,
    )
    for number, (name, date, turns) in enumerate(
        sorted(sessions, key=lambda session: _time(session[1]))
    ):
        for place, turn in enumerate(turns):
            if turn["content"].strip():
                message = Message(
                    role=turn["role"],
                    content=turn["content"],
                    id=f"{number}:{name}:{place}",
                    session=f"{number}:{name}",
                    at=_time(date) + place * _TURN,
                )
                yield message, bool(turn.get("has_answer"))


def _time(text: str) -> datetime:
    """Read times such as ``2023/05/20 (Sat) 02:21``."""
    day, _, rest = text.partition(" (")
    clock = rest.partition(") ")[2] or "00:00"
    return datetime.strptime(f"{day} {clock}", "%Y/%m/%d %H:%M").replace(tzinfo=UTC)

"""BEAM: long chats with an assistant, of 100,000 tokens and more.

Source: Tavakoli et al. 2025, "Beyond a Million Tokens: Benchmarking and Enhancing
Long-Term Memory in LLMs"; ``chats/100K`` (``500K``, ``1M``) of
github.com/mohammadtavakoli78/BEAM, or one chat of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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

_QUESTIONS = Path("probing_questions") / "probing_questions.json"
_NO_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # before the first anchor
_TURN = timedelta(minutes=1)  # turns have days, but no times
_MARK = re.compile(r"\s*->->\s*[\d,N/A ]+$")  # the generator's index behind a turn


def load(path: Path) -> Dataset:
    """Read a chat's folder, or a folder of chats' folders.

    A memory is a message; a session is a batch. The evidence is what
    ``source_chat_ids`` names, however nested; questions without any (abstention) are
    dropped. Categories are the abilities. Questions are asked one day after the last
    message. Chats of 10M tokens number their messages anew in each plan, so that
    their evidence is ambiguous: they are refused.

    Raises:
        InvalidInputError: There is no chat, or its message ids are not unique.
    """
    folders = (
        [path]
        if (path / "chat.json").exists()
        else sorted(
            (part for part in path.iterdir() if (part / "chat.json").exists()),
            key=lambda part: (len(part.name), part.name),
        )
    )
    folders = [folder for folder in folders if (folder / _QUESTIONS).exists()]
    if not folders:
        raise InvalidInputError(
            f"no chat.json with {str(_QUESTIONS)!r} beside it in {str(path)!r}; pass a "
            "folder such as chats/100K, or one chat's folder"
        )
    pairs = [_conversation(folder) for folder in folders]
    return Dataset(
        name=f"beam-{path.name.lower()}",
        conversations=tuple(conversation for conversation, _ in pairs),
        dropped=sum(dropped for _, dropped in pairs),
    )


def _conversation(folder: Path) -> tuple[Conversation, int]:
    messages = tuple(_messages(_json(folder / "chat.json")))
    known = {message.id for message in messages}
    if len(known) < len(messages):
        raise InvalidInputError(
            f"{str(folder / 'chat.json')!r} numbers its messages more than once, so "
            "that evidence is ambiguous; use chats of 100K, 500K or 1M tokens"
        )
    asked_at = max(message.at for message in messages) + ASKED_AFTER
    asked = [
        Question(
            text=item["question"],
            asked_at=asked_at,
            evidence=frozenset(map(str, _numbers(item.get("source_chat_ids")))) & known,
            category=ability,
        )
        for ability, items in _json(folder / _QUESTIONS).items()
        for item in items
    ]
    kept = tuple(question for question in asked if question.evidence)
    conversation = Conversation(id=folder.name, memories=messages, questions=kept)
    return conversation, len(asked) - len(kept)


def _messages(batches: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    day, seen = _NO_DAY, 0
    for number, batch in enumerate(batches, start=1):
        for turn in _turns(batch["turns"]):
            if anchor := turn.get("time_anchor"):
                day, seen = _day(anchor), 0
            seen += 1
            content = _MARK.sub("", turn["content"])
            if content.strip():
                yield Message(
                    role=turn["role"],
                    content=content,
                    id=str(turn["id"]),
                    session=f"batch {batch.get('batch_number', number)}",
                    at=day + seen * _TURN,
                )


def _turns(nested: Any) -> Iterator[Mapping[str, Any]]:
    for part in nested:
        if isinstance(part, list):
            yield from _turns(part)
        else:
            yield part


def _numbers(nested: Any) -> Iterator[int]:
    """Yield the message ids of a label: a number, or lists and mappings of them."""
    if isinstance(nested, Mapping):
        nested = list(nested.values())
    if isinstance(nested, list):
        for part in nested:
            yield from _numbers(part)
    elif isinstance(nested, int):
        yield nested


def _day(anchor: str) -> datetime:
    return datetime.strptime(anchor, "%B-%d-%Y").replace(tzinfo=UTC)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))

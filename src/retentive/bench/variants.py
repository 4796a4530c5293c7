"""Other shapes of a data set, so that what is fitted on it holds for other kinds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from retentive.bench.datasets import Conversation, Dataset, Question, evidence_id
from retentive.bench.datasets.model import said_when
from retentive.records import MemoryRecord, Message

__all__ = ["joined", "nameless", "pooled", "prefixed"]


def nameless(dataset: Dataset) -> Dataset:
    """Return the data set with "I" and "my" for the speakers in its questions.

    Assistants are asked that way, and it takes away the easiest sign of a question
    that was meant for others.
    """
    return replace(
        dataset,
        conversations=tuple(
            replace(
                conversation,
                questions=tuple(_nameless(conversation)),
            )
            for conversation in dataset.conversations
        ),
    )


def joined(dataset: Dataset, *, size: int = 8) -> Dataset:
    """Return the data set with so many messages of a session made into one.

    They are as long as what assistants say. Evidence names the message that now
    holds it.
    """
    return replace(
        dataset,
        conversations=tuple(
            _joined(conversation, size=size) for conversation in dataset.conversations
        ),
    )


def pooled(dataset: Dataset, *, size: int) -> Dataset:
    """Return the data set with so many conversations made into one.

    Ids and sessions get the conversation's name before them, so that none meet.
    """
    groups = [
        dataset.conversations[start : start + size]
        for start in range(0, len(dataset.conversations), size)
    ]
    return replace(dataset, conversations=tuple(map(_pooled, groups)))


def _pooled(group: Sequence[Conversation]) -> Conversation:
    memories: list[Message | MemoryRecord] = []
    questions: list[Question] = []
    for conversation in group:
        name = conversation.id
        memories += [prefixed(memory, by=name) for memory in conversation.memories]
        questions += [
            replace(
                question,
                evidence=frozenset(f"{name}/{id}" for id in question.evidence),
            )
            for question in conversation.questions
        ]
    return Conversation(
        id=f"{group[0].id}+{len(group) - 1}",
        memories=tuple(sorted(memories, key=said_when)),
        questions=tuple(questions),
    )


def prefixed(memory: Message | MemoryRecord, *, by: str) -> Message | MemoryRecord:
    """Return a memory with a name before its id and session, so that none meet."""
    session = memory.session and f"{by}/{memory.session}"
    if isinstance(memory, Message):
        return replace(memory, id=f"{by}/{memory.id}", session=session or by)
    return replace(memory, message_id=f"{by}/{evidence_id(memory)}", session=session)


def _nameless(conversation: Conversation) -> Iterator[Question]:
    names = sorted(
        {
            memory.name
            for memory in conversation.memories
            if isinstance(memory, Message) and memory.name
        }
    )
    for question in conversation.questions:
        text = question.text
        for name in names:
            text = re.sub(rf"\b{re.escape(name)}['’]s\b", "my", text)
            text = re.sub(rf"\b{re.escape(name)}\b", "I", text)
        yield replace(question, text=text)


def _joined(conversation: Conversation, *, size: int) -> Conversation:
    memories: list[Message | MemoryRecord] = []
    now_in: dict[str, str] = {}
    messages = [m for m in conversation.memories if isinstance(m, Message)]
    for _, session in groupby(messages, key=lambda message: message.session):
        for part in _parts(list(session), size):
            memories.append(_one(part))
            now_in |= {message.id: part[0].id for message in part}
    questions = [
        replace(
            question,
            evidence=frozenset(now_in[id] for id in question.evidence if id in now_in),
        )
        for question in conversation.questions
    ]
    return replace(
        conversation,
        memories=tuple(memories),
        questions=tuple(question for question in questions if question.evidence),
    )


def _parts(messages: Sequence[Message], size: int) -> Iterator[Sequence[Message]]:
    for start in range(0, len(messages), size):
        yield messages[start : start + size]


def _one(messages: Sequence[Message]) -> Message:
    return Message(
        role=messages[0].role,
        content=" ".join(message.content for message in messages),
        id=messages[0].id,
        session=messages[0].session,
        at=messages[0].at,
    )

"""Memories of others: what a namespace of many holds besides the one that is asked.

First all other conversations of the data set as they are, then made ones: sessions of
those, with each memory's sentences drawn from all of them, said by made-up people at
other times.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain, groupby, islice

from retentive.bench.datasets import Conversation, Dataset
from retentive.bench.variants import prefixed
from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord, Message
from retentive.text.sentences import sentences

__all__ = ["others"]

Memories = tuple[Message | MemoryRecord, ...]

_WITHIN_DAYS = 365  # made sessions lie this far from their pattern, at most
_SYLLABLES = (
    "ba be bo da de do ga ka ki la le li lo ma me mi na ne no ra re ri so su ta"
)


def others(
    dataset: Dataset, *, besides: Conversation, count: int, seed: int
) -> list[Message | MemoryRecord]:
    """Return so many memories that do not belong to a conversation.

    Args:
        dataset: Where sentences come from: at least one other conversation.
        besides: The conversation that is left out.
        count: How many memories; at least 0.
        seed: The same one makes the same memories.

    Raises:
        InvalidInputError: There is no other conversation.
    """
    rest = [each for each in dataset.conversations if each.id != besides.id]
    if not rest:
        raise InvalidInputError(
            f"{dataset.name} has the conversation {besides.id!r} alone: nothing to "
            "make the memories of others from; pass a data set of at least two"
        )
    real = (prefixed(memory, by=each.id) for each in rest for memory in each.memories)
    made = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    return list(islice(chain(real, _made(rest, made)), count))


def _made(
    rest: Sequence[Conversation], made: random.Random
) -> Iterator[Message | MemoryRecord]:
    """Yield made sessions without end."""
    patterns = [session for each in rest for session in _sessions(each.memories)]
    pool = [
        sentence.strip()
        for session in patterns
        for memory in session
        for sentence in sentences(memory.content)
    ]
    seen = {memory.content for each in rest for memory in each.memories}
    while True:
        for memory in _session(made.choice(patterns), pool=pool, made=made):
            text = memory.content
            while text in seen:  # what somebody says twice would be one memory
                text = f"{text} {made.choice(pool)}"
            seen.add(text)
            yield replace(memory, content=text)


def _sessions(memories: Memories) -> Iterator[Memories]:
    for _, session in groupby(memories, key=lambda memory: memory.session):
        yield tuple(session)


def _session(
    pattern: Memories, *, pool: Sequence[str], made: random.Random
) -> Iterator[Message | MemoryRecord]:
    """Yield a session of the pattern's form: who follows whom, how much, how fast."""
    later = timedelta(days=made.uniform(-_WITHIN_DAYS, _WITHIN_DAYS))
    name = f"{made.getrandbits(64):016x}"
    people: dict[str | None, str] = {}
    for memory in pattern:
        speaker = memory.name if isinstance(memory, Message) else memory.speaker
        if speaker and speaker not in people:
            people[speaker] = _person(made)
        drawn = made.choices(pool, k=len(sentences(memory.content)))
        said = replace(prefixed(memory, by=name), content=" ".join(drawn))
        yield _moved(said, by=people.get(speaker), later=later)


def _moved(
    memory: Message | MemoryRecord, *, by: str | None, later: timedelta
) -> Message | MemoryRecord:
    if isinstance(memory, Message):
        return replace(memory, name=by, at=memory.at + later)
    return replace(memory, speaker=by, occurred_at=memory.occurred_at + later)


def _person(made: random.Random) -> str:
    return "".join(made.choices(_SYLLABLES.split(), k=3)).capitalize()

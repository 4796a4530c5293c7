"""Ours beside peers: recall on the same data, and what recall does not show."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import Any

from retentive.bench.datasets import Conversation, evidence_id
from retentive.bench.datasets.model import said_when
from retentive.bench.metrics import Ranked, recall_at
from retentive.bench.peers import PEERS, MakesPeer, Note, Peer
from retentive.bench.systems import PRODUCT, Retentive, Shared, System
from retentive.bench.tokens import Counter
from retentive.errors import InvalidInputError
from retentive.protocols import Embedder
from retentive.records import MemoryRecord, Message

__all__ = ["Beyond", "Timed", "beyond", "beyond_table", "systems"]

_LIMIT = 10
_OWNERS = ("ann", "ann:b")  # one label begins like the other


@dataclass(slots=True)
class Timed:
    """A peer as a system of a recall run, with a clock.

    Attributes:
        adding_s: Seconds per memory, of every add.
        searching_s: Seconds of every search.
    """

    peer: Peer
    dated: bool
    adding_s: list[float]
    searching_s: list[float]
    owner: str = "bench"

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        """Store memories as texts."""
        notes = [_note(memory, dated=self.dated) for memory in memories]
        start = time.perf_counter()
        self.peer.add(notes, owner=self.owner)
        self.adding_s.append((time.perf_counter() - start) / max(1, len(notes)))

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        """Search as one owner."""
        start = time.perf_counter()
        found = self.peer.search(query, owner=self.owner, now=now, limit=limit)
        self.searching_s.append(time.perf_counter() - start)
        return found

    def within(self, owner: str) -> Timed:
        """Return the same store as another owner."""
        return replace(self, owner=owner)

    def close(self) -> None:
        """Close the peer."""
        self.peer.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """What a system showed besides recall.

    Attributes:
        search_ms: Median of a search for ten hits, query vectors ready.
        tokens: Of ten hits, in the mean.
        repeated: Share of ten hits that say what a better one said, in [0, 1], after
            everything was added a second time.
        foreign: Hits of other owners, in all searches of an owner beside them.
        chinese: Recall@10 of the Chinese questions about the bundled conversation.
        english: The same of the English ones.
    """

    search_ms: float
    tokens: float
    repeated: float
    foreign: int
    chinese: float
    english: float


def systems(
    embedder: Embedder, *, chosen: Sequence[str] = (), dated: bool = True
) -> dict[str, Callable[[], System]]:
    """Return the product and the peers, as a recall run opens them.

    Args:
        embedder: Makes everyone's vectors.
        chosen: Names of peers; all if empty.
        dated: Give peers "[day] speaker: text", which helps them, not bare texts.
    """
    opened: dict[str, Callable[[], System]] = {
        PRODUCT: lambda: Retentive(embedder=embedder)
    }
    for name in chosen or PEERS:
        opened[name] = _opener(PEERS[name], embedder, dated=dated)
    return opened


def beyond(
    opened: Mapping[str, Callable[[], System]],
    *,
    conversation: Conversation,
    bilingual: Conversation,
    counter: Counter,
) -> dict[str, Beyond]:
    """Measure what recall does not show, for every system.

    Args:
        opened: As :func:`systems` returns them.
        conversation: For latency, tokens, replay and isolation.
        bilingual: Chinese and English questions, by category ``zh`` and ``en``.
        counter: Counts tokens.
    """
    return {
        name: Beyond(
            **_on_one(open_system, conversation, counter=counter),
            foreign=_foreign_hits(open_system, conversation),
            **_by_language(open_system, bilingual),
        )
        for name, open_system in opened.items()
    }


def beyond_table(found: Mapping[str, Beyond]) -> str:
    """Return a Markdown table."""
    rows = [
        "| system | search, ms | tokens of 10 hits | repeated after a replay, % "
        "| hits of others | Chinese R@10 | English R@10 |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {name} | {item.search_ms:.2f} | {item.tokens:.0f} "
        f"| {100 * item.repeated:.1f} | {item.foreign} "
        f"| {100 * item.chinese:.1f} | {100 * item.english:.1f} |"
        for name, item in found.items()
    ]
    return "\n".join(rows)


def _opener(
    make: MakesPeer, embedder: Embedder, *, dated: bool
) -> Callable[[], System]:
    return lambda: Timed(make(embedder), dated, [], [])


def _on_one(
    open_system: Callable[[], System], conversation: Conversation, *, counter: Counter
) -> dict[str, Any]:
    with closing(open_system()) as system:
        system.add(conversation.memories)
        times, tokens = [], []
        for question in conversation.questions:
            start = time.perf_counter()
            hits = system.search(question.text, now=question.asked_at, limit=_LIMIT)
            times.append(time.perf_counter() - start)
            tokens.append(sum(counter.count(hit.text) for hit in hits))
        system.add([_again(memory) for memory in conversation.memories])
        shares = [
            _repeated(system.search(question.text, now=question.asked_at, limit=_LIMIT))
            for question in conversation.questions
        ]
    return {
        "search_ms": 1_000 * median(times),
        "tokens": sum(tokens) / len(tokens),
        "repeated": sum(shares) / len(shares),
    }


def _foreign_hits(open_system: Callable[[], System], conversation: Conversation) -> int:
    """Give two owners every other memory each, and count what crosses over."""
    halves = [conversation.memories[::2], conversation.memories[1::2]]
    crossed = 0
    with closing(open_system()) as system:
        if not isinstance(system, Shared):
            raise InvalidInputError(f"{type(system).__name__} knows no owners")
        for owner, memories in zip(_OWNERS, halves, strict=True):
            system.within(owner).add(memories)
        for owner, memories in zip(_OWNERS, halves, strict=True):
            own = {evidence_id(memory) for memory in memories}
            for question in conversation.questions:
                hits = system.within(owner).search(
                    question.text, now=question.asked_at, limit=_LIMIT
                )
                crossed += sum(not hit.ids <= own for hit in hits)
    return crossed


def _by_language(
    open_system: Callable[[], System], bilingual: Conversation
) -> dict[str, float]:
    found: dict[str, list[float]] = {"zh": [], "en": []}
    with closing(open_system()) as system:
        system.add(bilingual.memories)
        for question in bilingual.questions:
            hits = system.search(question.text, now=question.asked_at, limit=_LIMIT)
            found[question.category].append(
                recall_at(hits, question.evidence, k=_LIMIT)
            )
    means = {name: sum(values) / len(values) for name, values in found.items()}
    return {"chinese": means["zh"], "english": means["en"]}


def _repeated(hits: Sequence[Ranked]) -> float:
    texts = {hit.text for hit in hits}
    return 1 - len(texts) / len(hits) if hits else 0.0


def _again(memory: Message | MemoryRecord) -> Message | MemoryRecord:
    """Return the same words as another message, as a log that is read twice has."""
    return replace(memory, id=f"again-{memory.id}")


def _note(memory: Message | MemoryRecord, *, dated: bool) -> Note:
    if not dated:
        return Note(evidence_id(memory), memory.content)
    who = memory.name if isinstance(memory, Message) else memory.speaker
    said = f"{who}: {memory.content}" if who else memory.content
    day = said_when(memory).date().isoformat()
    return Note(evidence_id(memory), f"[{day}] {said}")

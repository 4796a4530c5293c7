"""Writes recalled memories into a block for the prompt, within a token budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from retentive.errors import InvalidInputError
from retentive.protocols import TokenCounter
from retentive.recall.copies import told_once
from retentive.recall.packing import Lines, block, pack
from retentive.recall.passages import Key, Piece, quoted
from retentive.recall.relevance import Relevance
from retentive.records import Hit, MemoryRecord

__all__ = ["Context", "Surroundings", "assemble", "not_shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What follows hits in their sessions.

    Attributes:
        following: Memories and the next ones in their sessions, as namespace and id.
        replies: Records that reply to hits that ask, by the key of these.
    """

    following: Mapping[Key, Key] = field(default_factory=dict)
    replies: Mapping[Key, MemoryRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Context:
    """A block of memories for a prompt; empty if nothing was recalled.

    Attributes:
        text: The block; the same memories give the same bytes.
        tokens: What it costs by the counter it was made with.
        budget: What it was allowed to cost.
        hits: The memories in it, best first.
        relevance: How likely it was that there is anything to recall.
        declined: Whether it stayed empty because that was too unlikely.
        recall_id: By which feedback names the recall behind it.
    """

    text: str
    tokens: int
    budget: int
    hits: Sequence[Hit] = field(default_factory=tuple)
    relevance: Relevance | None = None
    declined: bool = False
    recall_id: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Return the block."""
        return self.text

    def __bool__(self) -> bool:
        """Return whether there is anything to add to a prompt."""
        return bool(self.text)


def assemble(
    hits: Iterable[Hit],
    *,
    asked: Sequence[str],
    budget: int,
    counter: TokenCounter,
    surroundings: Surroundings | None = None,
) -> Context:
    """Fill a budget with memories in order of rank; write them in order of time.

    Near-copies are told once. A memory that does not fit is passed over for the next.
    The budget is never exceeded by the counter's own count of the whole block.

    Args:
        hits: Best first.
        asked: Index terms of the question, for excerpts of long memories.
        budget: Most tokens of the block; 0 gives an empty one.
        counter: Counts them.
        surroundings: What follows the hits in their sessions; nothing if omitted.
    """
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 0:
        raise InvalidInputError(
            f"budget must be a whole number of tokens, at least 0, got {budget!r}"
        )
    around = surroundings or Surroundings()
    pieces, lines = pack(
        told_once(hits),
        asked=asked,
        budget=budget,
        counter=counter,
        following=around.following,
        replies=around.replies,
    )
    return _fitted(pieces, lines, budget=budget, counter=counter, around=around)


def not_shown(hits: Sequence[Hit], *, shown: Sequence[str]) -> list[Hit]:
    """Leave out the memories that a prompt holds already, word for word.

    Args:
        hits: What was found.
        shown: Texts of the prompt; a block of memories among them counts, too.
    """
    if not shown:
        return list(hits)
    prompt = "\n".join(shown)
    return [hit for hit in hits if not _stands_in(prompt, hit.record.content)]


def _stands_in(prompt: str, content: str) -> bool:
    return content in prompt or quoted(content) in prompt


def _fitted(
    pieces: list[Piece],
    lines: Lines,
    *,
    budget: int,
    counter: TokenCounter,
    around: Surroundings,
) -> Context:
    """Drop the lowest ranks while the whole counts for more than its parts."""
    while pieces:
        text = block(pieces, following=around.following, lines=lines)
        tokens = counter(text)
        if tokens <= budget:
            hits = tuple(piece.hit for piece in pieces)
            return Context(text=text, tokens=tokens, budget=budget, hits=hits)
        pieces = pieces[:-1]
    return Context(text="", tokens=0, budget=budget)

"""Long memories are delivered as their best sentence and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from retentive.protocols import TokenCounter
from retentive.text.sentences import sentences
from retentive.text.tokenise import terms

__all__ = ["excerpt"]

_ELLIPSIS = "…"
# Scanning more than this for the best sentence would cost more than it finds.
_MAX_CHARS = 100_000


def excerpt(
    content: str, asked: Sequence[str], *, budget: int, counter: TokenCounter
) -> str:
    """Return the content, or of a longer one the part that best fits the question.

    Starts from the sentence that holds most of the asked terms (the first of
    equals) and takes in neighbours on both sides while they fit.

    Args:
        content: The memory's text.
        asked: Index terms of the question.
        budget: Most tokens to return, the two ellipses not counted.
        counter: Counts them.
    """
    if _is_short(content, budget) or counter(content[:_MAX_CHARS]) <= budget:
        return content[:_MAX_CHARS]
    parts = sentences(content[:_MAX_CHARS])
    wanted = set(asked)
    matched = [len(wanted.intersection(terms(part))) for part in parts]
    best = max(range(len(parts)), key=lambda place: (matched[place], -place))
    first, last = _widened(parts, best, budget=budget, counter=counter)
    text = _clipped("".join(parts[first : last + 1]).strip(), budget, counter)
    before = _ELLIPSIS if first > 0 else ""
    after = _ELLIPSIS if last < len(parts) - 1 or not content.endswith(text) else ""
    return f"{before}{text}{after}"


def _is_short(content: str, budget: int) -> bool:
    """Return whether a text fits, without counting it: counting is most of the work.

    A token has a character or more; of ASCII, where only lists of numbers and marks have
    fewer than two, these may get a few tokens more than the others.
    """
    return len(content) <= (2 * budget if content.isascii() else budget)


def _widened(
    parts: Sequence[str], best: int, *, budget: int, counter: TokenCounter
) -> tuple[int, int]:
    """Return the first and last sentence of the widest window that fits."""
    first = last = best
    left = budget - counter(parts[best])
    grew = True
    while grew:
        grew = False
        for place in (last + 1, first - 1):
            if not 0 <= place < len(parts) or (cost := counter(parts[place])) > left:
                continue
            first, last = min(first, place), max(last, place)
            left -= cost
            grew = True
    return first, last


def _clipped(text: str, budget: int, counter: TokenCounter) -> str:
    """Cut a single sentence that alone exceeds the budget."""
    while text and counter(text) > budget:
        text = text[: max(0, min(len(text) - 1, len(text) * budget // counter(text)))]
    return text

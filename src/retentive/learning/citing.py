"""Which memories an answer used, told by the words that only they could give it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from retentive.text.tokenise import terms

__all__ = ["cited"]

_FEWEST_TERMS = 2  # one shared word is chance
_OF_THE_BEST = 0.5  # a memory that tells half as much as the best one was used too


def cited(answer: str, *, asked: str, memories: Sequence[str]) -> list[int]:
    """Return the places of the memories that an answer relies on.

    A memory's evidence is Σ ln(1 + n / held) over the answer's terms that it holds
    and the question does not, ``held`` the memories that hold the term. Used are
    memories with at least two such terms and at least half of the best evidence.
    Rather too few than too many: what is merely shown must not count.

    Args:
        answer: What was said.
        asked: The question that it answers.
        memories: Contents that were shown.
    """
    told = set(terms(answer)) - set(terms(asked))
    found = [told & set(terms(memory)) for memory in memories]
    held = Counter(term for each in found for term in each)
    evidence = [
        sum(math.log1p(len(memories) / held[term]) for term in each)
        if len(each) >= _FEWEST_TERMS
        else 0.0
        for each in found
    ]
    best = max(evidence, default=0.0)
    return [
        place
        for place, value in enumerate(evidence)
        if value > 0.0 and value >= _OF_THE_BEST * best
    ]

"""Says how likely it is that a namespace holds anything relevant to a question.

Scores rank, but do not say whether even the best is any good: z-scores are relative.
Here absolute evidence is weighed by a logistic model, fitted on questions put to the
conversation that answers them and to others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import exp
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame
from retentive.protocols import Query
from retentive.recall.ranking import Ranking
from retentive.scorers.bm25 import inverse_document_frequency
from retentive.text.naming import capitalised, named_exactly
from retentive.text.scripts import script_shares
from retentive.text.tokenise import terms as terms_of
from retentive.text.topics import topics_asked

__all__ = ["CALIBRATIONS", "Relevance", "calibration", "evidence", "judge"]

_BEST = 5  # hits whose words are looked at
_FEWEST = 20  # memories: of fewer all may be shown, and their idf says little
_LONGEST_RUN = 8.0  # neighbouring terms; further ones add nothing
_CJK = ("han", "kana", "hangul")
_MIXED = 0.3  # share of the letters above which a question is one of these

CALIBRATIONS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "words and vectors": MappingProxyType(
            {
                "matched": 4.10,
                "known": 0.61,
                "heard": 1.47,
                "stranger": -2.04,
                "dated": 2.44,
                "topic": 1.0,
                "closest": 8.02,
                "bias": -5.64,
            }
        ),
        "words": MappingProxyType(
            {
                "matched": 4.49,
                "known": 1.52,
                "heard": 1.71,
                "stranger": -2.27,
                "dated": 2.66,
                "topic": 2.0,
                "bias": -2.78,
            }
        ),
        "Chinese words": MappingProxyType(
            {
                "session": 4.67,
                "known": 1.02,
                "run": 0.10,
                "heard": 2.63,
                "stranger": -2.98,
                "bias": -2.0,
            }
        ),
    }
)
"""Weights of the evidence, as ``retentive bench decline --fit`` finds them, but for two
things. Biases are shifted: 0.3 keeps 97 % of what the
conversations that they were fitted on answer. ``topic`` is set by hand: dinner asks for
an allergy without a word in common, which no labelled conversation shows."""

# Chinese remarks share too few words with what they are about to be judged by words.
_ASKS_IN_CHINESE = re.compile(
    r"[?？吗嗎呢哪谁誰几幾怎何]|什么|什麼|多少|是否|有没有|有沒有|多[大高久长長远遠重]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """How likely it is that there is anything to recall.

    Attributes:
        probability: In [0, 1], where right and wrong namespaces are equally likely;
            ``None`` if it is not judged.
        basis: The calibration that judged, or why nothing did.
        evidence: What it rests on; see :func:`evidence`.
    """

    probability: float | None
    basis: str
    evidence: Mapping[str, float] = field(default_factory=dict)

    def below(self, threshold: float) -> bool:
        """Return whether it was judged, and found less likely than this."""
        return self.probability is not None and self.probability < threshold


def judge(ranking: Ranking) -> Relevance:
    """Judge a ranking, or say why it cannot be judged.

    A question of several sentences is judged as a whole and by its last sentence,
    and the likelier counts.
    """
    query = ranking.query
    basis = calibration(query)
    unfit = _unfit(ranking, basis)
    if unfit or basis is None:
        return Relevance(probability=None, basis=unfit)
    asked = [(query.terms, query.vector)]
    if query.last_terms and query.last_terms != query.terms:
        asked.append((query.last_terms, query.last_vector))
    found = [evidence(ranking, terms, vector) for terms, vector in asked]
    weighed = [(_probability(CALIBRATIONS[basis], item), item) for item in found]
    probability, best = max(weighed, key=lambda pair: pair[0])
    return Relevance(probability=probability, basis=basis, evidence=best)


def calibration(query: Query) -> str | None:
    """Return the name in :data:`CALIBRATIONS` that fits a question's script.

    Vectors count where the embedder covers most of the question; for a script that
    was never measured there is none.
    """
    vectors = query.vector is not None and query.embedder_share > 0.5
    if _cjk_share(query.text) > _MIXED:
        return "words and vectors" if vectors else "Chinese words"
    if script_shares(query.text).get("latin", 0.0) < 0.5:
        return None
    return "words and vectors" if vectors else "words"


def evidence(
    ranking: Ranking,
    terms: tuple[str, ...],
    vector: NDArray[np.float32] | None,
) -> dict[str, float]:
    """Return the evidence that a question's terms and vector are met.

    Returns:
        ``matched``: the largest share of the terms' idf that one of the five best
        hits holds; ``session``: that the session of one of them holds; ``known``: that
        the namespace holds at all; ``run``: most neighbouring terms of the question in
        one of them, at most 8; ``dated``: 1 if one happened when the question asks
        for; ``heard`` and ``stranger``: 1 if the question names somebody or something
        that the namespace heard of, and has never heard of, speakers aside (in Chinese:
        that one of them holds in full, and that none does); ``topic``: 1
        if one of them tells of a kind of thing that the question asks for;
        ``closest``: the largest cosine.

    Source: a logistic model over shares of idf and the largest cosine, measured on
    LoCoMo and BEAM; runs, dates, strangers and kinds of things are ours.
    """
    places = ranking.order[:_BEST]
    best = ranking.frame.take(ranking.frame.rows[places])
    counts = ranking.frame.term_counts(terms)
    idf = inverse_document_frequency(counts)
    shares = idf / max(float(idf.sum()), 1e-9)
    held = counts.at([0])[0][places] > 0
    around = held | (counts.in_session()[places] > 0)
    found = {
        "matched": float((held @ shares).max(initial=0.0)),
        "session": float((around @ shares).max(initial=0.0)),
        "known": float(shares[counts.document_frequency > 0].sum()),
        "run": _longest_run(held, terms),
        "dated": float(_is_dated(ranking.query, best)),
        "topic": float((best.topics & np.uint64(topics_asked(terms))).any()),
    } | _names(ranking.query, ranking.frame, best)
    if vector is not None:
        cosines = ranking.frame.similarity(vector)
        found["closest"] = float(np.nan_to_num(cosines).max(initial=0.0))
    return found


def _unfit(ranking: Ranking, basis: str | None) -> str:
    """Return why a ranking cannot be judged; nothing if it can."""
    if basis is None:
        return "the question's script was never measured"
    if len([line for line in ranking.query.text.splitlines() if line.strip()]) > 1:
        return "a dialogue, not a question"
    if basis == "Chinese words" and not _ASKS_IN_CHINESE.search(ranking.query.text):
        return "a remark, not a question"
    if not ranking.query.terms:
        return "the question has no words that tell"
    if int(ranking.allowed.sum()) < _FEWEST:
        return f"fewer than {_FEWEST} memories"
    return ""


def _probability(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    """Return 1 / (1 + e^-(bias + Σ weight · evidence))."""
    total = weights["bias"] + sum(
        weight * found.get(name, 0.0)
        for name, weight in weights.items()
        if name != "bias"
    )
    return 1.0 / (1.0 + exp(-total))


def _longest_run(held: NDArray[np.bool_], terms: tuple[str, ...]) -> float:
    """Return the most terms in a row that one hit holds; single characters aside."""
    held = held[:, [len(term) > 1 for term in terms]]
    if not held.size:
        return 0.0
    counted = np.cumsum(held, axis=1)
    before = np.maximum.accumulate(np.where(held, 0, counted), axis=1)
    return min(float((counted - before).max()), _LONGEST_RUN)


def _is_dated(query: Query, best: ColumnFrame) -> bool:
    """Return whether one of the hits happened in a time that the question names."""
    return any(
        (
            (best.occurred_at >= span.start.timestamp())
            & (best.occurred_at < span.end.timestamp())
        ).any()
        for span in query.intervals
    )


def _names(query: Query, frame: ColumnFrame, best: ColumnFrame) -> dict[str, float]:
    """Return whether what the question names, speakers aside, is there and is not."""
    if _cjk_share(query.text) > _MIXED:
        held = _holds_each(best, named_exactly(query.text) - set(query.names))
    else:
        held = _heard_of_each(query, frame)
    return {"heard": float(any(held)), "stranger": float(not all(held))}


def _holds_each(best: ColumnFrame, names: Collection[str]) -> list[bool]:
    """Return for each name whether one of the hits holds all of it."""
    asked = [found for name in names if (found := tuple(terms_of(name)))]
    return [
        bool((best.term_counts(terms).at((0,))[0] > 0).all(axis=1).any())
        for terms in asked
    ]


def _heard_of_each(query: Query, frame: ColumnFrame) -> list[bool]:
    """Return for each English name whether the namespace ever mentions it."""
    speakers = {part for name in query.names for part in name.split()}
    names = capitalised(query.text) - speakers
    stems = [stem for name in names if (stem := set(terms_of(name)))]
    asked = tuple(set[str]().union(*stems))
    if not asked or len(names) > len(query.words) / 3:
        return []  # A Title, Not a Question With Names
    frequency = frame.take(frame.rows[:1]).term_counts(asked).document_frequency
    known = {term for term, rows in zip(asked, frequency, strict=True) if rows > 0}
    return [bool(stem & known) for stem in stems]


def _cjk_share(text: str) -> float:
    shares = script_shares(text)
    return sum(shares.get(script, 0.0) for script in _CJK)

"""Estimates how much a memory matters, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retentive.protocols import Draft
from retentive.records import Origin, trusted_copy
from retentive.text.cues import Cue, find_cues

__all__ = ["NEUTRAL", "EstimateImportance", "estimate_importance"]

_BASE = 0.35
NEUTRAL = 0.5
"""What a record has if nobody rated it."""

_CUE_WORTH = (
    (int(Cue.FIRST_PERSON), 0.1),
    (int(Cue.TIME_WORD), 0.05),
    (int(Cue.NUMBER), 0.05),
    (int(Cue.CAPITALISED), 0.05),
    (int(Cue.KIN), 0.05),
    (int(Cue.REASON), 0.05),
)
_LASTING_WORDS = frozenset(
    """remember forget important allergic allergy allergies diagnosed diagnosis medicine
    medication birthday anniversary password address phone deadline appointment decided
    promise promised promises prefer prefers preferred favourite favorite always never
    married engaged pregnant born died hired promoted graduated""".split()
)
_PERSONAL_VERBS = frozenset(
    """live work moved love hate like dislike need want own bought adopted""".split()
)
_LASTING_CHINESE = re.compile(
    r"记住|别忘|重要|过敏|生日|纪念日|密码|地址|电话|截止|预约|决定|答应|喜欢|讨厌|最爱"
    r"|我叫|我住|我在.{1,12}工作|搬家|结婚|订婚|怀孕|出生|去世|毕业|升职|从不|总是"
)
_WORDS = re.compile(r"[a-z]+")
_SMALL_TALK = re.compile(
    r"\s*(?:hi|hey|hello|thanks?(?: you)?(?: so much)?|bye|goodbye|see you|take care|ok"
    r"|okay|sure|cool|great|wow|nice|awesome|lol|haha+|yes|yeah|no|nope|got it|will do"
    r"|you're welcome|no problem|good (?:morning|night|luck)|sounds good"
    r"|你好|您好|谢谢|多谢|再见|好的?|嗯+|哈+|是的?|不客气|没事|晚安|早安|收到)"
    r"[\s,.!~。！，～]*",
    re.IGNORECASE,
)
_SHORT_CHARS = 15
_READ_CHARS = 2_000  # what matters of a long text is said early


class EstimateImportance:
    """Rates drafts that nobody has rated: those with the neutral importance 0.5."""

    def __init__(self, *, rated_key: str = "importance") -> None:
        """Choose how a caller can keep exactly 0.5.

        Args:
            rated_key: A record whose metadata has this key is rated already.
        """
        self._rated_key = rated_key

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts, each with an importance."""
        return [self._rated(draft) for draft in drafts]

    def _rated(self, draft: Draft) -> Draft:
        record = draft.record
        if record.importance != NEUTRAL or self._rated_key in record.metadata:
            return draft
        importance = estimate_importance(record.content, origin=record.origin)
        rated = trusted_copy(record, importance=importance)
        return Draft(record=rated, messages=draft.messages)


def estimate_importance(text: str, *, origin: Origin = Origin.USER) -> float:
    """Estimate in [0, 1] how much a text is worth remembering.

    Starts from 0.35. Small talk alone is 0.05. First person adds 0.1; a time, a
    number, a name, a relative and a reason 0.05 each; words of lasting facts
    (allergies, names, homes, preferences, decisions, "remember") 0.3. A question
    loses 0.15, a very short text 0.1, an assistant's or a tool's text 0.1. Rules
    in English and Chinese; the numbers are ours.
    """
    if _SMALL_TALK.fullmatch(text):
        return 0.05
    text = text[:_READ_CHARS]
    cues = int(find_cues(text))
    score = _BASE + sum(worth for cue, worth in _CUE_WORTH if cues & cue)
    if _lasting(text):
        score += 0.3
    if cues & int(Cue.QUESTION):
        score -= 0.15
    if len(text) < _SHORT_CHARS and text.isascii():
        score -= 0.1
    if origin is not Origin.USER:
        score -= 0.1
    return round(min(1.0, max(0.0, score)), 3)


def _lasting(text: str) -> bool:
    """Return whether a text tells what will matter in a year."""
    words = set(_WORDS.findall(text.lower()))
    if not words.isdisjoint(_LASTING_WORDS):
        return True
    if "i" in words and not words.isdisjoint(_PERSONAL_VERBS):
        return True
    return not text.isascii() and _LASTING_CHINESE.search(text) is not None

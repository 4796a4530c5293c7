"""Turns a question into the beginning of its answer."""

from __future__ import annotations

import re

from retentive.text.sentences import sentences

__all__ = ["statement"]

_AUXILIARY = r"(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|might|may)"
_ASKS = re.compile(
    r"^(?:(?:and|but|so|then)\s+)?(?:(?:in|on|at|for|to|with|from|by)\s+)?"
    r"(?:(?:what|which)(?:\s+(?:kinds?|types?|sorts?)\s+of)?|whom|whose|who|when|where"
    r"|why|how\s+(?:many|much|long|often|old|far|come)|how)\b(?:'s|’s)?\s*",
    re.IGNORECASE,
)
_AUXILIARY_FIRST = re.compile(rf"^{_AUXILIARY}\b\s*", re.IGNORECASE)
_AUXILIARY_ANYWHERE = re.compile(r"\b(?:did|does|do)\b\s*", re.IGNORECASE)
# Longer ones first: 什么时候 is no 什么 and 时候.
_ASKS_CHINESE = re.compile(
    r"什么时候|什么地方|为什么|怎么样|怎么|多长时间|多少|多久|多大|哪一?[天年里儿些个位]|哪"
    r"|几[点号月岁个次年天]|何时|何地|为何|谁|什么"
)
_PARTICLES = re.compile(r"[吗呢吧么]?\s*[?？。.!！]*\s*$")


def statement(question: str) -> str:
    """Return a question as a statement that leaves out what is asked for.

    "When did Ann move to Oslo?" becomes "Ann move to Oslo", 小明什么时候搬家的？
    becomes 小明搬家的. English words stay in their form: what compares words
    compares stems. Of several sentences the last counts. A text that asks nothing
    is returned as it is.
    """
    parts = [part.strip() for part in sentences(question) if part.strip()]
    if not parts:
        return ""
    asked = _PARTICLES.sub("", parts[-1])
    without = _ASKS.sub("", _ASKS_CHINESE.sub("", asked))
    if without != asked and not _AUXILIARY_FIRST.match(without):
        without = _AUXILIARY_ANYWHERE.sub("", without, count=1)
    return _AUXILIARY_FIRST.sub("", without).strip() or asked

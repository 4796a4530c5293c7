"""Of whom a text speaks: the speaker, a relation of theirs, somebody by name.

Coarse, and only for telling texts apart: two texts about the same people may still be
about different things, two about different people are never about the same.
"""

from __future__ import annotations

import re

from retentive.text.fold import fold_han, has_han
from retentive.text.slots.chinese_words import RELATIONS as RELATIONS_ZH
from retentive.text.slots.english_words import RELATIONS
from retentive.text.tokenise import terms

__all__ = ["ME", "OTHER", "people"]

ME, OTHER = "me", "somebody else"

_SAME = {
    "mom": "mother",
    "mum": "mother",
    "dad": "father",
    "grandma": "grandmother",
    "grandpa": "grandfather",
    "妈妈": "母亲",
    "爸爸": "父亲",
    "老婆": "妻子",
    "老公": "丈夫",
}
_KIN = re.compile(
    rf"\b(?:my|our|his|her|their|your|\w+['’]s) (?:[a-z]+ ){{0,2}}?({RELATIONS})\b(?:['’]s)?"
    r"|\b((?-i:Mum|Mom|Dad|Grandma|Grandpa))\b(?:['’]s)?",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|myself|we|us|our|ours)\b", re.IGNORECASE)
_THIRD_PERSON = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|their)\b", re.IGNORECASE
)
_NAMED = re.compile(
    r"^\W*(?!(?:I|My|We|Our|It|This|That|There|The|A|An|He|She|They|You|Your|What|Who"
    r"|Today|Now|Yesterday)\b)([A-Z]\w+)(?:['’]s\b| (?:and|is|has|was|will|does|did|had"
    r"|[a-z]{2,}(?:s|ed))\b)"
)
_KIN_ZH = re.compile(rf"我?们?家?的?({RELATIONS_ZH})")
_LEAD_ZH = re.compile(
    r"^(?:\W|对了|其实|最近|现在|目前|今天|昨天|今年|上周|上个?月|所以)*"
)


def people(text: str) -> frozenset[str]:
    """Return the people whom a text speaks of, :data:`ME` for its speaker.

    A text without any gives its first term: an event, a thing, an unknown name.
    """
    return _chinese(fold_han(text)) if has_han(text) else _english(text)


def _english(text: str) -> frozenset[str]:
    kin = {_folded((match[1] or match[2]).lower()) for match in _KIN.finditer(text)}
    rest = _KIN.sub(" ", text)
    found = kin | {match[1].lower() for match in _NAMED.finditer(text)} - set(_SAME)
    if _FIRST_PERSON.search(rest):
        found.add(ME)
    if not kin and _THIRD_PERSON.search(rest):
        found.add(OTHER)
    return frozenset(found or terms(text)[:1])


def _chinese(text: str) -> frozenset[str]:
    kin = {_folded(match[1]) for match in _KIN_ZH.finditer(text)}
    rest = _LEAD_ZH.sub("", _KIN_ZH.sub("", text) if kin else text)
    found = set(kin)
    if "我" in rest:
        found.add(ME)
    if re.search("[他她它]", rest):
        found.add(OTHER)
    if not kin and not rest.startswith("我"):
        found.add(rest[:2])
    return frozenset(found)


def _folded(word: str) -> str:
    return _SAME.get(word, word)

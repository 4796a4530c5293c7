"""The rule behind all others: the same sentence with another number, day or name in it.

"I water the ficus every Tuesday" and "I water the ficus every Friday now" are about one
thing, whatever it is. Only a text that says that something has changed closes another.
"""

from __future__ import annotations

import re

from retentive.text.slots.english_words import RELATIONS
from retentive.text.slots.slot import Slot
from retentive.text.tokenise import terms

__all__ = ["chinese_template", "english_template"]

_SPOKEN = re.compile(
    rf"(?P<s>I|[Ww]e|[Mm]y (?:{RELATIONS})|[Mm]y [a-z]+(?: [a-z]+)??|[Oo]ur [a-z]+)"
    r" (?:(?:now|currently|only|usually|always|still|mostly|about) )*"
    r"(?P<w>[a-z]+)\b(?P<rest>.*)"
)
# Over, or of which one has many.
_PAST = re.compile(
    r"\w+ed|was|were|had|did|went|saw|met|got|took|ate|bought|made|came|ran|found|lost|told"
    r"|said|heard|gave|sold|left|wrote|woke|slept|spent|paid|owe|owes|read|has|will|can|not"
)
_MANY = re.compile(
    r"(?:like|love|hate|know|have|see|meet|visit|miss|trust|want|need|think|feel|call|remember"
    r"|say|tell|ask|help|admire|invite|enjoy|adore|own|thank|watch|hear|mean|find|wish)s?"
)
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july"
    r"|august|september|october|november|december|noon|midnight|(?:week(?:day|end)s?)"
)
_COUNT = (
    r"\d[\d.,:]*(?:am|pm|k|km|kg|%)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|twenty|thirty|forty|fifty|first|second|third|fourth|fifth|sixth|once|twice"
)
_VALUE = re.compile(
    rf"\b(?:(?P<day>(?i:{_DAY}))|(?P<count>(?i:{_COUNT}))"
    r"|(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)*))\b"
)
_FILLERS = re.compile(r"\b(?:about|around|only|just|roughly|almost|at least)\b ?")
_LEAST_TERMS = 2  # besides the value: "I have two" is about nothing

_COUNT_ZH = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天]|[\d零一二两三四五六七八九十百千万半]+"
)
_FILLERS_ZH = re.compile(
    r"现在|已经|目前|只|就|才|改成|改到|最近|一般|通常|大概|差不多|了|刚|又|新的?|都|也|是"
)
_PAST_ZH = re.compile(
    r"过|了(?!$)|昨|前天|刚才|今天|上周|去年|那天|第[一二三]|一起|一下|一点|一直|一样"
)
_LEAST_CHARS = 3


def english_template(clause: str) -> Slot | None:
    """Return the slot of a clause in which one number, day or name can change."""
    spoken = _SPOKEN.fullmatch(clause)
    if spoken is None or _PAST.fullmatch(spoken["w"]):
        return None
    rest = _FILLERS.sub("", spoken["rest"])
    values = list(_VALUE.finditer(rest))
    if len(values) != 1 or len(clause.split()) > 14:
        return None
    [found] = values
    if found.lastgroup == "name" and _MANY.fullmatch(spoken["w"]):
        return None
    around = terms(f"{rest[: found.start()]} {rest[found.end() :]}")
    said = spoken["s"].lower()
    subject = "me" if said in ("i", "we") else said
    if len(around) + (subject != "me") < _LEAST_TERMS - 1:
        return None
    verb = " ".join(terms(spoken["w"])) or spoken["w"]
    attribute = " ".join([verb, *around, f"[{found.lastgroup}]"])
    value = found[0].lower().removesuffix("s")
    year = re.search(r"\b(?:year|grade|semester|term|class)\b", rest)
    return Slot(subject=subject, attribute=attribute, value=value, exclusive=bool(year), joins=False)  # fmt: skip


def chinese_template(clause: str) -> Slot | None:
    """Return the slot of a clause in which one number or day can change."""
    if not clause.startswith("我") or _PAST_ZH.search(clause):
        return None
    bare = _FILLERS_ZH.sub("", clause)
    values = list(_COUNT_ZH.finditer(bare))
    if len(values) != 1 or len(bare) > 24:
        return None
    [found] = values
    around = f"{bare[: found.start()]}[]{bare[found.end() :]}"
    if len(around) - 2 < _LEAST_CHARS:
        return None
    return Slot(subject="me", attribute=around, value=found[0], exclusive=False, joins=False)  # fmt: skip

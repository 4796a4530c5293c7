"""Rules for slots in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from retentive.text.normalise import canonical
from retentive.text.slot import Slot
from retentive.text.slots_en_words import (
    ATTRIBUTES,
    COUNTRIES,
    DIETS,
    EVENTS,
    OCCUPATIONS,
    RELATIONS,
    ROLES,
    STATES,
    STATUSES,
    THINGS,
)
from retentive.text.tokenise import terms

__all__ = ["read"]

_SHORT = (
    (re.compile(r"[’`]"), "'"),
    (re.compile(r"\bI'm\b", re.IGNORECASE), "I am"),
    (re.compile(r"\b(we|they|you)'re\b", re.IGNORECASE), r"\1 are"),
    (re.compile(r"\b(I|we|they|you)'ve\b", re.IGNORECASE), r"\1 have"),
    (re.compile(r"\b(I|we|they|you|he|she|it)'ll\b", re.IGNORECASE), r"\1 will"),
    (re.compile(r"\bcan't\b|\bcannot\b", re.IGNORECASE), "can not"),
    (re.compile(r"\bwon't\b", re.IGNORECASE), "will not"),
    (re.compile(r"\b(\w+)n't\b", re.IGNORECASE), r"\1 not"),
    (
        re.compile(
            r"\b(he|she|it|that|there|name|number|address|birthday)'s\b", re.IGNORECASE
        ),
        r"\1 is",
    ),
    (re.compile(r"\bfavourite\b", re.IGNORECASE), "favorite"),
    (re.compile(r"\bcolour\b", re.IGNORECASE), "color"),
    (re.compile(r"\bany more\b", re.IGNORECASE), "anymore"),
)
# What may stand before a statement without being part of it.
_LEAD = re.compile(
    r"^(?:(?:oh|hey|hi|hello|well|so|ok|okay|and|but|also|yes|yeah|no|actually|anyway|fyi"
    r"|btw|by the way|just so you know|as you know|for the record|remember|note|update"
    r"|correction|good news|big news|quick update|small update|small change|change of plans?"
    r"|i should mention|as i said|like i said|as i mentioned|as mentioned|i told you|i mean|guess what|news|finally|in the end|these days|nowadays|now"
    r"|currently|recently|today|yesterday|lately|as of (?:today|now|this \w+)|from now on"
    r"|since (?:last )?\w+|last (?:week|month|year|\w+day)|this (?:week|month|year)"
    r"|turns out|it turns out|please remember|please note|one more thing)"
    r"(?: that)?[,:;!.\s–-]+)+",
    re.IGNORECASE,
)
# What may follow a value without being part of it.
_TAIL = re.compile(
    r"[\s,–-]+(?:now|these days|nowadays|at the moment|currently|anymore|as of\b.*|since\b.*"
    r"|from now on|instead(?: of\b.*)?|again|in the end|for now|for good|for the time being"
    r"|this (?:week|month|year|spring|summer|autumn|fall|winter)"
    r"|last (?:week|month|year|spring|summer|autumn|fall|winter|\w+day)"
    r"|a (?:few )?(?:days?|weeks?|months?|years?) ago|today|yesterday|recently|lately"
    r"|by the way|you know|too|as well|actually|though|after all|rather than\b.*"
    r"|to be (?:exact|precise)|at last|finally|already|right now|so far|officially)$",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:now|no longer|anymore|instead|switched|changed|moved|used to|from now on|as of"
    r"|update|correction|became|turned|rescheduled|postponed|quit|stopped|gave up|new"
    r"|replaced|traded|started|became|these days|nowadays|not \w+ but)\b",
    re.IGNORECASE,
)
_NO_STATEMENT = re.compile(
    r"\?\s*$|\b(?:if|unless|would|could|might|(?-i:may)|maybe|perhaps|wish|want to|wanted to"
    r"|hope|hoping|thinking (?:of|about)|used to|once|when i was|almost|nearly|imagine"
    r"|suppose|as a (?:kid|child)|back then|dream(?:ed|t)?)\b",
    re.IGNORECASE,
)
_SUBJECT = (
    rf"(?P<s>I|we|(?:[Mm]y|[Oo]ur) (?:[a-z]+ )?(?:{RELATIONS})(?: [A-Z]\w+)?"
    r"|[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
_OWNER = rf"(?P<o>[Mm]y|[Oo]ur|(?:[Mm]y|[Oo]ur) (?:{RELATIONS})'s|[A-Z][a-z]+'s)"
_ADVERB = (
    r"(?:(?:now|currently|still|just|recently|finally|also|actually|really|have|has|officially"
    r"|already|both|all) )*"
)
_BE = r"(?:am|is|are|was just|became|have become|has become)"
_DAY = re.compile(
    r"\b(?:\d|mon|tues|wednes|thurs|fri|satur|sun|day|week|month|january|february|march|april"
    r"|may|june|july|august|september|october|november|december|noon|midnight|morning"
    r"|afternoon|evening|night|tomorrow|today|o'clock|spring|summer|autumn|winter|easter"
    r"|christmas|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"

_Found = Slot | None
_Make = Callable[[re.Match[str]], _Found]


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    make: _Make


def read(sentence: str) -> tuple[list[Slot], bool]:
    """Return the slots of a sentence, and whether it says something else, too."""
    text = sentence.strip()
    for pattern, full in _SHORT:
        text = pattern.sub(full, text)
    changes = bool(_CHANGES.search(text))
    if _NO_STATEMENT.search(text):
        return [], True
    text = _LEAD.sub("", text).rstrip(" .!…\"'”)")
    slots: list[Slot] = []
    rest = False
    for clause in _clauses(text):
        slot = _slot(clause)
        if slot is None:
            rest = rest or bool(canonical(_LEAD.sub("", clause + " ")))
        else:
            slots.append(replace(slot, changes=slot.changes or changes))
    return slots, rest or len(slots) > 1


def _clauses(text: str) -> Sequence[str]:
    """Cut where a new statement begins: after a comma or "and", with a subject."""
    cut = re.split(
        r"(?:\s*[;–—]\s*|,?\s+(?:and|but|so|because)\s+|,\s+(?:which|where|who)\s+|,\s+)"
        r"(?=(?:I|we|my|our|he|she|it|they|the|that|which|there|this)\b)",
        text,
    )
    return [clause for clause in cut if clause and clause.strip()]


def _slot(clause: str) -> _Found:
    clause = _LEAD.sub("", clause).strip(" ,")
    while (shorter := _TAIL.sub("", clause)) != clause:
        clause = shorter
    for rule in _RULES:
        match = rule.pattern.match(clause)
        if match:
            return rule.make(match)
    return None


def _value(text: str) -> str | None:
    """Return a value in canonical words, ``None`` if it runs on."""
    cut = text.strip(" ,.!")
    cut = re.sub(r",? not\b.*$", "", cut)
    while (shorter := _TAIL.sub("", cut)) != cut:
        cut = shorter
    cut = re.sub(
        r"^(?:an?|the|at|called|named)\s+", "", cut.strip(), flags=re.IGNORECASE
    )
    words = canonical(cut)
    runs_on = re.search(
        r"\b(?:and|but|because|which|who|when|while|so|although|with|though|or)\b",
        words,
    )
    return None if runs_on or not words or len(words.split()) > 6 else words


def _subject(match: re.Match[str]) -> str:
    said = match["s"]
    return "me" if said == "I" else canonical(said)


def _owner(match: re.Match[str]) -> str:
    said = match["o"].lower()
    return "me" if said == "my" else canonical(said.removesuffix("'s"))


def _is_state(value: str) -> bool:
    return value.split(maxsplit=1)[0] in STATES


def _made(subject: str, attribute: str, value: str | None, **more: bool) -> _Found:
    if value is None or _is_state(value):
        return None
    return Slot(subject=subject, attribute=attribute, value=value, **more)


def _home(match: re.Match[str]) -> _Found:
    raw, value = match["v"].strip(), _value(match["v"])
    if value is None:
        return None
    ends = bool(match.groupdict().get("n"))
    place = canonical(raw)
    if not raw[:1].isupper():
        sort = "home kind" if re.match(r"(?:an?|the|my|our)\b", raw) else ""
        return _made(_subject(match), sort, value, ends=ends) if sort else None
    sort = "home country" if place in COUNTRIES or value in COUNTRIES else "home"
    return _made(_subject(match), sort, value, ends=ends)


def _moved(match: re.Match[str]) -> _Found:
    slot = _home(match)
    return None if slot is None else replace(slot, changes=True)


def _simple(attribute: str, **more: bool) -> _Make:
    def make(match: re.Match[str]) -> _Found:
        ends = bool(match.groupdict().get("n"))
        return _made(_subject(match), attribute, _value(match["v"]), ends=ends, **more)

    return make


def _job(match: re.Match[str]) -> _Found:
    value = _value(match["v"])
    if value is None or not re.search(rf"(?:{OCCUPATIONS})$", value):
        return None
    return _made(_subject(match), "occupation", value, exclusive=False)


def _own(match: re.Match[str]) -> _Found:
    """Return "my phone number is …", and things of which people have one."""
    attribute = canonical(re.sub(r"\bnew\b ?", "", match["a"]))
    value = _value(match["v"])
    article = re.match(r"(?:an?|now an?|called)\b", match["v"].strip(), re.IGNORECASE)
    named = match["v"].strip()[:1].isupper()
    if re.search(rf"(?:{THINGS})$", attribute) and not (article or named):
        return None
    if re.search(rf"(?:{ROLES})$", attribute) and not named:
        return None  # "my boss is on holiday" says not who that is
    return _made(_owner(match), attribute, value)


def _favorite(match: re.Match[str]) -> _Found:
    attribute = " ".join(_stems(match["a"]))
    return _made(_owner(match), f"favorite {attribute}", _value(match["v"]))


def _liking(match: re.Match[str]) -> _Found:
    verb, value = match["w"].lower(), _value(match["v"])
    if value is None or _is_state(value):
        return None
    against = bool(match["n"]) or verb.split()[0] in _DISLIKES
    thing = " ".join(_stems(value)) or value
    return _made(_subject(match), f"likes {thing}", "no" if against else "yes")


def _habit(match: re.Match[str]) -> _Found:
    verb, value = match["w"].lower(), _value(match["v"])
    stopped = match.groupdict().get("q")
    if value is None or _is_state(value):
        return None
    stem = " ".join(_stems(verb)) or verb
    thing = " ".join(_stems(value)) or value
    no = bool(match.groupdict().get("n")) or bool(stopped)
    return _made(_subject(match), f"does {stem} {thing}", "no" if no else "yes")


def _prefer(match: re.Match[str]) -> _Found:
    liked, other = _value(match["v"]), _value(match["w"] or "")
    if liked is None:
        return None
    if other is not None:
        pair = " or ".join(sorted((" ".join(_stems(liked)), " ".join(_stems(other)))))
        return _made(_subject(match), f"prefers {pair}", liked)
    words = _stems(liked)
    if len(words) < 2:
        return None
    return _made(_subject(match), f"prefers {words[-1]}", liked, exclusive=False)


def _event(match: re.Match[str]) -> _Found:
    """Return when or where something takes place."""
    subject = " ".join(sorted(_stems(match["e"])))
    value = _value(match["v"])
    if value is None or not subject:
        return None
    moved = bool(match.groupdict().get("m"))
    timed = bool(_DAY.search(match["v"]))
    if not timed and match.groupdict().get("p") not in ("in", "at", "to"):
        return None
    attribute = "time" if timed else "place"
    return Slot(
        subject=subject, attribute=attribute, value=value, changes=moved, timed=timed
    )


def _born(match: re.Match[str]) -> _Found:
    value = _value(match["v"])
    if (
        re.match(rf"(?:the )?(?:\d|{_MONTH})", match["v"].strip(), re.IGNORECASE)
        is None
    ):
        return _made(_subject(match), "birthplace", value)
    day = re.search(r"[a-z]", match["v"], re.IGNORECASE) is not None
    return _made(_subject(match), "birthday" if day else "birth year", value)


def _stems(text: str) -> list[str]:
    return terms(text)


_DISLIKES = frozenset({"hate", "hates", "dislike", "dislikes", "detest", "can"})
_NOT = r"(?P<n>(?:do|does|am|is|are) not |no longer |(?:do|does) no longer )?"
_ONE_SUBJECT = rf"{_SUBJECT} {_ADVERB}{_NOT}{_ADVERB}"
_EVENT = rf"(?:the|my|our) (?P<e>(?:[\w'-]+ ){{0,3}}(?:{EVENTS})(?: with [\w ]+?)?)"
_RULES: Sequence[_Rule] = [
    _Rule(re.compile(pattern, flags), make)
    for pattern, make, flags in (
        (rf"{_ONE_SUBJECT}(?:live|lives|living|am living|is living|are living|reside|resides"
         rf"|am based|is based|are based|stay|stays) {_ADVERB}(?:in|near) (?P<v>.+)$", _home, 0),
        (rf"{_SUBJECT} {_ADVERB}(?:moved|relocated|moving|am moving|are moving)"
         r" (?:back |over |away |house )?(?:from [\w ]+? )?to (?P<v>.+)$", _moved, 0),
        (rf"{_ONE_SUBJECT}(?:work|works|am working|is working|are working|am employed"
         rf"|is employed) {_ADVERB}(?:at|for) (?P<v>.+)$", _simple("employer"), 0),
        (rf"{_SUBJECT} {_ADVERB}(?:joined|started at|started working (?:at|for)"
         r"|got a (?:new )?job (?:at|with)|took a (?:new )?job (?:at|with)"
         r"|have a (?:new )?job (?:at|with)|switched jobs to) (?P<v>[A-Z].*)$",
         _simple("employer", changes=True), 0),
        (rf"{_SUBJECT} {_ADVERB}(?P<n>quit|left) (?:my|his|her) job (?:at|with) (?P<v>.+)$",
         _simple("employer", changes=True), 0),
        (rf"{_ONE_SUBJECT}(?:work|works|am working|is working|got a job|started working|started)"
         r" as (?:an? )?(?P<v>.+)$", _simple("occupation", exclusive=False), 0),
        (rf"{_SUBJECT} {_ADVERB}{_BE} {_ADVERB}(?P<v>single|married|engaged|divorced|widowed"
         rf"|{STATUSES})$", _simple("relationship"), re.IGNORECASE),
        (rf"{_SUBJECT} (?:just |recently |finally )*(?:got|went|turned) (?P<v>married|engaged"
         r"|divorced|single)$", _simple("relationship", changes=True), re.IGNORECASE),
        (rf"{_SUBJECT} {_ADVERB}(?:{_BE}|turned|went|have gone|follow|follows) {_ADVERB}"
         rf"(?:an? )?(?P<v>{DIETS})(?: diet)?$", _simple("diet"), re.IGNORECASE),
        (rf"{_SUBJECT} {_ADVERB}(?:{_BE}|turned) {_ADVERB}(?P<v>\d{{1,3}})(?: years old)?$",
         _simple("age"), re.IGNORECASE),
        (rf"{_SUBJECT} (?:was|were) born (?:on|in) (?P<v>.+)$", _born, 0),
        (rf"{_OWNER} (?:all-time |absolute |new |current )?favorite (?P<a>[\w ]+?)"
         rf" (?:{_BE}|has changed to|changed to) {_ADVERB}(?P<v>.+)$", _favorite, re.IGNORECASE),
        (rf"(?P<v>[\w' -]+?) (?:is|are) {_ADVERB}(?P<o>my) (?:new |current )?favorite"
         r" (?P<a>[\w ]+?)(?: now| these days)?$", _favorite, re.IGNORECASE),
        (rf"{_OWNER} (?P<a>(?:[a-z-]+ ){{0,2}}(?:{ATTRIBUTES}|{THINGS}))"
         rf" (?:{_BE}|has changed to|changed to|has been changed to|was changed to) {_ADVERB}"
         r"(?P<v>.+)$", _own, 0),
        (rf"{_SUBJECT} {_ADVERB}(?:{_BE}) {_ADVERB}(?:an? )(?P<v>[\w ]+)$", _job, 0),
        (rf"{_SUBJECT} {_ADVERB}prefer(?:s)? (?P<v>[\w ]+?)(?: (?:to|over|rather than)"
         r" (?P<w>[\w ]+))?$", _prefer, 0),
        (rf"{_ONE_SUBJECT}(?:(?P<q>stopped|quit|gave up) )(?P<w>drinking|eating|smoking|playing"
         r"|using|wearing|watching|taking|reading|learning|studying) (?P<v>.+)$", _habit, 0),
        (rf"{_ONE_SUBJECT}(?P<w>drink|drinks|eat|eats|smoke|smokes|play|plays|wear|wears)"
         r" (?P<v>.+)$", _habit, 0),
        (rf"{_ONE_SUBJECT}(?P<w>like|likes|love|loves|enjoy|enjoys|hate|hates|dislike|dislikes"
         r"|detest|can not stand) (?P<v>.+)$", _liking, 0),
        (rf"{_SUBJECT} {_ADVERB}(?:drive|drives|am driving|is driving) (?P<v>an? .+)$",
         _simple("car"), 0),
        (rf"{_EVENT} (?P<m>(?:has been |was |is |got |is now |has )?(?:moved|rescheduled|postponed"
         r"|pushed back|brought forward|shifted|changed|delayed))(?: from .+?)? (?P<p>to|until|for)"
         r" (?P<v>.+)$", _event, re.IGNORECASE),
        (rf"(?:I|we|they) {_ADVERB}(?P<m>moved|rescheduled|postponed|shifted|changed|pushed)"
         rf" {_EVENT}(?: from .+?)? (?P<p>to|until) (?P<v>.+)$", _event, re.IGNORECASE),
        (rf"{_EVENT} (?:is|are|will be|takes place|will take place|starts|begins|leaves) {_ADVERB}"
         r"(?:scheduled |set |planned |going to be |taking place )?(?P<p>on|for|at|in)? ?(?P<v>.+)$",
         _event, re.IGNORECASE),
    )
]  # fmt: skip

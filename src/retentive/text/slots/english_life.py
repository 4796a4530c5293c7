"""English rules: where people live and work, what they study, and whom they live with."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from retentive.text.normalise import canonical
from retentive.text.slots.english import (
    Rule,
    as_slot,
    owner,
    rule,
    subject,
    value,
)
from retentive.text.slots.english_words import (
    COUNTRIES,
    OCCUPATIONS,
    SCHOOLS,
    STATUSES,
)
from retentive.text.slots.slot import ANY, Slot

__all__ = ["RULES"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_SCHOOL = re.compile(rf"\b(?:{SCHOOLS})s?\b", re.IGNORECASE)
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER = rf"(?:\d{{1,3}}|(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_NUMBERS[1:10])}))?|{'|'.join(_NUMBERS[1:])})"
_LEFT = (
    r"(?:broke up|split up|split|separated|parted ways|are no longer together|are not together"
    r"|got divorced|divorced|called it off|called off (?:the|our) (?:engagement|wedding))"
)


def _fact(attribute: str, **more: bool) -> Callable[[re.Match[str]], Slot | None]:
    """Return what makes slots of an attribute; a negation ends it."""

    def make(match: re.Match[str]) -> Slot | None:
        ends = bool(match.groupdict().get("n")) or more.get("ends", False)
        rest = {name: flag for name, flag in more.items() if name != "ends"}
        words = value(match["v"])
        return as_slot(subject(match), attribute, words, ends=ends, **rest)

    return make


def _home(match: re.Match[str]) -> Slot | None:
    raw, words = match["v"].strip(), value(match["v"])
    if words is None:
        return None
    ends = bool(match.groupdict().get("n"))
    whose = owner(match) if "o" in match.groupdict() else subject(match)
    if not raw[:1].isupper():
        kind = re.match(r"(?:an?|the|my|our)\b", raw)
        return as_slot(whose, "home kind", words, ends=ends) if kind else None
    country = canonical(raw) in COUNTRIES or words in COUNTRIES
    return as_slot(whose, "home country" if country else "home", words, ends=ends)


def _household(match: re.Match[str]) -> Slot | None:
    """Return with whom somebody lives."""
    said = re.sub(r"^with (?:my |his |her |our )?", "", match["v"])
    alone = re.fullmatch(r"alone|by \w+self|on my own", said) is not None
    words = "nobody" if alone else value(said)
    return as_slot(subject(match), "household", words, exclusive=False, ends=bool(match["n"]))  # fmt: skip


def _moved(match: re.Match[str]) -> Slot | None:
    if _SCHOOL.search(match["v"]):
        return _school(match)
    slot = _home(match)
    return None if slot is None else replace(slot, changes=True)


def _moved_from(match: re.Match[str]) -> Slot | None:
    """Return what was left: only who lived there has moved house."""
    left, reached = value(match["v"]), value(match["w"])
    if reached is None:
        return None
    return as_slot(subject(match), ANY, left, ends=True, changes=True, becomes=reached)


def _employer(match: re.Match[str]) -> Slot | None:
    school = _SCHOOL.search(match["v"]) and not match.groupdict().get("j")
    make = _school if school else _fact("employer", changes=True)
    return make(match)


def _school(match: re.Match[str]) -> Slot | None:
    said = re.sub(r" (?:on \w+day|this \w+|yesterday|today)$", "", match["v"].strip())
    level = re.fullmatch(rf"(?:(?:{SCHOOLS}) ?)+", said)
    if not _SCHOOL.search(said) or not (said[:1].isupper() or level):
        return None
    if level:
        return as_slot(subject(match), "school", said, changes="start" in match[0])
    return _fact("school", changes=bool(re.search("transfer|moved|start|switch", match[0])))(match)  # fmt: skip


def _job(match: re.Match[str]) -> Slot | None:
    words = value(re.sub(r" (?:at|for|with|in) .+$", "", match["v"]))
    if words is None or not re.search(rf"(?:{OCCUPATIONS})$", words):
        return None
    ends = bool(match.groupdict().get("n"))
    return as_slot(subject(match), "occupation", words, exclusive=False, ends=ends)


def _boss(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "boss", value(match["v"]))


def _ambition(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "ambition", value(match["v"]), exclusive=False)


def _grade(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "grade", value(match["v"]))


def _no_job(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "employer", "", ends=True, changes=True)


def _over_school(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "school", "", ends=True, changes=True)


def _relationship(match: re.Match[str]) -> Slot | None:
    ends = bool(match.groupdict().get("n"))
    status = canonical(match["v"])
    return Slot(
        subject=subject(match), attribute="relationship", value=status, ends=ends
    )


def _partner(match: re.Match[str]) -> Slot | None:
    groups = match.groupdict()
    whose = owner(match) if groups.get("o") else subject(match)
    ends = bool(groups.get("n")) or bool(re.search(_LEFT, match[0]))
    return as_slot(whose, "partner", value(match["v"]), ends=ends)


def _where(match: re.Match[str]) -> Slot | None:
    """Return where a relation is who was in hospital, or came out of it."""
    words = canonical(match["v"])
    return Slot(subject=subject(match), attribute="whereabouts", value=words)


def _pregnant(match: re.Match[str]) -> Slot | None:
    held = "yes" if re.search("pregnant|expecting", match["v"]) else "no"
    return Slot(subject=subject(match), attribute="pregnant", value=held, joins=False)


def _age(match: re.Match[str]) -> Slot | None:
    words = match["v"].lower().replace("-", " ").split()
    number = sum(int(word) if word.isdigit() else _worth(word) for word in words)
    return as_slot(subject(match), "age", str(number))


def _worth(word: str) -> int:
    return _NUMBERS.index(word) if word in _NUMBERS else 10 * _TENS.index(word) + 20


def _born(match: re.Match[str]) -> Slot | None:
    said = match["v"].strip()
    dated = re.match(rf"(?:the )?(?:\d|{_MONTH})", said, re.IGNORECASE)
    if dated is None:
        return as_slot(subject(match), "birthplace", value(said))
    day = re.search(r"[a-z]", said, re.IGNORECASE) is not None
    return as_slot(subject(match), "birthday" if day else "birth year", value(said))


RULES: Sequence[Rule] = (
    # Home
    rule(r"<S> <ADV><NOT>(?:(?:am|is|are) <ADV>)?(?:live|lives|living) <ADV>(?P<v>with .+|alone|by myself"
         r"|on my own|by (?:him|her)self)", _household),
    rule(r"<S> <ADV><NOT><ADV>(?:(?:am|is|are) <ADV>)?(?:live|lives|living|(?<=have )lived|(?<=has )lived"
         r"|reside|resides|based|stay|stays) <ADV>(?:in|near) <V>", _home),
    rule(r"<O> (?:home|house|flat|apartment|place) is <ADV>(?:an? [\w ]+? )?in (?P<v>[A-Z].*)", _home),
    rule(r"<S> <ADV>(?:moved|relocated|moving|am moving|are moving|is moving|settled|settled down"
         r"|resettled|emigrated|transferred)(?: back| over| away| house| home)?"
         r" (?:to|in|into) <V>", _moved),
    rule(r"<S> <ADV>moved in with [\w ]+? in <V>", _moved),
    rule(r"<S> <ADV>(?:moved|relocated|transferred)(?: back| over| away| house| home)? from <V>"
         r" to (?P<w>[\w .'-]+)", _moved_from),
    # Work
    rule(r"<S> <ADV><NOT><ADV>(?:(?:am|is|are) <ADV>)?(?:work|works|working|employed|have a job"
         r"|has a job) <ADV>(?:at|for|(?<=employed )by) <V>", _fact("employer")),
    rule(r"<S> <ADV>(?:joined|started (?:working )?(?:at|for|with)|(?P<j>(?:got|get|took|landed|found"
         r"|accepted|started|have|has) (?:a|my) (?:new )?(?:job|position|role|post) (?:at|with|for)"
         r"|(?:switched|changed) jobs (?:to|and <ADV>(?:work|works) (?:at|for)))) (?P<v>[A-Z].*)",
         _employer),
    rule(r"<S> <ADV>(?:got|took|landed|found|accepted) (?:an? |the |my )(?:new )?(?:job|position|role|post)"
         r" (?:at|with) <V>", _fact("employer", changes=True)),
    rule(r"<S> <ADV>(?:report|reports) (?:directly )?to <NAME>", _boss),
    rule(r"<S> <ADV>(?:want|wants) to (?:be|become) (?:an? )<V>", _ambition),
    rule(r"<S> <ADV>(?:quit|left) (?P<v>[A-Z].*)", _fact("employer", ends=True, changes=True)),
    rule(r"<S> <ADV>(?:(?:quit|left) (?:my|his|her|their|our) (?:old )?(?:job|position) (?:at|with|for)"
         r"|resigned from|retired from|was (?:laid off|fired|let go|made redundant)"
         r" (?:by|from)|got (?:laid off|fired|let go|sacked) (?:by|from)|(?:am|is) no longer (?:at|with))"
         r" <V>",
         _fact("employer", ends=True, changes=True)),
    rule(r"<S> <ADV>(?:handed in|gave) (?:my|his|her) notice(?: at .+)?", _no_job),
    rule(r"<S> <ADV>(?:(?:quit|lost|left) (?:my|his|her|their) job|(?:am|is) <ADV>(?:unemployed"
         r"|out of work|retired|between jobs)|retired|(?:was|got) (?:laid off|fired|let go|sacked"
         r"|made redundant))", _no_job),
    rule(r"<S> <ADV><NOT><ADV>(?:(?:am|is|are) <ADV>)?(?:work|works|working|employed) as (?:an? )?<V>",
         _fact("occupation", exclusive=False)),
    rule(r"<S> <ADV>(?:got a job|started working|started|retrained|qualified) as (?:an? )?<V>",
         _fact("occupation", exclusive=False, changes=True)),
    rule(r"<S> <ADV>(?:became|become|am becoming|am training to be(?:come)?|was promoted to"
         r"|got promoted to|been promoted to|am studying to be(?:come)?) (?:an? )?<V>", _job),
    # Study
    rule(r"<S> <ADV>(?:am in|is in|started|starts|entered|moved up to|went into|goes into) <ADV>(?:the )?"
         r"(?P<v>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
         r"|\d{1,2}(?:st|nd|rd|th)) (?:grade|form|year)", _grade),
    rule(r"<S> <ADV><NOT><ADV>(?:(?:am|is|are) <ADV>)?(?:study|studies|studying|major in|majors in"
         r"|majoring in)(?: for a degree in)? <V>", _fact("study")),
    rule(r"<S> <ADV>(?:switched|changed) (?:(?:my|his|her) (?:major|degree|course|studies|subject)|majors)"
         r"(?: from [\w ]+?)? to <V>", _fact("study", changes=True)),
    rule(r"<S> <ADV>(?:graduated|finished (?:school|university|college))(?: from .+)?", _over_school),
    rule(r"<S> <ADV>(?:go|goes|attend|attends|am at|is at|is in|transferred|moved|switched"
         r"|changed schools|started|started at|is going)(?: to| at)? <V>", _school),
    # Partner and family
    rule(r"<O> (?:new |current )?(?:girlfriend|boyfriend|partner|fiancé|fiancée|fiance|fiancee|wife"
         r"|husband|spouse)(?:'s name)? (?:is|is called|is named|is now) <ADV>(?:called |named )?<NAME>",
         _partner),
    rule(r"<S> <ADV><NOT>(?:(?:am|is|are) <ADV>)?(?:dating|seeing|going out with|started dating"
         r"|started seeing|in a relationship with|together with) (?:(?:someone|an? \w+) (?:called|named) )?<NAME>",
         _partner),
    rule(rf"<S> <ADV>{_LEFT} (?:with|from) <NAME>", _partner),
    rule(rf"(?P<v>[A-Z]\w+) and (?P<s>I) <ADV>{_LEFT}", _partner),
    rule(rf"(?P<s>I) and (?P<v>[A-Z]\w+) <ADV>{_LEFT}", _partner),
    rule(r"<S>(?: and (?:I|[A-Z]\w+))? <ADV>(?:<BE> )?<NOT><ADV>(?P<v>single|married|engaged|divorced"
         rf"|widowed|{STATUSES})(?: (?:to|with|from) [A-Z]\w+)?", _relationship),
    rule(r"<S>(?: and (?:I|[A-Z]\w+))? <ADV>(?:got|went|turned|gotten) <ADV>(?P<v>married|engaged"
         r"|divorced|single|separated)(?: (?:to|with|from) [A-Z]\w+)?(?: (?:on|at|in) .+)?",
         _relationship),
    rule(r"<S> <ADV>(?:is|are) <ADV>(?P<v>(?:in|at) (?:the )?(?:hospital|prison|rehab|intensive care|a care home)"
         r"|(?:back )?(?:home|out)(?: again)? (?:from|of) (?:the )?(?:hospital|prison|rehab))", _where),
    rule(r"<S> <ADV>(?P<v>(?:is|am) <ADV>(?:pregnant|expecting)|(?:had|have had|gave birth to) (?:her|my|the|a|our)"
         r" (?:baby|son|daughter|boy|girl|twins))", _pregnant),
    # Who one is
    rule(rf"<S> <ADV>(?:<BE> |turned |just turned )<ADV>(?P<v>{_NUMBER})(?:[- ]years?[- ]old)?"
         r"(?: years of age)?", _age),
    rule(r"<S> (?:was|were) born (?:on|in) <V>", _born),
    rule(r"<S> <ADV>(?:<BE>) <ADV><NOT>(?:an? )(?P<v>[\w -]+)", _job),
)  # fmt: skip

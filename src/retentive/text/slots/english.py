"""Takes an English sentence apart: clauses, subjects, values. Rules by topic read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from retentive.text.normalise import canonical
from retentive.text.slots.english_words import (
    RELATIONS,
    SAME_RELATION,
    STATES,
)
from retentive.text.slots.slot import ANY, Slot
from retentive.text.slots.stating import is_stated
from retentive.text.slots.templates import english_template
from retentive.text.tokenise import terms

__all__ = [
    "Rule",
    "as_slot",
    "is_state",
    "owner",
    "read",
    "rule",
    "stems",
    "subject",
    "value",
]

_SHORT = tuple(
    (re.compile(pattern, re.IGNORECASE), full)
    for pattern, full in (
        (r"[’`]", "'"),
        (r"\bI'm\b", "I am"),
        (r"\b(we|they|you)'re\b", r"\1 are"),
        (r"\b(I|we|they|you)'ve\b", r"\1 have"),
        (r"\b(I|we|they|you|he|she|it)'ll\b", r"\1 will"),
        (r"\bcan't\b|\bcannot\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(\w+)n't\b", r"\1 not"),
        (r"\b(he|she|it|that|there|name|number|address|birthday|rent|boss)'s\b(?! name\b)", r"\1 is"),
        (r"\bfavourite\b", "favorite"),
        (r"\bcolour\b", "color"),
        (r"\bany more\b|\bany longer\b", "anymore"),
        # The old value is not the new one.
        (r"\bused to be [^,;.]{1,60}[,;] ?(?:but )?(?:now )?it is(?: now)? ", "is now "),
        (r"\b(changed|switched) (\w+?)s?(?:,| and) (?:I|we) (?:now )?(?:see|go to|have|am with) (?:now )?",
         r"switched to a new \2, "),
        # "Sold the car", "Moved to Leeds": the speaker goes without saying.
        (r"^(?=(?:sold|bought|moved|switched|quit|stopped|started|joined|changed|cancelled|canceled"
         r"|gave up|turned|got|became|traded|swapped|replaced|broke up)\b)", "I "),
        (r"^.*?\b(?:changed|moved|rescheduled|delayed|postponed|called) ((?:my|our|the) [^,]+?)"
         r"(?:,| and| so)+ it (?:is )?(?:now )?(?=leaves|starts|departs|begins|on|at|is)", r"\1 now "),
        (r"\bnew ([a-z ]+?), (?:her|his|their) name is ", r"new \1 called "),
        (r"^(?:I|we) (?:have|got|have got) a new ([a-z ]+?), it (?=is|ends)", r"my \1 now "),
        (r"^((?:my|our) [a-z ]+?) (?:has|have) changed(?:,| and) it is (?:now )?", r"\1 is now "),
        (r"^((?:my|our) \w+) (?:got stolen|was stolen|broke|broke down|died|is broken|gave out)(?:,| and| so)+"
         r" (?:my|the|our) new one is ", r"\1 is now "),
        (r"\b(?:had to|have to|managed to|decided to|finally got to)"
         r" (?=(?:push|move|postpone|reschedule|cancel|give up|quit|sell|stop|change|switch)\b)", ""),
    )
)  # fmt: skip
# What may stand before a statement without being part of it.
_LEAD = re.compile(
    r"^(?:(?:(?:ever since|since|now that|after|because) (?:the|my|our|his|her|we|I) [^,;]{3,40}?"
    r"(?=,? (?:I|we|my|our) )|oh|hey|hi|hello|well|so|ok|okay|and|but|also|yes|yeah|no|actually|anyway|fyi"
    r"|btw|by the way|just so you know|as you know|for the record|remember|note|update"
    r"|correction|good news|bad news|big news|quick update|small update|small change"
    r"|change of plans?|heads up|i should mention|as i said|like i said|as i mentioned"
    r"|as mentioned|i told you|i mean|guess what|news|finally|in the end|these days"
    r"|nowadays|now|currently|recently|today|yesterday|lately|as of (?:today|now|this \w+)"
    r"|from now on|since (?:last )?\w+|last (?:week|month|year|\w+day)|for now|meanwhile"
    r"|this (?:week|month|year|morning)|(?:it )?turns out|please remember|please note"
    r"|one more thing|after (?:all|a long time)|sadly|luckily|unfortunately|at last)"
    r"(?: that)?[,:;!.\s–-]+)+",
    re.IGNORECASE,
)
# What may follow a value without being part of it.
_TAIL = re.compile(
    r"(?<!\blive)(?<!\blives)(?<!\bliving)[\s,–-]+(?:because\b.*|due to\b.*|thanks to\b.*|now|these days|nowadays|at the moment|currently|anymore|as of\b.*|since\b.*"
    r"|from now on|instead(?: of\b.*)?|again|in the end|for now|for good|for the time being"
    r"|this (?:week|month|year|morning|afternoon|evening|spring|summer|autumn|fall|winter)"
    r"|last (?:week|weekend|month|year|spring|summer|autumn|fall|winter|\w+day)"
    r"|an? (?:few )?(?:days?|weeks?|months?|years?) ago|today|yesterday|recently|lately"
    r"|by the way|you know|too|as well|actually|though|after all|rather than\b.*"
    r"|to be (?:exact|precise)|at last|finally|already|right now|so far|officially|nearby"
    r"|for (?:work|love|my job|my studies|family reasons|health reasons)|full[- ]time"
    r"|with an? (?:app|tutor|teacher|book)|part[- ]time|at work|at home|for years|for ages|for \w+ (?:days|weeks|months|years)|with my (?:family|partner|husband|wife|parents|friends?|kids)|at all)$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:an?|the|at|called|named|to|my own)\s+(?:(?:brand new|new|old|used|second-?hand"
    r"|\w+ years? old)\s+(?=\w))?",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"[\s,]+(?:back )?in (?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|spring|summer|autumn|winter|20\d\d)$",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:now|no longer|anymore|instead|switched|changed|moved|from now on|as of"
    r"|update|correction|became|turned|rescheduled|postponed|quit|stopped|gave up|given up|new"
    r"|replaced|traded|swapped|started|these days|nowadays|not \w+ but|went|gone|promoted"
    r"|raised|since|down to|up to|become|got|cancell?ed|sold|settled|relocated|joined|transferred)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:\s*[;–—]\s*|,?\s+(?:and|but|so|because)\s+|,\s+(?:which|where|who)\s+|,\s+)"
    r"(?=(?:now )?(?:I|we|my|our|he|she|it|they|the|that|which|there|this)\b)"
)
# "I sold the Fiat and bought a Skoda": two statements of one subject.
_AND_DO = re.compile(
    r"^((?P<who>I|[Ww]e|[Mm]y \w+)\b [^,;]+?),? and (?=(?:now |then )?(?:am|are|is|have|has|bought"
    r"|got|joined|took up|started|switched|use|uses|drive|drives|live|lives|work|works|go|goes"
    r"|learn|learns|moved|see|sees|report|reports|play|plays|study|studies|teach|teaches)\b)"
)
_INSTEAD = re.compile(
    r"\b(?:instead of|rather than) (?!.*\b(?:today|yesterday|tonight|this (?:morning|evening|time)))"
    r"(?P<v>[\w' -]+)$",
    re.IGNORECASE,
)
# "They raised my pay: I earn …", but not "Ann said: I …".
_COLON = re.compile(r":\s+(?=(?:I|[Mm]y|[Ww]e|[Oo]ur)\b)")
_SPEECH = re.compile(
    r"\b(?:sa(?:id|ys?)|tell|told|asked|wrote|writes|think|thinks|replied|shouted|announced|quote)\b",
    re.IGNORECASE,
)
# "My favorite band these days is Wilco".
_BY_THE_WAY = re.compile(
    r",? (?:these days|nowadays|currently|at the moment|right now|now)(?= (?:is|are)\b)"
)

# People have many of them: two texts of "my friend" need not be about the same one.
_VAGUE = re.compile(
    r"\b(?:friend|colleague|coworker|neighbou?r|roommate's|teacher|company|team|ex)$"
)
# "She" may be anybody: two texts of her need not be about the same person.
_NAME = (
    r"(?!(?:I|She|He|They|It|This|That|These|Those|You|We|There|Here|The|A|An|All|Both|Each"
    r"|Every\w*|No\w*|Some\w*|Any\w*|People|Most|Many|One|What|Who|Which|When|Where|My|Our"
    r"|Her|His|Their|Your|Its|Sounds|Looks|Seems|Feels|Gonna|Just|Good|Great|Bet|Art|Life|Love"
    r"|Thanks|Friends|News|Work|School|Today|Home|Everything)\b)[A-Z][a-z]+"
)
_FRAGMENTS = {
    # Who: me, a relation of mine, somebody by name.
    "<S>": rf"(?P<s>I|[Ww]e|(?:[Mm]y|[Oo]ur) (?:[a-z]+ )?(?:{RELATIONS})(?: [A-Z]\w+)?"
    rf"|{_NAME}(?: [A-Z][a-z]+)?)",
    # The same without names: what a sentence begins with may be any word.
    "<M>": rf"(?P<s>I|[Ww]e|(?:[Mm]y|[Oo]ur) (?:[a-z]+ )?(?:{RELATIONS})(?: [A-Z]\w+)?)",
    "<O>": rf"(?P<o>[Mm]y|[Oo]ur|(?:[Mm]y|[Oo]ur) (?:{RELATIONS})'s|{_NAME}'s)",
    "<ADV>": r"(?:(?:now|currently|still|just|recently|finally|also|actually|really|have|has"
    r"|officially|already|both|all|only|usually|normally|always|generally|mostly|since"
    r"|fully|completely|strictly|even|been|permanently|happily|mainly|typically|alone) )*",
    "<NOT>": r"(?P<n>(?:do|does|am|is|are|have|has|can) not |no longer |never "
    r"|(?:do|does) no longer )?",
    "<BE>": r"(?:am|is|are|was just|became|become|have become|has become|been)",
    "<NAME>": r"(?P<v>(?:Dr|Mr|Mrs|Ms|Prof)?\.? ?[A-Z][\w'-]+(?: [A-Z][\w'-]+){0,2})",
    "<V>": r"(?P<v>.+)",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of clauses, and what makes a slot of one that fits."""

    pattern: re.Pattern[str]
    make: Callable[[re.Match[str]], Slot | None]


def rule(
    pattern: str,
    make: Callable[[re.Match[str]], Slot | None],
    *,
    any_case: bool = False,
) -> Rule:
    """Return a rule for whole clauses.

    Args:
        pattern: A regular expression in which ``<S>`` stands for a subject, ``<O>``
            for an owner, ``<ADV>`` for adverbs, ``<NOT>`` for a negation, ``<BE>``
            for forms of "be", ``<NAME>`` for a name and ``<V>`` for the value;
            ``<M>`` is a subject that is no name.
        make: Reads the groups ``s``, ``o``, ``n`` and ``v``, and its own.
        any_case: Whether letters of either case match.
    """
    for name, fragment in _FRAGMENTS.items():
        pattern = pattern.replace(name, fragment)
    flags = re.IGNORECASE if any_case else 0
    return Rule(re.compile(rf"{pattern}$", flags), make)


def read(sentence: str) -> tuple[list[Slot], bool]:
    """Return the slots of a sentence, and whether it says something else, too."""
    text = sentence.strip()
    for pattern, full in _SHORT:
        text = pattern.sub(full, text)
    text = re.sub("^I [A-Z](?=[a-z])", lambda match: match[0].lower(), text)
    text = re.sub("^i ", "I ", text)
    if not is_stated(text):
        return [], True
    changes = bool(_CHANGES.search(text))
    text = _LEAD.sub("", text).rstrip(" .!…\"'”)")
    if not _SPEECH.search(text):
        text = _COLON.sub("; ", text)
    text = _AND_DO.sub(r"\1 and \g<who> ", _BY_THE_WAY.sub("", text))
    slots: list[Slot] = []
    rest = False
    for clause in _clauses(text):
        slot = _slot(clause)
        if slot is None:
            rest = rest or bool(canonical(_LEAD.sub("", clause + " ")))
        else:
            slots.append(replace(slot, changes=slot.changes or changes))
            slots += _given_up(clause, slot.subject)
    return slots, rest or len(slots) > 1


def _given_up(clause: str, whose: str) -> list[Slot]:
    """Return what somebody does no more who does something "instead of" it."""
    said = _INSTEAD.search(clause)
    left = None if said is None else value(said["v"])
    if left is None or is_state(left):
        return []
    return [Slot(subject=whose, attribute=ANY, value=left, ends=True, changes=True)]


def _clauses(text: str) -> list[str]:
    """Cut where a new statement begins: after a comma or "and", with a subject."""
    first, *rest = _CUT.split(text)
    if rest and re.fullmatch(r"[A-Z]\w+", first):  # "Tom and I", not two statements
        first, rest = f"{first} and {rest[0]}", rest[1:]
    return [clause for clause in (first, *rest) if clause.strip()]


def value(text: str) -> str | None:
    """Return a value in canonical words, ``None`` if it runs on."""
    said = re.sub(r",? not\b.*$", "", text.strip(" ,.!"))
    cut = _SINCE.sub("", _without_tail(said.partition(", ")[0]))
    cut = _ARTICLE.sub("", cut.strip())
    words = canonical(cut)
    runs_on = re.search(
        r"\b(?:and|but|because|which|who|when|while|so|although|with|though|or)\b",
        words,
    )
    return None if runs_on or not words or len(words.split()) > 6 else words


def subject(match: re.Match[str]) -> str:
    """Return whom a clause is about."""
    return _whose(match["s"])


def owner(match: re.Match[str]) -> str:
    """Return whose thing a clause is about."""
    return _whose(re.sub(r"'s$", "", match["o"]))


def stems(text: str) -> list[str]:
    """Return the index terms of a text, in order."""
    return terms(text)


def is_state(words: str) -> bool:
    """Return whether words say how something is, not what it is."""
    return words.split(maxsplit=1)[0] in STATES


def as_slot(
    whose: str, attribute: str, words: str | None, **more: bool | str
) -> Slot | None:
    """Return a slot, ``None`` where the words are no value."""
    if words is None or (words and is_state(words)):
        return None
    return Slot(subject=whose, attribute=attribute, value=words, **more)  # type: ignore[arg-type]


def _whose(said: str) -> str:
    words = canonical(said)
    if words in ("i", "we", "my", "our", "me"):
        return "me"
    words = re.sub(r"^our ", "my ", words)
    named = re.fullmatch(r"(?:[Mm]y|[Oo]ur) (?:[a-z]+ )+([A-Z]\w+)", said.strip())
    if named:
        return named[1].lower()  # "my friend Tom", later "Tom"
    if _VAGUE.search(words):
        return ""
    return " ".join(SAME_RELATION.get(word, word) for word in words.split())


def _slot(clause: str) -> Slot | None:
    bare = _without_tail(_LEAD.sub("", clause).strip(" ,"))
    for text in dict.fromkeys((bare, _SINCE.sub("", bare))):
        for each in _rules():
            match = each.pattern.match(text)
            slot = None if match is None else each.make(match)
            if slot is not None:
                return slot if slot.subject else None
    return english_template(bare)


def _without_tail(text: str) -> str:
    while (shorter := _TAIL.sub("", text)) != text:
        text = shorter
    return text


@cache
def _rules() -> Sequence[Rule]:
    return tuple(_topics())


def _topics() -> Iterator[Rule]:
    """Yield the rules, the particular before the general."""
    from retentive.text.slots import (
        english_dates,
        english_life,
        english_things,
        english_ways,
    )

    yield from english_life.RULES
    yield from english_ways.RULES
    yield from english_dates.RULES
    yield from english_things.RULES

"""English rules: what people eat, like and do, how often and when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retentive.text.slots.english import (
    Rule,
    as_slot,
    is_state,
    rule,
    stems,
    subject,
    value,
)
from retentive.text.slots.english_words import ACTIVITIES, DIETS, TIMES
from retentive.text.slots.slot import ANY, Slot

__all__ = ["RULES"]

_AGAINST = re.compile(
    r"^(?:hate|dislike|detest|loathe|can not|do not care|could not care|went off|gone off"
    r"|have gone off|got tired|am tired|am sick|am over|am done|fell out)"
)
_OFTEN = re.compile(
    r"(?:\b(?:an?|per) (?:day|night|week|month|year|hour)|\b,? ?(?:maybe |about |around |roughly |at least |almost |only )*(?:every|each|once|twice"
    r"|several times|many times|(?:two|three|four|five|six|\d+)(?: or \w+)? (?:times|days|nights)) (?:\w+ ?){1,4}"
    r"|a lot|daily|regularly|sometimes|often|from time to time|now and then|occasionally"
    r"|in the (?:morning|evening|afternoon)s?|at night|for (?:breakfast|lunch|dinner))$"
)
_DAYS = (
    r"(?i:(?:on |every )+(?:mon|tues|wednes|thurs|fri|satur|sun)days?(?:(?:,| and|, and| &)"
    r" (?:mon|tues|wednes|thurs|fri|satur|sun)days?)*(?: (?:morning|evening|afternoon|night)s?)?"
    r"(?: at .+)?|on week(?:day|end)s?|at weekends?)"
)
_WEEKLY = re.compile(r"(?:days|every|week(?:day|end)|(?:morning|evening|afternoon|night)s)", re.IGNORECASE)  # fmt: skip
_VERBS = (
    r"collect|ride|use|wear|teach|coach|support|follow|attend|commute|volunteer|practise|practice"
    r"|knit|paint|sew|sing|dance|run|cycle|jog|hike|climb|ski|surf|fish|garden|bake|cook|brew|write"
    r"|blog|stream|tutor|foster|rent|invest|meditate|journal|play|drink|eat|smoke|vape|take|learn"
    r"|watch|do|speak|study|breed|keep|train|swim|row|box|fence|skate|sail|camp|juggle|whittle"
)
_SINGLE = (
    r"pay with|pay by|teach at|work from|commute by|commute on|go to work by|travel by|sleep in"
    r"|sleep on|sit in|sit at|park in|park at|shop at|report to|support|root for|play for|vote for"
    r"|fly with|train at|train with|log in with|sign in with|write on|write with|type on|cook with"
    r"|ride|share an office with|share a room with|share a flat with|volunteer at|bank at"
)
"""Verbs with one object at a time; only a text that says so changes it."""
_AMOUNT = re.compile(
    r"(?P<v>\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|half an?) ?(?P<t>[a-z].*)?$"
)
_NO_TRAITS = frozenset("not going back out up down due here new one on off".split())
_DOING = "learning|training|preparing|saving|volunteering|practising|practicing|coaching|teaching"
_SMOKE = {"smoke", "smoking", "cigarettes", "vape", "vaping"}
_ALCOHOL = {"alcohol", "drinking", "wine", "beer", "booze"}
_EVERYTHING = {"everything", "anything"}
_TO_WORK = r"to (?:work|school|the office|university|uni|college)"
_TIME = re.compile(TIMES, re.IGNORECASE)


def _diet(match: re.Match[str]) -> Slot | None:
    words = re.sub(r"\W+", " ", match["v"].lower())
    ends = bool(match.groupdict().get("n"))
    return as_slot(subject(match), "diet", words, ends=ends)


def _allergy(match: re.Match[str]) -> Slot | None:
    thing = " ".join(stems(match["v"]))
    if not thing or value(match["v"]) is None:
        return None
    over = match.groupdict().get("n") or match.groupdict().get("q")
    return as_slot(subject(match), f"allergic {thing}", "no" if over else "yes")


def _liking(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    if words is None or is_state(words):
        return None
    against = bool(match.groupdict().get("n")) != bool(_AGAINST.match(match["w"]))
    thing = " ".join(stems(words)) or words
    return as_slot(subject(match), f"likes {thing}", "no" if against else "yes", of=words)  # fmt: skip


def _habit(match: re.Match[str]) -> Slot | None:
    """Return what somebody does, or does no more."""
    whose, groups = subject(match), match.groupdict()
    if " as " in (groups.get("v") or ""):
        return None  # what it is used as is told elsewhere
    no = bool(groups.get("n")) or bool(groups.get("q"))
    said = re.sub(rf" {_DAYS}$", "", groups.get("v") or "")
    words = value(_OFTEN.sub("", said)) if said else ""
    verb = " ".join(stems(match["w"])) or match["w"]
    if verb == "eat" and words in _EVERYTHING:
        return Slot(subject=whose, attribute="diet", value=words, ends=no)
    if verb == "smoke" or {match["w"], *(words or "").split()} & _SMOKE:
        return as_slot(whose, "smoking", "no" if no else "yes", of="smoking")
    if words is None or (words and is_state(words)):
        return None
    if verb == "drink" and (not words or set(words.split()) & _ALCOHOL):
        return as_slot(whose, "alcohol", "no" if no else "yes", of="alcohol")
    if not words or re.match(
        r"\d|(?:two|three|four|five|six|seven|eight|nine|ten)\b", words
    ):
        return None  # how many is another question
    thing = " ".join(stems(words)) or words
    return as_slot(whose, f"does {verb} {thing}", "no" if no else "yes", of=words)


def _single(match: re.Match[str]) -> Slot | None:
    """Return the object of a verb that has one at a time."""
    words = value(_OFTEN.sub("", match["v"]))
    verb = re.sub(r"^(\w+?)(?<!s)s\b", r"\1", match["w"])
    if words is None or match.groupdict().get("n"):
        return None
    return Slot(subject=subject(match), attribute=verb, value=words, exclusive=False)


def _amount(match: re.Match[str]) -> Slot | None:
    """Return how much of something somebody does each day or week."""
    often = _OFTEN.search(match["v"])
    said = re.sub(r"^(?:about|around|only|just|roughly) ", "", match["v"])
    rest = _AMOUNT.match(_OFTEN.sub("", said).strip())
    if often is None or rest is None or match["w"].startswith("smoke"):
        return None
    verb, thing = match["w"].removesuffix("s"), " ".join(stems(rest["t"] or ""))
    return as_slot(subject(match), f"how much {thing or verb}", rest["v"], exclusive=False)  # fmt: skip


def _way(match: re.Match[str]) -> Slot | None:
    """Return how somebody gets to work or school."""
    how = re.sub(r"^(?:go|commute) by ", "", match["v"].lower())
    return as_slot(subject(match), "way to work", how, exclusive=False)


def _smoker(match: re.Match[str]) -> Slot | None:
    no = bool(match["n"]) != match["v"].startswith("non")
    return as_slot(subject(match), "smoking", "no" if no else "yes", of="smoking")


def _trait(match: re.Match[str]) -> Slot | None:
    """Return what somebody is or is not: scared of heights, good at chess."""
    if match["w"] in _NO_TRAITS or match["w"].endswith("ing"):
        return None
    thing = " ".join(stems(match["v"]))
    attribute = f"is {match['w']} {match['p']} {thing}"
    held = "no" if match["n"] else "yes"
    return Slot(subject=subject(match), attribute=attribute, value=held, joins=False)


def _gave_up(match: re.Match[str]) -> Slot | None:
    """Return the end of a habit of which only the thing is named."""
    words = value(match["v"])
    if words is None or is_state(words):
        return None
    if set(words.split()) & _SMOKE:
        return as_slot(subject(match), "smoking", "no", of="smoking")
    if set(words.split()) & _ALCOHOL:
        return as_slot(subject(match), "alcohol", "no", of="alcohol")
    return as_slot(subject(match), ANY, words, ends=True, changes=True)


def _manner(match: re.Match[str]) -> Slot | None:
    """Return how somebody takes a drink or dish."""
    thing = " ".join(stems(match["t"]))
    how = " ".join(match["v"].lower().split())
    return Slot(subject=subject(match), attribute=f"has {thing}", value=how)


def _prefer(match: re.Match[str]) -> Slot | None:
    liked, other = value(match["v"]), value(match["w"] or "")
    if liked is None:
        return None
    words = stems(liked)
    if other is not None:
        pair = " or ".join(sorted((" ".join(words), " ".join(stems(other)))))
        return as_slot(subject(match), f"prefers {pair}", liked)
    if len(words) < 2:
        return None
    return as_slot(subject(match), f"prefers {words[-1]}", liked, exclusive=False)


def _rhythm(match: re.Match[str]) -> Slot | None:
    """Return at what time somebody does what all do once a day."""
    if not _TIME.search(match["v"]):
        return None
    what = " ".join(re.sub(r"(?<=[a-z])s\b", "", match["w"]).split())
    return as_slot(subject(match), f"time to {what}", value(match["v"]))


def _weekly(match: re.Match[str]) -> Slot | None:
    """Return on which days of the week somebody does something."""
    if not _WEEKLY.search(match["v"]):
        return None
    thing = " ".join(sorted(stems(match["t"])))
    days = " ".join(re.findall(r"\w+", match["v"].lower()))
    if not thing:
        return None
    return Slot(subject=subject(match), attribute=f"days of {thing}", value=days)


def _size(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "shoe size", match["v"])


def _shift(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), "shift", match["v"].lower())


_LIKES = (
    r"like|likes|love|loves|enjoy|enjoys|adore|adores|hate|hates|dislike|dislikes|detest|detests"
    r"|loathe|can not stand|can not bear|can not get enough of|come to (?:like|love)"
    r"|came to (?:like|love)|grown to (?:like|love)|learned to (?:like|love)|fell in love with"
    r"|fallen in love with|(?:am|is|are) <ADV>(?:into|fond of|keen on|a (?:big |huge )?fan of"
    r"|crazy about|mad about|tired of|sick of|done with)|went off|gone off|got tired of"
    r"|got into|gotten into|do not care for|(?:am|is|are) not <ADV>(?P<n2>into|fond of|keen on"
    r"|a (?:big )?fan of|crazy about)"
)


def _liking_or_not(match: re.Match[str]) -> Slot | None:
    if not match["n2"]:
        return _liking(match)
    slot = _liking(match)
    return (
        None
        if slot is None
        else as_slot(slot.subject, slot.attribute, "no", of=slot.of)
    )


RULES: Sequence[Rule] = (
    # Food
    rule(rf"<M> <ADV>(?:<BE>|turned|went|gone|go|follow|follows|eat|eats|keep|keeps) "
         rf"(?P<n>not |no longer )?<ADV>(?:on )?"
         rf"(?:an? |the )?(?:strict |fully |completely )*(?P<v>(?i:{DIETS}))(?: diet)?", _diet),
    rule(rf"<M> <ADV>(?P<n>no longer |(?:do|does) not )(?:follow|follows|eat|keep) (?:an? )?(?P<v>(?i:{DIETS}))"
         r"(?: diet)?", _diet),
    rule(r"<M> <ADV>(?:started|began|went back to|gone back to|am back to|returned to) (?:eating )"
         r"(?P<v>meat|fish|dairy|eggs|animal products)", _diet),
    rule(r"<M> <ADV>(?:am|is|are) (?P<n>not |no longer )?<ADV>(?:\w+ly )?allergic to <V>", _allergy),
    rule(r"<M> <ADV>(?P<q>outgrew|outgrown|got rid of|lost|no longer have|do not have)? ?(?:have|has|got"
         r"|developed)? ?(?:an?|my|his|her|the) (?P<v>[\w ]{2,30}?) allergy", _allergy),
    rule(r"<M> <ADV>(?:<BE>) (?P<n>not |no longer )?<ADV>(?P<v>lactose|gluten|fructose|histamine)[- ]"
         r"intolerant", _allergy),
    rule(r"<M> <ADV>(?:drink|drinks|take|takes|have|has|like|likes|prefer|prefers|eat|eats) (?:my|his|her|our)"
         r" (?P<t>coffee|tea|eggs|steak|espresso|latte|porridge|toast|cereal|chai|matcha)"
         r" (?P<v>black|white|plain|sweet|unsweetened|with .+|without .+|rare|medium.*|well done|strong"
         r"|decaf|iced|hot|fried|boiled|scrambled|poached)", _manner),
    # Likes
    rule(r"<M> <ADV>prefers? (?P<v>[\w ]+?)(?: (?:to|over|rather than) (?P<w>[\w ]+))?", _prefer),
    rule(rf"<M> <ADV><NOT><ADV>(?P<w>{_LIKES}) <V>", _liking_or_not),
    # Hours and days
    rule(rf"<M> <ADV>(?P<w>{'|'.join(f'{a.split()[0]}s?{a[len(a.split()[0]):]}' for a in ACTIVITIES.split('|'))})"
         r" <ADV>(?:at |around |by |about |before |after )+<V>", _rhythm),
    rule(r"<M> <ADV>(?:work|works|am on|is on|am working|is working|do|does|switched to|moved to|been put on|was put on|moved onto) (?:the )?"
         r"(?P<v>night|day|early|late|morning|evening|afternoon|weekend|double|rotating)[- ]?shifts?", _shift),
    rule(rf"<M> <ADV>(?:go|goes|play|plays|have|has|do|does|practise|practises|practice|practices|teach"
         rf"|teaches|attend|attends|train|trains|volunteer|volunteers|take|takes|run|runs|swim|swims|work"
         rf"|works|visit|visits|meet|meets|see|sees|call|calls|study|studies) (?P<t>[\w' ]{{0,40}}?) ?"
         rf"(?P<v>{_DAYS})", _weekly),
    rule(r"<M> <ADV>(?:take|takes|catch|catches|ride|rides) (?:the |my |his |her |our )?(?P<v>bus|train|tram|metro"
         rf"|subway|tube|underground|bike|car|ferry) {_TO_WORK}", _way),
    rule(rf"<M> <ADV>(?P<v>cycle|bike|walk|drive|run|carpool|go by \w+|commute by \w+)s? {_TO_WORK}", _way),
    # Habits
    rule(r"<M> <ADV><BE> (?P<n>not |no longer )?<ADV>an? (?:heavy |regular |occasional )?(?P<v>smoker|non-?smoker)", _smoker),
    rule(r"<M> <ADV>(?:wear|wears|take|takes|need|needs) <ADV>(?:a )?size (?P<v>\d[\d.,]*)(?: in| (?:shoes?|boots?))+"
         r"(?: shoes?)?", _size),
    rule(r"<M> <ADV><NOT><ADV>(?P<q>stopped|quit|gave up|given up|(?:am|is) done with|cut out|swore off)"
         r" (?P<w>[a-z]+ing)(?: (?:for |with |in )?<V>)?", _habit),
    rule(r"<M> <ADV>(?:quit|gave up|given up|cut out|swore off|went off) <V>", _gave_up),
    rule(rf"<M> <ADV>(?P<w>(?:{_VERBS}|walk|sleep|drink|get|work)s?|(?:am|is|are) (?:down|up) to) <V>", _amount),
    rule(rf"<M> <ADV><NOT><ADV>(?P<w>{_SINGLE}) <V>", _single),
    rule(rf"<M> <ADV><NOT><ADV>(?:can )?(?P<w>(?:{_VERBS})(?:s|es)?)(?: <V>)?", _habit),
    rule(rf"<M> <ADV>(?:am|is|are) <NOT><ADV>(?P<w>{_DOING})(?: (?:for |with |in )?<V>)?", _habit),
    rule(r"<M> <ADV>(?:am|is|are) <ADV>(?P<n>not |no longer )?<ADV>(?P<w>[a-z]+) (?P<p>of|at|in|about|with|by|to) <V>", _trait),
    rule(rf"<M> <ADV>(?:started|began|took up|taken up) (?P<w>{_DOING}|drinking|eating|smoking|playing"
         r"|wearing|vaping)(?: <V>)?", _habit),
)  # fmt: skip

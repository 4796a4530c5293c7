"""English rules: what people own, use and can be reached by; numbers; dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from retentive.text.normalise import canonical
from retentive.text.slots.english import (
    Rule,
    as_slot,
    is_state,
    owner,
    rule,
    stems,
    subject,
    value,
)
from retentive.text.slots.english_words import (
    ATTRIBUTES,
    COUNTED,
    RELATIONS,
    ROLES,
    SAME_ATTRIBUTE,
    THINGS,
)
from retentive.text.slots.slot import ANY, Slot

__all__ = ["RULES"]

_KIND = rf"(?i:{ATTRIBUTES}|{THINGS})"
_COUNTABLE = re.compile(
    r"\b(?:room|desk|seat|locker|extension|number|plate|size|weight|height|rent|salary|budget|pin"
    r"|address|email|postcode|bedtime|dose|dosage|pressure)$"
)
_PLACES = re.compile(
    r"\b(?:gym|bank|school|university|college|employer|provider|carrier|club|team)$"
)
_USES = {
    "browsing": "browser",
    "notes": "note app",
    "note taking": "note app",
    "banking": "bank",
    "music": "music service",
    "coding": "editor",
    "programming": "editor",
    "email": "mail app",
    "navigation": "navigation app",
    "groceries": "shop",
    "chatting": "chat app",
}
_SORTS = tuple(
    (name, re.compile(sign))
    for name, sign in (
        ("sign", r"[@#]\w"),
        (
            "number",
            r"[$€£]?\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|half)\b",
        ),
        ("thing", r"(?:an?|the) [a-z]"),
        ("name", r"[A-Z]"),
    )
)
_NAMED = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof|[A-Z])[\w.'-]*(?: |$)")
_SET = (
    r"(?:(?:is|are|went|has gone) (?:down|up) to|<BE>|has changed to|changed to|has been changed to|was changed to|went up to|gone up to"
    r"|went down to|gone down to|rose to|risen to|fell to|dropped to|increased to|was raised to"
    r"|been raised to|was cut to|been cut to|grew to|shrank to|is called|is named|are called"
    r"|(?:was|were) (?:increased|reduced|lowered|cut) to|became|turned into)"
)
_HOUSEHOLD = "wifi password|wi-fi password|password|door code|alarm code|gate code|pin"


def _attribute(said: str) -> str:
    words = canonical(re.sub(r"\b(?:new|current|own|old-school)\b ?", "", said))
    return SAME_ATTRIBUTE.get(words, words)


def _own(match: re.Match[str]) -> Slot | None:
    """Return "my phone number is …", and things and people of which one has one."""
    attribute, said = _attribute(match["a"]), match["v"].strip()
    whose = owner(match) if match.groupdict().get("o") else "me"
    named = bool(_NAMED.match(re.sub(r"^(?:called|named|an?) (?=[A-Z])", "", said)))
    article = re.match(r"(?:an?|now an?|called)\b", said, re.IGNORECASE)
    words = value(said.partition(", ")[0])
    if words is None:
        return None
    if re.search(rf"(?:^| )(?:{THINGS})$", attribute) and not (article or named):
        return None
    if re.search(rf"(?:^| )(?:{ROLES})$", attribute) and not named:
        return None  # "my boss is on holiday" says not who that is
    if _COUNTABLE.search(attribute) and not re.search(r"[\d@#]|^[A-Z]", said):
        return None  # "my room is cold" says not which it is
    if _PLACES.search(attribute) and not named:
        return None
    many = attribute in ("occupation", "goal", "plan", "current project", "title")
    return as_slot(whose, attribute, words, exclusive=not many)


def _other(match: re.Match[str]) -> Slot | None:
    """Return what something of mine is that no table lists: by a sign of its sort.

    A name follows a name and a number a number; how something is, is none of them.
    """
    said, what = match["v"].strip(), canonical(match["a"])
    if re.search(rf"(?:^| )(?:{RELATIONS}|{ROLES})$", what) or len(what.split()) > 4:
        return None
    sort = next((name for name, sign in _SORTS if sign.match(said)), None)
    words = value(said)
    if sort is None or words is None:
        return None
    return as_slot(owner(match), f"{what} ({sort})", words, exclusive=False)


def _role(match: re.Match[str]) -> Slot | None:
    """Return "I have a new dentist, Dr Okafor"."""
    if not re.search(rf"(?:^| )(?:{ROLES})$", _attribute(match["a"])):
        return None
    whose = subject(match) if match.groupdict().get("s") else "me"
    attribute = _attribute(re.sub(r"(?<=[a-z])s$", "", match["a"]))
    return as_slot(whose, attribute, value(match["v"]), changes=True)


def _number(match: re.Match[str]) -> Slot | None:
    """Return by what number or address somebody can be reached."""
    said = match["v"]
    if "@" in said:
        return as_slot("me", "email", value(said))
    return (
        as_slot("me", "phone number", value(said))
        if re.search(r"\d{3}", said)
        else None
    )


def _named(attribute: str, **more: bool) -> Callable[[re.Match[str]], Slot | None]:
    def make(match: re.Match[str]) -> Slot | None:
        return as_slot(subject(match), attribute, value(match["v"]), **more)

    return make


def _rent(match: re.Match[str]) -> Slot | None:
    return as_slot("me", "rent", value(match["v"]))


def _used_as(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), _attribute(match["a"]), value(match["v"]))


def _used_for(match: re.Match[str]) -> Slot | None:
    return as_slot(subject(match), _USES[match["a"]], value(match["v"]))


def _favorite(match: re.Match[str]) -> Slot | None:
    attribute, words = f"favorite {' '.join(stems(match['a']))}", value(match["v"])
    if words is not None and match["v"][:1].isupper():  # "Big Thief" is a name
        return Slot(subject=owner(match), attribute=attribute, value=words)
    return as_slot(owner(match), attribute, words)


def _count(match: re.Match[str]) -> Slot | None:
    thing = " ".join(stems(match["t"])) or match["t"]
    number = {"a": "one", "an": "one"}.get(match["v"].lower(), match["v"].lower())
    fewer = match[0].endswith(" left")
    return as_slot(subject(match), f"number of {thing}", number, exclusive=False, changes=fewer)  # fmt: skip


def _holds(match: re.Match[str]) -> Slot | None:
    """Return that somebody has a thing of a make, or pays for a service."""
    words = value(match["v"])
    named = re.search(r"[A-Z]", match["v"][1:]) or match["v"][:1].isupper()
    if words is None or not named:
        return None
    verb = "subscribes" if "subscri" in match[0] else "has"
    ends = "no" if match.groupdict().get("n") else "yes"
    return as_slot(subject(match), f"{verb} {words}", ends, of=words)


def _owns(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    ends = "no" if match["n"] else "yes"
    if words is None or is_state(words):
        return None
    return as_slot(subject(match), f"has {words}", ends, of=words)


def _pet(match: re.Match[str]) -> Slot | None:
    new = "new" in match[0]
    return as_slot(f"my {match['a']}", "name", value(match["v"]), exclusive=False, changes=new)  # fmt: skip


def _gone(match: re.Match[str]) -> Slot | None:
    """Return what somebody has no more, and what came instead."""
    words = value(re.sub(r" (?:subscription|membership|account|plan)$", "", match["v"]))
    if words is None:
        return None
    follows = match.groupdict().get("w")
    return as_slot(
        subject(match),
        ANY,
        words,
        ends=True,
        changes=True,
        becomes=(value(follows) or "") if follows else "",
    )


RULES: Sequence[Rule] = (
    # Favourites
    rule(rf"<O> (?:all-time |absolute |new |current )*favorite (?P<a>[\w ]+?) {_SET} <ADV><V>", _favorite,
         any_case=True),
    rule(r"(?P<v>[\w' -]+?) (?:is|are|became|has become) <ADV>(?P<o>my) (?:new |current )*favorite"
         r" (?P<a>[\w ]+?)(?: now| these days)?", _favorite, any_case=True),
    # Of which one has one
    rule(rf"<O> (?P<a>(?:[a-z-]+ ){{0,2}}{_KIND})(?:'s name)? {_SET} <ADV><V>", _own),
    rule(rf"(?P<o>)[Tt]he (?P<a>{_HOUSEHOLD}) {_SET} <ADV><V>", _own),
    rule(rf"(?:[Uu]se |[Tt]ake )?(?:[Mm]y )?[Nn]ew (?P<a>(?:[a-z-]+ ){{0,1}}{_KIND}): <V>", _own),
    rule(rf"(?P<v>[A-Z][\w.'-]*(?: [A-Z][\w'-]*){{0,2}}) (?:is|became|has become) <ADV>(?P<o>my) (?:new |current )?(?P<a>(?:[a-z-]+ )?{_KIND})",
         _own),
    rule(rf"(?:I|[Ww]e) <ADV>(?:changed|updated|switched|reset|set|raised|lowered|moved|increased|reduced|cut|upgraded) (?P<o>my|our) (?P<a>(?:[a-z-]+ ){{0,2}}{_KIND})"
         r"(?: from .+?)? to <V>", _own),
    rule(rf"(?P<o>)(?:I|[Ww]e|[Tt]hey|(?:[Tt]he|[Mm]y|[Oo]ur) [a-z]+) <ADV>(?:changed|updated|reset|set|raised|lowered|increased|reduced|cut|put up)"
         rf" (?:the|my|our) (?P<a>(?:[a-z-]+ ){{0,1}}(?:{ATTRIBUTES})) to <V>", _own),
    rule(rf"<S> <ADV>(?:have|has|got|have got|found|hired) <ADV>(?:an? )?new (?P<a>(?:[a-z-]+ )?{_KIND})"
         r"(?:,|:| called| named| -)? (?:called |named )?<NAME>", _role),
    rule(rf"<S> <ADV>(?:changed|switched)(?: to)?(?: an?| another)?(?: new| different)? (?P<a>(?:[a-z-]+ )?(?:{ROLES})s?)"
         r"(?:,| and| to|:)+ (?:(?:I|we|and) )*(?:now )?(?:see |go to |have |it is )?(?:now )?<NAME>(?: now)?", _role),
    rule(r"(?:I|[Ww]e) <ADV>(?:have|got|have got) <ADV>(?:an? )?new (?P<a>(?:phone |mobile |cell )?number|email"
         r"(?: address)?)(?:,|:| -)? (?:it is )?<V>", _own),
    rule(r"(?:you can |please |just )*(?:now |always )?(?:reach|call|text|phone|ring|email|mail|write to|contact)"
         r" me <ADV>(?:now )?(?:at|on|under|via|by phone on|by email at)? ?<V>", _number, any_case=True),
    rule(r"(?:please |just )*(?:use|write to) (?P<v>\S+@\S+)", _number, any_case=True),
    rule(rf"<S> <ADV>(?:use|uses|am using|is using|have|has) <V> as (?:my|his|her|our|the) (?:main |default )?(?P<a>{_KIND})",
         _used_as),
    rule(rf"<S> <ADV>(?:use|uses|am using|is using|am on|(?:have )?(?:switched|changed|moved)(?: over)? to) <V> for"
         rf" (?:my |our |all )?(?P<a>{'|'.join(_USES)})", _used_for),
    rule(r"(?:please |just |you can )*(?:write|email|mail|send (?:it|mails?|everything))(?: to)? (?P<v>\S+@\S+)",
         _number, any_case=True),
    rule(r"<S> <ADV>(?:bank|banks|am banking|is banking) (?:with|at) <V>", _named("bank")),
    rule(r"<S> <ADV>(?:moved|switched) (?:my|his|her|our) account to <V>", _named("bank", changes=True)),
    rule(r"<S> <ADV>(?:drive|drives|am driving|is driving) (?P<v>an? .+)", _named("car")),
    # Numbers
    rule(r"<S> <ADV>(?:weigh|weighs|am (?:down|up) to|is (?:down|up) to|went (?:down|up) to|slimmed down to)"
         r" <ADV>(?P<v>\d[\d.,]* ?(?:kilos?|kg|kgs|kilograms?|pounds|lbs?|stone).*)", _named("weight")),
    rule(r"<S> (?:am|is) <ADV>(?P<v>\d[\d.,]* ?(?:kilos?|kg|kgs|kilograms?|pounds|lbs?|stone))", _named("weight")),
    rule(rf"(?P<s>(?:[Mm]y|[Oo]ur) (?:{RELATIONS}))(?:'s name is| is called| is named) (?:now )?<NAME>", _named("name")),
    rule(r"(?:I|[Ww]e) <ADV>(?:have|got|adopted|bought) <ADV>(?:an? )?(?:new )?(?P<a>dog|cat|puppy|kitten) (?:called|named)"
         r" <NAME>", _pet),
    rule(r"<S> <ADV>(?:am|is|are|grew to|grown to) <ADV>(?P<v>\d[\d.,' ]*(?:cm|m|metres?|meters?|feet|ft|inches|foot)"
         r"[\w ]*?)(?: tall)", _named("height")),
    rule(r"<S> <ADV>(?:pay|pays) <ADV>(?P<v>[\w.,$€£ ]*\d[\w.,$€£ ]*?)(?: a month| per month| monthly)?"
         r" (?:(?:in|for|of) (?:the |my |our )?)?rent", _named("rent")),
    rule(r"(?:[Tt]he|[Mm]y|[Oo]ur) rent (?:is|went up to|has gone up to|rose to|was raised to|went down to|dropped to"
         r"|increased to) <ADV><V>", _rent),
    rule(r"<S> <ADV>(?:earn|earns|make|makes|get paid|am paid|is paid) <ADV>(?P<v>[\w.,$€£ ]*\d[\w.,$€£ ]*?"
         r" (?:a|an|per) (?:month|year|hour|week))", _named("salary")),
    rule(rf"<S> <ADV>(?:have|has|have got|has got|own|owns) <ADV>(?P<v>an?|one|two|three|four|five|six|seven|eight"
         rf"|nine|ten|\d+) (?P<t>(?:{COUNTED})(?:s|es|ren)?)(?: left)?", _count),
    # What one has no more
    rule(r"<S> <ADV>(?:got|bought|have)(?: myself)? (?:an? )?(?:new )?(?P<w>[\w -]+?) and (?:the|my|our) (?P<v>[\w -]+?)"
         r" (?:is|was) (?:gone|sold|history|scrapped)", _gone),
    rule(r"<S> <ADV>(?:sold|gave away|given away|got rid of|cancelled|canceled|closed|dropped|quit|stopped using)"
         r" (?:(?:my|our|his|her|the) )?(?P<v>[\w -]+?)(?: account| subscription)? and <ADV>(?:got|bought|use|took up"
         r"|have|opened one at|joined|switched to|am with|signed up for)(?: myself)?(?: an?| the)?(?: new)?"
         r" (?P<w>[\w .-]+)", _gone),
    rule(r"<S> <ADV>(?:sold|gave away|given away|got rid of) (?:(?:my|our|his|her|the) )?"
         r"(?P<v>[\w -]+?)", _gone),
    rule(r"<S> <ADV>(?:bought|got|ordered) (?:an? |the )?(?:new )?(?P<w>[\w -]+?) (?:to replace|in place of|instead of)"
         r" (?:my|our|the) (?:old )?(?P<v>[\w -]+)", _gone),
    rule(r"<S> <ADV>(?:traded in|traded|swapped|exchanged|replaced|switched from|changed from)"
         r"(?: (?:my|our|his|her|the))? (?P<v>[\w -]+?)(?: in)? (?:for|with|to|by)"
         r" (?:an? |the )?(?:new )?(?P<w>[\w -]+)", _gone),
    rule(r"<S> <ADV>(?:cancelled|canceled|unsubscribed from) (?:(?:my|our|his|her|the) )?"
         r"(?P<v>[\w +-]+?)", _gone),
    rule(r"<S> <ADV><NOT>(?:own|owns) (?:an? |the )?(?P<v>[\w' -]+)", _owns),
    rule(r"<S> <ADV><NOT><ADV>(?:subscribe to|subscribes to|am subscribed to|is subscribed to) <V>", _holds),
    rule(r"<S> <ADV><NOT>(?:have|has|own|owns|use|uses) <ADV>(?:an? )?(?P<v>(?:[a-z]+ )?[A-Z][\w -]+)", _holds),
    rule(rf"<O> (?P<a>[A-Za-z][\w' -]{{1,30}}?) {_SET} <ADV><V>", _other),
)  # fmt: skip

"""English rules: when and where things take place, and where one will go."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retentive.text.normalise import canonical
from retentive.text.slots.english import Rule, as_slot, rule, stems, value
from retentive.text.slots.english_words import EVENTS
from retentive.text.slots.slot import Slot

__all__ = ["RULES"]

_DAY = re.compile(
    r"\b(?:\d|mon|tues|wednes|thurs|fri|satur|sun|day|week|month|january|february|march|april"
    r"|may|june|july|august|september|october|november|december|noon|midnight|morning"
    r"|afternoon|evening|night|tomorrow|today|o'clock|spring|summer|autumn|winter|easter"
    r"|christmas|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    re.IGNORECASE,
)
_SEASON = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|spring|summer|autumn|fall|winter|Easter|Christmas|the (?:spring|summer|autumn|winter"
    r"|holidays)|summer holidays)"
)
_EVENT = rf"(?:(?:the|my|our|this|that) )?(?P<e>(?:[\w'-]+ ){{0,3}}(?:{EVENTS})(?: with [\w ]+?| to [A-Z]\w+)?)"
_MOVED = (
    r"(?:push|move|postpone|reschedule|moved(?: up)?|rescheduled|postponed|pushed back|pushed|brought forward|shifted|changed|delayed"
    r"|extended|relocated|put off|put back|switched|swapped)"
)


def _event(match: re.Match[str]) -> Slot | None:
    """Return when or where something takes place."""
    groups = match.groupdict()
    what = " ".join(sorted(stems(match["e"])))
    if not what:
        return None
    if groups.get("x"):
        return Slot(subject=what, attribute="time", value="", ends=True, changes=True, timed=True)  # fmt: skip
    words, timed = value(match["v"]), bool(_DAY.search(match["v"]))
    if words is None or (not timed and groups.get("p") not in ("in", "at", "to")):
        return None
    attribute = "time" if timed else "place"
    moved = bool(groups.get("m"))
    return Slot(subject=what, attribute=attribute, value=words, changes=moved, timed=timed)  # fmt: skip


def _wedding(match: re.Match[str]) -> Slot | None:
    words = value(match["v"])
    timed = bool(_DAY.search(match["v"]))
    if words is None or not timed:
        return None
    return Slot(subject="wed", attribute="time", value=words, timed=True)


def _trip(match: re.Match[str]) -> Slot | None:
    when = " ".join(stems(match["w"])) or canonical(match["w"])
    return as_slot("me", f"trip in {when}", value(match["v"]), exclusive=False)


RULES: Sequence[Rule] = (
    rule(rf"{_EVENT} (?P<m>(?:has been |have been |was |were |is |got |is now |has |had )?{_MOVED})(?: back| forward)?"
         r"(?: from .+?)? (?P<p>to|until|till|for|by) <V>", _event, any_case=True),
    rule(rf"(?:I|[Ww]e|[Tt]hey|[Tt]he \w+) <ADV>(?P<m>{_MOVED}) {_EVENT}(?: back| forward)?(?: from .+?)? (?P<p>to|until|till)"
         r" <V>", _event, any_case=True),
    rule(rf"{_EVENT} (?P<x>(?:has been |was |is |got )(?:called off|cancelled|canceled|scrapped|off))", _event,
         any_case=True),
    rule(rf"{_EVENT} <ADV>(?:is|are|will be|takes place|will take place|starts|begins|leaves|departs|meets|meet"
         r"|happens|falls|is held|takes off) <ADV>(?:scheduled |set |planned |going to be |taking place |due )?"
         r"(?:(?P<p>on|for|at|in) )?<V>", _event, any_case=True),
    rule(rf"(?:I|[Ww]e) <ADV>(?:am|are) having {_EVENT} (?P<p>on|at|in) <V>", _event),
    rule(r"(?:I|[Ww]e) <ADV>are getting married (?:on|in) <V>", _wedding),
    rule(rf"(?:I|[Ww]e) <ADV>(?:am|are) <ADV>(?:going|flying|travelling|traveling|driving|planning to go|planning to travel"
         rf"|going to go|going to travel) to (?P<v>[A-Z]\w+(?: [A-Z]\w+)?) (?:in|for|over|at) (?P<w>{_SEASON})", _trip),
    rule(rf"(?:I|[Ww]e) <ADV>(?:plan|intend|am planning|are planning|am going|are going) to spend (?P<w>{_SEASON}) in"
         r" (?P<v>[A-Z]\w+(?: [A-Z]\w+)?)", _trip),
)  # fmt: skip

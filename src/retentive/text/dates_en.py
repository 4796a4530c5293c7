"""English expressions of time."""

from __future__ import annotations

import re
from datetime import datetime

from retentive.text.calendar import (
    DAY,
    Found,
    Span,
    apply_rules,
    day,
    shifted,
    unit,
    week,
    weekday,
    weekend,
)
from retentive.text.dates_en_absolute import (
    DATE,
    RULES,
    SEASON,
    WEEKDAY,
    WEEKDAYS,
    WHICH,
    rule,
    season,
)

__all__ = ["find"]

_NUMBERS = dict(
    zip(
        "a an one two three four five six seven eight nine ten eleven twelve".split(),
        (1, 1, *range(1, 13)),
        strict=True,
    )
) | {"couple": 2, "couple of": 2, "few": 3, "several": 3}
_VAGUE = ("few", "several")
_COUNT = (
    rf"(?P<count>\d{{1,3}}|(?:a )?{'|(?:a )?'.join(sorted(_NUMBERS, key=len)[::-1])})"
)
_UNIT = r"(?P<unit>hour|day|night|week|weekend|month|year)s?"
_STEPS = {"last": -1, "past": -1, "previous": -1, "next": 1}
_DAY_STEPS = {
    "the day before yesterday": -2,
    "yesterday": -1,
    "last night": -1,
    "tomorrow": 1,
    "the day after tomorrow": 2,
}


def find(text: str, said: datetime) -> list[Found]:
    """Return the expressions of an English text and their times."""
    if not _WORTH_A_LOOK.search(text):
        return []
    return list(apply_rules(text, said, _ALL_RULES))


def _number(words: str) -> int:
    plain = words.lower().removeprefix("a ").strip()
    return int(plain) if plain.isdigit() else _NUMBERS.get(plain, 1)


def _near_day(match: re.Match[str], said: datetime) -> Span:
    return day(said + _DAY_STEPS.get(match[0].lower(), 0) * DAY)


def _which_weekday(match: re.Match[str], said: datetime) -> Span:
    number = WEEKDAYS.index(match["weekday"].lower())
    which = (match["which"] or "").lower()
    if which == "next":
        return weekday(said, number, weeks=1)
    if which == "this":
        return weekday(said, number, weeks=0)
    back = (said.weekday() - number) % 7 or 7
    return day(said - back * DAY)


def _which_unit(match: re.Match[str], said: datetime) -> Span:
    step = _STEPS.get(match["which"].lower(), 0)
    return _stepped(match["unit"].lower(), said, step)


def _before_last(match: re.Match[str], said: datetime) -> Span:
    return _stepped(match["unit"].lower(), said, -2)


def _stepped(name: str, said: datetime, step: int) -> Span:
    if name == "weekend":
        # Said on a Sunday, last weekend is still the one before this one.
        return weekend(said + 7 * step * DAY)
    return unit(said, {"night": "day"}.get(name, name), step)


def _which_season(match: re.Match[str], said: datetime) -> Span:
    return season(match, said, which=(match["which"] or "").lower())


def _ago(match: re.Match[str], said: datetime) -> Span:
    return _shifted(match, said, -1)


def _ahead(match: re.Match[str], said: datetime) -> Span:
    return _shifted(match, said, 1)


def _shifted(match: re.Match[str], at: datetime, sign: int) -> Span:
    """Return the time that many units before (-1) or after (1) a time."""
    count, name = match["count"].lower().strip(), match["unit"].lower()
    steps = sign * _number(count)
    if name == "weekend":
        return weekend(at + 7 * steps * DAY)
    span = shifted(at, {"night": "day"}.get(name, name), steps)
    if count.endswith(_VAGUE) and name in ("day", "week"):
        width = DAY * (2 if name == "day" else 7)
        return span[0] - width, span[1] + width, "week"
    return span


def _anchor(match: re.Match[str], said: datetime) -> datetime:
    """Return the day from which "two weeks before …" counts.

    Raises:
        ValueError: There is no such day.
    """
    for found in apply_rules(match["anchor"], said, RULES):
        return found.span[0]
    raise ValueError(f"no day: {match['anchor']!r}")


def _from_anchor(match: re.Match[str], said: datetime) -> Span:
    return _shifted(match, _anchor(match, said), _side(match))


def _beside_anchor(match: re.Match[str], said: datetime) -> Span:
    """Return "the week before": the unit next to the anchor, not a step from it."""
    anchor, sign = _anchor(match, said), _side(match)
    name = match["unit"].lower()
    if name == "weekend":
        return weekend(anchor + 7 * sign * DAY)
    if name == "week":
        start = anchor - 7 * DAY if sign < 0 else anchor + DAY
        return start, start + 7 * DAY, "week"
    return unit(anchor, {"night": "day"}.get(name, name), sign)


def _weekday_beside_anchor(match: re.Match[str], said: datetime) -> Span:
    """Return "the Sunday before": the nearest one, never the anchor itself."""
    anchor, sign = _anchor(match, said), _side(match)
    number = WEEKDAYS.index(match["weekday"].lower())
    return day(anchor + sign * ((sign * (number - anchor.weekday())) % 7 or 7) * DAY)


def _side(match: re.Match[str]) -> int:
    return -1 if match["side"].lower() == "before" else 1


def _week_of(match: re.Match[str], said: datetime) -> Span:
    return week(_anchor(match, said))


def _weekend_of(match: re.Match[str], said: datetime) -> Span:
    return weekend(_anchor(match, said))


_BESIDE = rf"(?P<side>before|after) (?P<anchor>{DATE})"
_ALL_RULES = (
    rule(rf"{_COUNT} {_UNIT} {_BESIDE}", _from_anchor),
    rule(rf"the {_UNIT} {_BESIDE}", _beside_anchor),
    rule(rf"the {WEEKDAY} {_BESIDE}", _weekday_beside_anchor),
    rule(rf"the week of (?P<anchor>{DATE})", _week_of),
    rule(rf"the weekend of (?P<anchor>{DATE})", _weekend_of),
    *RULES,
    rule(
        r"the day before yesterday|the day after tomorrow|yesterday|today|tonight"
        r"|last night|tomorrow|this (?:morning|afternoon|evening)",
        _near_day,
    ),
    rule(rf"{_COUNT} {_UNIT} (?:ago|back|earlier)", _ago),
    rule(rf"in {_COUNT} {_UNIT}", _ahead),
    rule(rf"{_COUNT} {_UNIT} from (?:now|today)", _ahead),
    rule(rf"(?:{WHICH} |on ){WEEKDAY}", _which_weekday),
    rule(r"the (?P<unit>week|weekend|month|year) before last", _before_last),
    rule(rf"{WHICH} (?P<unit>night|week|weekend|month|year)", _which_unit),
    rule(rf"(?:{WHICH} |in (?:the )?){SEASON}", _which_season),
)
_WORTH_A_LOOK = re.compile(
    r"\d|\b(?:yesterday|today|tonight|tomorrow|ago|back|earlier|last|past|previous|this"
    r"|next|before|after|day|week|in|on|since|during|by|until|early|late|mid|christmas"
    r"|new year|halloween|valentine|thanksgiving|easter|from now"
    r"|(?:end|beginning|start|middle) of)\b",
    re.IGNORECASE,
)

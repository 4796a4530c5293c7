"""English expressions of time."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from retentive.text.calendar import (
    DAY,
    HOLIDAYS,
    Found,
    Rule,
    Span,
    apply_rules,
    day,
    holiday,
    latest,
    month,
    quarter_of_year,
    shifted,
    unit,
    week,
    weekday,
    weekend,
    year,
)

__all__ = ["find"]

_MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3}
_NUMBERS = dict(
    zip(
        "a an one two three four five six seven eight nine ten eleven twelve".split(),
        (1, 1, *range(1, 13)),
        strict=True,
    )
) | {"couple": 2, "couple of": 2, "few": 3}

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_FULL_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WEEKDAY = rf"(?P<weekday>{'|'.join(_DAYS)})"
_SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
_COUNT = (
    rf"(?P<count>\d{{1,3}}|(?:a )?{'|(?:a )?'.join(sorted(_NUMBERS, key=len)[::-1])})"
)
_UNIT = r"(?P<unit>hour|day|night|week|weekend|month|year)s?"
_HOLIDAY = (
    r"(?P<holiday>christmas eve|christmas|new year['’]?s eve|new year(?:['’]?s)?(?: day)?"
    r"|halloween|valentine['’]?s?(?: day)?|independence day|fourth of july"
    r"|thanksgiving|easter)"
)


def find(text: str, said: datetime) -> list[Found]:
    """Return the expressions of an English text and their times."""
    if not _WORTH_A_LOOK.search(text):
        return []
    return list(apply_rules(text, said, _RULES))


def _month_number(name: str) -> int:
    start = name.lower()[:3]
    return next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(start))


def _number(words: str) -> int:
    plain = words.lower().removeprefix("a ").strip()
    return int(plain) if plain.isdigit() else _NUMBERS.get(plain, 1)


def _full_date(match: re.Match[str], said: datetime) -> Span:
    del said
    number = _month_number(match["month"])
    return day(datetime(int(match["year"]), number, int(match["day"]), tzinfo=UTC))


def _iso_date(match: re.Match[str], said: datetime) -> Span:
    del said
    numbers = (int(match[name]) for name in ("year", "month", "day"))
    return day(datetime(*numbers, tzinfo=UTC))  # type: ignore[misc, arg-type]


def _month_of_year(match: re.Match[str], said: datetime) -> Span:
    del said
    return month(int(match["year"]), _month_number(match["month"]))


def _day_of_month(match: re.Match[str], said: datetime) -> Span:
    number, of_month = _month_number(match["month"]), int(match["day"])
    return latest(said, lambda y: day(datetime(y, number, of_month, tzinfo=UTC)))


def _bare_month(match: re.Match[str], said: datetime) -> Span:
    number = _month_number(match["month"])
    which = (match["which"] or "").lower()
    if which == "next":
        ahead = month(said.year, number)
        return ahead if ahead[0] > said else month(said.year + 1, number)
    return latest(said, lambda y: month(y, number))


def _bare_year(match: re.Match[str], said: datetime) -> Span:
    del said
    return year(int(match["year"]))


def _relative_day(match: re.Match[str], said: datetime) -> Span:
    steps = {"yesterday": -1, "last night": -1, "tomorrow": 1}
    word = match[0].lower()
    if word.startswith("the day"):
        return day(said + (-2 if "before" in word else 2) * DAY)
    return day(said + steps.get(word, 0) * DAY)


def _which_weekday(match: re.Match[str], said: datetime) -> Span:
    number = _DAYS.index(match["weekday"].lower())
    which = (match["which"] or "").lower()
    if which == "next":
        return weekday(said, number, weeks=1)
    if which == "this":
        return weekday(said, number, weeks=0)
    back = (said.weekday() - number) % 7 or 7
    return day(said - back * DAY)


def _which_unit(match: re.Match[str], said: datetime) -> Span:
    steps = {"last": -1, "past": -1, "previous": -1, "next": 1}
    step = steps.get(match["which"].lower(), 0)
    name = match["unit"].lower()
    if name == "weekend":
        return _which_weekend(said, step)
    return unit(said, {"night": "day"}.get(name, name), step)


def _which_weekend(said: datetime, step: int) -> Span:
    this = weekend(said)
    if step < 0:
        # Said on a Sunday, last weekend is still the one before this one.
        return weekend(said - 7 * DAY)
    return weekend(said + 7 * DAY) if step > 0 else this


def _which_season(match: re.Match[str], said: datetime) -> Span:
    season = _SEASONS[match["season"].lower()]
    if match["year"]:
        return quarter_of_year(int(match["year"]), season)
    which = (match["which"] or "").lower()
    this = quarter_of_year(said.year, season)
    if which == "next":
        return this if this[0] > said else quarter_of_year(said.year + 1, season)
    if which == "last" and this[0] <= said < this[1]:
        return quarter_of_year(said.year - 1, season)
    return latest(said, lambda y: quarter_of_year(y, season))


def _ago(match: re.Match[str], said: datetime) -> Span | None:
    count = match["count"].lower().strip()
    name = match["unit"].lower()
    if name == "weekend":
        return weekend(said - 7 * _number(count) * DAY)
    span = shifted(said, {"night": "day"}.get(name, name), -_number(count))
    if count.endswith("few") and name in ("day", "week"):
        width = DAY * (2 if name == "day" else 7)
        return span[0] - width, span[1] + width, "week"
    return span


def _ahead(match: re.Match[str], said: datetime) -> Span:
    name = match["unit"].lower()
    name = {"night": "day", "weekend": "week"}.get(name, name)
    return shifted(said, name, _number(match["count"]))


def _holiday_name(text: str) -> str:
    lowered = text.lower().replace("’", "'").removesuffix(" day")
    if lowered.startswith("new year"):
        return "new year's eve" if "eve" in lowered else "new year"
    if lowered.startswith("valentine"):
        return "valentine's"
    if lowered in ("fourth of july", "independence"):
        return "independence day"
    return lowered if lowered in HOLIDAYS else "christmas"


def _anchor(match: re.Match[str], said: datetime) -> Span:
    """Return the day from which "two weeks before …" counts."""
    if match["holiday"]:
        given = match["year"]
        name = _holiday_name(match["holiday"])
        return holiday(said, name, number_of_year=int(given) if given else None)
    number, of_month = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        return day(datetime(int(match["year"]), number, of_month, tzinfo=UTC))
    return latest(said, lambda y: day(datetime(y, number, of_month, tzinfo=UTC)))


def _from_anchor(match: re.Match[str], said: datetime) -> Span:
    anchor = _anchor(match, said)[0]
    sign = -1 if match["side"].lower() == "before" else 1
    name = match["unit"].lower()
    if match["count"] is None:
        return _beside(match, anchor, sign)
    name = {"night": "day", "weekend": "week"}.get(name, name)
    return shifted(anchor, name, sign * _number(match["count"]))


def _beside(match: re.Match[str], anchor: datetime, sign: int) -> Span:
    """Return "the week before": the unit next to the anchor, not a step from it."""
    name = match["unit"].lower()
    if name == "weekend":
        return weekend(anchor + 7 * sign * DAY)
    if name == "week":
        start = anchor - 7 * DAY if sign < 0 else anchor + DAY
        return start, start + 7 * DAY, "week"
    return unit(anchor, {"night": "day"}.get(name, name), sign)


def _week_of(match: re.Match[str], said: datetime) -> Span:
    return week(_anchor(match, said)[0])


def _bare_holiday(match: re.Match[str], said: datetime) -> Span:
    name = _holiday_name(match["holiday"])
    if match["year"]:
        return holiday(said, name, number_of_year=int(match["year"]))
    if (match["which"] or "").lower() == "next":
        this = day(HOLIDAYS[name](said.year))
        return this if this[0] > said else day(HOLIDAYS[name](said.year + 1))
    return holiday(said, name)


def _rule(pattern: str, meaning: object, *, cased: bool = False) -> Rule:
    flags = re.NOFLAG if cased else re.IGNORECASE
    return Rule(re.compile(rf"\b(?:{pattern})\b", flags), meaning)  # type: ignore[arg-type]


_ANCHOR_EN = (
    rf"(?:{_HOLIDAY}|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH})"
    rf"(?:,? {_YEAR})?"
)
_WHICH = r"(?P<which>last|past|previous|this|next)"
_RULES = (
    _rule(rf"{_COUNT} {_UNIT} (?P<side>before|after) {_ANCHOR_EN}", _from_anchor),
    _rule(
        rf"the (?P<count>(?!))?{_UNIT} (?P<side>before|after) {_ANCHOR_EN}",
        _from_anchor,
    ),
    _rule(rf"the week of {_ANCHOR_EN}", _week_of),
    _rule(rf"{_DAY_NUMBER}(?: of)? {_MONTH},? {_YEAR}", _full_date),
    _rule(rf"{_MONTH} {_DAY_NUMBER},? {_YEAR}", _full_date),
    _rule(rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)", _iso_date),
    _rule(rf"{_FULL_MONTH}(?:,| of)? {_YEAR}", _month_of_year),
    _rule(rf"{_DAY_NUMBER}(?: of)? {_FULL_MONTH}", _day_of_month),
    _rule(rf"{_FULL_MONTH} {_DAY_NUMBER}", _day_of_month),
    _rule(
        r"the day before yesterday|the day after tomorrow|yesterday|today|tonight"
        r"|last night|tomorrow",
        _relative_day,
    ),
    _rule(rf"{_COUNT} {_UNIT} (?:ago|back|earlier)", _ago),
    _rule(rf"in {_COUNT} {_UNIT}", _ahead),
    _rule(rf"(?:{_WHICH} |on ){_WEEKDAY}", _which_weekday),
    _rule(rf"{_WHICH} (?P<unit>night|week|weekend|month|year)", _which_unit),
    _rule(rf"(?:{_WHICH} |in (?:the )?){_SEASON}(?: of)?(?: {_YEAR})?", _which_season),
    _rule(rf"(?:{_WHICH} )?{_HOLIDAY}(?:,? {_YEAR})?", _bare_holiday),
    _rule(
        rf"(?:{_WHICH}|in|since|during|by|until|early|late|mid) {_FULL_MONTH}",
        _bare_month,
    ),
    _rule(rf"(?:in|since|during|of|by|until|from|early|late|mid) {_YEAR}", _bare_year),
)
_WORTH_A_LOOK = re.compile(
    r"\d|\b(?:yesterday|today|tonight|tomorrow|ago|back|earlier|last|past|previous|this"
    r"|next|before|after|day|week|in|on|since|during|by|until|early|late|mid|christmas"
    r"|new year|halloween|valentine|thanksgiving|easter)\b",
    re.IGNORECASE,
)

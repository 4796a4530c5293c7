"""English dates, months, seasons and holidays that name themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from retentive.text.calendar import (
    DAY,
    HOLIDAYS,
    Rule,
    Span,
    day,
    holiday,
    latest,
    month,
    quarter_of_year,
    year,
)

__all__ = ["DATE", "RULES", "SEASON", "WEEKDAY", "WEEKDAYS", "WHICH", "rule", "season"]

_MONTHS = (
    "january february march april may june july august september october november "
    "december"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 0, "summer": 1, "autumn": 2, "fall": 2, "winter": 3}
_FEASTS = {
    "independence": "independence day",
    "fourth of july": "independence day",
    "mother's": "mother's day",
    "father's": "father's day",
}

_MONTH_WORD = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_MONTH = rf"(?P<month>{_MONTH_WORD})"
_FULL_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DAY_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TO = r"(?: ?[-–] ?| to )(?P<last>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
WHICH = r"(?P<which>last|past|previous|this|next)"
_HOLIDAY_WORD = (
    r"(?:christmas eve|christmas|new year['’]?s eve|new year(?:['’]?s)?(?: day)?"
    r"|halloween|valentine['’]?s?(?: day)?|independence day|fourth of july"
    r"|(?:mother|father)['’]?s day|thanksgiving|easter)"
)
DATE = (
    rf"(?:{_HOLIDAY_WORD}|{_NTH}(?: of)? {_MONTH_WORD}|{_MONTH_WORD} {_NTH}"
    r"|(?:19|20)\d\d-\d\d-\d\d)(?:,? (?:19|20)\d\d)?"
)
"""Pattern of a date or holiday, from which other times may be counted."""


def rule(
    pattern: str, meaning: Callable[..., Span | None], *, numeric: bool = False
) -> Rule:
    """Return a rule for whole words, in capitals or not; see :class:`Rule`."""
    whole = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    return Rule(whole, meaning, numeric)


def season(match: re.Match[str], said: datetime, *, which: str) -> Span:
    """Return a season by ``last``, ``this`` or ``next``; else the latest begun."""
    number = _SEASONS[match["season"].lower()]
    this = quarter_of_year(said.year, number)
    if which == "next":
        return this if this[0] > said else quarter_of_year(said.year + 1, number)
    if which == "last" and this[0] <= said < this[1]:
        return quarter_of_year(said.year - 1, number)
    return latest(said, lambda y: quarter_of_year(y, number))


def _month_number(match: re.Match[str]) -> int:
    start = match["month"].lower()[:3]
    return next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(start))


def _date(match: re.Match[str], said: datetime) -> Span:
    number, of_month = _month_number(match), int(match["day"])

    def make(y: int) -> Span:
        return day(datetime(y, number, of_month, tzinfo=UTC))

    return make(int(match["year"])) if match["year"] else latest(said, make)


def _dates(match: re.Match[str], said: datetime) -> Span:
    """Return the days of "5-7 June", the last one included."""
    first = _date(match, said)[0]
    end = first.replace(day=int(match["last"])) + DAY
    if end <= first:
        raise ValueError(f"no days: {match[0]!r}")
    return first, end, "day"


def _iso_date(match: re.Match[str], said: datetime) -> Span:
    del said
    numbers = (int(match[name]) for name in ("year", "month", "day"))
    return day(datetime(*numbers, tzinfo=UTC))  # type: ignore[misc, arg-type]


def _month_of_year(match: re.Match[str], said: datetime) -> Span:
    del said
    return month(int(match["year"]), _month_number(match))


def _bare_month(match: re.Match[str], said: datetime) -> Span:
    number = _month_number(match)
    which = (match["which"] or "").lower()
    this = month(said.year, number)
    if which == "next":
        return this if this[0] > said else month(said.year + 1, number)
    if which == "last" and this[0] <= said < this[1]:
        return month(said.year - 1, number)
    return latest(said, lambda y: month(y, number))


def _year(match: re.Match[str], said: datetime) -> Span:
    del said
    return year(int(match["year"]))


def _season_of_year(match: re.Match[str], said: datetime) -> Span:
    del said
    return quarter_of_year(int(match["year"]), _SEASONS[match["season"].lower()])


def _holiday(match: re.Match[str], said: datetime) -> Span:
    name = _holiday_name(match["holiday"])
    if match["year"]:
        return holiday(said, name, number_of_year=int(match["year"]))
    if (match["which"] or "").lower() == "next":
        this = day(HOLIDAYS[name](said.year))
        return this if this[0] > said else day(HOLIDAYS[name](said.year + 1))
    return holiday(said, name)


def _holiday_name(text: str) -> str:
    lowered = text.lower().replace("’", "'").removesuffix(" day")
    if lowered.startswith("new year"):
        return "new year's eve" if "eve" in lowered else "new year"
    for start, name in (
        ("valentine", "valentine's"),
        ("mother", "mother's day"),
        ("father", "father's day"),
    ):
        if lowered.startswith(start):
            return name
    return _FEASTS.get(lowered, lowered)


_NO_YEAR = r"(?P<year>(?!))?"  # a group that the meaning asks for, but that is empty
RULES = (
    rule(rf"{_MONTH} {_DAY_NUMBER}{_TO}(?:,? {_YEAR})?", _dates, numeric=True),
    rule(rf"{_DAY_NUMBER}{_TO}(?: of)? {_MONTH}(?:,? {_YEAR})?", _dates, numeric=True),
    rule(rf"{_DAY_NUMBER}(?: of)? {_MONTH},? {_YEAR}", _date, numeric=True),
    rule(rf"{_MONTH} {_DAY_NUMBER},? {_YEAR}", _date, numeric=True),
    rule(
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)"
        r"(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",
        _iso_date,
        numeric=True,
    ),
    rule(rf"{_YEAR}/(?P<month>\d\d?)/(?P<day>\d\d?)", _iso_date, numeric=True),
    rule(rf"{_MONTH}(?:,| of)? {_YEAR}", _month_of_year, numeric=True),
    rule(rf"{_DAY_NUMBER}(?: of)? {_MONTH}{_NO_YEAR}", _date, numeric=True),
    rule(rf"{_MONTH} {_DAY_NUMBER}{_NO_YEAR}", _date, numeric=True),
    rule(rf"(?:in )?(?:the )?{SEASON}(?: of)? {_YEAR}", _season_of_year, numeric=True),
    rule(rf"(?:{WHICH} )?(?P<holiday>{_HOLIDAY_WORD})(?:,? {_YEAR})?", _holiday),
    rule(
        rf"(?:{WHICH}|in|since|during|by|until|early|late|mid"
        rf"|(?:end|beginning|start|middle) of)[ -]{_FULL_MONTH}",
        _bare_month,
    ),
    rule(
        rf"(?:in|since|during|of|by|until|from|early|late|mid|the year) {_YEAR}",
        _year,
        numeric=True,
    ),
)

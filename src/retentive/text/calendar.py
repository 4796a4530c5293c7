"""Days, weeks, months, seasons and holidays as intervals of UTC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from retentive.records import Interval

__all__ = [
    "DAY",
    "HOLIDAYS",
    "Found",
    "Rule",
    "Span",
    "apply_rules",
    "day",
    "holiday",
    "latest",
    "month",
    "quarter_of_year",
    "shifted",
    "unit",
    "week",
    "weekday",
    "weekend",
    "year",
]

DAY = timedelta(days=1)
_DIGIT = re.compile(r"\d")
Span = tuple[datetime, datetime, str]
"""Start, end (exclusive) and granularity."""


@dataclass(frozen=True, slots=True)
class Found:
    """An expression and its time: where it starts in the text, and its words."""

    place: int
    text: str
    span: Span

    def interval(self) -> Interval:
        """Return the public form."""
        start, end, granularity = self.span
        return Interval(start=start, end=end, granularity=granularity, text=self.text)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what a match of it means, said at some time.

    Attributes:
        pattern: What the expression looks like.
        meaning: Takes the match and when it was said; ``None`` or ValueError
            where it names no time after all.
        numeric: Whether every match holds a digit; most texts hold none.
    """

    pattern: re.Pattern[str]
    meaning: Callable[..., Span | None]
    numeric: bool = False


def apply_rules(text: str, said: datetime, rules: Sequence[Rule]) -> Iterator[Found]:
    """Yield what the rules find; earlier rules keep what they have found."""
    taken = bytearray(len(text))  # 1 where something has been found
    if not _DIGIT.search(text):
        rules = [rule for rule in rules if not rule.numeric]
    for rule in rules:
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            if 1 in taken[start:end]:
                continue
            try:
                span = rule.meaning(match, said)
            except (ValueError, OverflowError):
                continue  # no such day, or beyond the years that a datetime holds
            if span is not None:
                taken[start:end] = b"\1" * (end - start)
                yield Found(start, match[0], span)


def day(at: datetime) -> Span:
    """Return the day of a time."""
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + DAY, "day"


def week(at: datetime) -> Span:
    """Return the week of a time, from Monday."""
    start = day(at)[0] - at.weekday() * DAY
    return start, start + 7 * DAY, "week"


def weekend(at: datetime) -> Span:
    """Return the Saturday and Sunday of a time's week."""
    start = week(at)[0] + 5 * DAY
    return start, start + 2 * DAY, "day"


def month(number_of_year: int, number: int) -> Span:
    """Return a month; numbers outside 1 to 12 run into other years."""
    first = number_of_year * 12 + number - 1
    start = datetime(first // 12, first % 12 + 1, 1, tzinfo=UTC)
    following = first + 1
    end = datetime(following // 12, following % 12 + 1, 1, tzinfo=UTC)
    return start, end, "month"


def quarter_of_year(number_of_year: int, season: int) -> Span:
    """Return a northern season: 0 spring (March to May) to 3 winter (from December)."""
    start = month(number_of_year, 3 + 3 * season)[0]
    return start, month(number_of_year, 5 + 3 * season)[1], "season"


def year(number: int) -> Span:
    """Return a year."""
    return (
        datetime(number, 1, 1, tzinfo=UTC),
        datetime(number + 1, 1, 1, tzinfo=UTC),
        "year",
    )


def weekday(said: datetime, number: int, *, weeks: int) -> Span:
    """Return a weekday (0: Monday) of the week some weeks from the present one."""
    return day(week(said)[0] + (number + 7 * weeks) * DAY)


def unit(said: datetime, name: str, steps: int) -> Span:
    """Return the day, week, month or year some steps from the present one."""
    if name == "day":
        return day(said + steps * DAY)
    if name == "week":
        return week(said + 7 * steps * DAY)
    if name == "month":
        return month(said.year, said.month + steps)
    return year(said.year + steps)


def shifted(at: datetime, name: str, steps: int) -> Span:
    """Return the time that many units from a time, as precise as people mean it.

    "Three weeks ago" is said of a day or two around; "two months ago" of a month.
    """
    if name == "hour":
        start = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=steps)
        return start, start + timedelta(hours=1), "hour"
    if name == "day":
        return day(at + steps * DAY)
    if name == "week":
        start = day(at + 7 * steps * DAY)[0]
        return start - DAY, start + 2 * DAY, "day"
    if name == "month":
        return month(at.year, at.month + steps)
    return year(at.year + steps)


def latest(said: datetime, make: Callable[[int], Span]) -> Span:
    """Return the span of this year, or of the last if it has not begun."""
    span = make(said.year)
    return span if span[0] <= said else make(said.year - 1)


def _easter(number: int) -> datetime:
    """Return Easter Sunday.

    Source: the anonymous Gregorian algorithm, Meeus 1991, "Astronomical
    Algorithms", chapter 8.
    """
    a, b, c = number % 19, number // 100, number % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    place = h + ell - 7 * m + 114
    return datetime(number, place // 31, place % 31 + 1, tzinfo=UTC)


def _thanksgiving(number: int) -> datetime:
    first = datetime(number, 11, 1, tzinfo=UTC)
    return first + ((3 - first.weekday()) % 7 + 21) * DAY


def _sunday(month_number: int, nth: int) -> Callable[[int], datetime]:
    def find(number: int) -> datetime:
        first = datetime(number, month_number, 1, tzinfo=UTC)
        return first + ((6 - first.weekday()) % 7 + 7 * (nth - 1)) * DAY

    return find


# First days of the Chinese year, and Mid-Autumn days, from 2015 on.
_SPRING = (
    "0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 "
    "0123 0211 0131 0219 0208"
).split()
_AUTUMN = (
    "0927 0915 1004 0924 0913 1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 0912 "
    "1001 0919 0908 0927 0916"
).split()
_FIRST_LUNAR_YEAR = 2015


def _lunar(table: Sequence[str]) -> Callable[[int], datetime]:
    def find(number: int) -> datetime:
        place = number - _FIRST_LUNAR_YEAR
        if not 0 <= place < len(table):
            raise ValueError(f"no lunar date is known for {number}")
        return datetime(
            number, int(table[place][:2]), int(table[place][2:]), tzinfo=UTC
        )

    return find


def _fixed(month_number: int, day_number: int) -> Callable[[int], datetime]:
    return lambda number: datetime(number, month_number, day_number, tzinfo=UTC)


HOLIDAYS: dict[str, Callable[[int], datetime]] = {
    "christmas": _fixed(12, 25),
    "christmas eve": _fixed(12, 24),
    "new year": _fixed(1, 1),
    "new year's eve": _fixed(12, 31),
    "halloween": _fixed(10, 31),
    "valentine's": _fixed(2, 14),
    "independence day": _fixed(7, 4),
    "mother's day": _sunday(5, 2),
    "father's day": _sunday(6, 3),
    "thanksgiving": _thanksgiving,
    "easter": _easter,
    "labour day (china)": _fixed(5, 1),
    "children's day (china)": _fixed(6, 1),
    "national day (china)": _fixed(10, 1),
    "spring festival": _lunar(_SPRING),
    "mid-autumn": _lunar(_AUTUMN),
}
"""The day of a holiday in a year; ValueError where it is not known."""


def holiday(said: datetime, name: str, *, number_of_year: int | None = None) -> Span:
    """Return a holiday: of the year given, else the latest that has begun."""
    if number_of_year is not None:
        return day(HOLIDAYS[name](number_of_year))
    return latest(said, lambda number: day(HOLIDAYS[name](number)))

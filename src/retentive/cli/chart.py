"""Bars made of characters: how many memories there are per day, week, month or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from retentive.cli.tables import cut, pad, width

__all__ = ["bars", "over_time"]

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
_MOST_BARS = 24  # of a chart over time; more do not fit a screen


def bars(counts: Sequence[tuple[str, int]], *, columns: int = 40) -> str:
    """Draw one bar per count, the longest of them ``columns`` wide.

    A count above 0 shows at least an eighth of a column.
    """
    if not counts:
        return ""
    most = max(count for _, count in counts) or 1
    labels = [cut(label, 32) for label, _ in counts]
    widest = max(map(width, labels))
    return "\n".join(
        f"  {pad(label, widest)}  {_bar(count / most * columns)} {count:,}"
        if count
        else f"  {pad(label, widest)}  0"
        for label, (_, count) in zip(labels, counts, strict=True)
    )


def over_time(days: Iterable[date]) -> list[tuple[str, int]]:
    """Count days by the finest unit that gives at most 24 bars; gaps count 0."""
    counts = Counter(days)
    if not counts:
        return []
    first, last = min(counts), max(counts)
    for unit in _UNITS:
        starts = _starts(unit, first, last)
        if len(starts) <= _MOST_BARS:
            break
    grouped: Counter[date] = Counter()
    for day, count in counts.items():
        grouped[unit.start(day)] += count
    if len(starts) > _MOST_BARS:
        starts = sorted(grouped)  # more than 24 years: those that have any
    return [(unit.label(start), grouped[start]) for start in starts]


@dataclass(frozen=True, slots=True)
class _Unit:
    """How days are grouped: to the first day of a group, to the next, to its name."""

    start: Callable[[date], date]
    after: Callable[[date], date]
    label: Callable[[date], str]


def _starts(unit: _Unit, first: date, last: date) -> list[date]:
    """Return the groups from first to last, one too many at the most."""
    starts = [unit.start(first)]
    while len(starts) <= _MOST_BARS:
        following = unit.after(starts[-1])
        if following > last or following == starts[-1]:
            break
        starts.append(following)
    return starts


def _bar(length: float) -> str:
    eighths = max(1, round(length * 8))
    whole, rest = divmod(eighths, 8)
    return (_FULL * whole + _EIGHTHS[rest]).rstrip()


def _same(day: date) -> date:
    return day


def _next_day(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day


def _monday(day: date) -> date:
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def _next_week(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 7, date.max.toordinal()))


def _month(day: date) -> date:
    return day.replace(day=1)


def _next_month(day: date) -> date:
    if day.month == 12:
        return _next_year(day)
    return day.replace(month=day.month + 1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)


def _next_year(day: date) -> date:
    return date(min(day.year + 1, 9999), 1, 1)


_UNITS = (
    _Unit(_same, _next_day, date.isoformat),
    _Unit(_monday, _next_week, lambda day: f"week of {day.isoformat()}"),
    _Unit(_month, _next_month, lambda day: day.isoformat()[:7]),
    _Unit(_year, _next_year, lambda day: day.isoformat()[:4]),
)

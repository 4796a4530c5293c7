"""Finds the times that a text names, resolved against when it was said."""

from __future__ import annotations

from datetime import datetime

from retentive.records import Interval, to_utc
from retentive.text import dates_en, dates_zh
from retentive.text.calendar import Found
from retentive.text.fold import fold_han, has_han

__all__ = ["find_times"]


def find_times(text: str, *, now: datetime) -> list[Interval]:
    """Return the times that a text names, in order of appearance.

    English and Chinese; absolute ("8 May 2023", "in 2022", "2023年5月8日") and
    relative ("last Friday", "two weeks before Christmas", "上个月", "三天前"). Days
    start at midnight UTC and weeks on Monday. A month or day without a year is
    the latest one that began by ``now``; an expression whose time falls outside
    the years 1 to 9999 is left out.

    Args:
        text: Any text.
        now: When it was said; relative expressions count from it.
    """
    said = to_utc(now, name="now")
    found = dates_en.find(text, said)
    if has_han(text):
        found += dates_zh.find(fold_han(text), said)
    chosen: list[Found] = []
    for item in sorted(found, key=lambda item: (item.place, -len(item.text))):
        if not chosen or item.place >= chosen[-1].place + len(chosen[-1].text):
            chosen.append(item)
    return [item.interval() for item in chosen]

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.errors import InvalidInputError
from retentive.text.dates import find_times
from retentive.text.dates_zh import number

FRIDAY = datetime(2023, 5, 12, 12, tzinfo=UTC)

CASES = [
    # absolute
    ("We met on 8 May 2023.", "2023-05-08", "2023-05-09", "day"),
    ("May 8th, 2023", "2023-05-08", "2023-05-09", "day"),
    ("the 2023-05-08 build", "2023-05-08", "2023-05-09", "day"),
    ("in May 2023", "2023-05-01", "2023-06-01", "month"),
    ("back in 2022", "2022-01-01", "2023-01-01", "year"),
    ("summer of 2021", "2021-06-01", "2021-09-01", "season"),
    ("in the summer of 2021", "2021-06-01", "2021-09-01", "season"),
    ("Spring 2022", "2022-03-01", "2022-06-01", "season"),
    ("Sept. 2022", "2022-09-01", "2022-10-01", "month"),
    ("Dec 25", "2022-12-25", "2022-12-26", "day"),
    ("at 2023-05-08T10:00:00Z", "2023-05-08", "2023-05-09", "day"),
    ("2023/5/8", "2023-05-08", "2023-05-09", "day"),
    ("June 5-7, 2023", "2023-06-05", "2023-06-08", "day"),
    ("5 to 7 June 2023", "2023-06-05", "2023-06-08", "day"),
    ("the year 2021", "2021-01-01", "2022-01-01", "year"),
    # relative
    ("this morning", "2023-05-12", "2023-05-13", "day"),
    ("last May", "2022-05-01", "2022-06-01", "month"),
    ("mid-March", "2023-03-01", "2023-04-01", "month"),
    ("at the end of March", "2023-03-01", "2023-04-01", "month"),
    ("the week before last", "2023-04-24", "2023-05-01", "week"),
    ("two weeks from now", "2023-05-25", "2023-05-28", "day"),
    ("a few days ago", "2023-05-07", "2023-05-12", "week"),
    ("yesterday", "2023-05-11", "2023-05-12", "day"),
    ("the day before yesterday", "2023-05-10", "2023-05-11", "day"),
    ("last Friday", "2023-05-05", "2023-05-06", "day"),
    ("on Monday", "2023-05-08", "2023-05-09", "day"),
    ("next Tuesday", "2023-05-16", "2023-05-17", "day"),
    ("last week", "2023-05-01", "2023-05-08", "week"),
    ("this weekend", "2023-05-13", "2023-05-15", "day"),
    ("next month", "2023-06-01", "2023-07-01", "month"),
    ("two months ago", "2023-03-01", "2023-04-01", "month"),
    ("two weeks ago", "2023-04-27", "2023-04-30", "day"),
    ("last summer", "2022-06-01", "2022-09-01", "season"),
    ("in March", "2023-03-01", "2023-04-01", "month"),
    ("since June", "2022-06-01", "2022-07-01", "month"),
    # anchored
    ("three days before Christmas", "2022-12-22", "2022-12-23", "day"),
    ("the week before 9 June 2023", "2023-06-02", "2023-06-09", "week"),
    ("two weeks before August 11, 2022", "2022-07-27", "2022-07-30", "day"),
    ("the Sunday before 25 May 2022", "2022-05-22", "2022-05-23", "day"),
    ("the Friday before 20 May 2022", "2022-05-13", "2022-05-14", "day"),
    ("the Friday after 20 May 2022", "2022-05-27", "2022-05-28", "day"),
    ("the weekend of 11 May 2022", "2022-05-14", "2022-05-16", "day"),
    ("Mother's Day 2023", "2023-05-14", "2023-05-15", "day"),
    ("Father’s Day 2022", "2022-06-19", "2022-06-20", "day"),
    ("New Year's Eve", "2022-12-31", "2023-01-01", "day"),
    ("Easter 2024", "2024-03-31", "2024-04-01", "day"),
    ("Thanksgiving 2023", "2023-11-23", "2023-11-24", "day"),
    # Chinese
    ("2023年5月8日", "2023-05-08", "2023-05-09", "day"),
    ("二〇二二年", "2022-01-01", "2023-01-01", "year"),
    ("五月八号我们见了面", "2023-05-08", "2023-05-09", "day"),
    ("昨天", "2023-05-11", "2023-05-12", "day"),
    ("大前天", "2023-05-09", "2023-05-10", "day"),
    ("上周五", "2023-05-05", "2023-05-06", "day"),
    ("下下周一", "2023-05-22", "2023-05-23", "day"),
    ("上周末", "2023-05-06", "2023-05-08", "day"),
    ("上个月", "2023-04-01", "2023-05-01", "month"),
    ("三天前", "2023-05-09", "2023-05-10", "day"),
    ("二十三天前", "2023-04-19", "2023-04-20", "day"),
    ("今早", "2023-05-12", "2023-05-13", "day"),
    ("几天前", "2023-05-08", "2023-05-11", "week"),
    ("半个月前", "2023-04-27", "2023-04-30", "day"),
    ("去年母亲节", "2022-05-08", "2022-05-09", "day"),
    ("半年前", "2022-11-01", "2022-12-01", "month"),
    ("一個月前", "2023-04-01", "2023-05-01", "month"),
    ("去年夏天", "2022-06-01", "2022-09-01", "season"),
    ("去年春节", "2022-02-01", "2022-02-02", "day"),
    ("圣诞节前两周", "2022-12-10", "2022-12-13", "day"),
    ("中秋節", "2022-09-10", "2022-09-11", "day"),
]


@pytest.mark.parametrize(("text", "start", "end", "granularity"), CASES)
def test_an_expression_names_its_time(
    text: str, start: str, end: str, granularity: str
) -> None:
    [found] = find_times(text, now=FRIDAY)
    assert (f"{found.start:%Y-%m-%d}", f"{found.end:%Y-%m-%d}") == (start, end)
    assert found.granularity == granularity


@pytest.mark.parametrize(
    "text",
    [
        "I may go.",
        "They march on.",
        "Call 12345 or 020 7946 0958.",
        "The second one.",
        "He is three years old.",
        "30 February",
        "the Friday before 30 February",
        "早上好",
        "",
    ],
)
def test_what_names_no_time_gives_none(text: str) -> None:
    assert find_times(text, now=FRIDAY) == []


def test_several_times_come_in_the_order_of_the_text() -> None:
    found = find_times("last month, then 8 May 2023 and 昨天", now=FRIDAY)
    assert [item.text for item in found] == ["last month", "8 May 2023", "昨天"]


def test_relative_times_count_from_when_it_was_said() -> None:
    said = FRIDAY + timedelta(days=365)
    [found] = find_times("yesterday", now=said)
    assert found.start.date() == (said - timedelta(days=1)).date()


@pytest.mark.parametrize("year", [1, 9999])
def test_times_beyond_the_calendar_are_left_out(year: int) -> None:
    now = datetime(year, 12 if year > 1 else 1, 31, tzinfo=UTC)
    text = "3 years ago, next year, yesterday, tomorrow, 去年, 明年"
    for found in find_times(text, now=now):
        assert found.start < found.end


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="now must carry a time zone"):
        find_times("yesterday", now=datetime(2023, 1, 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("一百零五", 105), ("二〇二三", 2023), ("42", 42), ("两", 2)],
)  # fmt: skip
def test_chinese_numerals_have_their_value(text: str, value: int) -> None:
    assert number(text) == value


@given(st.text(max_size=80), st.datetimes(timezones=st.just(UTC)))
def test_any_text_at_any_time_gives_sound_intervals(text: str, now: datetime) -> None:
    for found in find_times(text, now=now):
        assert found.start < found.end

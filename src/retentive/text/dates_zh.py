"""Chinese expressions of time, in simplified characters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from retentive.text.calendar import (
    DAY,
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
    weekday,
    weekend,
    year,
)

__all__ = ["find", "number"]

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2, "日": 7, "天": 7}
# The longest number below a thousand has five characters; a bound keeps patterns fast.
_N = r"[0-9零〇一二两三四五六七八九十百]{1,5}"
_HOLIDAYS = {
    "圣诞": "christmas",
    "平安夜": "christmas eve",
    "元旦": "new year",
    "跨年": "new year's eve",
    "万圣节": "halloween",
    "情人节": "valentine's",
    "感恩节": "thanksgiving",
    "复活节": "easter",
    "春节": "spring festival",
    "过年": "spring festival",
    "中秋": "mid-autumn",
    "国庆": "national day (china)",
    "劳动节": "labour day (china)",
    "五一": "labour day (china)",
    "母亲节": "mother's day",
    "父亲节": "father's day",
    "儿童节": "children's day (china)",
}
_HOLIDAY = rf"(?P<holiday>{'|'.join(_HOLIDAYS)})节?"
_SEASONS = {"春": 0, "夏": 1, "秋": 2, "冬": 3}
_UNITS = {
    "小时": "hour",
    "钟头": "hour",
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "年": "year",
}
_UNIT = r"(?P<unit>小时|钟头|天|日|周|星期|礼拜|月|年)"
_DAY_STEPS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_YEAR_STEPS = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WHICH = r"(?P<which>上上|上|这|本|下下|下)(?:一)?个?"
_YEAR_WORD = r"(?:(?P<year>[0-9]{4}|[零〇一二三四五六七八九]{4})年|(?P<year_word>[前去今明后])年)"


def find(text: str, said: datetime) -> list[Found]:
    """Return the expressions of a Chinese text and their times."""
    return list(apply_rules(text, said, _RULES))


def number(text: str) -> int:
    """Return the value of Chinese or Arabic digits up to 999, such as 二十三.

    Raises:
        ValueError: The characters make no number.
    """
    if text.isdigit() and text.isascii():
        return int(text)
    if not any(char in text for char in "十百"):
        return int("".join(str(_digit(char)) for char in text))
    hundreds, _, rest = text.rpartition("百")
    total = 100 * (_digit(hundreds) if hundreds else 0)
    tens, has_tens, ones = rest.rpartition("十")
    if has_tens:
        total += 10 * (_digit(tens.lstrip("零")) if tens.lstrip("零") else 1)
    return total + (_digit(ones.lstrip("零")) if ones.lstrip("零") else 0)


def _digit(char: str) -> int:
    if char not in _DIGITS:
        raise ValueError(f"no digit: {char!r}")
    return _DIGITS[char]


def _year_of(match: re.Match[str], said: datetime) -> int | None:
    if match["year"]:
        return number(match["year"])
    if match["year_word"]:
        return said.year + _YEAR_STEPS[match["year_word"]]
    return None


def _date(match: re.Match[str], said: datetime) -> Span:
    number_of_month, of_month = number(match["month"]), number(match["day"])
    given = _year_of(match, said)

    def make(y: int) -> Span:
        return day(datetime(y, number_of_month, of_month, tzinfo=UTC))

    return latest(said, make) if given is None else make(given)


def _month(match: re.Match[str], said: datetime) -> Span:
    number_of_month = number(match["month"])
    if not 1 <= number_of_month <= 12:
        raise ValueError(f"no month: {match[0]!r}")
    given = _year_of(match, said)
    if given is None:
        return latest(said, lambda y: month(y, number_of_month))
    return month(given, number_of_month)


def _season(match: re.Match[str], said: datetime) -> Span:
    season = _SEASONS[match["season"]]
    given = _year_of(match, said)
    if given is None:
        return latest(said, lambda y: quarter_of_year(y, season))
    return quarter_of_year(given, season)


def _holiday(match: re.Match[str], said: datetime) -> Span:
    return holiday(
        said, _HOLIDAYS[match["holiday"]], number_of_year=_year_of(match, said)
    )


def _year(match: re.Match[str], said: datetime) -> Span:
    given = _year_of(match, said)
    return year(said.year if given is None else given)


def _near_day(match: re.Match[str], said: datetime) -> Span:
    return day(said + _DAY_STEPS[match["which"]] * DAY)


def _weekday(match: re.Match[str], said: datetime) -> Span:
    named = match["weekday"]
    if named == "末":
        return weekend(said + 7 * _STEPS.get(match["which"] or "这", 0) * DAY)
    weeks = _STEPS[match["which"]] if match["which"] else 0
    return weekday(said, _digit(named) - 1, weeks=weeks)


def _unit(match: re.Match[str], said: datetime) -> Span:
    return unit(said, _UNITS[match["unit"]], _STEPS[match["which"]])


def _ago(match: re.Match[str], said: datetime) -> Span:
    sign = -1 if match["side"].endswith("前") else 1
    return shifted(said, _UNITS[match["unit"]], sign * number(match["count"]))


def _some_ago(match: re.Match[str], said: datetime) -> Span:
    """Return "几天前": about three of the unit, and one more on both sides."""
    sign = -1 if match["side"].endswith("前") else 1
    name = _UNITS[match["unit"]]
    near, far = sorted(shifted(said, name, sign * n) for n in (2, 4))
    return near[0], far[1], "week" if name == "day" else near[2]


def _half_month_ago(match: re.Match[str], said: datetime) -> Span:
    return shifted(said, "week", -2 if match["side"].endswith("前") else 2)


def _half_year_ago(match: re.Match[str], said: datetime) -> Span:
    return shifted(said, "month", -6 if match["side"].endswith("前") else 6)


def _from_anchor(match: re.Match[str], said: datetime) -> Span:
    name = _HOLIDAYS[match["holiday"]]
    anchor = holiday(said, name, number_of_year=_year_of(match, said))[0]
    sign = -1 if match["side"].endswith("前") else 1
    return shifted(anchor, _UNITS[match["unit"]], sign * number(match["count"]))


def _rule(pattern: str, meaning: Callable[..., Span]) -> Rule:
    return Rule(re.compile(pattern), meaning)


_RULES = (
    _rule(
        rf"(?:{_YEAR_WORD})?{_HOLIDAY}(?P<side>前|后)(?P<count>{_N})个?{_UNIT}",
        _from_anchor,
    ),
    _rule(rf"(?:{_YEAR_WORD})?(?P<month>{_N})月(?P<day>{_N})[日号]", _date),
    _rule(
        r"(?P<year>[0-9]{4})[-/.](?P<year_word>(?!))?(?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})",
        _date,
    ),
    _rule(
        rf"(?:{_YEAR_WORD})?(?<![0-9个零〇一二两三四五六七八九十])(?P<month>{_N})月(?:份)?(?![前后内])",
        _month,
    ),
    _rule(rf"(?:{_YEAR_WORD})(?P<season>[春夏秋冬])(?!节)[天季]?", _season),
    _rule(rf"(?:{_YEAR_WORD})?{_HOLIDAY}", _holiday),
    _rule(r"(?P<which>大前|大后|前|昨|今|明|后)(?:天|晚|早|夜|日(?!子))", _near_day),
    _rule(
        rf"(?P<count>{_N})个?(?:多)?{_UNIT}(?P<side>以前|之前|前|以后|之后|后)", _ago
    ),
    _rule(rf"(?:好)?几个?{_UNIT}(?P<side>以前|之前|前|以后|之后|后)", _some_ago),
    _rule(r"半个?月(?P<side>以前|之前|前|以后|之后|后)", _half_month_ago),
    _rule(r"半年(?P<side>以前|之前|前|以后|之后|后)", _half_year_ago),
    _rule(rf"(?:{_WHICH})?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])", _weekday),
    _rule(rf"{_WHICH}(?P<unit>周|星期|礼拜|月)(?![一二三四五六日天末])", _unit),
    _rule(_YEAR_WORD, _year),
)

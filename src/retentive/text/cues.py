"""Marks of what a text may answer: times, numbers, places, reasons, people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntFlag
from types import MappingProxyType

from retentive.text.sentences import sentences
from retentive.text.tokenise import ascii_words

__all__ = ["ANSWERS", "Cue", "cue_bits", "find_cues", "question_type"]


class Cue(IntFlag):
    """What a text shows; a frame keeps them as bits of one number."""

    TIME_WORD = 1
    DURATION = 2
    NUMBER = 4
    LOCATION = 8
    CAPITALISED = 16
    KIN = 32
    REASON = 64
    QUOTE = 128
    QUESTION = 256
    FIRST_PERSON = 512


ANSWERS: Mapping[str, Cue] = MappingProxyType(
    {
        "when": Cue.TIME_WORD,
        "how_long": Cue.DURATION,
        "how_many": Cue.NUMBER,
        "where": Cue.LOCATION | Cue.CAPITALISED,
        "who": Cue.KIN | Cue.CAPITALISED,
        "why": Cue.REASON,
        "title": Cue.QUOTE,
    }
)
"""What an answer to each type of question is likely to show."""

_UNITS = frozenset(
    """minute minutes hour hours day days night nights week weeks weekend weekends
    month months year years decade decades""".split()
)
_MONTHS = frozenset(
    """january february march april june july august september october november
    december""".split()
)
_WEEKDAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mondays tuesdays
    wednesdays thursdays fridays saturdays sundays""".split()
)
_PURPOSES = frozenset("help support raise improve learn feel stay get make".split())
# A word of the set shows the cue by itself.
_BY_WORD: tuple[tuple[Cue, frozenset[str]], ...] = (
    (
        Cue.TIME_WORD,
        _MONTHS
        | _WEEKDAYS
        | frozenset(
            """yesterday today tonight tomorrow ago recently since weekend christmas
            easter thanksgiving halloween week month year morning evening""".split()
        ),
    ),
    (
        Cue.NUMBER,
        frozenset(
            """two three four five six seven eight nine ten eleven twelve dozen hundred
            thousand million once twice both couple several""".split()
        ),
    ),
    (
        Cue.KIN,
        frozenset(
            """mom mum mother dad father parent parents sister sisters brother brothers
            sibling siblings husband wife spouse partner fiance fiancee boyfriend
            girlfriend son sons daughter daughters kid kids child children baby aunt
            uncle cousin cousins niece nieces nephew nephews grandma grandpa grandmother
            grandfather grandparents gran granny family friend friends colleague
            colleagues coworker coworkers boss neighbor neighbors neighbour neighbours
            teacher mentor roommate roommates""".split()
        ),
    ),
    (Cue.REASON, frozenset("because cause since reason reasons due".split())),
    (
        Cue.FIRST_PERSON,
        frozenset("i my mine me we our us".split()),
    ),
)
# A pattern, of lower-case text, is worth a try only where one of the words occurs.
_BY_PHRASE: tuple[tuple[Cue, frozenset[str], re.Pattern[str]], ...] = (
    (
        Cue.TIME_WORD,
        frozenset("last next this past in may new".split()),
        re.compile(
            r"\b(?:(?:last|next|this|past) (?:\w+ )?(?:night|spring|summer|autumn|fall"
            r"|winter)|in may|new year)\b"
        ),
    ),
    (
        Cue.DURATION,
        _UNITS,
        re.compile(
            r"\b(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|few"
            r"|couple(?: of)?|several|many)(?:[ -](?:more|whole|full|long))?[ -]"
            rf"(?:{'|'.join(sorted(_UNITS))})\b"
        ),
    ),
    (
        Cue.DURATION,
        frozenset({"since"}),
        re.compile(
            rf"\bsince (?:\d{{4}}|i was|last|may|{'|'.join(sorted(_MONTHS))})\b"
        ),
    ),
    (
        Cue.REASON,
        frozenset({"so", "order", "why", "thanks"}),
        re.compile(r"\b(?:so that|in order to|thanks to|that's why)\b"),
    ),
    (
        Cue.REASON,
        _PURPOSES,
        re.compile(rf"\bto (?:{'|'.join(sorted(_PURPOSES))})\b"),
    ),
)
# Digits are rare: looking for one first spares the search for the other.
_DIGIT = re.compile(r"\d")
_DATE_NUMBER = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th)\b")
_PLACE_WORDS = ("in", "at", "from", "to", "near", "around", "through")
_BEFORE_A_PLACE = "|".join(
    rf"(?<=\b{word}{article} .)" for word in _PLACE_WORDS for article in ("", " the")
)
# Patterns that look at capitals and quotation marks. Each begins with the rare
# character that it needs, because the search for one of those is fast.
_BY_FORM: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (Cue.LOCATION, re.compile(rf"[A-Z](?=\w)(?:{_BEFORE_A_PLACE})")),
    (Cue.CAPITALISED, re.compile(r"[A-Z](?<=[\w,;:&] .)[a-z]")),
    (Cue.QUOTE, re.compile(r"[\"“][A-Z][^\"”\n]{1,80}[\"”]|\*[A-Z][^*\n]{1,80}\*")),
)
_WORDS = re.compile(r"[a-z]+")
_CHINESE: tuple[tuple[Cue, re.Pattern[str]], ...] = (
    (
        Cue.TIME_WORD,
        re.compile(
            r"[昨今明前后]天|[昨今明]晚|[上下这本](?:个)?(?:周|星期|礼拜|月|季度)"
            r"|[去今明前]年|周[一二三四五六日天末]|星期[一二三四五六日天]"
            r"|[\d一二三四五六七八九十两几](?:个)?(?:年|月|日|号|天|周|星期|小时)"
            r"|刚才|最近|早上|晚上|下午|上午|春节|中秋|国庆|元旦|圣诞"
        ),
    ),
    (
        Cue.DURATION,
        re.compile(
            r"[\d一二三四五六七八九十两几半](?:个)?(?:年|月|天|周|星期|小时|分钟|钟头)"
        ),
    ),
    (Cue.NUMBER, re.compile(r"[\d一二三四五六七八九十百千万两几]")),
    (Cue.LOCATION, re.compile(r"[在到去从往][^，。！？\s]{1,8}|[省市县区镇村路街]")),
    (
        Cue.KIN,
        re.compile(
            r"[爸妈爷奶姐妹哥弟][爸妈爷奶姐妹哥弟]?|父亲|母亲|老婆|老公|妻子|丈夫|儿子|女儿"
            r"|孩子|朋友|同事|同学|老师|邻居|老板|叔叔|阿姨|姑姑|舅舅|外公|外婆|家人"
        ),
    ),
    (Cue.REASON, re.compile(r"因为|所以|由于|为了|原因|以便")),
    (Cue.QUOTE, re.compile(r"[《「『“][^》」』”]{1,40}[》」』”]")),
    (Cue.FIRST_PERSON, re.compile(r"[我咱俺]")),
)
_NUMBER_BIT, _TIME_BIT = int(Cue.NUMBER), int(Cue.TIME_WORD)
_QUESTION_BIT = int(Cue.QUESTION)
# Plain numbers: an enumeration's operators are ten times as slow.
_WORD_BITS = {
    word: sum({int(cue) for cue, words in _BY_WORD if word in words})
    for _, listed in _BY_WORD
    for word in listed
}
_PHRASE_BITS = tuple((int(cue), words, pattern) for cue, words, pattern in _BY_PHRASE)
_TELLING = frozenset(_WORD_BITS).union(*(words for _, words, _ in _BY_PHRASE))
_FORM_BITS = tuple((int(cue), pattern) for cue, pattern in _BY_FORM)
_CAPITAL_BITS = _FORM_BITS[:2]  # those that want a capital within the text
_ALL_FORM_BITS = tuple((int(cue), pattern) for cue, pattern in (*_BY_FORM, *_CHINESE))

_TAIL_CHARS = 16  # a question mark, closing quotes and spaces
_ASKS = re.compile(r"[?？]\s*[\"”'’)\]]*\s*\Z")

_TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "how_long",
        re.compile(
            r"\bhow (?:long|much time)\b|多久|多长时间|几[年天周]|几个(?:月|小时)"
        ),
    ),
    (
        "when",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|time|season|week)\b"
            r"|什么时候|何时|哪[天年]|哪一[天年]|几[月号点]|哪个月"
        ),
    ),
    (
        "how_many",
        re.compile(
            r"\bhow (?:many|much|often|old|big|far)\b|多少|几[个次只位岁人本]|多大"
        ),
    ),
    (
        "where",
        re.compile(
            r"\bwhere\b|\b(?:what|which) (?:city|country|state|town|place|area|park"
            r"|location|restaurant|school|beach)\b"
            r"|哪里|哪儿|什么地方|哪个(?:城市|国家|地方|省)"
        ),
    ),
    (
        "why",
        re.compile(r"\bwhy\b|\bwhat (?:made|motivated|inspired)\b|为什么|为何|怎么会"),
    ),
    (
        "title",
        re.compile(
            r"\b(?:what|which)\b.{0,200}?\b(?:books?|movies?|films?|songs?|titles?|shows?|games?"
            r"|album|novel|series|called|name of)\b|哪[本部首](?:书|电影|歌)?|什么(?:书|电影|歌)"
        ),
    ),
    ("who", re.compile(r"\b(?:who|whom|whose)\b|谁|哪[位个]人")),
)


def find_cues(text: str) -> Cue:
    """Return what a text shows."""
    return Cue(cue_bits(text))


def cue_bits(text: str, *, words: Sequence[str] | None = None) -> int:
    """Return the bits of what a text shows.

    Takes some 3 microseconds for 20 words, so it can run over every memory.

    Args:
        text: The text.
        words: Its words, if it is ASCII and they are known.
    """
    found = 0
    ascii = text.isascii()
    if words is None:
        words = ascii_words(text) if ascii else _WORDS.findall(text.lower())
    telling = _TELLING.intersection(words)
    if telling:
        found = _from_words(text, telling)
    # Of words without digits only, as nearly all texts are, no pattern is tried.
    if not (ascii and "".join(words).isalpha()) and _DIGIT.search(text):
        found |= _NUMBER_BIT
        if _DATE_NUMBER.search(text):
            found |= _TIME_BIT
    for bit, pattern in _forms(text, ascii=ascii):
        if not found & bit and pattern.search(text):
            found |= bit
    if _asks(text):
        found |= _QUESTION_BIT
    return found


def _forms(text: str, *, ascii: bool) -> Sequence[tuple[int, re.Pattern[str]]]:
    """Return the patterns of form that a text can match."""
    if not ascii:
        return _ALL_FORM_BITS
    if '"' in text or "*" in text:
        return _FORM_BITS
    return () if text[1:].islower() else _CAPITAL_BITS


def _from_words(text: str, telling: frozenset[str]) -> int:
    found = 0
    for word in telling:
        found |= _WORD_BITS.get(word, 0)
    lowered = text.lower().replace("’", "'")
    for bit, needed, pattern in _PHRASE_BITS:
        if not (found & bit or telling.isdisjoint(needed)) and pattern.search(lowered):
            found |= bit
    return found


def _asks(text: str) -> bool:
    tail = text[-_TAIL_CHARS:]
    return ("?" in tail or "？" in tail) and _ASKS.search(tail) is not None


def question_type(text: str) -> str:
    """Return what a question asks for: a key of :data:`ANSWERS`, or ``other``.

    Of several sentences the last question counts.
    """
    asked = [part for part in sentences(text) if _asks(part)]
    question = (asked[-1] if asked else text).lower()
    for name, pattern in _TYPES:
        if pattern.search(question):
            return name
    return "other"

"""Splits text into index terms: stems of words, one and two characters of CJK."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import local
from typing import TYPE_CHECKING

from retentive.text.fold import fold_han
from retentive.text.stopwords import HAN_STOP_CHARACTERS, IRREGULAR, STOP_WORDS

if TYPE_CHECKING:
    from Stemmer import Stemmer

__all__ = ["STOP_WORDS", "terms", "words"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_KANA = "\u3041-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\uac00-\ud7af"
_CJK = _HAN + _KANA + _HANGUL
# A run of one script, or a word of letters and digits of any other.
_RUNS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<kana>[{_KANA}]+)|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<word>[^\W_{_CJK}]+)"
)
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_WORDS = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")

_MAX_TERM_CHARS = 40  # longer "words" are hashes and links: found by their beginning
_CACHED_WORDS = 65_536
_stemmers = local()


def terms(text: str) -> list[str]:
    """Return the index terms of a text, in order, repetitions included.

    Words are lower-cased, stop words left out, irregular forms mapped and
    English stems taken. Chinese gives single characters (without those of
    grammar) and pairs, traditional ones folded to simplified; Japanese kana give
    pairs; Korean gives words and pairs of syllables.
    """
    if text.isascii():
        found = map(_stem, _ASCII_WORDS.findall(text.lower()))
        return [term for term in found if term]
    lowered = fold_han(unicodedata.normalize("NFKC", text)).lower()
    return [term for run in _RUNS.finditer(lowered) for term in _of_run(run)]


def words(text: str) -> list[str]:
    """Return the lower-cased words, stop words included; CJK as characters."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text).lower())


def _of_run(run: re.Match[str]) -> Iterator[str]:
    text = run[0]
    if run.lastgroup == "word":
        stem = _stem(text)
        if stem:
            yield stem
        return
    if run.lastgroup == "han":
        yield from (char for char in text if char not in HAN_STOP_CHARACTERS)
    elif len(text) == 1 or (run.lastgroup == "hangul" and len(text) > 2):
        yield text
    for place in range(len(text) - 1):
        yield text[place : place + 2]


@lru_cache(maxsize=_CACHED_WORDS)
def _stem(word: str) -> str:
    """Return the term of a lower-case word; nothing for a stop word."""
    if word in STOP_WORDS:
        return ""
    base = IRREGULAR.get(word, word)
    stem: str = _stemmer().stemWord(base[:_MAX_TERM_CHARS])
    return stem


def _stemmer() -> Stemmer:
    """Return this thread's stemmer: one object may not serve two threads."""
    if not hasattr(_stemmers, "english"):
        from Stemmer import Stemmer  # loaded with the first text, not with us

        _stemmers.english = Stemmer("english")
    stemmer: Stemmer = _stemmers.english
    return stemmer

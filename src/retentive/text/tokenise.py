"""Splits text into index terms: stems of words, one and two characters of CJK."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from threading import local
from typing import TYPE_CHECKING

from retentive.text.fold import fold_han
from retentive.text.stopwords import HAN_STOP_CHARACTERS, IRREGULAR, STOP_WORDS

if TYPE_CHECKING:
    from Stemmer import Stemmer

__all__ = ["STOP_WORDS", "ascii_terms", "ascii_words", "terms", "words"]

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_KANA = "\u3041-\u30ff\u31f0-\u31ff"
_HANGUL = "\u1100-\u11ff\uac00-\ud7af"
_CJK = _HAN + _KANA + _HANGUL
# Thai, Lao, Burmese and Khmer put no spaces between words.
_UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1780-\u17d3"
# Vowel signs and accents: parts of words, though Python counts no mark as a letter.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983"
    "\u09bc-\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70-\u0a75\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82-\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83"
    "\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57\u0dca-\u0ddf"
)
_LETTERS = rf"[^\W_{_CJK}{_UNSPACED}]+(?:[{_MARKS}]+[^\W_{_CJK}{_UNSPACED}]*)*"
# A run of one script, or a word of letters and digits of any other.
_RUNS = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<kana>[{_KANA}]+)|(?P<hangul>[{_HANGUL}]+)"
    rf"|(?P<unspaced>[{_UNSPACED}]+)|(?P<word>{_LETTERS})"
)
_MAX_TERM_CHARS = 40  # longer "words" are hashes and links: found by their beginning
# Lower case, all but letters and digits blank: twice as fast as a pattern.
_ASCII_WORDS = {
    code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)
}
_WORDS = re.compile(rf"[{_CJK}]|[{_UNSPACED}]+|{_LETTERS}(?:['’]{_LETTERS})*")

_CACHED_WORDS = 65_536
_stemmers = local()


def ascii_words(text: str) -> list[str]:
    """Return the runs of letters and digits of an ASCII text, lower-cased."""
    return text.translate(_ASCII_WORDS).split()


def terms(text: str) -> list[str]:
    """Return the index terms of a text, in order, repetitions included.

    Words are lower-cased, stop words left out, irregular forms mapped and
    English stems taken. Chinese gives single characters (without those of
    grammar) and pairs, traditional ones folded to simplified; Japanese kana and
    scripts without spaces (Thai) give pairs; Korean gives words and pairs of
    syllables. Other scripts give lower-cased words.
    """
    if text.isascii():
        return ascii_terms(ascii_words(text))
    lowered = fold_han(unicodedata.normalize("NFKC", text)).lower()
    return [term for run in _RUNS.finditer(lowered) for term in _of_run(run)]


def ascii_terms(words: Iterable[str]) -> list[str]:
    """Return the index terms of an ASCII text that is in words already."""
    return [term for word in words if (term := _stems[word])]


def words(text: str) -> list[str]:
    """Return the lower-cased words, stop words included; CJK as characters."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text).lower())


def _of_run(run: re.Match[str]) -> Iterator[str]:
    text = run[0]
    if run.lastgroup == "word":
        if stem := _stems[text]:
            yield stem
        return
    if run.lastgroup == "han":
        yield from (char for char in text if char not in HAN_STOP_CHARACTERS)
    elif len(text) == 1 or (run.lastgroup == "hangul" and len(text) > 2):
        yield text[:_MAX_TERM_CHARS]
    for place in range(len(text) - 1):
        yield text[place : place + 2]


class _Stems(dict[str, str]):
    """The term of each lower-case word; nothing for a stop word.

    Looking up a known word calls no Python: words are nearly all of a text.
    """

    def __missing__(self, word: str) -> str:
        if len(word) > _MAX_TERM_CHARS:
            return self[word[:_MAX_TERM_CHARS]]
        if len(self) >= _CACHED_WORDS:
            self.clear()
        base = IRREGULAR.get(word, word)
        stem = "" if word in STOP_WORDS else _stemmer().stemWord(base)
        self[word] = stem
        return stem


_stems = _Stems()


def _stemmer() -> Stemmer:
    """Return this thread's stemmer: one object may not serve two threads."""
    if not hasattr(_stemmers, "english"):
        from Stemmer import Stemmer  # loaded with the first text, not with us

        _stemmers.english = Stemmer("english")
    stemmer: Stemmer = _stemmers.english
    return stemmer

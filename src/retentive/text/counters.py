"""Counts tokens: an estimate that needs nothing, or a model's own tokenizer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from retentive.errors import InvalidInputError, MissingExtraError, RetentiveError

__all__ = [
    "TiktokenCounter",
    "WordPieceCounter",
    "estimate_tokens",
    "rough_tokens",
]

# Whole runs of letters and digits that have both; others are passed over at once.
_MIXED = re.compile(
    rb"(?<![A-Za-z0-9])(?:[A-Za-z]++[0-9]|[0-9]++[A-Za-z])[A-Za-z0-9]*+"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
# Han, kana, Hangul: a character costs up to two tokens of GPT-4 and one of BERT.
_CJK = re.compile(r"[\u2e80-\u2fff\u3040-\ua4cf\uac00-\ud7af\uf900-\ufaff]+")
_CJK_MARKS = re.compile(r"[\u3001-\u303f\uff00-\uffef\u2010-\u2027]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Splitting what a table leaves is ten times as fast as a pattern that looks for it.
_LETTERS_ONLY, _DIGITS_ONLY, _LETTERS_AND_DIGITS = (
    bytes(c if c < 128 and wanted(chr(c)) else 32 for c in range(256))
    for wanted in (str.isalpha, str.isdigit, str.isalnum)
)
_BLANKS = bytes([*range(9, 14), *range(28, 32)])  # without the space

_PER_MIXED = 0.25  # on top, for hashes and ids of letters and digits
_PER_CJK = 1.4  # GPT-4's cl100k_base, Chinese conversations, nearly the worst
_PER_LETTER = 1.0  # BERT, Russian
_PER_BLANK = 0.5
_PER_OTHER = 3.0  # emoji

_ASCII_CHARS_PER_TOKEN = 4
_ROUGH_CHARS = 20_000  # of a text of megabytes: its beginning stands for the rest


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few.

    Per kind of character, from the tokenizers of GPT-4 and BERT: a word of up to
    five letters costs one token and each further four letters half a one more, a
    number one per two digits, a mark one, a Han, kana or Hangul character one
    and two fifths, another script's letter one, anything else (emoji) three. A run
    that mixes letters and digits costs a quarter per character more.
    """
    if text.isascii():
        return int(_ascii(text.encode()) + 0.999)
    beyond = "".join(_BEYOND_ASCII.findall(text))
    within = _BEYOND_ASCII.sub(" ", text).encode()
    return int(_ascii(within) + _beyond_ascii(beyond) + 0.999)


def _ascii(text: bytes) -> float:
    """Return the tokens of ASCII characters."""
    lengths = list(map(len, text.translate(_LETTERS_ONLY).split()))
    total = len(lengths) + sum([(n - 2) // 4 for n in lengths if n > 5]) / 2
    rest = len(text) - sum(lengths) - text.count(b" ")
    numbers = text.translate(_DIGITS_ONLY).split()
    if numbers:
        total += sum([(len(number) + 1) // 2 for number in numbers])
        runs = text.translate(_LETTERS_AND_DIGITS).split()
        if len(runs) < len(lengths) + len(numbers):
            total += _PER_MIXED * sum(map(len, _MIXED.findall(text)))
        rest -= sum(map(len, numbers))
    blanks = len(text) - len(text.translate(None, _BLANKS))
    return total + rest - (1 - _PER_BLANK) * blanks


def rough_tokens(text: str) -> int:
    """Return about how many tokens a text has, for what asks whether it is long."""
    if text.isascii():
        return len(text) // _ASCII_CHARS_PER_TOKEN + 1
    if len(text) <= _ROUGH_CHARS:
        return estimate_tokens(text)
    return estimate_tokens(text[:_ROUGH_CHARS]) * len(text) // _ROUGH_CHARS


def _beyond_ascii(text: str) -> float:
    """Return the tokens of characters that are not ASCII, without what is between."""
    cjk, marks = _length(_CJK, text), _length(_CJK_MARKS, text)
    blanks = len(text) - len("".join(text.split()))
    letters = _length(_LETTERS, _CJK.sub("", _CJK_MARKS.sub("", text)))
    others = len(text) - cjk - marks - blanks - letters
    return (
        _PER_CJK * cjk
        + marks
        + _PER_LETTER * letters
        + _PER_BLANK * blanks
        + _PER_OTHER * others
    )


def _length(pattern: re.Pattern[str], text: str) -> int:
    return len("".join(pattern.findall(text)))


class TiktokenCounter:
    """Counts as OpenAI's models do, by the package tiktoken."""

    def __init__(self, *, encoding: str = "o200k_base") -> None:
        """Load an encoding; its vocabulary is fetched once and cached.

        Raises:
            MissingExtraError: tiktoken is not installed.
            RetentiveError: The vocabulary cannot be fetched.
            InvalidInputError: No encoding has this name.
        """
        try:
            import tiktoken
        except ImportError as exc:
            raise MissingExtraError(
                "tiktoken", extra="tiktoken", purpose="the token counter 'tiktoken'"
            ) from exc
        if encoding not in tiktoken.list_encoding_names():
            raise InvalidInputError(
                f"no encoding is named {encoding!r}; known: "
                f"{', '.join(tiktoken.list_encoding_names())}"
            )
        try:
            self._encoding = tiktoken.get_encoding(encoding)
        except OSError as exc:
            raise RetentiveError(
                f"tiktoken could not fetch the vocabulary of {encoding!r}: {exc}; set "
                "TIKTOKEN_CACHE_DIR to a folder that holds it, or use the estimator"
            ) from exc

    def __call__(self, text: str) -> int:
        """Return the number of tokens; special tokens count as plain text."""
        return len(self._encoding.encode(text, disallowed_special=()))


class WordPieceCounter:
    """Counts as a Hugging Face tokenizer does, without its special tokens."""

    def __init__(self, path: str | Path) -> None:
        """Load a ``tokenizer.json``.

        Raises:
            MissingExtraError: The package tokenizers is not installed.
            InvalidInputError: There is no such file, or it is no tokenizer.
        """
        try:
            from tokenizers import Tokenizer
        except ImportError as exc:
            raise MissingExtraError(
                "tokenizers", extra="minilm", purpose="the token counter 'wordpiece'"
            ) from exc
        try:
            self._tokenizer: Any = Tokenizer.from_str(
                Path(path).read_text(encoding="utf-8")
            )
        except Exception as exc:  # the library raises bare Exception
            raise InvalidInputError(
                f"cannot read a tokenizer from {str(path)!r}: {exc}"
            ) from exc
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def __call__(self, text: str) -> int:
        """Return the number of tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

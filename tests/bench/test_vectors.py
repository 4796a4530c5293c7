"""The vector cache: each text is embedded once, ever, per embedder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retentive.bench.vectors import CachedEmbedder, default_cache


class Counted:
    """Embeds a text as a direction given by its length, and counts the texts."""

    dim = 4
    scripts = frozenset({"latin"})

    def __init__(self, fingerprint: str = "counted:4:1") -> None:
        self.fingerprint = fingerprint
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        rows = np.eye(4, dtype=np.float32)
        return rows[[len(text) % 4 for text in texts]]


def test_a_text_is_embedded_once_within_and_across_runs(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vectors.db"
    first = Counted()
    cached = CachedEmbedder(first, path=path)
    made = cached.embed(["a", "bb", "a"])
    assert np.array_equal(cached.embed(["bb"]), made[1:2])
    assert first.texts == ["a", "bb"]

    second = Counted()
    again = CachedEmbedder(second, path=path).embed(["a", "bb", "a"])
    assert second.texts == []
    assert np.array_equal(again, made)


def test_vectors_of_another_embedder_are_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "vectors.db"
    CachedEmbedder(Counted("counted:4:1"), path=path).embed(["a"])
    other = Counted("counted:4:2")
    CachedEmbedder(other, path=path).embed(["a"])
    assert other.texts == ["a"]


def test_it_is_an_embedder_like_the_one_inside(tmp_path: Path) -> None:
    cached = CachedEmbedder(Counted(), path=tmp_path / "vectors.db")
    assert (cached.fingerprint, cached.dim) == ("counted:4:1", 4)
    assert cached.scripts == {"latin"}
    assert cached.embed([]).shape == (0, 4)


def test_many_texts_come_back_in_order(tmp_path: Path) -> None:
    texts = ["x" * number for number in range(300)]
    cached = CachedEmbedder(Counted(), path=tmp_path / "vectors.db")
    assert np.array_equal(cached.embed(texts), Counted().embed(texts))


def test_the_cache_lies_where_the_user_keeps_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "retentive" / "bench-vectors.db"

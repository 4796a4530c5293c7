"""Which sentences stand for a text."""

from __future__ import annotations

import numpy as np
import pytest

from retentive.text.gist import centrality, likeness, select


def test_likeness_by_hand() -> None:
    # Terms: (cat, mat), (cat, hat), (dog). df: cat 2, others 1; n = 3.
    # idf: cat ln 2.5 = 0.9163, others ln 4 = 1.3863.
    # cosine = 0.9163² / (0.9163² + 1.3863²) = 0.8396 / 2.7614 = 0.3040
    alike = likeness(["cat mat", "cat hat", "dog"])
    assert alike[0, 1] == pytest.approx(0.3040, abs=1e-4)
    assert alike[0, 2] == 0.0
    assert not alike.diagonal().any()


def test_centrality_by_hand() -> None:
    # 1 is like 0 and 2, which are like 1 alone: p0 = p2 = .05 + .85 · p1 / 2 and
    # p1 = .05 + .85 · (p0 + p2), so p1 = .135 / .2775 = .4865 and p0 = .2568.
    alike = np.array([[0, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0]], np.float32)
    shares = centrality(alike)
    assert shares == pytest.approx([0.2568, 0.4865, 0.2568], abs=2e-3)


def test_likeness_by_chance_links_nothing() -> None:
    weak = np.array([[0, 0.09], [0.09, 0]], np.float32)
    assert centrality(weak) == pytest.approx([0.5, 0.5])


def test_what_repeats_is_passed_over() -> None:
    worth = np.array([1.0, 0.9, 0.5], np.float32)
    alike = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], np.float32)
    # after 0: 0.6 · 0.9 - 0.4 · 1 = 0.14 against 0.6 · 0.5 = 0.30
    assert select(worth, alike, costs=[5, 5, 5], budget=10) == [0, 2]


def test_what_does_not_fit_is_passed_over_for_the_next() -> None:
    worth = np.array([1.0, 0.9, 0.5], np.float32)
    none = np.zeros((3, 3), np.float32)
    assert select(worth, none, costs=[9, 99, 1], budget=10) == [0, 2]


def test_nothing_stands_for_nothing() -> None:
    alike = likeness([])
    assert select(centrality(alike), alike, costs=[], budget=9) == []

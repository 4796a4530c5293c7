"""What every embedder must do: subclass :class:`EmbedderSuite` with one fixture."""

from __future__ import annotations

import numpy as np
import pytest

from retentive.protocols import Embedder

__all__ = ["EmbedderSuite"]

_TEXTS = ("A cat sleeps.", "The tax return is due.", "我养了一只猫。", "", "😀", "a\0b")


class EmbedderSuite:
    """Checks of the contract of :class:`retentive.protocols.Embedder`."""

    @pytest.fixture
    def embedder(self) -> Embedder:
        """Return the embedder to check."""
        raise NotImplementedError("override the fixture 'embedder'")

    def test_vectors_are_unit_rows(self, embedder: Embedder) -> None:
        """(n, dim) float32, finite, of length 1, for any text."""
        vectors = embedder.embed(_TEXTS)
        assert vectors.shape == (len(_TEXTS), embedder.dim)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)

    def test_no_texts_give_no_rows(self, embedder: Embedder) -> None:
        """The empty list has shape (0, dim)."""
        assert embedder.embed([]).shape == (0, embedder.dim)

    def test_order_and_company_make_no_difference(self, embedder: Embedder) -> None:
        """A text's vector is the same alone, in a batch, and twice."""
        together = embedder.embed(_TEXTS)
        backwards = embedder.embed(_TEXTS[::-1])[::-1]
        alone = np.concatenate([embedder.embed([text]) for text in _TEXTS])
        np.testing.assert_allclose(together, backwards, atol=1e-5)
        np.testing.assert_allclose(together, alone, atol=1e-5)

    def test_long_texts_are_embedded(self, embedder: Embedder) -> None:
        """However much of them is read."""
        assert np.isfinite(embedder.embed(["word " * 50_000])).all()

    def test_the_fingerprint_names_model_size_and_revision(
        self, embedder: Embedder
    ) -> None:
        """``model:dim:revision``."""
        *_, dim, revision = embedder.fingerprint.split(":")
        assert dim == str(embedder.dim)
        assert revision

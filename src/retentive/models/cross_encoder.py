"""Reads a question and a memory together: a cross-encoder on onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retentive.models.onnx_text import OnnxText

__all__ = ["CrossEncoder"]


class CrossEncoder:
    """Scores pairs by a sequence-classification model in ONNX.

    Source: Nogueira and Cho 2019, "Passage Re-ranking with BERT".
    """

    def __init__(
        self,
        *,
        path: str | Path,
        max_tokens: int = 256,
        batch_size: int = 16,
        threads: int = 1,
    ) -> None:
        """Load the model; see :class:`~retentive.models.onnx_text.OnnxText`.

        Args:
            path: Folder with ``model.onnx`` and ``tokenizer.json``.
            max_tokens: Tokens of question and memory together that are read.
            batch_size: Pairs that go through the model together.
            threads: Threads for one batch.
        """
        self._batch_size = max(1, batch_size)
        self._model = OnnxText(
            path,
            max_tokens=max_tokens,
            threads=threads,
            purpose="the reranker 'cross_encoder'",
        )

    def __call__(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts),) float32``: of several labels, the last one's logit."""
        scores = np.zeros(len(texts), np.float32)
        for start in range(0, len(texts), self._batch_size):
            pairs = [(query, text) for text in texts[start : start + self._batch_size]]
            logits, _ = self._model.run(pairs)
            scores[start : start + len(pairs)] = logits.reshape(len(pairs), -1)[:, -1]
        return scores

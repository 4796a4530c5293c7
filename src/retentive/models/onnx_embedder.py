"""Any sentence embedder in ONNX from a folder, such as a multilingual one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retentive.errors import EmbeddingError, InvalidInputError
from retentive.models.onnx_text import OnnxText

__all__ = ["OnnxEmbedder"]


class OnnxEmbedder:
    """Vectors of a model in a folder; safe for many threads."""

    def __init__(
        self,
        *,
        path: str | Path,
        pooling: Literal["mean", "cls"] = "mean",
        prefix: str = "",
        scripts: Sequence[str] | None = None,
        max_tokens: int = 256,
        batch_size: int = 16,
        threads: int = 1,
    ) -> None:
        """Load the model; see :class:`~retentive.models.onnx_text.OnnxText`.

        Args:
            path: Folder with ``model.onnx`` and ``tokenizer.json``.
            pooling: Mean of the tokens, or the first token; a graph that pools by
                itself is taken as it is.
            prefix: Put before every text, as some models want it.
            scripts: What it understands, such as ``["latin", "han"]``; all if omitted.
            max_tokens: Tokens of a text that are read.
            batch_size: Texts that go through the model together.
            threads: Threads for one batch.
        """
        if pooling not in ("mean", "cls") or batch_size < 1:
            raise InvalidInputError(
                "pooling must be mean or cls and batch_size at least 1, got "
                f"{pooling!r} and {batch_size!r}"
            )
        self._model = OnnxText(
            path, max_tokens=max_tokens, threads=threads, purpose="the embedder 'onnx'"
        )
        self._pooling, self._prefix, self._batch_size = pooling, prefix, batch_size
        self.scripts = None if scripts is None else frozenset(scripts)
        self.dim = self._pooled(["a"]).shape[1]
        name = Path(path).name
        self.fingerprint = f"{name}:{self.dim}:{self._model.digest}-{pooling}-{prefix}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``, each row L2-normalised.

        Raises:
            EmbeddingError: The model gave a vector that is not finite, or zero.
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), self._batch_size):
            some = [
                self._prefix + text for text in texts[start : start + self._batch_size]
            ]
            vectors[start : start + len(some)] = self._pooled(some)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise EmbeddingError(
                f"the model {self.fingerprint!r} gave vectors that are not finite or all "
                "zero; check its export"
            )
        unit: NDArray[np.float32] = vectors / lengths
        return unit

    def _pooled(self, texts: Sequence[str]) -> NDArray[np.float32]:
        output, mask = self._model.run(texts)
        if output.ndim == 2:
            return output
        if self._pooling == "cls":
            return np.asarray(output[:, 0], np.float32)
        total = (output * mask[:, :, None]).sum(axis=1)
        return np.asarray(
            total / np.maximum(mask.sum(axis=1, keepdims=True), 1.0), np.float32
        )

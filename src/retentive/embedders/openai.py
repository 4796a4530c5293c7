"""Vectors from any OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.endpoint import open_client
from retentive.errors import EmbeddingError, InvalidInputError

__all__ = ["OpenAIEmbedder"]


class OpenAIEmbedder:
    """Asks an endpoint's ``/embeddings``, in batches, with the client's retries.

    Safe for many threads.
    """

    scripts: frozenset[str] | None = None

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        dim: int | None = None,
        revision: str = "1",
        batch_size: int = 128,
        timeout_s: float = 30.0,
        max_retries: int = 3,
    ) -> None:
        """Prepare the client; nothing is asked yet.

        Args:
            model: The model's name at the endpoint.
            base_url: The endpoint; OpenAI's, or OPENAI_BASE_URL, if omitted.
            api_key: OPENAI_API_KEY if omitted; a local server needs none.
            dim: Length of a vector; asked of the endpoint once if omitted.
            revision: Change it when the model behind the name changes.
            batch_size: Texts per request.
            timeout_s: Seconds to wait for an answer.
            max_retries: Further tries after a refusal that may pass.

        Raises:
            MissingExtraError: The package openai is not installed.
            InvalidInputError: A number is out of range.
        """
        for name, value in (("batch_size", batch_size), ("dim", dim)):
            if value is not None and value < 1:
                raise InvalidInputError(f"{name} must be at least 1, got {value!r}")
        self._client, self._errors = open_client(
            base_url=base_url,
            api_key=api_key,
            timeout_s=timeout_s,
            max_retries=max_retries,
            purpose="the embedder 'openai'",
            keyless=EmbeddingError(
                f"the embedder of model {model!r} has no API key: set OPENAI_API_KEY, "
                "or give base_url for a server that needs none"
            ),
        )
        self._model, self._revision = model, revision
        self._batch_size = batch_size
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of a vector."""
        if self._dim is None:
            self._dim = len(self._ask(["dimension"])[0])
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``model:dim:revision``."""
        return f"{self._model}:{self.dim}:{self._revision}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``, each row L2-normalised.

        Raises:
            EmbeddingError: The endpoint refused, or answered with vectors that
                are too few, of another length, not finite, or zero.
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), self._batch_size):
            some = [text or " " for text in texts[start : start + self._batch_size]]
            vectors[start : start + len(some)] = self._checked(some)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise EmbeddingError(
                f"model {self._model!r} at {self._where} gave vectors that are not "
                "finite or all zero; check the server"
            )
        unit: NDArray[np.float32] = vectors / lengths
        return unit

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    @property
    def _where(self) -> str:
        return repr(str(self._client.base_url))

    def _checked(self, texts: Sequence[str]) -> list[list[float]]:
        answer = self._ask(texts)
        lengths = {len(vector) for vector in answer}
        if len(answer) != len(texts) or lengths != {self.dim}:
            raise EmbeddingError(
                f"model {self._model!r} at {self._where} gave {len(answer)} vectors of "
                f"{sorted(lengths)} numbers for {len(texts)} texts, not {self.dim} "
                "numbers each; check the model's name and the setting dim"
            )
        return answer

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        request: dict[str, Any] = {"model": self._model, "input": list(texts)}
        try:
            answer = self._client.embeddings.create(encoding_format="float", **request)
        except self._errors as exc:
            raise EmbeddingError(
                f"model {self._model!r} at {self._where} gave no vectors: {exc}; check "
                "the URL, the key and the model's name"
            ) from exc
        ordered = sorted(answer.data, key=lambda item: item.index)
        return [item.embedding for item in ordered]

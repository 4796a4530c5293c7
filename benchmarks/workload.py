"""Texts, queries and vectors that are the same in every process and for every system.

A text is nineteen words drawn by Zipf's law. A vector is looked up: the sum of a
fixed table's rows for the words of the text, so that embedding costs every system
the same few microseconds, and texts that share words are near each other.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

DIM = 384
WORDS_PER_TEXT = 19
WORDS_PER_QUERY = 6
_TABLE_ROWS = 4_096
_VOCABULARY = 5_000
_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def text(number: int) -> str:
    """Return the memory of this number; equal numbers give equal texts."""
    generator = random.Random(number)
    words = generator.choices(_words(), cum_weights=_zipf(), k=WORDS_PER_TEXT)
    return " ".join(words).capitalize() + "."


def query(number: int) -> str:
    """Return some words of the memory of this number."""
    generator = random.Random(-1 - number)
    words = text(number).lower().rstrip(".").split()
    return " ".join(generator.sample(words, WORDS_PER_QUERY))


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return ``(len(texts), DIM) float32``, each row L2-normalised."""
    rows = np.stack([table()[_places(value)].sum(axis=0) for value in texts])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / lengths, np.float32)


@cache
def table() -> NDArray[np.float32]:
    """Return the fixed table of directions, ``(4096, DIM) float32``."""
    generator = np.random.default_rng(1)
    return generator.standard_normal((_TABLE_ROWS, DIM), dtype=np.float32)


def _places(value: str) -> list[int]:
    words = value.lower().rstrip(".").split()
    return [zlib.crc32(word.encode()) % _TABLE_ROWS for word in words] or [0]


@cache
def _words() -> list[str]:
    generator = random.Random(0)
    found: dict[str, None] = {}
    while len(found) < _VOCABULARY:
        found["".join(generator.choices(_SYLLABLES, k=generator.randint(2, 4)))] = None
    return list(found)


@cache
def _zipf() -> list[float]:
    return list(np.cumsum(1 / np.arange(1, _VOCABULARY + 1)))

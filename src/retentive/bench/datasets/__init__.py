"""Labelled data sets, read from where the user keeps them; none is shipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from retentive.bench.datasets import (
    beam,
    jsonl,
    locomo,
    longmemeval,
    madial,
    memdaily,
)
from retentive.bench.datasets.model import (
    Conversation,
    Dataset,
    Question,
    evidence_id,
)
from retentive.errors import InvalidInputError

__all__ = [
    "LOADERS",
    "Conversation",
    "Dataset",
    "Loader",
    "Question",
    "evidence_id",
    "load",
]

Loader = Callable[[Path], Dataset]

LOADERS: Mapping[str, Loader] = MappingProxyType(
    {
        "beam": beam.load,
        "jsonl": jsonl.load,
        "locomo": locomo.load,
        "longmemeval": longmemeval.load,
        "madial": madial.load,
        "memdaily": memdaily.load,
    }
)
"""Readers by the name that ``--dataset`` takes."""


def load(path: Path | str, *, dataset: str) -> Dataset:
    """Read a data set.

    Args:
        path: The data set's file.
        dataset: A name in :data:`LOADERS`.

    Raises:
        InvalidInputError: The name is unknown, or the file cannot be read as
            that data set.
    """
    if dataset not in LOADERS:
        known = ", ".join(sorted(LOADERS))
        raise InvalidInputError(f"no data set is named {dataset!r}; known: {known}")
    try:
        return LOADERS[dataset](Path(path))
    except OSError as exc:
        raise InvalidInputError(
            f"the data set {str(path)!r} cannot be read: {exc.strerror}; "
            "check the path and its permissions"
        ) from exc
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        if isinstance(exc, InvalidInputError):
            raise
        raise InvalidInputError(
            f"{str(path)!r} is not a {dataset} file ({type(exc).__name__}: {exc}); "
            f"pass another --dataset (known: {', '.join(sorted(LOADERS))})"
        ) from exc

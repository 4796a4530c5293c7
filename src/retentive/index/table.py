"""Columns that grow in place and change by copy, so that readers need no lock.

Rows are appended beyond the end that earlier views know. A cell of an older
row is changed in a copy of its column, which later views see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["COLUMNS", "Table"]

COLUMNS: Mapping[str, DTypeLike] = {
    "alive": np.bool_,
    "namespace": np.int32,
    "occurred_at": np.float64,
    "recorded_at": np.float64,
    "last_accessed_at": np.float64,
    "valid_until": np.float64,
    "expires_at": np.float64,
    "mentioned_from": np.float64,
    "mentioned_until": np.float64,
    "importance": np.float32,
    "support_count": np.int32,
    "access_count": np.int32,
    "kind": np.int8,
    "status": np.int8,
    "origin": np.int8,
    "pinned": np.bool_,
    "session": np.int32,
    "speaker": np.int32,
    "role": np.int32,
    "position": np.int32,
    "previous": np.int32,
    "next": np.int32,
    "length": np.int32,
    "tokens": np.int32,
    "cues": np.uint32,
    "topics": np.uint64,
    "simhash": np.uint64,
    "digest": np.uint64,
}
"""Column names and types; see :class:`retentive.protocols.Frame` for meanings."""

_FIRST_CAPACITY = 128
_ROW_BYTES = sum(np.dtype(dtype).itemsize for dtype in COLUMNS.values())


class Table:
    """Parallel columns of :data:`COLUMNS`, for one writer and many readers."""

    def __init__(self) -> None:
        """Start empty."""
        self.size = 0
        self._columns = {
            name: np.empty(_FIRST_CAPACITY, dtype) for name, dtype in COLUMNS.items()
        }

    def view(self) -> dict[str, NDArray[Any]]:
        """Return the columns up to the present end."""
        return {name: column[: self.size] for name, column in self._columns.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return one column up to the present end."""
        return self._columns[name][: self.size]

    def append(self, rows: Mapping[str, NDArray[Any]], count: int) -> None:
        """Add ``count`` rows; every column must be given."""
        end = self.size + count
        for name in self._columns:
            if end > len(self._columns[name]):
                self._columns[name] = _grown(self._columns[name], end)
            self._columns[name][self.size : end] = rows[name]
        self.size = end

    def set(
        self, name: str, rows: NDArray[np.int32] | Iterable[int], values: object
    ) -> None:
        """Change cells of one column in a copy of it."""
        column = self._columns[name].copy()
        column[np.asarray(rows, np.int64)] = values
        self._columns[name] = column

    def point(self, name: str, row: int, value: int) -> None:
        """Change one cell in place: safe where readers ignore the new value.

        Only for links to rows that no earlier view holds.
        """
        self._columns[name][row] = value

    def nbytes(self) -> int:
        """Return the memory taken, in bytes."""
        return len(self._columns["alive"]) * _ROW_BYTES  # all columns grow together


def _grown(column: NDArray[Any], wanted: int) -> NDArray[Any]:
    larger = np.empty(wanted + wanted // 4, column.dtype)
    larger[: len(column)] = column
    return larger

"""The embedded default: one SQLite file, many threads, many processes."""

from __future__ import annotations

from retentive.stores.sqlite.store import SQLiteStore

__all__ = ["SQLiteStore"]

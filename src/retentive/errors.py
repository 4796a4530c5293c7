"""Every error that Retentive raises on purpose, under one root.

A message says what happened, shows the value with ``!r`` and names the remedy.
"""

from __future__ import annotations

__all__ = [
    "ApprovalNeededError",
    "BusyError",
    "ConfigError",
    "ConflictError",
    "CorruptStoreError",
    "EmbedderMismatchError",
    "EmbeddingError",
    "FencedError",
    "InvalidInputError",
    "MissingExtraError",
    "ModelError",
    "PluginError",
    "RecordNotFoundError",
    "RetentiveError",
    "SchemaVersionError",
    "StoreConnectionError",
    "StoreError",
    "StoreFullError",
    "StoreReadOnlyError",
]


class RetentiveError(Exception):
    """Root of all errors raised by Retentive."""


class InvalidInputError(RetentiveError, ValueError):
    """A value handed to Retentive cannot be used; nothing was changed."""


class ConfigError(RetentiveError):
    """A configuration is wrong; the message lists every problem with its place."""


class PluginError(RetentiveError):
    """A plugin is unknown, doubled, broken, or does not follow its protocol."""


class PlanError(PluginError):
    """A consolidation policy planned what no plan may do; nothing was changed."""


class ApprovalNeededError(RetentiveError):
    """A plan would change more of a namespace than may happen unasked."""

    def __init__(self, message: str, *, changed: int, total: int) -> None:
        """Say how much.

        Args:
            message: What to show.
            changed: Records that the plan would change.
            total: Records that there are.
        """
        super().__init__(message)
        self.changed = changed
        self.total = total


class MissingExtraError(RetentiveError, ImportError):
    """An optional package is not installed; the message gives the pip command."""

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        """Name what is missing.

        Args:
            package: The import or distribution name that was not found.
            extra: The extra of Retentive that installs it.
            purpose: What needs it, as the subject of a sentence.
        """
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed; "
            f"run: pip install 'retentive[{extra}]'"
        )
        self.package = package
        self.extra = extra


class EmbeddingError(RetentiveError):
    """An embedder failed or returned vectors that cannot be stored."""


class EmbedderMismatchError(RetentiveError):
    """A namespace holds vectors of another embedder; nothing was changed."""


class ModelError(RetentiveError):
    """A language model or a reranker failed, or its reply cannot be used."""


class StoreError(RetentiveError):
    """A store could not do what was asked; nothing was changed."""


class StoreConnectionError(StoreError):
    """The store cannot be reached or opened."""


class StoreReadOnlyError(StoreError):
    """The store can be read but not written."""


class StoreFullError(StoreError):
    """The disk or the server's memory is full; the commit was not made."""


class CorruptStoreError(StoreError):
    """The store's data is damaged, or belongs to another program."""


class SchemaVersionError(StoreError):
    """The store was written by a newer version of Retentive."""


class RecordNotFoundError(StoreError, KeyError):
    """No record of that id lives in that namespace."""

    def __str__(self) -> str:
        """Return the plain message; ``KeyError`` would show its repr."""
        return str(self.args[0]) if self.args else ""


class ConflictError(StoreError):
    """A record changed since it was read; nothing of the batch was applied."""

    def __init__(self, record_id: str, *, expected: int, actual: int) -> None:
        """Name both versions.

        Args:
            record_id: The record on which the batch failed.
            expected: The version that the caller had read (0: not to exist).
            actual: The version that is stored (0: does not exist).
        """
        super().__init__(
            f"record {record_id!r} is at version {actual}, not {expected}; "
            "read it again, apply your change to what you read, and retry"
        )
        self.record_id = record_id
        self.expected = expected
        self.actual = actual


class FencedError(StoreError):
    """A lease was lost before the commit that relied on it; nothing was applied."""


class BusyError(StoreError):
    """Somebody else works on the namespace right now; nothing was changed."""

"""A second embedder's vectors beside the present ones, until they are complete."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from retentive.errors import StoreError
from retentive.protocols import VectorPut
from retentive.records import Embedding, Namespace
from retentive.stores.codec import pack_vector

__all__ = ["embedder", "lacking", "stage", "switch"]


def embedder(connection: sqlite3.Connection, namespace: Namespace) -> str | None:
    """Return the fingerprint of a namespace's vectors."""
    return _space(connection, namespace)[1]


def lacking(
    connection: sqlite3.Connection,
    namespace: Namespace,
    fingerprint: str,
    *,
    columns: str,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Return rows of records that have no vector of an embedder, by ascending id."""
    number, held = _space(connection, namespace)
    present = "AND vectors.record IS NULL" if held == fingerprint else ""
    return connection.execute(
        f"SELECT {columns} FROM records "
        "LEFT JOIN vectors ON vectors.record = records.pk "
        "LEFT JOIN staged_vectors AS staged "
        "ON staged.record = records.pk AND staged.embedder = ? "
        f"WHERE namespace = ? AND staged.record IS NULL {present} "
        "ORDER BY records.id LIMIT ?",
        (fingerprint, number, limit),
    ).fetchall()


def stage(
    connection: sqlite3.Connection,
    namespace: Namespace,
    fingerprint: str,
    vectors: Sequence[VectorPut],
) -> None:
    """Keep vectors aside; those of records that are gone are passed over.

    Raises:
        InvalidInputError: One cannot be stored; none is kept.
    """
    number, _ = _space(connection, namespace)
    given = [
        (put.id, Embedding(vector=put.vector, fingerprint=fingerprint))
        for put in vectors
    ]
    connection.executemany(
        "INSERT OR REPLACE INTO staged_vectors (record, embedder, vector) "
        "SELECT pk, ?, ? FROM records WHERE namespace = ? AND id = ?",
        [(fingerprint, pack_vector(e.vector), number, id) for id, e in given],
    )


def switch(
    connection: sqlite3.Connection, namespace: Namespace, fingerprint: str | None
) -> None:
    """Make an embedder's vectors the namespace's, and drop all others.

    Raises:
        StoreError: A record still lacks one.
    """
    number, held = _space(connection, namespace)
    mine = "(SELECT pk FROM records WHERE namespace = ?)"
    if fingerprint is not None:
        left = lacking(
            connection, namespace, fingerprint, columns="records.id", limit=1_000_000
        )
        if left:
            raise StoreError(
                f"{len(left)} records of {namespace!r} still lack a vector of "
                f"{fingerprint!r}; embed them first"
            )
    if held != fingerprint:
        connection.execute(f"DELETE FROM vectors WHERE record IN {mine}", (number,))
    connection.execute(
        "INSERT OR REPLACE INTO vectors SELECT record, vector FROM staged_vectors "
        f"WHERE embedder = ? AND record IN {mine}",
        (fingerprint, number),
    )
    connection.execute(f"DELETE FROM staged_vectors WHERE record IN {mine}", (number,))
    connection.execute(
        "UPDATE namespaces SET sequence = sequence + 1, embedder = ? WHERE id = ?",
        (fingerprint, number),
    )
    connection.execute(
        "UPDATE records SET version = (SELECT sequence FROM namespaces WHERE id = ?1) "
        "WHERE namespace = ?1",
        (number,),
    )


def _space(
    connection: sqlite3.Connection, namespace: Namespace
) -> tuple[int, str | None]:
    row = connection.execute(
        "SELECT id, embedder FROM namespaces WHERE labels = ?",
        (json.dumps(list(namespace)),),
    ).fetchone()
    return (-1, None) if row is None else (int(row[0]), row[1])

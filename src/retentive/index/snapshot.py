"""Saves a replica beside its store, so that a cold process is ready at once.

A snapshot is derived: a missing, stale, foreign or damaged one is passed over
and the replica is read from the store. Vectors are in it only where the store is on
another machine; others have them beside it. No file can be read by other users.

The file: 8 magic bytes, 16 bytes BLAKE2b of the rest, 8 bytes length of the
header, the header as JSON, then the arrays one after the other.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from retentive.errors import StoreError
from retentive.index.ingest import Names
from retentive.index.postings import Postings, Segment
from retentive.index.replica import Replica
from retentive.index.state import State
from retentive.index.table import COLUMNS
from retentive.index.vectors import Vectors
from retentive.protocols import (
    KeepsVectorsFar,
    Store,
    SupportsSnapshots,
    SupportsVectorScan,
)

__all__ = ["load_snapshot", "save_snapshot", "snapshot_file", "write_file"]

_MAGIC = b"RTNSNAP1"
_ANALYSIS = 4
"""Raise it whenever tokenising, cues, topics, dates or a column changes its meaning."""

_MIN_NEW_ROWS = 64  # fewer are read from the store in a millisecond or two
_NEW_SHARE = 0.05
_OWNER_ONLY = 0o600

_log = logging.getLogger(__name__)


def save_snapshot(replica: Replica, store: Store) -> None:
    """Write a replica's snapshot if it has grown enough since the last one.

    A file that cannot be written is no error: the next process reads the store.
    """
    path = snapshot_file(replica, store)
    far = isinstance(store, KeepsVectorsFar)
    if path is None or (far and not _caught_up(replica)):
        return
    state = replica.state()
    saved = state.saved_rows if path.exists() else 0  # forgetting removes it
    if state.table.size - saved < max(_MIN_NEW_ROWS, _NEW_SHARE * saved):
        return
    try:
        write_file(path, _encoded(state, replica.embedder, vectors=far))
    except OSError as exc:
        _log.info("no snapshot at %s: %s", path, exc)
    else:
        state.saved_rows = state.table.size


def load_snapshot(replica: Replica, store: Store) -> bool:
    """Restore a replica from its snapshot; false if there is no usable one."""
    path = snapshot_file(replica, store)
    if path is None:
        return False
    try:
        state = _decoded(path.read_bytes(), replica)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError, IndexError) as exc:
        _log.warning("rebuilding the replica: snapshot %s is unusable: %s", path, exc)
        return False
    if state.vectors is not None and not state.vectors.size:
        _fill_vectors(state, replica, store)
    replica.restore(state)
    return True


def snapshot_file(replica: Replica, store: Store) -> Path | None:
    """Return where a replica is saved, if anywhere."""
    if len(replica.namespaces) != 1 or not isinstance(store, SupportsSnapshots):
        return None
    if replica.embedder is not None and not isinstance(store, SupportsVectorScan):
        return None
    path = store.snapshot_path(replica.namespaces[0])
    if path is None or replica.embedder is None:
        return path
    # Agents with and without an embedder may take turns on one file.
    digest = blake2b(replica.embedder.encode(), digest_size=4).hexdigest()
    return path.with_name(f"{path.stem}-{digest}{path.suffix}")


def _caught_up(replica: Replica) -> bool:
    """Catch up, so that no vector is written of what was forgotten meanwhile."""
    try:
        replica.frame()
    except StoreError as exc:
        _log.info("no snapshot of %s: %s", replica.namespaces, exc)
        return False
    return True


def _encoded(state: State, embedder: str | None, *, vectors: bool) -> bytes:
    segment = Segment.of(np.empty(0, np.uint64), np.empty(0, np.int32), first_row=0)
    for held in state.postings.segments:
        segment = Segment.merged(segment, held)
    arrays: dict[str, NDArray[Any]] = {
        **state.table.view(),
        "further_rows": state.further[0],
        "further_times": state.further[1],
        "terms": segment.terms,
        "starts": segment.starts,
        "rows": segment.rows,
        "counts": segment.counts,
    }
    if vectors and state.vectors is not None:
        arrays |= state.vectors.arrays(state.table["alive"])
    header = {
        "analysis": _ANALYSIS,
        "embedder": embedder,
        "dim": state.vectors.dim if state.vectors else 0,
        "namespaces": [list(namespace) for namespace in state.names.namespaces],
        "seen": list(state.seen.values()),
        "epochs": [state.epochs.get(namespace, "") for namespace in state.seen],
        "sessions": _said(state, "session", state.names.sessions),
        "speakers": _said(state, "speaker", state.names.speakers),
        "roles": _said(state, "role", state.names.roles),
        "ids": state.ids,
        "metadata": [
            dict(item) if item and lives else None
            for item, lives in zip(state.metadata, state.table["alive"], strict=False)
        ],
        "successors": list(state.successors.items()),
        "arrays": [[n, a.dtype.str, len(a)] for n, a in arrays.items()],
    }
    head = json.dumps(header).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    rest = len(head).to_bytes(8, "little") + head + body
    return _MAGIC + blake2b(rest, digest_size=16).digest() + rest


def _said(state: State, column: str, names: Sequence[str]) -> list[str]:
    """Return names without those of dead rows alone: these may have been erased."""
    codes = set(state.table[column][state.table["alive"]].tolist())
    return [name if code in codes else f"\0{code}" for code, name in enumerate(names)]


def _decoded(data: bytes, replica: Replica) -> State:
    rest = memoryview(data)[24:]
    if data[:8] != _MAGIC or blake2b(rest, digest_size=16).digest() != data[8:24]:
        raise ValueError("it is damaged, or no snapshot")
    end = 8 + int.from_bytes(rest[:8], "little")
    header = json.loads(bytes(rest[8:end]))
    expected = (_ANALYSIS, replica.embedder, [list(n) for n in replica.namespaces])
    if (header["analysis"], header["embedder"], header["namespaces"]) != expected:
        raise ValueError("it was made by another version or for another embedder")
    return _state(header, _arrays(header["arrays"], rest[end:]), replica)


def _arrays(
    layout: list[tuple[str, str, int]], body: memoryview
) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    offset = 0
    for name, dtype, length in layout:
        array = np.frombuffer(body, dtype, count=length, offset=offset)
        arrays[name] = array
        offset += array.nbytes
    return arrays


def _state(
    header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], replica: Replica
) -> State:
    size = len(arrays["alive"])
    state = State.of(replica.namespaces)
    state.seen = dict(zip(replica.namespaces, header["seen"], strict=True))
    state.epochs = dict(zip(replica.namespaces, header["epochs"], strict=True))
    state.names = _names(header, replica)
    state.table.append({name: arrays[name] for name in COLUMNS}, size)
    segment = Segment(*(arrays[name] for name in ("terms", "starts", "rows", "counts")))
    state.postings = Postings((segment,) if size else ())
    state.ids = header["ids"]
    state.metadata = header["metadata"]
    alive = np.flatnonzero(arrays["alive"]).tolist()
    state.row_of = {state.ids[row]: row for row in alive}
    session, following = arrays["session"], arrays["next"]
    last = np.flatnonzero(arrays["alive"] & (session >= 0) & (following < 0))
    state.tails = dict(zip(session[last].tolist(), last.tolist(), strict=True))
    state.further = (arrays["further_rows"], arrays["further_times"])
    state.successors = dict(header["successors"])
    state.vectors = _vectors(header["dim"], arrays)
    state.saved_rows = size
    return state


def _vectors(dim: int, arrays: Mapping[str, NDArray[Any]]) -> Vectors | None:
    """Return the vectors of a file, none yet where they are to be read elsewhere."""
    if "vectors" in arrays:
        return Vectors.of_arrays(dim, arrays)
    return Vectors(dim) if dim else None


def _names(header: Mapping[str, Any], replica: Replica) -> Names:
    names = Names()
    for namespace in replica.namespaces:
        names.code("namespaces", namespace)
    for kind in ("sessions", "speakers", "roles"):
        for name in header[kind]:
            names.code(kind, name)
    return names


def _fill_vectors(state: State, replica: Replica, store: Store) -> None:
    """Read the vectors of all rows from the store."""
    scan = cast("SupportsVectorScan", store)
    vectors = cast("Vectors", state.vectors)
    matrix = np.zeros((state.table.size, vectors.dim), np.float32)
    for ids, page in scan.vectors(replica.namespaces[0], cast("str", replica.embedder)):
        rows = np.array([state.row_of.get(id, -1) for id in ids], np.int32)
        matrix[rows[rows >= 0]] = page[rows >= 0]
    state.vectors = vectors.compact_for(len(matrix))
    state.vectors.append(matrix)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, for this user alone to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{token_hex(8)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

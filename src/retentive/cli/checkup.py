"""The checks of ``retentive doctor``, each a line."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from retentive import __version__
from retentive.cli.census import alone
from retentive.errors import ConfigError, RetentiveError, StoreError
from retentive.protocols import SupportsReembedding

if TYPE_CHECKING:
    from retentive.cli.target import Target
    from retentive.memory import Memory
    from retentive.records import Namespace

__all__ = ["Finding", "examine"]

_LITTLE_SPACE = 100_000_000  # bytes; a vacuum or an import soon needs as much
_FEW = 3  # namespaces that get a line each even if all is well
_OLDEST_SQLITE = (3, 35, 0)  # the first with RETURNING and with dependable WAL resets


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found.

    Attributes:
        check: What was looked at.
        state: ``warn`` works, but not as well as it could; ``fail`` does not.
        detail: What was found.
        remedy: What to do, empty where all is well.
    """

    check: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    remedy: str = ""


def examine(target: Target) -> Iterator[Finding]:
    """Yield one finding per check; what needs the store stops where it fails."""
    yield _versions()
    yield _sqlite_version()
    try:
        with target.open() as memory:
            yield Finding(check="store", state="ok", detail=f"{target.path} opens")
            yield from _file(memory)
            yield from _server(memory)
            spaces = target.namespaces(memory)
            yield from _gathered(_vectors(memory, space) for space in spaces)
            yield from _gathered(_replica(memory, space) for space in spaces)
    except ConfigError as exc:
        remedy = "mend these lines; retentive config check shows them again"
        yield Finding(
            check="configuration", state="fail", detail=str(exc), remedy=remedy
        )
    except RetentiveError as exc:  # its message names the remedy
        check = "store" if isinstance(exc, StoreError) else "memory"
        yield Finding(check=check, state="fail", detail=str(exc))


def _gathered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield what is not ok, and all that is ok as one: there may be thousands."""
    fine: list[Finding] = []
    for finding in findings:
        if finding.state == "ok":
            fine.append(finding)
        else:
            yield finding
    if len(fine) <= _FEW:
        yield from fine
    else:
        detail = f"{len(fine):,} namespaces are fine"
        yield Finding(check=fine[0].check, state="ok", detail=detail)


def _versions() -> Finding:
    return Finding(
        check="versions",
        state="ok",
        detail=f"retentive {__version__}, Python {platform.python_version()}, "
        f"numpy {np.__version__}",
    )


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        remedy = "use a Python that brings SQLite 3.35 or newer"
        return Finding(check="SQLite", state="fail", detail=version, remedy=remedy)
    return Finding(check="SQLite", state="ok", detail=version)


def _file(memory: Memory) -> Iterator[Finding]:
    """Look at the file of a SQLite store; others have none."""
    path = getattr(memory.store, "path", None)
    if not isinstance(path, Path):
        return
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield _integrity(connection)
        yield _journal(connection)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        yield Finding(check="schema", state="ok", detail=f"version {version}")
    yield _space(path)


def _server(memory: Memory) -> Iterator[Finding]:
    """Look at the server of a store that has one."""
    diagnose = getattr(memory.store, "diagnose", None)
    for found in diagnose() if diagnose is not None else ():
        yield Finding(
            check=found.check,
            state=found.state,
            detail=found.detail,
            remedy=found.remedy,
        )


def _integrity(connection: sqlite3.Connection) -> Finding:
    try:
        lines = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as exc:
        lines = [str(exc)]
    if lines == ["ok"]:
        return Finding(check="integrity", state="ok", detail="every page is sound")
    return Finding(
        check="integrity",
        state="fail",
        detail="; ".join(lines),
        remedy="restore a copy, or salvage it: sqlite3 FILE .recover | sqlite3 NEW",
    )


def _journal(connection: sqlite3.Connection) -> Finding:
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        return Finding(check="journal", state="ok", detail="WAL")
    return Finding(
        check="journal",
        state="warn",
        detail=f"{mode}, not WAL: readers wait for writers",
        remedy="sqlite3 FILE 'PRAGMA journal_mode = WAL', on a local disk",
    )


def _space(path: Path) -> Finding:
    free = shutil.disk_usage(path.parent).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < max(_LITTLE_SPACE, path.stat().st_size):
        remedy = "make room; writes are refused when the disk is full"
        return Finding(check="disk", state="warn", detail=detail, remedy=remedy)
    return Finding(check="disk", state="ok", detail=detail)


def _vectors(memory: Memory, namespace: Namespace) -> Finding:
    """Compare a namespace's vectors with the configured embedder."""
    store, name = memory.store, " / ".join(namespace)
    held = store.embedder(namespace) if isinstance(store, SupportsReembedding) else None
    wanted = memory.embedder.fingerprint if memory.embedder else None
    detail = f"{name}: {held or 'no vectors'}"
    if wanted is not None and held != wanted:
        return Finding(
            check="embedder",
            state="warn",
            detail=f"{detail}, configured is {wanted}",
            remedy="run retentive reembed with these same options, or name the "
            "embedder that it has",
        )
    if wanted is None and held is not None:
        return Finding(
            check="embedder",
            state="warn",
            detail=f"{detail}, but no embedder is configured: recall is by words alone",
            remedy="name the embedder that made them with --embedder, or in the "
            "configuration",
        )
    if wanted is not None and isinstance(store, SupportsReembedding):
        return _complete(store, namespace, wanted, detail)
    return Finding(check="embedder", state="ok", detail=detail)


def _complete(
    store: SupportsReembedding, namespace: Namespace, wanted: str, detail: str
) -> Finding:
    if store.lacking(namespace, wanted, limit=1):
        return Finding(
            check="embedder",
            state="warn",
            detail=f"{detail}, but some memories have none",
            remedy="run retentive reembed with these same options",
        )
    return Finding(check="embedder", state="ok", detail=detail)


def _replica(memory: Memory, namespace: Namespace) -> Finding:
    """Compare the columns that recalls read with the store, record by record."""
    inside = alone(memory, namespace)
    frame = inside.frame()
    columns = {
        frame.holdings.ids[row]: (round(float(frame.importance[row]), 6), int(status))
        for row, status in enumerate(frame.status)
        if frame.alive[row]
    }
    from retentive.index.ingest import STATUSES

    stored = {
        record.id: (
            round(float(np.float32(record.importance)), 6),
            STATUSES.index(record.status),
        )
        for record in inside.records()
    }
    name = " / ".join(namespace)
    apart = sum(stored.get(id) != columns.get(id) for id in {*stored, *columns})
    if not apart:
        detail = f"{name}: {len(stored):,} memories, as in the store"
        return Finding(check="replica", state="ok", detail=detail)
    return Finding(
        check="replica",
        state="fail",
        detail=f"{name}: {apart:,} of {len(stored):,} memories differ from the store",
        remedy="delete the folder FILE-replica beside the file; it is rebuilt",
    )

"""Saves the vectors of tokens beside the replica that they belong to.

A derived file: a missing, foreign or damaged one is passed over and its vectors
are made again. Only those of living memories are written.
"""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from retentive.index.replica import Replica
from retentive.index.snapshot import snapshot_file, write_file
from retentive.protocols import Store

__all__ = ["load_tokens", "save_tokens"]

_log = logging.getLogger(__name__)


def save_tokens(replica: Replica, store: Store) -> None:
    """Write the token vectors of living rows, if new ones were made.

    A file that cannot be written is no error: they can be made again.
    """
    path = _path(replica, store)
    if path is None or replica.tokens is None or not replica.tokens.made:
        return
    # Caught up, so that what was forgotten meanwhile is not written once more.
    frame = replica.frame()
    living = set(frame.digest[frame.alive].tolist())
    held = {key: of for key, of in replica.tokens.held().items() if key in living}
    if not held:
        return
    whole = BytesIO()
    np.savez(
        whole,
        digests=np.array(list(held), np.uint64),
        lengths=np.array([len(each) for each in held.values()], np.int32),
        tokens=np.concatenate(list(held.values())),
    )
    try:
        write_file(path, whole.getvalue())
    except OSError as exc:
        _log.info("no token vectors at %s: %s", path, exc)
    else:
        replica.tokens.made = 0


def load_tokens(replica: Replica, store: Store) -> None:
    """Give a replica the token vectors that were saved for it, if there are any."""
    path = _path(replica, store)
    if path is None or replica.tokens is None:
        return
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            digests, tokens = saved["digests"].tolist(), saved["tokens"]
            ends = np.cumsum(saved["lengths"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as exc:
        _log.warning("making token vectors anew: %s is unusable: %s", path, exc)
        return
    replica.tokens.keep(digests, np.split(tokens, ends[:-1]))


def _path(replica: Replica, store: Store) -> Path | None:
    path = snapshot_file(replica, store)
    return None if path is None else path.with_suffix(".tokens")

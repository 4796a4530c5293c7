"""Has servers write their files anew, without the bytes of what was deleted."""

from __future__ import annotations

import time
from typing import Any

from retentive.errors import StoreError
from retentive.stores.redis.errors import translated
from retentive.stores.redis.server import Server

__all__ = ["rewrite"]

_PATIENCE_S = 60.0  # a gigabyte takes seconds
_PAUSE_S = 0.02
_BUSY = (
    "aof_rewrite_in_progress",
    "aof_rewrite_scheduled",
    "rdb_bgsave_in_progress",
)


def rewrite(server: Server) -> bool:
    """Rewrite the append-only file and the snapshot of every primary that has one.

    Returns:
        Whether all are done; false where the user may not ask for it, where a disk
        is full, or where it takes longer than a minute.
    """
    try:
        with translated(str(server.address)):
            done = [_rewritten(node) for node in server.primaries()]
    except StoreError:
        return False
    return all(done)


def _rewritten(node: Any) -> bool:
    info = node.info("persistence")
    appends = bool(int(info.get("aof_enabled", 0)))
    done = not appends or _after(node, "BGREWRITEAOF", "aof_last_bgrewrite_status")
    if done and _keeps_snapshots(node, info, appends=appends):
        done = _after(node, "BGSAVE", "rdb_last_bgsave_status")
    return done


def _keeps_snapshots(node: Any, info: dict[str, Any], *, appends: bool) -> bool:
    """Return whether there is a snapshot: none is made where nobody wants one."""
    found = not appends and int(info.get("rdb_last_load_keys_loaded", 0))
    wanted = node.config_get("save").get("save")
    return bool(found or wanted or int(info.get("rdb_saves", 0)))


def _after(node: Any, command: str, status: str) -> bool:
    """Run a command behind what already runs, and wait until it is done."""
    deadline = time.monotonic() + _PATIENCE_S
    if _idle(node, deadline) is None:
        return False
    node.execute_command(command)
    info = _idle(node, deadline)
    return info is not None and info.get(status, "ok") == "ok"


def _idle(node: Any, deadline: float) -> dict[str, Any] | None:
    """Return the server's word once it writes no file; ``None`` if that takes long."""
    while True:
        info: dict[str, Any] = node.info("persistence")
        if not any(int(info.get(name, 0)) for name in _BUSY):
            return info
        if time.monotonic() > deadline:
            return None
        time.sleep(_PAUSE_S)

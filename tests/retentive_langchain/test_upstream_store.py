"""LangGraph's own tests of a store, as it publishes them, run against ours.

They are in the source distribution of ``langgraph-checkpoint-sqlite``, which is
downloaded when the tests run, and kept in pytest's cache.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.servers import RunningServer

PACKAGE = "langgraph-checkpoint-sqlite"
PLUGIN = "upstream_plugin"  # there, "tests" are LangGraph's

INNER_PARTS = {
    "test_store.py": {
        "test_nonnull_migrations": "reads the migrations of its SQL schema",
        "test_escape_glob_literal": "calls its SQL escaping",
        "test_namespace_match_pattern": "calls its SQL patterns",
        "test_list_namespaces_prefix_uses_indexable_condition": "reads its SQL",
        "test_vector_store_initialization": "looks for its tables with its cursor",
        "test_sql_injection_vulnerability": (
            "wants an error for a filter key that would be SQL; ours never reaches SQL, "
            "and is a key like any other"
        ),
    },
    "test_async_store.py": {
        "test_no_running_loop": (
            "wants its synchronous methods to fail on its loop's thread; ours work there"
        ),
    },
    "test_ttl.py": {},
}
"""Tests of what only that store has, by file, with the reason."""


@dataclass(frozen=True)
class Suite:
    """One file of tests, at work on one backend."""

    process: subprocess.Popen[str]

    def result(self) -> tuple[str, dict[str, int]]:
        output, _ = self.process.communicate(timeout=300)
        counts = re.findall(r"(\d+) (passed|failed|errors?|skipped)", output)
        return output, {word: int(number) for number, word in counts}


@pytest.fixture(scope="session")
def upstream(pytestconfig: pytest.Config) -> Path:
    """The folder of the tests of the installed version."""
    assert pytestconfig.cache is not None
    home = pytestconfig.cache.mkdir("langgraph-store-tests")
    name = f"{PACKAGE.replace('-', '_')}-{version(PACKAGE)}"
    if not (home / name / "tests" / "test_store.py").exists():
        _download(home)
        with tarfile.open(home / f"{name}.tar.gz") as archive:
            archive.extractall(home, filter="data")
    return home / name


def _download(home: Path) -> None:
    fetched = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"),
            *("--no-binary", PACKAGE, "--no-build-isolation", "--dest", str(home)),
            f"{PACKAGE}=={version(PACKAGE)}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode:
        said = fetched.stderr.strip().splitlines()[-1:]
        pytest.skip(f"the registry gives no source of {PACKAGE}: {said}")


@pytest.fixture(scope="session")
def suites(
    upstream: Path,
    redis_server: RunningServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], Suite]:
    """All files on all backends, started at once: some of them wait most of the time."""
    targets = {"sqlite": "sqlite", "redis": redis_server.url}
    return {
        (backend, file): _start(
            upstream, file, target, tmp_path_factory.mktemp(backend)
        )
        for backend, target in targets.items()
        for file in INNER_PARTS
    }


def _start(upstream: Path, file: str, target: str, folder: Path) -> Suite:
    left_out = [f"--deselect=tests/{file}::{test}" for test in INNER_PARTS[file]]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", f"tests/{file}", "-q", "-p", PLUGIN),
            *("-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "-W", "ignore"),
            *("-c", os.devnull),
            *(f"--rootdir={upstream}", "--tb=short", *left_out),
        ],
        cwd=upstream,
        env={
            **os.environ,
            "RETENTIVE_STORE": target,
            "PYTHONPATH": f"{upstream}{os.pathsep}{Path(__file__).parent}",
            "TMPDIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Suite(process)


# Parametrised tests count as many; seven and two more are left out above.
PASSED = {"test_store.py": 96, "test_async_store.py": 37, "test_ttl.py": 11}


@pytest.mark.parametrize("file", INNER_PARTS)
@pytest.mark.parametrize("backend", ["sqlite", "redis"])
def test_langgraph_s_own_store_tests_pass(
    backend: str, file: str, suites: dict[tuple[str, str], Suite]
) -> None:
    output, counts = suites[backend, file].result()
    assert set(counts) == {"passed"}, output
    assert counts["passed"] == PASSED[file], output

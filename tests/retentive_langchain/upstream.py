"""Fetches LangGraph's own tests of a store, and starts them against ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

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


class RegistryError(Exception):
    """The tests could not be fetched."""


@dataclass(frozen=True)
class Running:
    """The tests at work on one backend."""

    process: subprocess.Popen[str]

    def result(self) -> tuple[str, dict[str, int]]:
        """Return what they printed, and how many passed, failed and so on."""
        output, _ = self.process.communicate(timeout=300)
        counts = re.findall(r"(\d+) (passed|failed|errors?|skipped)", output)
        return output, {word: int(number) for number, word in counts}


def fetched(home: Path) -> Path:
    """Return the folder of the source distribution of the installed version.

    Raises:
        RegistryError: It is not there yet, and the registry gives none.
    """
    name = f"{PACKAGE.replace('-', '_')}-{version(PACKAGE)}"
    if not (home / name / "tests" / "test_store.py").exists():
        _download(home)
        with tarfile.open(home / f"{name}.tar.gz") as archive:
            archive.extractall(home, filter="data")
    return home / name


def started(source: Path, target: str, folder: Path) -> Running:
    """Start the tests against a store of ours: ``sqlite``, or a server's URL."""
    left_out = [
        f"--deselect=tests/{file}::{test}"
        for file, tests in INNER_PARTS.items()
        for test in tests
    ]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "--tb=short"),
            *("-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "-W", "ignore"),
            *("-c", os.devnull, f"--rootdir={source}", *left_out),
            *(f"tests/{file}" for file in INNER_PARTS),
        ],
        cwd=source,
        env={
            **os.environ,
            "RETENTIVE_STORE": target,
            "PYTHONPATH": f"{source}{os.pathsep}{Path(__file__).parent}",
            "TMPDIR": str(folder),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Running(process)


def _download(home: Path) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"),
            *("--no-binary", PACKAGE, "--no-build-isolation", "--dest", str(home)),
            f"{PACKAGE}=={version(PACKAGE)}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = run.stderr.strip().splitlines()[-1:]
        raise RegistryError(f"the registry gives no source of {PACKAGE}: {said}")

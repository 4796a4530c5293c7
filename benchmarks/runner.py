"""Drives one system in a process of its own through a scenario."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_CHUNK = 1_000
_ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "RAYON_NUM_THREADS",
    ),
    "1",
)
_NO_TELEMETRY = {"ANONYMIZED_TELEMETRY": "False", "MEM0_TELEMETRY": "False"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How many memories lie where."""

    namespaces: int
    per_namespace: int

    @property
    def title(self) -> str:
        """The scenario's name in the tables."""
        if self.namespaces == 1:
            return f"{self.per_namespace:,} memories in one namespace"
        return f"{self.namespaces:,} namespaces of {self.per_namespace:,}"


@dataclass(slots=True)
class Result:
    """What one system showed in one scenario; times in milliseconds."""

    add: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    hits: int = 0
    cold_s: float = 0.0
    reopen_s: float | None = None
    bulk_per_s: float = 0.0
    rss: int = 0
    disk: int = 0
    stored: int = 0


class Skipped(Exception):
    """A system cannot take part; the message says why."""


class Runner:
    """One system's process."""

    def __init__(self, system: str, *, folder: Path) -> None:
        """Start it; nothing is opened yet."""
        self.system = system
        self.result = Result()
        self._folder = folder
        folder.mkdir()
        self._start()

    def _start(self) -> None:
        environment = os.environ | _ONE_THREAD | _NO_TELEMETRY
        self._log = self._folder.with_suffix(".log").open("a")
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(_HERE / "worker.py"),
                self.system,
                str(self._folder),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment
            | {"MEM0_DIR": str(self._folder), "HOME": str(self._folder)},
        )

    def ask(self, do: str, **options: int) -> dict[str, Any]:
        """Send a command and wait for the answer.

        Raises:
            Skipped: The package is missing, or the system failed.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise Skipped("no pipe to its process")
        try:
            self._process.stdin.write(json.dumps({"do": do} | options) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as exc:
            raise Skipped("its process ended") from exc
        answer: dict[str, Any] = json.loads(self._process.stdout.readline() or "{}")
        if "missing" in answer:
            raise Skipped(f"not installed ({answer['missing']})")
        if "error" in answer or (not answer and do != "close"):
            raise Skipped(f"failed on {do}: {answer.get('error', 'its process ended')}")
        return answer

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def load(self, scenario: Scenario, *, limit_s: float) -> None:
        """Open the system and fill it.

        Raises:
            Skipped: Filling would take longer than ``limit_s``.
        """
        self.result.cold_s = self.ask("open")["cold_s"]
        total = scenario.namespaces * scenario.per_namespace
        spent, stored = 0.0, 1
        while stored < total:
            answer = self.ask(
                "fill",
                namespaces=scenario.namespaces,
                per_namespace=scenario.per_namespace,
                chunk=_CHUNK,
            )
            spent, stored = spent + answer["seconds"], answer["stored"]
            # Well over the limit at this rate: do not wait for it.
            if spent > limit_s or (spent > 5 and spent * total / stored > 2 * limit_s):
                raise Skipped(f"{stored:,} of {total:,} took {spent:.0f} s to load")
        self.result.bulk_per_s = (total - 1) / spent

    def round(self, *, count: int, limit_s: float) -> None:
        """Measure some adds and searches; fewer where they would take too long."""
        probe_ms = self.ask("add", count=1)["ms"][0]
        probe_ms += self.ask("recall", count=1)["ms"][0]
        bearable = max(1, min(count, int(1_000 * limit_s / probe_ms)))
        self.result.add += self.ask("add", count=bearable)["ms"]
        answer = self.ask("recall", count=bearable)
        self.result.recall += answer["ms"]
        self.result.hits += answer["found"]

    def finish(self) -> None:
        """Note sizes: memory while open, disk after closing."""
        self.result.rss = self.ask("size")["rss"]
        self.ask("close")
        sizes = self.ask("size")
        self.result.disk, self.result.stored = sizes["disk"], sizes["stored"]
        self.stop()

    def reopen(self) -> None:
        """Start again on the same files, and search once; not if there are none."""
        if self.result.disk:
            self._start()
            self.result.reopen_s = self.ask("reopen")["reopen_s"]
            self.stop()

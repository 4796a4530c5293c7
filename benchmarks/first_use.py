"""Measure the first use: import time, and a cold process to its first memory found.

Medians of ten fresh interpreters each; nothing is asserted.

    python benchmarks/first_use.py
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LINE = re.compile(r"import time:\s+\d+ \|\s+(\d+) \|( *)(\S+)")
_FIRST_MEMORY = """
import sys
from retentive import Memory
with Memory.open(sys.argv[1]) as memory:
    memory.remember("I am allergic to peanuts.")
    assert memory.recall("Am I allergic to peanuts?")
"""


def import_seconds() -> tuple[float, float]:
    """Return seconds to import retentive, and of that numpy's, in a new process."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import retentive"],
        capture_output=True,
        text=True,
        check=True,
    )
    # Cumulative microseconds; a package's own line comes after what it imports.
    found = {
        m[3]: int(m[1]) / 1e6 for m in map(_LINE.match, run.stderr.splitlines()) if m
    }
    return found["retentive"], found.get("numpy", 0.0)


def first_memory_seconds() -> float:
    """Return seconds from starting Python to a memory stored, found and closed."""
    with tempfile.TemporaryDirectory(prefix="retentive-first-") as folder:
        path = str(Path(folder) / "memory.db")
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _FIRST_MEMORY, path], check=True)
        return time.perf_counter() - start


def main() -> None:
    """Print both medians as a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=10)
    repeat = parser.parse_args().repeat
    imports = [import_seconds() for _ in range(repeat)]
    firsts = [first_memory_seconds() for _ in range(repeat)]
    rows = {
        "import retentive, all": [whole for whole, _ in imports],
        "of that numpy": [numpy for _, numpy in imports],
        "import retentive beyond numpy": [whole - numpy for whole, numpy in imports],
        "cold process to first memory stored and found": firsts,
    }
    print(f"| seconds, {repeat} runs | median | least | most |\n|---|---:|---:|---:|")
    for title, values in rows.items():
        median = statistics.median(values)
        print(f"| {title} | {median:.3f} | {min(values):.3f} | {max(values):.3f} |")


if __name__ == "__main__":
    main()

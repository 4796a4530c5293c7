"""`import retentive` must be cheap: the standard library, and no more than numpy."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
before = set(sys.modules)
{statement}
new = {{name: sys.modules[name] for name in set(sys.modules) - before}}
# Cython makes modules that come from no package; those have no spec.
found = {{name for name, module in new.items() if getattr(module, "__spec__", None)}}
roots = {{name.partition(".")[0] for name in found}}
print(*sorted(roots - sys.stdlib_module_names - {{"retentive"}}))
"""


def packages_loaded_by(statement: str) -> set[str]:
    """Return what is neither ours nor the standard library's."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement=statement)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_import_loads_no_dependency_but_numpy() -> None:
    assert packages_loaded_by("import retentive") <= {"numpy"}


def test_the_first_memory_loads_no_optional_package() -> None:
    loaded = packages_loaded_by(
        "from retentive import Memory\n"
        "m = Memory.open()\n"
        "m.remember('I am allergic to peanuts.')\n"
        "assert m.recall('peanuts')"
    )
    assert loaded == {"numpy", "Stemmer"}


def test_every_public_name_can_be_imported() -> None:
    packages_loaded_by(
        "import retentive\nfor name in retentive.__all__: getattr(retentive, name)"
    )

"""The replicas of a process stay within a bound of memory."""

from pathlib import Path

import pytest

from retentive import Memory


@pytest.mark.parametrize("visits", [1, 3])
def test_replicas_stay_within_the_bound_however_many_namespaces_are_read(
    tmp_path: Path, visits: int
) -> None:
    names = [f"n{number}" for number in range(60)]
    with Memory.open(tmp_path / "a.db") as memory:
        for name in names:
            memory.within(name).remember(f"{name} says that {i}" for i in range(10))
            memory.within(name).recall("says")
        each = memory.recaller.replicas.nbytes() // len(names)
    with Memory.open(tmp_path / "a.db", cache_bytes=10 * each) as memory:
        for name in names:
            for _ in range(visits):
                found = memory.within(name).recall(f"{name} says that 7", limit=1)
                assert found[0].record.content == f"{name} says that 7"
        # Sizes are looked at every sixteen uses.
        assert memory.recaller.replicas.nbytes() <= (10 + 16) * each

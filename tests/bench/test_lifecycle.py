from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import lifecycle


def test_weeks_with_forgetting_lose_nothing_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "BUDGET", 1_000)
    monkeypatch.setattr(lifecycle, "LONGEST_GAP", 5)
    tidy, hoarder, lost = lifecycle.simulate(12)
    assert max(tidy.stored) == 1_000
    assert hoarder.stored[-1] == 12 * lifecycle.MESSAGES
    assert lost == 0
    assert tidy.asked == hoarder.asked > 20
    assert tidy.found >= hoarder.found
    pytest.importorskip("matplotlib", reason="the extra 'bench' is not installed")
    pictures = [tmp_path / name for name in ("a.png", "b.png")]
    for picture in pictures:
        lifecycle.save_png(tidy, hoarder, picture)
    assert pictures[0].read_bytes() == pictures[1].read_bytes()
    assert pictures[0].read_bytes().startswith(b"\x89PNG")

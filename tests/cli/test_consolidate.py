"""consolidate and undo."""

import json
from pathlib import Path

import pytest

from retentive import Memory
from retentive.records import Status
from tests.cli.conftest import Run


@pytest.fixture
def doubled(tmp_path: Path) -> Path:
    path = tmp_path / "agent.db"
    with Memory.open(path) as memory:
        memory.remember(["I am allergic to nuts.", "BTW, I'm allergic to nuts!"])
    return path


def test_a_dry_run_prints_each_change_with_its_reason(run: Run, doubled: Path) -> None:
    shown = run("consolidate", "--dry-run").stdout
    assert "archive    BTW, I'm allergic to nuts!" in shown
    assert "near_duplicates: says the same as: 'I am allergic to nuts.'" in shown
    assert "near_duplicates: would archive 1" in shown
    with Memory.open(doubled) as memory:
        assert memory.count() == {Status.ACTIVE: 2}


def test_what_was_done_can_be_listed_and_undone(run: Run, doubled: Path) -> None:
    assert "nothing can be undone" in run("undo").stdout
    done = json.loads(run("consolidate", "--json").stdout)
    [commit] = done["commits"]
    assert commit in run("undo").stdout
    assert "undo near_duplicates: change 2" in run("undo", commit).stdout
    with Memory.open(doubled) as memory:
        assert memory.count() == {Status.ACTIVE: 2}
    assert "nothing to do" in run("consolidate").stdout


def test_beyond_the_share_a_script_fails_and_a_flag_allows(
    run: Run, doubled: Path
) -> None:
    config = doubled.with_name("memory.yaml")
    config.write_text(
        "store: {type: sqlite, path: agent.db}\nconsolidation: {max_share: 0.1}\n"
    )
    refused = run("consolidate", "--db", str(config), code=1)
    assert "would change 2 of the 2 records" in refused.output
    assert "archive 1" in run("consolidate", "--db", str(config), "--yes").stdout


def test_an_export_has_conversations_and_no_journal(run: Run, doubled: Path) -> None:
    run("consolidate")
    lines = run("export").stdout.splitlines()
    assert len(lines) == 3  # a header and two records
    assert json.loads(run("stats", "--json").stdout)["messages"] == 0


def test_forgetting_shows_what_it_forgets(run: Run, doubled: Path) -> None:
    assert "would forget 2" in run("forget", "--query", "nuts", "--dry-run").stdout
    assert "I am allergic to nuts." in run("forget", "--query", "nuts").stdout
    assert "forgot 0" in run("forget", "--query", "nuts").stdout
    run("forget", code=2)


def test_erasing_asks_and_prints_a_receipt(run: Run, doubled: Path) -> None:
    run("erase", code=1, stdin="n\n")
    with Memory.open(doubled) as memory:
        assert memory.count() == {Status.ACTIVE: 2}
    receipt = json.loads(run("erase", "--yes").stdout)
    assert (receipt["records"], receipt["tombstones"], receipt["left"]) == (2, 2, {})

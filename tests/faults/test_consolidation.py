"""Sudden death in the middle of a consolidation."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from retentive import Memory
from retentive.consolidate.settings import ConsolidationSettings
from retentive.policies.near_duplicates import NearDuplicates
from retentive.records import MemoryRecord, Status
from tests.servers import start_server

KILLS = int(os.environ.get("RETENTIVE_KILLS", "4"))  # 50 for the long form
FACTS = 240

CONSOLIDATE = """
import sys, time
from retentive import Memory
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import BusyError
from retentive.policies.near_duplicates import NearDuplicates
settings = ConsolidationSettings(
    policies=[NearDuplicates()], batch=2, lease_s=0.3, max_share=1.0
)
with Memory.open(sys.argv[1], consolidation=settings) as memory:
    while True:
        try:
            memory.consolidate(progress=lambda *_: print("at work", flush=True))
        except BusyError:
            time.sleep(0.05)
        else:
            break
print("done", flush=True)
"""


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return str(tmp_path / "a.db")


def test_what_a_killed_consolidation_left_is_whole_and_goes_on(where: str) -> None:
    dice = random.Random(7)
    with Memory.open(where) as memory:
        memory.remember(_told_twice())
    at_work = 0
    for _ in range(KILLS):
        process = _consolidating(where)
        at_work += _line(process) == "at work\n"
        time.sleep(dice.uniform(0.0, 0.02))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        _check(where)
    assert at_work >= min(KILLS, 3)  # it was killed at work, not when all was done
    _check_end(where)


def test_a_consolidation_goes_on_when_its_server_was_killed(tmp_path: Path) -> None:
    log = ("--appendonly", "yes", "--appendfsync", "always")
    server = start_server(tmp_path, *log)
    try:
        with Memory.open(server.url) as memory:
            memory.remember(_told_twice())
        process = _consolidating(server.url)
        at_work = 0
        for _ in range(3):
            assert _line(process) == "at work\n"
            server.kill()
            server.restart()
            at_work += _check(server.url) < FACTS
        assert at_work >= 2  # it was killed at work, not when all was done
        process.communicate()
        assert process.returncode == 0
        _check_end(server.url)
    finally:
        server.stop()


def _consolidating(where: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CONSOLIDATE, where]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _check_end(where: str) -> None:
    """Finish the work, look at the result, and undo all of it."""
    settings = ConsolidationSettings(policies=[NearDuplicates()], max_share=1.0)
    time.sleep(0.3)  # the lease of the last one that was killed
    with Memory.open(where, consolidation=settings) as memory:
        memory.consolidate()
        assert memory.count() == {Status.ACTIVE: FACTS, Status.ARCHIVED: FACTS}
        active = [r for r in memory.records() if r.status is Status.ACTIVE]
        assert {record.support_count for record in active} == {2}
        assert {len(record.said_at()) for record in active} == {2}
        for run in dict.fromkeys(
            e.id.split(".")[0] for e in reversed(memory.journal())
        ):
            memory.undo(run)
        assert memory.count() == {Status.ACTIVE: 2 * FACTS}
        assert {record.support_count for record in memory.records()} == {1}


def _told_twice() -> list[MemoryRecord]:
    words = "amber bronze copper dusky ebony fawn golden hazel".split()
    facts = [
        f"The {words[n % 8]} box number {n} stands on shelf {n * 7 % 100}."
        for n in range(FACTS)
    ]
    again = [f"By the way, {fact[0].lower()}{fact[1:]}" for fact in facts]
    return [MemoryRecord(content=text) for text in facts + again]


def _check(where: str) -> int:
    """Each fact is told twice: by two active records, or by one of support 2.

    Returns:
        How many are one by now.
    """
    with Memory.open(where) as memory:
        records = list(memory.records())
    assert len(records) == 2 * FACTS
    active = [record for record in records if record.status is Status.ACTIVE]
    assert sum(record.support_count for record in active) == 2 * FACTS
    copies = {r.superseded_by for r in records if r.status is Status.ARCHIVED}
    assert copies == {record.id for record in active if record.support_count == 2}
    return len(copies)

"""A year of messages, with and without forgetting; and what consolidation costs.

    python benchmarks/lifecycle.py [--days 365] [--scale 10000 30000 100000] [--png FILE]

Simulated with a manual clock: 200 messages a day, of which a few state facts. Some
facts are asked for again, after days or weeks; what an answer used is counted as used.
Consolidated every night by decay, expiry and a budget. Beside it a memory that keeps
everything. Prints and draws what is stored, and recall@10 of both.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retentive import Memory
from retentive.cli.chart import bars
from retentive.consolidate.settings import ConsolidationSettings
from retentive.consolidate.view import view_of
from retentive.errors import MissingExtraError
from retentive.policies.budget import Budget
from retentive.policies.decay import Decay
from retentive.policies.expire import Expire
from retentive.policies.near_duplicates import NearDuplicates
from retentive.records import MemoryRecord
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MESSAGES = 200  # a day
FACTS = 4  # of them
ASKED = 0.5  # of the facts, again and again
LONGEST_GAP = 45  # days until a fact is asked for, and from one time to the next
BUDGET = 9_000  # records
PINNED = 20
THINGS = "locker bicycle parcel invoice ticket cabinet passport contract printer server".split()
PLACES = (
    "harbour station library bakery garden museum market bridge tower school".split()
)
CHAT = "rain tea train walk lunch noise song film bread stairs coat lamp window chair".split()


@dataclass(slots=True)
class Fact:
    """Something that is told once and may be asked for again."""

    id: str
    question: str
    next_day: int
    pinned: bool = False


@dataclass(slots=True)
class Year:
    """A memory that lives through the year, and what was seen of it."""

    memory: Memory
    clock: ManualClock
    forgets: bool
    stored: list[int] = field(default_factory=list)
    found: int = 0
    asked: int = 0
    seconds: float = 0.0

    def night(self) -> None:
        """Consolidate, and take note of how much is stored."""
        if self.forgets:
            started = time.perf_counter()
            self.memory.consolidate()
            self.seconds += time.perf_counter() - started
        self.stored.append(sum(self.memory.count().values()))

    def ask(self, fact: Fact) -> bool:
        """Ask for a fact; an answer that finds it uses it."""
        hits = self.memory.recall(fact.question, limit=10)
        hit = any(hit.record.id == fact.id for hit in hits)
        self.asked += 1
        self.found += hit
        if hit:
            self.memory.used([fact.id])
        return hit


def simulate(days: int, *, seed: int = 7) -> tuple[Year, Year, int]:
    """Live through the days; return both memories, and how many pins were lost."""
    dice = random.Random(seed)
    years = [_year(forgets=True), _year(forgets=False)]
    facts: list[Fact] = []
    for day in range(days):
        records, told = _day(day, dice)
        facts += told
        for year in years:
            year.clock.now = START + day * DAY
            year.memory.remember(records)
        for fact in [fact for fact in facts if fact.next_day == day]:
            for year in years:
                year.ask(fact)
            fact.next_day = day + dice.randint(1, LONGEST_GAP)
        for year in years:
            year.clock.now += timedelta(hours=23)
            year.night()
    kept = {record.id for record in years[0].memory.records()}
    lost = sum(fact.id not in kept for fact in facts if fact.pinned)
    return years[0], years[1], lost


def _year(*, forgets: bool) -> Year:
    clock = ManualClock(START)
    settings = ConsolidationSettings(
        policies=[Decay(), Expire(), Budget(records=BUDGET)], max_share=1.0
    )
    store = MemoryStore(clock=clock)
    memory = Memory(store, clock=clock, consolidation=settings)
    return Year(memory, clock, forgets)


def _day(day: int, dice: random.Random) -> tuple[list[MemoryRecord], list[Fact]]:
    """Return what is said on a day, and the facts among it."""
    at = START + day * DAY
    records = [
        MemoryRecord(
            content=f"{' '.join(dice.sample(CHAT, 6))} and {dice.randint(0, 10**6)}",
            role="user",
            session=f"day {day}",
            occurred_at=at,
            recorded_at=at,
        )
        for _ in range(MESSAGES - FACTS)
    ]
    told: list[Fact] = []
    for _ in range(FACTS):
        number = dice.randint(10_000, 99_999)
        thing, place = dice.choice(THINGS), dice.choice(PLACES)
        label = f"{thing} {dice.randint(100, 999)}-{day}"
        record = MemoryRecord(
            content=f"The code of my {label} at the {place} is {number}.",
            role="user",
            session=f"day {day}",
            occurred_at=at,
            recorded_at=at,
            pinned=day == 0 or (day < PINNED // FACTS),
        )
        records.append(record)
        again = dice.random() < ASKED
        told.append(
            Fact(
                record.id,
                f"What is the code of my {label}?",
                day + dice.randint(1, LONGEST_GAP) if again else -1,
                record.pinned,
            )
        )
    return records, told


def cost(sizes: list[int]) -> None:
    """Print what a near-duplicate run over so many records takes."""
    print(
        "\nnear-duplicates: a tenth of the records are copies with other filler words"
    )
    print(
        f"{'records':>9} {'plan s':>8} {'µs each':>8} {'commit s':>9} {'merged':>8} {'peak MB':>8}"
    )
    for size in sizes:
        dice = random.Random(3)
        words = [f"w{n}" for n in range(30_000)]
        plain = [" ".join(dice.choices(words, k=12)) for _ in range(size - size // 10)]
        copies = [f"By the way, {dice.choice(plain)}" for _ in range(size // 10)]
        memory = Memory(MemoryStore())
        memory.remember([MemoryRecord(content=f"I {text}") for text in plain])
        memory.remember(
            [MemoryRecord(content=text.replace("way, ", "way, I ")) for text in copies]
        )
        replica = memory.recaller.replica((memory.namespace,))
        view = view_of(replica, memory.store, memory.namespace)
        started = time.perf_counter()
        plan = NearDuplicates().plan(view, now=datetime.now(UTC))
        planned = time.perf_counter() - started
        started = time.perf_counter()
        memory.consolidate(NearDuplicates(), max_share=1.0)
        whole = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>9,} {planned:>8.2f} {1e6 * planned / size:>8.0f} {whole - planned:>9.2f} "
            f"{len(plan.status_changes):>8,} {peak:>8.0f}",
            flush=True,
        )


def save_png(tidy: Year, hoarder: Year, path: Path) -> None:
    """Draw what both memories hold each day, and the budget.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as exc:
        raise MissingExtraError(
            "matplotlib", extra="bench", purpose="a plot of the year"
        ) from exc
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    days = range(1, len(tidy.stored) + 1)
    for name, year, colour in (
        ("with forgetting", tidy, "#1b6ca8"),
        ("without", hoarder, "#9aa5b1"),
    ):
        found = 100 * year.found / max(1, year.asked)
        axes.plot(
            days, year.stored, color=colour, label=f"{name}, recall@10 {found:.1f} %"
        )
    axes.axhline(BUDGET, color="#c0392b", linestyle=":", label=f"budget, {BUDGET:,}")
    axes.set(xlabel="day", ylabel="records stored", xlim=(1, None), ylim=(0, None))
    axes.set_title(f"{MESSAGES} messages a day, {tidy.asked:,} questions")
    axes.legend()
    # No date inside, so that the same year gives the same file.
    figure.savefig(path, format="png", dpi=120, metadata={"Software": None})


def main() -> None:
    """Run the year, then the sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--png", type=Path, help="also draw the year here")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument(
        "--scale", type=int, nargs="*", default=[10_000, 30_000, 100_000]
    )
    given = parser.parse_args()
    if given.days:
        tidy, hoarder, lost = simulate(given.days)
        print(
            f"{given.days} days, {MESSAGES} messages a day, budget {BUDGET:,} records\n"
        )
        step = max(1, given.days // 12)
        for name, year in (("with forgetting", tidy), ("without", hoarder)):
            print(f"stored, {name}")
            print(
                bars(
                    [
                        (f"day {d:3}", year.stored[d])
                        for d in range(step - 1, given.days, step)
                    ]
                )
            )
            print(
                f"  recall@10 of {year.asked:,} questions: {year.found / max(1, year.asked):.1%}\n"
            )
        over = sum(count > BUDGET for count in tidy.stored)
        print(
            f"days over budget: {over}; most {max(tidy.stored):,}; pinned facts lost: {lost}"
        )
        print(f"consolidating took {tidy.seconds / given.days:.2f} s a night")
        if given.png:
            save_png(tidy, hoarder, given.png)
    if given.scale:
        cost(given.scale)


if __name__ == "__main__":
    main()

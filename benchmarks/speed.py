"""Measure Retentive beside other memory stores: one run, interleaved, no model.

Each system runs in a process of its own, in an empty directory, with one thread.
All of them hold the same texts and vectors. Rounds of adds and searches go from
system to system, so that a busy moment of the machine hits all of them alike.

    python benchmarks/speed.py --quick
    python benchmarks/speed.py --sizes 1000 10000 --systems retentive langgraph-sqlite

A system whose package is not installed is skipped, and so is one that would take
longer than --fill-limit to load. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import peers
from runner import Result, Runner, Scenario, Skipped

_COLUMNS = (
    *("system", "add p50", "p95", "×", "recall p50", "p95", "×", "hits"),
    *("cold start s", "reopen s", "bulk adds/s", "RSS +MB", "disk bytes each"),
)


def measure(
    scenario: Scenario, options: argparse.Namespace, *, folder: Path
) -> dict[str, Result]:
    """Run a scenario on every system that can take part."""
    runners: list[Runner] = []
    try:
        for system in options.systems:
            runners.append(Runner(system, folder=folder / system))
        runners_left = _each(runners, Runner.load, scenario, limit_s=options.fill_limit)
        for turn in range(options.rounds):
            _say(f"  round {turn + 1} of {options.rounds}")
            runners_left = _each(
                runners_left,
                Runner.round,
                count=options.per_round,
                limit_s=options.fill_limit,
            )
        runners_left = _each(runners_left, Runner.finish)
        runners_left = _each(runners_left, Runner.reopen)
        return {runner.system: runner.result for runner in runners_left}
    finally:
        for runner in runners:
            runner.stop()


def _each(
    runners: list[Runner], work: Any, *arguments: Any, **options: Any
) -> list[Runner]:
    """Let each system work in turn; drop those that cannot, saying why."""
    left = []
    for runner in runners:
        try:
            work(runner, *arguments, **options)
        except Skipped as exc:
            print(f"skipped {runner.system}: {exc}", flush=True)
            runner.stop()
        else:
            left.append(runner)
    return left


def table(results: dict[str, Result]) -> str:
    """Return a Markdown table; ratios are to the fastest system that is not ours."""
    others = [name for name in results if not name.startswith("retentive")]
    best_add = min((_p50(results[name].add) for name in others), default=0.0)
    best_recall = min((_p50(results[name].recall) for name in others), default=0.0)
    lines = [
        f"| {' | '.join(_COLUMNS)} |",
        f"|---|{'---:|' * (len(_COLUMNS) - 1)}",
    ]
    for name, result in results.items():
        cells = [
            f"{_p50(result.add):.3f}",
            f"{_p95(result.add):.3f}",
            _ratio(_p50(result.add), best_add),
            f"{_p50(result.recall):.3f}",
            f"{_p95(result.recall):.3f}",
            _ratio(_p50(result.recall), best_recall),
            f"{result.hits / len(result.recall):.1f}",
            f"{result.cold_s:.2f}",
            "-" if result.reopen_s is None else f"{result.reopen_s:.2f}",
            f"{result.bulk_per_s:,.0f}",
            f"{result.rss / 1e6:,.0f}",
            f"{result.disk / result.stored:,.0f}" if result.disk else "-",
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _p50(values: list[float]) -> float:
    return statistics.median(values)


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]


def _ratio(value: float, best: float) -> str:
    return f"{value / best:.2f}" if best else "-"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    made.add_argument("--quick", action="store_true", help="1,000 memories, one round")
    made.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[1_000, 10_000, 100_000],
        help="memories in one namespace (default: 1000 10000 100000)",
    )
    made.add_argument(
        "--tenants",
        type=int,
        default=1_000,
        help="namespaces of 100 in the last scenario, 0: leave it out",
    )
    made.add_argument(
        "--systems",
        nargs="+",
        default=list(peers.PEERS),
        choices=list(peers.PEERS),
        metavar="NAME",
        help=f"any of: {', '.join(peers.PEERS)}",
    )
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--per-round", type=int, default=40, help="adds, and searches")
    made.add_argument(
        "--fill-limit",
        type=float,
        default=60.0,
        help="seconds that loading, and a round, may take before a system is cut",
    )
    made.add_argument("--json", type=Path, help="also write all timings here")
    return made


def main() -> None:
    """Run the scenarios and print their tables."""
    options = parser().parse_args()
    if options.quick:
        options.sizes, options.tenants, options.rounds = [1_000], 0, 2
    scenarios = [Scenario(namespaces=1, per_namespace=size) for size in options.sizes]
    if options.tenants:
        scenarios.append(Scenario(namespaces=options.tenants, per_namespace=100))
    print(f"{platform.platform()}, Python {platform.python_version()}, one thread each")
    print("Times in ms; × is the multiple of the fastest peer's median.")
    report = {}
    for scenario in scenarios:
        _say(scenario.title)
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="retentive-speed-") as folder:
            results = measure(scenario, options, folder=Path(folder))
        took = time.perf_counter() - started
        print(f"\n### {scenario.title} ({took:.0f} s)\n", flush=True)
        print(table(results), flush=True)
        report[scenario.title] = {name: _plain(r) for name, r in results.items()}
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


def _plain(result: Result) -> dict[str, Any]:
    return {name: getattr(result, name) for name in Result.__slots__}


if __name__ == "__main__":
    main()

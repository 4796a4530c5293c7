"""A report as a picture, and as bars in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from retentive.bench.report import Report
from retentive.errors import MissingExtraError

__all__ = ["bars", "save_png"]

_WIDTH = 40  # characters of a full bar
_OURS, _OTHERS = "#1b6ca8", "#9aa5b1"


def bars(report: Report, *, measure: str = "recall@10") -> str:
    """Return a bar for each system, best first, in percent with its interval."""
    values = _values(report, measure)
    width = max(map(len, values))
    return "\n".join(
        f"{name:<{width}}  {'█' * round(_WIDTH * value):<{_WIDTH}}  {100 * value:5.1f}"
        f"  ({100 * low:.1f}-{100 * high:.1f})"
        for name, (value, low, high) in values.items()
    )


def save_png(report: Report, path: Path, *, measure: str = "recall@10") -> None:
    """Draw a bar with its 95 % interval for each system.

    Args:
        report: At least one system.
        path: The picture; overwritten.
        measure: Which number of the headline row.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as exc:
        raise MissingExtraError(
            "matplotlib", extra="bench", purpose="a plot of the benchmark"
        ) from exc
    values = dict(reversed(list(_values(report, measure).items())))
    figure = Figure(figsize=(8, 1.2 + 0.4 * len(values)), layout="constrained")
    axes = figure.subplots()
    ours = next(iter(report.systems))
    axes.barh(
        list(values),
        [100 * value for value, _, _ in values.values()],
        xerr=[
            [100 * max(0.0, value - low) for value, low, _ in values.values()],
            [100 * max(0.0, high - value) for value, _, high in values.values()],
        ],
        color=[_OURS if name == ours else _OTHERS for name in values],
        capsize=3,
    )
    axes.set_xlim(0, 100)
    axes.set_xlabel(f"{measure}, percent, with 95 % intervals over conversations")
    axes.set_title(f"{report.dataset}, embedder {report.embedder}")
    # No date inside, so that the same report gives the same file.
    figure.savefig(path, format="png", dpi=120, metadata={"Software": None})


def _values(report: Report, measure: str) -> Mapping[str, tuple[float, float, float]]:
    """Return the value and the interval of each system, best first."""
    found = {
        name: (
            next(iter(system.metrics.values()))[measure],
            *system.intervals[measure],
        )
        for name, system in report.systems.items()
    }
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))

"""``retentive explain``: the numbers behind a recall, and behind an absence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from retentive.cli.asking import takes_question
from retentive.cli.hits import as_json, hit_line
from retentive.cli.tables import table
from retentive.cli.target import Target, takes_target

if TYPE_CHECKING:
    from retentive.protocols import LearnedWeights
    from retentive.recall.explain import ExplainedHit, Explanation, WhyNot
    from retentive.recall.relevance import Relevance

__all__ = ["explain"]

_COLUMNS = 100
_SEEN = 0.005  # a change that two decimals show


@click.command()
@takes_question
@click.option("--limit", default=3, show_default=True, help="Most hits.")
@click.option("--why-not", "absent", metavar="ID", help="Why this memory is missing.")
@click.option("--json", "as_object", is_flag=True, help="Print JSON.")
@takes_target
def explain(
    *,
    query: str,
    conditions: Mapping[str, Any],
    limit: int,
    absent: str | None,
    as_object: bool,
    target: Target,
) -> None:
    """Show how QUERY was read and what each signal gave each hit."""
    with target.open() as memory:
        if absent is not None:
            answer = memory.why_not(absent, query, limit=limit, **conditions)
            click.echo(_absence_json(answer) if as_object else _absence(answer))
            return
        found = memory.explain(query, limit=limit, **conditions)
    click.echo(_json(found) if as_object else _text(found))


def _text(found: Explanation) -> str:
    query = found.query
    times = [
        f"{span.text} = {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M}"
        for span in query.intervals
    ]
    lines = [
        f"asks for: {query.question_type} ({found.statement})",
        f"terms: {_key_terms(found)}",
        f"speakers: {', '.join(query.names) or 'none named'}",
        f"times: {'; '.join(times) or 'none named'}",
        f"ranked {found.candidates} candidates of {found.memories} memories",
        f"anything relevant: {_relevance(found.relevance)}",
        *_learned(found.learned),
    ]
    for explained in found.hits:
        line = hit_line(explained.hit, rank=explained.rank, columns=_COLUMNS)
        lines += ["", line, _signals(explained, found.weights)]
    return "\n".join(lines)


def _key_terms(found: Explanation) -> str:
    terms = [f"{term} {idf:.1f}" for term, idf in found.key_terms.items()]
    return ", ".join(terms) or "none"


def _relevance(relevance: Relevance) -> str:
    if relevance.probability is None:
        return f"not judged, {relevance.basis}"
    evidence = ", ".join(
        f"{name} {value:.2f}" for name, value in relevance.evidence.items() if value
    )
    return f"{relevance.probability:.2f} by {relevance.basis} ({evidence or 'nothing'})"


def _learned(learned: LearnedWeights | None) -> list[str]:
    """Say what feedback taught: weights that rank, or why none do."""
    if learned is None:
        return []
    if not learned.used:
        return [f"weights as configured: {learned.reason}"]
    moved = [
        f"{name} {learned.configured[name]:.2f} -> {weight:.2f}"
        for name, weight in learned.weights.items()
        if abs(weight - learned.configured[name]) >= _SEEN
    ]
    return [
        f"weights learnt from {learned.questions:,} judged questions: {learned.reason}",
        f"  {', '.join(moved)}",
    ]


def _signals(explained: ExplainedHit, weights: Mapping[str, float]) -> str:
    signals = explained.hit.signals
    rows = [
        [
            f"     {name}",
            f"{explained.raw[name]:.3f}",
            f"{explained.normalised[name]:.3f}",
            f"{weights[name]:.2f}",
            f"{signals[name]:+.3f}",
        ]
        for name in sorted(signals, key=lambda name: -abs(signals[name]))
        if signals[name]
    ]
    rows.append(["     in all", "", "", "", f"{explained.hit.score:+.3f}"])
    head = ["     signal", "raw", "normalised", "weight", "adds"]
    return table(rows, head=head, right=(1, 2, 3, 4))


def _json(found: Explanation) -> str:
    fields = {
        "question_type": found.query.question_type,
        "statement": found.statement,
        "terms": list(found.query.terms),
        "key_terms": dict(found.key_terms),
        "speakers": list(found.query.names),
        "times": [
            {
                "text": span.text,
                "start": span.start.isoformat(),
                "end": span.end.isoformat(),
            }
            for span in found.query.intervals
        ],
        "weights": dict(found.weights),
        "relevance": {
            "probability": found.relevance.probability,
            "basis": found.relevance.basis,
            "evidence": dict(found.relevance.evidence),
        },
        "candidates": found.candidates,
        "memories": found.memories,
        "learned": asdict(found.learned) if found.learned else None,
        "hits": [
            as_json(item.hit)
            | {
                "rank": item.rank,
                "raw": dict(item.raw),
                "normalised": dict(item.normalised),
            }
            for item in found.hits
        ],
    }
    return json.dumps(fields, ensure_ascii=False)


def _absence(answer: WhyNot) -> str:
    lines = [f"{answer.id}: {answer.reason}"]
    if answer.behind:
        rows = [
            [f"  {name}", f"{gap:+.3f}"] for name, gap in answer.behind.items() if gap
        ]
        lines.append(table(rows, head=["  signal", "compared"], right=(1,)))
    return "\n".join(lines)


def _absence_json(answer: WhyNot) -> str:
    fields = {
        "id": answer.id,
        "reason": answer.reason,
        "rank": answer.rank,
        "filtered_by": list(answer.filtered_by),
        "outranked_by": list(answer.outranked_by),
    }
    return json.dumps(
        fields | {"behind": dict(answer.behind) if answer.behind else None},
        ensure_ascii=False,
    )

"""Learning curves: recall@10 on conversations not learnt from, against judged recalls.

    python benchmarks/learning.py locomo.json --out learning.svg

Somebody judges the ten hits of each recall truly: evidence helps, the rest does not.
Judgements of some conversations are given through ``Memory.feedback``; recall is
measured on the others, which rank by what all namespaces share; then the two sides
change places. With ``--noise 1`` every judgement is random. With ``--weights equal``
every signal is configured to count for 1, as one would who has no idea.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from retentive import Memory
from retentive.bench.datasets import Conversation, Question, locomo
from retentive.recall.defaults import default_settings
from retentive.recall.ranking import RecallSettings, WeightedScorer

CHECKPOINTS = (0, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400)
SHOWN = 10


@dataclass(frozen=True)
class Point:
    """Recall after so many judgements, and what was used for it."""

    judged: int
    recall: float
    used: bool


def main() -> None:
    """Print a table of both directions, and draw it."""
    options = _options()
    data = locomo.load(options.data)
    chats = [_headline(chat, data.headline_categories) for chat in data.conversations]
    half = (len(chats) + 1) // 2
    sides = (chats[:half], chats[half:])
    curves: dict[str, list[Point]] = {}
    for taught, asked in (sides, sides[::-1]):
        name = f"{'+'.join(c.id for c in taught)} -> {'+'.join(c.id for c in asked)}"
        print(name)
        curves[name] = []
        for point in learning_curve(taught, asked, options=options):
            curves[name].append(point)
            gain = 100 * (point.recall - curves[name][0].recall)
            print(
                f"  {point.judged:4d} judged  recall@10 {100 * point.recall:6.2f}  "
                f"{gain:+.2f}  {'learnt' if point.used else 'configured'}",
                flush=True,
            )
    if options.out:
        options.out.write_text(drawn(curves), encoding="utf-8")


def learning_curve(
    taught: Sequence[Conversation],
    asked: Sequence[Conversation],
    *,
    options: argparse.Namespace,
) -> Iterator[Point]:
    """Judge recalls of some conversations; yield recall on the others."""
    rng = np.random.default_rng(options.seed)
    with Memory.open(embedder=options.embedder, recall=_settings(options)) as memory:
        for chat in (*taught, *asked):
            memory.within(chat.id).remember(chat.memories)
        questions = [(chat, question) for chat in taught for question in chat.questions]
        order = rng.permutation(len(questions))
        given = 0
        for count in (c for c in CHECKPOINTS if c <= len(questions)):
            for place in order[given:count]:
                _judge(memory, *questions[place], rng=rng, noise=options.noise)
            given = count
            yield _measured(memory, asked, judged=count)


def _judge(
    memory: Memory,
    chat: Conversation,
    question: Question,
    *,
    rng: np.random.Generator,
    noise: float,
) -> None:
    mine = memory.within(chat.id)
    recalled = mine.recall(question.text, limit=SHOWN, now=question.asked_at)
    helpful = [
        hit.record.id
        for hit in recalled
        if any(said.message_id in question.evidence for said in hit.record.said_at())
    ]
    if recalled and rng.random() < noise:
        helpful = [recalled[int(rng.integers(len(recalled)))].record.id]
    mine.feedback(recalled.id, helpful=helpful)


def _measured(memory: Memory, asked: Sequence[Conversation], *, judged: int) -> Point:
    shares, used = [], False
    for chat in asked:
        mine = memory.within(chat.id)
        # What others have taught meanwhile is seen at the next reading of weights.
        learned = mine.tuner.refresh(mine.namespace)
        used = used or (learned is not None and learned.used)
        shares += [_recall(mine, question) for question in chat.questions]
    return Point(judged=judged, recall=float(np.mean(shares)), used=used)


def _recall(memory: Memory, question: Question) -> float:
    hits = memory.recall(question.text, limit=10, now=question.asked_at)
    found = {said.message_id for hit in hits for said in hit.record.said_at()}
    return len(found & question.evidence) / len(question.evidence)


def _headline(chat: Conversation, categories: frozenset[str]) -> Conversation:
    kept = tuple(
        q for q in chat.questions if not categories or q.category in categories
    )
    return replace(chat, questions=kept)


def _settings(options: argparse.Namespace) -> RecallSettings:
    settings = default_settings()
    if options.weights == "default":
        return settings
    scorers = [WeightedScorer(one.scorer, 1.0) for one in settings.scorers]
    return replace(settings, scorers=scorers)


def drawn(curves: dict[str, list[Point]]) -> str:
    """Return an SVG: the change of recall@10 in points against judged recalls."""
    width, height, margin = 640, 320, 50
    gains = [
        100 * (point.recall - curve[0].recall)
        for curve in curves.values()
        for point in curve
    ]
    low, high = min(-0.5, *gains), max(0.5, *gains)
    most = max(point.judged for curve in curves.values() for point in curve)

    def x(judged: float) -> float:
        return margin + (width - 2 * margin) * judged / most

    def y(gain: float) -> float:
        return height - margin - (height - 2 * margin) * (gain - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<path d="M{margin} {y(0):.1f}H{width - margin}" stroke="#999"/>',
        f'<text x="{margin}" y="20">change of recall@10, points</text>',
        f'<text x="{width - margin}" y="{height - 15}" text-anchor="end">'
        "judged recalls of other conversations</text>",
    ]
    parts += [
        f'<text x="{margin - 6}" y="{y(g):.1f}" text-anchor="end">{g:+.1f}</text>'
        for g in (low, 0.0, high)
    ]
    parts += [
        f'<text x="{x(n):.1f}" y="{height - 32}" text-anchor="middle">{n}</text>'
        for n in (0, most // 2, most)
    ]
    for (name, curve), colour in zip(curves.items(), ("#06c", "#c60"), strict=False):
        start = curve[0].recall
        line = " ".join(
            f"{x(point.judged):.1f},{y(100 * (point.recall - start)):.1f}"
            for point in curve
        )
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" '
            f'stroke-width="2"><title>{name}</title></polyline>'
        )
    return "\n".join([*parts, "</svg>", ""])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="LoCoMo conversations")
    parser.add_argument("--embedder", default="none")
    parser.add_argument("--weights", choices=["default", "equal"], default="default")
    parser.add_argument("--noise", type=float, default=0.0, help="share in [0, 1]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="an SVG to draw")
    return parser.parse_args()


if __name__ == "__main__":
    main()

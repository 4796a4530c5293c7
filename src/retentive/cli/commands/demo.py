"""``retentive demo``: remember a conversation, ask about it, show why and at what cost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from retentive.cli.hits import hit_lines, strongest
from retentive.cli.tables import cut, width
from retentive.demo import DemoQuestion, demo_messages, demo_questions
from retentive.records import Hit, MemoryRecord, Message
from retentive.text.counters import estimate_tokens

if TYPE_CHECKING:
    from retentive.memory import Memory
    from retentive.recall.context import Context

__all__ = ["demo"]

_COLUMNS = 100
_ASKED = 10  # hits per question, of which a few are shown
_BUDGET = 400  # the bundled history is short; contexts of real ones take 1,000
_NAMESPACE = ("demo",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """One question, and what came of it.

    Attributes:
        hits: Best first.
        found: Ranks at which evidence was recalled, ascending.
        context: What a model would be given.
        seconds: That the recall took.
    """

    question: DemoQuestion
    hits: Sequence[Hit]
    found: Sequence[int]
    context: Context
    seconds: float

    def evidence_in(self, hits: Sequence[Hit]) -> int:
        """Return how many messages of the evidence some hits hold."""
        found: set[str] = set()
        for hit in hits:
            found |= _sources(hit.record)
        return len(found & self.question.evidence)


@click.command()
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the memory in this file; otherwise it is gone afterwards.",
)
@click.option(
    "--embedder", metavar="NAME", help="none (the default), hashing, minilm, …"
)
@click.option(
    "--budget", default=_BUDGET, show_default=True, help="Tokens of a context."
)
@click.option("--hits", "shown", default=3, show_default=True, help="Hits to show.")
def demo(*, db: Path | None, embedder: str | None, budget: int, shown: int) -> None:
    """Remember a bundled conversation of many sessions, then ask about it.

    For each question: whether the evidence was recalled and at which rank, the
    best hits with the signals that put them there, and the tokens of the context
    against those of the whole history. No model writes answers here: this shows
    what a model would be given.
    """
    messages = demo_messages()
    full = sum(map(_tokens, messages))
    with _opened(db, embedder) as memory:
        started = time.perf_counter()
        ids = memory.remember(messages)
        _introduce(messages, len(set(ids)), time.perf_counter() - started, full)
        answered = []
        questions = demo_questions()
        for number, question in enumerate(questions, start=1):
            answered.append(_ask(memory, question, budget=budget))
            _show(answered[-1], f"{number}/{len(questions)}", shown=shown, full=full)
    _sum_up(answered, full=full)
    if db is not None:
        click.echo(
            f"Kept in {db}. Ask it yourself:\n"
            f"  retentive recall --db {db} -n {_NAMESPACE[0]} {questions[0].text!r}"
        )


@contextmanager
def _opened(db: Path | None, embedder: str | None) -> Iterator[Memory]:
    from retentive.memory import Memory

    with TemporaryDirectory(prefix="retentive-demo-") as folder:
        path = Path(folder, "demo.db") if db is None else db
        with Memory.open(path, namespace=_NAMESPACE, embedder=embedder) as memory:
            yield memory


def _ask(memory: Memory, question: DemoQuestion, *, budget: int) -> _Answered:
    started = time.perf_counter()
    hits = memory.recall(question.text, limit=_ASKED, now=question.now)
    seconds = time.perf_counter() - started
    return _Answered(
        question=question,
        hits=hits,
        found=[
            rank
            for rank, hit in enumerate(hits, start=1)
            if question.evidence & _sources(hit.record)
        ],
        context=memory.context(question.text, now=question.now, budget=budget),
        seconds=seconds,
    )


def _sources(record: MemoryRecord) -> set[str]:
    """Return the ids of the messages that told a memory."""
    return {said.message_id for said in record.said_at() if said.message_id}


def _tokens(message: Message) -> int:
    return estimate_tokens(f"{message.name or message.role}: {message.content}\n")


def _introduce(
    messages: Sequence[Message], stored: int, seconds: float, full: int
) -> None:
    sessions = {message.session for message in messages}
    first, last = messages[0].at.date(), messages[-1].at.date()
    click.echo(
        f"Remembered {len(messages)} messages of {len(sessions)} sessions, {first} to "
        f"{last}:\n{stored} memories in {seconds:.2f} s. The whole history is about "
        f"{full:,} tokens."
    )


def _show(answered: _Answered, number: str, *, shown: int, full: int) -> None:
    question = answered.question
    click.echo(f"\n{number}  {question.text}")
    click.echo(f"     answer: {cut(question.answer, _COLUMNS - 13)}")
    click.echo(f"     evidence: {_verdict(answered)}")
    for rank, hit in enumerate(answered.hits[:shown], start=1):
        mark = "*" if rank in answered.found else " "
        first, *others = hit_lines(hit, rank=rank, columns=_COLUMNS - 2, lines=2)
        click.echo(f" {mark}{first}")
        for line in others:
            click.echo(f"  {line}")
        click.echo(f"       why: {strongest(hit.signals) or 'nothing speaks for it'}")
    block = answered.context
    held = answered.evidence_in(block.hits)
    click.echo(
        f"     context: {block.tokens:,} tokens instead of {full:,} "
        f"({block.tokens / full:.0%}), with {held} of "
        f"{len(question.evidence)} messages of the evidence"
    )


def _verdict(answered: _Answered) -> str:
    wanted = len(answered.question.evidence)
    if not answered.found:
        return f"missed (not among the first {_ASKED})"
    ranks = ", ".join(map(str, answered.found))
    return f"recalled at rank {ranks} ({len(answered.found)} of {wanted} messages)"


def _sum_up(answered: Sequence[_Answered], *, full: int) -> None:
    title = f"In all, {len(answered)} questions"
    click.echo(f"\n{title}\n{'-' * width(title)}")
    for depth in (5, 10):
        share = sum(_recall_at(item, depth) for item in answered) / len(answered)
        click.echo(
            f"recall@{depth:<2}  {share:6.0%}  of the evidence is in {depth} hits"
        )
    tokens = sum(item.context.tokens for item in answered) / len(answered)
    click.echo(
        f"tokens     {1 - tokens / full:6.0%}  saved: {tokens:,.0f} per question "
        f"instead of {full:,}"
    )
    seconds = sorted(item.seconds for item in answered)[len(answered) // 2]
    click.echo(f"time       {seconds * 1000:6.1f}  ms per recall (median)")


def _recall_at(answered: _Answered, depth: int) -> float:
    evidence = answered.question.evidence
    return answered.evidence_in(answered.hits[:depth]) / len(evidence)

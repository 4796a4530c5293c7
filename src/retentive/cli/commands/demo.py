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

from retentive.cli.demo_data import DemoQuestion, demo_messages, demo_questions
from retentive.cli.hits import hit_line, strongest
from retentive.cli.tables import cut, width
from retentive.records import Hit, MemoryRecord, Message
from retentive.text.counters import estimate_tokens

if TYPE_CHECKING:
    from retentive.memory import Memory

__all__ = ["demo"]

_COLUMNS = 100
_ASKED = 10  # hits per question, of which a few are shown
_NAMESPACE = ("demo",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """One question, and what came of it.

    Attributes:
        hits: Best first.
        found: Ranks at which evidence was recalled, ascending.
        tokens: Of the context within the default budget.
        seconds: That the recall took.
    """

    question: DemoQuestion
    hits: Sequence[Hit]
    found: Sequence[int]
    tokens: int
    seconds: float


@click.command()
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the memory in this file; otherwise it is gone afterwards.",
)
@click.option(
    "--embedder", metavar="NAME", help="none (the default), hashing, minilm, …"
)
@click.option("--hits", "shown", default=3, show_default=True, help="Hits to show.")
def demo(*, db: Path | None, embedder: str | None, shown: int) -> None:
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
            answered.append(_ask(memory, question))
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


def _ask(memory: Memory, question: DemoQuestion) -> _Answered:
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
        tokens=memory.context(question.text, now=question.now).tokens,
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
        line = hit_line(hit, rank=rank, columns=_COLUMNS - 2)
        click.echo(f" {mark}{line}")
        click.echo(f"       {'why: ' + (strongest(hit.signals) or 'nothing better')}")
    share = answered.tokens / full
    click.echo(
        f"     context: {answered.tokens:,} tokens instead of {full:,} ({share:.0%})"
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
    tokens = sum(item.tokens for item in answered) / len(answered)
    click.echo(
        f"tokens     {1 - tokens / full:6.0%}  saved: {tokens:,.0f} per question "
        f"instead of {full:,}"
    )
    seconds = sorted(item.seconds for item in answered)[len(answered) // 2]
    click.echo(f"time       {seconds * 1000:6.1f}  ms per recall (median)")


def _recall_at(answered: _Answered, depth: int) -> float:
    evidence = answered.question.evidence
    found: set[str] = set()
    for hit in answered.hits[:depth]:
        found |= evidence & _sources(hit.record)
    return len(found) / len(evidence)

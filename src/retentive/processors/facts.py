"""Turns what people state of themselves into facts of their own, by rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retentive.protocols import Draft
from retentive.records import Kind, MemoryRecord, Origin, new_id, trusted_copy
from retentive.text.facts import Fact, find_facts

__all__ = ["ExtractFacts", "fact_draft"]


class ExtractFacts:
    """Adds a semantic memory for each fact that a user states, in their own words.

    "Nice to meet you. I live in Graz." keeps its message and adds the fact "I live in
    Graz.", with ``{"fact": {"attribute": "home", "value": "Graz"}}`` in its metadata. A
    message that is one fact and nothing else becomes it. Rules decide, in English and
    Chinese: precise rather than complete. See
    :func:`retentive.text.facts.find_facts`.
    """

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts, each followed by its facts."""
        return [made for draft in drafts for made in self._with_facts(draft)]

    def _with_facts(self, draft: Draft) -> Iterator[Draft]:
        record = draft.record
        stated = record.origin is Origin.USER and record.kind is Kind.EPISODIC
        facts = find_facts(record.content) if stated and record.key is None else []
        if len(facts) == 1 and facts[0].text == record.content.strip():
            yield Draft(record=_become(record, facts[0]), messages=draft.messages)
            return
        yield draft
        for fact in facts:
            yield fact_draft(draft, fact.text, fact=_told(fact))


def fact_draft(
    source: Draft, text: str, *, fact: dict[str, str], importance: float | None = None
) -> Draft:
    """Return a fact that a draft states, with its sources, time and trust.

    Args:
        source: What it was drawn from.
        text: The fact.
        fact: What it is about, for its metadata.
        importance: In [0, 1]; for others to estimate if omitted.
    """
    record = source.record
    given = {} if importance is None else {"importance": importance}
    made = record.but(
        id=new_id(),
        content=text,
        kind=Kind.SEMANTIC,
        parts=(),
        occurrences=(),
        support_count=1,
        derived_from=(record.id,),
        metadata={**record.metadata, "fact": fact},
        embedding=None,
        **given,
    )
    return Draft(record=made, messages=source.messages)


def _become(record: MemoryRecord, fact: Fact) -> MemoryRecord:
    metadata = {**record.metadata, "fact": _told(fact)}
    return trusted_copy(
        record, kind=Kind.SEMANTIC, metadata=record.but(metadata=metadata).metadata
    )


def _told(fact: Fact) -> dict[str, str]:
    about = {"about": fact.about} if fact.about else {}
    return {"attribute": fact.attribute, **about, "value": fact.value}

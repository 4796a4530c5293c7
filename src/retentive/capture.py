"""The write pipeline: what was said → drafts → processors → vectors → one commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from retentive.errors import EmbeddingError
from retentive.processors.split import drafts_from, unanswered
from retentive.protocols import (
    Batch,
    Delete,
    Draft,
    Embedder,
    MessageDelete,
    Outcome,
    Processor,
    Put,
    Store,
    SupportsMessages,
)
from retentive.records import (
    Embedding,
    MemoryRecord,
    Message,
    Namespace,
    Status,
    trusted_copy,
)

__all__ = ["Capture"]

_CALLS_WITHIN = 64  # messages between a call of a tool and its result


class Capture:
    """Takes batches from what was said to a commit; safe for many threads."""

    def __init__(
        self,
        store: Store,
        *,
        processors: Sequence[Processor],
        embedder: Embedder | None = None,
    ) -> None:
        """Compose the pipeline.

        Args:
            store: Where memories live.
            processors: Steps between what is said and what is stored, in order.
            embedder: Gives vectors to what brings none; ``None``: no vectors.
        """
        self._store = store
        self._processors = processors
        self._embedder = embedder

    def keep(
        self,
        namespace: Namespace,
        said: Sequence[Message | MemoryRecord],
        *,
        now: datetime,
    ) -> Sequence[Outcome]:
        """Store one batch.

        Args:
            namespace: Whose memories these become.
            said: Messages, which also join their session's transcript, and
                records.
            now: When we learn them, UTC.

        Returns:
            One outcome per record that the processors left, in order.
        """
        messages = [item for item in said if isinstance(item, Message)]
        messages = list(map(self.prepared, messages))
        drafts = drafts_from(
            messages,
            namespace=namespace,
            recorded_at=now,
            earlier=self._before(namespace, messages),
        )
        drafts += [
            Draft(record=item) for item in said if isinstance(item, MemoryRecord)
        ]
        for processor in self._processors:
            drafts = processor(drafts)
        records = self.embedded([draft.record for draft in drafts])
        puts = [Put(record=record) for record in records]
        batch = Batch(namespace=namespace, puts=puts, messages=messages)
        commit = self._store.apply(batch)
        outcomes = list(commit.puts)
        if commit.messages < len(messages):
            outcomes = self._without_replays(namespace, outcomes)
        self._take_back(namespace, drafts, outcomes)
        return outcomes

    def _without_replays(
        self, namespace: Namespace, outcomes: Sequence[Outcome]
    ) -> list[Outcome]:
        """Remove again what a known message told of a fact that has changed since.

        A superseded record has left its place to what is told anew; a replay of the
        very message that told it then tells nothing anew.
        """
        created = [outcome.id for outcome in outcomes if outcome.action == "created"]
        if not created or not self._store.count(namespace).get(Status.SUPERSEDED):
            return list(outcomes)
        told = {
            (record.kind, record.content_key, said.session, said.message_id): record
            for record in self._superseded(namespace)
            for said in record.said_at()
            if said.message_id is not None
        }
        again: dict[str, MemoryRecord] = {}
        for record in self._store.get(namespace, created):
            key = record.kind, record.content_key, record.session, record.message_id
            if key in told:
                again[record.id] = told[key]
        if again:
            deletes = [Delete(id=id) for id in again]
            self._store.apply(Batch(namespace=namespace, deletes=deletes))
        return [
            Outcome(again[o.id].id, "unchanged", again[o.id].version)
            if o.id in again
            else o
            for o in outcomes
        ]

    def _superseded(self, namespace: Namespace) -> Iterator[MemoryRecord]:
        after: str | None = None
        while page := self._store.scan(namespace, after=after):
            yield from (r for r in page if r.status is Status.SUPERSEDED)
            after = page[-1].id

    def _take_back(
        self, namespace: Namespace, drafts: Sequence[Draft], outcomes: Sequence[Outcome]
    ) -> None:
        """Remove messages that say only what was erased from their transcript again."""
        if all(outcome.action != "barred" for outcome in outcomes):
            return
        pairs = list(zip(drafts, outcomes, strict=True))
        barred = {
            (message.session, message.id)
            for draft, outcome in pairs
            for message in draft.messages
            if outcome.action == "barred"
        }
        barred -= {
            (message.session, message.id)
            for draft, outcome in pairs
            for message in draft.messages
            if outcome.action != "barred"
        }
        gone = [MessageDelete(session=session, id=id) for session, id in sorted(barred)]
        self._store.apply(Batch(namespace=namespace, message_deletes=gone))

    def replace(self, record: MemoryRecord, *, expected_version: int) -> None:
        """Store a changed record in the place of the one of its id.

        Raises:
            ConflictError: The one that is stored is at another version.
        """
        [changed] = self.embedded([record])
        put = Put(record=changed, expected_version=expected_version)
        self._store.apply(Batch(namespace=record.namespace, puts=[put]))

    def prepared(self, message: Message) -> Message:
        """Return a message as it is to be kept: redacted, for example."""
        for processor in self._processors:
            if isinstance(processor, SupportsMessages):
                message = processor.message(message)
        return message

    def embedded(self, records: Sequence[MemoryRecord]) -> list[MemoryRecord]:
        """Return the records, with vectors of our embedder where they bring none.

        Raises:
            EmbeddingError: The embedder failed, or gave vectors of a wrong shape.
        """
        records = list(records)
        if self._embedder is None:
            return records
        bare = [i for i, record in enumerate(records) if record.embedding is None]
        vectors = self._embedder.embed([records[i].content for i in bare])
        fingerprint = self._embedder.fingerprint
        if vectors.shape != (len(bare), self._embedder.dim):
            raise EmbeddingError(
                f"embedder {fingerprint!r} gave vectors of shape {vectors.shape} for "
                f"{len(bare)} texts, not {(len(bare), self._embedder.dim)}; nothing "
                "was stored"
            )
        for i, vector in zip(bare, vectors, strict=True):
            embedding = Embedding(vector=vector, fingerprint=fingerprint)
            records[i] = trusted_copy(records[i], embedding=embedding)
        return records

    def _before(
        self, namespace: Namespace, messages: Sequence[Message]
    ) -> list[Message]:
        """Return the ends of transcripts in which a result's call may stand."""
        return [
            message
            for session in unanswered(messages)
            for message in self._store.messages(namespace, session, last=_CALLS_WITHIN)
        ]

"""The facade: remember what was said, recall what matters, write it for a prompt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from retentive.capture import Capture
from retentive.consolidate.defaults import default_consolidation
from retentive.consolidate.engine import Approve, Consolidator, Progress
from retentive.consolidate.erasing import Receipt, erase
from retentive.consolidate.forgetting import forget, matching
from retentive.consolidate.history import chain
from retentive.consolidate.report import JournalEntry, Report
from retentive.consolidate.schedule import Schedule
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import InvalidInputError, RecordNotFoundError
from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.opening import open_embedder, open_store
from retentive.processors.defaults import default_processors
from retentive.processors.inputs import Input, as_items, read_input
from retentive.processors.revise import revised
from retentive.protocols import (
    ConsolidationPolicy,
    Embedder,
    LearnedWeights,
    Processor,
    Store,
    Structure,
    TokenCounter,
)
from retentive.recall.context import Context
from retentive.recall.defaults import default_settings
from retentive.recall.descent import descend
from retentive.recall.explain import Explanation, WhyNot, explained, in_context, why_not
from retentive.recall.filters import Scope, scope_of
from retentive.recall.pipeline import CONTEXT_HITS, Recaller
from retentive.recall.ranking import Ranking, RecallSettings
from retentive.records import (
    RESERVED,
    Hit,
    MemoryRecord,
    Message,
    Namespace,
    Recalled,
    Status,
    callers_namespace,
    to_utc,
)
from retentive.registry import find
from retentive.structures.queue import Queue
from retentive.text.counters import estimate_tokens
from retentive.tuning import Tuner
from retentive.watching import Watched, watch
from retentive.working import WorkingMemory

__all__ = ["Memory"]

_BATCH = 1_000  # records per commit: large enough to be fast, small enough to wait for


class Memory:
    """Long-term memory of one namespace, over a store that may hold many.

    Safe for many threads. Not one of its methods reads another namespace than
    its own and those that it was told to read as well.

    Attributes:
        store: Where memories live.
        namespace: Whose memories these are.
        also_read: Further namespaces that recalls look into.
        embedder: Gives vectors, if there is one.
        counter: Counts tokens for budgets.
        budget: Tokens of a context where the caller gives none.
        structure: Makes the working memory of a session.
        clock: Tells the present.
        capture: The write pipeline.
        recaller: The read pipeline.
        consolidation: What keeps memories tidy, and how far it may go.
        schedule: Lets consolidation run by itself where the settings say so.
        tuner: Learns from feedback on recalls.
    """

    def __init__(
        self,
        store: Store,
        *,
        namespace: Sequence[str] = ("default",),
        also_read: Sequence[Sequence[str]] = (),
        embedder: Embedder | None = None,
        processors: Sequence[Processor] | None = None,
        recall: RecallSettings | None = None,
        consolidation: ConsolidationSettings | None = None,
        counter: TokenCounter = estimate_tokens,
        budget: int = 1_000,
        structure: Callable[[], Structure] | None = None,
        learn_shared: bool = True,
        cache_bytes: int = 1 << 29,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Compose a memory of its parts; :meth:`open` does it from a path.

        Args:
            store: Where memories live; closed by :meth:`close`.
            namespace: Whose memory this is.
            also_read: Further namespaces that recalls look into.
            embedder: Gives vectors; ``None`` recalls by words alone.
            processors: Steps between what is said and what is stored; ``None``
                for the default ones, ``()`` for none.
            recall: How recalls rank; ``None`` for the default.
            consolidation: Policies, their limits and when they run; ``None`` for
                the default ones, on demand.
            counter: Counts tokens for budgets.
            budget: Tokens of a context where the caller gives none.
            structure: Makes the working memory of a session; ``None`` for a queue.
            learn_shared: Whether what feedback teaches in one namespace may help in
                the others: numbers of signals alone.
            cache_bytes: Most memory for replicas, in bytes.
            clock: Tells the present, UTC.
        """
        self.store = store
        self.namespace: Namespace = callers_namespace(namespace)
        self.also_read = tuple(callers_namespace(labels) for labels in also_read)
        self.embedder = embedder
        self.counter = counter
        self.budget = budget
        self.structure = structure or partial(Queue, counter=counter)
        self.clock = clock
        settings = default_settings() if recall is None else recall
        self.capture = Capture(
            store,
            processors=default_processors() if processors is None else processors,
            embedder=embedder,
        )
        self.recaller = Recaller(
            store,
            settings=settings,
            embedder=embedder,
            cache_bytes=cache_bytes,
        )
        self.consolidation = consolidation or default_consolidation()
        self.schedule = Schedule(store)
        self.tuner = Tuner(store, self.recaller, settings=settings, shared=learn_shared)

    @classmethod
    def open(
        cls,
        target: str | Path | None = None,
        *,
        namespace: Sequence[str] | None = None,
        embedder: str | Embedder | None = None,
        **options: Any,
    ) -> Self:
        """Open a memory.

        Args:
            target: A SQLite file (made if absent), a ``.yaml`` configuration, a
                URL such as ``redis://…``, or nothing: in process, gone at exit.
            namespace: Whose memory; ``("default",)`` if omitted.
            embedder: A plugin's name (``"minilm"``), an embedder, or ``None``.
            options: Further arguments of :class:`Memory`.

        Raises:
            ConfigError: The configuration is wrong.
            StoreError: The store cannot be opened.
            PluginError: The name or the URL's scheme is unknown.
        """
        given = dict(options)
        if namespace is not None:
            given["namespace"] = callers_namespace(namespace)
        if embedder is not None:
            given["embedder"] = open_embedder(embedder)
        if target is not None and str(target).endswith((".yaml", ".yml")):
            memory: Self = find("openers", "yaml")(Path(target), **given)
            return memory
        return cls(open_store(target), **given)

    def within(self, *labels: str) -> Memory:
        """Return the memory of another namespace over the same store and cache."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.namespace = callers_namespace(labels)
        return other

    # --- writing ---------------------------------------------------------------

    def remember(
        self,
        items: Input | Iterable[Input],
        *,
        session: str | None = None,
        at: datetime | None = None,
    ) -> list[str]:
        """Store what was said.

        Messages also go into their session's transcript, word for word. The same
        fact again is no new record: its support grows.

        Args:
            items: Text, messages, OpenAI-style mappings, records, or many of them.
            session: Session of what brings none of its own.
            at: When it happened, for what brings no time of its own.

        Returns:
            Ids of the records that now hold the content, in order. What a
            processor left out has none.

        Raises:
            InvalidInputError: An item cannot be stored; nothing after the last
                full batch of 1,000 was.
            StoreError: The store refused.
        """
        now = self._now()
        when = now if at is None else to_utc(at, name="at")
        ids: list[str] = []
        for chunk in _chunks(as_items(items)):
            read = [
                read_input(item, namespace=self.namespace, session=session, at=when)
                for item in chunk
            ]
            outcomes = self.capture.keep(self.namespace, read, now=now)
            ids.extend(o.id for o in outcomes if o.action != "barred")
            self.schedule.wrote(
                self.namespace,
                max((outcome.version for outcome in outcomes), default=0),
                now=now,
                settings=self.consolidation,
                run=self.consolidate,
            )
        return ids

    def update(
        self, id: str, *, expected_version: int | None = None, **changes: Any
    ) -> MemoryRecord:
        """Change a record, such as its ``content``, ``importance`` or ``pinned``.

        Args:
            id: The record.
            expected_version: The version that you had read; whatever it is now if
                omitted.
            changes: Fields of :class:`~retentive.records.MemoryRecord`.

        Returns:
            The record as it is stored now.

        Raises:
            RecordNotFoundError: No such record.
            ConflictError: It was changed meanwhile; nothing was done.
            InvalidInputError: A field is unknown or its value is refused.
        """
        record = self.get(id)
        version = record.version if expected_version is None else expected_version
        self.capture.replace(revised(record, changes), expected_version=version)
        return self.get(id)

    def working(self, session: str = "default") -> WorkingMemory:
        """Return what a session's prompt holds; what leaves it is remembered."""
        return WorkingMemory(
            self.structure,
            store=self.store,
            namespace=self.namespace,
            session=session,
            prepare=self.capture.prepared,
            remember=self.remember,
            clock=self._now,
        )

    def forget(
        self,
        ids: Sequence[str] = (),
        *,
        query: str | None = None,
        dry_run: bool = False,
    ) -> list[str]:
        """Delete records for good, with all that was made of them.

        Their merged copies go, what was derived from them, the messages that said
        them, and what the journal keeps. They are not learnt again.

        Args:
            ids: Which.
            query: Also all memories that hold every word of this, stop words apart.
            dry_run: Only return which.

        Returns:
            The ids that were there.
        """
        if isinstance(ids, str):
            raise InvalidInputError(f"ids must be a list, got the string {ids!r}")
        replica = self.recaller.replica((self.namespace,))
        found = matching(replica.frame(), query) if query is not None else []
        wanted = list(dict.fromkeys([*ids, *found]))
        if dry_run:
            return [record.id for record in self.store.get(self.namespace, wanted)]
        return forget(self.store, self.namespace, wanted)

    def erase(self, *, below: bool = False) -> Receipt:
        """Remove everything of this namespace, and return a receipt.

        Records, vectors, transcripts, summaries and derivations, the journal,
        working memory, learnt weights and snapshots. What was erased is not learnt
        again. Other processes follow when they next read.

        Args:
            below: Whether the namespaces below it go, too.

        Raises:
            BusyError: The namespace is being consolidated.
        """
        self.schedule.wait()
        receipt = erase(
            self.store,
            self.namespace,
            below=below,
            now=self._now(),
            lease_s=self.consolidation.lease_s,
        )
        self.recaller.forget()
        return receipt

    def used(self, ids: Sequence[str]) -> None:
        """Say which memories an answer relied on; feeds the signal of use.

        Say it of what the answer cited, not of all that was shown to the model.
        """
        now = self._now()
        self.store.touch(self.namespace, ids, now)
        spaces = (self.namespace, *self.also_read)
        self.recaller.count_use(ids, namespaces=spaces, at=now)

    def feedback(
        self,
        recall_id: str,
        *,
        helpful: Sequence[str] = (),
        unhelpful: Sequence[str] = (),
    ) -> LearnedWeights | None:
        """Say which memories helped; what each signal counts for is learnt from it.

        What is learnt is used only once recalls that it was not learnt from say
        that it is better: few or bad judgements change nothing.

        Args:
            recall_id: The ``id`` of a recall, or a context's ``recall_id``.
            helpful: Ids of memories that helped, shown or not. Without any, nothing
                is learnt.
            unhelpful: Ids of memories that did not; those not named count as such.

        Returns:
            The weights that hold now; ``None`` if nothing was ever learnt.

        Raises:
            InvalidInputError: The recall is not of the last 4,096 of this process, or
                a memory is said to be both.
        """
        return self.tuner.feedback(
            recall_id, helpful=helpful, unhelpful=unhelpful, now=self._now()
        )

    def answered(self, recall_id: str, answer: str) -> list[str]:
        """Tell from an answer which memories it used, and learn from that.

        Args:
            recall_id: The recall that the answer was given with.
            answer: What was said.

        Returns:
            Ids of the memories whose words the answer has, beyond the question's.

        Raises:
            InvalidInputError: The recall is not of the last 4,096 of this process.
        """
        ids = self.tuner.cited(recall_id, answer)
        if ids:
            self.used(ids)
            self.feedback(recall_id, helpful=ids)
        return ids

    # --- reading ---------------------------------------------------------------

    def recall(
        self,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Recalled:
        """Find the memories that matter for a question, best first.

        The ``id`` of what is returned is for :meth:`feedback`.

        Args:
            query: A question or any text, in any language.
            limit: Most hits.
            now: The asker's present; the clock's if omitted.
            session: The session that asks.
            scope: What may be returned.
            conditions: The scope's fields, instead of it: ``where``, ``kinds``,
                ``origins``, ``sessions``, ``ids``, ``since``, ``until``, ``as_of``,
                ``valid_at``.
        """
        _check_limit(limit)
        ranking, _ = self._rank(query, limit, now, session, scope, conditions)
        hits = self.recaller.hits(ranking, limit)
        return Recalled(hits, id=self._noted(ranking, hits, scope, conditions))

    def context(
        self,
        query: str,
        *,
        budget: int | None = None,
        now: datetime | None = None,
        session: str | None = None,
        shown: Sequence[str] = (),
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Context:
        """Write what matters for a question into a quoted block within a budget.

        The block is empty where nothing relevant was found; see
        :class:`~retentive.recall.relevance.Relevance`.

        Args:
            query: A question or any text.
            budget: Most tokens, by the memory's counter.
            now: The asker's present; the clock's if omitted.
            session: The session that asks.
            shown: Texts that the prompt holds already; memories that stand in them
                word for word are left out.
            scope: What may be returned.
            conditions: As for :meth:`recall`.
        """
        budget = self.budget if budget is None else budget
        ranking, _ = self._rank(query, CONTEXT_HITS, now, session, scope, conditions)
        context = self.recaller.context(
            ranking, budget=budget, counter=self.counter, shown=shown
        )
        recall_id = self._noted(ranking, context.hits, scope, conditions)
        return replace(context, recall_id=recall_id)

    def explain(
        self,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Explanation:
        """Recall, and say how the question was read and each hit scored."""
        _check_limit(limit)
        ranking, _ = self._rank(query, limit, now, session, scope, conditions)
        return explained(
            ranking,
            self.recaller.hits(ranking, limit),
            learned=self.tuner.learnt(self.namespace),
        )

    def why_not(
        self,
        id: str,
        query: str,
        *,
        limit: int = 10,
        budget: int | None = None,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> WhyNot:
        """Say why a recall, or a context, of this question does not hold this memory.

        Args:
            id: The memory.
            query: The question.
            limit: How many hits the recall returns.
            budget: Also look into a context of so many tokens.
            now: The asker's present; the clock's if omitted.
            session: The session that asks.
            scope: What may be returned.
            conditions: As for :meth:`recall`.
        """
        _check_limit(limit)
        self.recaller.hold(id, namespaces=(self.namespace, *self.also_read))
        ranking, whole = self._rank(query, limit, now, session, scope, conditions)
        row = whole.row_of(id)
        wanted = scope_of(scope, conditions)
        answer = why_not(id, row, ranking, whole=whole, limit=limit, scope=wanted)
        if budget is None:
            return answer
        context = self.recaller.context(ranking, budget=budget, counter=self.counter)
        return in_context(answer, context)

    def get(self, id: str) -> MemoryRecord:
        """Return one record.

        Raises:
            RecordNotFoundError: No record of this id is in the namespace.
        """
        found = self.store.get(self.namespace, [id])
        if not found:
            raise RecordNotFoundError(
                f"no record {id!r} in namespace {self.namespace!r}; ids come from "
                "remember() and recall()"
            )
        return found[0]

    def leaves(self, id: str) -> list[MemoryRecord]:
        """Return the memories that a summary stands for, however far down, by time.

        ``recall(question, ids=[leaf.id for leaf in leaves])`` asks them alone. Those
        that are gone lack; a record that is no summary is its own leaf.

        Raises:
            RecordNotFoundError: No record of this id is in the namespace.
        """
        return descend(self.store, self.get(id))

    def history(self, id: str) -> list[MemoryRecord]:
        """Return what a record replaced and what replaced it, oldest first.

        Its merged copies are among them. With ``recall(valid_at=…)`` and
        ``recall(as_of=…)`` a question can be put to an earlier time.

        Raises:
            RecordNotFoundError: No record of this id is in the namespace.
        """
        self.get(id)
        frame = self.recaller.replica((self.namespace,)).frame()
        found = self.store.get(self.namespace, chain(frame, id))
        return sorted(found, key=lambda record: (record.occurred_at, record.id))

    def records(self) -> Iterator[MemoryRecord]:
        """Yield every record of the namespace by id, whatever its status."""
        after: str | None = None
        while page := self.store.scan(self.namespace, after=after):
            yield from page
            after = page[-1].id

    def messages(self, session: str, *, last: int | None = None) -> list[Message]:
        """Return a session's transcript in order, or only its last messages."""
        return self.store.messages(self.namespace, session, last=last)

    def sessions(self) -> list[str]:
        """Return the names of the conversations with a transcript, oldest first."""
        return [
            name
            for name in self.store.sessions(self.namespace)
            if not name.startswith(RESERVED)
        ]

    def count(self) -> Mapping[Status, int]:
        """Return how many records there are of each status."""
        return self.store.count(self.namespace)

    def watch(
        self, *, poll_s: float = 0.1, stop: Callable[[], bool] | None = None
    ) -> Iterator[Watched]:
        """Yield what changes from now on here, and in what is read as well.

        Args:
            poll_s: Seconds between looks while nothing happens.
            stop: Asked after each look; the watch ends when it says so.
        """
        return watch(
            self.store, (self.namespace, *self.also_read), poll_s=poll_s, stop=stop
        )

    def frame(self) -> ColumnFrame:
        """Return the memories as columns, caught up with the store."""
        return self._replica().frame()

    # --- upkeep ----------------------------------------------------------------

    def consolidate(
        self,
        *policies: ConsolidationPolicy,
        dry_run: bool = False,
        max_share: float | None = None,
        now: datetime | None = None,
        approve: Approve | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Merge, supersede and archive by policies; each commit can be undone.

        Args:
            policies: Run these instead of the configured ones.
            dry_run: Only say what would be done, each change with its reason.
            max_share: Share of the namespace that may change unasked, in [0, 1];
                the configured one if omitted.
            now: The present; the clock's if omitted.
            approve: Asked about a plan beyond the share; without it such a plan
                raises.
            progress: Told how many changes are done, of how many.

        Raises:
            BusyError: The namespace is being consolidated elsewhere.
            ApprovalNeededError: A plan goes beyond the share, and nobody said yes.
            PlanError: A policy planned what no plan may do.
        """
        chosen: dict[str, Any] = {"policies": policies} if policies else {}
        if max_share is not None:
            chosen["max_share"] = max_share
        engine = self._engine(replace(self.consolidation, **chosen))
        present = self._now() if now is None else to_utc(now, name="now")
        if dry_run:
            return engine.preview(now=present)
        return engine.run(
            now=present,
            approve=approve,
            progress=progress or (lambda _done, _total: None),
        )

    def undo(self, commit: str) -> Report:
        """Take back a commit of a consolidation, or all of a run, by id.

        Raises:
            InvalidInputError: The journal has no such commit any more.
        """
        return self._engine(self.consolidation).undo(commit, now=self._now())

    def journal(self) -> list[JournalEntry]:
        """Return the commits of consolidations that can be undone, oldest first."""
        return self._engine(self.consolidation).journal()

    # --- life ------------------------------------------------------------------

    def close(self) -> None:
        """Wait for what runs in the background, save snapshots, close the store."""
        self.schedule.wait()
        self.recaller.replicas.save()
        self.recaller.forget()
        self.store.close()
        close = getattr(self.embedder, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        """Return itself; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; an error while closing does not hide the block's own."""
        if error is None:
            self.close()
            return
        with suppress(Exception):
            self.close()

    # --- steps -----------------------------------------------------------------

    def _now(self) -> datetime:
        return to_utc(self.clock(), name="the clock's time")

    def _engine(self, settings: ConsolidationSettings) -> Consolidator:
        return Consolidator(
            self.store,
            self.recaller.replica((self.namespace,)),
            self.namespace,
            settings=settings,
            embed=self.capture.embedded,
        )

    def _replica(self) -> Replica:
        return self.recaller.replica((self.namespace, *self.also_read))

    def _rank(
        self,
        text: str,
        limit: int,
        now: datetime | None,
        session: str | None,
        scope: Scope | None,
        conditions: Mapping[str, Any],
    ) -> tuple[Ranking, ColumnFrame]:
        return self.recaller.rank(
            text,
            namespaces=(self.namespace, *self.also_read),
            scope=scope_of(scope, conditions),
            limit=limit,
            now=self._now() if now is None else to_utc(now, name="now"),
            session=session,
            settings=self.tuner.settings(self.namespace),
        )

    def _noted(
        self,
        ranking: Ranking,
        hits: Sequence[Hit],
        scope: Scope | None,
        conditions: Mapping[str, Any],
    ) -> str:
        return self.tuner.note(
            ranking.query,
            hits,
            namespaces=(self.namespace, *self.also_read),
            scope=scope_of(scope, conditions),
        )


def _check_limit(limit: int) -> None:
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise InvalidInputError(f"limit must be a whole number above 0, got {limit!r}")


def _chunks(items: Iterable[Input]) -> Iterator[list[Input]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, _BATCH)):
        yield chunk

"""The contracts that plugins implement, and the values that pass between them.

Nothing here does work. A store, scorer, embedder, processor, policy or token
counter is any object with these methods; `retentive.testing` ships a suite that
checks each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from retentive.records import Interval, MemoryRecord, Message, Namespace, Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float32]
    RowArray = NDArray[np.int32]

__all__ = [
    "Batch",
    "Change",
    "Changes",
    "Commit",
    "ConsolidationPolicy",
    "Delete",
    "Draft",
    "Embedder",
    "Frame",
    "LanguageModel",
    "LearnedWeights",
    "Lease",
    "MemoryView",
    "MessageDelete",
    "Outcome",
    "Passage",
    "Plan",
    "Processor",
    "Put",
    "Query",
    "ReadsTokens",
    "Reranker",
    "Rewriter",
    "Scorer",
    "StatusChange",
    "Store",
    "Structure",
    "StructureState",
    "Summariser",
    "SupportsCompaction",
    "SupportsGate",
    "SupportsMessages",
    "SupportsReembedding",
    "SupportsSnapshots",
    "SupportsTasks",
    "SupportsTokenVectors",
    "SupportsVectorScan",
    "TermCounts",
    "TokenCounter",
    "TokenVectors",
    "VectorPut",
]


# --- what goes into a store ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Store a record.

    Without an expected version the record is created, or merged into the active
    or archived record of the same namespace, kind and content key: support
    counts add up, occurrences join, importance takes the larger value, and
    ``pinned`` holds if either holds. A record with a ``key`` replaces the one of
    that key instead, keeping its id.

    Attributes:
        record: What to store. Its ``version`` and ``content_key`` are ignored.
        expected_version: ``None``: create or merge. 0: the id must not exist. A
            version: replace the record of that id, if it is still at that version.
    """

    record: MemoryRecord
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """Move a record to another status without rewriting it."""

    id: str
    status: Status
    expected_version: int | None = None
    superseded_by: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove a record for good and leave a tombstone in the feed.

    Attributes:
        id: The record. Deleting one that is not there is no error.
        expected_version: As for :class:`Put`; ``None``: whatever it is.
        bar: Keep the keyed content key, so that the same content put again is
            refused with the outcome ``barred``.
    """

    id: str
    expected_version: int | None = None
    bar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelete:
    """Remove one message of a session's transcript, or all (``id=None``)."""

    session: str
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPut:
    """A vector of another embedder for an existing record, kept beside the old one."""

    id: str
    vector: FloatArray = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Changes of one namespace that happen together or not at all.

    Applied in the order: messages, deletes, puts, status changes.

    Attributes:
        lease: If given, the batch is refused unless this lease is still held.
    """

    namespace: Namespace
    puts: Sequence[Put] = ()
    status_changes: Sequence[StatusChange] = ()
    deletes: Sequence[Delete] = ()
    messages: Sequence[Message] = ()
    message_deletes: Sequence[MessageDelete] = ()
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a batch.

    Attributes:
        id: The record that now holds the content: for a merge, the older one.
        action: ``created``, ``merged`` (said again), ``replaced``, ``unchanged``
            (a retry: this id, or this message of it, is stored already),
            ``barred`` (erased before, and not to be learnt again), ``deleted``
            or ``missing`` (a delete of what is not there).
        version: The record's version after the commit.
    """

    id: str
    action: Literal[
        "created", "merged", "replaced", "unchanged", "barred", "deleted", "missing"
    ]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """The receipt of an applied batch.

    Attributes:
        sequence: Position of the commit in the namespace's order.
        puts: One outcome per put, in the batch's order.
        status_changes: One outcome per status change.
        deletes: One outcome per delete.
        messages: How many messages were appended; known ids are not counted.
    """

    sequence: int
    puts: Sequence[Outcome] = ()
    status_changes: Sequence[Outcome] = ()
    deletes: Sequence[Outcome] = ()
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed: the record as it is now, or ``None`` if deleted."""

    id: str
    version: int
    record: MemoryRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of the change feed.

    Attributes:
        items: Latest state of each record changed after ``since``, by version.
        sequence: Pass it as the next ``since``.
        epoch: Identity of the feed. Another epoch than before means that the
            data was replaced beneath us: drop everything and read from 0.
        more: Whether another page is waiting.
    """

    items: Sequence[Change]
    sequence: int
    epoch: str
    more: bool


class Lease(Protocol):
    """A claim on a name that ends by itself; see :meth:`Store.lease`."""

    @property
    def name(self) -> str:
        """What is claimed."""

    @property
    def fence(self) -> int:
        """A number that grows with every lease of this name."""

    def renew(self) -> None:
        """Extend by the original time.

        Raises:
            FencedError: Another holder has it, or it ran out.
        """

    def release(self) -> None:
        """Give it up; releasing a lost or released lease is no error."""


class Store(Protocol):
    """Where memories live: the truth, with one order of commits per namespace.

    Implementations are safe for many threads. Methods with a namespace see that
    namespace only, whatever its labels contain. All driver errors arrive as
    :class:`~retentive.errors.StoreError`.
    """

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically and durably.

        Raises:
            ConflictError: A version was not as expected; nothing was applied.
            RecordNotFoundError: A status change names an unknown record.
            EmbedderMismatchError: A put carries a vector of another embedder
                than the namespace holds.
            FencedError: The batch's lease is no longer held.
            InvalidInputError: A record belongs to another namespace.
            StoreFullError: Disk or memory is full.
            StoreReadOnlyError: The store cannot be written.
        """

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return the records of these ids, in the order asked; unknown ones lack."""

    def find(self, namespace: Namespace, key: str) -> MemoryRecord | None:
        """Return the record with this caller's key, if there is one."""

    def scan(
        self,
        namespace: Namespace,
        *,
        after: str | None = None,
        limit: int = 1_000,
        vectors: bool = False,
    ) -> list[MemoryRecord]:
        """Return records of every status by ascending id, a page at a time.

        Args:
            namespace: Whose.
            after: The last id of the page before.
            limit: Most records to return.
            vectors: Whether records carry their embedding.
        """

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed after ``since``, in commit order, with vectors.

        A page never splits a commit unless one commit exceeds ``limit``. Cheap
        when nothing changed.
        """

    def messages(
        self,
        namespace: Namespace,
        session: str,
        *,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> list[Message]:
        """Return a transcript, or a part of it, in order of appending.

        Args:
            namespace: Whose.
            session: Which conversation.
            after: Only messages after the one of this id; none if it is unknown.
            before: Only messages before the one of this id; none if it is unknown.
            first: Of these, only so many from the start; costs no more than those.
            last: Of these, only so many from the end; costs no more than those.

        Raises:
            InvalidInputError: Both ``first`` and ``last`` are given.
        """

    def count_messages(self, namespace: Namespace, session: str) -> int:
        """Return how many messages a session's transcript has."""

    def sessions(self, namespace: Namespace) -> list[str]:
        """Return the names of the sessions with a transcript, oldest first."""

    def namespaces(self, prefix: Sequence[str] = ()) -> list[Namespace]:
        """Return the namespaces that start with these labels, sorted."""

    def count(self, namespace: Namespace) -> Mapping[Status, int]:
        """Return how many records there are of each status that occurs."""

    def touch(self, namespace: Namespace, ids: Sequence[str], at: datetime) -> None:
        """Count a use of each record; outside the change feed, lost uses are fine."""

    def lease(self, name: str, *, ttl_s: float) -> AbstractContextManager[Lease | None]:
        """Claim a name for a time; ``None`` inside the block if another holds it."""

    def close(self) -> None:
        """Release files and connections; closing twice is no error."""


@runtime_checkable
class SupportsReembedding(Protocol):
    """A store that can hold a second embedder's vectors until they are complete."""

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors, ``None`` if it has none."""

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of this embedder, by ascending id."""

    def add_vectors(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep vectors of this embedder beside the present ones, unseen by recall."""

    def switch_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make this embedder's vectors the namespace's, and drop all others.

        Every record gets a new version, so that replicas follow. ``None``: no
        vectors any more.

        Raises:
            StoreError: A record still lacks a vector of this embedder.
        """


@runtime_checkable
class SupportsSnapshots(Protocol):
    """A store beside which derived files may lie."""

    def snapshot_path(self, namespace: Namespace) -> Path | None:
        """Return where this namespace's replica may be saved, if anywhere."""


@runtime_checkable
class SupportsCompaction(Protocol):
    """A store in whose files the bytes of what was deleted may linger."""

    def compact(self) -> bool:
        """Give freed space back and overwrite what it held.

        Returns:
            Whether that was done; false while others hold the files open.
        """


@runtime_checkable
class SupportsVectorScan(Protocol):
    """A store that reads all vectors of a namespace without their records."""

    def vectors(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], FloatArray]]:
        """Yield pages of ids and their ``(k, dim)`` vectors of this embedder."""


# --- what is asked ------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An analysed question: all that a scorer may know about it.

    Attributes:
        text: As asked.
        now: The asker's present, UTC; a scorer reads no other clock.
        terms: Index terms (stems, CJK uni- and bigrams), without stop words and
            without the names of speakers; distinct, in order of appearance.
        words: The lower-cased words, stop words included, for cue rules.
        last_terms: Those of them that the last line of several holds, or the last
            sentence of one line: what a message comes down to. Empty where the
            question is a single sentence.
        names: Speakers of the frame that the question names, as in the frame.
        question_type: What it asks for: ``when``, ``how_many``, …, or ``other``; see
            ``retentive.text.cues``.
        intervals: Times that the question names.
        vector: ``(dim,) float32``, L2-normalised; ``None`` without an embedder.
        last_vector: The same of the last line or sentence; ``None`` where
            ``last_terms`` is empty.
        token_terms: The index term that each of ``token_vectors`` belongs to; stop
            words and names are left out.
        token_vectors: ``(t, dim) float32``, L2-normalised; ``None`` unless a scorer
            with weight reads them.
        embedder_share: Share of the letters that the embedder covers, in [0, 1].
        session: The session that asks, if any.
    """

    text: str
    now: datetime
    terms: tuple[str, ...] = ()
    last_terms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    question_type: str = "other"
    intervals: tuple[Interval, ...] = ()
    vector: FloatArray | None = field(default=None, compare=False)
    last_vector: FloatArray | None = field(default=None, compare=False)
    token_terms: tuple[str, ...] = ()
    token_vectors: FloatArray | None = field(default=None, compare=False)
    embedder_share: float = 1.0
    session: str | None = None


class TermCounts(Protocol):
    """How often the terms of a query occur around each row of a frame.

    ``t`` is the number of terms asked for; statistics are of the whole
    namespace even where the frame is a slice of it.
    """

    documents: int
    """Rows in the namespace."""
    document_frequency: FloatArray
    """``(t,)``: rows that hold the term."""
    mean_length: float
    """Terms per row in the mean, at least 1."""

    def at(self, offsets: Sequence[int]) -> FloatArray:
        """Return ``(len(offsets), n, t)`` counts so many steps on in the session.

        Steps are in [-2, 2]; beyond the ends of a session counts are 0.
        """

    def lengths_at(self, offsets: Sequence[int]) -> FloatArray:
        """Return ``(len(offsets), n)`` terms in those rows, 0 beyond the ends."""

    def in_session(self) -> FloatArray:
        """Return ``(n, t)`` counts in the whole session of each row."""


class Frame(Protocol):
    """An immutable columnar view of memories: one row each, in arrival order.

    Times are POSIX seconds as float64, NaN where there is none. Codes index the
    matching tuple of names, -1 where there is none.
    """

    ids: Sequence[str]
    occurred_at: NDArray[np.float64]
    recorded_at: NDArray[np.float64]
    last_accessed_at: NDArray[np.float64]
    valid_until: NDArray[np.float64]
    expires_at: NDArray[np.float64]
    importance: FloatArray
    support_count: RowArray
    access_count: RowArray
    kind: NDArray[np.int8]
    status: NDArray[np.int8]
    origin: NDArray[np.int8]
    pinned: NDArray[np.bool_]
    session: RowArray
    speaker: RowArray
    role: RowArray
    position: RowArray
    """Place in its session, from 0; 0 for rows without a session."""
    length: RowArray
    """Index terms in the content."""
    tokens: RowArray
    """Estimated tokens of the content."""
    cues: NDArray[np.uint32]
    """Bits of :class:`retentive.text.cues.Cue` found in the content."""
    topics: NDArray[np.uint64]
    """Bits of the kinds of things that the content tells of; see
    :data:`retentive.text.topics.TOPICS`."""
    mentioned_from: NDArray[np.float64]
    """Start of the first time that the content itself names, resolved."""
    mentioned_until: NDArray[np.float64]
    """End of that time."""
    simhash: NDArray[np.uint64]
    """64-bit SimHash of the content's terms."""

    @property
    def size(self) -> int:
        """Number of rows, n."""

    @property
    def sessions(self) -> Sequence[str]:
        """Names that ``session`` codes stand for."""

    @property
    def speakers(self) -> Sequence[str]:
        """Names that ``speaker`` codes stand for."""

    @property
    def roles(self) -> Sequence[str]:
        """Names that ``role`` codes stand for."""

    @property
    def session_tokens(self) -> FloatArray:
        """``(sessions,)``: estimated tokens of each whole session."""

    @property
    def mean_tokens(self) -> float:
        """Estimated tokens per memory of the whole namespace, at least 1."""

    def term_counts(self, terms: Sequence[str]) -> TermCounts:
        """Count terms in and around each row."""

    def shared_terms(
        self, *, share: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray, int]:
        """Return the rare terms that two or more rows of this frame hold.

        Args:
            share: A term in more of all memories than this share is not rare; one
                in five or fewer memories always is.

        Returns:
            For each pair of a row and such a term, the place of the row in the frame
            and the number of the term; ``(t,)`` how many memories hold each term; and
            how many memories there are.
        """

    def inherited(self, terms: Sequence[str]) -> FloatArray:
        """Return ``(n,)``: share of the terms, by rarity, in what each row replaced."""

    def similarity(self, vector: FloatArray) -> FloatArray:
        """Return ``(n,)`` cosines with each row's vector; NaN where it has none."""

    def token_similarity(self, vectors: FloatArray) -> FloatArray:
        """Return ``(n, t)``: the best cosine of each vector with each row's tokens.

        0 where there are none. Takes ``(t, dim)`` vectors. Token vectors that are not held yet are made, which takes milliseconds a row.
        """

    def neighbour(self, offset: int) -> RowArray:
        """Return ``(n,)`` rows ``offset`` steps on in the session, -1 beyond it.

        Row numbers are those of the whole namespace, as in :meth:`vectors`.
        """

    def vectors(self, rows: RowArray) -> FloatArray:
        """Return ``(len(rows), dim)`` vectors of the namespace's rows; 0 for none."""

    def company(self, speakers: Sequence[str]) -> tuple[NDArray[np.bool_], float]:
        """Return where these speakers took part.

        Returns:
            ``(n,)``: rows that one of them said, or in whose session one of them
            said something; and the share of such rows in the whole namespace.
        """

    def occurrence_times(self) -> tuple[RowArray, NDArray[np.float64]]:
        """Return rows of this frame and the times of their further occurrences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedWeights:
    """What feedback taught about the weights of signals.

    Attributes:
        configured: Weights by signal before any feedback.
        weights: Weights by signal that rank now.
        candidate: What was learnt last, used or not.
        used: Whether ``weights`` differ from the configured ones.
        questions: Judged recalls that it rests on.
        reason: What held-out questions said, in a sentence.
    """

    configured: Mapping[str, float]
    weights: Mapping[str, float]
    candidate: Mapping[str, float]
    used: bool
    questions: int
    reason: str


# --- plugins ------------------------------------------------------------------


class Scorer(Protocol):
    """One signal about how well each row answers a query.

    Pure: no I/O, no clock, no state between calls. Options go to ``__init__``.
    """

    name: str
    """The signal's name in configuration and explanations."""
    normalise: bool
    """Whether the pipeline turns it into z-scores; false for cues in fixed units."""

    def __call__(self, query: Query, frame: Frame) -> FloatArray:
        """Return ``(n,) float32``, finite, larger is better; 0 where it is silent."""


@runtime_checkable
class ReadsTokens(Protocol):
    """A scorer that reads the vectors of tokens, which are made for it alone."""

    reads_tokens: bool
    """Always true."""


@runtime_checkable
class SupportsGate(Protocol):
    """A scorer that knows when it should count for less."""

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the share of its weight that holds for this query, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVectors:
    """A vector for each token of a text, in the light of the others.

    Attributes:
        words: The lower-cased word that each token is, or is a piece of; empty for
            marks that are no part of the text.
        vectors: ``(t, dim) float32``, each row L2-normalised; t is at least 1.
    """

    words: tuple[str, ...]
    vectors: FloatArray = field(compare=False)


@runtime_checkable
class SupportsTokenVectors(Protocol):
    """An embedder that also gives a vector for each token."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the token vectors of each text, in order.

        Raises:
            EmbeddingError: They cannot be made.
        """


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """``model:dim:revision``: equal only if the vectors are interchangeable."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def scripts(self) -> frozenset[str] | None:
        """Scripts that it understands (``latin``, ``cjk``, …); ``None``: all."""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return ``(len(texts), dim) float32``, each row L2-normalised.

        Raises:
            EmbeddingError: The model or its server failed.
        """


class TokenCounter(Protocol):
    """Counts the tokens of a text as some model would."""

    def __call__(self, text: str) -> int:
        """Return the number of tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record in the making, and the messages that it comes from.

    Attributes:
        record: What would be stored.
        messages: Its sources; empty for plain text and for given records.
    """

    record: MemoryRecord
    messages: tuple[Message, ...] = ()


class Processor(Protocol):
    """A step between what was said and what is stored: split, redact, extract.

    Pure but for a language model that it may be given.
    """

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts to go on with; leaving one out drops it."""


@runtime_checkable
class SupportsMessages(Protocol):
    """A processor that also has a say in what transcripts keep."""

    def message(self, message: Message) -> Message:
        """Return the message as it is to be kept, and drafted from."""


class MemoryView(Frame, Protocol):
    """The living memories of one namespace with their records: what policies see.

    A frame of every status. Columns tell where to look, records what to do:
    counts of use in the columns may lag behind those of the records.
    """

    def records(self, places: Sequence[int] | RowArray) -> list[MemoryRecord]:
        """Return the records at these places, in this order, without vectors.

        Places count the rows of this view. What was deleted meanwhile is left out.
        """

    def bags(self) -> tuple[NDArray[np.uint64], RowArray]:
        """Return the distinct terms of all rows as hashes, row after row.

        Returns:
            The hashes, and ``(n,)`` how many of them each row has.
        """

    def vectors_at(self, places: Sequence[int] | RowArray) -> FloatArray:
        """Return ``(len(places), dim)`` vectors at these places; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a consolidation policy would change, and why.

    Attributes:
        puts: Records to create (no expected version) or to replace (with the
            version that was read).
        status_changes: Records to archive, supersede or restore.
        deletes: Records whose time is over.
        reasons: A sentence per record id that the plan touches.
    """

    puts: Sequence[Put] = ()
    status_changes: Sequence[StatusChange] = ()
    deletes: Sequence[Delete] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is anything to do."""
        return bool(self.puts or self.status_changes or self.deletes)


class ConsolidationPolicy(Protocol):
    """Decides what to merge, archive or summarise; the engine checks and acts.

    What the engine refuses, from any policy: to touch what the view does not
    hold or what changed since; to archive, supersede or delete what is pinned; to
    change what a record says (a summary may change); to delete what is neither
    archived nor expired (unless the policy has an attribute ``evicts`` that is
    true); to supersede by what is not there; and any change without a reason.
    """

    name: str
    """The policy's name in reports and in the journal."""

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to change; pure, and empty on its own result."""


class Reranker(Protocol):
    """Orders the best hits anew, by reading their words beside the question."""

    def __call__(self, query: str, texts: Sequence[str]) -> FloatArray:
        """Return ``(len(texts),)``, larger is better; ties keep their order.

        Raises:
            ModelError: It cannot say; the order then stays as it was.
        """


class Rewriter(Protocol):
    """Puts what was said into words to recall by."""

    def __call__(self, text: str, *, now: datetime) -> str:
        """Return the question to recall by.

        Raises:
            ModelError: It cannot say; what was said is then asked as it is.
        """


class LanguageModel(Protocol):
    """A chat model, where one is configured."""

    def complete(
        self,
        messages: Sequence[Mapping[str, Any]],
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the reply; JSON that follows ``schema``, if one is given.

        Raises:
            ModelError: The model or its server failed.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of what was said, for a summary.

    Attributes:
        text: The words.
        speaker: Who said them; empty for nobody in particular.
    """

    text: str
    speaker: str = ""


class Summariser(Protocol):
    """Shortens what was said."""

    def __call__(self, passages: Sequence[Passage], *, budget: int) -> str:
        """Return a summary of at most ``budget`` tokens; empty if none fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureState:
    """What a structure holds: enough to go on in another process.

    Attributes:
        messages: Held messages, oldest first.
        layout: JSON: how they are arranged, and what stands for those that left.
    """

    messages: tuple[Message, ...] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)


class Structure(Protocol):
    """Working memory of one session: what stands in the prompt word for word.

    Never beyond its budget, and a tool's result never without its call. Not safe
    for threads; :class:`~retentive.working.WorkingMemory` is.
    """

    def add(self, messages: Sequence[Message]) -> list[Message]:
        """Take in new messages; return those that leave, oldest first.

        Every message that was added leaves once: here, by a task's end, or by
        :meth:`drain`.
        """

    def window(self) -> list[Message]:
        """Return what belongs in the prompt, in order, within the budget."""

    def drain(self) -> list[Message]:
        """Let go of all; return the messages that had not left, oldest first."""

    def state(self) -> StructureState:
        """Return all that it holds."""

    def restore(self, state: StructureState) -> None:
        """Hold what :meth:`state` of the same kind of structure returned.

        Raises:
            InvalidInputError: The layout is another structure's.
        """


@runtime_checkable
class SupportsTasks(Protocol):
    """A structure in which a task can be set aside for another."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the open tasks, the present one last."""

    def push(self, task: str) -> None:
        """Set the present task aside, and begin another within it."""

    def pop(self, result: str | None = None) -> list[Message]:
        """End the present task and go on with the one around it.

        Args:
            result: What came of it; a summary of its messages if omitted. It
                joins the messages of the task around it.

        Returns:
            The ended task's messages, which leave.

        Raises:
            InvalidInputError: No task was begun.
        """

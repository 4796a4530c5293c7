"""What a scorer sees: the question, and the memories as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from retentive.records import Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from retentive.protocols.arrays import FloatArray, RowArray

__all__ = ["Frame", "Query", "TermCounts"]


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
        voices: People whose lines it consists of, if it is a dialogue; see
            :func:`retentive.text.dialogue.voices`.
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
    voices: tuple[str, ...] = ()
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
    def session_mean_tokens(self) -> FloatArray:
        """``(n,)``: estimated tokens per memory of each row's session, at least 1.

        Of the whole namespace for rows without a session.
        """

    @property
    def mean_tokens(self) -> float:
        """Estimated tokens per memory of the whole namespace, at least 1."""

    def term_counts(self, terms: Sequence[str]) -> TermCounts:
        """Count terms in and around each row."""

    def shared_terms(
        self, *, share: float, without: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray, int]:
        """Return the rare terms that two or more rows of this frame hold.

        Args:
            share: A term in more of all memories than this share is not rare; one
                in five or fewer memories always is.
            without: Terms to leave out.

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

"""The first of two stages: the rows that are worth all scorers' attention.

The best rows by words, by meaning and by time; their neighbours; the best
sessions whole; and, where these are few, the newest rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame
from retentive.protocols import Query
from retentive.scorers.bm25 import inverse_document_frequency

__all__ = ["Candidates", "gather"]

_BEST = 100  # rows from each source; on these values are normalised
_SESSIONS = 10  # best sessions that join whole
_SESSION_ROWS = 60  # most rows of one session: long ones are searched, not copied
_REACH = 2  # neighbours on both sides that context scorers look at
_FEW = 100  # below, the newest rows are added: in small namespaces all rows compete


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows for the second stage.

    Attributes:
        rows: ``(n,)``, ascending.
        pool: ``(n,)``: the rows that a source itself put first, or all if those
            are few; means and deviations are taken over them.
    """

    rows: NDArray[np.int32]
    pool: NDArray[np.bool_]


def gather(query: Query, frame: ColumnFrame, allowed: NDArray[np.bool_]) -> Candidates:
    """Choose the candidates.

    Args:
        query: The analysed question.
        frame: A whole frame, not a slice.
        allowed: ``(frame.size,)``: rows that filters let through.
    """
    if int(allowed.sum()) <= _FEW:
        rows = np.flatnonzero(allowed).astype(np.int32)
        return Candidates(rows, np.ones(len(rows), np.bool_))
    words = _lexical(query, frame)
    best = _best(query, frame, allowed, words=words)
    timely = _timely(query, frame) & allowed
    if query.names:
        company, share = frame.company(query.names)
        if share < 1.0:
            mates = _best(query, frame, allowed & company, words=words)
            best = np.union1d(best, mates)
            timely = timely & company if (timely & company).any() else timely
    chosen = np.zeros(frame.size, np.bool_)
    chosen[best] = True
    chosen[_at_the_time(timely, words)] = True
    chosen[_around(frame, best)] = True
    chosen[_best_sessions(frame, best)] = True
    if int((chosen & allowed).sum()) < _FEW:
        chosen[_newest(frame, allowed)] = True
    rows = np.flatnonzero(chosen & allowed).astype(np.int32)
    pool = np.isin(rows, best)
    if int(pool.sum()) < _BEST:
        # Too few for a mean and a deviation: all that competes is the measure.
        pool = np.ones(len(rows), np.bool_)
    return Candidates(rows, pool)


def _best(
    query: Query,
    frame: ColumnFrame,
    allowed: NDArray[np.bool_],
    *,
    words: NDArray[np.float32],
) -> NDArray[np.int32]:
    """Return the best rows by words and by meaning."""
    lexical = _top(words, (words > 0) & allowed, _BEST)
    return np.union1d(lexical, _dense(query, frame, allowed))


def _lexical(query: Query, frame: ColumnFrame) -> NDArray[np.float32]:
    """Return each row's BM25, straight from the postings."""
    counts = frame.term_counts(query.terms)
    score = np.zeros(frame.size, np.float32)
    lengths = frame.length / np.float32(counts.mean_length)
    idf = inverse_document_frequency(counts)
    for (rows, occurrences), weight in zip(counts.postings, idf, strict=True):
        discount = np.float32(0.375) + np.float32(1.125) * lengths[rows]
        score[rows] += weight * (occurrences / (occurrences + discount))
    return score


def _dense(
    query: Query, frame: ColumnFrame, allowed: NDArray[np.bool_]
) -> NDArray[np.int32]:
    vectors = frame.holdings.vectors
    if vectors is None or query.vector is None or query.embedder_share == 0.0:
        return np.empty(0, np.int32)
    return vectors.nearest(query.vector, allowed, limit=_BEST)


def _timely(query: Query, frame: ColumnFrame) -> NDArray[np.bool_]:
    """Return which rows happened in, or speak of, a time asked for."""
    during = np.zeros(frame.size, np.bool_)
    further, times = frame.occurrence_times()
    for interval in query.intervals:
        start, end = interval.start.timestamp(), interval.end.timestamp()
        during |= (frame.occurred_at >= start) & (frame.occurred_at < end)
        during |= (frame.mentioned_from < end) & (frame.mentioned_until > start)
        during[further[(times >= start) & (times < end)]] = True
    return during


def _at_the_time(
    timely: NDArray[np.bool_], words: NDArray[np.float32]
) -> NDArray[np.int32]:
    """Return the timely rows that are best by words; of equals the newest."""
    rows = np.flatnonzero(timely)[::-1]
    best = np.argsort(-words[rows], kind="stable")[:_BEST]
    return rows[best].astype(np.int32)


def _around(frame: ColumnFrame, best: NDArray[np.int32]) -> NDArray[np.int32]:
    centre = frame.take(best.astype(np.int32))
    steps = [step for step in range(-_REACH, _REACH + 1) if step]
    near = np.concatenate([centre.neighbour(step) for step in steps])
    return near[near >= 0]


def _best_sessions(frame: ColumnFrame, best: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the rows of the sessions that hold most of the best rows."""
    codes = frame.session[best]
    codes = codes[codes >= 0]
    if not len(codes):
        return np.empty(0, np.int32)
    held = np.bincount(codes)
    chosen = np.argsort(-held, kind="stable")[:_SESSIONS]
    wanted = np.zeros(len(frame.sessions) + 1, np.bool_)
    wanted[chosen[held[chosen] > 0]] = True
    rows = np.flatnonzero(wanted[frame.session])
    place = frame.position[rows]
    return rows[place < _SESSION_ROWS].astype(np.int32)


def _newest(frame: ColumnFrame, allowed: NDArray[np.bool_]) -> NDArray[np.int32]:
    rows = np.flatnonzero(allowed)
    if len(rows) <= _FEW:
        return rows.astype(np.int32)
    times = frame.occurred_at[rows]
    return rows[np.argpartition(-times, _FEW)[:_FEW]].astype(np.int32)


def _top(
    score: NDArray[np.float32], wanted: NDArray[np.bool_], limit: int
) -> NDArray[np.int32]:
    rows = np.flatnonzero(wanted)
    if len(rows) > limit:
        rows = rows[np.argpartition(-score[rows], limit)[:limit]]
    return rows.astype(np.int32)

"""Turns a question into a :class:`~retentive.protocols.Query`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Embedder, Query, SupportsTokenVectors
from retentive.text.cues import question_type
from retentive.text.dates import find_times
from retentive.text.dialogue import asking, voices
from retentive.text.scripts import script_shares
from retentive.text.sentences import sentences
from retentive.text.tokenise import terms, words

__all__ = ["KnowsSpeakers", "analyse", "first_person", "last_part", "named_speakers"]

# Long questions (a pasted document) say what they are about early enough.
_MAX_QUERY_CHARS = 8_000


class KnowsSpeakers(Protocol):
    """A frame, or whatever else knows who said anything."""

    @property
    def speakers(self) -> Sequence[str]:
        """Their names."""


def analyse(
    text: str,
    *,
    frame: KnowsSpeakers,
    now: datetime,
    embedder: Embedder | None = None,
    tokens: SupportsTokenVectors | None = None,
    session: str | None = None,
) -> Query:
    """Analyse a question against the memories that may answer it.

    Args:
        text: The question, in any language.
        frame: Where names of speakers are looked up.
        now: The asker's present, UTC; relative times count from it.
        embedder: Makes the query's vector, if given.
        tokens: Makes the vectors of its tokens, if given.
        session: The session that asks.
    """
    asked = text[:_MAX_QUERY_CHARS]
    last = last_part(asked)
    names = named_speakers(asked, frame.speakers)
    speaking = voices(asked)
    query = Query(
        text=asked,
        now=now,
        terms=_terms_without(names, asked),
        last_terms=_terms_without(names, last),
        words=tuple(words(asked)),
        names=names,
        voices=speaking,
        question_type=question_type(asked),
        intervals=tuple(find_times(asking(asked) if speaking else asked, now=now)),
        session=session,
    )
    if embedder is None or not asked.strip():
        return query
    return _with_vectors(query, last, embedder=embedder, tokens=tokens)


def _terms_without(names: Sequence[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms(_without(text, names))))


def _with_vectors(
    query: Query,
    last: str,
    *,
    embedder: Embedder,
    tokens: SupportsTokenVectors | None,
) -> Query:
    """Add the vectors of the question, of its end, and of its tokens."""
    whole = first_person(query.text, query.names)
    parts = [whole, first_person(last, query.names)] if query.last_terms else [whole]
    vectors = embedder.embed(parts)
    share = _covered(query.text, embedder.scripts)
    found: tuple[tuple[str, ...], NDArray[np.float32] | None] = ((), None)
    if tokens is not None and share:
        found = _tokens(whole, tokens)
    return replace(
        query,
        vector=vectors[0],
        last_vector=vectors[1] if query.last_terms else None,
        embedder_share=share,
        token_terms=found[0],
        token_vectors=found[1],
    )


def last_part(text: str) -> str:
    """Return the last of several lines, or of several sentences in one line.

    Dialogues and long messages come down to how they end. Nothing is returned
    for a single sentence: it is all the question there is.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return lines[-1].strip()
    parts = [part for part in sentences(text) if part.strip()]
    return parts[-1].strip() if len(parts) > 1 else ""


def named_speakers(text: str, speakers: Sequence[str]) -> tuple[str, ...]:
    """Return the speakers that a text names, in order of first mention.

    A speaker of several words is also named by the first of them.
    """
    folded = text.casefold()
    found: dict[str, int] = {}
    for speaker in speakers:
        for name in (speaker, speaker.split(" ")[0]):
            place = _place_of(name.casefold(), folded)
            if place >= 0:
                found[speaker] = place
                break
    return tuple(sorted(found, key=lambda speaker: found[speaker]))


def _place_of(name: str, text: str) -> int:
    """Return where a name stands as a word of its own, -1 if nowhere."""
    if name not in text or not name:
        return -1
    if not name.isascii():
        return text.index(name)
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return match.start() if match else -1


def _without(text: str, names: Sequence[str]) -> str:
    return _replaced(text, names, "", "")


def first_person(text: str, names: Sequence[str]) -> str:
    """Say "my" and "I" for the speakers: turns speak of themselves that way."""
    return _replaced(text, names, "my", "I")


def _replaced(text: str, names: Sequence[str], owner: str, subject: str) -> str:
    for name in names:
        for form in (name, name.split(" ")[0]):
            boundary = r"(?!\w)" if form.isascii() else ""
            pattern = (
                rf"(?<!\w){re.escape(form)}" if form.isascii() else re.escape(form)
            )
            text = re.sub(
                rf"{pattern}['’]s{boundary}", owner, text, flags=re.IGNORECASE
            )
            text = re.sub(pattern + boundary, subject, text, flags=re.IGNORECASE)
    return text


def _tokens(
    text: str, embedder: SupportsTokenVectors
) -> tuple[tuple[str, ...], NDArray[np.float32] | None]:
    """Return the terms and vectors of the tokens that have any term."""
    [made] = embedder.token_vectors([text])
    found = [terms(word) for word in made.words]
    telling = [place for place, each in enumerate(found) if each]
    if not telling:
        return (), None
    return tuple(found[place][0] for place in telling), made.vectors[telling]


def _covered(text: str, scripts: frozenset[str] | None) -> float:
    if scripts is None:
        return 1.0
    shares = script_shares(text)
    return sum(share for script, share in shares.items() if script in scripts)

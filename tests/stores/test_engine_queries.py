"""Queries hold hashes, numbers and words of our own, whatever a caller says."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from retentive.protocols import Narrowing
from retentive.records import Interval, Kind, MemoryRecord, Origin, Status
from retentive.stores.redis.search.documents import (
    document,
    tag,
    term_tag,
    value_tag,
)
from retentive.stores.redis.search.queries import any_term, during, narrowed
from retentive.stores.redis.search.query_engine import _telling, ids_of
from retentive.stores.redis.search.vector_sets import filter_of

# What a query may be made of: fields, hashes, our own names, numbers.
_WORD = r"(?:[a-z]+|t?[0-9a-f]{16})"
_NUMBER = r"\(?(?:[+-]inf|-?[0-9.e+-]+)"
_TAGS = rf"@[a-z]+:\{{{_WORD}(?:\|{_WORD})*\}}"
_RANGE = rf"@[a-z]+:\[{_NUMBER} {_NUMBER}\]"
_TERMS = rf"@terms:\({_WORD}(?:\|{_WORD})*\)"
_SAFE = re.compile(rf"(?:{_TAGS}|{_RANGE}|{_TERMS}|\*)(?: (?:{_TAGS}|{_RANGE}))*")
_SAFE_FILTER = re.compile(
    r'(?:[()]|\.[a-z]+|==|>=|<=|<|>|in|and|or|"[a-z0-9]+"|-?[0-9.e+-]+| )*'
)

hostile = st.text() | st.sampled_from(
    ["*", "a|b", "x} @kind:{fact", '") or ("1" == "1', "-@a", "\r\n", "\0", "$p", "{t}"]
)
values = hostile | st.booleans() | st.integers() | st.floats(allow_nan=False)
narrowings = st.builds(
    Narrowing,
    statuses=st.lists(st.sampled_from(Status)),
    kinds=st.lists(st.sampled_from(Kind)),
    origins=st.lists(st.sampled_from(Origin)),
    sessions=st.lists(hostile),
    speakers=st.lists(hostile),
    since=st.none() | st.floats(-1e11, 1e11),
    until=st.none() | st.floats(-1e11, 1e11),
    known_at=st.none() | st.floats(-1e11, 1e11),
    alive_at=st.none() | st.floats(-1e11, 1e11),
    equal=st.dictionaries(hostile, st.lists(values, min_size=1)),
)


@settings(max_examples=60)
@given(narrowings, st.lists(hostile, min_size=1))
def test_no_text_of_a_caller_enters_a_query(
    within: Narrowing, terms: list[str]
) -> None:
    assert _SAFE.fullmatch(narrowed(within))
    assert _SAFE.fullmatch(any_term(terms, within))
    assert _SAFE_FILTER.fullmatch(filter_of(within))


def test_a_query_by_words_names_the_hashes_of_terms() -> None:
    # blake2b-64 of "oslo", read as a little-endian number.
    assert term_tag("oslo") == "t701eaad35d7764e3"
    within = Narrowing(kinds=[Kind.SEMANTIC], alive_at=7.5, since=-3.0)
    assert any_term(["oslo"], within) == (
        "@terms:(t701eaad35d7764e3) @kind:{semantic} @occurred:[-3.0 +inf] "
        "@ends:[(7.5 +inf]"
    )


def test_a_time_is_asked_for_as_happened_or_spoken_of() -> None:
    span = Interval(
        start=datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC),
        end=datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC),
        granularity="hour",
        text="then",
    )
    assert during([span], Narrowing()) == (
        "((@occurred:[10.0 (20.0])|(@from:[-inf (20.0] @until:[(10.0 +inf]))"
    )


def test_a_filter_of_vector_sets_joins_hashes_and_numbers() -> None:
    within = Narrowing(statuses=[Status.ACTIVE], sessions=['"'], until=5.0)
    assert filter_of(within) == (
        f'((.status == "active")) and ((.session == "{tag(chr(34))}")) '
        "and (.occurred < 5.0)"
    )


def test_values_that_are_equal_share_a_tag_and_others_do_not() -> None:
    assert value_tag("n", 1) == value_tag("n", 1.0)
    tags = [value_tag(*pair) for pair in (("n", 1), ("n", True), ("n", "1"), ("m", 1))]
    assert len(set(tags)) == 4
    assert value_tag("n", 10**400) != value_tag("n", 10**401)


def test_a_document_holds_no_words_and_every_single_value() -> None:
    record = MemoryRecord(
        content="Ann 喜欢 Oslo.",
        speaker="Ann",
        metadata={"a": {"b": 1, "c": [1]}, "d": True, "e": None},
    )
    told = document(record)
    assert all(re.fullmatch("t[0-9a-f]{16}", term) for term in told.terms)
    assert term_tag("喜欢") in told.terms
    expected = {value_tag("a.b", 1), value_tag("d", True)}
    assert set(told.tags["data"].split(",")) == expected
    assert told.tags["speaker"] == tag("Ann")
    assert told.session == told.heir == ""


def test_places_sort_as_times_do_before_1970_too() -> None:
    times = [datetime(year, 1, 1, tzinfo=UTC) for year in (1000, 1969, 1970, 2999)]
    places = [document(MemoryRecord(content="x", occurred_at=t)).place for t in times]
    assert places == sorted(places)
    assert {len(place) for place in places} == {16}


def test_a_reply_is_how_many_and_then_keys() -> None:
    reply = [812, b"retentive:{a}:document:x:y", b"retentive:{a}:document:"]
    assert ids_of(reply, prefix="retentive:{a}:document:") == ["x:y", ""]
    assert ids_of([0], prefix="p:") == []


def test_a_search_by_words_takes_the_rarest_within_a_bound() -> None:
    frequencies = {"the": 90_000, "box": 15_000, "vault": 4_000, "7341": 1}
    assert _telling(list(frequencies), frequencies) == ["7341", "vault", "box"]
    assert _telling(["the"], frequencies) == ["the"]
    many = {f"w{n}": 1 for n in range(100)}
    assert len(_telling(list(many), many)) == 64

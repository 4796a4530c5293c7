"""Each formula against a number worked by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from retentive.errors import InvalidInputError
from retentive.protocols import Scorer
from retentive.records import Interval, Occurrence, Origin
from retentive.scorers.bm25 import BM25, ContextualBM25, LastBM25
from retentive.scorers.cues import AnswerType, TurnPrior
from retentive.scorers.dense import (
    Attention,
    Dense,
    LastDense,
    PooledDense,
    SessionDense,
    read_out,
)
from retentive.scorers.hashing import HashBuckets
from retentive.scorers.late import LateInteraction
from retentive.scorers.length import short_memory_gate, short_memory_gates
from retentive.scorers.links import Links
from retentive.scorers.priors import Importance, Recency, Use
from retentive.scorers.second_hop import SecondHop
from retentive.scorers.seeds import first_evidence, seeds_of
from retentive.scorers.session import Session, SessionEvidence
from retentive.scorers.speaker import Company, Speaker, Subject
from retentive.scorers.temporal import MentionedTime, OccurredTime
from retentive.scorers.topics import Topics
from retentive.text.tokenise import terms
from tests.frames import NOW, frame_of, query, record

DAY = timedelta(days=1)
YESTERDAY = Interval(
    start=(NOW - DAY).replace(hour=0),
    end=NOW.replace(hour=0),
    granularity="day",
    text="yesterday",
)


def near(values: list[float]) -> object:
    return pytest.approx(values, abs=1e-3)


def test_bm25_weighs_rare_terms_and_saturates_with_their_count() -> None:
    frame = frame_of([record(text) for text in ("cat dog", "cat cat", "bird fish hen")])
    # idf = ln(1 + 1.5 / 2.5) = 0.4700; mean length 7/3; B = 0.25 + 0.75·2·3/7 = 0.8929
    # 0.4700 · 2.5 / (1 + 1.5·0.8929) and 0.4700 · 5 / (2 + 1.5·0.8929)
    scores = BM25()(query(terms=("cat",)), frame)
    assert scores.tolist() == near([0.5023, 0.7037, 0.0])


def test_contextual_bm25_joins_the_context_before_it_saturates() -> None:
    turns = [
        record(text, minute=i, session="s")
        for i, text in enumerate(["cat", "dog", "bird", "fish"])
    ]
    frame = frame_of(turns)
    # idf = ln(1 + 3.5/1.5) = 1.2040, all B = 1.
    # x = 1 + .05; .3 · 5/3 + .05 one turn on; .3 + .05 two turns on; .05 three on.
    scores = ContextualBM25()(query(terms=("cat",)), frame)
    expected = [1.204 * x / (x + 1.5) for x in (1.05, 0.55, 0.35, 0.05)]
    assert scores.tolist() == near(expected)


def test_company_is_the_surprise_of_sessions_in_which_a_named_speaker_took_part() -> (
    None
):
    turns = [
        record("a", speaker="Ann", session="s"),
        record("b", speaker="Bob", session="s"),
        record("c", speaker="Cid", session="t"),
        record("d", speaker="Cid", session="u"),
        record("e", speaker="Ann"),
        record("f", speaker="Cid"),
    ]
    frame = frame_of(turns)
    # Both turns of session s and Ann's own turn: 3 of 6 rows, ln 2 = 0.6931.
    asked = query(names=("Ann",))
    expected = [0.6931, 0.6931, 0.0, 0.0, 0.6931, 0.0]
    assert Company()(asked, frame).tolist() == near(expected)
    sliced = frame.take(np.array([5, 1], np.int32))
    assert Company()(asked, sliced).tolist() == near([0.0, 0.6931])
    assert Company().gate(query(), frame) == 0.0


def test_company_says_nothing_where_everybody_took_part() -> None:
    turns = [record(text, speaker=text, session="s") for text in ("Ann", "Bob")]
    assert Company()(query(names=("Ann",)), frame_of(turns)).tolist() == [0.0, 0.0]


def test_a_dialogue_is_about_those_who_speak_in_it() -> None:
    texts = ("Ann Lee won the race", "Ann lost it", "小梅赢了", "我喜欢梅花，很小")
    frame = frame_of([record(text) for text in texts])
    asked = query(voices=("Ann", "the"))
    assert Subject()(asked, frame).tolist() == [1.0, 1.0, 0.0, 0.0]
    both = query(voices=("Ann Lee", "小梅"))
    assert Subject()(both, frame).tolist() == [1.0, 0.0, 1.0, 0.0]
    assert [Subject().gate(each, frame) for each in (asked, query())] == [1.0, 0.0]


def test_chats_and_documents_of_one_namespace_are_judged_apart() -> None:
    # Three of 1 + 80 / 4 = 21 tokens and three of 241: 131 in the mean. Of the usual
    # kind is 65.5 to 262; so the gates are 1 and 60 / 131.
    texts = [*("z" * 80 + c for c in "abc"), *("y" * 959 + c for c in "abc")]
    frame = frame_of(
        [record(text, minute=i, session=text[0]) for i, text in enumerate(texts)]
    )
    assert short_memory_gates(frame).tolist() == near([1.0] * 3 + [0.458] * 3)
    assert short_memory_gate(frame) == pytest.approx(0.729, abs=1e-3)


def test_long_memories_take_less_from_their_surroundings() -> None:
    # 4 · 240 characters: 241 tokens in the mean, g = 60 / 241, √g = 0.4990.
    padding = "z" * 959
    turns = [record(f"{c}{padding}", minute=i, session="s") for i, c in enumerate("ab")]
    frame = frame_of(turns)
    [first] = terms(f"a{padding}")
    # idf = ln(1 + 1.5/1.5) = 0.6931; B = 1; the second turn has no count of its own.
    x = 0.4990 * (0.3 * 5 / 3 + 0.05)
    scores = ContextualBM25()(query(terms=(first,)), frame)
    assert scores.tolist()[1] == pytest.approx(0.6931 * x / (x + 1.5), abs=1e-3)


def test_the_last_line_is_scored_by_its_own_terms() -> None:
    frame = frame_of([record("cat"), record("dog")])
    # idf = ln(1 + 1.5 / 1.5) = 0.6931; x = 1: 0.6931 · 1 / 2.5
    asked = query(terms=("cat", "dog"), last_terms=("dog",))
    assert LastBM25()(asked, frame).tolist() == near([0.0, 0.2773])
    assert LastBM25().gate(asked, frame) == 1.0
    assert LastBM25().gate(query(terms=("cat",)), frame) == 0.0


def test_topics_are_the_share_of_the_kinds_asked_for() -> None:
    frame = frame_of(
        [record("the puppy is asleep"), record("puppy and piano"), record("rain")]
    )
    both = query(terms=tuple(terms("Which pets and instruments?")))
    assert Topics()(both, frame).tolist() == near([0.5, 1.0, 0.0])
    assert Topics().gate(query(terms=("rain",)), frame) == 0.0


def test_topics_are_known_in_chinese() -> None:
    frame = frame_of([record("小狗睡着了"), record("今天下雨")])
    asked = query(terms=tuple(terms("她养了什么宠物？")))
    assert Topics()(asked, frame).tolist() == near([1.0, 0.0])


def test_contextual_bm25_does_not_look_into_other_sessions() -> None:
    frame = frame_of(
        [record("cat", session="a"), record("dog", session="b"), record("cow")]
    )
    assert ContextualBM25()(query(terms=("cat",)), frame)[1:].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("scorer", [BM25(), ContextualBM25(), Session()])
def test_a_slice_scores_as_its_rows_do_in_the_whole(scorer: Scorer) -> None:
    words = ["cat", "dog", "cat bird", "fish", "cat cat", "hen", "owl cat", "dog cat"]
    turns = [
        record(f"{word} {i}", minute=i, session=f"s{i % 9}")
        for i, word in enumerate(words * 4)
    ]
    frame = frame_of(turns)
    asked = query(terms=("cat", "dog", "nothing"))
    rows = np.array([30, 2, 9, 17], np.int32)
    np.testing.assert_allclose(
        scorer(asked, frame.take(rows)), scorer(asked, frame)[rows], rtol=1e-5
    )


def test_dense_is_the_cosine_of_the_vectors() -> None:
    frame = frame_of([record("a", vector=[1, 0]), record("b", vector=[0.6, 0.8])])
    assert Dense()(query(vector=[1, 0]), frame).tolist() == near([1.0, 0.6])


def test_last_dense_is_the_cosine_with_the_end_of_the_question() -> None:
    frame = frame_of([record("a", vector=[1, 0]), record("b", vector=[0.6, 0.8])])
    asked = query(vector=[0, 1], last_vector=np.array([1, 0], np.float32))
    assert LastDense()(asked, frame).tolist() == near([1.0, 0.6])
    assert LastDense().gate(asked, frame) == 1.0
    assert LastDense().gate(query(vector=[0, 1]), frame) == 0.0


def test_pooled_dense_is_the_cosine_with_the_sum_of_neighbours() -> None:
    turns = [
        record("a", vector=[1, 0], session="s"),
        record("b", vector=[0.6, 0.8], session="s", minute=1),
        record("c", vector=[0, 1]),
    ]
    # (1 + 0.6) / |(1.6, 0.8)| = 1.6 / 1.7889
    scores = PooledDense()(query(vector=[1, 0]), frame_of(turns))
    assert scores.tolist() == near([0.8944, 0.8944, 0.0])


def test_session_dense_is_the_mean_of_the_sessions_best_three() -> None:
    cosines = [1.0, 0.8, 0.6, 0.0]
    turns = [
        record(f"turn {c}", vector=[c, (1 - c * c) ** 0.5], session="s")
        for c in cosines
    ]
    frame = frame_of([*turns, record("alone", vector=[1, 0])])
    scores = SessionDense()(query(vector=[1, 0]), frame)
    assert scores.tolist() == near([0.8, 0.8, 0.8, 0.8, 0.0])


def test_late_interaction_adds_what_the_context_and_the_session_meet_best() -> None:
    # Tokens are two axes, cat and fish; their idf is the same, so w = 1/2 each.
    turns = [
        record(text, minute=i, session="s")
        for i, text in enumerate(["cat", "hen", "owl", "fish"])
    ]
    frame = frame_of([*turns, record("cow")], axes=["cat", "fish"])
    asked = query(
        terms=("cat", "fish"),
        token_terms=("cat", "fish"),
        token_vectors=np.eye(2, dtype=np.float32),
    )
    # m: cat (1, 0), fish (0, 1), the others (0, 0); the session's best (1, 1).
    # cat and fish: .2 · 1/2 + .5 · 1/2 + .3; hen and owl: both are within two steps.
    scores = LateInteraction()(asked, frame)
    assert scores.tolist() == near([0.65, 0.8, 0.8, 0.65, 0.0])


def test_links_are_where_a_walk_over_shared_terms_comes_by() -> None:
    frame = frame_of([record(text) for text in ("paris trip", "paris hotel", "hen")])
    # Walks begin at the first row; "paris" leads to either of two rows:
    # r = .5 · (1, 0) + .5 · (r₁ + r₂) / 2 for both, so r = (3/4, 1/4), and none to hen.
    scores = Links(steps=30)(query(terms=("trip",)), frame)
    assert scores.tolist() == near(np.log([0.7501, 0.2501, 0.0001]).tolist())
    assert Links()(query(terms=("owl",)), frame).tolist() == [0.0, 0.0, 0.0]


def test_links_lead_from_a_day_that_is_spoken_of_to_what_happened_then() -> None:
    frame = frame_of(
        [
            record("I fell yesterday.", occurred_at=NOW),
            record("Rain all over.", occurred_at=NOW - DAY),
            record("Sun all over.", occurred_at=NOW - 5 * DAY),
        ]
    )
    scores = Links()(query(terms=("fall",)), frame)
    assert scores[0] > scores[1] > scores[2]


def test_the_second_hop_asks_with_the_words_of_the_first_hit() -> None:
    texts = ("trip with anna", "anna likes tea", "tea and cake", "cake")
    frame = frame_of([record(text) for text in texts])
    # The first hit is the trip; "anna" is new, in 2 of 4 rows: ln(1 + 2.5 / 2.5).
    scores = SecondHop()(query(terms=("trip",)), frame)
    assert scores.tolist() == near([0.0, 0.6931, 0.0, 0.0])
    assert SecondHop()(query(terms=("owl",)), frame).tolist() == [0.0] * 4


def test_seeds_share_the_evidence_of_the_best() -> None:
    shares = seeds_of(np.array([3.0, 1.0, 1.0, 0.5]), limit=2)
    assert shares.tolist() == [0.75, 0.25, 0.0, 0.0]


def test_a_row_does_not_answer_its_own_second_question() -> None:
    same = [record("paris trip", id="a"), record("Paris trip again", id="b")]
    frame = frame_of([*same, record("hen"), record("hen too")])
    # Both are seeds with shares p and 1 - p, and "paris" is in 2 of 4 rows.
    shares = seeds_of(first_evidence(query(terms=("trip",)), frame), limit=2)
    scores = SecondHop(seeds=2)(query(terms=("trip",)), frame)
    expected = [0.6931 * shares[1], 0.6931 * shares[0], 0.0, 0.0]
    assert scores.tolist() == near(expected)


def test_the_evidence_of_a_session_is_its_best_and_the_mean_of_three() -> None:
    turns = [
        record(text, minute=i, session="s")
        for i, text in enumerate(["cat", "dog", "bird", "fish"])
    ]
    frame = frame_of([*turns, record("hen", session="t"), record("owl")])
    # Contextual BM25 gives x / (x + 1.5) for x = 1.05, .55 and .35: by the best 1,
    # .6516 and .4595, in the mean .7037.
    scores = SessionEvidence()(query(terms=("cat",)), frame)
    assert scores.tolist() == near([0.8519] * 4 + [0.0, 0.0])


def test_attention_is_the_softmax_of_scaled_cosines() -> None:
    frame = frame_of([record("a", vector=[1, 0]), record("b", vector=[0.6, 0.8])])
    # e⁵ / (e⁵ + e³) = 1 / (1 + e⁻²)
    scores = Attention(scale=5.0)(query(vector=[1, 0]), frame)
    assert scores.tolist() == near([0.8808, 0.1192])


def test_the_read_out_is_the_mean_of_values_by_attention() -> None:
    weights, read = read_out(
        np.array([[1, 0]], np.float32),
        np.eye(2, dtype=np.float32),
        np.array([[10], [20]], np.float32),
    )
    # softmax(1/√2, 0) = 0.6698, 0.3302
    assert weights.tolist() == [near([0.6698, 0.3302])]
    assert read.tolist() == [near([13.3025])]


def test_vectors_say_nothing_without_an_embedder() -> None:
    frame = frame_of([record("a"), record("b")])
    for scorer in (Dense(), PooledDense(), SessionDense(), Attention()):
        assert scorer(query(), frame).tolist() == [0.0, 0.0]
        assert scorer.gate(query(), frame) == 0.0


def test_hash_buckets_meet_for_copies_and_not_for_others() -> None:
    texts = [" ".join(f"{stem}{i}" for i in range(20)) for stem in ("copy", "other")]
    frame = frame_of([record(text) for text in texts])
    asked = query(terms=tuple(texts[0].split()))
    for bands in (4, 8, 16):
        scores = HashBuckets(bands=bands)(asked, frame)
        assert scores[0] == 1.0
        assert scores[1] < 0.5
    assert HashBuckets()(query(), frame).tolist() == [0.0, 0.0]


def test_recency_halves_with_each_half_life_and_counts_from_the_last_time() -> None:
    said_again = record("again", occurred_at=NOW - 70 * DAY).but(
        occurrences=(Occurrence(at=NOW - 7 * DAY),)
    )
    frame = frame_of(
        [
            record("old", occurred_at=NOW - 14 * DAY),
            record("future", occurred_at=NOW + DAY),
            said_again,
        ]
    )
    assert Recency()(query(), frame).tolist() == near([0.25, 1.0, 0.5])
    assert not Recency()(query(intervals=(YESTERDAY,)), frame).any()


def test_importance_and_use_are_those_of_the_record() -> None:
    frame = frame_of(
        [record("a", importance=0.9), record("b", importance=0.1, access_count=3)]
    )
    assert Importance()(query(), frame).tolist() == near([0.9, 0.1])
    assert Use()(query(), frame).tolist() == near([0.0, 1.3863])  # ln 4


def test_the_only_named_speaker_counts_in_full_the_first_of_two_in_part() -> None:
    frame = frame_of([record("a", speaker="Ann"), record("b", speaker="Bob")])
    speaker = Speaker(first=0.75)
    assert speaker(query(names=("Bob",)), frame).tolist() == [0.0, 1.0]
    assert speaker(query(names=("Ann", "Bob")), frame).tolist() == [0.75, 0.0]
    assert speaker(query(), frame).tolist() == [0.0, 0.0]


def test_time_counts_in_full_inside_and_halves_outside() -> None:
    again = record("c", occurred_at=NOW - 90 * DAY).but(
        occurrences=(Occurrence(at=NOW - DAY),)
    )
    frame = frame_of([record("a"), record("b", occurred_at=NOW - 90 * DAY), again])
    scores = OccurredTime(half_life_s=86_400)(query(intervals=(YESTERDAY,)), frame)
    assert scores.tolist() == near([1.0, 0.0, 1.0])
    later = query(
        intervals=(
            Interval(start=NOW + DAY, end=NOW + 2 * DAY, granularity="day", text=""),
        )
    )
    # The first memory lies two days before the interval: 0.5 ** (2 / 2).
    scores = OccurredTime(half_life_s=2 * 86_400)(later, frame)
    assert scores.tolist() == near([0.5, 0.0, 0.5])


def test_a_time_that_a_memory_speaks_of_is_resolved_from_when_it_was_said() -> None:
    said = NOW + 6 * DAY
    frame = frame_of(
        [record("I saw her last week.", occurred_at=said), record("Hello there.")]
    )
    scores = MentionedTime()(query(intervals=(YESTERDAY,)), frame)
    assert scores.tolist() == near([1.0, 0.0])


def test_answers_to_how_many_show_a_number() -> None:
    frame = frame_of([record("I have 3 dogs."), record("I have dogs.")])
    scores = AnswerType()(query(question_type="how_many"), frame)
    assert scores.tolist() == near([0.75, 0.0])


def test_questions_and_assistants_turns_count_less() -> None:
    frame = frame_of(
        [
            record("Fish swim.", role="user"),
            record("Do fish swim?", role="user"),
            record("Birds fly.", role="assistant", origin=Origin.ASSISTANT),
        ]
    )
    prior = TurnPrior(question=0.75, assistant=2.0, length=0.0)
    assert prior(query("fish?"), frame).tolist() == near([0.0, -0.75, -2.0])
    told = query("What did you tell me?", words=("what", "did", "you", "tell", "me"))
    assert prior(told, frame).tolist() == near([0.0, -0.75, 0.0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: BM25(k1=-1),
        lambda: BM25(b=1.5),
        lambda: ContextualBM25(neighbours=float("nan")),
        lambda: Recency(half_life_s=0),
        lambda: OccurredTime(half_life_s=float("inf")),
        lambda: Attention(scale=float("nan")),
        lambda: HashBuckets(bands=3),
        lambda: Speaker(first=2),
        lambda: Session(k1=0),
        lambda: LateInteraction(own=-1),
        lambda: Links(restart=0),
        lambda: Links(seeds=0),
        lambda: TurnPrior(question=-1),
    ],
)
def test_options_out_of_range_are_refused_with_their_value(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInputError, match="got"):
        make()

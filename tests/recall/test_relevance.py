from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from retentive import Memory
from retentive.demo import demo_messages, demo_questions
from retentive.errors import InvalidInputError
from retentive.recall.defaults import default_settings
from retentive.recall.filters import Scope
from retentive.recall.ranking import Ranking, RecallSettings, rank
from retentive.recall.relevance import (
    CALIBRATIONS,
    Relevance,
    calibration,
    evidence,
    judge,
)
from retentive.records import Interval
from tests.frames import NOW, frame_of, query, record

FILLER = [
    record(f"Nothing of note, entry {number}.", id=f"f{number:02d}", minute=number)
    for number in range(20)
]


def ranking_of(records: list, **asked: object) -> Ranking:  # type: ignore[type-arg]
    return rank(
        query(**asked),  # type: ignore[arg-type]
        frame_of([*FILLER, *records]),
        settings=default_settings(),
        scope=Scope(),
        limit=5,
    )


@pytest.fixture(scope="module")
def demo() -> Iterator[Memory]:
    with Memory.open() as memory:
        memory.remember(demo_messages())
        yield memory


def test_evidence_by_hand() -> None:
    ranking = ranking_of(
        [
            record("red kite", id="a", session="s", minute=30),
            record("blue boat", id="b", session="s", minute=31),
        ],
        text="red blue zebra",
    )
    # 22 rows. A term of one row: ln(1 + 21.5/1.5) = 2.730; of none: ln(1 + 22.5/.5)
    # = 3.829. In all 9.289.
    found = evidence(ranking, ("red", "blue", "zebra"), None)
    assert found["matched"] == pytest.approx(2.730 / 9.289, abs=1e-3)
    assert found["session"] == pytest.approx(5.460 / 9.289, abs=1e-3)
    assert found["known"] == pytest.approx(5.460 / 9.289, abs=1e-3)
    assert found["run"] == 1.0
    assert "closest" not in found


def test_the_probability_by_hand() -> None:
    ranking = ranking_of(
        [record("red kite", id="a")], text="red kite", terms=("red", "kite")
    )
    weights = CALIBRATIONS["words"]
    expected = weights["bias"] + weights["matched"] + weights["known"]
    assert judge(ranking).probability == pytest.approx(1 / (1 + math.exp(-expected)))


def test_the_nearest_vector_counts() -> None:
    near = record("near", id="a", vector=[0.6, 0.8])
    found = evidence(ranking_of([near], text="x", vector=[1, 0]), ("x",), [1, 0])  # type: ignore[arg-type]
    assert found["closest"] == pytest.approx(0.6, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "heard", "stranger"),
    [
        ("Where did Ann meet Robert?", 1.0, 0.0),
        ("Where did Ann meet Napoleon?", 0.0, 1.0),
        ("When did Robert write to Napoleon?", 1.0, 1.0),
        ("Where were we in March?", 0.0, 0.0),
        ("Napoleon was where?", 0.0, 0.0),
        ("The Fall Of Napoleon", 0.0, 0.0),
    ],
)
def test_a_name_that_was_never_mentioned_tells(
    text: str, heard: float, stranger: float
) -> None:
    ranking = ranking_of(
        [record("Robert came along.", speaker="Ann Lee")],
        text=text,
        names=("Ann Lee",) if "Ann" in text else (),
        words=tuple(text.lower().split()),
    )
    found = evidence(ranking, ("came",), None)
    assert (found["heard"], found["stranger"]) == (heard, stranger)


@pytest.mark.parametrize(
    ("text", "heard", "stranger"),
    [
        ("徐梦洁的职业是什么？", 1.0, 0.0),
        ("徐梦的职业是什么？", 1.0, 0.0),
        ("徐洁的职业是什么？", 0.0, 1.0),
        ("徐梦洁和“远山音乐节”有什么关系？", 1.0, 1.0),
        ("我表哥的职业是什么？", 0.0, 0.0),
    ],
)
def test_in_chinese_a_hit_holds_all_of_a_name_or_none_does(
    text: str, heard: float, stranger: float
) -> None:
    # The parts of 徐洁 are all there, but not side by side.
    ranking = ranking_of([record("徐梦洁是一名老师。")], text=text)
    found = evidence(ranking, ("职业",), None)
    assert (found["heard"], found["stranger"]) == (heard, stranger)


def test_runs_of_terms_are_counted_in_one_hit() -> None:
    terms = ("杭州", "州的", "的同", "同事")
    ranking = ranking_of(
        [record("我杭州的同事。"), record("杭州，同事。")], text="杭州的同事"
    )
    assert evidence(ranking, terms, None)["run"] == 4.0


@pytest.mark.parametrize(
    ("text", "vector", "share", "expected"),
    [
        ("Where is it?", None, 1.0, "words"),
        ("Where is it?", [1, 0], 1.0, "words and vectors"),
        ("它在哪里？", [1, 0], 0.0, "Chinese words"),
        ("它在哪里？", [1, 0], 1.0, "words and vectors"),
        ("Где это?", None, 1.0, None),
    ],
)
def test_languages_are_calibrated_apart(
    text: str, vector: list[float] | None, share: float, expected: str | None
) -> None:
    fields = {} if vector is None else {"vector": vector}
    assert calibration(query(text, embedder_share=share, **fields)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ann: I met a zebra.\nBob: Where was that zebra?", "a dialogue"),
        ("What did you do?", "no words that tell"),
        ("今天的音乐会真热闹，大家都唱起来了。", "a remark"),
        ("Где моя книга?", "never measured"),
    ],
)
def test_what_cannot_be_judged_is_not_declined(
    demo: Memory, text: str, reason: str
) -> None:
    context = demo.context(text)
    assert context.relevance is not None
    assert context.relevance.probability is None
    assert reason in context.relevance.basis
    assert not context.declined


def test_a_small_memory_is_never_declined() -> None:
    with Memory.open() as memory:
        memory.remember("I am allergic to peanuts.")
        context = memory.context("What can I cook tonight?")
    assert "peanuts" in context.text
    assert context.relevance == Relevance(
        probability=None, basis="fewer than 20 memories"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Who is the president of France?",
        "Write a Python function to sort a list of numbers.",
        "法国的总统是谁？",
        "怎么用程序给数组排序？",
    ],
)
def test_a_question_that_has_nothing_to_do_with_it_gets_an_empty_context(
    demo: Memory, text: str
) -> None:
    context = demo.context(text)
    assert (str(context), context.tokens, context.declined) == ("", 0, True)
    assert demo.recall(text) == demo.recall(text)
    assert demo.explain(text).relevance == context.relevance


def test_what_the_bundled_conversation_answers_is_not_declined(demo: Memory) -> None:
    declined = [
        item.text
        for item in demo_questions()
        if demo.context(item.text, now=item.now).declined
    ]
    assert declined == []


def test_a_question_of_several_sentences_is_judged_by_its_end_too(
    demo: Memory,
) -> None:
    ending = "妈妈的航班号是多少？"
    chatter = "今天的风可真大，吹得人睁不开眼睛，路边的广告牌都倒了。"
    long = demo.explain(chatter + ending).relevance.probability
    assert long == pytest.approx(demo.explain(ending).relevance.probability, abs=0.2)


def test_declining_is_switched_off_by_zero(demo: Memory) -> None:
    settings = RecallSettings(scorers=default_settings().scorers, decline_below=0.0)
    with Memory.open(recall=settings) as memory:
        memory.remember(demo_messages())
        assert not memory.context("Who is the president of France?").declined


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan")])
def test_a_threshold_that_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(InvalidInputError, match="decline_below must be in"):
        RecallSettings(scorers=(), decline_below=value)


def test_a_hit_from_the_time_asked_for_counts() -> None:
    span = Interval(
        start=NOW.replace(day=9, hour=0),
        end=NOW.replace(day=10, hour=0),
        text="yesterday",
        granularity="day",
    )
    ranking = ranking_of([record("swam", id="a")], text="x", intervals=(span,))
    assert evidence(ranking, ("swam",), None)["dated"] == 1.0


@pytest.mark.parametrize(
    ("question", "declined"),
    [
        ("What should I make for dinner?", False),
        ("What is my pet's name?", False),
        ("Tell me a joke!", True),
    ],
)
def test_a_kind_of_thing_that_is_asked_and_told_keeps_a_context(
    question: str, declined: bool
) -> None:
    with Memory.open() as memory:
        memory.remember(["I am allergic to peanuts.", "My dog is called Bruno."])
        memory.remember([f"The train number {i} left the station." for i in range(30)])
        assert memory.context(question).declined is declined

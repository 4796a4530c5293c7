"""What a question is read as."""

from __future__ import annotations

import pytest

from retentive.recall.analyse import analyse, last_part
from retentive.testing.fake import FakeEmbedder
from tests.frames import NOW, frame_of, record


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Where is my key?", ""),
        ("", ""),
        ("I am home now. Where is my key?", "Where is my key?"),
        ("Bart: I danced.\nLisa: Really? Where?\n\n", "Lisa: Really? Where?"),
        ("我到家了。钥匙在哪里？", "钥匙在哪里？"),
    ],
)
def test_the_last_part_is_what_a_long_message_ends_with(text: str, last: str) -> None:
    assert last_part(text) == last


def test_a_dialogue_has_terms_and_a_vector_of_its_last_line() -> None:
    embedder = FakeEmbedder()
    frame = frame_of([record("hello", speaker="Bart")])
    text = "Bart: I danced at the party.\nBart: what should I wear?"
    read = analyse(text, frame=frame, now=NOW, embedder=embedder)
    assert read.last_terms == ("wear",)
    assert set(read.last_terms) < set(read.terms)
    assert read.last_vector is not None
    assert read.last_vector.tolist() != read.vector.tolist()


def test_a_single_question_has_no_last_part() -> None:
    frame = frame_of([record("hello")])
    read = analyse("What should I wear?", frame=frame, now=NOW, embedder=FakeEmbedder())
    assert read.last_terms == ()
    assert read.last_vector is None


def test_what_a_dialogue_tells_of_yesterday_asks_for_no_time() -> None:
    frame = frame_of([record("hello")])
    told = "Ann: Yesterday I fell.\nAssistant: Oh no.\nAnn: My knee hurts."
    read = analyse(told, frame=frame, now=NOW)
    assert read.voices == ("Ann",)
    assert read.intervals == ()
    read = analyse(f"{told}\nAnn: Where was I yesterday?", frame=frame, now=NOW)
    assert [interval.text.lower() for interval in read.intervals] == ["yesterday"]

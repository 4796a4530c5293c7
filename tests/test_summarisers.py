"""Summaries by central sentences, and by a model whose word is checked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from retentive.models.openai import OpenAIModel
from retentive.protocols import Passage
from retentive.summarisers import Abstractive, Extractive, summariser_for
from retentive.text.counters import estimate_tokens
from tests.chat_server import ChatServer, chat_server

SAID = [
    Passage(speaker="Ann", text="Hi! I planted tomatoes in the garden. How are you?"),
    Passage(speaker="Ben", text="Your garden tomatoes need water every morning."),
    Passage(speaker="Ann", text="I water the tomatoes in the garden at dawn."),
    Passage(speaker="Ben", text="My bicycle has a flat tyre."),
]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def model(server: ChatServer) -> OpenAIModel:
    return OpenAIModel(model="m", base_url=server.url, max_retries=0)


def test_central_sentences_are_kept_word_for_word_with_their_speakers() -> None:
    text = Extractive()(SAID, budget=22)
    assert "tomatoes" in text
    assert "bicycle" not in text
    for line in text.splitlines():
        speaker, _, words = line.partition(": ")
        assert any(p.speaker == speaker and words in p.text for p in SAID)


def test_chinese_is_shortened_too() -> None:
    said = [
        Passage(text="我在阳台上种了番茄。今天天气不错。"),
        Passage(text="阳台上的番茄每天早上要浇水。"),
        Passage(text="番茄已经长得很高了,阳台快放不下了。"),
    ]
    text = Extractive()(said, budget=45)
    assert "番茄" in text
    assert "天气" not in text


@pytest.mark.parametrize("budget", [0, 5, 12, 20, 40, 80])
def test_no_summary_exceeds_its_budget(budget: int) -> None:
    assert estimate_tokens(Extractive()(SAID, budget=budget)) <= budget


def test_ten_thousand_sentences_are_summarised_from_end_to_end() -> None:
    said = [Passage(text=f"Row {n} of the garden has beans.") for n in range(10_000)]
    assert Extractive()(said, budget=60)


def test_a_model_writes_in_its_own_words(server: ChatServer) -> None:
    server.replies = [json.dumps({"summary": "Ann grows tomatoes."})]
    assert Abstractive(model(server))(SAID, budget=40) == "Ann grows tomatoes."
    [request] = server.requests
    assert request["response_format"]["type"] == "json_schema"
    assert "tomatoes" in request["messages"][1]["content"]


@pytest.mark.parametrize(
    "reply",
    [
        '{"summary": ""}',
        '{"summary": 7}',
        "Sure! Here is the summary.",
        json.dumps({"summary": "word " * 500}),
        (503, {"error": {"message": "overloaded"}}),
    ],
)
def test_what_is_no_summary_is_not_used(server: ChatServer, reply: str) -> None:
    server.replies = [reply]
    assert Abstractive(model(server))(SAID, budget=30) == Extractive()(SAID, budget=30)


def test_without_a_model_sentences_are_taken() -> None:
    assert isinstance(summariser_for(None), Extractive)

"""The example with a local GPT-2; runs where torch is: `make torch`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retentive import Memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.text.block import OPEN_TAG

torch = pytest.importorskip("torch", reason="torch is not installed: make torch")
pytest.importorskip("transformers")

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import transformers_gpt2

    torch.manual_seed(0)
    yield transformers_gpt2
    del sys.modules["transformers_gpt2"]


def test_a_fact_of_one_conversation_is_in_the_prompt_of_another(
    example: Any, tmp_path: Path
) -> None:
    model, tokenizer = example.tiny()
    model.save_pretrained(tmp_path / "weights")
    tokenizer.save_pretrained(tmp_path / "weights")
    path = tmp_path / "memory.db"
    with Memory.open(path) as memory:
        chat = example.GPT2WithMemory(model, tokenizer, memory, session="monday")
        chat.say("I am allergic to peanuts.")
    loaded, words = example.pretrained(str(tmp_path / "weights"))
    with Memory.open(path) as memory:
        chat = example.GPT2WithMemory(loaded, words, memory, session="friday")
        chat.process_input("Are there peanuts in satay?")
        prompt = chat.integrate(max_new_tokens=8)
        assert prompt.startswith(f"user: {OPEN_TAG}")
        assert "I am allergic to peanuts." in prompt
        assert prompt.endswith("Are there peanuts in satay?\nassistant:")
        chat.process_output(chat.generate(prompt, max_new_tokens=8))
        kept = [message.role for message in memory.messages("friday")]
        assert kept == ["user", "assistant"]


def test_a_long_conversation_stays_within_the_model_s_window(example: Any) -> None:
    model, tokenizer = example.tiny()
    with Memory.open() as memory:
        chat = example.GPT2WithMemory(model, tokenizer, memory, session="s")
        for number in range(12):
            chat.say(f"This is remark {number}, and it goes on and on.")
        assert len(chat.messages) == 24
        assert chat.messages[0]["content"] not in chat.integrate(max_new_tokens=24)


def test_soft_context_answers_from_the_memory_alone(example: Any) -> None:
    model, tokenizer = example.tiny()
    with Memory.open(embedder=HashingEmbedder(dim=example.DIM)) as memory:
        memory.remember(f"{who} {what}." for who, what in example.FACTS.items())
        soft = example.SoftContext(model, memory)
        pairs = example.soft_pairs()
        losses = example.train(
            soft, pairs, tokenizer, cue="Colour:", steps=80, whole_model=True
        )
        assert losses[-1] < losses[0] / 10

        def answers() -> list[str]:
            return [
                soft.answer(question, tokenizer, cue="Colour:", length=6)
                for question, _ in pairs
            ]

        assert answers() == [colour for _, colour in pairs]
        with torch.no_grad():
            soft.projection.weight.zero_()  # the model no longer sees the memory
        assert len(set(answers())) == 1


def test_a_model_that_is_not_to_learn_stays_as_it_is(example: Any) -> None:
    model, tokenizer = example.tiny()
    before = model.transformer.wte.weight.detach().clone()
    with Memory.open(embedder=HashingEmbedder(dim=example.DIM)) as memory:
        memory.remember(f"{who} {what}." for who, what in example.FACTS.items())
        soft = example.SoftContext(model, memory)
        losses = example.train(
            soft,
            example.soft_pairs(),
            tokenizer,
            cue="Colour:",
            steps=5,
            whole_model=False,
        )
    assert losses[-1] < losses[0]
    assert torch.equal(before, model.transformer.wte.weight)

"""A local GPT-2 with long-term memory, in words and as soft context.

    python examples/transformers_gpt2.py                   # tiny, random, offline
    python examples/transformers_gpt2.py --weights gpt2    # real weights, if loadable

`GPT2WithMemory` takes the five steps: initialise, process the input, integrate memory,
generate, process the output. Memories enter as text, by the same transforms as for any
OpenAI-compatible model, through a chat template.

`SoftContext` is the other way in: attention over the memories' vectors reads one vector
out, a layer projects it into the model's embedding space, and it stands before the
prompt in the place of words. The layer has to be trained; `train` does it, and `main`
shows that afterwards the answer comes from the memory: nothing else tells it.

A model that is tiny and random writes noise as text; what it shows is that every step
runs. Needs torch and transformers: `make torch`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from retentive import Memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.scorers.dense import read_out
from retentive_openai import Ledger, capture, with_memory

DIM = 128  # of the memories' vectors
SCALE = 32.0  # sharpness of the attention over them
TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


class GPT2WithMemory:
    """GPT-2 that remembers across conversations."""

    def __init__(
        self, model: GPT2LMHeadModel, tokenizer: Any, memory: Memory, *, session: str
    ) -> None:
        """Step 1: initialise with a model, a memory and an empty conversation."""
        self.model, self.tokenizer, self.memory = model.eval(), tokenizer, memory
        self.session = session
        self.messages: list[Mapping[str, Any]] = []
        self._ledger = Ledger()

    def say(self, text: str, *, max_new_tokens: int = 24) -> str:
        """Answer a text, in the five steps."""
        self.process_input(text)
        prompt = self.integrate(max_new_tokens=max_new_tokens)
        answer = self.generate(prompt, max_new_tokens=max_new_tokens)
        return self.process_output(answer)

    def process_input(self, text: str) -> None:
        """Step 2: take in what was said; it is kept even if the model fails."""
        self.messages.append({"role": "user", "content": text})
        self.memory.remember(capture(self.messages), session=self.session)

    def integrate(self, *, max_new_tokens: int) -> str:
        """Step 3: add memories, let old turns go, and write the prompt."""
        room = self.model.config.n_positions - max_new_tokens
        woven = with_memory(
            self.messages,
            self.memory,
            session=self.session,
            budget=room // 3,
            limit=room * 3 // 4,  # the template's own words need the rest
            join=True,
            ledger=self._ledger,
        )
        prompt: str = self.tokenizer.apply_chat_template(
            woven, tokenize=False, add_generation_prompt=True
        )
        return prompt

    @torch.no_grad()
    def generate(self, prompt: str, *, max_new_tokens: int) -> str:
        """Step 4: generate."""
        room = self.model.config.n_positions - max_new_tokens
        ids = self.tokenizer(prompt, return_tensors="pt").input_ids[:, -room:]
        written = self.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        answer: str = self.tokenizer.decode(
            written[0, ids.shape[1] :], skip_special_tokens=True
        )
        return answer.strip()

    def process_output(self, answer: str) -> str:
        """Step 5: keep the answer."""
        reply = {"role": "assistant", "content": answer}
        said = capture(self.messages, reply)
        self.memory.remember(said[-1:], session=self.session)
        self.messages.append(reply)
        return answer


class SoftContext(torch.nn.Module):
    """A memory as one vector before the prompt: attention, then a projection."""

    def __init__(self, model: GPT2LMHeadModel, memory: Memory) -> None:
        """Read from a memory that has an embedder, into the space of a model."""
        super().__init__()
        if memory.embedder is None:
            raise ValueError("soft context reads vectors: open with an embedder")
        self.model, self.memory, self.embedder = model, memory, memory.embedder
        self.projection = torch.nn.Linear(DIM, model.config.n_embd)

    def read(self, question: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Return the read vector for a question, ``(DIM,) float32``."""
        frame = self.memory.frame()
        vectors = frame.vectors(np.arange(frame.size, dtype=np.int32))
        query = self.embedder.embed([question])
        _, read = read_out(query, vectors, vectors, scale=SCALE)
        first: np.ndarray[Any, np.dtype[np.float32]] = read[0]
        return first

    def before(self, reads: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """Return embeddings ``(b, 1 + t, n_embd)``: the projected reads, the words.

        Args:
            reads: ``(b, DIM)``.
            ids: ``(b, t)``.
        """
        soft = self.projection(reads)[:, None, :]
        return torch.cat([soft, self.model.get_input_embeddings()(ids)], dim=1)

    @torch.no_grad()
    def answer(self, question: str, tokenizer: Any, *, cue: str, length: int) -> str:
        """Answer from the read vector and a cue that says nothing of the question."""
        reads = torch.from_numpy(self.read(question))[None, :]
        ids = tokenizer(cue, return_tensors="pt").input_ids
        given = self.before(reads, ids)
        written = self.model.generate(
            inputs_embeds=given,
            attention_mask=torch.ones(given.shape[:2], dtype=torch.long),
            max_new_tokens=length,
            do_sample=False,
            pad_token_id=tokenizer.pad_token_id,
        )
        said: str = tokenizer.decode(written[0], skip_special_tokens=True)
        return said.strip()


def train(
    soft: SoftContext,
    pairs: Sequence[tuple[str, str]],
    tokenizer: Any,
    *,
    cue: str,
    steps: int,
    whole_model: bool,
) -> list[float]:
    """Teach the projection to say what the read vector holds.

    Args:
        soft: Model, memory and projection.
        pairs: Questions and their answers; the model never sees the questions.
        tokenizer: The model's.
        cue: The words after the soft context, the same for all.
        steps: How often to go over the pairs.
        whole_model: Train the model, too; a random one has nothing to build on.

    Returns:
        The loss of each step.
    """
    reads = torch.from_numpy(np.stack([soft.read(question) for question, _ in pairs]))
    texts = [tokenizer(f"{cue} {answer}").input_ids for _, answer in pairs]
    longest = max(map(len, texts))
    padded = [ids + [tokenizer.pad_token_id] * (longest - len(ids)) for ids in texts]
    ids = torch.tensor(padded)
    labels = torch.cat([torch.full((len(ids), 1), -100), ids], dim=1)
    labels[:, 1 : 1 + len(tokenizer(cue).input_ids)] = -100  # the cue is given
    soft.model.requires_grad_(whole_model)
    learning = [p for p in soft.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=3e-3)
    losses = []
    for _ in range(steps):
        loss = soft.model(inputs_embeds=soft.before(reads, ids), labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def tiny() -> tuple[GPT2LMHeadModel, Any]:
    """Return a random GPT-2 of 0.1 M parameters and a tokenizer of bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(alphabet)}
    vocabulary["<|endoftext|>"] = len(vocabulary)
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    end = "<|endoftext|>"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token=end, pad_token=end, chat_template=TEMPLATE
    )
    config = GPT2Config(
        vocab_size=len(vocabulary),
        n_positions=1_024,
        n_embd=64,
        n_layer=2,
        n_head=2,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )
    return GPT2LMHeadModel(config), tokenizer


def pretrained(weights: str) -> tuple[GPT2LMHeadModel, Any]:
    """Return a model and its tokenizer, by name or from a folder."""
    tokenizer = AutoTokenizer.from_pretrained(weights)
    tokenizer.chat_template = tokenizer.chat_template or TEMPLATE
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return GPT2LMHeadModel.from_pretrained(weights), tokenizer


FACTS = {
    "Ann paints her kitchen": "red",
    "Bob repairs an old boat": "blue",
    "Mira grows beans outside": "green",
    "Tom polishes a small clock": "gold",
}
QUESTIONS = [
    "What is in Ann's kitchen?",
    "Bob's boat?",
    "Mira's beans?",
    "Tom's clock?",
]


def soft_pairs() -> list[tuple[str, str]]:
    """Return the questions and their answers."""
    return list(zip(QUESTIONS, FACTS.values(), strict=True))


def main() -> None:
    """Show both ways in."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", help="A name or a folder; random if omitted.")
    parser.add_argument("--steps", type=int, default=120)
    options = parser.parse_args()
    torch.manual_seed(0)
    model, tokenizer = pretrained(options.weights) if options.weights else tiny()
    with Memory.open(embedder=HashingEmbedder(dim=DIM)) as memory:
        first = GPT2WithMemory(model, tokenizer, memory, session="monday")
        print("monday:", repr(first.say("I am allergic to peanuts.")))
        second = GPT2WithMemory(model, tokenizer, memory, session="friday")
        second.process_input("Are there peanuts in satay?")
        prompt = second.integrate(max_new_tokens=24)
        print(f"friday, the prompt:\n{prompt}")
        answer = second.generate(prompt, max_new_tokens=24)
        print("friday:", repr(second.process_output(answer)))
    with Memory.open(embedder=HashingEmbedder(dim=DIM)) as memory:
        memory.remember(f"{who} {colour}." for who, colour in FACTS.items())
        soft = SoftContext(model, memory)
        losses = train(
            soft,
            soft_pairs(),
            tokenizer,
            cue="Colour:",
            steps=options.steps,
            whole_model=options.weights is None,
        )
        print(f"\nsoft context: loss {losses[0]:.2f} -> {losses[-1]:.2f}")
        for question, colour in soft_pairs():
            said = soft.answer(question, tokenizer, cue="Colour:", length=6)
            print(f"{question:28}{said!r:14}(it is {colour})")


if __name__ == "__main__":
    main()

"""Message lists as the Chat Completions API takes them, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from retentive.text.block import CLOSE_TAG, OPEN_TAG

__all__ = ["conversations", "items_of"]

_BLOCK = f'{OPEN_TAG}\n- 2024-01-01, user: "a note"\n{CLOSE_TAG}'
_WORDS = st.sampled_from(
    ["peanuts", "花生过敏", "Where do I live?", "🙂", "", " ", OPEN_TAG, CLOSE_TAG]
)
texts = st.one_of(_WORDS, st.text(max_size=40))
_EXTRA = st.dictionaries(st.sampled_from(["x_vendor", "metadata"]), st.integers(0, 9))
_CACHED = st.sampled_from([{}, {}, {"prompt_cache_breakpoint": {"mode": "explicit"}}])


def _part(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda cached: {"type": kind, **fields, **cached}, _CACHED)


_TEXT_PART = st.builds(lambda text: {"type": "text", "text": text}, texts)
_USER_PARTS = st.one_of(
    _TEXT_PART,
    _part("image_url", image_url={"url": "data:image/png;base64," + "A" * 1_500}),
    _part("input_audio", input_audio={"data": "A" * 1_500, "format": "wav"}),
    _part("file", file={"file_id": "file-1"}),
)
_CONTENT = st.one_of(texts, st.lists(_USER_PARTS, max_size=3))
_USER = st.builds(
    lambda content, extra: {"role": "user", "content": content, **extra},
    _CONTENT,
    _EXTRA,
)
_PLAIN = st.one_of(
    st.builds(lambda text: {"role": "assistant", "content": text}, texts),
    st.none().map(lambda _: {"role": "assistant", "content": None, "refusal": "No."}),
    st.none().map(
        lambda _: {
            "role": "assistant",
            "content": [{"type": "refusal", "refusal": "No."}],
        }
    ),
    st.none().map(
        lambda _: {"role": "assistant", "content": None, "audio": {"id": "audio_1"}}
    ),
)


@st.composite
def _calling(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Calls of tools, each with its result, in any order."""
    ids = draw(st.lists(st.uuids().map(str), min_size=1, max_size=3, unique=True))
    calls: list[dict[str, Any]] = []
    for id in ids:
        if draw(st.booleans()):
            function = {"name": "look", "arguments": draw(texts)}
            calls.append({"id": id, "type": "function", "function": function})
        else:
            custom = {"name": "run", "input": draw(texts)}
            calls.append({"id": id, "type": "custom", "custom": custom})
    results = [
        {
            "role": "tool",
            "tool_call_id": id,
            "content": draw(st.one_of(texts, st.lists(_TEXT_PART, max_size=2))),
        }
        for id in draw(st.permutations(ids))
    ]
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *results]


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Instructions, then turns: a question, calls, an answer; the last may be open."""
    role = draw(st.sampled_from(["system", "developer"]))
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": role, "content": draw(_CONTENT)})
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.integers(0, 5)) == 0:
            messages.append({"role": "user", "content": _BLOCK})
        messages.append(draw(_USER))
        for calling in draw(st.lists(_calling(), max_size=2)):
            messages += calling
        if draw(st.booleans()):
            messages.append(draw(_PLAIN))
    return messages


def items_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the same conversation as items of the Responses API."""
    items: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] == "tool":
            call = {"call_id": message["tool_call_id"], "output": message["content"]}
            items.append({"type": "function_call_output", **call})
        elif message.get("tool_calls"):
            for call in message["tool_calls"]:
                inner = call.get("function") or call["custom"]
                kind = "function_call" if "function" in call else "custom_tool_call"
                items.append({"type": kind, "call_id": call["id"], **inner})
        else:
            items.append(dict(message))
    return items

"""The real client, wrapped, against a real server over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel

from retentive import Memory
from retentive.errors import InvalidInputError, StoreError
from retentive.turns import text_of
from retentive_openai import wrap
from tests.openai_server import Upstream

ASKED: list[Any] = [{"role": "user", "content": "Are there peanuts in satay?"}]
FACT = "I am allergic to peanuts."
TOOL: Any = {
    "type": "function",
    "function": {
        "name": "look",
        "parameters": {
            "type": "object",
            "properties": {},
            "additionalProperties": False,
        },
        "strict": True,
    },
}
CALL = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open() as memory:
        memory.remember(FACT, session="monday")
        yield memory


@pytest.fixture
def client(server: Upstream) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.url, api_key="k", max_retries=1) as client:
        yield client


@pytest.fixture
async def async_client(server: Upstream) -> Any:
    async with openai.AsyncOpenAI(base_url=server.url, api_key="k") as client:
        yield client


def sent(server: Upstream) -> str:
    """The words of the newest request."""
    body = server.requests[-1]
    given = body.get("messages") or body["input"]
    return given if isinstance(given, str) else "\n".join(map(text_of, given))


def said(memory: Memory) -> list[tuple[str, str]]:
    """What was captured, in order."""
    return [
        (message.role, message.content)
        for session in memory.store.sessions(memory.namespace)
        for message in memory.messages(session)
    ]


def test_create_recalls_and_remembers(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.replies = ["Yes, in the sauce."]
    wrapped = wrap(client, memory)
    assert isinstance(wrapped, openai.OpenAI)
    reply = wrapped.chat.completions.create(model="m", messages=ASKED)
    assert reply.choices[0].message.content == "Yes, in the sauce."
    assert FACT in sent(server)
    assert said(memory) == [
        ("user", "Are there peanuts in satay?"),
        ("assistant", "Yes, in the sauce."),
    ]
    assert server.headers[-1]["authorization"] == "Bearer k"
    client.chat.completions.create(model="m", messages=ASKED)
    assert FACT not in sent(server)


def test_streams_pass_byte_for_byte_and_are_remembered(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.replies = ["Yes, in the sauce. 是的。"]
    ask: Any = {"model": "m", "messages": ASKED, "stream": True}
    raw = client.chat.completions.with_streaming_response
    with raw.create(**ask) as plain:
        expected = b"".join(plain.iter_bytes())
    with wrap(client, memory).chat.completions.with_streaming_response.create(
        **ask
    ) as response:
        assert b"".join(response.iter_bytes()) == expected
        assert response.headers["x-request-id"] == "req_test"
    chunks = list(wrap(client, memory).chat.completions.create(**ask))
    deltas = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert "".join(deltas) == "Yes, in the sauce. 是的。"
    assert len(chunks) > 4
    assert said(memory)[-1] == ("assistant", "Yes, in the sauce. 是的。")
    assert FACT in sent(server)


def test_a_stream_that_is_left_is_remembered_as_far_as_it_came(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.replies = ["A long answer " * 50]
    server.pause_s = 0.01
    with wrap(client, memory).chat.completions.create(
        model="m", messages=ASKED, stream=True
    ) as stream:
        for _, chunk in zip(range(4), stream, strict=False):
            assert chunk.choices
    role, content = said(memory)[-1]
    assert role == "assistant"
    assert 0 < len(content) < 200


def test_parse_and_the_stream_helper_have_memory(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    class Answer(BaseModel):
        peanuts: bool

    server.replies = ['{"peanuts": true}']
    wrapped = wrap(client, memory)
    parsed = wrapped.chat.completions.parse(
        model="m", messages=ASKED, response_format=Answer
    )
    assert parsed.choices[0].message.parsed == Answer(peanuts=True)
    assert FACT in sent(server)
    with wrapped.chat.completions.stream(model="m", messages=ASKED) as stream:
        assert stream.get_final_completion().choices[0].message.content
    assert FACT in sent(server)
    raw = wrapped.with_options(timeout=9).chat.completions.with_raw_response.create(
        model="m", messages=ASKED
    )
    assert raw.parse().choices[0].message.content == '{"peanuts": true}'
    assert FACT in sent(server)


def test_tools_are_called_with_memory_and_remembered_with_their_results(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    calling = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    server.replies = [calling, "It has peanuts."]
    wrapped = wrap(client, memory, session="tools")
    history = list(ASKED)
    first = wrapped.chat.completions.create(model="m", messages=history, tools=[TOOL])
    calls = first.choices[0].message.tool_calls
    assert calls
    history.append(first.choices[0].message)
    history.append({"role": "tool", "tool_call_id": calls[0].id, "content": "satay"})
    wrapped.chat.completions.create(model="m", messages=history, tools=[TOOL])
    before, after = (request["messages"] for request in server.requests)
    assert after[: len(before)] == before
    assert [role for role, _ in said(memory)] == [
        "user",
        "assistant",
        "tool",
        "assistant",
    ]
    tool = [r.content for r in memory.records() if r.origin == "tool"]
    assert tool == ["look({}) -> satay"]


def test_streamed_calls_of_tools_are_put_together(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    function = {"name": "look", "arguments": '{"dish": "satay"}'}
    calling = {"content": None, "tool_calls": [{**CALL, "function": function}]}
    server.replies = [calling]
    list(
        wrap(client, memory, session="s").chat.completions.create(
            model="m", messages=ASKED, stream=True, tools=[TOOL]
        )
    )
    [call] = memory.messages("s")[-1].tool_calls
    assert (call.id, call.name, call.arguments) == (
        "c1",
        "look",
        '{"dish": "satay"}',
    )


def test_responses_that_the_server_keeps_are_one_session(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.replies = ["Yes.", "No.", "Peanuts."]
    wrapped = wrap(client, memory)
    first = wrapped.responses.create(model="m", input="Are peanuts in satay?")
    assert FACT in sent(server)
    wrapped.responses.create(
        model="m", input="So am I allergic to peanuts?", previous_response_id=first.id
    )
    assert FACT not in sent(server)  # the server has it in its history
    with wrapped.responses.stream(model="m", input="Peanuts?") as stream:
        assert stream.get_final_response().output_text == "Peanuts."
    assert FACT in sent(server)
    sessions = memory.store.sessions(memory.namespace)
    assert [len(memory.messages(session)) for session in sessions] in ([4, 2], [2, 4])


async def test_the_asynchronous_client_has_the_same(
    async_client: openai.AsyncOpenAI, memory: Memory, server: Upstream
) -> None:
    server.replies = ["Yes, in the sauce."]
    wrapped = wrap(async_client, memory)
    assert isinstance(wrapped, openai.AsyncOpenAI)
    await wrapped.chat.completions.create(model="m", messages=ASKED)
    assert FACT in sent(server)
    stream = await wrapped.chat.completions.create(
        model="m", messages=ASKED, stream=True
    )
    said_now = [chunk.choices[0].delta.content or "" async for chunk in stream]
    assert "".join(said_now) == "Yes, in the sauce."
    await wrapped.responses.create(model="m", input="Are peanuts in satay?")
    assert FACT in sent(server)
    async with wrapped.chat.completions.stream(model="m", messages=ASKED) as helper:
        assert (await helper.get_final_completion()).choices
    assert ("assistant", "Yes, in the sauce.") in said(memory)


def test_the_session_of_one_request_is_named_by_a_header(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    wrapped = wrap(client, memory, session="usual")
    wrapped.chat.completions.create(
        model="m", messages=ASKED, extra_headers={"X-Retentive-Session": "friday"}
    )
    assert memory.messages("friday")
    assert not memory.messages("usual")
    assert "x-retentive-session" not in server.headers[-1]


def test_what_is_no_conversation_passes_untouched(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    wrapped = wrap(client, memory)
    assert wrapped.models.list().data[0].id == "m"
    assert wrapped.embeddings.create(model="m", input="abc").data[0].embedding
    server.refusals = [(400, {"error": {"message": "no role"}}, {})]
    wrong: Any = [{"content": "no role"}]
    with pytest.raises(openai.BadRequestError, match="no role"):
        wrapped.chat.completions.create(model="m", messages=wrong)
    assert server.requests[-1]["messages"] == wrong


def test_a_request_that_is_tried_again_is_remembered_once(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.refusals = [(500, {"error": {"message": "again"}}, {"retry-after-ms": "1"})]
    wrap(client, memory).chat.completions.create(model="m", messages=ASKED)
    first, second = server.requests
    assert first == second
    assert said(memory) == [("user", ASKED[0]["content"]), ("assistant", "ok")]


def test_what_was_asked_is_kept_when_the_server_refuses(
    client: openai.OpenAI, memory: Memory, server: Upstream
) -> None:
    server.refusals = [(401, {"error": {"message": "bad key"}}, {})]
    with pytest.raises(openai.AuthenticationError, match="bad key"):
        wrap(client, memory).chat.completions.create(model="m", messages=ASKED)
    assert said(memory) == [("user", ASKED[0]["content"])]


def test_a_memory_that_fails_fails_no_request_unless_it_shall(
    client: openai.OpenAI,
    server: Upstream,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, logger="retentive")
    broken = Memory.open(tmp_path / "memory.db")
    broken.close()
    reply = wrap(client, broken).chat.completions.create(model="m", messages=ASKED)
    assert reply.choices[0].message.content == "ok"
    assert server.requests[-1]["messages"] == ASKED
    assert "recalling failed, going on without" in caplog.text
    with pytest.raises(StoreError):
        wrap(client, broken, strict=True).chat.completions.create(
            model="m", messages=ASKED
        )


def test_closing_either_closes_both(client: openai.OpenAI, memory: Memory) -> None:
    wrapped = wrap(client, memory)
    assert not wrapped.is_closed()
    wrapped.close()
    assert client.is_closed()


def test_what_cannot_be_wrapped_is_refused(memory: Memory, server: Upstream) -> None:
    nothing: Any = object()
    with pytest.raises(InvalidInputError, match="wrap takes an OpenAI or AsyncOpenAI"):
        wrap(nothing, memory)
    older: Any = httpx.Client()
    with (
        openai.OpenAI(base_url=server.url, api_key="k", http_client=older) as legacy,
        pytest.raises(InvalidInputError, match=r"httpx2\.Client"),
    ):
        wrap(legacy, memory)

"""The real client against the real proxy in front of a scripted server, over HTTP."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from retentive import Memory
from retentive.config.serving import Server
from retentive.turns import text_of
from retentive_openai.proxy.app import proxy
from tests.adapters.openai.grammar import conversations
from tests.openai_server import Upstream, running, upstream

FACT = "I am allergic to peanuts."
ASKED: list[Any] = [{"role": "user", "content": "Are there peanuts in satay?"}]


@contextmanager
def proxied(path: Path, server: Upstream, **options: Any) -> Iterator[str]:
    """Run a proxy; yield what to give as ``base_url``."""
    settings = Server(upstream=server.url, **{"namespace": ("ann",), **options})
    with running(proxy(Memory.open(path / "memory.db"), settings)) as url:
        yield f"{url}/v1"


def client(url: str, *, key: str = "k", **options: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key=key, max_retries=0, **options)


def remembered(path: Path, *labels: str) -> list[str]:
    with Memory.open(path / "memory.db", namespace=labels or ("ann",)) as memory:
        return [record.content for record in memory.records()]


def words(body: dict[str, Any]) -> str:
    given = body.get("messages") or body["input"]
    return given if isinstance(given, str) else "\n".join(map(text_of, given))


def test_every_way_of_asking_has_memory(tmp_path: Path, server: Upstream) -> None:
    class Answer(BaseModel):
        peanuts: bool

    tool: Any = {"type": "function", "function": {"name": "f", "parameters": {}}}
    with proxied(tmp_path, server) as url, client(url) as ask:
        ask.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": FACT}],
            extra_headers={"x-retentive-session": "monday"},
        )
        server.replies = ['{"peanuts": true}']
        ask.chat.completions.create(model="m", messages=ASKED)
        list(ask.chat.completions.create(model="m", messages=ASKED, stream=True))
        ask.chat.completions.parse(model="m", messages=ASKED, response_format=Answer)
        ask.chat.completions.create(model="m", messages=ASKED, tools=[tool], n=3)
        with ask.chat.completions.stream(model="m", messages=ASKED) as stream:
            assert stream.get_final_completion().choices[0].message.content
        first = ask.responses.create(model="m", input="Are peanuts in satay?")
        with ask.responses.stream(model="m", input="Are peanuts in satay?") as events:
            assert events.get_final_response().output_text == '{"peanuts": true}'
        assert all(FACT in words(body) for body in server.requests[1:])
        more = "And am I allergic to peanuts?"
        ask.responses.create(model="m", input=more, previous_response_id=first.id)
        assert FACT not in words(server.requests[-1])
        assert ask.models.list().data[0].id == ask.models.retrieve("m").id == "m"
        assert ask.embeddings.create(model="m", input="abc").data[0].embedding
    assert "x-retentive-session" not in server.headers[0]
    assert FACT in remembered(tmp_path)
    assert '{"peanuts": true}' in remembered(tmp_path)


async def test_the_asynchronous_client_has_memory(
    tmp_path: Path, server: Upstream
) -> None:
    with proxied(tmp_path, server) as url:
        async with openai.AsyncOpenAI(base_url=url, api_key="k") as ask:
            for content in (FACT, "Are there peanuts in satay?"):
                await ask.chat.completions.create(
                    model="m",
                    messages=[{"role": "user", "content": content}],
                    extra_headers={"x-retentive-session": content[:3]},
                )
            stream = await ask.chat.completions.create(
                model="m", messages=ASKED, stream=True
            )
            assert [chunk async for chunk in stream]
    assert all(FACT in words(body) for body in server.requests[1:])


@pytest.mark.parametrize("path", ["/chat/completions", "/responses"])
@pytest.mark.parametrize("streamed", [True, False])
def test_answers_are_the_same_bytes_with_and_without_the_proxy(
    tmp_path: Path, server: Upstream, path: str, streamed: bool
) -> None:
    server.replies = ["Yes, in the sauce. 是的，酱里有。" * 20]
    body = {"model": "m", "stream": streamed, "messages": ASKED, "input": "Peanuts?"}

    def chunks(url: str) -> tuple[bytes, dict[str, str]]:
        with httpx2.stream("POST", url + path, json=body) as response:
            assert response.status_code == 200
            return b"".join(response.iter_raw()), dict(response.headers)

    with proxied(tmp_path, server) as url:
        plain, headers = chunks(server.url)
        passed, kept = chunks(url)
    if path == "/responses":  # the scripted server numbers its responses
        plain, passed = plain.replace(b"_1", b""), passed.replace(b"_2", b"")
    assert passed == plain
    assert kept["x-request-id"] == "req_test"
    gone = {"date", "server", "transfer-encoding", "content-length"}
    assert set(headers) - gone <= set(kept)


def test_streams_are_passed_on_as_they_come(tmp_path: Path, server: Upstream) -> None:
    server.replies = ["one two three four"]
    server.pause_s = 0.05
    with proxied(tmp_path, server) as url, client(url) as ask:
        stream = ask.chat.completions.create(model="m", messages=ASKED, stream=True)
        next(stream)
        assert server.streams == 1  # the rest is still to be sent
        assert len(list(stream)) > 4


def test_the_next_turn_begins_with_the_bytes_of_the_one_before(
    tmp_path: Path, server: Upstream
) -> None:
    with proxied(tmp_path, server) as url, client(url) as ask:
        ask.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": FACT}],
            extra_headers={"x-retentive-session": "monday"},
        )
        history = [{"role": "system", "content": "Be kind."}, *ASKED]
        for question in ("Really peanuts?", "And what about soup?"):
            reply = ask.chat.completions.create(model="m", messages=history)
            said = reply.choices[0].message.content
            history = [
                *history,
                {"role": "assistant", "content": said},
                {"role": "user", "content": question},
            ]
        ask.chat.completions.create(model="m", messages=history)
    first, second, third = (json.dumps(b["messages"]) for b in server.requests[1:])
    assert FACT in first
    assert second.startswith(first[:-1])
    assert third.startswith(second[:-1])


def test_refusals_pass_unchanged_and_say_nothing_to_remember(
    tmp_path: Path, server: Upstream
) -> None:
    limits = {"retry-after": "7", "x-ratelimit-remaining-requests": "0"}
    server.refusals = [(429, {"error": {"message": "slow down", "code": "x"}}, limits)]
    with proxied(tmp_path, server) as url, client(url) as ask:
        with pytest.raises(openai.RateLimitError, match="slow down") as refused:
            ask.chat.completions.create(model="m", messages=ASKED)
        assert refused.value.response.headers["retry-after"] == "7"
        assert refused.value.code == "x"
    assert remembered(tmp_path) == [ASKED[0]["content"]]


def test_an_upstream_that_is_away_is_a_clear_502(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    with (
        proxied(tmp_path, Upstream(url=nowhere)) as url,
        client(url) as ask,
        pytest.raises(openai.InternalServerError, match="cannot be reached"),
    ):
        ask.chat.completions.create(model="m", messages=ASKED)


def test_a_client_that_leaves_cancels_the_upstream_s_work(
    tmp_path: Path, server: Upstream
) -> None:
    server.replies = ["A very long answer. " * 500]
    server.pause_s = 0.01
    with proxied(tmp_path, server) as url, client(url) as ask:
        with ask.chat.completions.create(
            model="m", messages=ASKED, stream=True
        ) as stream:
            for _, _ in zip(range(3), stream, strict=False):
                pass
        deadline = time.monotonic() + 5
        while not server.cancelled and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.cancelled == 1
    [_, partly] = remembered(tmp_path)
    assert partly.startswith("A ")
    assert len(partly) < 1_000


def test_a_slow_reader_holds_the_upstream_back(
    tmp_path: Path, server: Upstream
) -> None:
    server.piece = 20_000
    server.replies = ["x" * server.piece * 3_000]  # 60 MB
    body = {"model": "m", "messages": ASKED, "stream": True}
    with (
        proxied(tmp_path, server) as url,
        httpx2.stream("POST", url + "/chat/completions", json=body) as response,
    ):
        pieces = response.iter_raw()
        next(pieces)
        before = -1
        while server.sent > before:  # until the buffers of the network are full
            before = server.sent
            time.sleep(0.3)
        assert server.sent < 2_000
        assert server.streams == 1


def test_whose_memory_it_is_follows_from_the_rule_or_fails(
    tmp_path: Path, server: Upstream
) -> None:
    rule = ("org", "{metadata.org}", "{user}")
    with proxied(tmp_path, server, namespace=rule) as url, client(url) as ask:
        metadata = {"org": "acme"}
        ask.chat.completions.create(
            model="m", messages=ASKED, user="bob", metadata=metadata
        )
        with pytest.raises(openai.AuthenticationError, match=r"follows from \{user\}"):
            ask.chat.completions.create(model="m", messages=ASKED, metadata=metadata)
        assert ask.models.list().data  # is about nobody's memory
    assert len(server.requests) == 2
    assert remembered(tmp_path, "org", "acme", "bob")[0] == ASKED[0]["content"]


def test_two_keys_are_two_people(tmp_path: Path, server: Upstream) -> None:
    with proxied(tmp_path, server, namespace=("{key}",)) as url:
        for key, said in (("ann", FACT), ("bob", "Am I allergic to peanuts?")):
            with client(url, key=key) as ask:
                ask.chat.completions.create(
                    model="m", messages=[{"role": "user", "content": said}]
                )
    assert FACT not in words(server.requests[-1])


def test_own_tokens_never_reach_the_upstream(tmp_path: Path, server: Upstream) -> None:
    options = {"tokens": ("ours",), "upstream_key": "theirs"}
    with proxied(tmp_path, server, **options) as url:
        with (
            client(url, key="wrong") as stranger,
            pytest.raises(openai.AuthenticationError, match="not one of this"),
        ):
            stranger.models.list()
        with client(url, key="ours") as ask:
            ask.models.list()
            ask.chat.completions.create(model="m", messages=ASKED)
    with (
        proxied(tmp_path, server, tokens=("ours",)) as url,
        client(url, key="ours") as ask,
    ):
        ask.models.list()
    sent = [headers.get("authorization") for headers in server.headers]
    assert sent == ["Bearer theirs", "Bearer theirs", None]


def test_a_memory_that_fails_fails_no_request_unless_it_shall(
    tmp_path: Path, server: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="retentive")
    for strict in (False, True):
        memory = Memory.open(tmp_path / "memory.db")
        settings = Server(upstream=server.url, namespace=("ann",), strict=strict)
        with running(proxy(memory, settings)) as url, client(f"{url}/v1") as ask:
            memory.store.close()  # the disk is gone
            if strict:
                with pytest.raises(openai.InternalServerError, match="closed"):
                    ask.chat.completions.create(model="m", messages=ASKED)
            else:
                reply = ask.chat.completions.create(model="m", messages=ASKED)
                assert reply.choices[0].message.content == "ok"
    assert len(server.requests) == 1
    assert server.requests[0]["messages"] == ASKED
    assert "recalling failed, going on without" in caplog.text
    assert "remembering" in caplog.text


def test_paths_keep_to_what_the_upstream_s_address_names(
    tmp_path: Path, server: Upstream
) -> None:
    with proxied(tmp_path, server) as url:
        passed = httpx2.get(f"{url}/files/a%20b?limit=2&x=%C3%A9")
        assert passed.json() == {"path": "/v1/files/a b", "query": "limit=2&x=%C3%A9"}
        assert passed.headers["x-upstream"] == "yes"
        assert httpx2.get(f"{url}/%2e%2e/admin").status_code == 400
        assert httpx2.get(url.replace("/v1", "/other")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"model": "m"}',
        b'{"messages": "hi"}',
        b'{"messages": [7]}',
        b'{"messages": [{"content": "no role"}]}',
        b'{"messages": [{"role": "user", "content": {"a": 1}}]}',
        b'{"messages": [{"role": "user", "content": NaN}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_conversation_is_a_clear_400(
    tmp_path: Path, server: Upstream, body: bytes
) -> None:
    with proxied(tmp_path, server) as url:
        response = httpx2.post(f"{url}/chat/completions", content=body)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"
    assert response.json()["error"]["message"]
    assert not server.requests


_SPOILT = st.sampled_from(
    [7, None, {"content": "x"}, {"role": 5}, {"role": "user", "content": 5}]
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Upstream]]:
    folder = tmp_path_factory.mktemp("fuzz")
    with upstream() as server, proxied(folder, server) as url:
        yield url, server


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(messages=conversations(), spoilt=st.none() | _SPOILT, data=st.data())
def test_valid_conversations_pass_and_others_are_refused(
    shared: tuple[str, Upstream], messages: list[Any], spoilt: Any, data: st.DataObject
) -> None:
    url, server = shared
    invalid = data.draw(st.booleans())
    if invalid:
        place = data.draw(st.integers(0, len(messages)))
        messages = [*messages[:place], spoilt, *messages[place:]]
    body = json.dumps({"model": "m", "messages": messages}).encode()
    response = httpx2.post(f"{url}/chat/completions", content=body)
    assert response.status_code == (400 if invalid else 200)
    if not invalid:
        sent = iter(server.requests[-1]["messages"])
        assert all(message in sent for message in messages)  # in order, unchanged

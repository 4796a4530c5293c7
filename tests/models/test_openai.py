from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from retentive.errors import InvalidInputError, ModelError
from retentive.models.openai import OpenAIModel
from retentive.registry import find
from tests.chat_server import ChatServer, chat_server

pytest.importorskip("openai")

ASK = [{"role": "user", "content": "Name a fruit."}]
SCHEMA = {
    "type": "object",
    "properties": {"fruit": {"type": "string"}},
    "required": ["fruit"],
    "additionalProperties": False,
}


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as script:
        yield script


@pytest.fixture
def model(server: ChatServer) -> Iterator[OpenAIModel]:
    made = OpenAIModel(model="m", base_url=server.url, max_retries=2, timeout_s=5)
    yield made
    made.close()


def test_the_reply_comes_back_as_it_was_given(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = ["A pear, 梨."]
    assert model.complete(ASK) == "A pear, 梨."
    assert server.requests == [{"model": "m", "messages": ASK}]


def test_options_are_sent_only_where_they_are_given(server: ChatServer) -> None:
    made = find("models", "openai")(
        model="m", base_url=server.url, temperature=0.0, max_tokens=9
    )
    made.complete(ASK)
    made.close()
    assert (server.requests[0]["temperature"], server.requests[0]["max_tokens"]) == (
        0.0,
        9,
    )


def test_a_schema_is_enforced_by_the_endpoint(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = ['{"fruit": "pear"}']
    assert json.loads(model.complete(ASK, schema=SCHEMA)) == {"fruit": "pear"}
    asked = server.requests[0]["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("enforce", "response_format"),
    [("json_object", {"type": "json_object"}), ("prompt", None)],
)
def test_an_endpoint_that_knows_no_schemas_is_told_in_words(
    server: ChatServer, enforce: str, response_format: object
) -> None:
    made = OpenAIModel(model="m", base_url=server.url, enforce=enforce)  # type: ignore[arg-type]
    server.replies = ['```json\n{"fruit": "pear"}\n```']
    assert made.complete(ASK, schema=SCHEMA) == '{"fruit": "pear"}'
    made.close()
    assert server.requests[0].get("response_format") == response_format
    assert json.dumps(SCHEMA) in server.requests[0]["messages"][-1]["content"]


def test_a_refusal_that_passes_is_tried_again(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = [(429, {"error": "slow down"}), (500, {"error": "oops"}), "fine"]
    assert model.complete(ASK) == "fine"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((401, {"error": {"message": "bad key"}}), "bad key.*check the URL"),
        ("", "empty reply"),
        ("I like pears.", "did not reply in JSON but with 'I like pears.'"),
        ('{"vegetable": "leek"}', "not with an object of"),
        ("[1]", "not with an object of"),
    ],
)
def test_a_reply_that_cannot_be_used_is_an_error_that_shows_it(
    server: ChatServer, model: OpenAIModel, reply: object, message: str
) -> None:
    server.replies = [reply]  # type: ignore[list-item]
    with pytest.raises(ModelError, match=rf"model 'm' at .*127.0.0.1.*{message}"):
        model.complete(ASK, schema=SCHEMA)


def test_a_reply_that_was_cut_off_is_refused(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.finish_reason = "length"
    with pytest.raises(ModelError, match="raise max_tokens"):
        model.complete(ASK)


def test_a_server_that_is_away_is_an_error_of_ours() -> None:
    made = OpenAIModel(
        model="m", base_url="http://127.0.0.1:9/v1", max_retries=0, timeout_s=1
    )
    with pytest.raises(ModelError, match="Connection error"):
        made.complete(ASK)
    made.close()


def test_without_a_key_or_a_url_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    with pytest.raises(ModelError, match="set OPENAI_API_KEY"):
        OpenAIModel(model="m")


@pytest.mark.parametrize(
    "options", [{"temperature": -1.0}, {"max_tokens": 0}, {"enforce": "please"}]
)
def test_options_out_of_range_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError, match=f"{next(iter(options))} must be"):
        OpenAIModel(model="m", base_url="http://127.0.0.1:9/v1", **options)  # type: ignore[arg-type]

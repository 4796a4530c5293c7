"""The REST part over real HTTP, held to its own OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema
import pytest

from retentive import Memory
from retentive.config.serving import Server
from retentive.server.app import application
from tests.openai_server import running


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(application(Memory.open(), Server())) as url:
        yield url


@pytest.fixture
def client(address: str, request: pytest.FixtureRequest) -> Iterator[httpx2.Client]:
    """A client with a key, and so a memory, of its own."""
    mine = {"authorization": f"Bearer {request.node.name!r}".encode()}
    with httpx2.Client(base_url=address, headers=mine) as client:
        yield client


def answer(response: httpx2.Response) -> Any:
    """The body, which must be as the document says."""
    document = httpx2.get(response.request.url.join("/openapi.json")).json()
    path = response.request.url.path
    paths = document["paths"]
    described = next(known for known in paths if _is_at(path, known))
    known = paths[described][response.request.method.lower()]["responses"]
    status = str(response.status_code)
    found = known.get(status) or known[status[0] + "XX"]
    schema = found["content"]["application/json"]["schema"]
    jsonschema.validate(
        response.json(), {**schema, "components": document["components"]}
    )
    return response.json()


def _is_at(path: str, template: str) -> bool:
    pieces, parts = template.split("/"), path.split("/")
    return len(pieces) == len(parts) and all(
        piece.startswith("{") or piece == part
        for piece, part in zip(pieces, parts, strict=True)
    )


def test_what_is_remembered_is_found_explained_corrected_and_forgotten(
    client: httpx2.Client,
) -> None:
    said = {"content": "I planted tomatoes.", "at": "2026-05-01T10:00:00Z"}
    made = client.post("/memories", json=said)
    assert made.status_code == 201
    [id] = answer(made)["ids"]
    asked = client.post("/memories/recall", json={"query": "tomatoes", "limit": 3})
    [hit] = answer(asked)["hits"]
    assert (hit["id"], hit["content"]) == (id, "I planted tomatoes.")
    assert sum(hit["signals"].values()) == pytest.approx(hit["score"], abs=1e-4)
    block = answer(client.post("/memories/context", json={"query": "tomatoes"}))
    assert "2026-05-01" in block["text"]
    assert block["tokens"] > 0
    changed = client.patch(f"/memories/{id}", json={"content": "I planted beans."})
    assert answer(changed)["content"] == "I planted beans."
    old = {"content": "Peas.", "expected_version": 1}
    assert client.patch(f"/memories/{id}", json=old).status_code == 409
    late = client.post(
        f"/memories/{id}/why-not",
        json={"query": "beans", "until": "2026-04-01T00:00:00Z"},
    )
    assert "reason" in answer(late)
    assert answer(client.delete(f"/memories/{id}"))["forgotten"] == [id]
    for gone in (client.get(f"/memories/{id}"), client.delete(f"/memories/{id}")):
        assert gone.status_code == 404
        answer(gone)


def test_messages_are_remembered_and_listed_in_pages(client: httpx2.Client) -> None:
    said = [
        {"role": "user", "content": "我养了一只猫。"},
        {"role": "assistant", "content": "它叫什么名字？"},
    ]
    body = {"messages": said, "session": "s"}
    ids = answer(client.post("/memories", json=body))["ids"]
    first = answer(client.get("/memories", params={"limit": 1}))
    assert [memory["id"] for memory in first["memories"]] == ids[:1]
    rest = answer(client.get("/memories", params={"after": first["next"]}))
    assert [memory["id"] for memory in rest["memories"]] == ids[1:]
    assert rest["next"] is None


def test_nobody_sees_another_s_memories(client: httpx2.Client) -> None:
    [id] = answer(client.post("/memories", json={"content": "A secret."}))["ids"]
    bob = {"authorization": "Bearer bob"}
    assert client.get(f"/memories/{id}", headers=bob).status_code == 404
    asked = {"query": "secret"}
    found = client.post("/memories/recall", json=asked, headers=bob)
    assert answer(found)["hits"] == []
    nameless = httpx2.get(client.base_url.join("/memories"))
    assert nameless.status_code == 401
    assert "{key}" in answer(nameless)["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/memories", {}),
        ("POST", "/memories", {"content": "a", "messages": []}),
        ("POST", "/memories", {"content": 7}),
        ("POST", "/memories", {"content": "a", "at": "yesterday"}),
        ("POST", "/memories", {"content": "a", "at": "2026-05-01T10:00"}),
        ("POST", "/memories", {"content": "\ud800"}),
        ("POST", "/memories", {"messages": [{"content": "no role"}]}),
        ("POST", "/memories", {"content": "a", "colour": "red"}),
        ("POST", "/memories", []),
        ("POST", "/memories/recall", {"query": 1}),
        ("POST", "/memories/recall", {"query": "a", "limit": 0}),
        ("POST", "/memories/recall", {"query": "a", "where": [1]}),
        ("POST", "/memories/recall", {"query": "a", "kinds": "semantic"}),
        ("POST", "/memories/recall", {"query": "a", "kinds": ["odd"]}),
        ("POST", "/memories/context", {"query": "a", "budget": -1}),
        ("GET", "/memories?limit=many", None),
        ("GET", "/memories?limit=0", None),
    ],
)
def test_what_is_wrong_is_said(
    client: httpx2.Client, method: str, path: str, body: Any
) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    response = client.request(method, path, content=content)
    assert response.status_code == 400
    assert answer(response)["error"]["message"]


@pytest.mark.parametrize(
    "change", [{"importance": 2}, {"pinned": "yes"}, {"metadata": 1}, {"content": ""}]
)
def test_a_wrong_change_changes_nothing(client: httpx2.Client, change: Any) -> None:
    [id] = answer(client.post("/memories", json={"content": "A note."}))["ids"]
    assert client.patch(f"/memories/{id}", json=change).status_code == 400
    assert answer(client.get(f"/memories/{id}"))["version"] == 1


def test_tokens_close_every_door_but_health_and_description() -> None:
    settings = Server(tokens=("right", "also"), namespace=("team",))
    with running(application(Memory.open(), settings)) as url:
        for path, status in (
            ("/healthz", 200),
            ("/openapi.json", 200),
            ("/memories", 401),
        ):
            assert httpx2.get(url + path).status_code == status
        wrong = {"authorization": "Bearer wrong"}
        assert httpx2.get(url + "/memories", headers=wrong).status_code == 401
        right = {"authorization": "bearer also"}
        assert httpx2.get(url + "/memories", headers=right).status_code == 200

"""The product as one of the systems, over a real file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from retentive.bench.datasets import load
from retentive.bench.recall import run
from retentive.bench.systems import PRODUCT, Retentive, default_systems
from retentive.embedders.hashing import HashingEmbedder
from retentive.records import MemoryRecord, Message

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def said(identity: str, content: str, *, session: str) -> Message:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    return Message(
        role="user", name="Ann", content=content, id=identity, session=session, at=at
    )


@pytest.fixture
def product() -> Retentive:
    return Retentive()


def test_what_was_said_twice_stands_for_both_messages(product: Retentive) -> None:
    product.add(
        [
            said("m1", "I planted tomatoes.", session="s1"),
            said("m2", "The train was late.", session="s1"),
            said("m3", "I planted tomatoes.", session="s2"),
        ]
    )
    hits = product.search("Who planted tomatoes?", now=NOW, limit=5)
    product.close()
    assert hits[0].ids == {"m1", "m3"}
    assert hits[0].text == "I planted tomatoes."


def test_records_go_by_their_message_id(product: Retentive) -> None:
    product.add([MemoryRecord(content="Tea at four.", message_id="7")])
    hits = product.search("tea", now=NOW, limit=5)
    product.close()
    assert [hit.ids for hit in hits] == [{"7"}]


def test_closing_removes_its_files(product: Retentive) -> None:
    product.add([said("m1", "I planted tomatoes.", session="s1")])
    assert product.folder.exists()
    product.close()
    assert not product.folder.exists()


def test_dense_search_takes_part_only_with_an_embedder() -> None:
    assert list(default_systems()) == [
        PRODUCT,
        "plain BM25",
        "plain BM25, stems and stop words",
    ]
    assert "plain dense" in default_systems(HashingEmbedder())


def test_every_system_answers_easy_questions(labelled: Path) -> None:
    report = run(load(labelled, dataset="jsonl"), default_systems(HashingEmbedder()))
    recalls = {
        name: system.metrics["all"]["recall@5"]
        for name, system in report.systems.items()
    }
    assert recalls == dict.fromkeys(default_systems(HashingEmbedder()), 1.0)

from __future__ import annotations

import pytest

from retentive import Memory
from retentive.errors import ConflictError, InvalidInputError, RecordNotFoundError
from retentive.testing.fake import FakeEmbedder


def test_a_corrected_memory_is_found_by_its_new_words_alone() -> None:
    memory = Memory.open(embedder=FakeEmbedder())
    [id] = memory.remember("Anna lives in Lyon.")
    before = memory.get(id)
    after = memory.update(id, content="Anna lives in Nantes.", importance=0.9)
    assert (after.content, after.importance) == ("Anna lives in Nantes.", 0.9)
    assert (after.id, after.occurred_at) == (before.id, before.occurred_at)
    assert after.version > before.version
    assert (after.embedding.vector != before.embedding.vector).any()
    assert [hit.record.content for hit in memory.recall("Anna")] == [after.content]
    assert memory.update(id, pinned=True).embedding.fingerprint == "fake:8:1"


def test_a_change_made_meanwhile_is_not_written_over() -> None:
    memory = Memory.open()
    [id] = memory.remember("猫叫咪咪。")
    read = memory.get(id)
    memory.update(id, content="猫叫花花。")
    with pytest.raises(ConflictError, match="read it again"):
        memory.update(id, content="猫叫豆豆。", expected_version=read.version)
    assert memory.get(id).content == "猫叫花花。"


def test_what_cannot_be_changed_is_named() -> None:
    memory = Memory.open()
    [id] = memory.remember("A note.")
    with pytest.raises(
        InvalidInputError, match=r"got \['namespace', 'support_count'\]"
    ):
        memory.update(id, namespace=("other",), support_count=9)
    with pytest.raises(InvalidInputError, match="importance"):
        memory.update(id, importance=3.0)
    with pytest.raises(RecordNotFoundError, match="no record 'nobody'"):
        memory.update("nobody", content="x")

"""Where the parts find their memory."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from pathlib import Path
from weakref import ref

import pytest

from retentive import Memory
from retentive.embedders.cached import CachedEmbedder
from retentive_llamaindex import RetentiveChatStore, RetentiveMemory
from retentive_llamaindex.place import Place
from tests.retentive_llamaindex.models import user
from tests.servers import start_server


def test_parts_that_name_one_place_share_one_memory(target: str) -> None:
    one, two = Place(target, namespace=("a",)), Place(target, namespace=("b",))
    assert one.memory.store is two.memory.store
    assert one.memory.namespace == ("a",)
    assert two.memory.namespace == ("b",)
    assert Place(target).memory.namespace == ("default",)


def test_a_place_is_closed_when_nobody_names_it(target: str) -> None:
    place = Place(target)
    memory = place.memory
    store = ref(memory.store)
    del place
    gc.collect()
    assert memory.count() == {}  # one who holds on to it still has it open
    del memory
    gc.collect()
    assert store() is None


def test_a_memory_that_was_given_stays_open(memory: Memory) -> None:
    place = Place(memory)
    assert place.memory.store is memory.store
    del place
    gc.collect()
    assert memory.count() == {}


def test_a_path_means_the_same_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    chat = RetentiveMemory("a.db", session="s")
    chat.put(user("hello"))
    written = chat.to_dict()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert RetentiveMemory.from_dict(written).get_all() == [user("hello")]


def test_a_configuration_says_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_text(
        f"store: {{type: sqlite, path: {tmp_path / 'a.db'}}}\n"
        "namespace: [ann]\nembedder: hashing\n"
    )
    memory = Place(path).memory
    assert memory.namespace == ("ann",)
    assert memory.embedder is not None
    assert Place(path, namespace=("bob",)).memory.namespace == ("bob",)


def test_an_embedder_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path / "a.db", embedder="hashing")
    assert isinstance(place.memory.embedder, CachedEmbedder)
    assert Place(**place.model_dump()).memory.store is place.memory.store


def test_no_secret_is_written_down(tmp_path: Path) -> None:
    """A URL with a password is opened at once, and then known by a handle only."""
    server = start_server(
        tmp_path, "--requirepass", "hunter2", connection={"password": "hunter2"}
    )
    try:
        url = server.url.replace("redis://", "redis://default:hunter2@")
        chat = RetentiveMemory(url, session="s")
        chat.put(user("hello"))
        written = chat.to_dict()
        assert "hunter2" not in repr(chat)
        assert "hunter2" not in str(written)
        assert RetentiveMemory.from_dict(written).get_all() == [user("hello")]
        del chat
        gc.collect()
    finally:
        server.stop()


def test_without_a_name_it_lives_in_the_process() -> None:
    store = RetentiveChatStore()
    store.add_message("k", user("hello"))
    again = RetentiveChatStore(**store.model_dump(exclude={"class_name"}))
    assert again.get_messages("k") == [user("hello")]
    assert RetentiveChatStore().get_messages("k") == []


def test_without_the_framework_the_import_names_the_command() -> None:
    code = "import sys; sys.modules['llama_index'] = None; import retentive_llamaindex"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 1
    assert "pip install 'retentive[llamaindex]'" in finished.stderr


def test_a_pickled_memory_goes_on(tmp_path: Path) -> None:
    chat = RetentiveMemory(tmp_path / "a.db", session="s")
    chat.put(user("hello"))
    assert pickle.loads(pickle.dumps(chat)).get_all() == [user("hello")]

"""``retentive index``, and what ``retentive doctor`` says of engines."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from retentive import Memory
from retentive.cli.app import app
from retentive.stores.redis import RedisStore


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def keys_of_index(url: str) -> list[bytes]:
    store = RedisStore.open(url)
    keys: list[bytes] = store.client().keys("*:index:*")
    store.close()
    return keys


def test_an_index_is_made_before_it_is_asked_and_dropped(engine_url: str) -> None:
    for name in ("team", "other"):
        with Memory.open(engine_url, namespace=(name,)) as memory:
            memory.remember([f"Fact {number} of {name}." for number in range(70)])
    code, output = ran("index", "--db", engine_url, "-n", "team")
    assert (code, output) == (0, "team: 70 memories, by the query engine\n")
    assert all(b"{team}" in key for key in keys_of_index(engine_url))
    code, output = ran("index", "--db", engine_url)
    assert "other: 70 memories" in output
    code, output = ran("index", "--db", engine_url, "--drop")
    assert code == 0
    assert "team: no index of the query engine any more" in output
    assert keys_of_index(engine_url) == []


def test_where_no_engine_answers_it_says_where_to_look(
    redis_url: str, tmp_path: Path
) -> None:
    file = str(tmp_path / "a.db")
    Memory.open(file).close()
    for target in (redis_url, file):
        code, output = ran("index", "--db", target)
        assert code == 2
        assert "retentive doctor" in output


def test_the_doctor_names_engines_and_why_others_are_not_there(
    engine_url: str, redis_url: str
) -> None:
    assert "query engine and vector sets" in " ".join(
        ran("doctor", engine_url)[1].split()
    )
    plain = " ".join(ran("doctor", redis_url)[1].split())
    assert "query engine: the server does not know its commands" in plain

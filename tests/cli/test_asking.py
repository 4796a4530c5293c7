"""remember, recall, context and explain."""

import json
from pathlib import Path

import pytest

from retentive.cli.tables import width
from tests.cli.conftest import Run


@pytest.fixture
def garden(run: Run) -> Run:
    run("remember", "I planted tomatoes on the balcony.", "--at", "2024-05-01T10:00Z")
    run("remember", "My flight to Lisbon was late.", "--at", "2024-06-01T10:00Z")
    run("remember", "我对花生过敏，别忘了。", "--speaker", "小伟", "--at", "2024-07-01")
    return run


def ids_of(output: str) -> list[str]:
    return [line.split()[0] for line in output.splitlines()]


def test_what_is_remembered_is_recalled(garden: Run) -> None:
    result = garden("recall", "tomatoes")
    first = result.stdout.splitlines()[1]
    assert "I planted tomatoes" in first
    assert "2024-05-01" in first
    assert "context" in first


def test_saying_it_again_is_the_same_memory(run: Run) -> None:
    [first] = ids_of(run("remember", "Tea, please.").stdout)
    assert ids_of(run("remember", "tea, please!").stdout) == [first]


def test_standard_input_is_a_memory_per_line(run: Run) -> None:
    result = run("remember", "-", stdin="one apple\n\n  \ntwo pears\n")
    assert len(ids_of(result.stdout)) == 2
    assert "two pears" in run("recall", "-", stdin="pears\n").stdout


def test_nothing_to_remember_is_an_error(run: Run) -> None:
    result = run("remember", "-", stdin="\n", code=1)
    assert "nothing to remember" in result.stderr


def test_columns_stand_straight_in_chinese(garden: Run) -> None:
    head, *rows = garden("recall", "花生 tomatoes flight").stdout.splitlines()
    place = width(head[: head.index("strongest")])
    assert len(rows) == 3
    assert any("花生" in row for row in rows)
    for row in rows:
        columns = 0
        for number, character in enumerate(row):
            if columns == place:
                assert row[number - 2 : number] == "  "
                assert character != " "
                break
            columns += width(character)
        else:
            pytest.fail(f"no column of signals in {row!r}")


def test_json_hits_carry_signals_that_add_up(garden: Run) -> None:
    result = garden("recall", "--json", "tomatoes", "--limit", "2")
    hits = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(hits) == 2
    for hit in hits:
        assert sum(hit["signals"].values()) == pytest.approx(hit["score"], abs=1e-4)


def test_a_recall_can_be_narrowed(garden: Run) -> None:
    found = garden("recall", "--json", "tomatoes", "--since", "2024-05-15T00:00Z")
    assert "tomatoes" not in found.stdout
    assert "Lisbon" in found.stdout


def test_nothing_recalled_is_said(garden: Run) -> None:
    result = garden("recall", "x", "--in-session", "none")
    assert result.stdout == ""
    assert "nothing recalled" in result.stderr


def test_namespaces_are_apart_and_hold_any_label(garden: Run) -> None:
    garden("remember", "A secret.", "-n", "a/b", "-n", "*")
    assert "secret" in garden("recall", "secret", "-n", "a/b", "-n", "*").stdout
    assert "secret" not in garden("recall", "secret").stdout


def test_context_is_a_block_within_its_budget(garden: Run) -> None:
    result = garden("context", "What did I plant?", "--budget", "60")
    assert result.stdout.startswith("<memories>\n")
    assert "tomatoes" in result.stdout
    assert "of 60 tokens" in result.stderr
    fields = json.loads(garden("context", "What did I plant?", "--json").stdout)
    assert fields["tokens"] <= fields["budget"] == 1000
    assert fields["hits"]


def test_explain_shows_how_the_question_was_read(garden: Run) -> None:
    text = garden("explain", "What did I plant in May 2024?", "--limit", "1").stdout
    assert "times: May 2024 = 2024-05-01 00:00 to 2024-06-01 00:00" in text
    assert "date" in text
    fields = json.loads(garden("explain", "plant", "--json").stdout)
    hit = fields["hits"][0]
    assert hit["signals"]["importance"] == pytest.approx(
        hit["raw"]["importance"] * fields["weights"]["importance"]
    )


def test_why_not_compares_with_the_last_hit(garden: Run) -> None:
    hits = garden("recall", "tomatoes", "--json").stdout.splitlines()
    last = json.loads(hits[-1])["id"]
    text = garden("explain", "tomatoes", "--why-not", last, "--limit", "1").stdout
    assert "it ranks 3 of 3" in text
    assert "context" in text
    unknown = garden("explain", "tomatoes", "--why-not", "nobody", "--json").stdout
    assert "no memory of this id" in json.loads(unknown)["reason"]


def test_reading_makes_no_file(run: Run, tmp_path: Path) -> None:
    result = run("recall", "x", "--db", "none.db", code=1)
    assert result.stderr.startswith("retentive: there is no memory at 'none.db' yet")
    assert not (tmp_path / "none.db").exists()


def test_the_environment_names_the_memory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTIVE_DB", str(tmp_path / "other.db"))
    run("remember", "Tea.")
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "agent.db").exists()


def test_a_configuration_can_be_the_target(run: Run, tmp_path: Path) -> None:
    text = "store: {type: sqlite, path: c.db}\nnamespace: [ann]\n"
    (tmp_path / "memory.yaml").write_text(text, "utf-8")
    run("remember", "Tea.", "--config", "memory.yaml")
    assert "Tea." in run("recall", "tea", "--db", "c.db", "-n", "ann").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["recall", "x", "--limit", "0"], "limit must be a whole number above 0"),
        (["recall", "x", "--embedder", "minilmm"], "no embedders plugin is named"),
        (["recall", "x", "--kind", "odd"], "odd"),
        (["context", "x", "--budget", "-1"], "budget must be a whole number"),
    ],
)
def test_our_errors_are_one_line(arguments: list[str], said: str, garden: Run) -> None:
    result = garden(*arguments, code=1)
    assert said in result.stderr
    assert result.stderr.startswith("retentive: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_time_that_is_none_is_a_usage_error(garden: Run) -> None:
    assert "no ISO time" in garden("recall", "x", "--now", "soon", code=2).stderr


def test_an_empty_namespace_says_where_memories_are(garden: Run) -> None:
    result = garden("recall", "tomatoes", "-n", "elsewhere")
    assert result.stdout == ""
    assert "namespace 'elsewhere' is empty. Others: -n 'default'" in result.stderr
    assert "Others" not in garden("recall", "tomatoes", "--until", "2020-01-01").stderr
    assert "is empty" in garden("context", "tomatoes", "-n", "elsewhere").stderr

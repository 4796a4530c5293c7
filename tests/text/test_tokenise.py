from __future__ import annotations

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.text.normalise import canonical, content_key
from retentive.text.tokenise import terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I bought the running shoes.", ["buy", "run", "shoe"]),
        ("The children's well-known dogs", ["child", "well", "know", "dog"]),
        ("Room 42b at 10:30", ["room", "42b", "10", "30"]),
        ("São Paulo, Köln", ["são", "paulo", "köln"]),
        ("Привет, мир!", ["привет", "мир"]),
        (
            "我养了一只猫",
            ["养", "一", "只", "猫", "我养", "养了", "了一", "一只", "只猫"],
        ),
        (
            "我養了一隻貓",
            ["养", "一", "只", "猫", "我养", "养了", "了一", "一只", "只猫"],
        ),
        ("ゲーム", ["ゲー", "ーム"]),
        ("좋아요", ["좋아요", "좋아", "아요"]),
        ("मुझे दिन पसंद है", ["मुझे", "दिन", "पसंद", "है"]),
        ("กาแฟ", ["กา", "าแ", "แฟ"]),
        ("叫Mochi的猫", ["叫", "mochi", "猫", "的猫"]),
        ("the of and 的", []),
        ("", []),
        ("?!… 😀", []),
    ],
)
def test_terms_are_stems_and_characters(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_spellings_of_one_word_share_a_term() -> None:
    for forms in (
        ("went", "goes", "going"),
        ("cafés", "CAFÉS", "cafe\u0301s"),
        ("ｃａｔ", "cat"),
    ):
        assert len({tuple(terms(form)) for form in forms}) == 1


def test_words_keep_what_terms_leave_out() -> None:
    assert words("What's the 猫's name?") == ["what's", "the", "猫", "s", "name"]


def test_an_endless_word_is_found_by_its_beginning() -> None:
    for endless in ("x" * 500, "é" * 500, "é" + "x" * 500):
        assert [len(term) for term in terms(endless)] == [40]
    assert max(map(len, terms("좋" * 500))) == 40


def test_threads_do_not_share_a_stemmer() -> None:
    results: list[list[str]] = []
    texts = [f"running{i} wonderful{i} nationalities{i}" for i in range(2_000)]
    expected = [term for text in texts for term in terms(text)]

    def work() -> None:
        results.append([term for text in texts for term in terms(text)])

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


@given(st.text())
def test_any_text_can_be_tokenised_and_always_the_same_way(text: str) -> None:
    assert terms(text) == terms(text)
    assert all(terms(text)) or not terms(text)


@given(st.text() | st.text(alphabet="ab5-#_.+$ \u0300\u093e\ufe0f😀ßŉΐ一"))
def test_the_canonical_spelling_is_its_own_and_never_lost(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert bool(once) == bool(text.strip())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I went running.", "i  WENT\nrunning!!"),
        ("貓", "猫"),
        ("Straße", "STRASSE"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
    ],
)
def test_the_same_said_differently_has_one_key(one: str, other: str) -> None:
    assert content_key(one, who="a", salt=b"s") == content_key(
        other, who="a", salt=b"s"
    )


def test_keys_differ_by_speaker_salt_and_content() -> None:
    keys = {
        content_key("tea", who="a", salt=b"s"),
        content_key("tea", who="b", salt=b"s"),
        content_key("tea", who="a", salt=b"t"),
        content_key("teas", who="a", salt=b"s"),
        content_key("😀", who="a", salt=b"s"),
        content_key("😁", who="a", salt=b"s"),
        content_key("atea", who="", salt=b"s"),
    }
    assert len(keys) == 7
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I owe you $5.", "I owe you €5."),
        ("It was -5 outside", "It was 5 outside"),
        ("I write C++.", "I write C#."),
        ("I write C#.", "I write C."),
        ("I feel 😀 today", "I feel 😢 today"),
        ("दिन", "दीन"),  # day, poor: a vowel sign apart
        ("x < 3", "x > 3"),
    ],
)
def test_what_means_something_else_is_no_repetition(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well-known, isn't it?!", "well known isn t it"),
        ("snake_case -- a - b", "snake case a b"),
        ("I ❤️ you", "i ❤ you"),
        ("10-5 = 5", "10 5 = 5"),
        ("?!", "?!"),
        ("- -", "- -"),
    ],
)
def test_the_canonical_spelling_has_words_and_meaningful_signs(
    text: str, expected: str
) -> None:
    assert canonical(text) == expected

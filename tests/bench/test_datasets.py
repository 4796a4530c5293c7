"""Reading labelled data: what counts as a memory, a question and its evidence."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retentive.bench.datasets import Dataset, load
from retentive.errors import InvalidInputError


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def turn(dia_id: str, text: str, **extra: str) -> dict[str, str]:
    return {"speaker": "Ann", "dia_id": dia_id, "text": text} | extra


def asked(evidence: list[str], category: int = 1) -> dict[str, Any]:
    return {"question": "What?", "evidence": evidence, "category": category}


@pytest.fixture
def locomo(tmp_path: Path) -> Dataset:
    """One conversation of two sessions, and a third that is dated but empty."""
    conversation = {
        "speaker_a": "Ann",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [turn("D1:1", "Look!", blip_caption="a red kite")],
        "session_10_date_time": "9:00 am on 1 July, 2023",
        "session_10": [turn("D10:1", "Later.")],
        "session_2_date_time": "12:30 am on 9 May, 2023",
        "session_2": [turn("D2:1", "Hello."), turn("D2:2", "", blip_caption="a dog")],
        "session_11_date_time": "9:00 am on 1 August, 2023",
    }
    qa = [
        asked(["D1:1; D2:1"]),
        asked(["D1:1 D2:1,D2:2"], 5),
        asked(["D:1:1", "D2:2"], 3),
        asked(["D:11:26"], 3),
        asked([], 2),
    ]
    sample = {"sample_id": "conv-1", "conversation": conversation, "qa": qa}
    return load(write(tmp_path / "l.json", [sample]), dataset="locomo")


def test_locomo_turns_come_in_the_order_of_their_sessions(locomo: Dataset) -> None:
    memories = locomo.conversations[0].memories
    said = [(m.session, m.content) for m in memories]
    assert said == [
        ("session_1", "Look! [image: a red kite]"),
        ("session_2", "Hello."),
        ("session_2", "[image: a dog]"),
        ("session_10", "Later."),
    ]


def test_locomo_questions_come_a_day_after_the_last_session_with_turns(
    locomo: Dataset,
) -> None:
    times = {question.asked_at for question in locomo.conversations[0].questions}
    assert times == {datetime(2023, 7, 2, 9, tzinfo=UTC)}


def test_locomo_labels_are_split_and_those_that_exist_kept(locomo: Dataset) -> None:
    evidence = [set(q.evidence) for q in locomo.conversations[0].questions]
    assert evidence == [{"D1:1", "D2:1"}, {"D1:1", "D2:1", "D2:2"}, {"D2:2"}]
    assert locomo.dropped == 2


def test_locomo_keeps_the_adversarial_category_out_of_the_headline(
    locomo: Dataset,
) -> None:
    assert locomo.headline == "cat1-4"
    counted = [q for q in locomo.conversations[0].questions if q.category != "5"]
    assert [q for q in counted if not locomo.in_headline(q.category)] == []
    assert not locomo.in_headline("5")


EVENT = {"time": "2023-12-25", "scene": "Activity", "emotion": "Happy"}
DIALOGUE = [
    "<BOD>\n",
    '<Bart>: "It is snowing, he said \\"wow\\"!"\n',
    "<Assistant>：“Lovely.”\n",
    "<Bart>: Shall we go out?\n",
    '<Assistant>: "You danced last year."\n',
    "<EOD>\n",
]


def madial(folder: Path, *, as_lines: bool) -> Path:
    events = [
        {"1": EVENT | {"event": "Bart danced."}},
        {"2": EVENT | {"event": "Lisa sang.", "time": "2022-01-01"}},
    ]
    memory = folder / "M-en-memory.json"
    memory.write_text("\n".join(map(json.dumps, events)), "utf-8")
    item = {"dialogue": DIALOGUE, "test-turn": [4, 5], "user-id": 1}
    items = [item | {"relevant-id": [1]}, item | {"relevant-id": [9]}]
    text = "\n".join(map(json.dumps, items)) if as_lines else json.dumps(items)
    path = folder / "M-en-dialogue.json"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("as_lines", [True, False])
def test_madial_asks_with_the_dialogue_before_the_test_turn(
    tmp_path: Path, *, as_lines: bool
) -> None:
    data = load(madial(tmp_path, as_lines=as_lines), dataset="madial")
    (conversation,) = data.conversations
    (question,) = conversation.questions
    assert question.text == (
        'Bart: It is snowing, he said \\"wow\\"!\n'
        "Assistant: Lovely.\n"
        "Bart: Shall we go out?"
    )
    assert question.evidence == {"1"}
    assert question.asked_at == datetime(2023, 12, 26, tzinfo=UTC)
    assert [m.content for m in conversation.memories] == ["Lisa sang.", "Bart danced."]
    assert (data.name, data.dropped) == ("m-en", 1)


def test_madial_needs_both_files(tmp_path: Path) -> None:
    path = madial(tmp_path, as_lines=False)
    with pytest.raises(InvalidInputError, match=r"not a MADial dialogue file"):
        load(path.with_name("M-en-memory.json"), dataset="madial")
    path.with_name("M-en-memory.json").unlink()
    with pytest.raises(InvalidInputError, match="keep both files in one directory"):
        load(path, dataset="madial")


def test_jsonl_groups_by_conversation_and_drops_what_cannot_be_answered(
    labelled: Path,
) -> None:
    data = load(labelled, dataset="jsonl")
    sizes = {c.id: (len(c.memories), len(c.questions)) for c in data.conversations}
    assert sizes == {"ann": (3, 2), "eve": (1, 1)}
    assert (data.name, data.dropped) == ("labelled", 1)
    question = data.conversations[0].questions[0]
    assert question.asked_at == datetime(2024, 5, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{oops", r"line 1: not JSON .*oops"),
        ('{"type": "fact"}', "'type' must be 'memory' or 'question', got 'fact'"),
        ("[1]", "'type' must be 'memory' or 'question', got None"),
        (
            '{"type": "memory", "conversation": "c", "id": "1", "text": "x"}',
            r"lacks \['content'\] and has unknown fields \['text'\]",
        ),
    ],
)
def test_jsonl_names_the_line_that_is_wrong(
    tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(InvalidInputError, match=message):
        load(path, dataset="jsonl")


def test_only_some_conversations(labelled: Path) -> None:
    data = load(labelled, dataset="jsonl")
    assert [c.id for c in data.only(["eve"]).conversations] == ["eve"]
    with pytest.raises(InvalidInputError, match=r"no conversation 'bob'.*ann, eve"):
        data.only(["bob", "ann"])


def test_a_file_of_another_data_set_is_refused_with_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", [{"some": "thing"}])
    with pytest.raises(InvalidInputError, match=r"x\.json' is not a locomo file"):
        load(path, dataset="locomo")


def test_a_missing_file_and_an_unknown_data_set_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read: No such file"):
        load(tmp_path / "none.json", dataset="locomo")
    with pytest.raises(InvalidInputError, match="known: beam, jsonl, locomo"):
        load(tmp_path / "none.json", dataset="squad")

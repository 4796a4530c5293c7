"""Data sets of others, in the shapes in which they are published."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retentive.bench.datasets import load
from retentive.bench.variants import pooled
from retentive.errors import InvalidInputError
from retentive.records import Message


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def instance(id: str) -> dict[str, Any]:
    return {
        "question_id": id,
        "question_type": "multi-session",
        "question": "How many plants do I have?",
        "question_date": "2023/06/01 (Thu) 10:00",
        "haystack_session_ids": ["late", "early"],
        "haystack_dates": ["2023/05/20 (Sat) 02:21", "2023/05/19 (Fri) 09:00"],
        "haystack_sessions": [
            [{"role": "user", "content": "A fern, too.", "has_answer": True}],
            [
                {"role": "user", "content": "I bought a palm.", "has_answer": True},
                {"role": "assistant", "content": "Nice."},
                {"role": "assistant", "content": " "},
            ],
        ],
    }


def test_longmemeval_turns_are_in_time_and_marked_ones_are_evidence(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "longmemeval_s.json", [instance("q1"), instance("q2_abs")])
    data = load(path, dataset="longmemeval")
    (conversation,) = data.conversations
    assert data.dropped == 1
    assert [memory.content for memory in conversation.memories] == [
        "I bought a palm.",
        "Nice.",
        "A fern, too.",
    ]
    (question,) = conversation.questions
    said = {m.id: m.content for m in conversation.memories if isinstance(m, Message)}
    assert {said[id] for id in question.evidence} == {
        "I bought a palm.",
        "A fern, too.",
    }
    assert question.asked_at == datetime(2023, 6, 1, 10, tzinfo=UTC)
    assert question.category == "multi-session"


def beam_chat(folder: Path, *, ids: tuple[int, int, int] = (0, 1, 2)) -> Path:
    def turn(id: int, content: str, **more: str) -> dict[str, Any]:
        return {"role": "user", "id": id, "content": content} | more

    write(
        folder / "chat.json",
        [
            {
                "batch_number": 1,
                "turns": [
                    [
                        turn(
                            ids[0],
                            "Sprint one ends soon. ->-> 1,1",
                            time_anchor="March-15-2024",
                        )
                    ],
                    [turn(ids[1], "It moved.")],
                ],
            },
            {
                "batch_number": 2,
                "turns": [[turn(ids[2], "Done.", time_anchor="April-02-2024")]],
            },
        ],
    )
    write(
        folder / "probing_questions" / "probing_questions.json",
        {
            "abstention": [{"question": "Who is my boss?"}],
            "knowledge_update": [
                {
                    "question": "When does the sprint end?",
                    "source_chat_ids": {"original_info": [0], "updated_info": [[1]]},
                }
            ],
            "event_ordering": [
                {"question": "In order?", "source_chat_ids": [0, 2, 99]}
            ],
        },
    )
    return folder


def test_beam_reads_batches_anchors_and_nested_evidence(tmp_path: Path) -> None:
    beam_chat(tmp_path / "100K" / "2")
    beam_chat(tmp_path / "100K" / "10")
    data = load(tmp_path / "100K", dataset="beam")
    assert (data.name, data.dropped) == ("beam-100k", 2)
    assert [conversation.id for conversation in data.conversations] == ["2", "10"]
    first, moved, done = data.conversations[0].memories
    assert first.content == "Sprint one ends soon."
    assert isinstance(moved, Message)
    assert isinstance(done, Message)
    assert moved.at.date().isoformat() == "2024-03-15"
    assert (done.session, done.at.date().isoformat()) == ("batch 2", "2024-04-02")
    assert [set(q.evidence) for q in data.conversations[0].questions] == [
        {"0", "1"},
        {"0", "2"},
    ]


def test_beam_chats_with_ambiguous_evidence_are_refused(tmp_path: Path) -> None:
    beam_chat(tmp_path / "1", ids=(0, 0, 1))
    with pytest.raises(InvalidInputError, match="ambiguous; use chats of 100K"):
        load(tmp_path / "1", dataset="beam")
    with pytest.raises(InvalidInputError, match=r"no chat\.json"):
        load(tmp_path / "1" / "probing_questions", dataset="beam")


def trajectory(tid: int, *, steps: list[Any]) -> dict[str, Any]:
    return {
        "tid": tid,
        "message_list": [
            {
                "message": "我表哥叫李浩然。",
                "time": "2024年7月2日 星期二 09:30",
                "place": "上海",
            },
            "他在苏州上班。 (消息地点 上海, 消息时间 '2024-07-03 10:05')",
            "今天真热。",
        ],
        "QA": {"question": "我表哥在哪里上班？", "target_step_id": steps},
    }


def test_memdaily_trajectories_are_conversations(tmp_path: Path) -> None:
    data = load(
        write(
            tmp_path / "memdaily.json",
            {
                "simple": {"roles": [trajectory(0, steps=[1])], "events": None},
                "noisy": {"roles": [trajectory(0, steps=[[0, "name"]])]},
            },
        ),
        dataset="memdaily",
    )
    first, second = data.conversations
    assert (first.id, second.id) == ("simple/roles/0", "noisy/roles/0")
    said = [m for m in first.memories if isinstance(m, Message)]
    assert [(m.content, m.at.isoformat()[:16]) for m in said] == [
        ("我表哥叫李浩然。", "2024-07-02T09:30"),
        ("他在苏州上班。", "2024-07-03T10:05"),
        ("今天真热。", "2024-07-03T10:06"),
    ]
    assert first.questions[0].evidence == {"1"}
    assert second.questions[0].evidence == {"0"}


def test_pooled_conversations_keep_their_ids_apart(tmp_path: Path) -> None:
    items = [trajectory(tid, steps=[1]) for tid in range(3)]
    data = load(
        write(tmp_path / "memdaily.json", {"simple": {"roles": items}}),
        dataset="memdaily",
    )
    both, alone = pooled(data, size=2).conversations
    assert (both.id, len(both.memories), len(alone.memories)) == (
        "simple/roles/0+1",
        6,
        3,
    )
    assert [set(q.evidence) for q in both.questions] == [
        {"simple/roles/0/1"},
        {"simple/roles/1/1"},
    ]
    assert len({m.session for m in both.memories}) == 2


@pytest.mark.parametrize("name", ["longmemeval", "memdaily"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="holds no"):
        load(
            write(tmp_path / "x.json", [] if name == "longmemeval" else {}),
            dataset=name,
        )

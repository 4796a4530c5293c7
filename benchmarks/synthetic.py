"""Make labelled conversations of kinds that public sets for tuning lack.

Long chats with an assistant in English, short messages to oneself in Chinese, and
both in one namespace. Nothing was tuned on them: they say whether a default that
was measured on short English turns still holds.

    python benchmarks/synthetic.py long chinese mixed --out made
    retentive bench recall made/long.jsonl --dataset jsonl

A fact is told in words of its own, and asked for in others; every fact has rivals
of the same kind about other people and things.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_START = datetime(2025, 1, 6, 9, tzinfo=UTC)
_SESSIONS, _TURNS = 24, 12


@dataclass(frozen=True, slots=True)
class Fact:
    """A kind of fact: how it is told, how it is asked for, and its values."""

    told: str
    asked: str
    who: tuple[str, ...]
    what: tuple[str, ...]


ENGLISH = (
    Fact(
        "By the way, my {who} has just started working as {what} and seems happy.",
        "What is my {who}'s job?",
        ("sister", "cousin", "neighbour", "uncle", "niece", "flatmate"),
        ("a nurse", "a welder", "a baker", "a surveyor", "a pilot", "a florist"),
    ),
    Fact(
        "We finally booked the {who} trip: {what}, for the second half of the month.",
        "Where are we going on our {who} trip?",
        ("spring", "anniversary", "hiking", "family", "diving", "skiing"),
        ("Lisbon", "Tromsø", "Kyoto", "Oaxaca", "Split", "Innsbruck"),
    ),
    Fact(
        "The {who} turned out to cost {what} euros, more than I had planned.",
        "How much did I pay for the {who}?",
        ("bicycle", "sofa", "boiler", "violin", "lens", "freezer"),
        ("340", "1,250", "2,900", "780", "615", "455"),
    ),
    Fact(
        "Remember that {who} cannot have {what} when you plan the dinner.",
        "What is {who} allergic to?",
        ("Ines", "Tomasz", "Leila", "Marcus", "Yuki", "Oluwaseun"),
        ("peanuts", "shellfish", "gluten", "eggs", "soy", "sesame"),
    ),
    Fact(
        "I moved the {who} appointment to {what}, since I have to work before.",
        "When is my {who} appointment?",
        ("dentist", "optician", "tax adviser", "vet", "hairdresser", "notary"),
        (
            "Monday at 8",
            "Tuesday at 17",
            "Friday at 11",
            "Sunday at 15",
            "May 9",
            "June 3",
        ),
    ),
)
CHINESE = (
    Fact(
        "顺便说一下，我{who}最近开始当{what}了，他挺开心的。",
        "我{who}做什么工作？",
        ("表哥", "姐姐", "邻居", "舅舅", "同学", "室友"),
        ("护士", "厨师", "飞行员", "老师", "会计", "摄影师"),
    ),
    Fact(
        "{who}旅行终于订好了，去{what}，下半月出发。",
        "我们{who}旅行要去哪里？",
        ("春天", "结婚纪念", "徒步", "全家", "潜水", "滑雪"),
        ("大理", "厦门", "青岛", "三亚", "敦煌", "长白山"),
    ),
    Fact(
        "那个{who}花了我{what}块钱，比预算贵。",
        "买{who}用了多少钱？",
        ("自行车", "沙发", "热水器", "小提琴", "镜头", "冰柜"),
        ("340", "1250", "2900", "780", "615", "455"),
    ),
    Fact(
        "请记住{who}不能吃{what}，安排晚饭时要小心。",
        "{who}对什么过敏？",
        ("小梅", "建国", "丽娜", "阿强", "文静", "志远"),
        ("花生", "海鲜", "鸡蛋", "大豆", "芝麻", "牛奶"),
    ),
)
_DECOYS = 6  # times that a fact's subject comes up beside the fact
_DECOYS_EN = (
    "That reminds me of {who}, but more about it another time.",
    "Somebody asked about {who} again and I did not know what to say.",
    "I keep thinking about {who} these days, for no good reason.",
)
_DECOYS_ZH = (
    "这让我想起{who}，下次再说吧。",
    "又有人问起{who}，我也不知道怎么回答。",
    "这几天老是想到{who}，也没什么原因。",
)
_FILLER_EN = (
    "I spent most of the morning sorting out papers and answering letters",
    "the weather has been changing every hour and nobody knows what to wear",
    "there was a long discussion about the schedule and we did not agree",
    "somebody suggested to plan the dinner and the trip on the same evening",
    "the appointment at the office took longer than anyone had expected",
    "the cost of everything seems to go up and we talk about it a lot",
    "I have been reading about how people keep their jobs and stay happy",
    "my family called to ask how the work is going and when we will visit",
    "we tried another recipe, and it came out rather better than last time",
    "the train was late again, so I listened to an old recording on the way",
)
_FILLER_ZH = (
    "今天上午一直在整理文件，回了几封信。",
    "天气一会儿一个样，不知道穿什么好。",
    "大家讨论了很久日程，还是没有定下来。",
    "有人提议把晚饭和旅行安排在同一个晚上。",
    "在办公室等了好久，比想的要慢。",
    "最近什么都涨价，我们老是说起这个。",
    "家里人打电话来问工作怎么样，什么时候回去。",
    "又试了一个新菜谱，比上次好吃一点。",
)


def conversation(
    name: str, facts: tuple[Fact, ...], *, long: bool, made: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield the memories of one conversation, then its questions."""
    chinese = facts is CHINESE
    filler = _FILLER_ZH if chinese else _FILLER_EN
    told = [
        (fact, who, what)
        for fact in facts
        for who, what in zip(
            fact.who, made.sample(fact.what, len(fact.what)), strict=True
        )
    ]
    places = made.sample(range(_SESSIONS * _TURNS // 2), len(told))
    at_place = dict(zip(places, told, strict=True))
    decoys = _decoys(told, chinese=chinese, made=made)
    for place in range(_SESSIONS * _TURNS // 2):
        session, turn = divmod(place, _TURNS // 2)
        at = _START + timedelta(days=9 * session, minutes=4 * turn)
        text = _text(filler, long=long, chinese=chinese, made=made)
        if place in at_place:
            fact, who, what = at_place[place]
            text = _inserted(text, fact.told.format(who=who, what=what), made)
        for decoy in decoys.get(place, ()):
            text = _inserted(text, decoy, made)
        common = {"type": "memory", "conversation": name, "session": f"s{session}"}
        yield common | {
            "id": f"{name}-{place}u",
            "content": text,
            "role": "user",
            "at": at.isoformat(),
        }
        if long:
            reply = _text(filler, long=True, chinese=chinese, made=made)
            echoed = at_place.get(place)
            opening = f"Noted about the {echoed[1]}. " if echoed else "I see. "
            yield common | {
                "id": f"{name}-{place}a",
                "content": opening + reply,
                "role": "assistant",
                "at": (at + timedelta(minutes=1)).isoformat(),
            }
    for place, (fact, who, _) in at_place.items():
        yield {
            "type": "question",
            "conversation": name,
            "text": fact.asked.format(who=who),
            "evidence": [f"{name}-{place}u"],
            "category": "zh" if chinese else "en",
        }


def _decoys(
    told: list[tuple[Fact, str, str]], *, chinese: bool, made: random.Random
) -> dict[int, list[str]]:
    """Return sentences about the subjects of facts, by the place where they stand."""
    found: dict[int, list[str]] = {}
    for _, who, _ in told * _DECOYS:
        place = made.randrange(_SESSIONS * _TURNS // 2)
        decoy = made.choice(_DECOYS_ZH if chinese else _DECOYS_EN)
        found.setdefault(place, []).append(decoy.format(who=who))
    return found


def _text(
    filler: tuple[str, ...], *, long: bool, chinese: bool, made: random.Random
) -> str:
    if chinese:
        return made.choice(filler)
    chosen = [made.choice(filler) for _ in range(made.randint(10, 22) if long else 1)]
    return " ".join(f"{one[0].upper()}{one[1:]}." for one in chosen)


def _inserted(text: str, fact: str, made: random.Random) -> str:
    mark = "。" if "。" in text else ". "
    parts = text.split(mark)
    parts.insert(made.randint(0, len(parts) - 1), fact.rstrip("。."))
    return mark.join(parts)


def lines(kind: str, *, seed: int) -> list[dict[str, Any]]:
    """Return a whole data set: ``long``, ``chinese`` or ``mixed``."""
    made = random.Random(seed)
    found: list[dict[str, Any]] = []
    for number in range(4):
        name = f"{kind}-{number}"
        if kind == "mixed":
            for part in (ENGLISH, CHINESE):
                both = list(conversation(name, part, long=False, made=made))
                tag = "zh" if part is CHINESE else "en"
                found += [_renamed(line, tag) for line in both]
        else:
            facts = CHINESE if kind == "chinese" else ENGLISH
            long = kind == "long"
            found += conversation(name, facts, long=long, made=made)
    return sorted(found, key=lambda line: line["type"] == "question")


def _renamed(line: dict[str, Any], tag: str) -> dict[str, Any]:
    if line["type"] == "memory":
        return line | {
            "id": f"{tag}-{line['id']}",
            "session": f"{tag}-{line['session']}",
        }
    return line | {"evidence": [f"{tag}-{id}" for id in line["evidence"]]}


def main() -> None:
    """Write the data sets that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=("long", "chinese", "mixed"))
    parser.add_argument("--out", type=Path, default=Path("made"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    for kind in options.kinds:
        path = options.out / f"{kind}.jsonl"
        written = [
            json.dumps(line, ensure_ascii=False)
            for line in lines(kind, seed=options.seed)
        ]
        path.write_text("\n".join(written) + "\n", "utf-8")
        print(path)


if __name__ == "__main__":
    main()

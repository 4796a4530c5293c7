"""Writes Chinese daily-life memories and questions about them, as JSONL.

People, events, things and places of invented lives: a small Chinese set for
`retentive bench`, since public ones are few. Every conversation is a pool of twenty
short sessions, so that all pools speak of the same sorts of things:

    python benchmarks/daily_zh.py --seed 7 > daily.jsonl
    retentive bench decline daily.jsonl --dataset jsonl --fit
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_SESSIONS = 20
_START = datetime(2024, 1, 1, 8, tzinfo=UTC)

_KIN = "爸爸 妈妈 表哥 表姐 堂弟 堂妹 舅舅 姑姑 姐夫 侄子 外甥女 上司 同事 邻居 老同学 室友 教练 客户 房东".split()
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹"
_GIVEN = "雨欣 浩然 子涵 建国 丽华 明轩 晓东 思远 佳怡 文博 雪梅 志强 婉清 俊杰 诗琪 天宇 海燕 梦洁 宇航 秀英".split()
_CITIES = "北京 上海 广州 深圳 成都 杭州 重庆 武汉 苏州 西安 南京 长沙 天津 郑州 青岛 昆明 宁波 合肥 福州 厦门 济南 绍兴 南宁 贵阳".split()
_JOBS = "医生 律师 会计 程序员 老师 厨师 建筑师 护士 摄影师 记者 公务员 电工 司机 设计师 翻译 药剂师 飞行员 园艺师".split()
_HOBBIES = "钓鱼 爬山 弹吉他 画水彩画 下围棋 打羽毛球 摄影 烘焙 看科幻小说 游泳 集邮 养多肉植物 骑行 书法 观鸟 做木工 潜水".split()
_DEGREES = "初中 高中 大专 本科 硕士 博士".split()
_ADJECTIVES = "绿野 星河 启航 未来 春晖 远山 云端 金秋 蓝图 晨光 锦绣 盛夏".split()
_EVENTS = "产品发布会 社区运动会 摄影作品展 编程训练营 新员工培训 露营活动 学术研讨会 植树活动 读书分享会 美食节 创业沙龙 音乐节".split()
_THINGS = "空气净化器 机械键盘 登山包 咖啡机 蓝牙耳机 电动牙刷 投影仪 扫地机器人 折叠自行车 保温杯 数码相机 智能手表".split()
_SHOPS = "咖啡馆 书店 健身房 火锅店 公园 博物馆 电影院 面馆 民宿 图书馆 茶馆".split()
_SIGNS = "拾光 青藤 老街口 云上 南山 听雨 半夏 知味 渡口 月半 归园 临江".split()
_CHATTER = [
    "今天天气真不错。",
    "最近睡得有点晚。",
    "刚才喝了杯奶茶，太甜了。",
    "路上又堵车了。",
]

# What is said of a person, what is asked about it, and how it describes the person.
_TRAITS = {
    "age": ("我{kin}今年{age}岁了。", "今年多大了", "今年{age}岁的"),
    "birthday": ("{name}的生日是{birthday}。", "什么时候过生日", "生日在{birthday}的"),
    "home": ("我{kin}老家在{home}。", "老家在哪儿", "老家在{home}的"),
    "work": ("{name}的工作地点在{work}。", "在哪个城市工作", "在{work}上班的"),
    "job": ("我{kin}是一名{job}。", "的职业是什么", "当{job}的"),
    "hobby": ("我{kin}特别喜欢{hobby}。", "平时喜欢做什么", "喜欢{hobby}的"),
    "degree": ("{name}的学历是{degree}。", "的学历是什么", "{degree}学历的"),
    "phone": ("我{kin}的电话号码是{phone}。", "的电话号码是多少", "电话是{phone}的"),
    "height": ("{name}身高{height}厘米。", "有多高", "身高{height}厘米的"),
}
_DERIVED = ["生日在哪个季节", "电话号码的后四位是什么", "年龄加五是多少"]


@dataclass(frozen=True, slots=True)
class Session:
    """What is said in it, a question, and which line answers."""

    said: Sequence[str]
    question: str
    answer: int


def person(draw: random.Random) -> Session:
    """Return a session about somebody the user knows."""
    facts = {
        "kin": draw.choice(_KIN),
        "name": draw.choice(_SURNAMES) + draw.choice(_GIVEN),
        "age": draw.randint(20, 65),
        "birthday": _day(draw),
        "home": draw.choice(_CITIES),
        "work": draw.choice(_CITIES),
        "job": draw.choice(_JOBS),
        "hobby": draw.choice(_HOBBIES),
        "degree": draw.choice(_DEGREES),
        "phone": f"1{draw.randrange(10**10):010d}",
        "height": draw.randint(152, 190),
    }
    traits = draw.sample(sorted(_TRAITS), draw.randint(5, 8))
    said = ["我{kin}叫{name}。".format(**facts)]
    said += [_TRAITS[trait][0].format(**facts) for trait in traits]
    asked, other = draw.sample(traits, 2)
    ending = _TRAITS[asked][1]
    question = draw.choice(
        [
            f"我{facts['kin']}{ending}？",
            f"{facts['name']}{ending}？",
            f"{draw.choice(_CHATTER)}对了，我{facts['kin']}{ending}？",
            f"{_TRAITS[other][2].format(**facts)}那个人{ending}？",
            f"我{facts['kin']}的{draw.choice(_DERIVED)}？",
        ]
    )
    return Session(said, question, traits.index(asked) + 1)


def event(draw: random.Random) -> Session:
    """Return a session about something that the user takes part in."""
    name = f"“{draw.choice(_ADJECTIVES)}{draw.choice(_EVENTS)}”"
    city, day = draw.choice(_CITIES), _day(draw)
    said = [
        f"我最近报名参加了{name}。",
        f"{name}会在{city}举行。",
        f"{name}的时间定在{day}上午九点。",
        f"{name}大概有{draw.randint(20, 900)}人参加。",
        f"{name}为期{draw.randint(1, 5)}天。",
    ]
    asked = [
        (f"{name}在哪里举行？", 1),
        (f"我参加的{name}是什么时候？", 2),
        (f"{name}有多少人参加？", 3),
        (f"在{city}举行的那个活动叫什么？", 1),
        (f"{day}的活动要持续几天？", 4),
    ]
    return Session(said, *draw.choice(asked))


def thing(draw: random.Random) -> Session:
    """Return a session about something that the user bought."""
    name, price = draw.choice(_THINGS), draw.randint(50, 3000)
    said = [
        f"我上周买了一个{name}。",
        f"这个{name}花了我{price}块钱。",
        f"我觉得{name}用起来很方便。",
    ]
    asked = [
        (f"我买的{name}花了多少钱？", 1),
        (f"我觉得{name}怎么样？", 2),
        (f"那个{price}块钱的东西是什么？", 1),
    ]
    return Session(said, *draw.choice(asked))


def place(draw: random.Random) -> Session:
    """Return a session about a place where the user went."""
    kind = draw.choice(_SHOPS)
    name = f"“{draw.choice(_SIGNS)}{kind}”"
    said = [
        f"我昨天去了{name}。",
        f"{name}在{draw.choice(_CITIES)}。",
        f"我觉得{name}的环境很安静。",
    ]
    asked = [
        (f"{name}在哪个城市？", 1),
        (f"我对{name}的评价是什么？", 2),
        (f"我去过的{kind}环境怎么样？", 2),
    ]
    return Session(said, *draw.choice(asked))


def lines(pools: int, *, seed: int) -> Iterator[dict[str, object]]:
    """Yield memories and questions in the form that ``--dataset jsonl`` reads."""
    for pool in range(pools):
        draw = random.Random(f"{seed}:{pool}")
        for number in range(_SESSIONS):
            kind = draw.choices([person, event, thing, place], [11, 5, 2, 2])[0]
            session = kind(draw)
            name = f"p{pool}"
            for line, said in enumerate(session.said):
                at = _START + timedelta(days=number, minutes=line)
                yield {
                    "type": "memory",
                    "conversation": name,
                    "id": f"{name}-{number}-{line}",
                    "content": said,
                    "session": f"s{number}",
                    "at": at.isoformat(),
                }
            yield {
                "type": "question",
                "conversation": name,
                "text": session.question,
                "evidence": [f"{name}-{number}-{session.answer}"],
                "category": kind.__name__,
            }


def _day(draw: random.Random) -> str:
    return f"{draw.randint(1, 12)}月{draw.randint(1, 28)}日"


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    for line in lines(options.pools, seed=options.seed):
        print(json.dumps(line, ensure_ascii=False))


if __name__ == "__main__":
    main()

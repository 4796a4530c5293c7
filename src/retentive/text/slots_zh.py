"""Rules for slots in Chinese, simplified or traditional."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from retentive.text.fold import fold_han
from retentive.text.normalise import canonical
from retentive.text.slot import Slot

__all__ = ["RELATIONS", "read"]

_LEAD = re.compile(
    r"^(?:对了|顺便说一下|顺便说|其实|嗯|哦|你好|说起来|话说|更正一下|更正|更新一下|好消息|终于"
    r"|最近|现在|目前|如今|从现在起|今天|昨天|上周|上个月|今年|去年|记住|请记住|告诉你|跟你说)[，,：:！!\s]*"
)
_TAIL = re.compile(r"(?:了|啦|呢|啊|哦|吧|现在|工作|上班|任职|这边|那边)+$")
_CHANGES = re.compile(
    r"现在|改|换|不再|搬|新的?|以后|从今|变成|成了|更新|更正|不.+了|推迟|提前|戒了"
)
_NO_STATEMENT = re.compile(
    r"[?？]\s*$|吗|如果|要是|假如|也许|可能|希望|想要|打算|以前|曾经|小时候|差点"
)
RELATIONS = (
    "妹妹|姐姐|哥哥|弟弟|妈妈|爸爸|母亲|父亲|老婆|妻子|丈夫|老公|儿子|女儿|女朋友|男朋友|朋友"
    "|室友|同事|老板|经理|房东|邻居|奶奶|爷爷|外婆|外公|狗|猫|公司|家人"
)
_SUBJECT = rf"(?P<s>我(?:的|家)?(?:{RELATIONS})|我们|我)"
_ADVERB = (
    r"(?:现在|目前|如今|已经|刚刚|刚|最近|终于|其实|真的|还是|仍然|一直|也|都|今年|又)*"
)
_ATTRIBUTE = (
    "电话号码|手机号码|手机号|电话|邮箱地址|邮箱|电子邮件|地址|家庭住址|邮编|密码|用户名|微信号"
    "|房间号|工位|座位|车牌号|时区|鞋码|尺码|体重|身高|血型|工资|月薪|房租|预算|截止日期|职位"
    "|职务|工作|职业|老板|经理|主管|医生|牙医|房东|室友|导师|教练|律师|健身房|银行|学校|大学"
    "|专业|论文题目|目标|母语|国籍|宗教|家乡|星座|生日|年龄|车|手机|电脑|笔记本|相机|自行车"
    "|编辑器|浏览器|操作系统|项目|口味|名字|昵称|作息"
)
_EVENT = (
    "会议|例会|约会|面试|航班|飞机|考试|婚礼|聚会|派对|预约|手术|演出|音乐会|比赛|课程|课|旅行"
    "|演讲|发布会|晚餐|午餐|聚餐|体检|培训|答辩|典礼|复查|火车|高铁|电影"
)
_TIME = re.compile(
    r"[\d一二三四五六七八九十]+(?:点|号|日|月|时)|周|星期|礼拜|明天|后天|今天|上午|下午|晚上|早上|中午"
)

_Make = Callable[[re.Match[str]], Slot | None]


def read(sentence: str) -> tuple[list[Slot], bool]:
    """Return the slots of a sentence, and whether it says something else, too."""
    text = fold_han(sentence.strip())
    if _NO_STATEMENT.search(text):
        return [], True
    changes = bool(_CHANGES.search(text))
    slots: list[Slot] = []
    rest = False
    for clause in _clauses(text):
        slot = _slot(clause)
        if slot is None:
            rest = rest or bool(canonical(clause))
        else:
            slots.append(replace(slot, changes=slot.changes or changes))
    return slots, rest or len(slots) > 1


def _clauses(text: str) -> Sequence[str]:
    while (shorter := _LEAD.sub("", text)) != text:
        text = shorter
    bare = text.rstrip("。！!.…～~ ")
    return [part for part in re.split(r"[，,；;、]", bare) if part.strip()]


def _slot(clause: str) -> Slot | None:
    clause = clause.strip()
    for pattern, make in _RULES:
        match = pattern.fullmatch(clause)
        if match:
            return make(match)
    return None


def _value(text: str) -> str | None:
    cut = text.strip(" 是在")
    while (shorter := _TAIL.sub("", cut)) != cut:
        cut = shorter
    cut = re.sub(r"^(?:一[名个位辆台部只条间家款双张]|那家|这家)", "", cut)
    words = canonical(cut)
    if (
        not words
        or len(words) > 24
        or re.match(r"很|太|不错|非常|有点|挺|坏|丢|没", words)
    ):
        return None
    return words


def _subject(match: re.Match[str]) -> str:
    said = match["s"]
    return "me" if said == "我" else said.replace("的", "").replace("我家", "我")


def _simple(attribute: str, **more: bool) -> _Make:
    def make(match: re.Match[str]) -> Slot | None:
        value = _value(match["v"])
        if value is None:
            return None
        ends = bool(match.groupdict().get("n"))
        return Slot(
            subject=_subject(match), attribute=attribute, value=value, ends=ends, **more
        )

    return make


def _own(match: re.Match[str]) -> Slot | None:
    value = _value(match["v"])
    if value is None:
        return None
    return Slot(subject=_subject(match), attribute=match["a"], value=value)


def _favorite(match: re.Match[str]) -> Slot | None:
    value = _value(match["v"])
    if value is None:
        return None
    attribute = f"最喜欢的{canonical(match['a'])}"
    return Slot(subject=_subject(match), attribute=attribute, value=value)


def _liking(match: re.Match[str]) -> Slot | None:
    value = _value(match["v"])
    if value is None:
        return None
    against = bool(match["n"]) or match["w"] in ("讨厌", "受不了")
    return Slot(
        subject=_subject(match),
        attribute=f"喜欢 {value}",
        value="no" if against else "yes",
    )


def _habit(match: re.Match[str]) -> Slot | None:
    value = _value(match["v"])
    if value is None:
        return None
    groups = match.groupdict()
    no = bool(groups.get("n")) or bool(groups.get("q"))
    verb = match["w"]
    return Slot(
        subject=_subject(match),
        attribute=f"习惯 {verb}{value}",
        value="no" if no else "yes",
    )


def _event(match: re.Match[str]) -> Slot | None:
    value = _value(match["v"])
    if value is None:
        return None
    timed = bool(_TIME.search(match["v"]))
    return Slot(
        subject=canonical(match["e"]).removeprefix("我的").removeprefix("我们的"),
        attribute="time" if timed else "place",
        value=value,
        changes=bool(match.groupdict().get("m")),
        timed=timed,
    )


_RULES: Sequence[tuple[re.Pattern[str], _Make]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"{_SUBJECT}{_ADVERB}(?P<n>不再|不)?{_ADVERB}(?:住在|定居在|居住在)(?P<v>.+)", _simple("home")),
        (rf"{_SUBJECT}{_ADVERB}(?:搬家?到了?|搬家?去了?|搬进了?|定居到了?)(?P<v>.+)", _simple("home", changes=True)),
        (rf"{_SUBJECT}{_ADVERB}在(?P<v>.+?)(?:工作|上班|任职|就职)了?", _simple("employer")),
        (rf"{_SUBJECT}{_ADVERB}(?:跳槽到了?|跳槽去了?|入职了?|加入了?)(?P<v>.+)", _simple("employer", changes=True)),
        (rf"{_SUBJECT}(?:的名字)?{_ADVERB}(?:叫做?|名叫)(?P<v>.+)", _simple("name")),
        (rf"{_SUBJECT}{_ADVERB}(?:满了?)?(?P<v>[\d一二三四五六七八九十百]+岁)了?", _simple("age")),
        (rf"{_SUBJECT}{_ADVERB}(?P<v>单身|已婚|结婚|离婚|订婚)了?", _simple("relationship")),
        (rf"{_SUBJECT}{_ADVERB}(?:是|成为了?|变成了?)(?:一个)?(?P<v>素食者|素食主义者|纯素食者)了?", _simple("diet")),
        (rf"{_SUBJECT}{_ADVERB}最(?:喜欢|爱)的(?P<a>.+?)(?:{_ADVERB})(?:是|变成了?|换成了?|改成了?)(?P<v>.+)", _favorite),
        (rf"{_SUBJECT}(?:的)?(?:新)?(?P<a>{_ATTRIBUTE}){_ADVERB}(?:是|变成了?|换成了?|改成了?|改为了?)(?P<v>.+)", _own),
        (rf"{_SUBJECT}{_ADVERB}换了?(?:一[辆台部只款]|个)?新?(?P<a>车|手机|电脑|笔记本|相机|自行车|工作|专业|密码)(?:是|成)(?P<v>.+)", _own),
        (rf"{_SUBJECT}{_ADVERB}开(?:的是|着?一[辆台部])(?P<v>.+)", _simple("车")),
        (rf"{_SUBJECT}{_ADVERB}(?P<q>戒了?)(?P<w>)(?P<v>烟|酒|咖啡|糖|奶茶)了?", _habit),
        (rf"{_SUBJECT}{_ADVERB}(?P<n>不再|不)?{_ADVERB}(?P<w>喝|吃|抽)(?P<v>.+)", _habit),
        (rf"{_SUBJECT}{_ADVERB}(?P<n>不再|不)?{_ADVERB}(?:很|特别|非常|最|太)?(?P<w>喜欢|爱|讨厌|受不了)(?P<v>.+)", _liking),
        (rf"(?P<e>.{{0,8}}?(?:{_EVENT}))(?P<m>{_ADVERB}(?:被)?(?:改到|改在|改期到|推迟到|提前到|挪到|换到|改为|延期到))了?(?P<v>.+)", _event),
        (rf"(?P<e>.{{0,8}}?(?:{_EVENT})){_ADVERB}(?:定在|安排在|是在|在|是|定于)(?P<v>.+)", _event),
    )
]  # fmt: skip

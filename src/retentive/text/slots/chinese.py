"""Takes a Chinese sentence apart: clauses, subjects, values. Rules read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from retentive.text.fold import fold_han
from retentive.text.normalise import canonical
from retentive.text.slots.chinese_words import ATTRIBUTES, RELATIONS
from retentive.text.slots.slot import Slot
from retentive.text.slots.stating import is_stated
from retentive.text.slots.templates import chinese_template

__all__ = ["Rule", "bare", "read", "rule", "subject", "value"]

_LEAD = re.compile(
    r"^(?:对了|顺便说一下|顺便说|其实|嗯|哦|你好|说起来|话说|更正一下|更正|更新一下|好消息|坏消息|终于"
    r"|最近|现在|目前|如今|从现在起|以后|今天|昨天|上周|上个?月|今年|去年|记住|请记住|告诉你|跟你说"
    r"|所以|因为|但是|不过|而且|然后|结果|后来|医生说|前几天|这个月|这周)[，,：:！!\s]*"
)
_TAIL = re.compile(
    r"(?:了|啦|呢|啊|哦|吧|呀|现在|工作|上班|任职|这边|那边|旅游|旅行|度假|玩|左右|为止)+$"
)
_CHANGES = re.compile(
    r"现在|改|换|不再|搬|新的?|以后|从今|变成|成了|更新|更正|不.+了|已经不|推迟|提前|戒了|开始|爱上|迷上"
    r"|涨|降|瘦到|胖到|转行|转学|转专业|跳槽|分手|离婚|结婚|订婚|取消|当了|做了"
)
# Two clauses that are one statement.
_JOINED = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (rf"我换了?(?:个|新)?({ATTRIBUTES})了?[，,、]\s*(?:我?的?新号码|新的?|现在)?(?:是|叫|用的是|用|看|找)", r"我的\1换成了"),
        (r"我(?:买|换)了(?:一?[辆台部个])?新(车|手机|电脑)[，,]\s*(?:是|买的是)", r"我的\1换成了"),
        (r"把(.{1,8}?)卖(?:掉)?了[，,]?\s*(?:又|然后)?换(?:了|成)(?:一[辆台部只个])?", r"把\1换成了"),
        (r"不去[^，,]{1,10}了?[，,]\s*(?:而是|改成|改)去", "改去"),
    )
)  # fmt: skip

_NOT_VAGUE = ("女朋友", "男朋友")
_FRAGMENTS = {
    "<S>": rf"(?P<s>我(?:的|家的?)?(?:{RELATIONS})|我们家?|我家|我)",
    "<ADV>": r"(?:现在|目前|如今|已经|刚刚|刚|最近|终于|其实|真的|还是|还|仍然|一直|也|都|今年|又|上个?月|上周"
    r"|去年|前几天|昨天|今天|开始|重新|正式|正在|正|主要|一般|通常|平时|每天|经常|只|早就|偶尔|可以|能|以后|从今年|从现在|再)*",
    "<NOT>": r"(?P<n>不再|已经不|不能|不可以|不)?",
    "<SET>": r"(?:是|叫|变成了?|换成了?|改成了?|改为了?|改到了?|涨到了?|降到了?|升到了?|减到了?|调到了?|变为了?|换到了?)",
    "<V>": r"(?P<v>.+)",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of clauses, and what makes a slot of one that fits."""

    pattern: re.Pattern[str]
    make: Callable[[re.Match[str]], Slot | None]


def rule(pattern: str, make: Callable[[re.Match[str]], Slot | None]) -> Rule:
    """Return a rule for whole clauses.

    Args:
        pattern: A regular expression in which ``<S>`` stands for a subject, ``<ADV>``
            for adverbs, ``<NOT>`` for a negation, ``<SET>`` for "is" and "became",
            and ``<V>`` for the value.
        make: Reads the groups ``s``, ``n`` and ``v``, and its own.
    """
    for name, fragment in _FRAGMENTS.items():
        pattern = pattern.replace(name, fragment)
    return Rule(re.compile(pattern), make)


def read(sentence: str) -> tuple[list[Slot], bool]:
    """Return the slots of a sentence, and whether it says something else, too."""
    text = fold_han(sentence.strip())
    if not is_stated(text):
        return [], True
    changes = bool(_CHANGES.search(text))
    slots: list[Slot] = []
    rest, whose = False, "我"
    for clause in _clauses(text):
        slot = _slot(clause) or _slot(whose + clause) or chinese_template(clause)
        if slot is None:
            rest = rest or bool(canonical(clause))
        else:
            slots.append(replace(slot, changes=slot.changes or changes))
        spoken = re.match(_FRAGMENTS["<S>"], clause)
        whose = spoken[0] if spoken else whose
    return slots, rest or len(slots) > 1


def value(text: str) -> str | None:
    """Return a value in canonical words, ``None`` where it says how something is."""
    words = canonical(bare(text))
    if (
        not words
        or len(words) > 24
        or re.match(
            r"很|太|不错|非常|有点|挺|坏|丢|没|不|真|特别|比较|越来越|[它他她你这那]",
            words,
        )
    ):
        return None
    return words


def bare(text: str) -> str:
    """Return a value without particles and measure words around it."""
    cut = text.strip(" 是在：:")
    while (shorter := _TAIL.sub("", cut)) != cut:
        cut = shorter
    return re.sub(
        r"^(?:一[名个位辆台部只条间家款双张杯份点]|那家|这家|个|名|位|家|点儿?)",
        "",
        cut,
    )


def subject(match: re.Match[str]) -> str:
    """Return whom a clause is about."""
    said = match["s"]
    if said in ("我", "我们", "我家", "我们家"):
        return "me"
    if said.endswith(("朋友", "同事", "邻居", "同学")) and not said.endswith(
        _NOT_VAGUE
    ):
        return ""  # people have many of them: two texts need not be about the same one
    return said.replace("的", "").replace("我家", "我")


def _clauses(text: str) -> Sequence[str]:
    while (shorter := _LEAD.sub("", text)) != text:
        text = shorter
    for pattern, full in _JOINED:
        text = pattern.sub(full, text)
    parts = re.split(r"[，,；;]", text.rstrip("。！!.…～~ "))
    return [_LEAD.sub("", part.strip()) or part for part in parts if part.strip()]


def _slot(clause: str) -> Slot | None:
    clause = clause.strip()
    for each in _rules():
        match = each.pattern.fullmatch(clause)
        slot = None if match is None else each.make(match)
        if slot is not None:
            return slot if slot.subject else None
    return None


@cache
def _rules() -> Sequence[Rule]:
    from retentive.text.slots import chinese_rules

    return tuple(chinese_rules.RULES)

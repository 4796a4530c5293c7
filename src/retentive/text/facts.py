"""Facts that people state of themselves, told by rules: precise, not complete.

English and Chinese. A sentence that asks, supposes, hopes or speaks of what was once so
states nothing. Rules are clauses from their first word on: "I live in Graz" is a fact,
"she thinks I live in Graz" is none. A fact keeps the words that were said; where the
rules here know none, those of :mod:`retentive.text.slots` are asked, which read canonical
values for telling what has changed. Words and filters are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retentive.text.sentences import sentences
from retentive.text.slots import ANY, Slot, read_slots
from retentive.text.slots.chinese_words import RELATIONS as RELATIONS_ZH
from retentive.text.slots.english_words import DIETS, RELATIONS
from retentive.text.slots.stating import is_stated

__all__ = ["ATTRIBUTES", "Fact", "find_facts"]

ATTRIBUTES = (
    "name",
    "home",
    "origin",
    "work",
    "study",
    "age",
    "birthday",
    "favourite",
    "likes",
    "dislikes",
    "allergy",
    "diet",
    "condition",
    "possession",
    "relative",
    "language",
    "plan",
    "relationship",
    "contact",
    "habit",
    "routine",
    "measure",
)
"""What facts are about."""

_OF_SLOTS = (
    (("home", "home country"), "home"),
    (("birthplace",), "origin"),
    (("employer", "occupation"), "work"),
    (("study", "school"), "study"),
    (("name", "age", "birthday", "diet"), ""),
    (("relationship", "partner"), "relationship"),
    (("phone number", "email", "address", "电话号码", "邮箱", "微信号", "地址"), "contact"),
    (("favorite", "最喜欢的"), "favourite"),
    (("allergic", "过敏"), "allergy"),
    (("does", "习惯", "学", "smoking", "alcohol"), "habit"),
    (("time to", "days of", "shift"), "routine"),
    (("number of", "has", "car", "laptop", "phone", "车", "手机", "电脑"), "possession"),
    (("trip in",), "plan"),
    (("weight", "height", "salary", "rent", "shoe size", "体重", "房租", "工资"), "measure"),
)  # fmt: skip

_LONGEST_CHARS = 300  # longer sentences tell stories, not facts
_LONGEST_VALUE_CHARS = 80
_EDGES = " \t\"'“”‘’.,!;:。，！；：…-–—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement of a person about themselves.

    Attributes:
        attribute: One of :data:`ATTRIBUTES`.
        about: What narrows the attribute: ``colour`` of a favourite colour,
            ``sister`` of a relative's name; else empty.
        value: What is said of it, as it was said.
        text: The sentence.
    """

    attribute: str
    about: str = ""
    value: str
    text: str


def find_facts(text: str) -> list[Fact]:
    """Return the facts that a text states in the first person, in its order."""
    found: list[Fact] = []
    for sentence in sentences(text):
        stated = sentence.strip()
        if not stated or len(stated) > _LONGEST_CHARS or not is_stated(stated):
            continue
        if not _OVER.search(stated):
            found += list(_stated(stated)) or _read(stated)
    return found


def _stated(sentence: str) -> Iterator[Fact]:
    """Yield the facts of a sentence: one for each clause that a rule knows."""
    for clause in _CLAUSES.split(sentence):
        for attribute, rule in _RULES:
            match = rule.match(clause.strip())
            if match is None:
                continue
            parts = match.groupdict()
            value = _trimmed(parts["value"])
            if value and not _POINTING.match(value):
                about = (parts.get("about") or "").strip().lower()
                yield Fact(attribute=attribute, about=about, value=value, text=sentence)
            break


def _read(sentence: str) -> list[Fact]:
    """Return what the rules for slots read of the speaker, in the sentence's words."""
    facts = []
    for slot in read_slots(sentence).slots:
        attribute = _attribute(slot)
        value = _as_said(slot.of or slot.value, sentence)
        if attribute and value:
            about = slot.attribute.partition("favorite ")[2]
            facts.append(
                Fact(attribute=attribute, about=about, value=value, text=sentence)
            )
    return facts


def _attribute(slot: Slot) -> str | None:
    """Return what a fact of a slot is about; ``None`` if it is none of the speaker's."""
    if slot.subject != "me" or slot.ends or not slot.joins or slot.attribute == ANY:
        return None
    if slot.attribute.startswith(("likes ", "喜欢 ")):
        return "likes" if slot.value == "yes" else "dislikes"
    if slot.value == "no":
        return None
    for names, attribute in _OF_SLOTS:
        if slot.attribute.startswith(names):
            return attribute or slot.attribute
    return None


def _as_said(value: str, sentence: str) -> str:
    """Return the place of canonical words in a sentence; empty if it has none."""
    words = r"\W+".join(map(re.escape, value.split()))
    found = re.search(words, sentence, re.IGNORECASE) if words else None
    return found[0] if found else ""


def _trimmed(value: str) -> str:
    """Return a value without what follows it: marks, asides, times, reasons."""
    value = _TAIL.split(value, maxsplit=1)[0].strip(_EDGES)
    return value if len(value) <= _LONGEST_VALUE_CHARS else ""


_OVER = re.compile(
    r"[?？]|\b(?:no longer|not anymore|any ?more)\b|呢|不再", re.IGNORECASE
)
_CLAUSES = re.compile(
    r",\s+(?:and|but|so)\s+(?=(?:i|my)\b)|\s+(?:and|but)\s+(?=(?:i|my)\b)"
    r"|,\s+(?=(?:i|my|i'm|i’m)\b)|[;；]\s*|，\s*(?=我)|，\s*(?:而且|但是|不过)(?=我)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[,;，；。]|\s+(?:because|since|so that|so|but|although|though|while|when|which|who"
    r"|where|and (?:i|we|my|it|she|he|they))\b|\s+(?:(?:right )?now|these days|currently|at the moment|too|as well|though)\W*$"
    r"|因为|但是|不过|所以|而且|的时候|\s[-–—]\s",
    re.IGNORECASE,
)
# What points at something that was said or shown before tells nothing by itself.
_POINTING = re.compile(
    r"(?:it|that|this|them|those|these|you|your|him|his|her|their|how|what|who|when|where|to"
    r"|everything|nothing|something|anything|so|there|here|things|one"
    r"|all (?:the|of)|the (?:energy|feeling|idea|way|taste|vibe|look|sound|structure"
    r"|connection|first|second|last|same|whole|friends))\b(?! \w+ing\b)"
    r"|[它他她你]|[这那](?:个|样|些|里|种|首|本|部)?",
    re.IGNORECASE,
)

_I_AM = r"i(?:['’]m| am)"
_NOW = r"(?:(?:now|currently|still|just|recently|also|really|actually) )*"
_SET_OFF = r"(?:(?:well|oh|yes|yeah|hi|hey|hello|by the way|btw|and|also|actually|so|ok|okay)[,!.]?\s+)*"
_KIN = rf"(?:{RELATIONS}|aunt|parrot|rabbit|horse)"
_NO_POSSESSIONS = (
    r"(?:question|meeting|headache|feeling|idea|lot|problem|cold|fever|point|plan|dream"
    r"|hunch|bit|few|couple|minute|moment|second|chance|job|appointment|call|request"
    r"|favou?r|story|picture|photo|pic|recipe|suggestion|thought|theory|similar|good|great|bad|hard|big|long|busy|nice|really|date|test|exam|class)\b"
)
_LOVE = r"(?:love|like|enjoy|adore|prefer)"
_FAVOURITE = r"favou?rite"

_ENGLISH: tuple[tuple[str, str], ...] = (
    ("name", r"(?:my (?:full )?name is|my name['’]s|i['’]m called|call me) (?P<value>.+)"),
    ("home", rf"i {_NOW}live (?:in|at|near|on) (?P<value>.+)"),
    ("home", rf"i(?:['’]ve| have)? {_NOW}moved (?:in)?to (?P<value>(?!tears\b).+)"),
    ("home", rf"{_I_AM} {_NOW}(?:living|based) in (?P<value>.+)"),
    ("origin", rf"(?:{_I_AM} (?:originally )?from|i (?:come|came) from) (?P<value>.+)"),
    ("origin", r"i (?:was born|grew up|was raised) in (?P<value>(?!\d).+)"),
    ("birthday", r"(?:my birthday is(?: on)?|i was born on) (?P<value>.+)"),
    ("work", rf"i {_NOW}work (?:as|for|at) (?P<value>.+)"),
    ("work", rf"{_I_AM} {_NOW}working (?:as|for|at) (?P<value>.+)"),
    ("work", r"(?:my job is|i(?:['’]ve| have)? (?:just )?(?:got|started) a(?: new)? job"
             r" (?:as|at|with)) (?P<value>.+)"),
    ("study", rf"(?:i {_NOW}study|{_I_AM} {_NOW}studying|i {_NOW}major in) (?P<value>.+)"),
    ("age", rf"{_I_AM} {_NOW}(?P<value>\d{{1,3}})(?: years old|\s*[.!]?$|,)"),
    ("favourite", rf"my {_FAVOURITE} (?P<about>[\w ]{{2,30}}?) (?:is|are) (?P<value>.+)"),
    ("allergy", rf"{_I_AM} (?:\w+ )?allergic to (?P<value>.+)"),
    ("allergy", r"i have an? (?P<value>[\w ]{2,30}) allergy"),
    ("diet", rf"{_I_AM} {_NOW}(?:a )?(?P<value>{DIETS}|lactose intolerant)"),
    ("diet", r"i (?:don['’]t|do not|never|can['’]t|cannot) eat (?P<value>.+)"),
    ("condition", r"i(?:['’]ve been| was| have been) diagnosed with (?P<value>.+)"),
    ("dislikes", r"i (?:really |absolutely )?(?:hate|dislike|can['’]t stand|cannot stand"
                 r"|don['’]t (?:really )?like|do not like) (?P<value>.+)"),
    ("likes", rf"i (?:really |absolutely |also |just |still )?{_LOVE} (?P<value>.+)"),
    ("relative", rf"my (?P<about>{_KIN})(?:['’]s name is| is (?:called|named)) (?P<value>.+)"),
    ("language", rf"i {_NOW}speak (?:fluent )?(?P<value>[A-Z]\w+.*)"),
    ("possession", rf"i(?:['’]ve got| have| own) (?P<value>(?:an?|two|three|four|five|\d+) "
                   rf"(?!(?:\w+ )?{_NO_POSSESSIONS}).+)"),
    ("possession", r"i(?:['’]ve| have)? (?:just |recently )?(?:bought|adopted) "
                   r"(?P<value>(?!into\b|in\b).+)"),
    ("plan", rf"{_I_AM} (?:planning|going) (?:to|on) (?P<value>(?!be\b|have\b|say\b|ask\b"
             r"|need\b|try\b|the\b|a\b|my\b).+)"),
    ("plan", r"i (?:plan|intend) to (?P<value>.+)"),
)  # fmt: skip

_WORTH = r"(?P<value>.+)"
_CHINESE: tuple[tuple[str, str], ...] = (
    ("name", rf"我(?:的名字)?(?:叫做?|是叫)(?!你|他|她|人|了){_WORTH}"),
    ("name", rf"我的名字(?:是|叫){_WORTH}"),
    ("home", rf"我(?:现在|目前|一直|家)?住在?(?!院|了|过|宿){_WORTH}"),
    ("home", rf"我(?:们)?(?:刚|最近|已经|上周|上个月|今年)?搬(?:家)?(?:到|去)了?{_WORTH}"),
    ("origin", rf"我(?:来自|出生在|出生于|老家(?:是|在)){_WORTH}"),
    ("work", r"我(?:现在|目前)?在(?P<value>.{2,20})(?:工作|上班)"),
    ("work", rf"我(?:现在)?(?:的工作是|的职业是|是一名|当){_WORTH}"),
    ("study", rf"我(?:现在)?(?:在学|学的是|的专业是|就读于){_WORTH}"),
    ("age", r"我(?:今年|现在)?(?P<value>\d{1,3}|[一二三四五六七八九十]{1,3})岁"),
    ("birthday", rf"我的?生日(?:是|在){_WORTH}"),
    ("favourite", rf"我最(?:喜欢|爱)的(?P<about>.{{1,8}}?)(?:是|就是){_WORTH}"),
    ("allergy", r"我(?:从小)?对(?P<value>.{1,15})(?:严重)?过敏"),
    ("diet", r"我(?:是|一直|现在)?(?P<value>吃素|素食者|素食主义者)"),
    ("diet", rf"我(?:从来|从|一直|现在)?不吃(?!饭|了|早|晚|午){_WORTH}"),
    ("condition", rf"我(?:被)?(?:诊断为|确诊了?|得了){_WORTH}"),
    ("dislikes", rf"我(?:很|真的|特别|非常|最)?(?:讨厌|不喜欢|受不了|不爱){_WORTH}"),
    ("likes", rf"我(?:很|也|真的|特别|非常|最|一直)?(?:喜欢|热爱|爱吃|爱喝|爱看|爱听|偏爱){_WORTH}"),
    ("relative", rf"我的?(?P<about>{RELATIONS_ZH})(?:的名字)?叫{_WORTH}"),
    ("language", rf"我(?:会)?(?:说|讲)(?=.{{1,4}}(?:语|文|话)){_WORTH}"),
    ("possession", r"我(?:家)?有(?P<value>[一两二三四五六七八九十\d]+[只个辆条台匹套把栋].+)"),
    ("possession", rf"我(?:刚|最近|昨天|今天|上周)?(?:刚)?(?:买了|养了|领养了){_WORTH}"),
    ("plan", rf"我(?:们)?(?:打算|计划|准备|决定){_WORTH}"),
)  # fmt: skip

_RULES = tuple(
    (attribute, re.compile(_SET_OFF + rule, re.IGNORECASE))
    for attribute, rule in _ENGLISH
) + tuple((attribute, re.compile(rule)) for attribute, rule in _CHINESE)

"""Whether two texts say the same thing in nearly the same words.

Strict on purpose: what is merged is said once from then on. Two texts are the
same if they agree in every word but those that carry no meaning ("by the way",
"just", the article), or in all words with a clause moved. Numbers, negations,
names and pronouns always count. Long texts may differ in a few plain words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from retentive.text.normalise import canonical
from retentive.text.tokenise import terms, words

__all__ = ["Wording", "bare_words"]

_LEAD_INS = re.compile(
    r"^(?:(?:oh|hey|hi|hello|well|so|ok|okay|and|but|also|again|yes|yeah|actually"
    r"|anyway|fyi|btw|by the way|just so you know|just to let you know|as i said"
    r"|as you know|like i said|like i told you|for the record|to be clear|please note"
    r"|note|remember|reminder|remember that|please remember|please remember that"
    r"|dont forget|don t forget|just a reminder|once more|one more time|as mentioned"
    r"|as i mentioned|in case i forgot to say|i should say|i should mention|i mean"
    r"|i told you|i already told you|i said|did i mention|you should know|for your information)"
    r"(?: that)? )+"
)
_TAILS = re.compile(
    r"(?: (?:by the way|btw|you know|as i said|as you know|like i said|fyi|again|too"
    r"|please|okay|ok|just so you know|for the record|remember|in fact|actually"
    r"|of course|as i mentioned|as mentioned|as well))+$"
)
_LEAD_INS_ZH = re.compile(
    r"^(?:顺便说一下|顺便提一下|顺便说|顺便|对了|提醒一下|再提醒一下|记住|请记住|别忘了|我说过"
    r"|我再说一遍|再说一遍|其实|其实呢|嗯|哦|嗨|你好|说起来|话说|要知道|你知道的|跟你说|告诉你)+"
)
_LIGHT = frozenset(
    "a an the just really actually basically simply also very quite indeed "
    "definitely certainly truly please oh hey well that "
    "了 的 呢 啊 吧 呀 哦 嗯 嘛 啦 哈 哟 其 实".split()
)
# After canonical spelling an apostrophe is a space: "i'm" is "i m".
_CONTRACTIONS = (
    (re.compile(r"\b(i) m\b"), r"\1 am"),
    (re.compile(r"\b(\w+) re\b"), r"\1 are"),
    (re.compile(r"\b(i|you|we|they|who) ve\b"), r"\1 have"),
    (re.compile(r"\b(\w+) ll\b"), r"\1 will"),
    (re.compile(r"\b(he|she|it|that|there|what|where|who) s\b"), r"\1 is"),
    (re.compile(r"\bcan t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon t\b"), "will not"),
    (re.compile(r"\b(\w+)n t\b"), r"\1 not"),
)
_NEVER_PLAIN = frozenset(
    "not no never none nothing nobody neither nor without hardly only except unless "
    "i me my mine you your he him his she her it its we us our they them their "
    "before after more less than until since if "
    "不 没 无 别 未 非 我 你 您 他 她 它 们 只 除 前 后 多 少".split()
)
_LONG = 40  # kept words from which a few plain ones may differ
_LONG_SHARE = 0.9  # of the words that must then agree


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is compared.

    Attributes:
        text: The text itself.
        words: Those that carry meaning, as stems, in order; CJK as characters.
        asks: Whether it is a question.
    """

    text: str
    words: tuple[str, ...]
    asks: bool

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a text."""
        asks = text.rstrip().endswith(("?", "？"))
        return cls(text, tuple(bare_words(text)), asks)

    def same(self, other: Wording) -> bool:
        """Return whether both say the same; symmetric."""
        if self.asks != other.asks or not self.words or not other.words:
            return False
        if self.words == other.words:
            return True
        if len(self.words) == len(other.words) and _rotated(self.words, other.words):
            return True
        return _long_and_alike(self, other)


def bare_words(text: str) -> list[str]:
    """Return the words that carry meaning, as stems, in order; CJK as characters."""
    spelt = canonical(text)
    spelt = _LEAD_INS_ZH.sub("", spelt).strip()
    spelt = _TAILS.sub("", _LEAD_INS.sub("", spelt + " ").strip())
    for pattern, full in _CONTRACTIONS:
        spelt = pattern.sub(full, spelt)
    return [_stem(word) for word in words(spelt) if word not in _LIGHT]


def _stem(word: str) -> str:
    found = terms(word) if word.isascii() else []
    return found[0] if found else word


def _rotated(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether one is the other with its beginning moved to its end."""
    if len(first) < 3 or set(first) != set(second):
        return False  # of two words, "milk buy" and "buy milk" may be anything
    return any(
        first[place:] == second[: len(first) - place]
        and first[:place] == second[len(first) - place :]
        for place in range(1, len(first))
    )


def _long_and_alike(one: Wording, other: Wording) -> bool:
    if min(len(one.words), len(other.words)) < _LONG:
        return False
    left, right = Counter(one.words), Counter(other.words)
    shared = (left & right).total()
    if shared < _LONG_SHARE * max(len(one.words), len(other.words)):
        return False
    differing = set(left - right) | set(right - left)
    both = one.text + "\n" + other.text
    return not any(_must_agree(word, both) for word in differing)


def _must_agree(word: str, text: str) -> bool:
    """Return whether a word is a number, a name, a negation or a pronoun."""
    if word in _NEVER_PLAIN or any(char.isdigit() for char in word):
        return True
    return bool(re.search(rf"(?<=[a-z,;] )\b{re.escape(word.capitalize())}", text))

"""Who speaks in a dialogue that is asked with, and which of its lines ask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["asking", "voices"]

_LINE = re.compile(r"\s*<?(?P<label>[^\s:：<>][^:：<>\n]{0,30}?)>?\s*[:：]\s*\S")
_ROLES = frozenset(
    "assistant ai bot chatbot system user human agent speaker 助手 助理 用户 使用者 系统 "
    "系統 机器人 機器人 客服".split()
)


def voices(text: str) -> tuple[str, ...]:
    """Return the people whose lines make up a dialogue, in order of appearance.

    A dialogue has lines of ``name: words``, at least half of all, and one of the names
    comes back or is a role. Roles such as "user" and "assistant" are nobody.
    """
    lines = _lines(text)
    labels = [match["label"].strip() for line in lines if (match := _LINE.match(line))]
    if len(lines) < 2 or 2 * len(labels) < len(lines):
        return ()
    roles = [label.casefold() in _ROLES for label in labels]
    if max(Counter(labels).values()) < 2 and not any(roles):
        return ()
    people = (name for name, role in zip(labels, roles, strict=True) if not role)
    return tuple(dict.fromkeys(people))


def asking(text: str) -> str:
    """Return the last line of a dialogue, and those before it that end as questions.

    What the others say, "I was there yesterday", asks for no time.
    """
    *before, last = _lines(text) or [""]
    asked = [line for line in before if line.endswith(("?", "？"))]
    return "\n".join([*asked, last])


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

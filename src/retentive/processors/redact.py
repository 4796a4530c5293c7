"""Takes private data out before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from retentive.errors import InvalidInputError
from retentive.protocols import Draft
from retentive.records import ContentPart, MemoryRecord, Message, trusted_copy

__all__ = ["KINDS", "Redact", "redacted"]


def _luhn(number: str) -> bool:
    """Return whether a card number's check digit holds.

    Source: Luhn 1960, US patent 2,950,048.
    """
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _chinese_id(number: str) -> bool:
    """Return whether the check character of a Chinese identity number holds.

    Source: GB 11643-1999, ISO 7064 MOD 11-2.
    """
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    total = sum(w * int(c) for w, c in zip(weights, number, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _iban(text: str) -> bool:
    """Return whether an account number's check digits hold.

    Source: ISO 13616, MOD 97-10.
    """
    plain = re.sub(r"\s", "", text).upper()
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _always(text: str) -> bool:
    return bool(text)


_Rule = tuple[re.Pattern[str], Callable[[str], bool]]
KINDS: Mapping[str, _Rule] = {
    "private_key": (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        _always,
    ),
    "api_key": (
        re.compile(
            r"\b(?:sk|pk|rk)[-_](?:[A-Za-z]+[-_])*[A-Za-z0-9]{16,}\b"
            r"|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{30,}|\bAKIA[0-9A-Z]{16}\b"
            r"|\bxox[baprs]-[A-Za-z0-9-]{10,}|\bAIza[\w-]{35}\b"
            r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{20,}=*"
        ),
        _always,
    ),
    "email": (
        re.compile(
            r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
        ),
        _always,
    ),
    "iban": (
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _iban,
    ),
    "card": (re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"), _luhn),
    "chinese_id": (re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![\dA-Za-z])"), _chinese_id),
    "phone": (
        re.compile(
            r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?)?\d{3}[ .-]\d{3,4}[ .-]?"
            r"\d{3,4}(?![\w-])|(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
            r"|(?<!\w)\+\d{1,3}(?:[ .-]?\d{2,4}){3,5}(?!\d)"
        ),
        _always,
    ),
}
"""What can be taken out: a pattern, and a check of what it finds."""


@dataclass(frozen=True, slots=True)
class Redact:
    """Replaces private data by ``[redacted: kind]``, in memories and transcripts.

    Attributes:
        kinds: Which of :data:`KINDS`; all of them if empty.
    """

    kinds: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse unknown kinds."""
        if isinstance(self.kinds, str):
            raise InvalidInputError(f"kinds must be a list, got {self.kinds!r}")
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown:
            raise InvalidInputError(
                f"unknown kind {unknown[0]!r} to redact; known: {', '.join(KINDS)}"
            )

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts without private data."""
        return [replace(draft, record=self._record(draft.record)) for draft in drafts]

    def message(self, message: Message) -> Message:
        """Return a message for the transcript, without private data."""
        return replace(
            message,
            content=self._text(message.content),
            parts=tuple(map(self._part, message.parts)),
            tool_calls=tuple(
                replace(call, arguments=self._text(call.arguments))
                for call in message.tool_calls
            ),
        )

    def _record(self, record: MemoryRecord) -> MemoryRecord:
        content = self._text(record.content)
        parts = tuple(map(self._part, record.parts))
        return trusted_copy(record, content=content, parts=parts)

    def _part(self, part: ContentPart) -> ContentPart:
        text = self._text(part.text or "")
        if text == (part.text or ""):
            return part
        # The provider's JSON holds the same text: it goes with it.
        return ContentPart(type=part.type, data={}, text=text)

    def _text(self, text: str) -> str:
        return redacted(text, self.kinds or tuple(KINDS))


def redacted(text: str, kinds: Sequence[str]) -> str:
    """Return a text with private data of these kinds replaced."""
    for kind in kinds:
        pattern, holds = KINDS[kind]
        text = pattern.sub(_marker(f"[redacted: {kind}]", holds), text)
    return text


def _marker(mark: str, holds: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: mark if holds(match[0]) else match[0]

"""Takes private data out before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
    return len(plain) >= 15 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _whole(text: str) -> int:
    return len(text)


def _if(holds: Callable[[str], bool]) -> Callable[[str], int]:
    return lambda text: len(text) if holds(text) else 0


def _longest(holds: Callable[[str], bool]) -> Callable[[str], int]:
    """Return a measure of the groups, from the first on, that hold together.

    A card's expiry date or a word in capitals may stand right behind a number.
    """

    def measure(text: str) -> int:
        ends = [len(text), *(gap.start() for gap in reversed([*_GAPS.finditer(text)]))]
        return next((end for end in ends if holds(text[:end])), 0)

    return measure


_GAPS = re.compile(r"[ -]")
_Rule = tuple[re.Pattern[str], Callable[[str], int]]
# Every pattern is linear in the text: possessive, bounded, or both.
KINDS: Mapping[str, _Rule] = {
    "private_key": (
        re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r".*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
        _whole,
    ),
    "api_key": (
        re.compile(
            r"\b(?:sk|pk|rk)[-_](?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{16,}+"
            r"|\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{30,}|\bAKIA[0-9A-Z]{16}\b"
            r"|\b(?:hf|npm)_[A-Za-z0-9]{30,}\b|\bglpat-[\w-]{20,}+"
            r"|\bxox[baprs]-[A-Za-z0-9-]{10,}+|\bAIza[\w-]{35}\b"
            r"|(?<![\w-])eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]{8,}+"  # a JSON web token
            r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{20,}+=*+"
        ),
        _whole,
    ),
    "email": (
        re.compile(
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++"
            r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
        ),
        _whole,
    ),
    "iban": (
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _longest(_iban),
    ),
    "chinese_id": (
        re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![\dA-Za-z])"),
        _if(_chinese_id),
    ),
    "card": (
        # From 2 on: the industries of ISO/IEC 7812 that issue payment cards.
        re.compile(r"(?<!\d)[2-6]\d{3,18}(?:[ -]\d{3,13}){0,5}(?!\d)"),
        _longest(_luhn),
    ),
    "phone": (
        re.compile(
            r"(?<![\w.-])(?:\+\d{1,3}[ .-]?)?\d{3}[ .-]\d{3,4}[ .-]?\d{3,4}"
            r"(?![\w-]|\.\d)"
            r"|(?<![\w.-])(?:\+\d{1,3}[ .-]?)?\(\d{2,5}\)[ .-]?\d{3,4}[ .-]?\d{3,4}"
            r"(?![\w-]|\.\d)"
            r"|(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
            r"|(?<!\w)\+\d{1,3}(?:[ .-]?\d{2,4}){3,5}(?!\d)"
        ),
        _whole,
    ),
}
"""What can be taken out: a pattern, and how much of what it finds is private."""

# A longer string without a space is a file's bytes as text, not words.
_OPAQUE_CHARS = 1_000


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
            raw=self._json(message.raw),
        )

    def _record(self, record: MemoryRecord) -> MemoryRecord:
        content = self._text(record.content)
        parts = tuple(map(self._part, record.parts))
        return trusted_copy(record, content=content, parts=parts)

    def _part(self, part: ContentPart) -> ContentPart:
        text = None if part.text is None else self._text(part.text)
        # The provider's JSON holds the same text.
        return ContentPart(type=part.type, data=self._json(part.data), text=text)

    def _json(self, value: Any) -> Any:
        """Return JSON without private data in its strings; keys stay."""
        if isinstance(value, str):
            return value if _is_opaque(value) else self._text(value)
        if isinstance(value, Mapping):
            return {key: self._json(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._json(item) for item in value]
        return value

    def _text(self, text: str) -> str:
        return redacted(text, self.kinds or tuple(KINDS))


def redacted(text: str, kinds: Sequence[str]) -> str:
    """Return a text with private data of these kinds replaced."""
    for kind in kinds:
        text = _without(text, kind)
    return text


def _without(text: str, kind: str) -> str:
    pattern, measure = KINDS[kind]
    kept: list[str] = []
    done = place = 0
    while match := pattern.search(text, place):
        private = measure(match[0])
        if private:
            kept += (text[done : match.start()], f"[redacted: {kind}]")
            done = place = match.start() + private
        else:
            # What fails its check may hide another that starts inside it.
            place = match.start() + 1
    return "".join((*kept, text[done:])) if kept else text


def _is_opaque(text: str) -> bool:
    head = text[:_OPAQUE_CHARS]
    return len(text) > _OPAQUE_CHARS and head.isascii() and len(head.split()) == 1

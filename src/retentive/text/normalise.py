"""One spelling for texts that say the same, and keys that recognise them."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from retentive.text.fold import fold_han

__all__ = ["canonical", "content_key"]

# Spaces and punctuation, but not what changes the meaning: the signs of money and
# of sums, a minus before a number, the # of "C#". Without these, "I owe $5" and
# "I owe €5" would be one memory.
_GAP = re.compile(r"(?:[^\w$+<=>#-]++|_|(?<![^\W\d_])#|-(?!\d)|(?<=\w)-)++")
# In ASCII a table, which also folds case, does all but - and #, in a third of the time.
_ASCII_SIGNS = re.compile(r"(?<![^\W\d_])#|-(?!\d)|(?<=\w)-")
_ASCII_FOLDED = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or chr(code) in "$+<=>#-" else 32
    for code in range(128)
).ljust(256)
_MEANINGFUL = frozenset({"Mn", "Mc", "Me", "Sc", "Sm", "So"})  # marks and symbols
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)  # they only choose a glyph


def canonical(text: str) -> str:
    """Return a text's canonical spelling, for comparing what was said.

    NFKC, case-folded, traditional Chinese folded to simplified, and every run of
    spaces and punctuation one space. Vowel signs, emoji, currencies and signs of
    sums stay: they tell texts apart. A text of punctuation alone ("?!") keeps it.
    """
    if text.isascii():
        signed = "-" in text or "#" in text
        spaced = _ASCII_SIGNS.sub(" ", text) if signed else text
        words = spaced.encode().translate(_ASCII_FOLDED).split()
        return b" ".join(words).decode() or " ".join(text.lower().split())
    folded = fold_han(unicodedata.normalize("NFKC", text).casefold())
    # Case folding may leave what NFKC would compose again.
    folded = unicodedata.normalize("NFKC", folded)
    spaced = _GAP.sub(_collapsed, folded)
    return " ".join(spaced.split()) or " ".join(folded.split())


def _collapsed(gap: re.Match[str]) -> str:
    """Return a space for a gap, or its marks and symbols with spaces between."""
    if gap[0].isascii():
        return " "
    return "".join(char if _has_meaning(char) else " " for char in gap[0])


def _has_meaning(char: str) -> bool:
    return (
        unicodedata.category(char) in _MEANINGFUL
        and not char.isascii()
        and ord(char) not in _VARIATION_SELECTORS
    )


def content_key(content: str, *, who: str, salt: bytes) -> str:
    """Return a key that is equal for the same thing said by the same person.

    Args:
        content: What was said.
        who: The speaker, else the role, else nothing.
        salt: The store's secret, at most 64 bytes: without it, nobody can find
            out by guessing whether something was said.

    Returns:
        32 hexadecimal digits: BLAKE2b, keyed with the salt.
    """
    said = blake2b(key=salt[:64], digest_size=16)
    for part in (who, canonical(content)):
        encoded = part.encode()
        said.update(len(encoded).to_bytes(8, "little"))
        said.update(encoded)
    return said.hexdigest()

"""One spelling for texts that say the same, and keys that recognise them."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

from retentive.text.fold import fold_han

__all__ = ["canonical", "content_key"]

_NOT_WORD = re.compile(r"[\W_]+")


def canonical(text: str) -> str:
    """Return a text's canonical spelling, for comparing what was said.

    NFKC, case-folded, traditional Chinese folded to simplified, and every run of
    spaces and punctuation one space. A text without letters and digits (an
    emoji, "?!") keeps its characters, so that such texts stay apart.
    """
    if text.isascii():
        folded = text.lower()
    else:
        folded = fold_han(unicodedata.normalize("NFKC", text).casefold())
        # Case folding may leave what NFKC would compose again.
        folded = unicodedata.normalize("NFKC", folded)
    words = _NOT_WORD.sub(" ", folded).strip()
    return words or " ".join(folded.split())


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

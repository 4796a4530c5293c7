"""Whether a sentence states that something is so now."""

from __future__ import annotations

import re

__all__ = ["is_stated"]

# Asked, supposed, wished, told by others, or so at another time.
_UNSURE = re.compile(
    r"[?？]\s*$|\b(?:if|unless|would|could|might|(?-i:may)|maybe(?! (?:once|twice|\w+ (?:times|a)|\d))|perhaps|probably|wish"
    r"|want to|wanted to|hope|hoping|thinking (?:of|about)|imagine|pretend|suppose|guess(?! what)"
    r"|used to|once(?! an?\b| every)|when i was|as a (?:kid|child)|back then|dream(?:ed|t)?|almost|nearly"
    r"|joking|kidding|as if)\b"
    r"|吗|如果|要是|假如|假设|可能|也许|或许|大概|以前|曾经|过去|小时候|希望|但愿|想要|差点"
    r"|开玩笑|好像|梦见",
    re.IGNORECASE,
)


def is_stated(sentence: str) -> bool:
    """Return whether a sentence may be taken at its word.

    What asks, supposes, wishes, jokes, or speaks of what was once so may not.
    """
    return _UNSURE.search(sentence) is None

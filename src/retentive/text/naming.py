"""What a question names exactly: people, titles in quotes, long numbers.

English names begin with a capital. Chinese ones do not show, but for a surname and where
they stand; so a question in Chinese is also read for what it puts in quotes and for
numbers, which a memory either holds or does not.
"""

from __future__ import annotations

import re

from retentive.text.fold import fold_han

__all__ = ["capitalised", "named_exactly"]

# A capital inside a sentence: in English, the name of somebody or something.
_CAPITAL = re.compile(r"(?<=[a-z0-9,;:'’\"”)] )[A-Z][a-z]+\b")
_CALENDAR = frozenset(
    "January February March April May June July August September October November "
    "December Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
)
_SURNAMES = (
    "王李张刘陈杨赵吴徐孙朱胡郭何林罗郑梁谢宋唐许邓冯韩曹彭曾肖董潘袁蔡蒋余杜叶程魏苏吕卢姚沈"
    "钟姜崔谭陆范汪廖贾邹熊孟秦邱侯尹薛阎段雷黄周马高"
)
# Words that begin like a name.
_WORDS = (
    "高中|高兴|高速|高考|高铁|周[一二三四五六日末围边]|马上|马路|马拉|黄色|黄金|黄山|何时|何处|何地|"
    "林业|王国|谢谢|许多|程序|程度|陆续|余额|罗马|徐州|郑州|苏州|杜绝|曾经|唐代|宋代|段时|雷雨|叶子"
)
_PERSON = re.compile(
    rf"(?:^|(?<=[，。！？、；：,.!?;:\s和跟与对问给]))(?!{_WORDS})[{_SURNAMES}]"
    r"[\u4e00-\u9fff]{1,2}(?=的|在|什么|今年|平时|老家|有多|多大|喜欢|是|和|跟|会|去)"
)
_QUOTED = re.compile(r"[“「『《\"]([^“”「」『』《》\"]{2,20})[”」』》\"]")
_NUMBER = re.compile(r"\d{3,}")


def capitalised(text: str) -> set[str]:
    """Return the words of an English text that are names, months and days aside."""
    return set(_CAPITAL.findall(text)) - _CALENDAR


def named_exactly(text: str) -> set[str]:
    """Return the people, titles in quotes and long numbers of a Chinese text."""
    folded = fold_han(text)
    people = set(_PERSON.findall(folded))
    return people | set(_QUOTED.findall(folded)) | set(_NUMBER.findall(folded))

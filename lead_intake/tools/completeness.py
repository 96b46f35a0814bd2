"""When is a field filled? Plain Python: what people type to get past a required field."""

import re
import unicodedata

# Compared after folding case, width and punctuation, in the two languages we ship.
PLACEHOLDERS = frozenset(
    """
    na none null nil unknown unkown tbd todo test testing tester asdf asd qwerty abc xxx xx x
    nobody noname noinfo notavailable notapplicable empty
    无 没有 暂无 未知 不详 不知道 待定 待补充 空 测试 无名 略 某某 匿名
    """.split()
)
_NOISE = re.compile(r"[\W_]+")


def is_placeholder(text):
    """Tell whether ``text`` says nothing: punctuation only, one character repeated
    ("111", "。。。"), or a word that stands for "nothing" ("n/a", "无", "test").

    :param str text: what was typed
    :rtype: bool
    """
    folded = _NOISE.sub("", unicodedata.normalize("NFKC", text or "")).casefold()
    if not folded or folded in PLACEHOLDERS:
        return True
    return len(folded) > 2 and len(set(folded)) == 1 and not folded.isalpha()

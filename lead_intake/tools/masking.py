"""Masking of people's names, phones and e-mail addresses on what is printed or handed on (张*).

Plain functions: no environment, no settings. What is masked already stays as it is.
"""

import re

MASK = "*"
# Surnames of two characters; every other Chinese surname is one.
COMPOUND_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 宇文 长孙 端木 夏侯 东方 南宫 司空 闻人 "
    "澹台 公冶 申屠 太叔 轩辕 钟离 呼延 赫连 百里 独孤 東方 歐陽 司馬 諸葛 尉遲 長孫".split()
)
TITLES = frozenset("mr mrs ms miss dr prof sir madam mr. mrs. ms. dr. prof.".split())
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
EMAIL = re.compile(r"([^\s@<>()\[\],;:\"，；：（）]+)@([^\s@<>()\[\],;:\"，；：（）。]+)")
SEPARATORS = re.compile(r"([/,;，；、|\n])")
# A number a person can be called on, inside a text: a mobile of China, or with a country code.
PHONE_IN_TEXT = re.compile(
    r"(?<![\d+])(?:\+\d{1,3}[\s-]?(?:\d[\s-]?){6,13}\d|1[3-9]\d(?:[\s-]?\d){8})(?!\d)"
)
SHOWN_DIGITS = 4
LEAST_HIDDEN = 4


def mask_name(name):
    """Return the surname and an asterisk: 张*, Li*, O*.

    A Western name may stand in either order; what is shown is its first word, as the procedure
    writes Chinese names (surname first). A single word shows its first letter only.

    :param name: a person's name, or an empty value
    :rtype: str
    """
    words = (name or "").split()
    while len(words) > 1 and words[0].lower() in TITLES:
        words.pop(0)
    if not words:
        return ""
    first = words[0].strip(MASK + ",，")
    if not first:
        return MASK
    if CJK.match(first):
        if first[:2] in COMPOUND_SURNAMES and (len(first) > 2 or _is_masked(words)):
            return first[:2] + MASK
        return first[0] + MASK if len(first) > 1 or _is_masked(words) or words[1:] else MASK
    if words[1:] or _is_masked(words):
        return first + MASK
    return first[0] + MASK


def _is_masked(words):
    return len(words) == 1 and words[0].endswith(MASK)


def mask_phone(phone):
    """Return the number with its middle digits hidden: 138****1234, +86 138 **** 8000.

    :param phone: one or several numbers, as they were typed, or an empty value
    :rtype: str
    """
    parts = SEPARATORS.split(phone or "")
    return "".join(
        part if SEPARATORS.fullmatch(part) else _mask_one_phone(part) for part in parts
    ).strip()


def _mask_one_phone(phone):
    if MASK in phone:
        return phone
    places = [place for place, char in enumerate(phone) if char.isdigit()]
    shown_at_end = SHOWN_DIGITS if len(places) >= 2 * SHOWN_DIGITS else len(places) // 3
    # Of a number longer than any phone, the rest is hidden, too.
    hidden = max(LEAST_HIDDEN, len(places) - shown_at_end - 5)
    end = len(places) - shown_at_end
    chars = list(phone)
    for place in places[max(end - hidden, 0) : end]:
        chars[place] = MASK
    return "".join(chars)


def mask_email(email):
    """Return the address with its local part hidden but for the first letter: l***@example.com.

    :param email: one or several addresses, with or without names, or an empty value
    :rtype: str
    """
    found = EMAIL.findall(email or "")
    if not found:
        return _mask_word(email)
    return ", ".join(f"{_mask_word(local)}@{domain}" for local, domain in found)


def _mask_word(word):
    word = (word or "").strip()
    return word[:1].strip(MASK) + MASK * 3 if word else ""


def mask_text(text, names=(), phones=()):
    """Mask in a free text the people and numbers that are known, and what looks like a phone or
    an e-mail address. Names nobody told us stay: a text can't be searched for those.

    :param text: a free text, or an empty value
    :param names: names to look for
    :param phones: phone numbers to look for, as they were typed
    :rtype: str
    """
    text = text or ""
    text = EMAIL.sub(lambda match: f"{_mask_word(match[1])}@{match[2]}", text)
    for phone in sorted(filter(None, phones), key=len, reverse=True):
        text = text.replace(phone, mask_phone(phone))
    text = PHONE_IN_TEXT.sub(lambda match: mask_phone(match[0]), text)
    # A single character is too little to look for: it would be found in every other word.
    for name in sorted({name for name in names if name and len(name) > 1}, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text

"""Tell whether two spellings of a company's name mean the same company.

No fuzzy matching: Odoo removed its own as noise. Two names are the same when they differ only
in what people write differently: width, case, spaces, punctuation and the legal form.
"""

import re
import unicodedata

# Longest first, because one ends with another.
CHINESE_FORMS = (
    "集团股份有限公司",
    "股份有限责任公司",
    "集团有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限责任公司",
    "有限公司",
    "股份公司",
    "集团公司",
    "集团",
    "公司",
)
LATIN_FORMS = frozenset(
    "ab ag as aps bv co company corp corporation gmbh group holding holdings inc incorporated kg "
    "kk limited llc llp ltd nv oy plc pte pty pvt sa sarl sas spa srl".split()
)
_BRACKETED = re.compile(r"[(（【\[].*?[)）】\]]")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_SEPARATORS = re.compile(r"[\W_]+")


def company_key(name):
    """Return what identifies the company of this name, "" if the name says nothing.

    >>> company_key("杭州压力机（集团）有限公司") == company_key("杭州压力机集团")
    True
    >>> company_key("ACME Co., Ltd.") == company_key("Ａｃｍｅ")
    True
    """
    text = unicodedata.normalize("NFKC", name or "").casefold()
    # "(集团)", "(China)": NFKC made the brackets narrow. What stands in them tells a branch from
    # its parent, a legal form doesn't.
    text = _BRACKETED.sub(lambda found: f" {found.group()[1:-1]} ", text)
    text = _DOTTED.sub(lambda found: found.group().replace(".", ""), text)
    words = _SEPARATORS.sub(" ", text).split()
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LATIN_FORMS:
        kept.pop()
    key = "".join(kept)
    if key in CHINESE_FORMS:
        return key
    while form := next((form for form in CHINESE_FORMS if key.endswith(form)), None):
        if key == form:
            break
        key = key.removesuffix(form)
    return key

"""Tell whether two entries mean the same person at one customer's."""

import re
import unicodedata
from typing import NamedTuple

from odoo.tools import email_normalize

_NOISE = re.compile(r"[\W_]+")


class Person(NamedTuple):
    """What identifies a person inside a company, without what people write differently."""

    name: str
    email: str
    phone: str

    @classmethod
    def of(cls, name, email, phone):
        folded = _NOISE.sub("", unicodedata.normalize("NFKC", name or "")).casefold()
        digits = "".join(filter(str.isdigit, unicodedata.normalize("NFKC", phone or "")))
        # With or without the country's prefix.
        return cls(folded, email_normalize(email or "") or "", digits[-8:])

    def is_same(self, other):
        """An e-mail address decides; without one it takes the name, and no other phone number.
        A phone number alone says nothing: it may be the company's.
        """
        if self.email and other.email:
            return self.email == other.email
        if not self.name or self.name != other.name:
            return False
        return not (self.phone and other.phone and self.phone != other.phone)

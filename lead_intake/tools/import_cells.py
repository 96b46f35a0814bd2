"""Read what people and spreadsheets put into a cell. Plain Python: no environment.

A cell that can't be read raises ``ValueError`` with one of the words of ``PROBLEMS``.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

# A spreadsheet's own limit; ours for what is one line, far above any name and address.
LONGEST_TEXT = 32_767
LONGEST_LINE = 500
PROBLEMS = ("long", "error", "shortened", "number", "moment")

# Beside white space: what copying from web pages and chats brings along.
_INVISIBLE = re.compile("[\u0000\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)")
_EXPONENT = re.compile(r"(\d)(?:\.(\d*))?E\+?(\d+)", re.IGNORECASE)
_CURRENCY = re.compile(
    r"[¥￥$€£]|RMB|CNY|USD|EUR|HKD|人民币|美元|[元圆]|[年人名家]$", re.IGNORECASE
)
_UNITS = {"万": 10**4, "亿": 10**8, "千": 10**3, "百万": 10**6, "千万": 10**7, "k": 10**3}
_DATE = re.compile(
    r"(?P<year>\d{4})\s*(?:年|[-/.])\s*(?P<month>\d{1,2})\s*(?:月|[-/.])\s*(?P<day>\d{1,2})\s*[日号]?"
)
_TIME = re.compile(
    r"(?P<half>上午|早上|凌晨|中午|下午|晚上|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*"
    r"(?:(?P<minute>\d{1,2})|(?P<half_hour>半))?\s*分?\s*(?::?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?"
    r"\s*(?P<half2>AM|PM)?",
    re.IGNORECASE,
)
_AFTERNOON = ("下午", "晚上", "中午", "PM")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
# The days a spreadsheet counts from 1899-12-30: 1954 to 2119.
_SERIALS = (20_000, 80_000)
_EPOCH = datetime(1899, 12, 30)


def as_text(value, longest=LONGEST_TEXT):
    """Return a cell as text, without white space around it.

    >>> as_text("\u3000张三/李四 ")
    '张三/李四'
    """
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S")
        text = text.removesuffix(" 00:00:00")
    else:
        text = "" if value is None or value is False else str(value)
    if len(text) > longest:
        raise ValueError("long")
    text = _INVISIBLE.sub("", text).strip()
    if _ERROR.fullmatch(text):
        raise ValueError("error")
    return text


def as_line(value):
    """Return a cell as one line of text."""
    return " ".join(as_text(value, LONGEST_LINE).split())


def narrow(value):
    """Return a cell as one line in half width, without the apostrophe that makes it text.

    >>> narrow("'１３８　００１３ ")
    '138 0013'
    """
    return " ".join(unicodedata.normalize("NFKC", as_line(value)).split()).lstrip("'’`").strip()


def as_phone(value):
    """Return a phone number as it can be dialled.

    >>> as_phone("1.3800138000E+10"), as_phone("１３８００１３８０００.0")
    ('13800138000', '13800138000')
    """
    text = narrow(value)
    if found := _EXPONENT.fullmatch(text.replace(" ", "")):
        first, rest, exponent = found[1], found[2] or "", int(found[3])
        # What was rounded away can't be told.
        if len(rest) < exponent:
            raise ValueError("shortened")
        return (first + rest)[: exponent + 1]
    return re.sub(r"^(\d{6,})\.0+$", r"\1", text)


def as_number(value, decimal="."):
    """Return a number as Python reads it.

    >>> as_number("￥50万"), as_number("1,234.50 元"), as_number("(300)")
    ('500000', '1234.50', '-300')

    :param str decimal: what separates the decimals
    """
    text = narrow(value)
    if not text:
        return ""
    text = _CURRENCY.sub("", text.replace(" ", "").rstrip("+"))
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    factor = 1
    for unit in sorted(_UNITS, key=len, reverse=True):
        if text.casefold().endswith(unit):
            factor, text = _UNITS[unit], text[: -len(unit)]
            break
    text = text.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    try:
        number = float(text)
    except ValueError:
        raise ValueError("number") from None
    if number in (float("inf"), float("-inf")) or number != number or abs(number) > 1e15:
        raise ValueError("number")
    number *= factor
    if factor == 1 and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return text.removesuffix(".0")
    return f"{number:f}".rstrip("0").rstrip(".")


def as_moment(value, formats=()):
    """Return a date and time; with its time zone if the cell names one.

    >>> as_moment("2026年3月4日 下午2点半"), as_moment("46085.395833333336")
    (datetime.datetime(2026, 3, 4, 14, 30), datetime.datetime(2026, 3, 4, 9, 30))

    :param formats: of ``strptime``, for what is written in the order of another country
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, date):
        return datetime.combine(value, time())
    text = narrow(value)
    if not text:
        return None
    if found := _DATE.match(text):
        rest = text[found.end() :].strip()
        if rest[:1] in "Tt," and rest:
            rest = rest[1:].strip()
        day = _date(int(found["year"]), int(found["month"]), int(found["day"]))
        if zoned := _with_zone(text):
            return zoned
        return datetime.combine(day, _time(rest))
    if re.fullmatch(r"(19|20)\d{6}", text):
        return datetime.combine(_date(int(text[:4]), int(text[4:6]), int(text[6:])), time())
    if _SERIAL.fullmatch(text) and _SERIALS[0] <= float(text) <= _SERIALS[1]:
        # To the second: a fraction of a day is never exact.
        seconds = round(float(text) * 86_400)
        return _EPOCH + timedelta(seconds=seconds)
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)
        except (ValueError, re.error):
            continue
    raise ValueError("moment")


def _date(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("moment") from None


def _time(text):
    if not text:
        return time()
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError("moment")
    hour, half = int(found["hour"]), (found["half"] or found["half2"] or "").upper()
    if half in _AFTERNOON and hour < 12:
        hour += 0 if half == "中午" and hour > 9 else 12
    elif half in ("AM", "凌晨", "上午") and hour == 12:
        hour = 0
    minute = 30 if found["half_hour"] else int(found["minute"] or 0)
    try:
        return time(hour, minute, int(found["second"] or 0))
    except ValueError:
        raise ValueError("moment") from None


def _with_zone(text):
    if not re.search(r"(Z|[+-]\d\d:?\d\d)$", text[11:], re.IGNORECASE):
        return None
    try:
        return datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text)).replace(microsecond=0)
    except ValueError:
        return None

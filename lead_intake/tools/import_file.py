"""Read the rows of a spreadsheet as they stand in it: with their numbers, without tripping over
what people leave in one. Plain Python: no environment.
"""

import csv
import io
import zipfile

import openpyxl

# A sheet that was formatted to its end has a million rows of nothing.
MOST_EMPTY = 2_000
MOST_COLUMNS = 500
HEADER_SEARCHED = 10


def is_xlsx(content):
    return content[:4] == b"PK\x03\x04" and _holds(content, "xl/workbook.xml")


def _holds(content, name):
    try:
        return name in zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return False


def read_xlsx(content, sheet_name=None):
    """Return the names of the sheets, that of the one read, and its rows.

    :param bytes content: the file
    :param str sheet_name: the first sheet if omitted or unknown
    :return: names, name, ``[(row number, [cell, …])]``, rows without any value left out
    """
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    names = names or book.sheetnames
    name = sheet_name if sheet_name in names else names[0]
    sheet = book[name]
    # What the file says of its own size may be wrong.
    sheet.reset_dimensions()
    rows, empty = [], 0
    cells = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    for number, values in enumerate(cells, 1):
        if _is_empty(values):
            empty += 1
            if empty > MOST_EMPTY:
                break
            continue
        empty = 0
        rows.append((number, [_cell(value) for value in values]))
    book.close()
    return names, name, rows


def _is_empty(values):
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in values)


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Moments stay what they are; whatever else there is has a text.
    return value if isinstance(value, str) or hasattr(value, "year") else str(value)


def decode(content):
    """Return the encoding of a text, None if it must be guessed: Excel's Unicode text, UTF-8, or
    what a Chinese Excel saves.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if _decodes(content, "utf-8"):
        return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    if not _decodes(content, "gb18030"):
        return None
    text = content.decode("gb18030")
    # Western text decodes by chance; then it is not mostly of Chinese characters.
    wide = [char for char in text if ord(char) > 127]
    common = [char for char in wide if "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f"]
    return "gb18030" if len(common) >= 0.7 * len(wide) else None


def _decodes(content, encoding):
    try:
        return content.decode(encoding) is not None
    except UnicodeDecodeError:
        return False


def sniff(text):
    """Return what separates the columns of a text: what its first line has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=first.count)


def read_csv(text, separator, quote='"'):
    """Return the rows of a text: ``[(line, [cell, …])]``, the line being that of the record.

    :raise csv.Error: if it is no such text
    """
    rows = []
    limit = csv.field_size_limit(max(len(text), 131_072))
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator, quotechar=quote or '"')
        for number, values in enumerate(reader, 1):
            if any(value.strip() for value in values):
                rows.append((number, values[:MOST_COLUMNS]))
    finally:
        csv.field_size_limit(limit)
    return rows


def square(rows):
    """Return the rows, all of the same width and without empty columns at their ends."""
    width = max(
        (place for _n, values in rows for place, value in enumerate(values, 1) if value != ""),
        default=0,
    )
    return [(number, (values + [""] * (width - len(values)))[:width]) for number, values in rows]


def skip_titles(rows, count_known):
    """Return the rows from the headings on: titles above them, merged over many columns, go; a
    heading that was merged with the cell above it is taken from there.

    :param rows: ``[(row number, [cell, …])]``
    :param count_known: tells how many headings of a row are known
    """
    heads = rows[:HEADER_SEARCHED]
    if not heads:
        return rows
    best = max(range(len(heads)), key=lambda place: (count_known(heads[place][1]), -place))
    if not best or count_known(heads[best][1]) < 2:
        return rows
    number, header = heads[best]
    above = [values for _number, values in heads[:best]][::-1]
    header = [
        value if value != "" else next((row[place] for row in above if row[place] != ""), "")
        for place, value in enumerate(header)
    ]
    return [(number, header), *rows[best + 1 :]]


def as_heading(value):
    """Return a heading as text, in one line."""
    return " ".join(str(value).split())

"""Tables into one file: a workbook with a sheet each, or a ZIP with a CSV file each.

Rows arrive one by one and leave memory again, so that the size of the history doesn't matter.
Nothing that was typed into a lead is ever a formula in what comes out.
"""

import csv
import io
import tempfile
import zipfile
from datetime import date, datetime

import xlsxwriter

# Excel's, less the heading.
MOST_ROWS = 1_048_575
MOST_LETTERS = 32_767
SHEET_NAME = 31
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def workbook(tables):
    """Return the bytes of a workbook.

    :param tables: pairs of a name and an iterable of rows, the headings first
    """
    with tempfile.TemporaryFile() as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd hh:mm",
        }
        book = xlsxwriter.Workbook(file, options)
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in tables:
            _fill(book, name, rows, bold, day)
        book.close()
        file.seek(0)
        return file.read()


def _fill(book, name, rows, bold, day):
    rows = iter(rows)
    head = next(rows)
    sheet, number, part = None, MOST_ROWS, 0
    for row in _and_an_end(rows):
        if number >= MOST_ROWS and (row is not None or sheet is None):
            part += 1
            title = name if part == 1 else f"{name} {part}"
            sheet = book.add_worksheet(title[-SHEET_NAME:] if part > 1 else title[:SHEET_NAME])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(head) - 1, 20)
            sheet.write_row(0, 0, head, bold)
            number = 0
        if row is None:
            break
        number += 1
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value[:MOST_LETTERS])
            elif isinstance(value, date) and not isinstance(value, datetime):
                sheet.write_datetime(number, column, value, day)
            elif value is not None:
                sheet.write(number, column, value)


def _and_an_end(rows):
    yield from rows
    yield None


def zipped_csv(tables):
    """Return the bytes of a ZIP with a CSV file for each table, see :func:`workbook`."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in tables:
                with (
                    archive.open(f"{name}.csv", "w", force_zip64=True) as entry,
                    # The mark lets Excel see that it is UTF-8.
                    io.TextIOWrapper(entry, "utf-8-sig", newline="") as text,
                ):
                    writer = csv.writer(text)
                    writer.writerows([_plain(value) for value in row] for row in rows)
        file.seek(0)
        return file.read()


def _plain(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value

from odoo import api, models

# What Excel takes for the name of a sheet.
FORBIDDEN = str.maketrans("", "", "[]:*?/\\'")


class LeadIntakeMonthXlsx(models.AbstractModel):
    """What the sheets of a month's workbook are made with."""

    _inherit = "lead.intake.month.xlsx"

    @api.model
    def _part(self, part, whole):
        return part / whole if whole else None

    @api.model
    def _percent(self, rate):
        return None if rate is None else rate / 100

    @api.model
    def _sheet(self, book, title, head, rows, formats):
        """Add a sheet: a frozen, bold header, and each column in its format and width."""
        name = title.translate(FORBIDDEN)[:28]
        # Two titles may be the same word in another language.
        taken = {sheet.get_name().lower() for sheet in book.worksheets()}
        sheet = book.add_worksheet(f"{name} 2" if name.lower() in taken else name)
        bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        styles = [book.add_format({"num_format": text} if text else {}) for text in formats]
        for column, label in enumerate(head):
            sheet.write_string(0, column, label, bold)
            longest = max([len(str(row[column] or "")) for row in rows[:200]], default=0)
            width = min(max(len(label), longest if not formats[column] else 10) * 1.3 + 2, 60)
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if value is None:
                    sheet.write_blank(number, column, None, styles[column])
                elif isinstance(value, str):
                    sheet.write_string(number, column, value[:32000], styles[column])
                else:
                    sheet.write_number(number, column, value, styles[column])
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    @api.model
    def _chart(self, book, sheet, kind, rows, columns, head, reverse=False):
        """Put a chart of some columns to the right of the sheet's table."""
        if not rows:
            return
        chart = book.add_chart({"type": kind})
        for column in columns:
            chart.add_series(
                {
                    "name": [sheet.get_name(), 0, column],
                    "categories": [sheet.get_name(), 1, 0, len(rows), 0],
                    "values": [sheet.get_name(), 1, column, len(rows), column],
                    "data_labels": {"value": True},
                }
            )
        if reverse:
            chart.set_y_axis({"reverse": True})
        if len(columns) == 1:
            chart.set_legend({"none": True})
        chart.set_size({"width": 620, "height": 90 + 26 * max(len(rows), 8)})
        sheet.insert_chart(1, len(head) + 1, chart)

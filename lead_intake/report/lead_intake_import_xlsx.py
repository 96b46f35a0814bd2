import io
from datetime import datetime

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from odoo import api, models

from ..tools import import_headings

KINDS = {
    "registration": "lead.intake.import.lead",
    "customer": "lead.intake.import.lead",
    "follow_up": "lead.intake.import.follow.up",
}
URL = "/lead_intake/import/template/%s"
ROWS = 2_000
# What a cell takes, and what its hints take.
MOST_CELL, MOST_TITLE, MOST_HINT = 32_000, 32, 255
FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}
NUMBERS = ("integer", "float", "monetary")


class LeadIntakeImportXlsx(models.AbstractModel):
    """The spreadsheets of the import: templates made from the model as it is at this moment, and
    the rows of a file that were rejected. What is text is written as text: a cell that looks
    like a formula stays what it was.
    """

    _name = "lead.intake.import.xlsx"
    _description = "Spreadsheets for the Import"

    @api.model
    def _get_templates(self, *kinds):
        """Return templates as Odoo's import dialog takes them."""
        titles = self._get_titles()
        return [{"label": titles[kind], "template": URL % kind} for kind in kinds]

    @api.model
    def _get_titles(self):
        return {
            "registration": self.env._("Template: Lead Registration"),
            "customer": self.env._("Template: Customer Information"),
            "follow_up": self.env._("Template: Follow-Up Records"),
        }

    @api.model
    def _is_chinese(self):
        return (self.env.lang or "").startswith("zh")

    # --- a template ------------------------------------------------------------------------

    @api.model
    def _build_template(self, kind):
        """Return the template: headings in the reader's language, what may be chosen as lists,
        an example that is never imported.

        :param str kind: a key of ``KINDS``
        :rtype: bytes
        """
        importer = self.env[KINDS[kind]]
        stream = io.BytesIO()
        book = self._open_book(stream)
        sheet = book.add_worksheet(
            self._get_titles()[kind].split(":")[-1].split("：")[-1].strip()[:31]
        )
        lists = book.add_worksheet("Lists")
        lists.hide()
        styles = self._get_styles(book)
        required = self._get_required(kind)
        columns = importer._get_columns(kind)
        for place, (path, example) in enumerate(columns.items()):
            field = importer._get_field(path)
            self._write_heading(sheet, styles, place, importer._get_label(path), path in required)
            self._format_column(sheet, styles, place, field)
            choices = importer._get_choices(path)
            hint = self._get_hint(importer, path, field, choices)
            if hint:
                sheet.write_comment(0, place, hint, {"x_scale": 2, "y_scale": 1.4})
            self._validate(sheet, lists, place, importer._get_label(path), field, choices, hint)
            self._write_example(sheet, styles, place, field, example or (choices[:1] or [""])[0])
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 32)
        book.close()
        return stream.getvalue()

    @api.model
    def _open_book(self, stream):
        return xlsxwriter.Workbook(
            stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )

    @api.model
    def _get_styles(self, book):
        heading = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1}
        example = {"italic": True, "font_color": "#808080"}
        styles = {
            "heading": book.add_format({**heading, "bg_color": "#E7E9ED"}),
            "required": book.add_format({**heading, "bg_color": "#F6D6A8"}),
            "text": book.add_format({"num_format": "@"}),
            "example": book.add_format({**example, "num_format": "@"}),
            "number": book.add_format({"num_format": "0"}),
            "example_number": book.add_format({**example, "num_format": "0"}),
            "reason": book.add_format(
                {"font_color": "#B02A37", "text_wrap": True, "valign": "top"}
            ),
        }
        for kind, pattern in FORMATS.items():
            styles[kind] = book.add_format({"num_format": pattern})
            styles[f"example_{kind}"] = book.add_format({**example, "num_format": pattern})
        return styles

    @api.model
    def _get_required(self, kind):
        if kind == "follow_up":
            return {"lead_id", "contacted_on", "outcome", "summary"}
        if kind == "customer":
            return {"partner_name", "phone"}
        team = self.env["crm.team"]._get_default_team_id()
        if team.id not in self.env["crm.team"]._get_intake_team_ids():
            team = self.env["crm.team"].search([("use_intake", "=", True)], limit=1)
        return set(self.env["crm.team"]._get_intake_required_names(team.id))

    @api.model
    def _write_heading(self, sheet, styles, place, label, is_required):
        text = f"{label} *" if is_required else label
        sheet.write_string(0, place, text, styles["required" if is_required else "heading"])

    @api.model
    def _format_column(self, sheet, styles, place, field):
        kind = field.type if field is not None else "char"
        if kind in NUMBERS:
            style = styles["number"]
        else:
            # A phone number, or a code that begins with a zero, is text.
            style = styles.get(kind, styles["text"])
        width = {"text": 44, "datetime": 18, "date": 14}.get(kind, 14 if kind in NUMBERS else 22)
        sheet.set_column(place, place, width, style)

    @api.model
    def _get_hint(self, importer, path, field, choices):
        help_text = field.help and field._description_help(self.env) if field is not None else ""
        extra = ""
        if field is not None and field.type in FORMATS:
            extra = self.env._("Such as 2026-03-04 09:30, in your own time.")
        elif path == "intake_step_ids":
            extra = self.env._(
                "The steps in their order with arrows between them, the person in brackets."
            )
        elif choices:
            extra = self.env._("Choose from the list.")
        return " ".join(filter(None, [help_text, extra]))[:MOST_HINT]

    @api.model
    def _validate(self, sheet, lists, place, label, field, choices, hint):
        options = {"input_title": label[:MOST_TITLE], "ignore_blank": True}
        if hint:
            options["input_message"] = hint
        if choices:
            lists.write_column(0, place, choices)
            name = xl_col_to_name(place, True)
            options |= {
                "validate": "list",
                "source": f"=Lists!{name}$1:{name}${len(choices)}",
                "error_type": "warning",
                "error_message": self.env._("Choose one of the list."),
            }
        elif field is not None and field.type in FORMATS:
            # Text such as 2026年3月4日 is read as well: a warning, no refusal.
            options |= {
                "validate": "date",
                "criteria": ">",
                "value": datetime(1990, 1, 1),
                "error_type": "warning",
                "error_message": self.env._("Enter a date such as 2026-03-04 09:30."),
            }
        elif hint:
            options["validate"] = "any"
        else:
            return
        sheet.data_validation(1, place, ROWS, place, options)

    @api.model
    def _write_example(self, sheet, styles, place, field, value):
        kind = field.type if field is not None else "char"
        if not place:
            # Known again by what it says of itself, wherever the row is moved to.
            mark = import_headings.EXAMPLE[self._is_chinese()]
            sheet.write_string(1, place, f"{mark} {value}".strip(), styles["example"])
        elif value in ("", None, False):
            sheet.write_blank(1, place, None, styles["example"])
        elif kind in FORMATS:
            moment = (
                value
                if isinstance(value, datetime)
                else datetime.combine(value, datetime.min.time())
            )
            sheet.write_datetime(1, place, moment.replace(tzinfo=None), styles[f"example_{kind}"])
        elif isinstance(value, (int, float)):
            sheet.write_number(1, place, value, styles["example_number"])
        else:
            sheet.write_string(1, place, str(value), styles["example"])

    # --- rejected rows ---------------------------------------------------------------------

    @api.model
    def _build_rejected(self, header, rows):
        """Return the rows that were rejected, as they stood in the file, with the reasons. The
        columns of reasons are passed over when the file is imported again.

        :param list header: the headings of the file
        :param list rows: ``[(row number, [cell, …], reason)]``
        :rtype: bytes
        """
        stream = io.BytesIO()
        book = self._open_book(stream)
        sheet = book.add_worksheet(self.env._("Rejected Rows")[:31])
        styles = self._get_styles(book)
        chinese = self._is_chinese()
        head = [import_headings.REASON[chinese], import_headings.ROW[chinese], *header]
        for place, label in enumerate(head):
            sheet.write_string(0, place, str(label)[:MOST_CELL], styles["heading"])
        for line, (number, values, reason) in enumerate(rows, 1):
            sheet.write_string(line, 0, reason[:MOST_CELL], styles["reason"])
            sheet.write_number(line, 1, number)
            for place, value in enumerate(values, 2):
                if isinstance(value, datetime):
                    sheet.write_datetime(
                        line, place, value.replace(tzinfo=None), styles["datetime"]
                    )
                elif value not in ("", None):
                    sheet.write_string(line, place, str(value)[:MOST_CELL], styles["text"])
        sheet.set_column(0, 0, 50)
        sheet.set_column(1, 1, 8)
        sheet.set_column(2, len(head), 20)
        sheet.freeze_panes(1, 0)
        book.close()
        return stream.getvalue()

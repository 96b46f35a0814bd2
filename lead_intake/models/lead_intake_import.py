import logging

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.lru import LRU

from ..tools import import_cells, import_headings
from .ir_fields_converter import ImportMemo

_logger = logging.getLogger(__name__)

MOST_CHOICES = 12
DATE_TYPES = ("date", "datetime")
NUMBER_TYPES = ("integer", "float", "monetary")
LINE_TYPES = ("char", "selection", "many2one", "boolean")
_COMMAS = str.maketrans("，、；;", ",,,,")


class ImportRow:
    """One row of a file on its way into the database."""

    def __init__(self, number, values):
        self.number = number
        self.values = values  # as in the file, of the columns that are imported
        self.vals = {}  # as the ORM takes them
        self.problems = []  # of (column's field path or False, sentence)
        self.outcome = None  # created, updated, skipped; None until then
        self.reason = None  # why it was skipped
        self.record = None  # what it became, or is known as

    def refuse(self, sentence, path=False):
        self.problems.append((path, sentence))


class LeadIntakeImport(models.AbstractModel):
    """Reads the rows of a file for one model: every row on its own, every problem of each with
    a sentence that says how to mend it. What is done with a row that is in order is up to the
    models that inherit this.
    """

    _name = "lead.intake.import"
    _description = "Import by the Procedure"

    # What they import.
    _import_model = None
    # ``{folded heading: field path}`` of what people use beside the labels of the fields.
    _import_headings = {}

    # --- seams -----------------------------------------------------------------------------

    @api.model
    def _get_columns(self, kind=None):
        """Return the columns of a template, as ``lead.intake.import.xlsx`` writes them.

        :param str kind: which of the model's templates; None for the columns of all
        :return: ``{field path: example}``
        """
        raise NotImplementedError

    @api.model
    def _is_in_play(self, paths, rows, options):
        """Tell whether these rows are ours to import, not Odoo's."""
        return True

    @api.model
    def _import_rows(self, rows, options):
        """Create, update or skip: sets the outcome of each row, or refuses it.

        :return: what was created or updated
        """
        raise NotImplementedError

    @api.model
    def _get_field(self, path):
        """Return the field at a path; None for what only the import knows of."""
        model, field = self.env[self._import_model], None
        for name in path.split("/"):
            if name in ("id", ".id"):
                return None
            field = model._fields.get(name)
            if field is None:
                return None
            if field.relational:
                model = self.env[field.comodel_name]
        return field

    @api.model
    def _get_label(self, path):
        """Return the heading of a column in the user's language."""
        if self._import_model == "crm.lead":
            name = path.split("/")[0]
            return self.env["crm.lead"]._get_intake_labels([name])[name]
        field = self._get_field(path)
        return field._description_string(self.env) if field else path

    # --- headings --------------------------------------------------------------------------

    @api.model
    def _get_heading_index(self):
        """Return which heading means which field: the labels in every language, then the other
        words people use.

        :return: ``{folded heading: field path}``
        """
        index = {}
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for lang in dict.fromkeys(["en_US", *langs]):
            for path in self._get_columns():
                label = self.with_context(lang=lang)._get_label(path)
                index.setdefault(import_headings.fold(label), path)
        return {**self._import_headings, **index}

    # --- reading ---------------------------------------------------------------------------

    @api.model
    def _read_rows(self, paths, rows, options):
        """Fill in ``vals`` of the rows; what can't be read is a problem of the row.

        :param list paths: the field path of each column
        :param rows: ``ImportRow``
        """
        readers = [self._get_reader(path, options) for path in paths]
        for row in rows:
            texts = []
            for path, reader, value in zip(paths, readers, row.values, strict=True):
                try:
                    texts.append(reader(value))
                except ValueError as error:
                    row.refuse(self._get_cell_text(str(error), value), path)
                    texts.append("")
            row.texts = texts
        self._convert_rows(paths, rows, options)

    @api.model
    def _get_reader(self, path, options):
        """Return the function that makes the converter's text of a cell."""
        field = self._get_field(path)
        if field is None:
            return import_cells.narrow
        if field.type in DATE_TYPES:
            return lambda value: self._read_moment(value, field.type, options)
        if field.type in NUMBER_TYPES:
            decimal = options.get("float_decimal_separator") or "."
            return lambda value: import_cells.as_number(value, decimal)
        if field.name == "phone":
            return import_cells.as_phone
        if field.name == "email_from":
            return import_cells.narrow
        if field.type == "many2many":
            return lambda value: ",".join(
                part.strip()
                for part in import_cells.as_line(value).translate(_COMMAS).split(",")
                if part.strip()
            )
        if field.type in LINE_TYPES:
            return import_cells.as_line
        return import_cells.as_text

    @api.model
    def _read_moment(self, value, kind, options):
        formats = [options.get("datetime_format"), options.get("date_format")]
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang)
        formats += [f"{lang.date_format} {lang.time_format}", lang.date_format]
        moment = import_cells.as_moment(value, [text for text in formats if text])
        if moment is None:
            return ""
        if moment.tzinfo:
            moment = moment.astimezone(self.env.tz).replace(tzinfo=None)
        return moment.strftime("%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M:%S")

    @api.model
    def _convert_rows(self, paths, rows, options):
        """Let Odoo's own converters make values of the texts, a row at a time: what one row
        can't say is no reason to refuse the others.
        """
        Model = self.env[self._import_model].with_context(
            import_file=True,
            import_cache=LRU(1024),
            intake_import_memo=ImportMemo(),
            name_create_enabled_fields=self._get_name_create(options),
            import_set_empty_fields=options.get("import_set_empty_fields") or [],
            import_skip_records=options.get("import_skip_records") or [],
        )
        Model = Model.with_context(_import_current_module="__import__")
        field_paths = [models.fix_import_export_id_paths(path) for path in paths]
        problems = []
        with self.env.cr.savepoint(flush=False) as savepoint:
            extracted = Model._extract_records(
                field_paths, [row.texts for row in rows], log=problems.append
            )
            converted = Model._convert_records(extracted, log=problems.append, savepoint=savepoint)
            for _dbid, _xid, vals, info in converted:
                first = rows[info["rows"]["from"]]
                first.vals = vals
                # Rows of a decision chain below their lead: they are a part of it.
                for row in rows[info["rows"]["from"] + 1 : info["rows"]["to"] + 1]:
                    row.outcome = "part"
        for problem in problems:
            if problem["type"] == "error":
                path = "/".join(problem.get("field_path") or [problem["field"]])
                rows[problem["rows"]["from"]].refuse(self._get_problem_text(problem, path), path)

    @api.model
    def _get_name_create(self, options):
        return {**(options.get("name_create_enabled_fields") or {})}

    # --- saying what is wrong --------------------------------------------------------------

    @api.model
    def _get_cell_text(self, problem, value):
        shown = str(value)[:40]
        texts = {
            "long": self.env._("It is too long for this field. Shorten it."),
            "error": self.env._(
                "The cell shows an error of the spreadsheet, %(value)s. Enter the value itself.",
                value=shown,
            ),
            "shortened": self.env._(
                "The spreadsheet has shortened this number to %(value)s, so its digits are lost. "
                "Format the column as text and enter the number again.",
                value=shown,
            ),
            "number": self.env._("“%(value)s” is no number. Enter digits only.", value=shown),
            "moment": self.env._(
                "“%(value)s” is no date. Enter it as 2026-03-04 or 2026-03-04 09:30.",
                value=shown,
            ),
        }
        return texts[problem]

    @api.model
    def _get_problem_text(self, problem, path):
        """Return what a converter has to say, and what may be entered instead."""
        field = self._get_field(path)
        text = str(problem["message"])
        if field is None:
            return text
        if field.type == "selection":
            choices = [label for _value, label in field._description_selection(self.env)]
        elif field.relational and problem.get("value"):
            choices = self._get_choices(path)
            if field.comodel_name == "res.partner.industry":
                return self.env._(
                    "“%(value)s” is no industry that is known. Enter the code of GB/T 4754, such "
                    "as C3422, or the industry's name.",
                    value=problem["value"],
                )
        else:
            return text
        if not 0 < len(choices) <= MOST_CHOICES:
            return text
        return self.env._(
            "“%(value)s” isn't known here. Enter one of: %(choices)s.",
            value=problem.get("value") or self._get_text_of(problem),
            choices=", ".join(choices),
        )

    @api.model
    def _get_text_of(self, problem):
        found = str(problem["message"]).split("'")
        return found[1] if len(found) > 2 else ""

    @api.model
    def _get_choices(self, path):
        """Return the texts a template offers for a column, none if anything may be entered."""
        field = self._get_field(path)
        if field is None:
            return []
        if field.type == "selection":
            return [label for _value, label in field._description_selection(self.env)]
        if field.type != "many2one":
            return []
        domain = self._get_choice_domain(path)
        if domain is None:
            return []
        return self.env[field.comodel_name].search(domain).mapped("display_name")

    @api.model
    def _get_choice_domain(self, path):
        """Return what may be chosen for a related record; None if there is no list of it."""
        return None

    # --- helpers of those that inherit ------------------------------------------------------

    @api.model
    def _attempt(self, row, step):
        """Take a step for one row; what the procedure answers is the row's problem.

        :return: what the step returns, None if it was refused
        """
        try:
            with self.env.cr.savepoint():
                return step()
        except Exception as error:  # noqa: BLE001 one row must not stop the others
            row.refuse(self._get_error_text(error))
        return None

    @api.model
    def _get_error_text(self, error):
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, psycopg2.IntegrityError):
            return self.env[self._import_model]._sql_error_to_message(error)
        _logger.warning("A row can't be imported", exc_info=error)
        return self.env._("It can't be imported as it stands: %(error)s", error=error)

import csv

import chardet

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base_import.models.base_import import ImportValidationError

from ..tools import import_file, import_headings


class BaseImportImport(models.TransientModel):
    """The file of an import as its rows, and what people call its columns."""

    _inherit = "base_import.import"

    def _read_file(self, options):
        importer = self._get_intake_importer()
        if importer is None or not self.file or self.env.context.get("intake_read_by_odoo"):
            return super()._read_file(options)
        rows = [
            values
            for number, values in self._read_intake_rows(importer, options)
            if not import_headings.is_example(values)
        ]
        if options.get("has_headers") and len(rows) < 2:
            raise ImportValidationError(
                self.env._("The file has no row to import yet. An example row is left out.")
            )
        return len(rows), rows

    def _read_intake_rows(self, importer, options):
        """Return the rows as they stand in the file: ``[(row number, [cell, …])]``."""
        content = self.file or b""
        try:
            if import_file.is_xlsx(content):
                sheets, sheet, rows = import_file.read_xlsx(content, options.get("sheet"))
                options.update(sheets=sheets, sheet=sheet)
            elif self._is_csv(content):
                rows = self._read_intake_csv(content, options)
            else:
                by_odoo = self.with_context(intake_read_by_odoo=True)
                _length, values = by_odoo._read_file(options)
                rows = list(enumerate(values, 1))
        except (ImportValidationError, UserError):
            raise
        except Exception as error:  # noqa: BLE001 whatever a broken file makes a library raise
            raise ImportValidationError(
                self.env._(
                    "The file can't be read: %(error)s. Save it as an Excel workbook (.xlsx) and "
                    "try again.",
                    error=error,
                )
            ) from error
        rows = import_file.square(rows)
        if options.get("has_headers", True):
            index = importer._get_heading_index()
            rows = import_file.skip_titles(
                rows, lambda values: sum(import_headings.fold(v) in index for v in values)
            )
            if rows:
                number, header = rows[0]
                rows[0] = (number, [import_file.as_heading(value) for value in header])
        return rows

    def _is_csv(self, content):
        name = (self.file_name or "").lower()
        return (
            self.file_type in ("text/csv", "text/plain") or name.endswith((".csv", ".txt"))
        ) and content[:4] not in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

    def _read_intake_csv(self, content, options):
        encoding = options.get("encoding") or import_file.decode(content)
        if not encoding:
            encoding = chardet.detect(content)["encoding"] or "latin1"
        try:
            text = content.decode(encoding).lstrip("\ufeff")
        except (UnicodeDecodeError, LookupError):
            raise ImportValidationError(
                self.env._(
                    "The file isn't encoded as %(encoding)s. Choose another encoding, or save it "
                    "as an Excel workbook.",
                    encoding=encoding,
                )
            ) from None
        separator = options.get("separator") or import_file.sniff(text)
        options.update(encoding=encoding.lower(), separator=separator)
        try:
            return import_file.read_csv(text, separator, options.get("quoting"))
        except csv.Error as error:
            raise ImportValidationError(str(error)) from error

    # --- headings --------------------------------------------------------------------------

    def parse_preview(self, options, count=10):
        # What people call a column is asked where the leads go to a team of the procedure; for
        # others “Company” is, as ever, the company of one's own.
        is_ours = self.res_model != "crm.lead" or bool(options.get("intake_team_id"))
        self = self.with_context(intake_headings=is_ours)
        return super().parse_preview(options, count=count)

    def _get_mapping_suggestion(self, header, fields_tree, header_types, mapping_fields):
        importer = self._get_intake_importer()
        if importer is not None and fields_tree and fields_tree[0]["model_name"] == self.res_model:
            folded = import_headings.fold(header)
            if folded in import_headings.IGNORED:
                return {}
            if self.env.context.get("intake_headings") and header.lower() not in mapping_fields:
                path = importer._get_heading_index().get(folded)
                names = {field["name"] for field in fields_tree}
                if path and path.split("/")[0] in names:
                    return {"field_path": path.split("/"), "distance": 0}
        return super()._get_mapping_suggestion(header, fields_tree, header_types, mapping_fields)

    @api.model
    def get_fields_tree(self, model, depth=3):
        tree = super().get_fields_tree(model, depth=depth)
        if model == "lead.intake.follow.up" and depth:
            return self.env["lead.intake.import.follow.up"]._get_fields_tree(tree)
        if model == "crm.lead" and self.env.context.get("intake_headings"):
            # The columns are called as in the templates: a channel, not a medium.
            for field in tree:
                if field["name"] in ("medium_id", "source_id", "decision_maker"):
                    importer = self.env["lead.intake.import.lead"]
                    field["string"] = importer._get_label(field["name"])
        return tree

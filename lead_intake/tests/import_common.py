import csv
import io

import openpyxl

from odoo.addons.lead_intake.tests.common import IntakeCommon


class ImportCommon(IntakeCommon):
    """Imports files as the dialog does: read, match the columns, test or import."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].search([("name", "=", "lead_intake")])._update_translations(
            ["zh_CN"]
        )
        cls.company.country_id = cls.env.ref("base.cn")

    @staticmethod
    def _csv(*rows, encoding="utf-8"):
        stream = io.StringIO()
        csv.writer(stream).writerows(rows)
        return stream.getvalue().encode(encoding)

    @staticmethod
    def _xlsx(*rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    @staticmethod
    def _rows_of(content):
        """Return the rows of a workbook as openpyxl reads them."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]

    def _file(self, content, user=None, model="crm.lead"):
        is_xlsx = content[:2] == b"PK"
        return (
            self.env["base_import.import"]
            .with_user(user or self.operations)
            .create(
                {
                    "res_model": model,
                    "file": content,
                    "file_name": "expo.xlsx" if is_xlsx else "expo.csv",
                    "file_type": "application/octet-stream" if is_xlsx else "text/csv",
                }
            )
        )

    def _import(self, content, user=None, model="crm.lead", dryrun=False, team=None, **options):
        """Import a file; return the records, the counts and the reasons by row number."""
        record = content if hasattr(content, "ids") else self._file(content, user, model)
        options = {
            "has_headers": True,
            "quoting": '"',
            "separator": "",
            "encoding": "",
            "intake_team_id": (self.team if team is None else team).id,
            **options,
        }
        preview = record.parse_preview(dict(options))
        self.assertNotIn("error", preview, preview.get("error"))
        matches = preview["matches"] or {}
        paths = ["/".join(matches.get(i) or []) for i in range(len(preview["headers"]))]
        columns = [header.lower() for header in preview["headers"]]
        result = record.execute_import(paths, columns, dict(options), dryrun=dryrun)
        self.assertFalse(result["messages"], result["messages"])
        self.file, self.paths = record, dict(zip(preview["headers"], paths, strict=True))
        report = result.get("intake")
        counts = {k: v for k, v in report["counts"].items() if v} if report else None
        reasons = {
            line["row"]: "; ".join(
                f"{reason['column']}: {reason['text']}" for reason in line["reasons"]
            )
            for line in (report["lines"] if report else ())
        }
        return self.env[model].browse(result["ids"]), counts, reasons

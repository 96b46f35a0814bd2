import base64
import csv
import io
import zipfile

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.tools import guard, history_file
from odoo.addons.lead_intake.wizard import lead_intake_export

from .common import IntakeCommon


@tagged("post_install", "-at_install")
class TestExport(IntakeCommon, TransactionCase):
    """Everything that happened leaves the database, before the addon does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead_in("returned", name="=HYPERLINK('x')")
        cls.lost = cls._lead_in("approved", name="Lost in the end")
        cls.lost.with_user(cls.rep).intake_log("reached", "They want ten presses.")
        cls.lost.with_user(cls.rep).action_set_lost(lost_reason_id=cls.lost_reason.id)

    def _export(self, user, file_format="xlsx"):
        wizard = self.env["lead.intake.export"].with_user(user)
        wizard = wizard.create({"file_format": file_format})
        self.assertIn(f"/{wizard.id}/file/", wizard.action_export()["url"])
        return base64.b64decode(wizard.file)

    def _tables(self, user):
        book = load_workbook(io.BytesIO(self._export(user)), read_only=True)
        return {
            sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
        }

    def _column(self, table, name):
        number = table[0].index(name)
        return [row[number] for row in table[1:]]

    def test_workbook_says_what_happened(self):
        tables = self._tables(self.operations)
        label = self.env["lead.intake.export"]._get_table_name
        for name in lead_intake_export.MODELS:
            table = tables[label(self.env[name])[:31]]
            self.assertEqual(len(table) - 1, self.env[name].search_count([]), name)
        leads = tables[label(self.env["crm.lead"])]
        # Archived ones too: a lost lead is history as well.
        self.assertIn("Lost in the end", [row[1] for row in leads])
        self.assertIn("=HYPERLINK('x')", [row[1] for row in leads])
        reviews = tables[label(self.env["lead.intake.review"])]
        self.assertIn(self.lead.id, self._column(reviews, "Lead ID"))
        self.assertIn("Please mend.", self._column(reviews, "Comment"))
        rejections = tables[label(self.env["lead.intake.rejection"])]
        self.assertIn("Nobody answers there.", self._column(rejections, "Reason"))

    def test_no_secret_leaves(self):
        verification = self.env["lead.intake.verification"]
        guard.opened(verification).create(
            {
                "lead_id": self.lead.id,
                "kind": "phone",
                "value": self.lead.phone,
                "method": "code",
                "secret_hash": "not for export",
                "requested_on": self.NOW,
            }
        )
        for table in self._tables(self.env.ref("base.user_admin")).values():
            for row in table:
                self.assertNotIn("not for export", row)

    def test_csv(self):
        archive = zipfile.ZipFile(io.BytesIO(self._export(self.manager, "csv")))
        label = self.env["lead.intake.export"]._get_model_label(self.env["crm.lead"])
        text = archive.read(f"{label}.csv").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        names = [row[1] for row in rows]
        self.assertIn("Lost in the end", names)
        self.assertIn("'=HYPERLINK('x')", names)
        self.assertEqual(len({len(row) for row in rows}), 1)

    def test_what_waits_to_be_written_is_written(self):
        self.lead.with_user(self.rep).phone = "+86 10 6552 9989"
        self._export(self.operations)
        self.lead.invalidate_recordset()
        self.assertEqual(self.lead.phone, "+86 10 6552 9989")

    def test_in_batches(self):
        self.patch(lead_intake_export, "BATCH", 1)
        tables = self._tables(self.operations)
        label = self.env["lead.intake.export"]._get_table_name
        table = tables[label(self.env["lead.intake.deadline"])]
        ids = self._column(table, "ID")
        self.assertEqual(ids, self.env["lead.intake.deadline"].search([], order="id").ids)

    def test_more_rows_than_a_sheet_holds(self):
        self.patch(history_file, "MOST_ROWS", 2)
        book = history_file.workbook([("Rows", iter([["A"], [1], [2], [3], [4], [5]]))])
        sheets = load_workbook(io.BytesIO(book)).worksheets
        self.assertEqual([sheet.title for sheet in sheets], ["Rows", "Rows 2", "Rows 3"])
        self.assertEqual(
            [[row[0] for row in sheet.values] for sheet in sheets],
            [["A", 1, 2], ["A", 3, 4], ["A", 5]],
        )

    def test_other_companies_stay_outside(self):
        foreign = self._new_lead(self.other_rep, team_id=self.other_team.id, name="Foreign")
        foreign.with_user(self.other_rep).intake_submit()
        for table in self._tables(self.operations).values():
            for row in table:
                self.assertNotIn("Foreign", row)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_only_operations_and_administrators(self):
        for user in (self.rep, self.supervisor):
            with self.assertRaises(AccessError):
                self._export(user)
        wizard = self.env["lead.intake.export"].with_user(self.operations).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(self.supervisor).action_export()

import io
from datetime import datetime

import openpyxl

from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.tests.common import PHONE
from odoo.addons.lead_intake.tests.import_common import ImportCommon

HEADER = ["Company Name", "Contact Name", "Phone", "Channel", "Particular Source"]
ROW = ["Ningbo Moulds Ltd", "Chen Fang", "0574 8765 4321", "Trade Show", "Import Expo"]
CHINESE = [
    "公司名称",
    "联系人",
    "联系电话（必填）",
    "渠道",
    "具体来源",
    "获取时间",
    "初步接触人",
    "负责人",
    "行业代码",
    "线索类型",
]


@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    """Leads from a spreadsheet: what is in order comes in, the rest says how to mend it."""

    # --- headings, and what is kept --------------------------------------------------------

    @freeze_time("2026-03-04 01:00:00")
    def test_chinese_file_of_an_english_user(self):
        content = self._csv(
            CHINESE,
            [
                "宁波模具有限公司",
                "张三/李四",
                "１３８００１３８０００",
                "行业展会",
                "义乌展",
                "2026年3月3日 9:30",
            ]
            + [self.rep.name, self.rep2.login, "C3422", "潜在客户"],
            encoding="gb18030",
        )
        options = {"has_headers": True, "quoting": '"', "intake_team_id": self.team.id}
        tree = {
            field["name"]: field for field in self._file(content).parse_preview(options)["fields"]
        }
        self.assertEqual(tree["medium_id"]["string"], "Channel")
        leads, counts, reasons = self._import(content)
        self.assertEqual((counts, reasons), ({"created": 1}, {}))
        self.assertRecordValues(
            leads,
            [
                {
                    "name": "宁波模具有限公司",
                    "partner_name": "宁波模具有限公司",
                    "contact_name": "张三/李四",
                    "phone_sanitized": "+8613800138000",
                    "medium_id": self.medium.id,
                    "registrant_id": self.rep.id,
                    "user_id": self.rep2.id,
                    "team_id": self.team.id,
                    "lead_type_id": self.env.ref("lead_intake.lead_type_prospect").id,
                    "intake_state": "draft",
                    "intake_milestone": "registration",
                }
            ],
        )
        self.assertEqual(leads.industry_id.full_code, "C3422")
        self.assertEqual(leads.source_id.name, "义乌展")
        self.assertEqual(str(leads.date_acquired), "2026-03-03 01:30:00")

    def test_english_file_of_a_chinese_user(self):
        self.operations.lang = "zh_CN"
        leads, counts, _reasons = self._import(self._xlsx(HEADER, ROW))
        self.assertEqual(counts, {"created": 1})
        self.assertEqual(leads.medium_id, self.medium)

    def test_importer_neither_owns_nor_registers(self):
        for user in (self.operations, self.rep):
            leads, counts, _reasons = self._import(
                self._csv(HEADER, [f"{user.login} Ltd", *ROW[1:2], "", *ROW[3:]]), user=user
            )
            self.assertEqual(counts, {"created": 1})
            self.assertFalse(leads.user_id | leads.registrant_id)

    def test_owners_are_told_once(self):
        header = [*HEADER, "Salesperson"]
        rows = [[f"Co {n}", "Li", "", *ROW[3:], self.rep.login] for n in range(3)]
        with self.mock_mail_gateway():
            leads, _counts, _reasons = self._import(self._csv(header, *rows))
        self.assertEqual(leads.user_id, self.rep)
        mails = self._new_mails.filtered(lambda m: self.rep.partner_id in m.recipient_ids)
        self.assertEqual(len(mails), 1)

    def test_chain_of_decisions(self):
        leads, _counts, _reasons = self._import(
            self._csv(["公司", "决策链"], ["Chain Ltd", "技术评估（王工） → 财务审批 -> 老板确认"])
        )
        self.assertEqual(leads.intake_step_ids.mapped("name"), ["技术评估", "财务审批", "老板确认"])
        self.assertEqual(leads.intake_step_ids[0].person, "王工")
        self.assertEqual(leads.decision_maker, "partly")

    def test_plain_team_is_imported_by_odoo(self):
        leads, counts, _reasons = self._import(
            self._csv(["Name", "Sales Team"], ["Plain", "Plain Team"]), user=self.outsider
        )
        self.assertIsNone(counts)
        self.assertEqual(leads.user_id, self.outsider)
        leads, counts, _reasons = self._import(
            self._csv(["Name", "Phone"], ["Plain", "1"]), user=self.outsider, team=self.plain_team
        )
        self.assertIsNone(counts)

    # --- what is wrong ---------------------------------------------------------------------

    def test_every_problem_of_every_row_is_told(self):
        content = self._csv(
            ["Company Name", "Phone", "Channel", "Acquired On", "Estimated Budget", "Industry"],
            ["Good Ltd", "0574 8765 0001", "Trade Show", "2026-03-01 9:30", "50万", "C3422"],
            ["Bad Ltd", "1.38E+10", "Smoke", "someday", "much", "ZZ99"],
            ["Good 2 Ltd", "'0574 8765 0002", "", "46082.4", "", ""],
            ["Future Ltd", "", "", "2099-01-01", "", ""],
            ["", "", "Trade Show", "", "", ""],
        )
        for dryrun in (True, False):
            leads, counts, reasons = self._import(content, dryrun=dryrun)
            self.assertEqual(counts, {"created": 2, "rejected": 3})
            self.assertEqual(set(reasons), {3, 5, 6})
            for said in (
                "shortened",
                "Smoke",
                "Trade Show",
                "someday",
                "much",
                "C3422",
                "Channel: ",
            ):
                self.assertIn(said, reasons[3])
            self.assertIn("in the future", reasons[5])
            self.assertIn("whose lead", reasons[6])
            self.assertEqual(len(leads.exists()), 0 if dryrun else 2)
        self.assertEqual(leads[0].estimated_budget, 500_000)
        self.assertEqual(leads[1].phone, "0574 8765 0002")

    def test_guarded_fields_are_refused_row_by_row(self):
        record = self._file(self._csv(["Company", "x"], ["A Ltd", "approved"], ["B Ltd", ""]))
        result = record.execute_import(
            ["partner_name", "intake_state"],
            ["company", "x"],
            {"has_headers": True, "quoting": '"', "intake_team_id": self.team.id},
        )
        self.assertEqual(result["intake"]["counts"]["created"], 1)
        [line] = result["intake"]["lines"]
        self.assertIn("follows the lead procedure", line["reasons"][0]["text"])

    def test_hostile_files(self):
        formula = "=cmd|' /C calc'!A0"
        content = self._csv(
            ["Company Name", "Phone", "Notes", "Email"],
            [formula, "1.38E+10", "", ""],
            ["Huge Ltd", "", "", "x" * 1_000_000],
            ["Broken Ltd", "#N/A", "", ""],
            ["Nul\0 Ltd", "", "a\0b", ""],
            ["Short Ltd"],
            [],
            [" ", "\u3000"],
        )
        leads, counts, reasons = self._import(content)
        self.assertEqual(counts, {"created": 2, "rejected": 3})
        self.assertIn("too long", reasons[3])
        self.assertIn("#N/A", reasons[4])
        self.assertEqual(leads.mapped("partner_name"), ["Nul Ltd", "Short Ltd"])
        Xlsx = self.env["lead.intake.import.xlsx"]
        rejected = Xlsx._build_rejected(*self.file._get_intake_rejected())
        sheet = openpyxl.load_workbook(io.BytesIO(rejected)).worksheets[0]
        cell = sheet.cell(2, 3)
        self.assertEqual((cell.value, cell.data_type), (formula, "s"))

    def test_broken_files_are_told(self):
        for content in (b"PK\x03\x04 no workbook", b"\xff\xfe\xff", b"", b"\x00\x01\x02\xfe"):
            record = self._file(content or b"\n")
            preview = record.parse_preview({"has_headers": True, "quoting": '"'})
            self.assertTrue(preview.get("error") or not preview.get("num_rows", 0) > 1, content)

    def test_titles_merged_above_the_headings(self):
        content = self._xlsx(
            ["2026 Industry Expo", None, None, None],
            ["Customer", None, "Where from", "Notes"],
            ["Company Name", "Phone", "Channel", None],
            ["Merged Ltd", 13800138009, "Trade Show", "Fine"],
            [None, None, None, None],
            ["Merged 2 Ltd", 1.3800138008e10, "Trade Show", None],
        )
        leads, counts, _reasons = self._import(content)
        self.assertEqual(counts, {"created": 2})
        self.assertEqual(leads.mapped("phone_sanitized"), ["+8613800138009", "+8613800138008"])
        self.assertEqual(leads[0].description, "<p>Fine</p>")

    def test_moments_of_a_workbook(self):
        content = self._xlsx(
            ["Company Name", "Acquired On", "Purchase Date"],
            ["A Ltd", datetime(2026, 3, 1, 9, 30), datetime(2026, 6, 1)],
            ["B Ltd", "2026/3/1 9:30", "2026年6月1日"],
        )
        leads, _counts, _reasons = self._import(content)
        self.assertEqual(
            {(str(lead.date_acquired), str(lead.purchase_date)) for lead in leads},
            {("2026-03-01 01:30:00", "2026-06-01")},
        )

    # --- what is known ---------------------------------------------------------------------

    def _known(self):
        self.lead = self._new_lead(email_from="liu@presses.example.com", initial_need="Ten")
        return self._csv(
            ["Company Name", "Phone", "Email", "Initial Need", "City"],
            ["Other name", PHONE, "", "Twenty", "Hangzhou"],
            ["Hangzhou Presses Co., Ltd.", "", "", "Twenty", "Hangzhou"],
            ["", "", "LIU@presses.example.com", "", ""],
            ["New Ltd", "0574 1111 2222", "", "", ""],
            ["New Limited", "", "n@new.example.com", "", "Ningbo"],
        )

    def test_known_are_skipped(self):
        content = self._known()
        for dryrun in (True, False):
            leads, counts, reasons = self._import(content, dryrun=dryrun)
            self.assertEqual(counts, {"created": 1, "skipped": 4})
            self.assertIn("Same phone number: “Ten presses”, owner Test Rep", reasons[2])
            self.assertIn("Same company name", reasons[3])
            self.assertIn("Same e-mail address", reasons[4])
            self.assertIn("as in row 5", reasons[6])
        self.assertFalse(self.lead.city)

    def test_known_are_updated(self):
        content = self._known()
        leads, counts, _reasons = self._import(content, intake_duplicates="update")
        # The last row is the one before it once more, and knows more of it.
        self.assertEqual(counts, {"created": 1, "updated": 3, "skipped": 1})
        self.assertRecordValues(
            self.lead,
            [
                {
                    "name": "Ten presses",
                    "partner_name": "Hangzhou Presses Co., Ltd.",
                    "initial_need": "Twenty",
                    "city": "Hangzhou",
                    "user_id": self.rep.id,
                }
            ],
        )
        self.assertEqual((leads - self.lead).city, "Ningbo")

    def test_known_are_imported_as_chosen(self):
        _leads, counts, _reasons = self._import(self._known(), intake_duplicates="create")
        self.assertEqual(counts, {"created": 5})

    def test_what_waits_for_review_is_not_updated(self):
        content = self._known()
        self.lead.with_user(self.rep).intake_submit()
        _leads, counts, reasons = self._import(content, intake_duplicates="update")
        self.assertEqual(counts["rejected"], 2)
        self.assertIn("waits for its review", reasons[2])

    def test_closed_leads_are_no_hindrance(self):
        content = self._known()
        self.lead.with_user(self.rep).action_set_lost(lost_reason_id=self.lost_reason.id)
        _leads, counts, _reasons = self._import(content)
        self.assertEqual(counts, {"created": 4, "skipped": 1})

    def test_import_tells_no_more_than_the_form(self):
        """A representative learns through a file nothing of a colleague's lead."""
        self._new_lead(user=self.rep2, partner_name="Secret Ltd", phone="0574 3333 4444")
        content = self._csv(
            ["Company Name", "Phone", "Salesperson"],
            ["Secret Ltd", "0574 3333 4444", self.rep.login],
        )
        for mode in ("skip", "update"):
            _leads, counts, reasons = self._import(
                content, user=self.rep, dryrun=True, intake_duplicates=mode
            )
            self.assertEqual((counts, reasons), ({"created": 1}, {}))
        self.team.intake_duplicate_policy = "block"
        _leads, counts, reasons = self._import(content, user=self.rep)
        self.assertEqual(counts, {"rejected": 1})
        self.assertIn("owner Test*", reasons[2])
        self.assertNotIn("Rep2", reasons[2])
        self.assertNotIn("Ten presses", reasons[2])

    def test_reference_is_one_lead_in_a_file_and_over_files(self):
        content = self._csv(
            ["Company Name", "External Reference"], ["A", "e/1"], ["B", "e/1"], ["C", "e/2"]
        )
        for counts in ({"created": 2, "skipped": 1}, {"skipped": 3}):
            self.assertEqual(self._import(content, intake_duplicates="create")[1], counts)

    def test_batches_count_as_one_run(self):
        content = self._csv(
            ["Company", "Phone"], *([f"Batch {n % 3}", ""] for n in range(6)), ["", ""], ["", "x"]
        )
        for dryrun in (True, False):
            record = self._file(content)
            for skip in (0, 2, 4, 6):
                _leads, counts, _reasons = self._import(
                    record, dryrun=dryrun, skip=skip, limit=2, intake_run=int(dryrun)
                )
            self.assertEqual(counts, {"created": 4, "skipped": 3}, dryrun)

    # --- cost ------------------------------------------------------------------------------

    def _get_queries(self, team, user, count):
        header = ["Opportunity", "Company Name", "Phone", "Email", "Channel", "Particular Source"]
        rows = [
            [f"Lead {n}", f"{team.name} {n} of {count}", "", f"b{n}@t{team.id}c{count}.example.com"]
            + [self.medium.name, self.source.name]
            for n in range(count)
        ]
        record = self._file(self._csv(header, *rows), user).with_context(tracking_disable=True)
        fields = ["name", "partner_name", "phone", "email_from", "medium_id", "source_id"]
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        self.env.flush_all()
        start = self.cr.sql_log_count
        result = record.execute_import(fields, fields, {**options, "intake_team_id": team.id})
        self.env.flush_all()
        self.assertEqual(len(result["ids"]), count)
        return self.cr.sql_log_count - start

    def test_rows_cost_little_more_than_those_of_plain_crm(self):
        per_row = {}
        for team, user in ((self.plain_team, self.outsider), (self.team, self.operations)):
            self._get_queries(team, user, 3)
            few, many = (self._get_queries(team, user, count) for count in (20, 60))
            per_row[team] = (many - few) / 40
        self.assertLessEqual(per_row[self.team], per_row[self.plain_team] * 1.25, per_row)

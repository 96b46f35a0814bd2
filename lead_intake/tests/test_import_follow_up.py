from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.lead_intake.tests.common import PHONE
from odoo.addons.lead_intake.tests.import_common import ImportCommon

MODEL = "lead.intake.follow.up"
HEADER = ("Lead", "Contacted On", "By", "Method", "Outcome", "Summary")


@tagged("post_install", "-at_install")
class TestImportFollowUp(ImportCommon):
    """Follow-up records from a file: by the rules of those that are typed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-01 00:00:00"):
            cls.lead = cls._lead_in("approved")

    def _row(self, **changes):
        row = {
            "Lead": "Ten presses",
            "Contacted On": "2026-03-03 10:00",
            "By": self.rep.name,
            "Method": "Visit",
            "Outcome": "Met",
            "Summary": "Went through the requirement list together.",
            **changes,
        }
        return list(row.values())

    def _follow_ups(self, *rows, user=None, header=HEADER, **options):
        with freeze_time("2026-03-04 01:00:00"):
            return self._import(self._csv(header, *rows), user=user, model=MODEL, **options)

    def test_recorded_with_its_author_and_time(self):
        records, counts, reasons = self._follow_ups(self._row())
        self.assertEqual((counts, reasons), ({"created": 1}, {}))
        self.assertRecordValues(
            records,
            [
                {
                    "lead_id": self.lead.id,
                    "user_id": self.rep.id,
                    "state": "done",
                    "method": "visit",
                    "outcome": "meeting",
                    "is_imported": True,
                    "counts_as_contact": True,
                    "recorded_on": self.NOW,
                }
            ],
        )
        self.assertEqual(str(records.contacted_on), "2026-03-03 02:00:00")
        self.assertIn("requirement list", self._chatter(self.lead))
        self.assertEqual(self.lead.stage_id.intake_status, "to_follow_up")

    def test_chinese_by_company_and_phone_with_the_next_action(self):
        header = [
            "公司名称",
            "电话",
            "联系时间",
            "跟进人",
            "跟进方式",
            "结果",
            "沟通内容",
            "下一步行动",
            "下次联系时间",
        ]
        row = ["杭州", PHONE, "2026年3月3日 10:00", self.rep.login, "电话", "已联系上"]
        field = self.env[MODEL]._fields["outcome"]
        chinese = self.env(context={"lang": "zh_CN"})
        row[5] = dict(field._description_selection(chinese))["reached"]
        row[0] = "Hangzhou Presses"
        row += ["谈了清单和交期", "发送报价", "2026-03-10 10:00"]
        records, counts, reasons = self._follow_ups(row, header=header)
        self.assertEqual((counts, reasons), ({"created": 1}, {}))
        plan = self.lead.intake_follow_up_ids.filtered(lambda record: record.state == "planned")
        self.assertRecordValues(plan, [{"goal": "发送报价", "method": "phone"}])
        self.assertEqual(str(plan.planned_on), "2026-03-10 02:00:00")

    def test_a_promise_that_was_missed_is_not_kept_afterwards(self):
        contact = self.lead.intake_deadline_ids.filtered(
            lambda row: row.milestone == "first_contact"
        )
        self._follow_ups(self._row(**{"Contacted On": "2026-03-01 09:30"}))
        self.assertEqual(contact.state, "late")

    def test_refusals(self):
        _records, counts, reasons = self._follow_ups(
            self._row(**{"Contacted On": "2026-03-05 10:00"}),
            self._row(By=""),
            self._row(Lead="Nobody's lead"),
            self._row(Summary="", Outcome="", Method="Smoke"),
            self._row(Lead=""),
            self._row(By="Nobody"),
        )
        self.assertEqual(counts, {"rejected": 6})
        for row, said in (
            (2, "before it took place"),
            (3, "who made the contact"),
            (4, "No lead of yours"),
            (5, "Enter one of: Phone"),
            (6, "which lead"),
            (7, "Nobody"),
        ):
            self.assertIn(said, reasons[row])
        self.assertFalse(self.lead.intake_follow_up_ids)

    def test_representatives_import_their_own(self):
        rows = [self._row(By=self.rep2.name), self._row(By=""), self._row(Summary="Talked again.")]
        records, counts, reasons = self._follow_ups(*rows, user=self.rep)
        self.assertEqual(counts, {"created": 2, "rejected": 1})
        self.assertIn("your own contacts", reasons[2])
        self.assertEqual(records.user_id, self.rep)
        _records, counts, reasons = self._follow_ups(self._row(By=""), user=self.rep2)
        self.assertIn("No lead of yours", reasons[2])

    def test_twice_is_once(self):
        for counts in ({"created": 1, "skipped": 1}, {"skipped": 2}):
            self.assertEqual(self._follow_ups(self._row(), self._row())[1], counts)

    def test_before_the_review_for_operations_only(self):
        draft = self._new_lead(name="Draft lead", partner_name="Draft Ltd", phone=False)
        records, counts, _reasons = self._follow_ups(self._row(Lead="Draft lead"))
        self.assertEqual(counts, {"created": 1})
        self.assertFalse(records.counts_as_contact)
        _records, _counts, reasons = self._follow_ups(
            self._row(Lead="Draft lead", Summary="More"), user=self.rep
        )
        self.assertIn("isn't approved yet", reasons[2])
        self.assertEqual(draft.intake_state, "draft")

    def test_several_leads_fit(self):
        self._new_lead(name="Ten presses", partner_name="Other Ltd", phone=False)
        _records, _counts, reasons = self._follow_ups(self._row())
        self.assertIn("2 leads fit", reasons[2])

    @freeze_time("2026-03-04 01:00:00")
    def test_load_is_all_or_nothing_and_holds_the_rules(self):
        FollowUp = self.env[MODEL].with_user(self.rep)
        fields = ["lead_id", "contacted_on", "user_id", "outcome", "summary"]
        good = ["Ten presses", "2026-03-03 10:00:00", "", "Reached", "Talked about the delivery."]
        bad = [*good[:2], self.rep2.name, *good[3:]]
        result = FollowUp.load(fields, [good, bad])
        self.assertFalse(result["ids"])
        self.assertEqual([message["rows"]["from"] for message in result["messages"]], [1])
        self.assertFalse(self.lead.intake_follow_up_ids)
        result = FollowUp.load(fields, [good])
        self.assertEqual(FollowUp.browse(result["ids"]).user_id, self.rep)
        with self.assertRaises(AccessError):
            FollowUp.create({"lead_id": self.lead.id, "method": "phone"})

    def test_dry_run_keeps_nothing(self):
        _records, counts, _reasons = self._follow_ups(self._row(), dryrun=True)
        self.assertEqual(counts, {"created": 1})
        self.assertFalse(self.lead.intake_follow_up_ids)

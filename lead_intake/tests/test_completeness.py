from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, tagged

from odoo.addons.lead_intake.tests.common import PHONE, IntakeCommon
from odoo.addons.lead_intake.tools.completeness import is_placeholder

PLACEHOLDERS = """
- -- . ... 。。。 / ? ？ N/A n/a n.a. NA none Null nil unknown tbd TODO test Test TEST 测试 无 没有
暂无 未知 不详 待定 略 111 000 11111 xxx XXX asdf １１１ 空
""".split()
WORDS = """
Liu 李 Wu Xu 3M BP ABB ABC-Maschinen 无锡 无锡市机床厂 Nanjing Testo Testbeam 911 中国移动 AAA Aaa
""".split()


@tagged("post_install", "-at_install")
class TestPlaceholder(BaseCase):
    """What says nothing, and what only looks like it."""

    def test_placeholders(self):
        for text in [*PLACEHOLDERS, "", "   ", None, False, "\n", "no info", "- -"]:
            with self.subTest(text=text):
                self.assertTrue(is_placeholder(text))

    def test_words(self):
        for text in WORDS:
            with self.subTest(text=text):
                self.assertFalse(is_placeholder(text))


@tagged("post_install", "-at_install")
class TestCompleteness(IntakeCommon):
    """Step 2: what is missing, for the guard, the screens and the reports alike."""

    def _missing(self, **vals):
        lead = self._new_lead(**vals)
        return lead._get_intake_missing()[lead]

    def test_shipped_requirements(self):
        lead = self.env["crm.lead"].create(
            {"name": "Bare", "team_id": self.team.id, "user_id": False}
        )
        self.assertEqual(
            set(lead._get_intake_missing()[lead]),
            {"partner_name", "contact_name", "phone", "medium_id", "source_id"},
        )
        self.assertEqual(lead.intake_completeness, 0)

    def test_complete(self):
        lead = self._new_lead()
        self.assertEqual(lead.intake_missing, "")
        self.assertEqual(lead.intake_completeness, 100)

    def test_meter_and_list_agree(self):
        lead = self._new_lead(phone=False, contact_name="-")
        self.assertEqual(lead.intake_completeness, 60)
        labels = lead.fields_get(["phone", "contact_name"], ["string"])
        for label in labels.values():
            self.assertIn(label["string"], lead.intake_missing)

    def test_placeholders_do_not_count(self):
        for text in ("-", "无", "test", "n/a", "111"):
            with self.subTest(text=text):
                self.assertIn("partner_name", self._missing(partner_name=text))
                self.assertIn("contact_name", self._missing(contact_name=text))

    def test_phone_that_is_no_phone_number(self):
        for phone in ("12", "no phone", "000", "+86 1"):
            with self.subTest(phone=phone):
                self.assertIn("phone", self._missing(phone=phone))
        self.assertNotIn("phone", self._missing(phone=PHONE))

    def test_national_phone_number_counts_in_its_country(self):
        china = self.env.ref("base.cn").id
        self.assertNotIn("phone", self._missing(phone="010 6552 9988", country_id=china))

    def test_source_may_be_told_as_who_referred(self):
        self.assertIn("source_id", self._missing(source_id=False))
        self.assertIn("source_id", self._missing(source_id=False, referred="无"))
        self.assertNotIn("source_id", self._missing(source_id=False, referred="Customer Li"))

    def test_source_named_by_a_placeholder(self):
        nothing = self.env["utm.source"].create({"name": "n/a"})
        self.assertIn("source_id", self._missing(source_id=nothing.id))

    def test_email_that_is_none(self):
        self._require("email_from")
        self.assertEqual(self._missing(email_from="nobody"), ["email_from"])
        self.assertEqual(self._missing(email_from="liu@customer.example.com"), [])

    def test_zero_is_not_a_budget(self):
        self._require("estimated_budget")
        self.assertEqual(self._missing(estimated_budget=0), ["estimated_budget"])
        self.assertEqual(self._missing(estimated_budget=5), [])

    def test_team_decides_what_is_required(self):
        self._require("initial_need", "lead_type_id")
        lead = self._new_lead(phone=False)
        self.assertEqual(set(lead._get_intake_missing()[lead]), {"initial_need", "lead_type_id"})
        with self.assertRaisesRegex(UserError, "Initial Need"):
            lead.with_user(self.rep).intake_submit()

    def test_team_may_require_nothing(self):
        self._require()
        lead = self._new_lead(phone=False, partner_name=False)
        self.assertEqual(lead.intake_completeness, 100)
        lead.with_user(self.rep).intake_submit()

    def test_only_what_a_representative_fills_in_can_be_required(self):
        for model, name in (("crm.lead", "probability"), ("res.partner", "phone")):
            with self.assertRaisesRegex(ValidationError, "can't be required"):
                field = self.env["ir.model.fields"]._get(model, name)
                self.team.intake_required_field_ids = [Command.link(field.id)]

    def test_guard_names_every_missing_field(self):
        lead = self._new_lead(phone="n/a", partner_name="无")
        with self.assertRaises(UserError) as refused:
            lead.with_user(self.rep).intake_submit()
        for label in ("Company Name", "Phone", lead.name):
            self.assertIn(label, str(refused.exception))
        self.assertEqual(lead.intake_state, "draft")

    def test_missing_is_told_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        field = self.env["ir.model.fields"]._get("crm.lead", "phone").sudo()
        field.with_context(lang="zh_CN").field_description = "电话号码"
        lead = self._new_lead(phone=False)
        self.assertEqual(lead.with_context(lang="zh_CN").intake_missing, "电话号码")
        self.assertEqual(lead.intake_missing, "Phone")

    def _require(self, *names):
        get = self.env["ir.model.fields"]._get
        self.team.intake_required_field_ids = [
            Command.set([get("crm.lead", name).id for name in names])
        ]

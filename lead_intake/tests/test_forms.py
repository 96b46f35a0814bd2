from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .print_common import PrintCommon

FORMS = (
    "action_report_lead_registration_form",
    "action_report_customer_information_form",
    "action_report_follow_up_record_form",
)


@tagged("post_install", "-at_install")
class TestForms(PrintCommon):
    """The procedure's forms on paper: what is known, and room for what isn't."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.lead = cls._lead_in(
            "approved",
            initial_need="Ten presses of 400 t, ask Liu Wei on 13812341234",
            email_from="liu.wei@presses.example.com",
            phone="+86 138 0013 8000",
            need_description="To ISO 16092",
        )
        cls.lead.with_user(cls.rep).intake_log(
            "reached", "Liu Wei wants an offer by Friday.", feedback="The price is fine."
        )

    def test_registration(self):
        text, pages = self._print(FORMS[0], self.lead)
        for part in (
            "Lead Registration",
            "Ten presses",
            "Hangzhou Presses Ltd",
            "Liu Wei",
            "+86 138 0013 8000",
            "liu.wei@presses.example.com",
            "2026 Industry Expo (test)",
            "Test Rep",
            "Test Supervisor",
            "Reviewed by / on",
            self.company.name,
        ):
            self.assertIn(part, text)
        self.assertEqual(pages, 1)

    def test_customer_information(self):
        text, _pages = self._print(FORMS[1], self.lead)
        for part in ("Customer Information", "To ISO 16092", "Budget", "Purchase Date"):
            self.assertIn(part, text)

    def test_follow_up_record(self):
        text, _pages = self._print(FORMS[2], self.lead)
        words = " ".join(text.split())
        for part in ("Follow-Up Record", "Liu Wei wants", "The price is fine."):
            self.assertIn(part, words)

    def test_masked(self):
        self.company.intake_mask_prints = True
        for form in FORMS:
            text, _pages = self._print(form, self.lead, user=self.rep)
            for secret in ("Liu Wei", "138 0013 8000", "13812341234", "liu.wei@", "Test Rep"):
                self.assertNotIn(secret, text, form)
            self.assertIn("Liu*", text)
            self.assertIn("+86 138 **** 8000", text)

    def test_client_opens_no_mask(self):
        self.company.intake_mask_prints = True
        text, _pages = self._print(
            FORMS[0], self.lead, data={"masked": False, "context": {"intake_mask_prints": False}}
        )
        self.assertNotIn("Liu Wei", text)

    def test_in_chinese(self):
        self.lead.partner_name = "杭州西湖精密数控机床设备制造与技术服务股份有限公司华东分公司"
        text, pages = self._print(FORMS[0], self.lead, lang="zh_CN")
        squeezed = "".join(text.split())
        self.assertIn("杭州西湖精密数控", squeezed)
        labels = self.lead.with_context(lang="zh_CN")._get_intake_labels(["contact_name"])
        self.assertIn("".join(labels["contact_name"].split()), squeezed)
        self.assertEqual(pages, 1)

    def test_markup_is_text(self):
        self.lead.partner_name = "<script>document.body.innerHTML='owned'</script><b>Bold</b>"
        self.lead.initial_need = "</td></table><h1>broken</h1>"
        text, _pages = self._print(FORMS[0], self.lead)
        squeezed = "".join(text.split())
        self.assertIn("<b>Bold</b>", squeezed)
        self.assertIn("</td></table><h1>broken</h1>", squeezed)

    def test_nearly_empty_lead(self):
        lead = self._new_lead(partner_name=False, contact_name=False, phone=False)
        for form in FORMS:
            _text, pages = self._print(form, lead)
            self.assertEqual(pages, 1, form)

    def test_one_page_per_lead(self):
        leads = self.lead
        for number in range(4):
            leads += self._new_lead(name=f"Press number {number}")
        text, pages = self._print(FORMS[0], leads)
        self.assertEqual(pages, 5)
        for number, page in enumerate(text.split("\f")[1:5]):
            self.assertIn(f"Press number {number}", page)

    def test_long_record_spans_pages(self):
        for number in range(40):
            self.lead.with_user(self.rep).intake_log("reached", f"Talk number {number} went well.")
        text, pages = self._print(FORMS[2], self.lead)
        self.assertGreater(pages, 1)
        words = " ".join(text.split())
        for number in range(40):
            self.assertIn(f"Talk number {number}", words)

    def test_rights(self):
        other = self._new_lead(self.rep2)
        for form in FORMS:
            with self.assertRaises(AccessError):
                self._print(form, other, user=self.rep)
            with self.assertRaises(AccessError):
                self._print(form, self.lead, user=self.other_supervisor)
            text, _pages = self._print(form, self.lead, user=self.rep)
            self.assertIn("Ten presses", text)

    def test_too_many(self):
        leads = self.env["crm.lead"].create([{"name": f"Lead {n}"} for n in range(501)])
        with self.assertRaises(UserError):
            self._print(FORMS[0], leads)

    def test_reading_cost_does_not_grow_with_the_leads(self):
        Form = self.env["report.lead_intake.follow_up_record_form"]
        few = self.env["crm.lead"]
        for number in range(12):
            few += self._new_lead(name=f"Press {number}")
        self.env.flush_all()
        self.env.invalidate_all()
        Form._get_report_values(few[:2].ids)  # what is asked once, such as groups
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            Form._get_report_values(few.ids)

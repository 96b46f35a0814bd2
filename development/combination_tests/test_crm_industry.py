"""The OCA's crm_industry, and its partner_industry_secondary, beside Lead Intake: each gives leads
an industry, and industries a parent.
"""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.lead_intake.hooks import uninstall_hook
from odoo.addons.lead_intake.tests.common import IntakeCommon


@tagged("post_install", "-at_install")
class TestCrmIndustry(IntakeCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Industry = cls.env["res.partner.industry"]
        cls.standard = Industry.search([("full_code", "=", "C3913")])
        cls.company_own = Industry.search([("name", "=", "Packaging")])
        cls.old = cls.env["crm.lead"].search([("name", "=", "Lead from before")])

    def test_the_whole_standard_is_there(self):
        Industry = self.env["res.partner.industry"]
        self.assertEqual(Industry.search_count([("level", "!=", False)]), 1972)
        self.assertEqual(self.standard.parent_id.full_code, "C391")
        self.assertTrue(self.standard.display_name.startswith("C3913 "))

    def test_industries_from_before_are_kept(self):
        self.assertEqual(self.old.industry_id, self.company_own)
        self.assertTrue(self.company_own)

    def test_names_of_the_company_s_own_stay_unique(self):
        Industry = self.env["res.partner.industry"]
        Industry.create([{"name": "Foils"}, {"name": "Boxes", "parent_id": self.company_own.id}])
        with self.assertRaises(ValidationError):
            Industry.create([{"name": "Paper"}, {"name": "Packaging"}])

    def test_an_industry_that_was_entered_stays(self):
        """Through review, a customer without one, and the conversion that makes the customer."""
        lead = self._new_lead(industry_id=self.standard.id)
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        lead.partner_id = self.env["res.partner"].create({"name": "Buyer", "is_company": True})
        self.assertEqual(lead.industry_id, self.standard)
        other = self._new_lead(industry_id=self.standard.id, partner_name="New Foils Ltd")
        other._handle_partner_assignment(create_missing=True)
        self.assertEqual(other.partner_id.commercial_partner_id.industry_id, self.standard)
        self.assertEqual(other.industry_id, self.standard)

    def test_removal_leaves_what_is_the_company_s(self):
        lead = self._new_lead(industry_id=self.standard.id)
        self.env.flush_all()
        uninstall_hook(self.env)
        self.assertFalse(lead.industry_id)
        self.assertEqual(self.old.industry_id, self.company_own)

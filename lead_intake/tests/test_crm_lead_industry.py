from odoo import Command
from odoo.tests import new_test_user, tagged

from .test_industry import IndustryCase


@tagged("post_install", "-at_install")
class TestIndustrySync(IndustryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = new_test_user(cls.env, "sync_rep", groups="sales_team.group_sale_salesman")
        cls.Lead = cls.env["crm.lead"].with_user(cls.rep)

    def lead(self, **vals):
        return self.Lead.create(
            {"name": "Printers", "type": "lead", "user_id": self.rep.id, **vals}
        )

    def convert(self, leads, partner=None):
        leads._handle_partner_assignment(force_partner_id=partner and partner.id)
        leads.convert_opportunity(leads.partner_id[:1])

    def test_new_customer_gets_the_industry(self):
        lead = self.lead(
            industry_id=self.industry("3913").id, partner_name="Acme", contact_name="Li"
        )
        self.convert(lead)
        self.assertEqual(lead.partner_id.parent_id.name, "Acme")
        self.assertEqual(lead.partner_id.parent_id.industry_id, self.industry("3913"))
        self.assertEqual(lead.partner_id.industry_id, self.industry("3913"))

    def test_known_customer_gets_a_missing_industry_only(self):
        company = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "child_ids": [Command.create({"name": "Li"})]}
        )
        lead = self.lead(industry_id=self.industry("3913").id)
        self.convert(lead, company.child_ids)
        self.assertEqual(company.industry_id, self.industry("3913"))
        other = self.lead(industry_id=self.industry("0111").id)
        self.convert(other, company)
        self.assertEqual(company.industry_id, self.industry("3913"))
        self.assertEqual(other.industry_id, self.industry("0111"))

    def test_customer_proposes_the_industry(self):
        partner = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "industry_id": self.industry("3913").id}
        )
        lead = self.lead()
        lead.partner_id = partner
        self.assertEqual(lead.industry_id, self.industry("3913"))
        self.assertEqual(self.lead(partner_id=partner.id).industry_id, self.industry("3913"))

        entered = self.lead(industry_id=self.industry("0111").id)
        entered.partner_id = partner
        self.assertEqual(entered.industry_id, self.industry("0111"))
        entered.partner_id = False
        self.assertEqual(entered.industry_id, self.industry("0111"))
        values = self.env["crm.lead"]._prepare_values_from_partner(partner)
        self.assertEqual(values["industry_id"], self.industry("3913").id)

    def test_merge_keeps_it(self):
        leads = self.lead() | self.lead(industry_id=self.industry("3913").id)
        self.assertEqual(leads.merge_opportunity().industry_id, self.industry("3913"))

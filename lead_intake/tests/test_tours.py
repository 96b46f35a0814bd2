from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestTours(TourCommon):
    """What a representative and a supervisor do in the browser; nothing depends on demo data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expo = cls.env["utm.source"].create({"name": "Tour Expo"})

    def _use_chinese(self, user):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "lead_intake")])._update_translations(
            ["zh_CN"]
        )
        user.lang = "zh_CN"

    def _returned(self):
        lead = self._new_lead(name="Tour lead")
        lead.with_user(self.rep).intake_submit()
        lead.with_user(self.supervisor).intake_return(
            {"phone": "Nobody answers there.", "initial_need": "What tonnage?"}, "Please mend."
        )
        return lead

    def test_representative_registers_and_submits(self):
        self._play("lead_intake_register_and_submit", self.rep)
        lead = self.env["crm.lead"].search([("name", "=", "Two tour presses")])
        self.assertRecordValues(
            lead,
            [
                {
                    "intake_state": "submitted",
                    "partner_name": "Hangzhou Tours Ltd",
                    "contact_name": "Liu Wei",
                    "medium_id": self.medium.id,
                    "source_id": self.expo.id,
                    "registrant_id": self.rep.id,
                    "user_id": self.rep.id,
                }
            ],
        )

    def test_supervisor_returns_from_the_card(self):
        lead = self._new_lead(name="Tour lead")
        lead.with_user(self.rep).intake_submit()
        self._play("lead_intake_return_from_card", self.supervisor)
        self.assertEqual(lead.intake_state, "returned")
        self.assertRecordValues(
            lead.intake_review_ids.rejection_ids,
            [{"field_name": "phone", "reason": "Nobody answers there."}],
        )

    def test_representative_corrects_and_resubmits(self):
        lead = self._returned()
        self._play("lead_intake_correct_and_resubmit", self.rep)
        self.assertEqual(lead.intake_state, "submitted")
        self.assertEqual(len(lead.intake_review_ids), 2)

    def test_representative_corrects_and_resubmits_in_chinese(self):
        self._use_chinese(self.rep)
        lead = self._returned()
        self._play("lead_intake_correct_and_resubmit", self.rep)
        self.assertEqual(lead.intake_state, "submitted")

    def test_supervisor_approves_ten_from_the_list(self):
        # Whatever else waits in this database is none of this test's business.
        leads = self.env["crm.lead"]
        for number in range(10):
            leads += self._new_lead(name=f"Tour lead {number}")
        leads.with_user(self.rep).intake_submit()
        self._play("lead_intake_approve_ten", self.supervisor, "/odoo/leads-to-review")
        self.assertEqual(set(leads.mapped("intake_state")), {"approved"})
        self.assertEqual(leads.intake_review_ids.mapped("decided_by_id"), self.supervisor)

from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestClosingTours(TourCommon):
    """Winning, losing and starting a repeat sale, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = cls.plain_team
        cls.team._intake_set_required_fields()
        cls.lead = cls._lead_in("approved", name="Tour lead")
        cls.lead.type = "opportunity"

    def test_win_by_drag(self):
        self._play("lead_intake_win_by_drag", self.rep)
        self.assertEqual(self.lead.won_status, "won")
        self.assertEqual(
            (self.lead.contract_number, self.lead.contract_amount), ("HT-2026-7", 90000)
        )

    def test_lose_to_a_competitor(self):
        competitor = self.env["lead.intake.competitor"].create({"name": "Acme Presses (tour)"})
        self._play("lead_intake_lose_to_competitor", self.rep)
        self.assertEqual(self.lead.won_status, "lost")
        self.assertEqual(self.lead.lost_competitor_id, competitor)
        self.assertEqual(self.lead.retrospective, "We quoted too late.")

    def test_new_need(self):
        customer = self.env["res.partner"].create({"name": "Tour Customer", "is_company": True})
        self.lead.partner_id = customer
        self.lead.with_user(self.rep).write(
            {
                "stage_id": self.stage_won.id,
                "contract_number": "HT-1",
                "contract_amount": 5000,
            }
        )
        url = f"/odoo/res.partner/{customer.id}"
        self._play("lead_intake_new_need", self.rep, url)
        lead = self.env["crm.lead"].search([("partner_id", "=", customer.id)]) - self.lead
        self.assertEqual((lead.user_id, lead.team_id), (self.rep, self.team))

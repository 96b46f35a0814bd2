from odoo import Command
from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestCustomerTours(TourCommon):
    """Getting to know the customer, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_clear = cls.env["crm.stage"].create(
            {
                "name": "Requirement Clear",
                "sequence": 3,
                "team_ids": [Command.set(cls.team.ids)],
                "intake_status": "requirement_clear",
            }
        )
        cls.stage_proposal.sequence = 4
        cls.stage_won.sequence = 5
        cls.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = cls.plain_team
        cls.lead = cls._lead_in("approved", name="Tour lead")
        cls.lead.type = "opportunity"

    def _assert_moved(self):
        self.assertEqual(self.lead.stage_id, self.stage_clear)
        self.assertEqual(self.lead.need_description, "Ten presses of 400 t")
        self.assertEqual(str(self.lead.purchase_date), "2026-09-01")

    def test_card_dragged_to_a_gate(self):
        self._play("lead_intake_gate_by_drag", self.rep)
        self._assert_moved()

    def test_stage_clicked_on_the_form(self):
        self._play("lead_intake_gate_by_statusbar", self.rep)
        self._assert_moved()

    def test_chain_from_a_template(self):
        self._play("lead_intake_decision_chain", self.rep)
        self.assertRecordValues(
            self.lead.intake_step_ids,
            [
                {"name": "Technical evaluation", "person": False, "stance": "unknown"},
                {"name": "Finance approval", "person": "Ms Song", "stance": "against"},
                {"name": "Owner's final confirmation", "person": False, "stance": "unknown"},
            ],
        )
        self.assertEqual(self.lead.decision_maker, "partly")

    def test_industry_by_code_and_by_tree(self):
        self._play("lead_intake_industry_picker", self.rep)
        self.assertTrue(self.lead.industry_id.full_code.startswith("C39"))

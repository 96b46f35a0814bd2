from odoo.tests import tagged

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestImportTours(TourCommon):
    """Operations imports a file of a trade show in Odoo's own dialog."""

    def test_import(self):
        action = self.env.ref("lead_intake.lead_intake_action_import_leads")
        self._play("lead_intake_import", self.operations, f"/odoo/action-{action.id}")
        lead = self.env["crm.lead"].search([("partner_name", "=", "导览模具有限公司")])
        self.assertRecordValues(
            lead,
            [
                {
                    "intake_state": "draft",
                    "team_id": self.team.id,
                    "medium_id": self.medium.id,
                    "user_id": False,
                    "registrant_id": False,
                }
            ],
        )
        self.assertFalse(self.env["crm.lead"].search([("partner_name", "=", "Tour Presses Ltd")]))

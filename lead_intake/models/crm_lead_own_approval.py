from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """A team may let its people decide on their own leads; that is good in this team only."""

    _inherit = "crm.lead"

    def _intake_after(self, before):
        res = super()._intake_after(before)
        moved = self.browse().concat(
            *(lead for lead, was in before.items() if lead.team_id != was["team"])
        )
        moved._intake_check_own_approval()
        return res

    def _intake_check_own_approval(self):
        """Refuse leads approved by whoever submitted them in a team that doesn't allow that."""
        # sudo: whoever moved it may not see it any more, and who decided is no secret to them.
        for lead in self.sudo():
            if lead.intake_state != "approved" or not lead._is_under_intake():
                continue
            if lead.team_id.intake_self_review:
                continue
            rounds = lead.intake_review_ids.filtered(lambda row: row.state == "approved")
            last = rounds.sorted("round")[-1:]
            if last and last.submitted_by_id == last.decided_by_id:
                raise UserError(
                    self.env._(
                        "“%(lead)s” was approved by whoever submitted it, which the team "
                        "“%(team)s” doesn't allow. Put it up for review again first.",
                        lead=lead.display_name,
                        team=lead.team_id.name,
                    )
                )

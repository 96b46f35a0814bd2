from odoo import models


class MailActivity(models.Model):
    """A planned contact that is marked done somewhere else."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Record the contact from the feedback, if it says something; otherwise it stays
        planned and its clock runs on: a tick is no contact.
        """
        plans = (
            self.env["lead.intake.follow.up"]
            .sudo()  # whose plan it is, is seen by the activity
            .search([("activity_id", "in", self.ids), ("state", "=", "planned")])
        )
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for plan in plans.with_env(self.env):
            lead = plan.sudo().lead_id.with_env(self.env)
            if (feedback or "").strip() and lead.has_access("write") and lead.can_follow_up:
                lead.intake_log("reached", feedback)
        return res

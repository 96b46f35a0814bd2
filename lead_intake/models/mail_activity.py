import logging

from odoo import SUPERUSER_ID, models
from odoo.exceptions import RedirectWarning


class MailActivity(models.Model):
    """The to-do of a planned contact, where people find it: in the chatter, on the card, in the
    activity menu, in the calendar.
    """

    _inherit = "mail.activity"

    def _get_intake_plans(self):
        if not self.env["crm.team"]._has_intake_history():
            return self.env["lead.intake.follow.up"]
        return (
            self.env["lead.intake.follow.up"]
            .sudo()  # whose plan it is, is seen by the activity
            .search([("activity_id", "in", self.ids), ("state", "=", "planned")])
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        """Record the contact from the feedback; without one lead to the form that asks for it:
        a tick is no contact (step 4).

        :raise RedirectWarning: if nothing says what came of the contact
        """
        plans = self._get_intake_plans()
        said = (feedback or "").strip()
        for plan in plans:
            lead = plan.lead_id.with_env(self.env)
            if not said and lead._may_follow_up() and self.env.uid != SUPERUSER_ID:
                question = RedirectWarning(
                    self.env._(
                        "Say what came of the contact with “%(lead)s”: record it, or write it "
                        "into the feedback of the activity.",
                        lead=lead.name,
                    ),
                    lead.action_intake_log(),
                    self.env._("Record the Contact"),
                )
                question.loglevel = logging.INFO  # or Odoo logs it as a crash
                raise question
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for plan in plans:
            lead = plan.lead_id.with_env(self.env)
            if said and lead._may_follow_up():
                files = self.env["ir.attachment"].browse(attachment_ids or [])
                lead.intake_log("reached", said, attachments=files)
        return res

    def _to_store_defaults(self, target):
        """Have the chatter say what is to be done: it shows this where there is no summary, and
        Odoo doesn't send it.
        """
        return [*super()._to_store_defaults(target), "display_name"]

    def unlink(self):
        """Cancelling the to-do cancels the plan; the lead then owes a new one."""
        leads = self._get_intake_plans().lead_id
        res = super().unlink()
        leads.exists()._intake_unplanned()
        return res

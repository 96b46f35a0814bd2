from odoo import models

from odoo.addons.queue_job.job import identity_exact


class LeadIntakeMonth(models.Model):
    """Whoever closes a month goes on at once; its reports come by mail."""

    _inherit = "lead.intake.month"

    def action_close(self):
        """Have the months closed in the background (step 5).

        :raise AccessError: if the user isn't of lead operations
        :raise UserError: if a month isn't over yet, or is closed already
        """
        for month in self:
            month._check_close()
            # A second click on the same month is the same job.
            month.with_delay(
                description=self.env._("Close %(month)s", month=month.display_name),
                identity_key=identity_exact,
            )._close_in_job()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The month is being closed in the background. Its reports come by mail."
                ),
            },
        }

    def _close_in_job(self):
        """Close the month as whoever asked for it, whose rights are looked at again."""
        return super().action_close()

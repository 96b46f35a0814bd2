from odoo import models
from odoo.exceptions import UserError
from odoo.tools import split_every

# Fewer than these are decided on while one waits; each job takes so many.
MANY = 50


class LeadIntakeDecision(models.TransientModel):
    """A decision on many leads doesn't keep the reviewer waiting."""

    _inherit = "lead.intake.decision"

    def action_apply(self):
        self.ensure_one()
        leads, refused = self.lead_ids._intake_partition(self.decision)
        if len(leads) <= MANY:
            return super().action_apply()
        if self.decision == "returned" and not (self.line_ids or (self.comment or "").strip()):
            raise UserError(
                self.env._("Say what is to be mended: reject a field, or write a comment.")
            )
        values = self._prepare_decision()
        for ids in split_every(MANY, leads.ids):
            part = leads.browse(ids)
            part.with_delay(
                description=self.env._("Decide on %(count)s leads", count=len(part))
            )._intake_decide_in_job(self.decision, values)
        summary = leads._intake_summary(len(leads), refused)
        summary["params"]["title"] = self.env._(
            "%(count)s leads are being decided on in the background", count=len(leads)
        )
        return self._close_with(summary)

from odoo import api, fields, models

from ..models.lead_intake_follow_up import CORRECTION_TIME


class LeadIntakeAmend(models.TransientModel):
    """Correct one's own record within a day, or add to it later."""

    _name = "lead.intake.amend"
    _inherit = "lead.intake.dialog"
    _description = "Correct or Add to a Record"

    follow_up_id = fields.Many2one("lead.intake.follow.up", required=True)
    can_correct = fields.Boolean(compute="_compute_can_correct")
    summary = fields.Text(compute="_compute_wording", store=True, readonly=False)
    feedback = fields.Text(compute="_compute_wording", store=True, readonly=False)
    addition = fields.Text(string="Add")

    @api.depends("follow_up_id")
    def _compute_can_correct(self):
        now = fields.Datetime.now()
        for wizard in self:
            recorded_on = wizard.follow_up_id.recorded_on
            wizard.can_correct = bool(recorded_on) and now <= recorded_on + CORRECTION_TIME

    @api.depends("follow_up_id")
    def _compute_wording(self):
        for wizard in self:
            wizard.summary = wizard.follow_up_id.summary
            wizard.feedback = wizard.follow_up_id.feedback

    def action_apply(self):
        """Keep what was corrected and what was added.

        :raise AccessError: if the record is somebody else's
        """
        self.ensure_one()
        record = self.follow_up_id
        if (self.summary, self.feedback) != (record.summary, record.feedback):
            record.intake_correct(self.summary, self.feedback or "")
        if (self.addition or "").strip():
            record.intake_add(self.addition)
        return {"type": "ir.actions.act_window_close"}

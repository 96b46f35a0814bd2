from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LeadIntakeCorrection(models.TransientModel):
    """An administrator's correction of a clock that runs wrongly, with its reason, told in the
    lead's chatter. What was met or missed can't be corrected: it happened.
    """

    _name = "lead.intake.correction"
    _inherit = "lead.intake.dialog"
    _description = "Correct a Deadline"

    deadline_id = fields.Many2one("lead.intake.deadline", required=True, readonly=True)
    action = fields.Selection(
        [("due", "Give it another due time"), ("cancel", "Stop the clock")],
        required=True,
        default="due",
        help="The clock gets another due time, or stops without having been kept.",
    )
    date_due = fields.Datetime(string="Due")
    reason = fields.Char(required=True, help="Kept in the history, for everybody who asks why.")

    def action_apply(self):
        """Correct the deadline.

        :raise AccessError: if the user isn't a CRM administrator
        :raise UserError: if the clock no longer runs, or the reason or the new time is missing
        """
        self.ensure_one()
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a CRM administrator corrects deadlines."))
        self.deadline_id.lead_id.check_access("write")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the deadline is corrected."))
        if self.action == "due" and not self.date_due:
            raise UserError(self.env._("Say when it is due instead."))
        self.deadline_id._correct(self.action == "due" and self.date_due, self.reason)
        return {"type": "ir.actions.act_window_close"}

from odoo import fields, models


class LeadIntakeReopen(models.TransientModel):
    """Asks why a closed lead is opened again."""

    _name = "lead.intake.reopen"
    _inherit = "lead.intake.dialog"
    _description = "Reopen a Lead"

    lead_ids = fields.Many2many("crm.lead", required=True, context={"active_test": False})
    reason = fields.Text(string="Why", required=True, help="Kept in the lead's history.")

    def action_reopen(self):
        """Reopen the leads.

        :raise UserError: if one of them can't be reopened by this user
        """
        self.ensure_one()
        self.lead_ids.intake_undo_closing(self.reason)
        return {"type": "ir.actions.act_window_close"}
